"""Reads plans: the list, one plan, and which partnerships serve which of its outcomes."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count, Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock, listing
from partnerships.core.access import Viewer, get_or_not_found, is_staff
from partnerships.core.choices import Side
from partnerships.core.errors import NotFound
from partnerships.core.filters import ListFilter
from partnerships.core.listing import Ordering
from partnerships.core.types import Params
from partnerships.directory.filters import jurisdiction_filter
from partnerships.measurement.models import Outcome, Plan
from partnerships.measurement.rules import plans_visible_to, results_visible_to
from partnerships.registry.choices import Status
from partnerships.registry.models import Partnership
from partnerships.registry.rules import parties_visible_to, partnerships_visible_to, unnamed_seats
from partnerships.registry.seats import seated_between

MOST_PLANS, MOST_CHOICES = 200, 500
_SEEN: str = "seen_partnerships"  # declared on Outcome
ORDERINGS = {
    "title": Ordering("title", _("Title")),
    "updated": Ordering("updated_at", _("Last changed")),
    "id": Ordering("pk", _("Oldest record")),
}


class PlanFilter(ListFilter):
    CONTROL: tuple[str, ...] = ()

    jurisdiction = jurisdiction_filter(lambda filter_, qs, nodes: qs.filter(lead__in=nodes), label="Whose plan")

    class Meta:
        model = Plan
        fields: list[str] = []


def plan_list(person: Viewer, params: Params) -> list[Plan]:
    """The plans that the person may see, with their number of outcomes (`size`).

    Raises UnknownParameters or ValidationError.
    """
    rows = PlanFilter(params, plans_visible_to(person), person=person).qs
    return list(
        rows.select_related("lead").annotate(size=Count("outcomes")).order_by("lead__name", "title", "pk")[:MOST_PLANS]
    )


class PlanListFilter(PlanFilter):
    CONTROL = ("ordering", "cursor")  # search doesn't include plans


def plans_seen(
    person: Viewer, params: Params, *, default: str = "title", allow: Collection[str] = ()
) -> listing.Listing:
    """The plans that the person may see, as a list of any length, each plan with its outcomes as in `whole_plan`."""
    return listing.make_listing(
        PlanListFilter, _with_outcomes(person), params, person=person, orderings=ORDERINGS, default=default, resource="plan",
        is_staff=is_staff(person), allow=allow,
    )  # fmt: skip


def whole_plan(person: Viewer, public_id: str) -> Plan:
    """One plan with its outcomes (`seen_outcomes`), each with the partnerships that serve it (`seen_partnerships`).

    The `result` of an outcome is None if the person may not see it. Raises NotFound or MistypedId.
    """
    return get_or_not_found(_with_outcomes(person), public_id)


def _with_outcomes(person: Viewer) -> QuerySet[Plan]:
    outcomes = Outcome.objects.prefetch_related(
        Prefetch("result", results_visible_to(person)),
        Prefetch("partnerships", partnerships_visible_to(person), to_attr=_SEEN),
    )
    rows = plans_visible_to(person).select_related("lead")
    return rows.prefetch_related(Prefetch("outcomes", outcomes, to_attr="seen_outcomes"))


def plan(person: Viewer, public_id: str) -> Plan:
    """Raises NotFound or MistypedId."""
    return get_or_not_found(plans_visible_to(person).select_related("lead"), public_id)


def outcome(plan: Plan, pk: int) -> Outcome:
    """One outcome of a plan. Raises NotFound."""
    found = plan.outcomes.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


@dataclass
class Serving:
    """A plan's outcomes and the active partnerships that the reader may see.

    `outcomes` have `seen_partnerships`, `seen_result` and `has_community`. `serves`: partnerships that serve an
    outcome, each with those outcomes. `idle`: partnerships of the plan's office that serve none.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    serves: list[tuple[Partnership, list[Outcome]]] = field(default_factory=list)
    idle: list[Partnership] = field(default_factory=list)

    @property
    def unserved(self) -> list[Outcome]:
        return [one for one in self.outcomes if not one.seen_partnerships]

    @property
    def without_community(self) -> list[Outcome]:
        return [one for one in self.outcomes if one.seen_partnerships and not one.has_community]


def serving(person: Viewer, plan: Plan) -> Serving:
    """Which partnerships serve which outcome. Six queries, no matter how many there are."""
    going_on = partnerships_visible_to(person).exclude(status=Status.ENDED)
    rows = plan.outcomes.prefetch_related(Prefetch("partnerships", going_on, to_attr=_SEEN))
    outcomes = list(rows)
    named = {one.result_id for one in outcomes if one.result_id}
    results = results_visible_to(person).in_bulk(named) if named else {}
    partnerships = {one.pk: one for outcome in outcomes for one in outcome.seen_partnerships}
    seats = parties_visible_to(person).filter(seated_between(clock.today(), clock.today()), side=Side.COMMUNITY)
    # A seat whose name was removed: whether or not it counts, the page must not say that there is no community
    # partner.
    unnamed = unnamed_seats(person).filter(side=Side.COMMUNITY, partnership__in=partnerships).order_by()
    seats = seats.filter(partnership__in=partnerships).order_by().values_list("partnership", flat=True)
    joined = set(seats.union(unnamed.values_list("partnership", flat=True)))
    for one in outcomes:
        one.seen_result = results.get(one.result_id)
        one.has_community = any(partnership.pk in joined for partnership in one.seen_partnerships)
    own = going_on.filter(lead=plan.lead_id).exclude(pk__in=partnerships).order_by("title", "pk")
    in_order = sorted(partnerships.values(), key=lambda partnership: (partnership.title, partnership.pk))
    serves = [
        (partnership, [one for one in outcomes if partnership in one.seen_partnerships]) for partnership in in_order
    ]
    return Serving(outcomes, serves, list(own[:MOST_CHOICES]))


def offered_partnerships(person: Viewer, plan: Plan, outcome: Outcome | None = None) -> list[Partnership]:
    """The partnerships that can be chosen to serve an outcome: those of the office, and those that already do."""
    rows = partnerships_visible_to(person).filter(lead=plan.lead_id).exclude(status=Status.ENDED)
    found = list(rows.order_by("title", "pk")[:MOST_CHOICES])
    kept = outcome.partnerships.filter(pk__in=partnerships_visible_to(person).values("pk")) if outcome else ()
    return [*found, *(one for one in kept if one not in found)]
