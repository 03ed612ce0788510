"""The partnerships of a list on a map, by the place of their lead agency, and the same as a table by state.

With the filter by one state, the map has that state alone, and the table its lead agencies.
"""

from itertools import groupby

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from partnerships.core.listing import CAP
from partnerships.directory.name_words import STATE_NAMES
from partnerships.registry import queries
from partnerships.registry.rules import may_add_partnership
from partnerships.web import nouns, page_language
from partnerships.web.charts.us_map import Place, StateLink, picture, shapes, state_picture, state_shapes, steps
from partnerships.web.lists import tidy_address
from partnerships.web.partnerships.views import list_page

TITLE = _("Where partnerships are")
ELSEWHERE = _("Not on the map")


@page_language.translated
@require_safe
@tidy_address
def partnership_map(request):
    page = list_page(request)
    found, context = page.listing, page.context()
    total, is_more = found.total()
    context |= {"too_many": f"{CAP:,}" if is_more else "", "sort": None, "total_number": total}
    if total and not is_more:
        context |= _map(page, queries.leads_of(found))
    context["may_add"] = may_add_partnership(request.user)
    return render(request, "partnerships/map.html", context)


def _map(page, leads):
    states = page.listing.filters.in_use.get("state", [])
    if len(states) == 1 and states[0] in shapes():
        return _of_state(page, states[0], leads)
    return _of_all(page, leads)


def _of_state(page, state, leads):
    shape, places, rows = state_shapes()[state], [], []
    for lead, n in leads:
        place = _place(lead, n, anchor=f"lead-{lead.public_id}")
        places.append(place)
        url = page.url(drop=["state"], path=reverse("partnerships"), lead=lead.public_id)
        words = nouns.PARTNERSHIP.with_number(f"{n:,}")
        rows.append({"place": place, "words": words, "url": url, "has_mark": shape.has(place)})
    shown = [row["place"] for row in rows if row["has_mark"]]
    description = _description((place.name, place.number) for place in shown)
    return {
        "state": STATE_NAMES[state],
        "all_url": page.url(drop=["state"]),
        "leads": rows,
        "on_map": sum(place.number for place in shown),
        "picture": state_picture(state, shown, title=STATE_NAMES[state], description=description),
    }


def _of_all(page, leads):
    places = [_place(lead, n, anchor=_anchor(lead.state)) for lead, n in leads]
    rows = list(_rows(page, places))
    states = [row for row in rows if row["state"]]
    ranges = steps(row["number"] for row in states)
    links = {row["state"]: _link(row, ranges) for row in states}
    description = _description((row["name"], row["number"]) for row in states)
    on_map = [place for place in places if place.state in links]
    return {
        "states": rows,
        "legend": [("", "0"), *((f"step step-{n}", _range(*one)) for n, one in enumerate(ranges, 1))],
        "on_map": sum(place.number for place in on_map),
        "picture": picture(on_map, title=str(TITLE), description=description, links=links),
    }


def _link(row, ranges) -> StateLink:
    step = next(n for n, (_, most) in enumerate(ranges, 1) if row["number"] <= most)
    return StateLink(row["url"], f"{row['name']}: {row['words']}", step)


def _range(least, most) -> str:
    return f"{least:,}" if least == most else f"{least:,}–{most:,}"


def _place(lead, n, anchor) -> Place:
    return Place(str(lead), lead.state, n, anchor, lead.latitude, lead.longitude, lead.get_absolute_url())


def _anchor(state) -> str:
    return f"state-{state.lower() or 'none'}"


def _rows(page, places):
    """Rows of the table by state, largest number first, and those that are not on the map last."""
    on_map = sorted((one for one in places if one.state in shapes()), key=lambda one: one.state)
    rows = [_row(STATE_NAMES[code], list(some), page, code) for code, some in groupby(on_map, lambda one: one.state)]
    yield from sorted(rows, key=lambda row: (-row["number"], row["name"]))
    if rest := [one for one in places if one.state not in shapes()]:
        yield _row(ELSEWHERE, rest, page)


def _row(name, places, page, state=""):
    number = sum(place.number for place in places)
    return {
        "name": name,
        "state": state,
        "url": page.url(state=state) if state else "",
        "anchor": _anchor(state),
        "places": sorted(places, key=lambda place: place.name),
        "number": number,
        "words": nouns.PARTNERSHIP.with_number(f"{number:,}"),
    }


def _description(numbers) -> str:
    shown = [f"{name} {number}" for name, number in numbers]
    if not shown:
        return gettext("No place is on the map.")
    return gettext("%(states)s. The table says the same.") % {"states": ", ".join(shown)}
