"""Public dashboards of a jurisdiction and of an issue area.

They're the same for all readers, and can be embedded elsewhere.
"""

from contextlib import nullcontext

from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from partnerships.core.choices import Side
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.filters import refuse_unknown
from partnerships.core.ids import MistypedId
from partnerships.core.label_overrides import for_jurisdiction
from partnerships.core.models import type_key
from partnerships.directory import queries as directory
from partnerships.directory.models import Jurisdiction
from partnerships.directory.reference.vocabularies import term_name
from partnerships.insight.dashboards import MOST_BODIES, MOST_PLACES, dashboard
from partnerships.meetings.rules import takes_place
from partnerships.registry.choices import Kind, Status
from partnerships.web.components.details import truncate
from partnerships.web.components.meetings import dated_meeting
from partnerships.web.frame import page_language
from partnerships.web.frame.words import label
from partnerships.web.measures.results import row_of
from partnerships.web.measures.shown import trend_of

MOST_PICTURES, MOST_AREAS = 4, 40
GOING_ON = "".join(f"&status={status}" for status in Status.values if status != Status.ENDED)
# Facet, title and head of the table, choices.
COUNTED = (
    ("kind", _("By type"), _("Type"), Kind),
    ("status", _("By status"), _("Status"), Status),
    ("side", _("By side"), _("Side"), Side),
)


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
        raise ValidationError({"issue": gettext("“%(value)s” isn’t an option here.") % {"value": asked[:60]}}) from None


def of_area(request, key):
    refuse_unknown(request.GET, ())
    return directory.issue_area(None, key)


def _page(request, place, area):
    with words_of(place):
        context = shown(place, area)
        above = (gettext("Jurisdictions"), "jurisdictions") if place else (gettext("Issue areas"), "issue_areas")
        context["crumbs"] = [(above[0], reverse(above[1])), (_name(place or area), context["record_url"])]
        context["embed_url"] = _in_this_language(address(place, area, "embed"))
        context["snippet"] = _snippet(context["heading"], context["embed_url"])
        return render(request, "public/dashboard/page.html", context)


def words_of(place):
    """A context manager in which the jurisdiction's label overrides apply."""
    return for_jurisdiction(place.public_id) if place else nullcontext()


def address(place, area, what) -> str:
    """The URL of a dashboard, or of its embed. `what` is “dashboard” or “embed”."""
    if not place:
        return reverse(f"issue_area_{what}", args=[area.key])
    return reverse(f"jurisdiction_{what}", args=[place.public_id]) + (f"?issue={area.key}" if area else "")


def _in_this_language(url) -> str:
    """An embed has no reader whose language it could ask for, so its URL names one other than English."""
    if page_language.is_english():
        return url
    return f"{url}{'&' if '?' in url else '?'}{page_language.CHOSEN}={get_language()}"


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
    areas = [row for row in found.areas if row.partnership_count]
    places, more_places = truncate(found.places, MOST_PLACES)
    record, area_name = place or area, _name(area) if area else ""
    title = _name(record)
    if place and area:
        title = gettext("%(area)s in %(place)s") % {"area": area_name, "place": place.name}
    return {
        "found": found,
        "title": title,
        "heading": gettext("%(title)s: partnerships and results") % {"title": title},
        "area_name": area_name,
        "totals": _totals(found),
        "record_url": reverse(type_key(record) if place else "issue_area", args=[_key(record)]),
        "lists": {
            name: f"{reverse(name)}?{found.query}" for name in ("partnerships", "results", "measures", "meetings")
        },
        "tables": [_counts_table(found, *one) for one in COUNTED] if found.counts else [],
        "sides": [_side(side, bodies) for side, bodies in found.bodies.items() if bodies],
        "areas": [_area(place, row) for row in areas[:MOST_AREAS]],
        "more_areas": len(areas) > MOST_AREAS,
        "lacking": [term_name(row.name) for row in areas if not row.with_community and not row.at_least],
        "untouched": [term_name(row.name) for row in found.areas if not row.partnership_count][:MOST_AREAS],
        "coverage_url": f"{reverse('coverage')}{f'?jurisdiction={place.public_id}' if place else ''}",
        "places": [(one.name, address(one, area, "dashboard")) for one in places],
        "more_places": more_places,
        "meetings": [_dated_meeting(one) for one in found.meetings.rows],
        "results": [row_of(one) for one in found.results.rows],
        "pictures": _pictures(found),
        "content": {"measures": found.measures, "decisions": found.decisions, "since": str(found.since)},
        "dashboard_url": address(place, area, "dashboard"),
    }


def _key(record):
    return getattr(record, "key", record.public_id)


def _name(record) -> str:
    return record.name if isinstance(record, Jurisdiction) else term_name(record.name)


def _totals(found) -> dict[str, str]:
    """What each list has in total, in words."""

    def number(few):
        return {"number": f"{few.total}+" if few.is_over else few.total}

    tables, measures = found.partnerships, found.measure_rows
    meetings, asks, results = found.meetings, found.asks, found.results
    return {
        "partnerships": ngettext("%(number)s partnership", "%(number)s partnerships", tables.total) % number(tables),
        "meetings": ngettext("%(number)s meeting", "%(number)s meetings", meetings.total) % number(meetings),
        "asks": ngettext("%(number)s ask", "%(number)s asks", asks.total) % number(asks),
        "results": ngettext("%(number)s result", "%(number)s results", results.total) % number(results),
        "measures": ngettext("%(number)s measure", "%(number)s measures", measures.total) % number(measures),
    }


def _counts_table(found, facet, title, head, choices):
    numbers, url = found.counts.get(facet, {}), f"{reverse('partnerships')}?{found.query}&{facet}="
    rows = [(label(key, facet), numbers[key], url + key) for key in choices.values if numbers.get(key)]
    return {"title": title, "head": head, "rows": rows}


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
        "words": gettext("more than %(number)s") % {"number": MOST_BODIES} if more else str(len(rows)),
        "more": more,
    }


def _area(place, row):
    at = f"jurisdiction={place.public_id}&" if place else ""
    url = f"{reverse('partnerships')}?{at}issue={row.key}{GOING_ON}"
    return {
        "name": term_name(row.name),
        "n": row.partnership_count,
        "with_community": row.with_community,
        "at_least": row.at_least,
        "url": url,
    } | {"narrower_url": address(place, row, "dashboard")}


def _dated_meeting(meeting):
    row = dated_meeting(meeting)
    return row if takes_place(meeting) else row | {"line": f"{row['line']} {gettext('The partnership has ended.')}"}


def _pictures(found):
    drawn = ((one, trend_of(one, found.numbers[one.pk], f"m{n}")) for n, one in enumerate(found.measure_rows.rows))
    return [(one, picture) for one, picture in drawn if picture][:MOST_PICTURES]
