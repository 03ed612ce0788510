"""Pages of issue areas: the tree with counts, and one issue area."""

from dataclasses import dataclass, field

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from partnerships.core.filters import refuse_unknown
from partnerships.directory import queries, rules
from partnerships.directory.reference.vocabularies import term_name
from partnerships.registry import facet_queries
from partnerships.registry import queries as registry
from partnerships.web.components.details import truncate
from partnerships.web.components.following import follow_button
from partnerships.web.components.partnerships import row_of

SHOWN = 30
PARTNERSHIPS_SHOWN = 6


@dataclass
class AreaNode:
    """An issue area in the tree. `count` includes the partnerships of the areas below it."""

    name: str
    about: str
    url: str
    count: int
    below: list = field(default_factory=list)


def _node(area, counts) -> AreaNode:
    name, about = term_name(area.name), term_name(area.about)
    return AreaNode(name, about, area.get_absolute_url(), counts.get(area.key, 0))


def issue_area_nodes(person) -> list[AreaNode]:
    """The roots of the tree of issue areas, with all others below them. Two queries."""
    counts = facet_queries.issue_counts(person)
    roots: list[AreaNode] = []
    trail: list[AreaNode] = []
    for level, area in queries.issue_tree():
        node = _node(area, counts)
        trail = [*trail[:level], node]
        (trail[level - 1].below if level else roots).append(node)
    return roots


@require_safe
def issue_area_list(request):
    refuse_unknown(request.GET, ())
    return render(request, "jurisdictions/issue_areas.html", {"areas": issue_area_nodes(request.user)})


@require_safe
def issue_area(request, key):
    person = request.user
    record = queries.issue_area(person, key)
    if record.key != key:
        return redirect("issue_area", record.key)
    counts = facet_queries.issue_counts(person)
    departments, more_departments = truncate(queries.departments_on(record, most=SHOWN), SHOWN)
    organizations, more_organizations = truncate(queries.organizations_on(person, record, most=SHOWN), SHOWN)
    children = rules.issue_areas_visible_to(person).filter(parent=record)
    context = {
        "record": record,
        "count": counts.get(record.key, 0),
        "children": [_node(area, counts) for area in children],
        "partnerships": [row_of(d) for d in registry.partnerships_on(person, record, most=PARTNERSHIPS_SHOWN)],
        "departments": departments,
        "more_departments": more_departments,
        "organizations": organizations,
        "more_organizations": more_organizations,
        "follow": follow_button(person, record),
        "crumbs": [
            (gettext("Issue areas"), reverse("issue_areas")),
            *[(above.name, above.get_absolute_url()) for above in queries.ancestors_of(record)],
        ],
    }
    return render(request, "jurisdictions/issue_area.html", context)
