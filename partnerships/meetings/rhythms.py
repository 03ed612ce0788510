"""The due days of check-ins by their rhythm. Pure functions."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from partnerships.meetings.choices import Rhythm

_WEEKS: dict[str, int] = {Rhythm.WEEKLY: 1, Rhythm.BIWEEKLY: 2}
_MONTHS = {Rhythm.MONTHLY: 1, Rhythm.QUARTERLY: 3, Rhythm.HALF_YEARLY: 6, Rhythm.YEARLY: 12}


def next_due(anchor: date, rhythm: str, after: date) -> date:
    """The first due day after `after`, counted from the anchor: monthly from the 31st means the last day of the month."""
    if after < anchor:
        return anchor
    if rhythm in _WEEKS:
        step = 7 * _WEEKS[rhythm]
        return anchor + timedelta(days=((after - anchor).days // step + 1) * step)
    months = _MONTHS[Rhythm(rhythm)]
    count = ((after.year - anchor.year) * 12 + after.month - anchor.month) // months
    while (due := anchor + relativedelta(months=count * months)) <= after:
        count += 1
    return due
