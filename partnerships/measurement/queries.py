"""Reads results and measures: lists and single ones. `number_queries` reads their numbers."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from partnerships.core import listing
from partnerships.core.access import Viewer, belongs_somewhere, get_or_not_found, is_staff
from partnerships.core.listing import Ordering
from partnerships.core.models import Change
from partnerships.core.types import Params
from partnerships.measurement.filters import MeasureFilter, ResultFilter
from partnerships.measurement.models import Measure, MeasureOwner, Result
from partnerships.measurement.rules import (
    interpretations_visible_to,
    may_supply,
    measures_visible_to,
    results_visible_to,
)
from partnerships.registry.models import Partnership
from partnerships.registry.rules import held_seat_ids, parties_visible_to, partnerships_visible_to

ORDERINGS = {
    "title": Ordering("title", _("Title")),
    "updated": Ordering("updated_at", _("Last changed")),
    "id": Ordering("pk", _("Oldest record")),
}
_BODIES = ("party__organization", "party__department", "party__jurisdiction")


def _listed(
    resource: str,
    filter_class: type,
    rows: QuerySet,
    person: Viewer,
    params: Params,
    default: str,
    allow: Collection[str],
) -> listing.Listing:
    return listing.make_listing(
        filter_class,
        rows,
        params,
        person=person,
        orderings=ORDERINGS,
        default=default,
        resource=resource,
        is_staff=is_staff(person),
        allow=allow,
    )


def result_list(
    person: Viewer, params: Params, *, default: str = "title", allow: Collection[str] = ()
) -> listing.Listing:
    """The results that the person may see, filtered by these parameters (a QueryDict)."""
    rows = results_visible_to(person).select_related("lead").prefetch_related("issue_areas")
    return _listed("result", ResultFilter, rows, person, params, default, allow)


def measure_list(
    person: Viewer, params: Params, *, default: str = "title", allow: Collection[str] = ()
) -> listing.Listing:
    """The measures that the person may see, filtered by these parameters (a QueryDict)."""
    return _listed("measure", MeasureFilter, _measures(person), person, params, default, allow)


def result(person: Viewer, public_id: str) -> Result:
    """One result. Raises NotFound or MistypedId."""
    return get_or_not_found(results_visible_to(person).select_related("lead"), public_id)


def measure(person: Viewer, public_id: str) -> Measure:
    """One measure with its groups, and the owners whose party the person may know of (`shown_owners`).

    Raises NotFound or MistypedId.
    """
    return get_or_not_found(_measures(person), public_id)


_SHOWN: str = "shown_owners"  # declared on Measure, as is _REDEFINED
_REDEFINED: str = "redefined_at"


def _measures(person: Viewer) -> QuerySet[Measure]:
    owners = MeasureOwner.objects.filter(party__in=parties_visible_to(person).values("pk")).select_related(*_BODIES)
    changes = Change.objects.filter(record_type="measure", record_id=OuterRef("pk"), verb="update")
    redefined = changes.filter(after__has_key="definition").order_by("-pk").values("at")[:1]
    return (
        measures_visible_to(person)
        .annotate(**{_REDEFINED: Subquery(redefined)})
        .select_related("lead", "result", "partnership")
        .prefetch_related("groups", Prefetch("owners", owners, to_attr=_SHOWN))
    )


def versions_of_numbers(person: Viewer, measures: Sequence[Measure]) -> dict[int, int]:
    """Primary key → version, for those of these measures for which the person enters numbers as a partner: it goes up with each
    change that everyone sees, and each time that numbers were saved, also where what is shown stays the same.
    """
    if not measures or not belongs_somewhere(person):
        return {}
    rows = MeasureOwner.objects.filter(measure__in=measures, supplies=True, party__in=held_seat_ids(person))
    supplied = set(rows.values_list("measure", flat=True))
    supplied = {one.pk for one in measures if one.pk in supplied and may_supply(person, one)}
    saved = Measure.objects.filter(pk__in=supplied).order_by()
    saved = saved.annotate(times=Count("points") + Count("points__replaced_at"))
    return {pk: version + times for pk, version, times in saved.values_list("pk", "public_version", "times")}


def of_measure(person: Viewer, measure: Measure) -> Result | Partnership | None:
    """The result or partnership that it measures if the person may see that; otherwise None."""
    if measure.result_id:
        return results_visible_to(person).filter(pk=measure.result_id).first()
    assert measure.partnership_id is not None  # a constraint of the table
    return partnerships_visible_to(person).filter(pk=measure.partnership_id).first()


def indicators_of(person: Viewer, result: Result) -> list[Measure]:
    return list(_measures(person).filter(result=result))


def measures_at(person: Viewer, partnership: Partnership) -> list[Measure]:
    """All measures of a partnership: its own, and the indicators of the results that it works on."""
    worked_on = Result.partnerships.through.objects.filter(partnership=partnership).values("result")
    return list(_measures(person).filter(Q(partnership=partnership) | Q(result__in=worked_on)))


def measures_on(person: Viewer, partnerships: Sequence[int], *, most: int) -> list[Measure]:
    """The measures of these partnerships, and the indicators of results that they work on."""
    of_results = Result.partnerships.through.objects.filter(partnership__in=partnerships).values("result")
    rows = _measures(person).filter(Q(partnership__in=partnerships) | Q(result__in=of_results))
    return list(rows.order_by("title", "pk")[:most])


def results_of(person: Viewer, partnership: Partnership) -> list[Result]:
    """The results that a partnership works on."""
    return list(results_visible_to(person).filter(partnerships=partnership).select_related("lead"))


def partnerships_on(person: Viewer, result: Result) -> list[Partnership]:
    """The partnerships that work on a result."""
    return list(partnerships_visible_to(person).filter(results=result).order_by("title", "pk"))


def interpretations_of(person: Viewer, measure: Measure) -> list:
    """What parties say about a measure's numbers, as far as the person may know of them, latest first.

    `number`: the number at the time, as a Decimal.
    """
    rows = interpretations_visible_to(person).filter(measure=measure)
    found = list(rows.select_related("measure__lead", *_BODIES))
    for interpretation in found:
        interpretation.number = Decimal(interpretation.number_then) if interpretation.number_then else None
    return found
