"""Time zones to choose from: six of the United States first."""

from functools import cache
from zoneinfo import available_timezones

from partnerships.mail.schedule import ZONE_WORDS, is_zone, zone_words

_FIRST = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)


@cache
def us_zones():
    """Groups of (zone, label) pairs. Zones that share a name with one of the six also name their city."""
    rest = tuple(zone for zone in ZONE_WORDS if zone not in _FIRST)
    return (
        ("United States", tuple((zone, zone_words(zone)) for zone in _FIRST)),
        ("Other places in the United States", tuple((zone, _with_city(zone)) for zone in rest)),
    )


@cache
def all_zones():
    """The groups of `us_zones`, then all other zones of the world."""
    rest = sorted(zone for zone in available_timezones() - set(ZONE_WORDS) if is_zone(zone))
    return (*us_zones(), ("All others", tuple((zone, zone_words(zone)) for zone in rest)))


def _with_city(zone):
    city = zone.rsplit("/", 1)[-1].replace("_", " ")
    return zone_words(zone) if zone == "UTC" else f"{zone_words(zone)} ({city})"
