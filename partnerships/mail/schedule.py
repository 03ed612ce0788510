"""What is due when: local time and zone to UTC moments, and the offsets of reminders. Pure functions.

The emails about rounds, records and numbers have offsets of their own (`notifications`).

Days are calendar days at the same local time; hours are elapsed time. A local time that doesn't exist moves forward by
the gap, and of one that occurs twice the first counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils.dateformat import format as in_words
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.dates import require_year

MORNING = time(9)
OFTEN = 14  # days: a group that meets more often than this gets no email a week ahead
ZONE_WORDS = {
    "America/New_York": _("Eastern Time"),
    "America/Detroit": _("Eastern Time"),
    "America/Indiana/Indianapolis": _("Eastern Time"),
    "America/Kentucky/Louisville": _("Eastern Time"),
    "America/Chicago": _("Central Time"),
    "America/Menominee": _("Central Time"),
    "America/Denver": _("Mountain Time"),
    "America/Boise": _("Mountain Time"),
    "America/Phoenix": _("Arizona Time"),
    "America/Los_Angeles": _("Pacific Time"),
    "America/Anchorage": _("Alaska Time"),
    "America/Juneau": _("Alaska Time"),
    "America/Adak": _("Hawaii-Aleutian Time"),
    "Pacific/Honolulu": _("Hawaii Time"),
    "America/Puerto_Rico": _("Atlantic Time"),
    "Pacific/Guam": _("Chamorro Time"),
    "Pacific/Pago_Pago": _("Samoa Time"),
    "UTC": "UTC",
}


@dataclass(frozen=True)
class Offset:
    """How long before an occasion an email is sent (negative days: after it). `name` is part of its occurrence."""

    name: str
    days: int = 0
    hours: int = 0


WEEK_AHEAD = Offset("7d", days=7)
MEETING_OFFSETS = (WEEK_AHEAD, Offset("48h", hours=48), Offset("2h", hours=2))
CHECK_IN_OFFSETS = (Offset("7d", days=7), Offset("day"), Offset("3d-late", days=-3), Offset("7d-late", days=-7))
# Without an answer, the relationship holder is asked first, then the office, and then the emails end.
MISSED_OFFSETS = (Offset("10d-late", days=-10), Offset("17d-late", days=-17))
CHECK_IN_OPEN = 21  # days after its due date in which a check-in can be answered by its link
AGREEMENT_OFFSETS = (Offset("90d", days=90), Offset("30d", days=30))


@cache
def _zones() -> frozenset:
    places = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    return frozenset({"UTC"} | {name for name in available_timezones() if name.startswith(places)})


def is_zone(name: str) -> bool:
    return name in _zones()


def check_zone(name: str) -> None:
    """Raise ValidationError unless this is the name of a time zone, such as America/Chicago."""
    if not is_zone(name):
        raise ValidationError(
            gettext("“%(zone)s” isn’t a time zone that we know. Enter one like America/Chicago."),
            code="unknown_zone",
            params={"zone": str(name)[:50]},
        )


def zone_words(name: str) -> str:
    """The common name of a time zone: “Central Time”; “Paris time” where there is none."""
    place = name.rsplit("/", 1)[-1].replace("_", " ")
    return str(ZONE_WORDS[name]) if name in ZONE_WORDS else gettext("%(place)s time") % {"place": place}


def instant(day: date, at: time, zone_name: str) -> datetime:
    """The UTC moment of a local date and time in a zone. Raises ValidationError for an invalid zone or year."""
    return before(day, at, zone_name)


def before(day: date, at: time, zone_name: str, *, days: int = 0, hours: int = 0) -> datetime:
    """The UTC moment so many calendar days earlier at the same local time, and then so many elapsed hours earlier."""
    require_year(day)
    check_zone(zone_name)
    # fold=0 is the first of a repeated hour; in a gap it uses the offset before it, which moves forward by the gap.
    wall = datetime.combine(day - timedelta(days=days), at.replace(fold=0), ZoneInfo(zone_name))
    return wall.astimezone(UTC) - timedelta(hours=hours)


def due_instants(day: date, at: time, zone_name: str, offsets: Iterable[Offset]) -> list[tuple[Offset, datetime]]:
    """Each offset with its UTC moment for an occasion at this local date and time."""
    return [(offset, before(day, at, zone_name, days=offset.days, hours=offset.hours)) for offset in offsets]


def explain_wall_time(day: date, at: time, zone_name: str) -> str | None:
    """A sentence when this local time doesn't exist in the zone or occurs twice; otherwise None."""
    moment = instant(day, at, zone_name)
    real = moment.astimezone(ZoneInfo(zone_name))
    when, zone = day_words(day), zone_words(zone_name)
    if real.replace(tzinfo=None) != datetime.combine(day, at):
        words = gettext(
            "The clocks go forward on %(day)s: %(time)s doesn’t exist in %(zone)s. Enter %(other)s instead."
        )
        return words % {"day": when, "time": time_words(at), "zone": zone, "other": time_words(real)}
    if real.replace(fold=1).utcoffset() != real.replace(fold=0).utcoffset():
        words = gettext("The clocks go back on %(day)s: %(time)s happens twice in %(zone)s. Enter another time.")
        return words % {"day": when, "time": time_words(at), "zone": zone}
    return None


def meets_often(days: Iterable[date]) -> bool:
    """Whether a group with meetings on these days meets more often than every 14 days (median gap)."""
    gaps = [(later - earlier).days for earlier, later in pairwise(sorted(set(days)))]
    return bool(gaps) and median(gaps) < OFTEN


def day_words(day: date) -> str:
    """“Tuesday, March 3, 2026”, in the active language."""
    return in_words(day, gettext("l, F j, Y"))


def time_words(at: time | datetime) -> str:
    """“10 a.m.”, “2:30 p.m.”, “noon”."""
    if at.minute == 0 and at.hour in (0, 12):
        return gettext("noon") if at.hour else gettext("midnight")
    minutes = f":{at.minute:02d}" if at.minute else ""
    words = gettext("%(time)s a.m.") if at.hour < 12 else gettext("%(time)s p.m.")
    return words % {"time": f"{at.hour % 12 or 12}{minutes}"}


def moment_words(moment: datetime, zone_name: str) -> str:
    """“Tuesday, March 3, 2026, 10 a.m. Central Time (America/Chicago)”."""
    wall = moment.astimezone(ZoneInfo(zone_name))
    words = {"day": day_words(wall.date()), "time": time_words(wall), "zone": zone_words(zone_name), "name": zone_name}
    if zone_name == "UTC":
        return gettext("%(day)s, %(time)s %(zone)s") % words
    return gettext("%(day)s, %(time)s %(zone)s (%(name)s)") % words


def length_words(minutes: int) -> str:
    """A duration: “1 hour 30 minutes”."""
    hours, rest = divmod(minutes, 60)
    long = ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    short = ngettext("%(count)s minute", "%(count)s minutes", rest) % {"count": rest}
    if hours and rest:
        return gettext("%(hours)s %(minutes)s") % {"hours": long, "minutes": short}
    return long if hours else short
