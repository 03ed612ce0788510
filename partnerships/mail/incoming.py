"""Strict parsing of incoming email: bounces, complaints and answers of calendar programs. Pure functions without
database access.

Everything in such an email comes from a stranger. Size, lines and parts are counted before a library sees the message,
every regular expression here runs in linear time, and only a few properties of a calendar are read: recurrence rules
and time zones are never computed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from io import BytesIO

MOST_BYTES = 1_000_000  # of a whole message
MOST_LINES = 40_000  # for a message of that size, 25 characters per line
LONGEST_LINE = 8_000  # bytes, including the continuation lines of a header
MOST_PARTS = 100
MOST_BOUNDARIES = 1_000  # lines that could begin or end a part
LARGEST_CALENDAR = 64_000  # bytes
LONGEST_VALUE = 1_000  # characters of a header or calendar property that are read at all
REPEATS = ("RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID")
REPLIES = ("ACCEPTED", "DECLINED", "TENTATIVE")
# Possessive quantifiers (++, *+) keep these expressions linear (QA27, tests/hostile/mails.py).
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}", re.ASCII)
_MESSAGE_ID = re.compile(r"<[^<>@\s]{1,64}@[^<>@\s]{1,190}>", re.ASCII)
_ADDRESS = re.compile(r"[!-;=?A-~]{1,64}@[!-;=?A-~]{1,190}", re.ASCII)
_MAILBOX = re.compile(r'(?:"(?:[^"\\]|\\.)*+"\s*+|[^"<>@,;:]*+)<([^<>\s]++)>|([^"<>\s,;:]++)')
_TYPE_OF_PART = re.compile(rb"content-type\s*+:", re.IGNORECASE)
_FOLD = re.compile(rb"\r?\n[ \t]")
_VALUE = r'(?:"[^"]*+"|[^";:,]*+)'
_PARAMETER = re.compile(rf";([A-Za-z0-9-]++)=({_VALUE}(?:,{_VALUE})*+)")
_PROPERTY = re.compile(rf"([A-Za-z0-9-]++)((?:;[A-Za-z0-9-]++={_VALUE}(?:,{_VALUE})*+)*+):(.*+)", re.DOTALL)
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z", re.ASCII)
_WHOLE_NUMBER = re.compile(r"-?\d{1,40}", re.ASCII)
_BROKEN = (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError)
COMPLAINTS = (
    "abuse",
    "fraud",
    "opt-out",
    "opt-out-list",
)  # kinds of feedback (RFC 5965, 6430) that mean the email was unwanted


class Malformed(Exception):
    """This isn't an email, or not one that is safe to parse. Says why, without quoting it."""


@dataclass(frozen=True)
class Bounce:
    """What a mail server reports about one email to one address (RFC 3464).

    `status` is as in RFC 3463, such as “5.1.1”.
    """

    message_id: str
    addresses: frozenset
    action: str
    status: str


@dataclass(frozen=True)
class Complaint:
    """A reader marked an email as unwanted (RFC 5965)."""

    message_id: str
    addresses: frozenset


@dataclass(frozen=True)
class Answer:
    """What a calendar program answers about one meeting (RFC 5546): `reply` is one of REPLIES, `replied_at` its DTSTAMP.

    The sender of the message is left out on purpose: anyone can forge it.
    """

    uid: str
    sequence: int
    replied_at: datetime
    attendee: str
    reply: str


def read(raw: bytes) -> list:
    """What in a message concerns the registry: Bounces, Complaints or an Answer; empty for any other email.

    Raises Malformed.
    """
    if len(raw) > MOST_BYTES:
        raise Malformed(f"it is larger than {MOST_BYTES:,} bytes")
    _refuse_slow_messages(raw)
    try:
        message = message_from_bytes(raw)
        parts = _all_parts(message)
        if not message.keys():
            raise Malformed("it has no headers")
        if message.get_content_type() == "multipart/report":
            return _report(_parts_of(message))
        return _answers(parts)
    except _BROKEN as problem:
        raise Malformed(f"it cannot be parsed ({type(problem).__name__})") from None


def _refuse_slow_messages(raw: bytes) -> None:
    """Refuse long headers, many lines and nested parts, which are slow in the library, before it sees them.

    Each part that could contain other parts states its type on a line of its own, so counting those lines is enough.
    """
    size = boundaries = types = 0
    for number, line in enumerate(BytesIO(raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")), start=1):
        size = size + len(line) if line[:1] in (b" ", b"\t") else len(line)
        boundaries += line.startswith(b"--")
        types += line[:1] in (b"c", b"C") and bool(_TYPE_OF_PART.match(line))
        if size > LONGEST_LINE:
            raise Malformed(f"a line of it is longer than {LONGEST_LINE:,} bytes")
        if number > MOST_LINES:
            raise Malformed(f"it has more than {MOST_LINES:,} lines")
        if boundaries > MOST_BOUNDARIES or types > MOST_PARTS:
            raise Malformed(f"it has more than {MOST_PARTS} parts")


def _all_parts(message: Message) -> list[Message]:
    """The message and all parts inside it. Raises Malformed for more than MOST_PARTS."""
    parts = []
    for part in message.walk():
        parts.append(part)
        if len(parts) > MOST_PARTS:
            raise Malformed(f"it has more than {MOST_PARTS} parts")
    return parts


def _report(children: Sequence[Message]) -> list:
    """The Bounces or the Complaint of a report: text for people, fields for programs, and the returned email or its headers.

    A report without the third part counts for nothing, since only its Message-ID says which email it is about.
    """
    if not isinstance(children, list) or len(children) < 3:
        return []
    fields, original = children[1], _original(children[2])
    message_id = _single_header(original, "Message-ID")
    if not _MESSAGE_ID.fullmatch(message_id):
        return []
    if fields.get_content_type() == "message/delivery-status":
        return [_bounce(message_id, block) for block in fields.get_payload()[1:]]
    if fields.get_content_type() != "message/feedback-report":
        return []
    (about,) = fields.get_payload()
    named = [_mailbox(str(value)) for value in about.get_all("Original-Rcpt-To", [])] + [
        _mailbox(_single_header(original, "To"))
    ]
    is_one = _single_header(about, "Feedback-Type").lower() in COMPLAINTS
    return [Complaint(message_id, frozenset(filter(None, named)))] if is_one else []


def _parts_of(message: Message) -> list[Message]:
    """The parts of a message with several parts. Raises TypeError if its content is a text instead."""
    parts = message.get_payload()
    if not isinstance(parts, list):
        raise TypeError
    return [part for part in parts if isinstance(part, Message)]


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        raise TypeError
    return content


def _original(part: Message) -> Message:
    """The returned email, as far as the report contains it."""
    if part.get_content_type() in ("message/rfc822", "message/rfc822-headers", "message/global"):
        return _parts_of(part)[0]
    if part.get_content_type() != "text/rfc822-headers":
        return Message()
    headers = _content(part)
    _refuse_slow_messages(headers)
    return message_from_bytes(headers)


def _bounce(message_id: str, block: Message) -> Bounce:
    named = [
        _ADDRESS.fullmatch(value.strip().strip("<>"))
        for name in ("Original-Recipient", "Final-Recipient")
        for kind, _, value in [_single_header(block, name).partition(";")]
        if kind.strip().lower() == "rfc822"
    ]
    status = _STATUS.match(_single_header(block, "Status"))
    return Bounce(
        message_id,
        frozenset(found[0] for found in named if found),
        _single_header(block, "Action").lower(),
        status[0] if status else "",
    )


def _answers(parts: Sequence[Message]) -> list[Answer]:
    for part in parts:
        if part.get_content_type() == "text/calendar" and str(part.get_param("method", "")).upper() == "REPLY":
            text = _content(part)
            if len(text) > LARGEST_CALENDAR:
                raise Malformed(f"its calendar is larger than {LARGEST_CALENDAR:,} bytes")
            return [_answer(text)]
    return []


def _answer(text: bytes) -> Answer:
    calendar, event = _properties(text)
    if [value.upper() for _, value in calendar.get("METHOD", [])] != ["REPLY"]:
        raise Malformed("its calendar is no answer to one meeting")
    if any(name in event for name in REPEATS):
        raise Malformed("its calendar speaks of more than one day")
    moment = _MOMENT.fullmatch(_single_property(event, "DTSTAMP")[1])
    if not moment:
        raise Malformed("its calendar names no moment that is the same for all")
    parameters, attendee = _single_property(event, "ATTENDEE")
    kind, _, address = attendee.partition(":")
    reply = (
        {name.upper(): value for name, value in _PARAMETER.findall(parameters)}.get("PARTSTAT", "").strip('"').upper()
    )
    if kind.lower() != "mailto" or not _ADDRESS.fullmatch(address) or reply not in REPLIES:
        raise Malformed("its calendar does not say who answers, or what")
    sequence = _single_property(event, "SEQUENCE")[1] if "SEQUENCE" in event else "0"
    if not _WHOLE_NUMBER.fullmatch(sequence):
        raise Malformed("its calendar does not say which version it answers")
    year, month, day, hour, minute, second = map(int, moment.groups())
    replied_at = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    return Answer(_single_property(event, "UID")[1], int(sequence), replied_at, address, reply)


def _properties(text: bytes) -> tuple[dict, dict]:
    """(properties of the calendar, properties of its only event): name → [(parameters as written, value)]."""
    calendar: dict[str, list[tuple[str, str]]] = {}
    event: dict[str, list[tuple[str, str]]] = {}
    within, events = [], 0
    for line in _FOLD.sub(b"", text).decode(errors="replace").split("\n"):
        found = _PROPERTY.fullmatch(line[:LONGEST_VALUE].rstrip("\r"))
        if not found:
            continue
        name, parameters, value = found[1].upper(), found[2], found[3].strip()
        if name == "BEGIN":
            within.append(value.upper())
            events += value.upper() == "VEVENT"
        elif name == "END":
            if not within or within.pop() != value.upper():
                raise Malformed("its calendar has no end")
        elif within == ["VCALENDAR"]:
            calendar.setdefault(name, []).append((parameters, value))
        elif within == ["VCALENDAR", "VEVENT"]:
            event.setdefault(name, []).append((parameters, value))
    if within:
        raise Malformed("its calendar has no end")
    if events != 1:
        raise Malformed("its calendar is no answer to one meeting")
    return calendar, event


def _single_property(properties: dict[str, list[tuple[str, str]]], name: str) -> tuple[str, str]:
    """(parameters, value) of a property that must occur exactly once."""
    found = properties.get(name, [])
    if len(found) != 1:
        raise Malformed("its calendar lacks what an answer must have, or has it twice")
    return found[0]


def _mailbox(value: str) -> str:
    """The one address in a header such as “Name <address>”; "" when there is none, more than one, or an invalid one."""
    found = _MAILBOX.fullmatch(value) if len(value) <= LONGEST_VALUE else None
    address = (found[1] or found[2]) if found else ""
    return address if _ADDRESS.fullmatch(address or "") else ""


def _single_header(message: Message, name: str) -> str:
    """The value of a header that occurs exactly once, on one line; "" otherwise, and when it is too long."""
    values = message.get_all(name, [])
    value = " ".join(str(values[0]).split()) if len(values) == 1 else ""
    return value if len(value) <= LONGEST_VALUE else ""
