"""Which parts of a partnership's pages have something to show to a person."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from partnerships.accounts.models import Person
from partnerships.assessment.rules import published_rounds, rounds_visible_to
from partnerships.core.access import belongs_somewhere
from partnerships.measurement.rules import (
    activities_visible_to,
    gains_visible_to,
    measures_visible_to,
    results_visible_to,
)
from partnerships.meetings.choices import ActionStatus
from partnerships.meetings.rules import actions_visible_to, meetings_without_link_shown
from partnerships.registry import seats
from partnerships.registry.models import Partnership, Party
from partnerships.registry.rules import parties_visible_to


@dataclass(frozen=True)
class Filled:
    """`has_power`: rounds that the person may read, published ones included."""

    has_power: bool
    has_results: bool
    has_meetings: bool


def filled_parts(person: Person, partnership: Partnership) -> Filled:
    """One query."""
    own = {"partnership": OuterRef("pk")}
    parts: dict[str, list[QuerySet]] = {
        "power": [published_rounds().filter(**own)],
        "results": [
            results_visible_to(person).filter(partnerships=OuterRef("pk")),
            measures_visible_to(person).filter(**own),
            activities_visible_to(person).filter(**own),
            gains_visible_to(person).filter(party__in=_named_parties(person, own)),
        ],
        "meetings": [meetings_without_link_shown(person).filter(**own)],
    }
    if belongs_somewhere(person):
        parts["power"].append(rounds_visible_to(person).filter(**own))
        parts["meetings"].append(actions_visible_to(person).filter(**own, status=ActionStatus.OPEN))
    asked = {f"{part}_{n}": Exists(rows) for part, several in parts.items() for n, rows in enumerate(several)}
    row = Partnership.objects.filter(pk=partnership.pk).order_by().values_list(*asked.values()).get()
    is_there = dict(zip(asked, row, strict=True))
    return Filled(*(any(is_there[f"{part}_{n}"] for n in range(len(several))) for part, several in parts.items()))


def _named_parties(person: Person, own: dict[str, Any]) -> QuerySet[Party, Any]:
    return parties_visible_to(person).filter(seats.NAMED, **own).order_by().values("pk")
