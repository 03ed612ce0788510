"""Processes incoming email: bounces, complaints, and answers to meetings.

The sender proves only what they know. A notice counts only with the Message-ID of an email that we sent, and with
exactly the address that it went to. An answer counts only with the UID of one invitation, and for the address that
this invitation went to.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_noop

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotFound
from partnerships.mail import incoming
from partnerships.mail.choices import Bounce, EmailKind, EmailState
from partnerships.mail.message import plain_address
from partnerships.mail.models import Email
from partnerships.mail.suppressions import suppress
from partnerships.meetings.calendar import secret_uid
from partnerships.meetings.choices import AttendanceReply
from partnerships.meetings.models import Participant
from partnerships.notifications import answers, recipients
from partnerships.notifications.link_queries import open_seat

# There is no such mailbox, domain or address (RFC 3463). 5.1.7 and 5.1.8 are about the sender; 5.1.0 doesn't say.
GONE = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10")
NEWS_FOR = timedelta(days=30)  # after that, a notice about an email is too old
CLOCKS_DIFFER = timedelta(hours=1)  # at most, between a calendar program and the registry
COMING = {"ACCEPTED": AttendanceReply.YES, "DECLINED": AttendanceReply.NO, "TENTATIVE": AttendanceReply.MAYBE}
ASKING = (EmailKind.MEETING_PLANNED, EmailKind.MEETING_CHANGED, EmailKind.MEETING_REMINDER)
UNWANTED = gettext_noop("The recipient reported this email as spam.")


class Refused(Exception):
    """Nothing was changed. Says why, without quoting the message."""


def process(raw: bytes) -> str:
    """Process a message and return the outcome, safe to log. Raises incoming.Malformed or Refused."""
    found = incoming.read(raw)
    if not found:
        return "nothing that concerns the registry"
    return "; ".join(dict.fromkeys(_TAKES[type(one)](one) for one in found))


def _record_bounce(notice: incoming.Bounce) -> str:
    email, address = _email_of(notice)
    if notice.action != "failed":
        return "an email is still on its way"
    # What a server gives up after days of trying (“failed”, 4.x) did not arrive either, but its mailbox may exist.
    is_gone = notice.status in GONE
    words = Bounce.GONE.label if is_gone else "The mail server couldn’t deliver it"
    words = f"It bounced ({notice.status or 'without a code'}). {words}."
    with transaction.atomic():
        Email.objects.filter(pk=email.pk, state=EmailState.SENT).update(state=EmailState.FAILED, last_reply=words)
        if is_gone:
            suppress(by=SYSTEM, address=address, reason=Bounce.GONE, detail=notice.status, recipient=email.recipient)
    return "an email bounced"


def _record_complaint(notice: incoming.Complaint) -> str:
    email, address = _email_of(notice)
    with transaction.atomic():
        Email.objects.filter(pk=email.pk, state=EmailState.SENT).update(last_reply=UNWANTED)
        suppress(by=SYSTEM, address=address, reason=Bounce.COMPLAINT, recipient=email.recipient)
    return "a recipient reported our email as spam"


def _email_of(notice: incoming.Bounce | incoming.Complaint) -> tuple[Email, str]:
    """(the email, the address that it went to). Raises Refused."""
    since = clock.now() - NEWS_FOR
    sent = Email.objects.filter(message_id=notice.message_id, state=EmailState.SENT, sent_at__gt=since).first()
    someone = recipients.find(sent.recipient) if sent else None
    if sent is None or someone is None or plain_address(someone.address) not in map(plain_address, notice.addresses):
        raise Refused("it names no email that we recently sent to that address")
    return sent, someone.address


def _record_meeting_answer(answer: incoming.Answer) -> str:
    now = clock.now()
    seat = _seat_of(answer)
    if answer.sequence != seat.meeting.sequence or answer.replied_at > now + CLOCKS_DIFFER:
        raise Refused("it answers another version of the meeting, or comes from the future")
    try:
        answers.answer_meeting(seat=seat, answer=COMING[answer.reply], at=min(answer.replied_at, now))
    except NotFound:
        raise Refused("it’s too late, or older than an answer that we have") from None
    return "an answer to a meeting"


def _seat_of(answer: incoming.Answer) -> Participant:
    """The seat of the invitation's holder. Raises Refused, with the same message for every reason."""
    public_id = answer.uid.partition("@")[0].partition(".")[0]
    address, host = plain_address(answer.attendee), urlsplit(settings.BASE_URL).hostname
    seats = Participant.objects.filter(meeting__public_id=public_id, meeting__answer_key__isnull=False)
    for seat in seats.select_related("person", "contact", "meeting") if address else ():
        someone = seat.person or seat.contact
        if someone is None:
            continue
        key = recipients.key_of(someone)
        is_open = getattr(someone, "is_active", True)  # a contact has no account that could be closed
        holds_invitation = constant_time_compare(answer.uid, secret_uid(seat.meeting, address, host))
        if (
            holds_invitation
            and is_open
            and plain_address(someone.email) == address
            and _was_asked(key, seat.meeting_id)
        ):
            try:
                return open_seat(key, seat.meeting_id)
            except NotFound:
                break
    raise Refused("it holds no invitation of ours to a meeting to come")


def _was_asked(key: str, meeting_id: int) -> bool:
    about = Email.objects.filter(subject_type="meeting", subject_id=meeting_id, kind__in=ASKING)
    return about.filter(recipient=key, state=EmailState.SENT).exists()


_TAKES: dict[type, Callable[[Any], str]] = {
    incoming.Bounce: _record_bounce,
    incoming.Complaint: _record_complaint,
    incoming.Answer: _record_meeting_answer,
}
