"""Mail that comes in, read strictly: notices of mail servers, complaints, and answers of calendar programs. Pure: no rows here.

Everything in such a mail was written by a stranger. Only short fields of a known shape are taken from it, no rule of a calendar
is ever worked out, and long headers are refused before the library takes them apart, since it is slow on them.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message

from icalendar import Calendar

MOST_BYTES = 1_000_000  # of a whole mail
LONGEST_LINE = 8_000  # bytes, with the further lines of a header
MOST_PARTS = 100
LARGEST_CALENDAR = 64_000  # bytes
REPEATS = ("RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID")
SAID = ("ACCEPTED", "DECLINED", "TENTATIVE")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}", re.ASCII)
_MESSAGE_ID = re.compile(r"<[^<>@\s]{1,64}@[^<>@\s]{1,190}>", re.ASCII)
_ADDRESS = re.compile(r"[!-;=?A-~]{1,64}@[!-;=?A-~]{1,190}", re.ASCII)
_SENDER = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^"<>@,;:]*)\s*<([^<>\s]+)>|([^"<>\s,;:]+)')
_BROKEN = (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError)
COMPLAINTS = (
    "abuse",
    "fraud",
    "opt-out",
    "opt-out-list",
)  # kinds of feedback (RFC 5965, 6430) that call a letter unwanted


class Malformed(Exception):
    """This is no mail, or one that nobody should take apart. Says why, without a word of the mail."""


@dataclass(frozen=True)
class Bounce:
    """What a mail server says of one letter to one address (RFC 3464). `status` is as in RFC 3463, “5.1.1”."""

    message_id: str
    addresses: frozenset
    action: str
    status: str


@dataclass(frozen=True)
class Complaint:
    """A reader called a letter unwanted (RFC 5965)."""

    message_id: str
    addresses: frozenset


@dataclass(frozen=True)
class Answer:
    """What a calendar program says of one meeting (RFC 5546): one of SAID. `said_at` is its DTSTAMP."""

    uid: str
    sequence: int
    said_at: datetime
    attendee: str
    sender: str
    said: str


def read(raw: bytes) -> list:
    """What in a mail concerns the registry: Bounces, Complaints or an Answer; nothing for any other mail. Raises Malformed."""
    if len(raw) > MOST_BYTES:
        raise Malformed(f"it is larger than {MOST_BYTES:,} bytes")
    _refuse_long_lines(raw)
    try:
        message = message_from_bytes(raw)
        parts = _parts(message)
        if not message.keys():
            raise Malformed("it has no headers")
        if message.get_content_type() == "multipart/report":
            return _report(message.get_payload())
        return _answers(message, parts)
    except _BROKEN as problem:
        raise Malformed(f"it cannot be taken apart ({type(problem).__name__})") from None


def _refuse_long_lines(raw):
    size = 0
    for line in raw.splitlines(keepends=True):
        size = size + len(line) if line[:1] in (b" ", b"\t") else len(line)
        if size > LONGEST_LINE:
            raise Malformed(f"a line of it is longer than {LONGEST_LINE:,} bytes")


def _parts(message) -> list[Message]:
    parts = []
    for part in message.walk():
        parts.append(part)
        if len(parts) > MOST_PARTS:
            raise Malformed(f"it has more than {MOST_PARTS} parts")
    return parts


def _report(children) -> list:
    """A report has two or three parts: words for people, fields for programs, and the letter that came back, or its headers."""
    if not isinstance(children, list) or len(children) < 3:
        return []
    fields, original = children[1], _original(children[2])
    message_id = _one(original, "Message-ID")
    if not _MESSAGE_ID.fullmatch(message_id):
        return []
    if fields.get_content_type() == "message/delivery-status":
        return [_bounce(message_id, block) for block in fields.get_payload()[1:]]
    if fields.get_content_type() != "message/feedback-report":
        return []
    (about,) = fields.get_payload()
    named = [_mailbox(str(value)) for value in about.get_all("Original-Rcpt-To", [])] + [_mailbox(_one(original, "To"))]
    is_one = _one(about, "Feedback-Type").lower() in COMPLAINTS
    return [Complaint(message_id, frozenset(filter(None, named)))] if is_one else []


def _original(part) -> Message:
    """The letter that came back, as far as the report holds it."""
    if part.get_content_type() in ("message/rfc822", "message/rfc822-headers", "message/global"):
        return part.get_payload()[0]
    if part.get_content_type() != "text/rfc822-headers":
        return Message()
    headers = part.get_payload(decode=True)
    _refuse_long_lines(headers)
    return message_from_bytes(headers)


def _bounce(message_id, block) -> Bounce:
    named = [
        _ADDRESS.fullmatch(value.strip().strip("<>"))
        for name in ("Original-Recipient", "Final-Recipient")
        for kind, _, value in [_one(block, name).partition(";")]
        if kind.strip().lower() == "rfc822"
    ]
    status = _STATUS.match(_one(block, "Status"))
    return Bounce(
        message_id,
        frozenset(found[0] for found in named if found),
        _one(block, "Action").lower(),
        status[0] if status else "",
    )


def _answers(message, parts) -> list[Answer]:
    for part in parts:
        if part.get_content_type() == "text/calendar" and str(part.get_param("method", "")).upper() == "REPLY":
            text = part.get_payload(decode=True)
            if len(text) > LARGEST_CALENDAR:
                raise Malformed(f"its calendar is larger than {LARGEST_CALENDAR:,} bytes")
            return [_answer(_mailbox(_one(message, "From")), Calendar.from_ical(text))]
    return []


def _answer(sender, calendar) -> Answer:
    events = [part for part in calendar.subcomponents if part.name == "VEVENT"]
    if str(calendar["METHOD"]).upper() != "REPLY" or len(events) != 1:
        raise Malformed("its calendar is no answer to one meeting")
    (event,) = events
    if any(name in event for name in REPEATS):
        raise Malformed("its calendar speaks of more than one day")
    attendee, said_at = event["ATTENDEE"], event["DTSTAMP"].dt
    if said_at.tzinfo is None:
        raise Malformed("its calendar names no moment that is the same for all")
    kind, _, address = str(attendee).partition(":")
    said = str(attendee.params["PARTSTAT"]).upper()
    if kind.lower() != "mailto" or not _ADDRESS.fullmatch(address) or said not in SAID:
        raise Malformed("its calendar does not say who answers, or what")
    sequence = int(event.get("SEQUENCE", 0))
    return Answer(str(event["UID"]), sequence, said_at.astimezone(UTC), address, sender, said)


def _mailbox(value) -> str:
    """The one address of a header such as “Name <address>”; empty when there is none, or more than one, or a strange one."""
    found = _SENDER.fullmatch(value)
    address = (found[1] or found[2]) if found else ""
    return address if _ADDRESS.fullmatch(address or "") else ""


def _one(message, name) -> str:
    """The value of a header that stands there once, in one line; empty otherwise."""
    values = message.get_all(name, [])
    return " ".join(str(values[0]).split()) if len(values) == 1 else ""
