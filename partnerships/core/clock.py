"""The only place that asks what time it is, so that tests and figures can move it (time-machine moves this too)."""

from zoneinfo import ZoneInfo

from django.utils import timezone


def now():
    """The moment, in UTC."""
    return timezone.now()


def today(zone=None):
    """The calendar day in the given zone (a tzinfo), or in UTC."""
    return now().astimezone(zone or timezone.get_default_timezone()).date()


def zone(name: str):
    """The zone of this name; UTC where nobody knows the name."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return timezone.get_default_timezone()
