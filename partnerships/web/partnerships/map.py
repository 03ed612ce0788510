"""The partnerships of a list on a map, by the place of their lead agency."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from partnerships.registry import queries
from partnerships.registry.rules import may_add_partnership
from partnerships.web.charts.us_map import GOVERNMENT, shapes
from partnerships.web.components import maps
from partnerships.web.frame.lists.parameters import tidy_address
from partnerships.web.partnerships.views import list_page

LOOK = maps.Look(_("Where partnerships are"), GOVERNMENT)


@require_safe
@tidy_address
def partnership_map(request):
    page = list_page(request)
    context, has_map = maps.start(page)
    if has_map:
        spots = [maps.Spot(lead, n) for lead, n in queries.leads_of(page.listing)]
        state = maps.chosen_state(page)
        context |= _of_state(page, state, spots) if state else _of_all(page, spots)
    context["may_add"] = may_add_partnership(request.user)
    return render(request, "partnerships/map.html", context)


def _of_all(page, spots):
    context = maps.country(page, LOOK, spots)
    if rest := [spot for spot in spots if spot.jurisdiction.state not in shapes()]:
        leads = maps.named(sorted((spot.jurisdiction for spot in rest), key=str))
        number = sum(spot.number for spot in rest)
        row = {"name": gettext("Not on the map"), "state": "", "url": "", "places": leads, "number": number}
        context["states"].append(row)
    return context


def _of_state(page, state, spots):
    context = maps.one_state(page, LOOK, state, spots)
    for row in context["places"]:
        lead = row["jurisdiction"].public_id
        row["url"] = page.url(drop=["state"], path=reverse("partnerships"), lead=lead)
        row["words"] = page.noun.with_number(f"{row['place'].number:,}")
    return context
