"""Reads activities and gains: one activity, those of a partnership, its matrix, and what each party says it has
gained.
"""

from collections.abc import Collection, Sequence

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.models import Person
from partnerships.core import listing
from partnerships.core.access import Viewer, get_or_not_found, is_staff
from partnerships.core.choices import Side
from partnerships.core.errors import NotFound
from partnerships.core.listing import Ordering
from partnerships.core.types import Params
from partnerships.directory.models import BODIES
from partnerships.measurement.activity_filters import ActivityFilter
from partnerships.measurement.activity_matrix import Goal, Matrix, Seat, Work, matrix
from partnerships.measurement.choices import Part
from partnerships.measurement.models import Activity, ActivityPart, Gain, Outcome
from partnerships.measurement.rules import (
    activities_visible_to,
    gains_visible_to,
    may_write_gain,
    plans_visible_to,
    results_visible_to,
)
from partnerships.registry import seats
from partnerships.registry.models import Partnership, Party
from partnerships.registry.rules import parties_visible_to, seats_held_by, unnamed_seats

ORDERINGS = {
    "title": Ordering("title", _("Title")),
    "updated": Ordering("updated_at", _("Last changed")),
    "id": Ordering("pk", _("Oldest record")),
}


def seats_of(person: Viewer, partnership: Partnership) -> QuerySet[Party]:
    """The parties at the table that the person may see, in order.

    Parties not yet approached or declined have no part.
    """
    rows = parties_visible_to(person).filter(seats.NAMED, partnership=partnership)
    return rows.select_related(*BODIES)


def activity(person: Viewer, public_id: str) -> Activity:
    """One activity, with its parts, results and outcomes that the person may see (`seen_parts`, `seen_results`,
    `seen_outcomes`).

    Raises NotFound or MistypedId.
    """
    return get_or_not_found(_with_parts(person).select_related("partnership__lead"), public_id)


def activity_list(
    person: Person, params: Params, *, default: str = "title", allow: Collection[str] = ()
) -> listing.Listing:
    """The activities that the person may see, filtered by these parameters (a QueryDict)."""
    return listing.make_listing(
        ActivityFilter,
        _with_parts(person).select_related("partnership"),
        params,
        person=person,
        orderings=ORDERINGS,
        default=default,
        resource="activity",
        is_staff=is_staff(person),
        allow=allow,
    )


def activities_of(person: Viewer, *partnerships: Partnership | int) -> list[Activity]:
    return list(_with_parts(person).filter(partnership__in=partnerships))


def _with_parts(person: Viewer) -> QuerySet[Activity]:
    parts = ActivityPart.objects.filter(party__in=parties_visible_to(person).filter(seats.NAMED))
    parts = parts.select_related(*(f"party__{body}" for body in BODIES))
    outcomes = Outcome.objects.filter(plan__in=plans_visible_to(person)).select_related("plan")
    lost = ActivityPart.objects.filter(activity=OuterRef("pk"), party__in=unnamed_seats(person).values("pk"))
    rows = activities_visible_to(person).annotate(
        lost_leader=Exists(lost.filter(part=Part.LEADS)), lost_part=Exists(lost)
    )
    seen = {"parts": parts, "results": results_visible_to(person), "outcomes": outcomes}
    return rows.prefetch_related(*(Prefetch(name, those, to_attr=f"seen_{name}") for name, those in seen.items()))


def outcomes_of(person: Viewer, partnership: Partnership) -> list[Outcome]:
    """The outcomes of the lead's plans that an activity of the partnership can be for."""
    rows = Outcome.objects.filter(plan__in=plans_visible_to(person), plan__lead=partnership.lead_id)
    return list(rows.select_related("plan").order_by("plan__title", "plan_id", "position", "pk"))


def matrix_of(person: Viewer, partnership: Partnership) -> tuple[Matrix, list, list[Activity]]:
    """(matrix of parties and results, the parties, the activities), made only from what the person may see."""
    parties, works = list(seats_of(person, partnership)), activities_of(person, partnership)
    seats = [Seat(party.pk, str(party), party.side) for party in parties]
    goals = [Goal(result.pk, result.title) for result in results_visible_to(person).filter(partnerships=partnership)]
    return matrix(seats, goals, [_work(one) for one in works]), parties, works


def _work(one: Activity) -> Work:
    parts = {part.party_id: part.part for part in one.seen_parts}
    return Work(one.title, frozenset(result.pk for result in one.seen_results), parts, one.kind, one.status)


def gains_of(person: Viewer, partnership: Partnership) -> list[Gain]:
    """What the parties say they have gained, as far as the person may see it, latest first."""
    parties = parties_visible_to(person).filter(seats.NAMED, partnership=partnership)
    rows = gains_visible_to(person).filter(party__in=parties)
    return list(rows.select_related(*(f"party__{body}" for body in BODIES)))


def by_side(gains: Sequence) -> list[tuple[str, list[Gain]]]:
    """(side, its gains): government first, community last, institutions in between."""
    order = (Side.GOVERNMENT, Side.INSTITUTION, Side.COMMUNITY)
    return [(side, [gain for gain in gains if gain.party.side == side]) for side in order]


def gain(person: Viewer, pk: int) -> Gain:
    """A gain that the person may see. Raises NotFound."""
    rows = gains_visible_to(person).select_related("party__partnership__lead", *(f"party__{body}" for body in BODIES))
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def parties_with_gains_to_record(person: Viewer, partnership: Partnership) -> list:
    """The person's own parties for which they can record a gain."""
    rows = seats_held_by(person).filter(partnership=partnership).select_related(*BODIES, "partnership")
    return [party for party in rows if may_write_gain(person, party)]
