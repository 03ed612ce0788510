"""Circles: who sits how close to the decisions at a partnership (a tab of its page), and on an issue area in a place."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.filters import refuse_unknown
from partnerships.core.ids import MistypedId
from partnerships.directory import queries as directory
from partnerships.directory.reference.vocabularies import term_name
from partnerships.insight import queries
from partnerships.insight.circles import has_seat
from partnerships.registry import queries as registry
from partnerships.web.charts.ring import both_sizes
from partnerships.web.components.circle_words import change_groups, declared_words, shown, wanted_words
from partnerships.web.frame.words import day


@require_safe
def issue_area_circles(request, key):
    refuse_unknown(request.GET, ("at", "since"))
    area = directory.issue_area(request.user, key)
    if area.key != key:
        return redirect("issue_area_circles", area.key)
    back, place = area.get_absolute_url(), _requested_jurisdiction(request)
    offered = registry.leads_on(request.user, area)
    if place and place not in offered:
        offered = [place, *offered]
    name = term_name(area.name)
    heading = f"{name}, {place}" if place else name
    context = {"heading": heading, "area_name": name, "area": area, "place": place, "offered": offered, "back": back}
    context["crumbs"] = [(gettext("Issue areas"), reverse("issue_areas")), (name, back)]
    if place:
        circles_seen = queries.circles_in(request.user, area, place)
        context |= context_of(request, circles_seen, heading, name)
        context["is_illustration"] = any(one.is_illustration for one in circles_seen.partnerships)
        context["expect_url"] = reverse("area_seat_new", args=[place.public_id, area.key])
    return render(request, "partnerships/circles.html", context)


def _requested_jurisdiction(request):
    """The jurisdiction in the URL, if any. Raises ValidationError."""
    asked = request.GET.get("at", "").strip()
    try:
        return directory.jurisdiction(request.user, asked) if asked else None
    except (NotFound, MistypedId):
        raise ValidationError({"at": gettext("“%(text)s” isn’t an option here.") % {"text": asked[:60]}}) from None


def context_of(request, circles_seen, title, centre="") -> dict:
    """The context of the templates in partnerships/circles/. `centre`: the issue area, if it's of several partnerships.

    Raises ValidationError for a quarter that isn't kept.
    """
    on_several = bool(centre)
    quarters = queries.quarters_of(request.user, circles_seen.partnerships)
    since = _quarter(request.GET.get("since", ""), quarters)
    found = shown(circles_seen, on_several=on_several)
    picture = ""
    if found["marks"] or found["declined"]:
        picture = both_sizes(
            found["marks"],
            found["declined"],
            title=gettext("Who is at the table: %(name)s") % {"name": title},
            centre=centre if 0 < len(centre) <= 10 else gettext("Table"),
        )
    return found | {
        "table": circles_seen,
        "on_several": on_several,
        "picture": picture,
        "since": since,
        "quarters": quarters,
        "moved": change_groups(*queries.changes_since(request.user, circles_seen, since)) if since else [],
        "is_empty": not circles_seen.partners and not circles_seen.seats,
        "nobody_sits": not any(has_seat(partner.circle) for partner in circles_seen.partners),
        "seats": [(one, wanted_words(one), declared_words(one.seat)) for one in circles_seen.seats],
    }


def _quarter(asked, quarters):
    """The quarter with this ISO date, or None. Raises ValidationError if there are no snapshots of it."""
    found = next((quarter for quarter in quarters if quarter.isoformat() == asked), None)
    if asked and found is None:
        words = {"text": asked[:60], "days": ", ".join(day(quarter) for quarter in quarters) or gettext("none yet")}
        raise ValidationError({"since": gettext("“%(text)s” isn’t a quarter that we have. We have: %(days)s.") % words})
    return found
