"""Public dashboards of a jurisdiction and of an issue area.

They're the same for all readers, and can be embedded elsewhere.
"""

from contextlib import nullcontext

from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from partnerships.core.choices import Side
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.filters import refuse_unknown
from partnerships.core.ids import MistypedId
from partnerships.core.label_overrides import for_jurisdiction
from partnerships.directory import queries as directory
from partnerships.insight.dashboards import MOST_BODIES, MOST_PLACES, dashboard
from partnerships.registry.choices import Kind, Status
from partnerships.web.details import truncate
from partnerships.web.measures.results import row_of
from partnerships.web.measures.shown import trend_of
from partnerships.web.public.home import dated_meeting
from partnerships.web.words import label

MOST_PICTURES, MOST_AREAS = 4, 40
GOING_ON = "".join(f"&status={status}" for status in Status.values if status != Status.ENDED)
COUNTED = (("kind", "By type", Kind), ("status", "By status", Status), ("side", "By side", Side))


@require_safe
def of_jurisdiction(request, public_id):
    return _page(request, *of_place(request, public_id))


@require_safe
def of_issue_area(request, key):
    area = of_area(request, key)
    return _page(request, None, area) if area.key == key else redirect("issue_area_dashboard", area.key)


def of_place(request, public_id):
    """(jurisdiction, issue area in the URL or None). Raises NotFound, MistypedId or ValidationError."""
    refuse_unknown(request.GET, ("issue",))
    place, asked = directory.jurisdiction(None, public_id), request.GET.get("issue", "").strip()
    try:
        return place, directory.issue_area(None, asked) if asked else None
    except (NotFound, MistypedId):
        raise ValidationError({"issue": f"“{asked[:60]}” isn’t an option here."}) from None


def of_area(request, key):
    refuse_unknown(request.GET, ())
    return directory.issue_area(None, key)


def _page(request, place, area):
    with words_of(place):
        context = shown(place, area)
        above = ("Jurisdictions", "jurisdictions") if place else ("Issue areas", "issue_areas")
        context["crumbs"] = [(above[0], reverse(above[1])), (str(place or area), context["record_url"])]
        context["embed_url"] = address(place, area, "embed")
        context["snippet"] = _snippet(f"{context['title']}: partnerships and results", context["embed_url"])
        return render(request, "public/dashboard/page.html", context)


def words_of(place):
    """A context manager in which the jurisdiction's label overrides apply."""
    return for_jurisdiction(place.public_id) if place else nullcontext()


def address(place, area, what) -> str:
    """The URL of a dashboard, or of its embed. `what` is “dashboard” or “embed”."""
    if not place:
        return reverse(f"issue_area_{what}", args=[area.key])
    return reverse(f"jurisdiction_{what}", args=[place.public_id]) + (f"?issue={area.key}" if area else "")


def _snippet(title, url):
    """The HTML to copy into another site.

    It has no styles, which that site's policy may block, and no referrer, so that we learn nothing about its readers.
    """
    frame = (
        '<iframe src="{}" title="{}" width="100%" height="900" loading="lazy" referrerpolicy="no-referrer"></iframe>'
    )
    return format_html(frame, settings.BASE_URL + url, title)


def shown(place, area) -> dict:
    """The context of the dashboard and of its embed."""
    found = dashboard(place=place, area=area)
    areas = [row for row in found.areas if row.tables]
    places, more_places = truncate(found.places, MOST_PLACES)
    record = place or area
    return {
        "found": found,
        "title": f"{area.name} in {place.name}" if place and area else record.name,
        "record_url": reverse(record._meta.model_name if place else "issue_area", args=[_key(record)]),
        "lists": {
            name: f"{reverse(name)}?{found.query}" for name in ("partnerships", "results", "measures", "meetings")
        },
        "tables": [_counted(found, *one) for one in COUNTED] if found.counts else [],
        "sides": [_side(side, bodies) for side, bodies in found.bodies.items() if bodies],
        "areas": [_area(place, row) for row in areas[:MOST_AREAS]],
        "more_areas": len(areas) > MOST_AREAS,
        "lacking": [row.name for row in areas if not row.with_community and not row.at_least],
        "untouched": [row.name for row in found.areas if not row.tables][:MOST_AREAS],
        "coverage_url": f"{reverse('coverage')}{f'?jurisdiction={place.public_id}' if place else ''}",
        "places": [(one.name, address(one, area, "dashboard")) for one in places],
        "more_places": more_places,
        "meetings": [dated_meeting(one) for one in found.meetings.rows],
        "results": [row_of(one) for one in found.results.rows],
        "pictures": _pictures(found),
        "content": {"measures": found.measures, "decisions": found.decisions, "since": str(found.since)},
        "dashboard_url": address(place, area, "dashboard"),
    }


def _key(record):
    return getattr(record, "key", record.public_id)


def _counted(found, facet, title, choices):
    numbers, url = found.counts.get(facet, {}), f"{reverse('partnerships')}?{found.query}&{facet}="
    rows = [(label(key, facet), numbers[key], url + key) for key in choices.values if numbers.get(key)]
    return {"title": title, "head": title.removeprefix("By ").capitalize(), "rows": rows}


def _side(side, bodies):
    rows, more = truncate(bodies, MOST_BODIES)
    parties = [
        {
            "name": str(one),
            "side": side,
            "url": one.get_absolute_url(),
            "is_recorded": not one.has_agreed,
        }
        for one in rows
    ]
    return {
        "side": side,
        "parties": parties,
        "words": f"more than {MOST_BODIES}" if more else str(len(rows)),
        "more": more,
    }


def _area(place, row):
    at = f"jurisdiction={place.public_id}&" if place else ""
    url = f"{reverse('partnerships')}?{at}issue={row.key}{GOING_ON}"
    return {
        "name": row.name,
        "n": row.tables,
        "with_community": row.with_community,
        "at_least": row.at_least,
        "url": url,
    } | {"narrower_url": address(place, row, "dashboard")}


def _pictures(found):
    drawn = ((one, trend_of(one, found.numbers[one.pk], f"m{n}")) for n, one in enumerate(found.measure_rows.rows))
    return [(one, picture) for one, picture in drawn if picture][:MOST_PICTURES]
