"""Missing partners: tables of issue areas, departments, organizations and plan outcomes, each also as a CSV file."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from partnerships.insight.coverage import MOST_DEPARTMENTS, MOST_OUTCOMES, coverage
from partnerships.insight.network_rules import may_see_scores
from partnerships.web.components.details import truncate
from partnerships.web.frame import page_language
from partnerships.web.frame.csv import download

TABLES = ("issue-areas", "departments", "organizations", "outcomes")


@require_safe
def page(request):
    found = coverage(request.user, request.GET)
    context = {"leads": found.leads, "chips": _chips(found), "clear_url": reverse("coverage"), "found": found}
    context |= {"is_too_large": found.is_too_large, "sees_networks": may_see_scores(request.user)}
    if not context["is_too_large"]:
        areas = found.issue_areas()
        departments, more = truncate(found.departments(), MOST_DEPARTMENTS)
        outcomes, more_outcomes = truncate(found.outcomes(), MOST_OUTCOMES)
        context |= {
            "areas": [area for area in areas if area.partnership_count],
            "untouched": [area for area in areas if not area.partnership_count],
            "lacking": [
                area for area in areas if area.partnership_count and not area.with_community and not area.at_least
            ],
            "departments": departments,
            "more_departments": more,
            "alone": [one for one in departments if not one.partnership_count],
            "organizations": found.organizations(),
            "outcomes": outcomes,
            "more_outcomes": more_outcomes,
            "unserved": [one for one in outcomes if not one.partnership_count],
            "without_community": [
                one for one in outcomes if one.partnership_count and not one.with_community and not one.at_least
            ],
        }
    query = request.GET.urlencode()
    context["files"] = {name.replace("-", "_"): f"{_route(name)}{'?' + query if query else ''}" for name in TABLES}
    return render(request, "office/coverage.html", context)


def _route(table):
    return reverse(f"coverage_{table.replace('-', '_')}_csv")


def _chips(found):
    keys = found.filters.in_use.get("jurisdiction", ())
    links = {key: "&".join(f"jurisdiction={other}" for other in keys if other != key) for key in keys}
    rest = {key: f"{reverse('coverage')}{'?' + query if query else ''}" for key, query in links.items()}
    return [
        {"label": gettext("Led by %(lead)s") % {"lead": lead.name}, "url": rest[lead.public_id]} for lead in found.leads
    ]


HEADS = {
    "issue-areas": ("key", "issue_area", "partnerships", "with_community", "at_least", "page_url"),
    "departments": ("id", "department", "jurisdiction", "partnerships", "with_community", "at_least", "page_url"),
    "outcomes": (
        "plan",
        "jurisdiction",
        "number",
        "outcome",
        "partnerships",
        "with_community",
        "at_least",
        "page_url",
    ),
    "organizations": ("id", "organization", "side", "partnerships", "leads", "page_url"),
}


@page_language.english_only
@require_safe
def file(request, table):
    """One table of the page as a CSV file. It has no rows if there are too many partnerships to count."""
    found = coverage(request.user, request.GET)
    rows = [] if found.is_too_large else getattr(found, table.replace("-", "_"))()
    return download(f"coverage-{table}.csv", HEADS[table], (_ROWS[table](request, row) for row in rows))


def _at_least(row) -> str:
    """Whether the count before it may be too low, because a partner withdrew and isn't counted."""
    return "yes" if row.at_least else "no"


def _absolute_url(request, route, key):
    return request.build_absolute_uri(reverse(route, args=[key]))


_ROWS = {
    "issue-areas": lambda request, row: [
        *(row.key, row.name, row.partnership_count, row.with_community, _at_least(row)),
        _absolute_url(request, "issue_area", row.key),
    ],
    "departments": lambda request, row: [
        *(row.public_id, row.name, row.jurisdiction.name, row.partnership_count, row.with_community, _at_least(row)),
        _absolute_url(request, "department", row.public_id),
    ],
    "outcomes": lambda request, row: [
        *(
            row.plan.title,
            row.plan.lead.name,
            row.number,
            row.title,
            row.partnership_count,
            row.with_community,
            _at_least(row),
        ),
        _absolute_url(request, "plan", row.plan.public_id),
    ],
    "organizations": lambda request, row: [
        *(row[name] for name in ("public_id", "name", "side", "partnership_count", "leads")),
        _absolute_url(request, "organization", row["public_id"]),
    ],
}
