"""The partnerships of a list on a map, by the place of their lead agency, and the same as a table by state."""

from itertools import groupby

from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from partnerships.core.listing import CAP
from partnerships.directory.name_words import STATES
from partnerships.registry import queries
from partnerships.registry.rules import may_add_partnership
from partnerships.web import page_language
from partnerships.web.charts.us_map import Place, is_on_map, picture
from partnerships.web.lists import tidy_address
from partnerships.web.partnerships.views import list_page

TITLE = _("Where partnerships are")
ELSEWHERE = _("Not on the map")
STATE_NAMES = {code.upper(): name.title().replace(" Of ", " of ") for name, code in STATES.items()}


@page_language.translated
@require_safe
@tidy_address
def partnership_map(request):
    page = list_page(request)
    found, context = page.listing, page.context()
    total, is_more = found.total()
    context |= {"too_many": f"{CAP:,}" if is_more else "", "sort": None, "total_number": total}
    if total and not is_more:
        places = [_place(lead, n) for lead, n in queries.leads_of(found)]
        rows = list(_rows(places))
        context |= {"states": rows, "on_map": sum(place.number for place in places if is_on_map(place))}
        context["picture"] = picture(places, title=str(TITLE), description=_description(rows))
    context["may_add"] = may_add_partnership(request.user)
    return render(request, "partnerships/map.html", context)


def _place(lead, n) -> Place:
    return Place(str(lead), lead.state, n, _anchor(lead.state), lead.latitude, lead.longitude, lead.get_absolute_url())


def _anchor(state) -> str:
    return f"state-{state.lower() or 'none'}"


def _rows(places):
    """Rows of the table by state, largest number first, and those that are not on the map last."""
    on_map = sorted((one for one in places if is_on_map(one)), key=lambda one: one.state)
    rows = [
        _row(STATE_NAMES[state], list(some), _anchor(state)) for state, some in groupby(on_map, lambda one: one.state)
    ]
    yield from sorted(rows, key=lambda row: (-row["number"], row["name"]))
    if rest := [one for one in places if not is_on_map(one)]:
        yield _row(ELSEWHERE, rest, _anchor(""))


def _row(name, places, anchor):
    return {
        "name": name,
        "anchor": anchor,
        "places": sorted(places, key=lambda place: place.name),
        "number": sum(place.number for place in places),
    }


def _description(rows) -> str:
    shown = [f"{row['name']} {row['number']}" for row in rows if row["name"] != ELSEWHERE]
    if not shown:
        return gettext("No place is on the map.")
    return gettext("%(states)s. The table says the same.") % {"states": ", ".join(shown)}
