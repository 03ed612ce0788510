"""Meetings as iCalendar (RFC 5545, 5546), for emails and feeds. Pure functions.

Times are local times in the meeting's own zone, with the rules of the zone included, so that a program that doesn't
know the zone's name shows the same moment. A meeting keeps its UIDs, the one in feeds and each reader's own, and its
SEQUENCE grows with every change that is news.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vDDDTypes, vRecur
from icalendar.parser import Contentline, Parameters

from partnerships.meetings.choices import MeetingStatus
from partnerships.meetings.models import AgendaItem, Meeting, MeetingSeries

PRODUCT = "-//Partnership Registry//Meetings//EN"
REQUEST, CANCEL = "REQUEST", "CANCEL"
MOST_DAYS = 400  # of a series
_UIDS = "partnerships.calendar.uid"


def invitation(events: Sequence[Event], *, organizer: str, is_off: bool) -> tuple[str, str]:
    """(method, text) of the calendar part of an email: an invitation or update, or a cancellation if `is_off`.

    `organizer` is an email address. The text isn't `addressed` to a reader yet.
    """
    method = CANCEL if is_off else REQUEST
    for event in events:
        event.add("organizer", _address(organizer, "Partnership Registry"))
    return method, calendar_of(events, method=method)


def addressed(text: str, attendee: str, name: str, *, uids: tuple[str, str] = ("", ""), answers: bool = False) -> str:
    """An `invitation` for one reader: each of its events names only them, by name and address.

    `uids`: (the one in the text, this reader's own from `secret_uid`). `answers`: whether answers of calendar programs
    reach the registry (`mail_in`); answers by the link in the email always do.
    """
    shared, own = (f"\r\n{Contentline.from_parts('UID', Parameters(), uid).to_ical().decode()}\r\n" for uid in uids)
    if own != shared:
        text = text.replace(shared, own)
    rsvp = "TRUE" if answers else "FALSE"
    whom = _address(attendee, name, ROLE="REQ-PARTICIPANT", PARTSTAT="NEEDS-ACTION", RSVP=rsvp)
    line = Contentline.from_parts("ATTENDEE", whom.params, whom)
    # A text with these words in it is folded or escaped, so that no line of it begins with them (RFC 5545, 3.1).
    return text.replace(_END, f"\r\n{line.to_ical().decode()}{_END}")


_END = "\r\nEND:VEVENT\r\n"


def uid_of(meeting: Meeting, host: str) -> str:
    """The UID of a meeting in feeds, which everyone may read."""
    return f"{meeting.public_id}@{host}"


def secret_uid(meeting: Meeting, address: str, host: str) -> str:
    """The UID of a meeting in the invitation to this address, and nowhere else.

    A calendar program sends it back, which proves that it has that invitation. It depends on nothing that changes
    during the life of the meeting; otherwise an update would show as a second meeting. Meetings from before these UIDs
    (`answer_key` is None) keep the one that was sent. `address`: as from `mail.message.plain_address`.
    """
    if meeting.answer_key is None:
        return uid_of(meeting, host)
    proof = salted_hmac(_UIDS, address, secret=meeting.answer_key.hex, algorithm="sha256").hexdigest()[:32]
    return f"{meeting.public_id}.{proof}@{host}"


def event_of(
    meeting: Meeting,
    *,
    link: str,
    host: str,
    at: datetime,
    agenda: Iterable[AgendaItem] = (),
    url: str = "",
    sequence: int | None = None,
) -> Event:
    """One meeting as a VEVENT.

    `link`: where to join, for this reader. `at` is the DTSTAMP: when this text was created, or when the meeting last
    changed. `host` makes its UID unique in the world. `sequence`: by default the meeting's own.
    """
    event, zone = Event(), ZoneInfo(meeting.zone)
    event.add("uid", uid_of(meeting, host))
    event.add("sequence", meeting.sequence if sequence is None else sequence)
    event.add("dtstamp", at.astimezone(UTC).replace(microsecond=0))
    start = meeting.starts_at.astimezone(zone)
    event.add("dtstart", _in_zone(start))
    event.add("dtend", _in_zone((meeting.starts_at + timedelta(minutes=meeting.minutes_long)).astimezone(zone)))
    event.add("summary", meeting.title)
    event.add("status", "CANCELLED" if meeting.status == MeetingStatus.CANCELLED else "CONFIRMED")
    description = _description(meeting, link, agenda)
    for key, value in (("location", meeting.place or link), ("description", description), ("url", url)):
        if value:
            event.add(key, value)
    return event


def calendar_of(events: Sequence[Event], *, method: str = "", name: str = "") -> str:
    """A whole calendar of these events, with the rules of every time zone that they use."""
    (start, end), parts = _frame(method, name), []
    for key, days in sorted(_days_by_zone(events).items()):
        if key != "UTC":
            parts.append(zone_text(key, min(days).year, max(days).year))
    parts += [event.to_ical().decode() for event in events]
    return "".join([start, *parts, end])


@lru_cache(maxsize=200)
def _frame(method: str, name: str) -> tuple[str, str]:
    """The text before and after the events, which is the same in each email."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for key, value in (("method", method), ("x-wr-calname", name)):
        if value:
            calendar.add(key, value)
    start, end, rest = calendar.to_ical().decode().rpartition("END:VCALENDAR")
    return start, end + rest


@lru_cache(maxsize=200)
def zone_text(key: str, first: int, last: int) -> str:
    """The rules of a time zone from before the first of these years to after the last, one observance per clock
    change.

    Cached as text, since each email contains it.
    """
    zone, component = ZoneInfo(key), Timezone()
    component.add("tzid", key)
    start = datetime(first - 1, 1, 1, tzinfo=UTC)
    end = datetime(last + 2, 1, 1, tzinfo=UTC)
    component.add_component(_observance(zone, start, _offset(start, zone)))
    while (change := _next_change(zone, start, end)) is not None:
        before = _offset(change - timedelta(seconds=1), zone)
        component.add_component(_observance(zone, change, before))
        start = change
    return component.to_ical().decode()


def series_events(
    series: MeetingSeries, meetings: Iterable[Meeting], *, host: str, make: Callable[[Meeting], Event], url: str = ""
) -> list[Event]:
    """A series as one VEVENT with its rule, and one VEVENT for each meeting that differs from it (RECURRENCE-ID).

    EXDATE lists the days without a meeting. `series`: rule, first_on, time, zone, sequence, pk. `meetings`: one or
    more of its own, with `original_on`. `make`: meeting → VEVENT. `url`: a page about all of them.
    """
    by_day = {meeting.original_on: meeting for meeting in meetings}
    days = days_of(series)
    kept = [by_day[day] for day in days if day in by_day]
    pattern = next((meeting for meeting in kept if not _was_moved(series, meeting)), kept[0])
    master = make(pattern)
    looks = _common_properties(master)
    differ = [meeting for meeting in kept if _was_moved(series, meeting) or _common_properties(make(meeting)) != looks]
    _set_properties(
        master,
        uid=_uid(series, host),
        sequence=series.sequence,
        dtstart=_wall_time(series, days[0]),
        dtend=None,
        duration=timedelta(minutes=pattern.minutes_long),
        rrule=vRecur.from_ical(series.rule),
        exdate=[_wall_time(series, day) for day in days if day not in by_day],
        status="CONFIRMED",
        url=url,
    )
    return [master, *(occurrence(series, meeting, host=host, make=make) for meeting in differ)]


def occurrence(series: MeetingSeries, meeting: Meeting, *, host: str, make: Callable[[Meeting], Event]) -> Event:
    """One meeting of a series as a VEVENT with the UID of the series, identified by the day that the rule gave it."""
    event = make(meeting)
    # A change of the series or of this meeting is news, and the number is never lower than what was sent for the
    # series.
    own = event["sequence"]
    assert isinstance(own, int)  # `event_of` wrote it
    sequence = series.sequence + own
    _set_properties(
        event, uid=_uid(series, host), sequence=sequence, **{"recurrence-id": _wall_time(series, meeting.original_on)}
    )
    return event


def _set_properties(event: Event, **values: Any) -> None:
    """Set these properties, and remove those that are empty."""
    for key, value in values.items():
        event.pop(key, None)
        if value not in (None, "", []):
            event.add(key, value)


def days_of(series: MeetingSeries) -> list[date]:
    """The days of a series by its rule, including the first; at most MOST_DAYS."""
    return _days(series.rule, datetime.combine(series.first_on, series.time))


def _days(rule: str, start: datetime) -> list[date]:
    return [moment.date() for moment in islice(rrulestr(rule, dtstart=start), MOST_DAYS)]


def _was_moved(series: MeetingSeries, meeting: Meeting) -> bool:
    return (meeting.date, meeting.time, meeting.zone) != (meeting.original_on, series.time, series.zone)


def _common_properties(event: Event) -> tuple[list[str], timedelta]:
    """What the meetings of a series have in common in a calendar, except their day."""
    texts = [str(event.get(name, "")) for name in ("summary", "location", "description", "status")]
    return texts, _moment(event, "dtend") - _moment(event, "dtstart")


def _uid(series: MeetingSeries, host: str) -> str:
    return f"series-{series.pk}@{host}"


def _wall_time(series: MeetingSeries, day: date | None) -> datetime:
    assert day is not None  # a meeting of a series has the day of its rule
    return datetime.combine(day, series.time, ZoneInfo(series.zone))


def _in_zone(moment: datetime) -> datetime:
    """In its own zone, or in UTC if the local time occurs twice and the second one is meant."""
    return moment.astimezone(UTC) if moment.fold or getattr(moment.tzinfo, "key", "") == "UTC" else moment


def _address(address: str, name: str, **parameters: Any) -> vCalAddress:
    found = vCalAddress(f"mailto:{address}")
    for key, value in {"CN": " ".join(name.replace('"', "'").split()), **parameters}.items():
        if value:
            found.params[key] = value
    return found


def _description(meeting: Meeting, link: str, agenda: Iterable[AgendaItem]) -> str:
    facts = (
        (gettext("Join"), link),
        (gettext("Access, food, child care"), meeting.access_notes),
        (gettext("Languages and interpretation"), meeting.interpretation),
    )
    lines = [f"{words}: {value}" for words, value in facts if value]
    lines += [f"{gettext('Agenda')}:", *(f"- {item.title}" for item in agenda)] if agenda else []
    return "\n".join(lines)


def _days_by_zone(events: Iterable[Event]) -> dict[str, list[date]]:
    days: dict[str, list] = {}
    for event in events:
        for name in ("dtstart", "dtend", "recurrence-id"):
            if name in event:
                moment = _moment(event, name)
                days.setdefault(getattr(moment.tzinfo, "key", "UTC"), []).append(moment.date())
        if "rrule" in event:
            days[getattr(_moment(event, "dtstart").tzinfo, "key", "UTC")].append(_end_of(event))
    return days


def _end_of(event: Event) -> date:
    """The last day of a recurring event: its zone's rules must reach that far."""
    rule = event["rrule"]
    assert isinstance(rule, vRecur)  # `series_events` wrote it
    return _days(rule.to_ical().decode(), _moment(event, "dtstart").replace(tzinfo=None))[-1]


def _moment(event: Event, name: str) -> datetime:
    """A property with a moment, as `event_of` wrote it."""
    found = event[name]
    assert isinstance(found, vDDDTypes)
    assert isinstance(found.dt, datetime)
    return found.dt


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _next_change(zone: ZoneInfo, after: datetime, end: datetime) -> datetime | None:
    """The next moment, in UTC, when the zone's clocks change; None if there is none before the end."""
    step = timedelta(days=14)
    while after < end:
        if after.astimezone(zone).utcoffset() != (after + step).astimezone(zone).utcoffset():
            low, high, old = after, after + step, after.astimezone(zone).utcoffset()
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                low, high = (middle, high) if middle.astimezone(zone).utcoffset() == old else (low, middle)
            return high
        after += step
    return None


def _observance(zone: ZoneInfo, change: datetime, before: timedelta) -> TimezoneStandard | TimezoneDaylight:
    """The offset from this moment on.

    DTSTART is local time by the offset that applied until then (RFC 5545, 3.6.5).
    """
    local = change.astimezone(zone)
    kind = TimezoneDaylight if local.dst() else TimezoneStandard
    part = kind()
    part.add("dtstart", (change + before).replace(tzinfo=None))
    part.add("tzoffsetfrom", before)
    part.add("tzoffsetto", local.utcoffset())
    part.add("tzname", local.tzname())
    return part
