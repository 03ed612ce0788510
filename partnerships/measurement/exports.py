"""Results, measures and activities as rows of a file, each as its reader may see it."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TypeVar

from django.db.models import QuerySet

from partnerships.core.access import Viewer
from partnerships.core.exports import Export
from partnerships.core.snapshots import serialize
from partnerships.measurement.activity_queries import activity_list
from partnerships.measurement.choices import Part
from partnerships.measurement.models import Activity, Measure, Result
from partnerships.measurement.number_kinds import baseline_of
from partnerships.measurement.queries import measure_list, result_list
from partnerships.measurement.rules import results_visible_to
from partnerships.registry.models import Partnership
from partnerships.registry.rules import partnerships_visible_to

_RESULT = ("public_id", "title", "population", "detail", "is_published")
_MEASURE = ("public_id", "title", "kind", "definition", "unit", "per", "counted", "direction", "period", "first_month",
            "baseline", "baseline_on", "target_value", "target_on", "last_on", "source", "is_published")  # fmt: skip
_ACTIVITY = ("public_id", "title", "detail", "kind", "status", "starts_on", "ends_on", "is_public")

Known = TypeVar("Known", Result, Partnership)


def _results(person: Viewer, rows: Iterable[Result], full_url: Callable[[str], str]) -> Iterator[list]:
    for record in rows:
        yield [
            *(getattr(record, name) for name in _RESULT),
            "; ".join(area.name for area in record.issue_areas.all()),
            record.lead.public_id,
            record.lead.name,
            full_url(record.get_absolute_url()),
        ]


def _measures(person: Viewer, rows: Collection[Measure], full_url: Callable[[str], str]) -> Iterator[list]:
    """The measured result or partnership has its title only if the reader may know of it."""
    results = _known(results_visible_to(person), {row.result_id for row in rows})
    partnerships = _known(partnerships_visible_to(person), {row.partnership_id for row in rows})
    for record in rows:
        of = results.get(record.result_id or 0) or partnerships.get(record.partnership_id or 0)
        yield [
            *(serialize(baseline_of(record) if name == "baseline" else getattr(record, name)) for name in _MEASURE),
            of.public_id if of else "",
            of.title if of else "",
            record.lead.public_id,
            record.lead.name,
            full_url(record.get_absolute_url()),
        ]


def _known(rows: QuerySet[Known], pks: Iterable[int | None]) -> dict[int, Known]:
    return rows.only("public_id", "title").in_bulk([pk for pk in pks if pk])


def _activities(person: Viewer, rows: Iterable[Activity], full_url: Callable[[str], str]) -> Iterator[list]:
    for record in rows:
        yield [
            *(serialize(getattr(record, name)) for name in _ACTIVITY),
            record.partnership.public_id,
            record.partnership.title,
            *("; ".join(str(one.party) for one in record.seen_parts if one.part == part) for part in Part),
            "; ".join(result.title for result in record.seen_results),
            full_url(record.get_absolute_url()),
        ]


RESULTS = Export(
    "results",
    ("id", "title", "population", "detail", "published", "issue_areas", "lead_id", "lead", "page_url"),
    result_list,
    _results,
)
MEASURES = Export(
    "measures",
    ("id", "title", "kind", "definition", "unit", "per", "counted", "direction", "period", "first_month",
        "baseline", "baseline_on", "target", "target_on", "last_on", "source", "published", "of_id", "of", "lead_id", "lead",
        "page_url"),
    measure_list,
    _measures,
)  # fmt: skip
ACTIVITIES = Export(
    "activities",
    ("id", "title", "detail", "kind", "status", "starts_on", "ends_on", "public", "partnership_id", "partnership",
        *Part.values, "results", "page_url"),
    activity_list,
    _activities,
)  # fmt: skip
