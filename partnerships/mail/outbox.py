"""The outbox: the only place that sends email. Its table is the truth about every email; tasks only wake it.

An email is planned once (by a unique key), claimed with a lease and a token, handed to the mail server outside any
transaction, and marked as started (`data_started_at`) just before the final dot, if this sender still holds it and the
recipient may still have it. If a sender crashes before that mark, the email is sent again. If it crashes after it, the
email may or may not have been sent (plain SMTP can't tell, RFC 1047): it is sent once more with the same Message-ID
and counted as ambiguous. When that happens twice, it fails for staff to see.

Rows hold no text and no address. The caller passes the renderer: `render(email, recipient, context)` returns a Mail.
"""

import logging
import time
import traceback
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_noop

from partnerships.core import background, clock, heartbeat
from partnerships.core.errors import RegistryError
from partnerships.core.models import Record, type_key
from partnerships.core.retry import retry_on_disconnect
from partnerships.mail import audience, leases, suppressions, transport
from partnerships.mail.choices import OPEN_STATES, EmailKind, EmailState
from partnerships.mail.message import Mail, ascii_address, compose, sender
from partnerships.mail.models import Email

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 20
READ_AHEAD = 5  # seconds for which the first checks of a batch use the data that was read for all of it
HEARTBEAT = "sender"
NO_CONNECTION = "mail server unreachable"  # the heartbeat of the last try that found no mail server that takes emails
CODE_SECONDS = 10  # seconds that a person waits for a sign-in code
STEPS = ("claimed", *transport.STEPS, "marked")
GATHERED = gettext_noop("It’s part of the daily or weekly email, as its recipient chose.")
QUIET = gettext_noop("It waits for the end of its recipient’s quiet hours.")
IN_THE_SMTP_WINDOW = ("fenced", "dot", "accepted")


class NotSent(RegistryError):
    """An email that a person is waiting for couldn't be sent. `reply` says why, for staff."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = reply


class _Withdrawn(Exception):
    """The recipient may no longer have this email. `subject`: what it was about, if that was read."""

    def __init__(self, refusal: str, subject: Model) -> None:
        super().__init__(refusal)
        self.subject = subject


# What writes an email: (its row, its recipient, its context) → the email.
Renderer = Callable[[Email, audience.Recipient, dict[str, Any]], Mail]


class _LostClaim(Exception):
    """Another sender holds this email now, or it was withdrawn."""


# Planning


def build_row(
    kind: str,
    occurrence: str,
    someone: Model,
    subject: Model,
    due_at: datetime,
    expires_at: datetime | None,
    lead_id: int | None,
) -> Email:
    """The unsaved row of one email about `subject` (a record) to a Person or Contact."""
    return Email(
        kind=kind,
        occurrence=occurrence,
        recipient=audience.key_of(someone),
        subject_type=type_key(subject),
        subject_id=subject.pk,
        lead_id=lead_id,
        due_at=due_at,
        next_attempt_at=due_at,
        expires_at=expires_at,
        message_id=_new_message_id(),
        is_sample=getattr(subject, "is_sample", False) or getattr(someone, "is_sample", False),
    )


def insert(emails: Iterable[Email], *, now: datetime) -> None:
    """Add rows to the outbox.

    Rows that exist already stay as they are. Rows that were due before `now`, and emails that their reader has turned
    off, are left out.
    """
    rows = without_unsubscribed(
        row for row in emails if row.due_at >= now and (row.expires_at is None or row.expires_at > now)
    )
    # Always in the same order, so that two planners who insert the same rows don't deadlock.
    rows.sort(key=lambda row: (row.occurrence, row.kind, row.recipient))
    if rows:
        Email.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    if any(row.due_at <= now for row in rows):
        background.wake("send_emails")


def without_unsubscribed(emails: Iterable[Email]) -> list[Email]:
    """Those of these emails that their readers haven't turned off."""
    emails = list(emails)
    stopped = audience.unsubscribed({row.recipient for row in emails}, {row.kind for row in emails})
    return [row for row in emails if (row.recipient, row.kind) not in stopped]


def plan(
    kind: str,
    occurrence: str,
    people: Iterable[Model],
    subject: Model,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    lead: Record | None = None,
) -> None:
    """Plan one email to each of these people and contacts. `due_at` None means now."""
    now = clock.shared()()
    lead_id = lead.pk if lead else None
    insert([build_row(kind, occurrence, one, subject, due_at or now, expires_at, lead_id) for one in people], now=now)


def replace(subject: Model, emails: list[Email], *, now: datetime, keep: Iterable[tuple] = (), why: str = "") -> None:
    """Make these the open emails about a record: add new ones, withdraw those not in the list or in `keep`, and revive
    others.

    `keep` names further emails by (occurrence, recipient). Call it in the transaction that changes the record, under
    its lock: then a sender at the fence either started before the change, or stops.
    """
    wanted = {(row.occurrence, row.recipient) for row in emails} | set(keep)
    withdraw(subject, keep=lambda email: (email.occurrence, email.recipient) in wanted, why=why)
    # People who left and came back: their rows exist already.
    back = _rows_about(subject).filter(state=EmailState.WITHDRAWN, data_started_at=None, due_at__gte=now)
    back = [email.pk for email in back if (email.occurrence, email.recipient) in wanted]
    Email.objects.filter(pk__in=back).update(state=EmailState.PLANNED, last_reply="")
    insert(emails, now=now)


def withdraw(subject: Model, *, keep: Callable[[Email], bool] = lambda email: False, why: str = "") -> None:
    """Withdraw the open emails about a record that haven't started, except those for which `keep` returns true."""
    emails = _rows_about(subject).filter(state__in=OPEN_STATES, data_started_at=None)
    gone = [email.pk for email in emails if not keep(email)]
    emails.filter(pk__in=gone).update(state=EmailState.WITHDRAWN, last_reply=why, **leases.UNCLAIMED)


def hand_over(subjects: dict, *, was: str | None, lead: Record | None) -> None:
    """Show the rows about these records (type → ids) to the staff of `lead` instead of the office with public id
    `was`.
    """
    for kind, ids in subjects.items():
        Email.objects.filter(subject_type=kind, subject_id__in=ids, lead__public_id=was).update(lead=lead)


def already_emailed(subject: Record, kinds: Iterable[str], occurrence: str = "") -> set[str]:
    """The recipients of emails of these kinds about this record, in any state, whose occurrence starts with this text."""
    emails = _rows_about(subject).filter(kind__in=kinds, occurrence__startswith=occurrence)
    return set(emails.values_list("recipient", flat=True))


def _rows_about(subject: Model) -> QuerySet[Email]:
    return Email.objects.filter(subject_type=type_key(subject), subject_id=subject.pk)


def _new_message_id() -> str:
    return f"<{uuid.uuid4().hex}@{ascii_address(sender()).rpartition('@')[2][:80]}>"


# Sending what is due


def send_due(
    now: datetime | None = None,
    limit: int = MOST_AT_ONCE,
    *,
    render: Renderer,
    at: Callable[[str], None] = transport.no_op,
) -> int:
    """Send due emails, at most `limit` (20). Returns how many it claimed.

    Returns 0 when nothing is due or the mail server can't be used, so a caller may repeat it until then. `now`
    replaces the clock in tests; `at` is called with each of STEPS.
    """
    moment, emails = retry_on_disconnect(lambda: _claim_due(now, limit))
    if not emails:
        return 0
    at("claimed")
    read_at, ahead = 0.0, None
    with transport.lines(at=at) as line_for:
        for index, email in enumerate(emails):
            if ahead is None or time.monotonic() - read_at > READ_AHEAD:
                read_at = time.monotonic()
                ahead = retry_on_disconnect(partial(audience.prefetch, emails[index:]))
            line = line_for(email.is_sample)
            try:
                retry_on_disconnect(partial(_send, email, line, render, moment, at, ahead))
            except transport.ConnectionFailed as problem:
                _note_no_connection(problem, moment())
                for waiting in emails[index:]:
                    leases.retry_later(waiting, moment(), problem.reply)
                return 0
    return len(emails)


def _note_no_connection(problem: transport.ConnectionFailed, now: datetime) -> None:
    """Say in the log that the mail server can't be used, and record it for `backlog.last_without_connection`."""
    logger.warning("The mail server of EMAIL_URL can’t be used: %s", problem.reply)
    heartbeat.beat(NO_CONNECTION, now, every=0)


def _claim_due(now: datetime | None, limit: int) -> tuple[Callable[[], datetime], list[Email]]:
    """The clock of this batch, and the emails that it claimed."""
    moment = (lambda: now) if now else clock.shared()
    heartbeat.beat(HEARTBEAT, moment(), every=10)
    return moment, leases.claim(moment(), min(limit, MOST_AT_ONCE))


def _send(
    email: Email,
    line: transport.FileLine,
    render: Renderer,
    moment: Callable[[], datetime],
    at: Callable[[str], None],
    ahead: audience.Prefetched,
) -> None:
    """Take one email to one of its ends: sent, put back, failed or withdrawn. Raises ConnectionFailed when no email can be
    sent.

    It runs twice when the database connection is lost: a fence that was passed isn't passed again, and the lease ends.
    """
    try:
        if not leases.keep_lease(email, moment()):
            return
        found = _require_recipient(email, ahead, reread=False)
        if _comes_later(email, found, moment()):
            return
        context = {"subject": found.subject, "shared": ahead.shared}
        message = _message(email, _recipient(found), render, context, moment())
        fence = _fence(email, found, ahead, moment)
        reply = line.deliver(message, sender(), ascii_address(_recipient(found).address), fence)
    except _LostClaim:
        return
    except _Withdrawn as refusal:
        if leases.close(email, EmailState.WITHDRAWN, str(refusal)):
            audience.email_settled(email, refusal.subject)
    except transport.PermanentFailure as problem:
        leases.close(email, EmailState.FAILED, problem.reply)
    except transport.TemporaryFailure as problem:
        leases.retry_later(email, moment(), problem.reply)
    except transport.DeliveryUnknown as problem:
        leases.mark_ambiguous(email, moment(), problem.reply)
    except (transport.ConnectionFailed, OperationalError, InterfaceError):
        raise
    except Exception as problem:  # an email that can't be rendered must not keep the others from being sent
        # Log where it broke, but not the exception's own text, which may contain an address or a message.
        trace = "".join(traceback.format_tb(problem.__traceback__))
        logger.error("Email %s cannot be written (%s).\n%s", email.pk, type(problem).__name__, trace)
        leases.retry_later(email, moment(), f"This email can’t be written ({type(problem).__name__}).")
    else:
        leases.mark_sent(email, moment(), reply)
        at("marked")


def _recipient(found: audience.Audience) -> audience.Recipient:
    assert found.recipient is not None  # nothing refused the email
    return found.recipient


def _require_recipient(email: Email, ahead: audience.Prefetched, *, reread: bool = True) -> audience.Audience:
    """The recipient and subject. `reread`: as they are now, and not as they were prefetched in `ahead`.

    Raises _Withdrawn when this recipient may no longer have the email, and PermanentFailure when their address gets no
    emails: staff see that one as failed.
    """
    found = audience.find_audience(email, ahead, reread=reread)
    if found.refusal:
        raise _Withdrawn(found.refusal, found.subject)
    known = None if reread else ahead.suppressed
    if why := suppressions.suppression_reason(_recipient(found).address, email.kind, known):
        raise transport.PermanentFailure(why)
    return found


def _comes_later(email: Email, found: audience.Audience, now: datetime) -> bool:
    """Postpone what its reader wants in a digest, and what would arrive in their quiet hours."""
    person = _recipient(found).person
    if audience.goes_to_digest(email, found.pace, person, now):
        with transaction.atomic():
            if leases.close(email, EmailState.WITHDRAWN, GATHERED):
                audience.add_to_digest(email, person, now)
        return True
    until = audience.end_of_quiet_hours(email, person, now)
    if until:
        leases.postpone(email, until, QUIET)
    return until is not None


def _message(
    email: Email, recipient: audience.Recipient, render: Renderer, context: dict[str, Any], now: datetime
) -> bytes:
    return compose(
        render(email, recipient, context),
        name=recipient.name,
        address=recipient.address,
        message_id=email.message_id,
        at=now,
    )


def _fence(
    email: Email, found: audience.Audience, ahead: audience.Prefetched, moment: Callable[[], datetime]
) -> Callable[[], None]:
    """The function that checks everything again before the final dot, and then marks that sending has started.

    A change of a meeting withdraws its emails in the same transaction: the mark waits for that transaction, and then
    fails.
    """

    def ask() -> None:
        now, same = moment(), audience.unchanged_conditions(email, ahead)
        if email.expires_at and email.expires_at <= now:
            raise transport.TemporaryFailure(gettext_noop("It expired while it was being sent."))
        # If one statement can check all of it, the mark itself does. If that fails, the slow way finds out why.
        if not (same and leases.start(email, now, same)):
            _require_as_it_was(_require_recipient(email, ahead), found)
            if not leases.start(email, now):
                raise _LostClaim
        audience.email_settled(email, found.subject)

    return ask


def _require_as_it_was(now: audience.Audience, found: audience.Audience) -> None:
    if _recipient(now).address != _recipient(found).address:
        raise transport.TemporaryFailure(gettext_noop("The email address changed while it was being sent."))
    if now.subject != found.subject:
        raise transport.TemporaryFailure(gettext_noop("What it’s about changed while it was being sent."))


# Sending while a person waits


def send_now(kind: str, address: str, context: dict[str, Any], render: Renderer) -> Email:
    """Send an email that a person is waiting for (a sign-in code) within CODE_SECONDS seconds. Raises NotSent.

    The row says that it was sent, but never its content or address; a code is in no row and no log. Without a mail
    server, the code of a sample person is printed in the terminal, and for anyone else the path of the file that holds
    the email.
    """
    moment = clock.shared()
    now, recipient = moment(), audience.recipient_at(address)
    email = Email.objects.create(
        kind=kind,
        occurrence=f"now/{uuid.uuid4().hex}",
        recipient=recipient.key,
        due_at=now,
        next_attempt_at=now,
        # No one can send it again, since the code isn't stored. After a crash, it expires.
        expires_at=now + timedelta(seconds=2 * CODE_SECONDS),
        claimed_until=now + timedelta(seconds=2 * CODE_SECONDS),
        state=EmailState.CLAIMED,
        token=uuid.uuid4(),
        attempts=1,
        message_id=_new_message_id(),
        is_sample=recipient.person is not None and recipient.person.is_sample,
    )
    with transport.lines(deadline=CODE_SECONDS) as line_for:
        try:
            if why := suppressions.suppression_reason(address, kind):
                raise transport.PermanentFailure(why)
            message = _message(email, recipient, render, context, now)
            line = line_for(email.is_sample)
            reply = line.deliver(
                message, sender(), ascii_address(recipient.address), lambda: _mark_started(email, moment())
            )
        except transport.NotDelivered as problem:
            if isinstance(problem, transport.ConnectionFailed):
                _note_no_connection(problem, moment())
            Email.objects.filter(pk=email.pk).update(is_ambiguous=isinstance(problem, transport.DeliveryUnknown))
            leases.close(email, EmailState.FAILED, problem.reply)
            raise NotSent(problem.reply) from None
    leases.mark_sent(email, moment(), reply)
    _print_where_to_read_it(email, recipient, context)
    return email


def _mark_started(email: Email, now: datetime) -> None:
    if not leases.start(email, now):
        raise transport.TemporaryFailure(gettext_noop("It took too long."))


def _print_where_to_read_it(email: Email, recipient: audience.Recipient, context: dict[str, Any]) -> None:
    if settings.EMAIL_URL:
        return
    if email.is_sample and email.kind == EmailKind.SIGN_IN_CODE:
        print(f"Sign-in code for {recipient.address}: {context['code']}", flush=True)
    else:
        print(f"An email was saved to {transport.path_of(settings.MAIL_DIR, email.message_id)}", flush=True)
