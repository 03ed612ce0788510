"""The organizations of a list on a map, by the places that they serve, as far as they show those to everyone."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from partnerships.directory import queries
from partnerships.directory.rules import may_add_organization
from partnerships.web.charts.us_map import shapes
from partnerships.web.components import maps
from partnerships.web.frame.lists.parameters import tidy_address
from partnerships.web.organizations.views import list_page

LOOK = maps.Look(_("Where organizations serve"), "v-served")
NAMED = 10  # organizations of a row


@require_safe
@tidy_address
def organization_map(request):
    page = list_page(request)
    context, has_map = maps.start(page)
    if has_map:
        served = queries.areas_served(page.listing)
        spots = [maps.Spot(place, len(keys), frozenset(keys)) for place, keys in served]
        state = maps.chosen_state(page)
        context |= _of_state(page, state, spots) if state else _of_all(page, spots, context["total_number"])
    context["may_add"] = may_add_organization(request.user)
    return render(request, "organizations/map.html", context)


def _of_all(page, spots, total):
    context = maps.country(page, LOOK, spots)
    if number := total - context["on_map"]:
        rest = page.listing.rows.exclude(pk__in=queries.serving(page.listing, shapes()).values("pk"))
        context["rest"] = {
            "words": page.noun.with_number(f"{number:,}"),
            "named": maps.named(rest.order_by("name", "pk")[:NAMED]),
            "more": max(0, number - NAMED),
        }
    return context


def _of_state(page, state, spots):
    spots = [spot for spot in spots if spot.jurisdiction.state == state]
    context = maps.one_state(page, LOOK, state, spots)
    organizations = list(queries.serving(page.listing, [state]).order_by("name", "pk"))
    order = {one.pk: n for n, one in enumerate(organizations)}
    for row in context["places"]:
        first = sorted(order[pk] for pk in row["place"].keys if pk in order)[:NAMED]
        served = row["jurisdiction"].public_id
        row |= {
            "named": maps.named(organizations[n] for n in first),
            "more": max(0, row["place"].number - NAMED),
            "more_url": page.url(drop=["state"], path=reverse("organizations"), jurisdiction=served),
        }
    return context
