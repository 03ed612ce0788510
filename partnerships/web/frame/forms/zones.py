"""Time zones to choose from: six of the United States first."""

from functools import cache
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import get_language, gettext

from partnerships.mail.schedule import ZONE_WORDS, is_zone, zone_words

_FIRST = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)


def us_zones():
    """Groups of (zone, label) pairs. Zones that share a name with one of the six also name their city."""
    return _us_zones(get_language())


def all_zones():
    """The groups of `us_zones`, then all other zones of the world."""
    return _all_zones(get_language())


class ZoneField(forms.ChoiceField):
    """Every time zone of the world. What is sent is looked up, without going through the choices."""

    def __init__(self, **kwargs):
        super().__init__(choices=all_zones, **kwargs)

    def valid_value(self, value):
        return is_zone(value)


@cache
def _us_zones(language):  # only a key of the cache: gettext knows the language
    rest = tuple(zone for zone in ZONE_WORDS if zone not in _FIRST)
    return (
        (gettext("United States"), tuple((zone, zone_words(zone)) for zone in _FIRST)),
        (gettext("Other places in the United States"), tuple((zone, _with_city(zone)) for zone in rest)),
    )


@cache
def _all_zones(language):
    rest = sorted(zone for zone in available_timezones() - set(ZONE_WORDS) if is_zone(zone))
    return (*_us_zones(language), (gettext("All others"), tuple((zone, zone_words(zone)) for zone in rest)))


def _with_city(zone):
    city = zone.rsplit("/", 1)[-1].replace("_", " ")
    return zone_words(zone) if zone == "UTC" else f"{zone_words(zone)} ({city})"
