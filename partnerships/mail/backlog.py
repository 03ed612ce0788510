"""How far behind email sending is, for monitoring. Only times, nothing about any email."""

from datetime import datetime

from django.db.models import Min

from partnerships.core import clock
from partnerships.core.models import Heartbeat
from partnerships.mail.choices import OPEN_LETTERS
from partnerships.mail.models import Letter
from partnerships.mail.outbox import HEARTBEAT


def oldest_unsent_due() -> datetime | None:
    """When the email that is overdue longest was due; None when none is overdue."""
    late = Letter.objects.filter(state__in=OPEN_LETTERS, due_at__lte=clock.now())
    return late.aggregate(oldest=Min("due_at"))["oldest"]


def last_heartbeat() -> datetime | None:
    """When a sender last looked into the outbox; None if never."""
    return Heartbeat.objects.filter(name=HEARTBEAT).values_list("at", flat=True).first()
