"""Which parts of a partnership's pages have something to show to a person."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice

from django.db.models import QuerySet

from partnerships.accounts.models import Person
from partnerships.assessment.rules import published_rounds, rounds_visible_to
from partnerships.core import clock
from partnerships.core.access import Viewer, belongs_somewhere
from partnerships.core.prepared import Placeholder, PreparedExists
from partnerships.measurement.rules import (
    activities_visible_to,
    gains_visible_to,
    measures_visible_to,
    results_visible_to,
)
from partnerships.meetings.choices import ActionStatus
from partnerships.meetings.rules import actions_visible_to, meetings_without_link_shown
from partnerships.registry import seats
from partnerships.registry.models import Partnership
from partnerships.registry.rules import parties_visible_to


@dataclass(frozen=True)
class Filled:
    """`has_power`: rounds that the person may read, published ones included."""

    has_power: bool
    has_results: bool
    has_meetings: bool


def filled_parts(person: Person, partnership: Partnership) -> Filled:
    """One query."""
    parts = _parts_shown_to(person) if belongs_somewhere(person) else _public_parts(clock.today())
    asked = [shown.given({"partnership": partnership.pk}) for several in parts.values() for shown in several]
    found = iter(Partnership.objects.filter(pk=partnership.pk).order_by().values_list(*asked).get())
    by_part = {part: list(islice(found, len(several))) for part, several in parts.items()}
    return Filled(**{f"has_{part}": any(several) for part, several in by_part.items()})


@lru_cache(maxsize=1)
def _public_parts(day: date) -> dict[str, list[PreparedExists]]:
    """The conditions for people who belong to no office or organization. They depend on the day alone."""
    return _parts_shown_to(None)


def _parts_shown_to(person: Viewer) -> dict[str, list[PreparedExists]]:
    own = {"partnership": Placeholder("partnership")}
    named = parties_visible_to(person).filter(seats.NAMED, **own).order_by().values("pk")
    parts: dict[str, list[QuerySet]] = {
        "power": [published_rounds().filter(**own)],
        "results": [
            results_visible_to(person).filter(partnerships=Placeholder("partnership")),
            measures_visible_to(person).filter(**own),
            activities_visible_to(person).filter(**own),
            gains_visible_to(person).filter(party__in=named),
        ],
        "meetings": [meetings_without_link_shown(person).filter(**own)],
    }
    if belongs_somewhere(person):
        parts["power"].append(rounds_visible_to(person).filter(**own))
        parts["meetings"].append(actions_visible_to(person).filter(**own, status=ActionStatus.OPEN))
    return {part: [PreparedExists.exists(rows) for rows in several] for part, several in parts.items()}
