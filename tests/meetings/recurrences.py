"""Random series of meetings, and what their calendar must contain, computed from wall times without the code under test."""

import random
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from dateutil.rrule import rrulestr

ZONES = ("America/Chicago", "America/New_York", "America/Phoenix", "Europe/London", "Pacific/Honolulu")
RULES = (
    "FREQ=WEEKLY;COUNT={n}", "FREQ=WEEKLY;INTERVAL=2;COUNT={n}", "FREQ=MONTHLY;COUNT={n}", "FREQ=MONTHLY;BYDAY=2TU;COUNT={n}",
    "FREQ=MONTHLY;BYDAY=-1FR;COUNT={n}", "FREQ=WEEKLY;BYDAY=MO,TH;COUNT={n}", "FREQ=DAILY;COUNT={n}", "FREQ=YEARLY;COUNT={n}",
)  # fmt: skip


def series(seed: int):
    """Return (series, its meetings, their starts in UTC), with days left out, moved and canceled."""
    dice = random.Random(seed)
    zone, at = dice.choice(ZONES), time(dice.choice([0, 1, 2, 3, 9, 17, 23]), dice.choice([0, 15, 30]))
    rule = dice.choice(RULES).format(n=dice.randint(2, 14))
    first = date(2026, 1, 1) + timedelta(days=dice.randint(0, 700))
    # A rule counts its first day only if the day matches it.
    days = [moment.date() for moment in rrulestr(rule, dtstart=datetime.combine(first, at))]
    first = days[0]
    days = [moment.date() for moment in rrulestr(rule, dtstart=datetime.combine(first, at))]
    given = SimpleNamespace(pk=seed + 1, rule=rule, first_on=first, time=at, zone=zone, sequence=dice.randint(0, 3))
    meetings = [
        _meeting(dice, given, day, place) for place, day in enumerate(days) if _takes_place(dice, given, day, place)
    ]
    return given, meetings, sorted(m.starts_at for m in meetings if m.status == "planned")


def _takes_place(dice, given, day, place) -> bool:
    """Whether the meeting takes place.

    Some days are left out, and those on which the clocks skip its time, which the registry refuses.
    """
    start = datetime.combine(day, given.time, ZoneInfo(given.zone))
    is_real = start.astimezone(UTC).astimezone(start.tzinfo).time() == given.time
    return is_real and (place == 0 or dice.random() > 0.2)


def _meeting(dice, given, day, place):
    on, at, zone = day, given.time, given.zone
    if place and dice.random() < 0.25:
        on, at = day + timedelta(days=dice.randint(1, 3)), time(dice.randint(4, 22))
    starts_at = datetime.combine(on, at, ZoneInfo(zone)).astimezone(UTC)
    return SimpleNamespace(
        public_id=f"M-{place}", sequence=0, title="Table", date=on, time=at, zone=zone, minutes_long=60,
        starts_at=starts_at, original_on=day, place="", link="", access_notes="", interpretation="",
        status="cancelled" if place and dice.random() < 0.1 else "planned",
    )  # fmt: skip


def read_by_python(text: str) -> list[datetime]:
    """Return the starts of everything that isn't canceled, as an independent library reads them."""
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between((2025, 1, 1), (2045, 1, 1))
    return sorted(e["dtstart"].dt.astimezone(UTC) for e in events if str(e.get("status")) != "CANCELLED")
