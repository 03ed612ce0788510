"""Dates of meetings, deadlines and check-ins, counted from the date at the start of the run, so midnight changes none."""

from datetime import UTC, datetime, timedelta

TODAY = datetime.now(UTC).date()  # the registry's own time zone by default (TIME_ZONE)


def in_days(days):
    """Return the date this many days after TODAY.

    Stay at least two days away from it, since the registry's date may be the next.
    """
    return TODAY + timedelta(days=days)
