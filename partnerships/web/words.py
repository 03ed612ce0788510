"""Keys, days and times in the words that people read."""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from partnerships.accounts.choices import MemberRole
from partnerships.communication.choices import LetterKind, LetterState, MeetingStatus, Rhythm
from partnerships.core.choices import Side, Stage, Vocabulary
from partnerships.directory.choices import (
    DepartmentKind,
    IdentifierScheme,
    JurisdictionKind,
    Listing,
    Reader,
    RelationKind,
)
from partnerships.directory.queries import term_labels
from partnerships.registry.choices import AskAnswer, Circle, Engagement, Kind, Role, Status

CLOSED = {
    "side": Side,
    "stage": Stage,
    "kind": Kind,
    "status": Status,
    "role": Role,
    "circle": Circle,
    "engagement": Engagement,
    "ask_answer": AskAnswer,
    "jurisdiction_kind": JurisdictionKind,
    "department_kind": DepartmentKind,
    "relation": RelationKind,
    "listing": Listing,
    "reader": Reader,
    "identifier": IdentifierScheme,
    "meeting_status": MeetingStatus,
    "rhythm": Rhythm,
    "letter_kind": LetterKind,
    "letter_state": LetterState,
    "member_role": MemberRole,
}
OPEN = (*Vocabulary.values, "issue")

# What people call the zones of the country; any other zone is named by its city.
ZONES = {
    "America/New_York": "Eastern Time",
    "America/Detroit": "Eastern Time",
    "America/Chicago": "Central Time",
    "America/Denver": "Mountain Time",
    "America/Boise": "Mountain Time",
    "America/Phoenix": "Arizona Time",
    "America/Los_Angeles": "Pacific Time",
    "America/Anchorage": "Alaska Time",
    "Pacific/Honolulu": "Hawaii Time",
    "America/Puerto_Rico": "Atlantic Time",
    "UTC": "UTC",
}

_terms_read: ContextVar[dict | None] = ContextVar("terms_read", default=None)


@contextmanager
def terms_read_once():
    """Around one request: the words of open terms are read at most once, and anew in the next request."""
    token = _terms_read.set({})
    try:
        yield
    finally:
        _terms_read.reset(token)


def _open_terms():
    read = _terms_read.get()
    if read is None:
        return term_labels()
    if not read:
        read.update(term_labels())
    return read


def label(value, vocabulary: str) -> str:
    """The word for a key of a closed vocabulary (“kind”) or of an open one (“purpose”, and “issue” for issue areas).

    An unknown key stands as it is.
    """
    if value is None or value == "":
        return ""
    if vocabulary in CLOSED:
        return dict(CLOSED[vocabulary].choices).get(value, str(value))
    if vocabulary not in OPEN:
        raise ValueError(f"no vocabulary “{vocabulary}”")
    return _open_terms()[vocabulary].get(value, str(value))


def zone_words(zone: str) -> str:
    return ZONES.get(zone) or f"{zone.rsplit('/', 1)[-1].replace('_', ' ')} time"


def clock_words(time) -> str:
    """“5:30 pm”, “10 am”, “noon”, “midnight”."""
    if (time.hour, time.minute) in ((0, 0), (12, 0)):
        return "noon" if time.hour else "midnight"
    hour, half = time.hour % 12 or 12, "am" if time.hour < 12 else "pm"
    return f"{hour}:{time.minute:02} {half}" if time.minute else f"{hour} {half}"


def local_time(meeting) -> str:
    """When a meeting is, on the clock of its place: “10 am to noon, Central Time”.

    The end counts elapsed minutes on the same wall clock, so it says nothing odd on the two nights a year that shift it.
    """
    start = datetime.combine(meeting.date, meeting.time)
    end = start + timedelta(minutes=meeting.minutes_long)
    until = clock_words(end.time()) + ("" if end.date() == start.date() else f" on {end:%A}")
    return f"{clock_words(start.time())} to {until}, {zone_words(meeting.zone)}"


def day_words(day) -> str:
    """What stands below the number of a day in a list: “Dec, Wed”."""
    return f"{day:%b}, {day:%a}"


def length(characters) -> str:
    return f"Up to {characters:,} characters."
