"""Words for keys, dates and times."""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.dateformat import format as date_words
from django.utils.translation import gettext

from partnerships.core import clock, record_types
from partnerships.core.choices import Vocabulary
from partnerships.directory.models import IssueArea, Term
from partnerships.directory.queries import issue_tree, term_labels
from partnerships.directory.reference.vocabularies import term_name
from partnerships.mail.schedule import time_words as clock_words
from partnerships.mail.schedule import zone_words
from partnerships.records.vocabularies import CLOSED

LONGEST = 300  # characters of a value to show
CHECKED_FOR = timedelta(days=365)
OPEN = (*Vocabulary.values, "issue")


_terms_read: ContextVar[dict | None] = ContextVar("terms_read", default=None)


@contextmanager
def terms_read_once():
    """Read open terms and issue areas once at most within this block. Middleware runs each request in one."""
    token = _terms_read.set({})
    try:
        yield
    finally:
        _terms_read.reset(token)


def open_terms(vocabulary: str) -> dict[str, str]:
    """The terms of an open vocabulary in their order: key → label."""
    return {key: term_name(words) for key, words in _read_once(term_labels)[vocabulary].items()}


def _read_once(read):
    """What this function reads from the database, once at most per request."""
    kept = _terms_read.get()
    if kept is None:
        return read()
    if read not in kept:
        kept[read] = read()
    return kept[read]


def issue_areas() -> list:
    """All issue areas as (level from 0, area), each after its parent, read once at most per request."""
    return _read_once(issue_tree)


def issue_path(key: str) -> str:
    """The labels of the areas above an issue area, from the top, and its own: “Housing, Tenant protection”."""
    path: list[str] = []
    for level, area in issue_areas():
        path[level:] = [area.name]
        if area.key == key:
            return ", ".join(map(term_name, path))
    return ""


def label(value, vocabulary: str) -> str:
    """The label for a key. Raises ValueError for an unknown vocabulary.

    `vocabulary` is a closed vocabulary (“kind”), an open one (“purpose”, or “issue” for issue areas), or a field of a
    record type (“partnership.engagement”). An unknown key is returned unchanged.
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
    return term_name(_read_once(term_labels)[vocabulary].get(value, str(value)))


def local_time(meeting) -> str:
    """The time of a meeting in its own time zone: “10 a.m. to noon, Central Time”."""
    zone = ZoneInfo(meeting.zone)
    start = meeting.starts_at.astimezone(zone)
    end = (meeting.starts_at + timedelta(minutes=meeting.minutes_long)).astimezone(zone)
    words = {"start": clock_words(start.time()), "end": clock_words(end.time()), "zone": zone_words(meeting.zone)}
    if end.date() == start.date():
        return gettext("%(start)s to %(end)s, %(zone)s") % words
    return gettext("%(start)s to %(end)s on %(day)s, %(zone)s") % (words | {"day": date_words(end, "l")})


def day(on) -> str:
    """A date, or its ISO text as documents have it, in words, in the language of the page: “May 3, 2026”."""
    if not on:
        return ""
    on = date.fromisoformat(on) if isinstance(on, str) else on
    return date_words(on, gettext("F j, Y"))


def closed_words(body) -> str:
    """When a department or an organization closed or is going to, "" if it is open: “Closed since June 30, 2026”."""
    if not body.closed_on:
        return ""
    words = gettext("Closed since %(day)s") if body.is_closed else gettext("Closes on %(day)s")
    return words % {"day": day(body.closed_on)}


def is_old(checked) -> bool:
    """Whether a record should be checked again.

    `checked` is the date of the last check, its ISO text, or None for never.
    """
    checked = date.fromisoformat(checked) if isinstance(checked, str) else checked
    return checked is None or checked < clock.today() - CHECKED_FOR


def checked_on(on) -> str:
    """When a record was last checked, with a warning if that was long ago. `on` must not be None."""
    if is_old(on):
        words = gettext("Last verified on %(day)s, more than a year ago. It may be out of date.")
    else:
        words = gettext("Last verified on %(day)s.")
    return words % {"day": day(on)}


def checked_words(record, person) -> str:
    """When a record was last checked and changed, with a warning if the check was long ago, in this person's time zone."""
    changed = gettext("Last changed on %(day)s.") % {"day": on(record.updated_at, zone_of(person))}
    if record.last_verified_on is None:
        return f"{gettext('Not verified yet.')} {changed}"
    return f"{checked_on(record.last_verified_on)} {changed}"


def day_words(day) -> str:
    """Month and weekday for the date block of a list: “Dec, Wed”."""
    return date_words(day, "M, D")


def zone_of(person) -> str:
    """The person's time zone, or "" if they have none."""
    return getattr(person, "zone", "")


def on(at, zone="") -> str:
    """The date of a moment in a time zone (default LOCAL_ZONE). In the evening of one zone it's tomorrow in another."""
    return day(at.astimezone(clock.zone(zone)))


def moment(at, zone="") -> str:
    """A date and time in a time zone (default LOCAL_ZONE): “November 2, 2026, 2:05 p.m., Central Time”."""
    zone = zone or settings.LOCAL_ZONE
    local = at.astimezone(clock.zone(zone))
    return f"{day(local)}, {clock_words(local.time())}, {zone_words(zone)}"


def value_in_words(value) -> str:
    """A value of a field, cut after `LONGEST` characters, and several of them with semicolons. “Empty” for none."""
    if isinstance(value, list):
        value = "; ".join(map(_name_of, value))
    text = day(value) if hasattr(value, "isoformat") else _name_of("" if value is None else value)
    return (text if len(text) <= LONGEST else f"{text[:LONGEST]}…") or gettext("Empty")


def _name_of(value) -> str:
    return term_name(value) if isinstance(value, Term | IssueArea) else str(value)
