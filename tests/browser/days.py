"""Days of meetings, deadlines and check-ins, counted from the day on which the run began: midnight changes none of them."""

from datetime import UTC, datetime, timedelta

TODAY = datetime.now(UTC).date()  # the registry's own time zone, unless TIME_ZONE says otherwise


def in_days(days):
    """The day that many days after TODAY. Stay two or more away from it: the registry's day may be the next one already."""
    return TODAY + timedelta(days=days)
