"""How far behind the sending of letters is: for whoever watches over the registry. Moments only, nothing of a letter."""

from django.db.models import Min

from partnerships.core import clock
from partnerships.core.models import Heartbeat
from partnerships.mail.choices import OPEN_LETTERS
from partnerships.mail.models import Letter
from partnerships.mail.outbox import HEARTBEAT


def oldest_unsent_due():
    """The moment that the longest overdue letter should have left at, or None when none is overdue."""
    late = Letter.objects.filter(state__in=OPEN_LETTERS, due_at__lte=clock.now())
    return late.aggregate(oldest=Min("due_at"))["oldest"]


def last_heartbeat():
    """The moment when a sender last looked into the outbox, or None."""
    return Heartbeat.objects.filter(name=HEARTBEAT).values_list("at", flat=True).first()
