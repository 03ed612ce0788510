"""What all timelines share: their filters by kind of entry, and an entry as a row for partnerships/_entry.html."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from partnerships.core.choices import Side
from partnerships.web.frame.lists.filters import filter_menus
from partnerships.web.frame.words import label

# The government is on the left and the community on the right, as on all pages.
ORDER = {Side.GOVERNMENT: 0, Side.COMMUNITY: 1, Side.INSTITUTION: 2}


def kind_filters(here, choices, kinds, vocabulary) -> dict:
    """Context for components/_filters.html of a timeline at the URL `here`. `kinds`: those that are chosen."""
    options = [{"value": k, "label": v, "level": 0, "checked": k in kinds, "count": None} for k, v in choices]
    group = {"legend": gettext("Type of entry"), "name": "kind", "options": options}
    return {
        "facets": {"action": here, "menus": filter_menus([group])},
        "chips": [{"label": label(kind, vocabulary), "url": _url_without(here, kinds, kind)} for kind in kinds],
        "clear_url": here,
    }


def _url_without(here, kinds, kind):
    rest = [("kind", other) for other in kinds if other != kind]
    return f"{here}?{urlencode(rest)}" if rest else here


def entry_row(entry, vocabulary, partnerships) -> dict:
    """An entry with on, kind, title, link (a route and an id, or nothing) and voices."""
    route, *args = entry.link or ("",)
    return {
        "on": entry.on,
        "kind": label(entry.kind, vocabulary),
        "title": entry.title,
        "partnerships": partnerships,
        "url": reverse(route, args=args) if route else "",
        "quotes": [voice for voice in entry.voices if voice.side == ""],
        "voices": sorted((voice for voice in entry.voices if voice.side), key=lambda voice: ORDER[voice.side]),
    }
