"""Reminders around daylight saving time, compared with an oracle that goes through UTC minute by minute.

The test has two zones (one changes by an hour, one by half an hour), their two changes of 2026, meetings every five
minutes from 00:00 to 04:00 on the day of the change, and four offsets. The oracle lists what a wall clock shows at each
minute of UTC and looks wall times up in that list. It uses nothing of `mail.schedule`.
"""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from partnerships.mail.schedule import before

CHANGES = {
    "America/Chicago": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
}
OFFSETS = ({"days": 7}, {"days": 1}, {"hours": 48}, {"hours": 2})
MINUTE = timedelta(minutes=1)


def figure():
    """Return how many reminders are due when the oracle says, and how many were tried."""
    right = tried = 0
    for zone, days in CHANGES.items():
        for day in days:
            shown = _what_the_wall_shows(zone, day)
            for minutes in range(0, 240, 5):
                at = time(minutes // 60, minutes % 60)
                for offset in OFFSETS:
                    tried += 1
                    right += before(day, at, zone, **offset) == _oracle(shown, day, at, **offset)
    return right, tried


def _what_the_wall_shows(zone, day):
    """Yield each UTC minute of the ten days around the change, with what a clock in the zone shows then."""
    start = datetime.combine(day, time(0), UTC) - timedelta(days=9)
    moments = [start + n * MINUTE for n in range(11 * 24 * 60)]
    return [(moment, moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)) for moment in moments]


def _oracle(shown, day, at, days=0, hours=0):
    return _first_showing(shown, datetime.combine(day - timedelta(days=days), at)) - timedelta(hours=hours)


def _first_showing(shown, wall):
    """The first minute at which the clock shows this. For a skipped time, the minute that shows it plus the change."""
    for (moment, now), (_, following) in pairwise(shown):
        if now == wall:
            return moment
        if now < wall < following:
            return _first_showing(shown, wall + (following - now - MINUTE))
    raise LookupError(wall)
