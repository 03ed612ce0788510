"""How far behind email sending is, for monitoring. Only times, nothing about any email."""

from datetime import datetime

from django.db.models import Min

from partnerships.core import clock
from partnerships.core.models import Heartbeat
from partnerships.mail.choices import OPEN_STATES
from partnerships.mail.models import Email
from partnerships.mail.outbox import HEARTBEAT, NO_CONNECTION


def oldest_unsent_due() -> datetime | None:
    """When the email that is overdue longest was due; None when none is overdue."""
    late = Email.objects.filter(state__in=OPEN_STATES, due_at__lte=clock.now())
    return late.aggregate(oldest=Min("due_at"))["oldest"]


def last_heartbeat() -> datetime | None:
    """When a sender last looked into the outbox; None if never."""
    return Heartbeat.objects.filter(name=HEARTBEAT).values_list("at", flat=True).first()


def last_without_connection(since: datetime) -> datetime | None:
    """When the mail server last couldn't be used; None if not since then, or if it has accepted an email since."""
    at = Heartbeat.objects.filter(name=NO_CONNECTION, at__gte=since).values_list("at", flat=True).first()
    if at is None or Email.objects.filter(is_sample=False, sent_at__gt=at).exists():
        return None
    return at
