"""The range of years that a date may have, and the names of time spans that the date index uses.

The range covers old treaties and long leases; outside of it, clocks and calendars fail. A day belongs to a month, a
year and a decade, as a city belongs to a county and a state. Each of these has a name, so an index of names can find
the time between two days.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext

FIRST_YEAR, LAST_YEAR = 1600, 2199


def require_year(day: date) -> None:
    """Raise ValidationError unless the day's year is between FIRST_YEAR and LAST_YEAR."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        words = gettext("Enter a year from %(first)s to %(last)s. %(year)s is too far away.")
        values = {"first": FIRST_YEAR, "last": LAST_YEAR, "year": day.year}
        raise ValidationError(words, code="year", params=values)


def require_years(record: Model) -> None:
    """Check all editable dates of a record with `require_year`. Call it after the fields were cleaned.

    Raises ValidationError by field.
    """
    wrong = {}
    for field in record._meta.concrete_fields:
        value = getattr(record, field.attname)
        if field.editable and isinstance(value, date):
            try:
                require_year(value)
            except ValidationError as problem:
                wrong[field.name] = problem
    if wrong:
        raise ValidationError(wrong)


# Longest span first: how many characters of “2026-11-25” name it.
_DECADE, _YEAR, _MONTH, _DAY = _LENGTHS = 3, 4, 7, 10


def names_of(day: date) -> list[str]:
    """The decade, year, month and day of a date: “202”, “2026”, “2026-11”, “2026-11-25”."""
    return [day.isoformat()[:length] for length in _LENGTHS]


def names_between(first: date | None, last: date | None) -> list[str]:
    """The fewest decades, years, months and days that together make up the time from `first` to `last`.

    None means no limit.
    """
    at = max(first or date.min, date(FIRST_YEAR, 1, 1))
    end = min(last or date.max, date(LAST_YEAR, 12, 31))
    names = []
    while at <= end:
        length, following = next((n, after) for n, after in _spans_from(at) if after - timedelta(1) <= end)
        names.append(at.isoformat()[:length])
        at = following
    return names


def _spans_from(day: date) -> Iterator[tuple[int, date]]:
    """The spans that begin on this day, longest first, each with the first day after it."""
    if day.day == day.month == 1:
        if day.year % 10 == 0:
            yield _DECADE, date(day.year + 10, 1, 1)
        yield _YEAR, date(day.year + 1, 1, 1)
    if day.day == 1:
        yield _MONTH, date(day.year + day.month // 12, day.month % 12 + 1, 1)
    yield _DAY, day + timedelta(1)
