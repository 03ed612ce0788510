"""The life of an outbox row while a sender holds it: claim, hold, start, and each way it can end.

A claim is a lease with a token. Every later step repeats the token, so a sender that was too slow changes nothing.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_noop

from partnerships.core.retry import retry_on_disconnect
from partnerships.mail.choices import OPEN_STATES, EmailState
from partnerships.mail.models import Email

LEASE = timedelta(minutes=3)  # longer than the longest wait for one answer of a mail server
TWICE = gettext_noop(
    "The answer of the mail server was lost twice. The email may have arrived once or twice. We don’t send it again."
)
UNCLAIMED = {"token": None, "claimed_until": None}


def claim(now: datetime, limit: int) -> list[Email]:
    """Claim emails that are due or whose sender's lease has ended, under a new token until `now` + LEASE.

    SQLite allows one writer at a time (IMMEDIATE). PostgreSQL skips the rows that another sender is claiming.
    """
    # A lease that ends later than any lease could was given by a clock that has been corrected since.
    free = Q(state=EmailState.PLANNED) | Q(claimed_until__lt=now) | Q(claimed_until__gt=now + 2 * LEASE)
    due = Email.objects.filter(free, state__in=OPEN_STATES, next_attempt_at__lte=now)
    if not due.exists():  # an idle sender opens no write transaction
        return []
    with transaction.atomic():
        emails = list(due.select_for_update(skip_locked=True).order_by("next_attempt_at", "id")[:limit])
        late = [email for email in emails if email.expires_at and email.expires_at <= now]
        begun = [email for email in emails if email.data_started_at and email not in late]
        twice = [email for email in begun if email.is_ambiguous]
        taken = [email for email in emails if email not in late and email not in twice]
        _rows(late).filter(data_started_at__isnull=False).update(is_ambiguous=True)
        _rows(late).update(state=EmailState.EXPIRED, **UNCLAIMED)
        _rows(twice).update(state=EmailState.FAILED, last_reply=TWICE, **UNCLAIMED)
        _rows(begun).update(is_ambiguous=True)
        _rows(taken).update(
            state=EmailState.CLAIMED,
            token=uuid.uuid4(),
            claimed_until=now + LEASE,
            attempts=F("attempts") + 1,
            data_started_at=None,
        )
        return list(_rows(taken).order_by("next_attempt_at", "id"))


def keep_lease(email: Email, now: datetime) -> bool:
    """Whether the lease lasts for one more email. Extends it when half of it is over."""
    assert email.claimed_until is not None  # the caller holds the lease
    return email.claimed_until - now > LEASE / 2 or bool(_claimed_row(email).update(claimed_until=now + LEASE))


def start(email: Email, now: datetime, given: Iterable[Q | Combinable] = ()) -> bool:
    """The fence: mark that the final dot is about to be sent.

    Returns False when this sender no longer holds the email, or when one of the conditions in `given` doesn't hold.
    """
    rows = _claimed_row(email).filter(*given, data_started_at=None)
    return bool(rows.update(data_started_at=now, claimed_until=now + LEASE))


def mark_sent(email: Email, now: datetime, reply: str) -> None:
    """Mark as sent, no matter who holds the row now: the server has accepted it.

    Retries while the database is away.
    """
    row = _rows([email]).filter(state__in=OPEN_STATES)
    retry_on_disconnect(lambda: row.update(state=EmailState.SENT, sent_at=now, last_reply=reply, **UNCLAIMED))


def close(email: Email, state: str, reply: str) -> bool:
    """End the email without sending it. Returns False when this sender no longer holds it."""
    return bool(_claimed_row(email).update(state=state, last_reply=reply, data_started_at=None, **UNCLAIMED))


def postpone(email: Email, until: datetime, reply: str) -> None:
    """Postpone the email to `until`, which becomes its due time. Doesn't count as a try."""
    _claimed_row(email).update(
        state=EmailState.PLANNED,
        due_at=until,
        next_attempt_at=until,
        attempts=F("attempts") - 1,
        last_reply=reply,
        **UNCLAIMED,
    )


def retry_later(email: Email, now: datetime, reply: str) -> None:
    """Retry after 1, 2, 4, 8 and then every 10 minutes, until the email expires."""
    pause = timedelta(minutes=min(2 ** min(email.attempts - 1, 4), 10))
    _claimed_row(email).update(
        state=EmailState.PLANNED, next_attempt_at=now + pause, last_reply=reply, data_started_at=None, **UNCLAIMED
    )


def mark_ambiguous(email: Email, now: datetime, reply: str) -> None:
    """The answer to the final dot was lost: send once more, counted as ambiguous.

    The second time, fail for staff to see.
    """
    if email.is_ambiguous:
        _claimed_row(email).update(state=EmailState.FAILED, last_reply=TWICE, **UNCLAIMED)
    else:
        _claimed_row(email).update(
            state=EmailState.PLANNED,
            is_ambiguous=True,
            next_attempt_at=now + timedelta(minutes=1),
            last_reply=reply,
            data_started_at=None,
            **UNCLAIMED,
        )


def _rows(emails: Sequence[Email]) -> QuerySet[Email]:
    return Email.objects.filter(pk__in=[email.pk for email in emails])


def _claimed_row(email: Email) -> QuerySet[Email]:
    return Email.objects.filter(pk=email.pk, token=email.token, state=EmailState.CLAIMED)
