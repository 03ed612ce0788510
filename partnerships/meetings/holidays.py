"""Federal holidays of the United States (5 U.S.C. 6103, as of 2021), applied to every year. Pure functions."""

from calendar import MONDAY, SATURDAY, SUNDAY, THURSDAY, monthrange
from datetime import date, timedelta
from functools import cache

from partnerships.core.dates import FIRST_YEAR, LAST_YEAR

_FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
# Month, weekday, and which one: the third Monday of January, the last (-1) Monday of May.
_MOVING = (
    (1, MONDAY, 3), (2, MONDAY, 3), (5, MONDAY, -1), (9, MONDAY, 1), (10, MONDAY, 2), (11, THURSDAY, 4),
)  # fmt: skip
_OBSERVED = {SATURDAY: -1, SUNDAY: 1}  # the day off for a holiday that falls on a weekend


@cache
def federal_holidays(year: int) -> frozenset[date]:
    """The holidays, and the days off for them, that are in this year."""
    days = [date(y, month, day) for y in (year, year + 1) for month, day in _FIXED]
    days += [_nth(year, month, weekday, n) for month, weekday, n in _MOVING]
    days += [day + timedelta(days=_OBSERVED.get(day.weekday(), 0)) for day in days]
    return frozenset(day for day in days if day.year == year)


def working_day(day: date) -> date:
    """The day itself, or the next working day if it is a federal holiday.

    A day outside the valid years is returned unchanged.
    """
    is_off = FIRST_YEAR <= day.year <= LAST_YEAR and day in federal_holidays(day.year)
    return working_day_after(day) if is_off else day


def working_day_after(day: date) -> date:
    """The next day from Monday to Friday that isn't a federal holiday."""
    day += timedelta(days=1)
    while day.weekday() in (SATURDAY, SUNDAY) or day in federal_holidays(day.year):
        day += timedelta(days=1)
    return day


def _nth(year: int, month: int, weekday: int, n: int) -> date:
    first, length = monthrange(year, month)
    days = [day for day in range(1, length + 1) if (first + day - 1) % 7 == weekday]
    return date(year, month, days[n - 1 if n > 0 else n])
