"""Keys, days and times in the words that people read."""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from partnerships.accounts.choices import MemberRole
from partnerships.core import clock, record_types
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
from partnerships.mail.choices import LetterKind, LetterState
from partnerships.mail.schedule import time_words as clock_words
from partnerships.mail.schedule import zone_words
from partnerships.measurement.choices import (
    ActivityKind,
    ActivityStatus,
    Counted,
    Dimension,
    Direction,
    MeasureKind,
    Part,
    PeriodKind,
    Unit,
)
from partnerships.meetings.choices import ActionStatus, MeetingStatus, Rhythm
from partnerships.registry.choices import AskAnswer, Circle, Engagement, Kind, Role, Status, StoryKind, Verdict
from partnerships.reports.choices import ReportEyes, ReportKind, ReportRhythm

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
    "action_status": ActionStatus,
    "activity_kind": ActivityKind,
    "activity_status": ActivityStatus,
    "part": Part,
    "story_kind": StoryKind,
    "rhythm": Rhythm,
    "letter_kind": LetterKind,
    "letter_state": LetterState,
    "member_role": MemberRole,
    "verdict": Verdict,
    "measure_kind": MeasureKind,
    "unit": Unit,
    "counted": Counted,
    "direction": Direction,
    "period": PeriodKind,
    "dimension": Dimension,
    "report_kind": ReportKind,
    "report_eyes": ReportEyes,
    "report_rhythm": ReportRhythm,
}
CHECKED_FOR = timedelta(days=365)
OPEN = (*Vocabulary.values, "issue")


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
    """The word for a key of a closed vocabulary (“kind”), of an open one (“purpose”, and “issue” for issue areas), or of a field
    of a kind of record (“partnership.engagement”).

    An unknown key stands as it is.
    """
    if value is None or value == "":
        return ""
    kind, _, name = vocabulary.partition(".")
    if name:
        return str(dict(record_types.get(kind).model_field(name).flatchoices).get(value, value))
    if vocabulary in CLOSED:
        return str(dict(CLOSED[vocabulary].choices).get(value, value))
    if vocabulary not in OPEN:
        raise ValueError(f"no vocabulary “{vocabulary}”")
    return _open_terms()[vocabulary].get(value, str(value))


def local_time(meeting) -> str:
    """When a meeting is, on the clock of its place: “10 am to noon, Central Time”."""
    zone = ZoneInfo(meeting.zone)
    start = meeting.starts_at.astimezone(zone)
    end = (meeting.starts_at + timedelta(minutes=meeting.minutes_long)).astimezone(zone)
    until = clock_words(end.time()) + ("" if end.date() == start.date() else f" on {end:%A}")
    return f"{clock_words(start.time())} to {until}, {zone_words(meeting.zone)}"


def day(on) -> str:
    """A date, or its ISO text as a document holds it: “May 3, 2026”."""
    if not on:
        return ""
    on = date.fromisoformat(on) if isinstance(on, str) else on
    return f"{on:%B} {on.day}, {on.year}"


def is_old(checked) -> bool:
    """Whether a record was last checked so long ago (a date or its ISO text; nothing for never) that it should be again."""
    checked = date.fromisoformat(checked) if isinstance(checked, str) else checked
    return checked is None or checked < clock.today() - CHECKED_FOR


def checked_on(on) -> str:
    """When somebody last checked that a record is right, and what a long time may mean. Takes a day, not nothing."""
    old = ", more than a year ago. Some of it may be out of date" if is_old(on) else ""
    return f"Checked on {day(on)}{old}."


def checked_words(record, person) -> str:
    """When somebody last checked that a record is right, and what a long time may mean; for this reader."""
    changed = f"Last changed on {on(record.updated_at, zone_of(person))}."
    if record.last_verified_on is None:
        return f"Nobody has checked it yet. {changed}"
    return f"{checked_on(record.last_verified_on)} {changed}"


def day_words(day) -> str:
    """What stands below the number of a day in a list: “Dec, Wed”."""
    return f"{day:%b}, {day:%a}"


def zone_of(person) -> str:
    """By whose clock a page tells moments: the reader's own; “” for one who has none."""
    return getattr(person, "zone", "")


def on(at, zone="") -> str:
    """The day of a moment, on the clock of a zone (by default UTC): in the evening of one place it is tomorrow in another."""
    return day(at.astimezone(ZoneInfo(zone or "UTC")))


def moment(at, zone="") -> str:
    """A moment on the clock of a zone (by default UTC): “November 2, 2026, 2:05 pm, Central Time”."""
    local = at.astimezone(ZoneInfo(zone or "UTC"))
    return f"{local:%B} {local.day}, {local.year}, {clock_words(local.time())}, {zone_words(zone or 'UTC')}"
