"""The only place that asks what time it is, so that tests and figures can move it (time-machine moves this too)."""

from django.utils import timezone


def now():
    """The moment, in UTC."""
    return timezone.now()


def today(zone=None):
    """The calendar day in the given zone (a tzinfo), or in UTC."""
    return now().astimezone(zone or timezone.get_default_timezone()).date()
