"""Suggests partners for a new partnership: who in the directory could take part, as far as the reader sees, and who is
missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.models import Person
from partnerships.core.choices import Side
from partnerships.core.trees import ancestor_ids
from partnerships.core.types import Text
from partnerships.directory.choices import JurisdictionKind
from partnerships.directory.models import Body, Department, IssueArea, Jurisdiction, Organization
from partnerships.directory.queries import relations_of
from partnerships.directory.rules import (
    departments_visible_to,
    has_closed,
    issue_areas_visible_to,
    organizations_visible_to,
    searchable_by,
)
from partnerships.insight import needs
from partnerships.registry.rules import parties_visible_to

MOST = 12  # candidates listed per group
_BESIDE = {"neighbors": _("a neighbor"), "overlaps": _("overlaps")}
_NEXT_DOOR = (JurisdictionKind.CITY, JurisdictionKind.COUNTY, JurisdictionKind.SCHOOL_DISTRICT)


@dataclass
class Candidate:
    body: Body
    reasons: list[str]


@dataclass
class Group:
    """`missing`: what the directory lacks, as sentences.

    `is_more`: there are more than the MOST candidates listed here.
    """

    need: needs.Need
    candidates: list[Candidate] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    is_more: bool = False


@dataclass(frozen=True)
class PlannedPartnership:
    """The planned partnership: its lead (a jurisdiction), its issue areas, and the communities (terms) it is for."""

    lead: Jurisdiction
    areas: list
    communities: list


def suggest_partners(person: Person, purpose: str, planned: PlannedPartnership) -> list[Group]:
    """Every group of partners for a purpose (the key of a term), needed ones first. At most eight queries."""
    near, groups = _related_areas(person, planned.areas), []
    for need in needs.needs(purpose):
        candidates, missing = _FIND_CANDIDATES[need.group](person, planned, near)
        missing = [] if need.verdict == needs.NOT_NOW else missing
        groups.append(Group(need, candidates[:MOST], missing, len(candidates) > MOST))
    return groups


def _related_areas(person: Person, areas: Sequence[IssueArea]) -> dict[int, set[int]]:
    """Area → itself and the areas above and below it: work on any of them is relevant."""
    paths = dict(issue_areas_visible_to(person).values_list("pk", "path")) if areas else {}
    return {
        area.pk: {pk for pk, path in paths.items() if path.startswith(area.path) or area.path.startswith(path)}
        for area in areas
    }


def _departments(
    person: Person, planned: PlannedPartnership, near: dict[int, set[int]]
) -> tuple[list[Candidate], list[str]]:
    """(departments of the lead agency that work on the issue areas or lead racial equity work, sentences on what is
    missing).

    `near`: primary key of each planned issue area → those close to it in the tree.
    """
    touching = set().union(*near.values())
    tagged = Department.issue_areas.through.objects.filter(department=OuterRef("pk"), issuearea__in=touching)
    seated = parties_visible_to(person).filter(department=OuterRef("pk"), partnership__issue_areas__in=touching)
    own = departments_visible_to(person).filter(jurisdiction=planned.lead).exclude(has_closed())
    rows = own.annotate(works_on_it=Exists(tagged), sits_on_it=Exists(seated))
    rows = rows.filter(Q(works_on_it=True) | Q(sits_on_it=True) | Q(is_equity_office=True))
    rows = list(rows.order_by("-works_on_it", "-sits_on_it", "name", "pk")[: MOST + 1])
    found = [
        Candidate(
            row,
            _reasons(
                (row.works_on_it, gettext("works on it")),
                (row.sits_on_it, gettext("takes part in a partnership on it")),
                (row.is_equity_office, gettext("leads racial equity work")),
            ),
        )
        for row in rows
    ]
    tags = Department.issue_areas.through.objects.filter(department__in=own, issuearea__in=touching)
    covered = set(tags.values_list("issuearea", flat=True))
    missing = [
        gettext("No department of %(lead)s lists %(area)s as an issue area.") % {"lead": planned.lead, "area": area}
        for area in planned.areas
        if not near[area.pk] & covered
    ]
    if not any(row.is_equity_office for row in rows):
        missing.append(
            gettext("No office of %(lead)s is listed as leading racial equity work.") % {"lead": planned.lead}
        )
    return found, missing


def _neighbors(
    person: Person, planned: PlannedPartnership, near: dict[int, set[int]]
) -> tuple[list[Candidate], list[str]]:
    lead = planned.lead
    found = [
        Candidate(other, [other.get_kind_display().lower(), str(_BESIDE[key]), *_stage(other)])
        for key, others in relations_of(lead).items()
        for other in others
    ]
    parent = lead.parent
    if isinstance(parent, Jurisdiction) and parent not in [one.body for one in found]:
        found.append(Candidate(parent, [parent.get_kind_display().lower(), gettext("around it"), *_stage(parent)]))
    kinds = {one.body.kind for one in found if isinstance(one.body, Jurisdiction)} | {lead.kind}
    missing = [
        gettext("The directory doesn’t list a %(kind)s that %(lead)s borders or overlaps.")
        % {"kind": kind.label.lower(), "lead": lead}
        for kind in _NEXT_DOOR
        if kind not in kinds
    ]
    return found, missing


def _stage(jurisdiction: Jurisdiction) -> list[str]:
    return (
        [gettext("stage: %(stage)s") % {"stage": jurisdiction.get_stage_display().lower()}]
        if jurisdiction.stage
        else []
    )


def _community(
    person: Person, planned: PlannedPartnership, near: dict[int, set[int]]
) -> tuple[list[Candidate], list[str]]:
    rows = _organizations(person, planned, near, Side.COMMUNITY)
    missing = (
        []
        if rows
        else [gettext("No community organization that you can see works on this in %(lead)s.") % {"lead": planned.lead}]
    )
    serving = Organization.communities.through.objects.filter(
        organization__in=_findable(person, "communities", Side.COMMUNITY), term__in=planned.communities
    )
    served = set(serving.values_list("term", flat=True)) if planned.communities else set()
    missing += [
        gettext("No organization that you can see serves this community: %(community)s.") % {"community": one}
        for one in planned.communities
        if one.pk not in served
    ]
    return _as_candidates(rows), missing


def _institutions(
    person: Person, planned: PlannedPartnership, near: dict[int, set[int]]
) -> tuple[list[Candidate], list[str]]:
    rows = _organizations(person, planned, near, Side.INSTITUTION)
    return _as_candidates(rows), [] if rows else [
        gettext("No institution in the directory works on this in %(lead)s.") % {"lead": planned.lead}
    ]


def _findable(person: Person, name: str, side: str) -> QuerySet[Organization]:
    return organizations_visible_to(person).filter(searchable_by(person, name), side=side)


def _organizations(
    person: Person, planned: PlannedPartnership, near: dict[int, set[int]], side: str
) -> list[Organization]:
    """Organizations that serve the communities or work on the issue, here or without a stated area.

    Without communities and issues, those that work here.
    """
    lead = planned.lead
    here = Q(area__path__startswith=lead.path) | Q(area__in=ancestor_ids(lead.path))
    placed = Q(area__isnull=False)

    def matches(name: str, condition: Q) -> Exists:
        return Exists(_findable(person, name, side).filter(condition, pk=OuterRef("pk")))

    rows = organizations_visible_to(person).filter(side=side).exclude(has_closed())
    rows = rows.annotate(
        serves=matches("communities", Q(communities__in=planned.communities)),
        works_on_it=matches("issue_areas", Q(issue_areas__in=set().union(*near.values()))),
        is_here=matches("area", here),
        is_elsewhere=matches("area", placed),
    ).filter(Q(is_here=True) | Q(is_elsewhere=False))
    asked = Q(serves=True) | Q(works_on_it=True) if planned.areas or planned.communities else Q(is_here=True)
    rows = rows.filter(asked).order_by("-serves", "-works_on_it", "-is_here", "name", "pk")
    return list(rows[: MOST + 1])


_MATCHES = {"serves": _("serves this community"), "works_on_it": _("works on it"), "is_here": _("works here")}


def _as_candidates(rows: Sequence[Organization]) -> list[Candidate]:
    return [
        Candidate(
            row,
            _reasons(*((getattr(row, name), words) for name, words in _MATCHES.items())),
        )
        for row in rows
    ]


def _reasons(*pairs: tuple[bool, Text]) -> list[str]:
    return [str(words) for is_so, words in pairs if is_so]


# (person, planned partnership, its issue areas as from `_related_areas`) → (candidates, sentences on what is missing)
# Each returns the candidates, at least one more than MOST if there are more, and sentences that say who is missing.
_FIND_CANDIDATES = {
    needs.DEPARTMENTS: _departments,
    needs.NEIGHBORS: _neighbors,
    needs.COMMUNITY: _community,
    needs.INSTITUTIONS: _institutions,
}
