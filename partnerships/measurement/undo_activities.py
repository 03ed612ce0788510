"""Turns snapshot values of activities and plans back into arguments of their save actions, to undo a change."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import Field
from django.utils.translation import gettext

from partnerships.core.access import Author
from partnerships.core.errors import ValidationError
from partnerships.core.snapshots import deserialize_fields, undo_field
from partnerships.measurement.models import Activity, Outcome, Plan
from partnerships.registry.undo_fields import party_index


def of_activity(
    record: Activity, key: str, value: Any, *, wanted: dict[str, Any], find: Callable[[Field, str], Any], by: Author
) -> dict[str, Any]:
    """The arguments of `save_activity` that make `key` of the snapshot `value` again.

    Raises ValidationError with a message.
    """
    if key == "parts":
        parties = list(record.partnership.parties.all())
        names = [str(party) for party in parties]
        return {key: [{"party": parties[party_index(row["party"], names)], "part": row["part"]} for row in value]}
    if key == "outcomes":
        return {"fields": {key: [_outcome(record, text) for text in value]}}
    return undo_field(record, key, value, find=find)


def _outcome(activity: Activity, text: str) -> Outcome:
    rows = Outcome.objects.filter(plan__lead=activity.partnership.lead_id).select_related("plan")
    found = [row for row in rows if str(row) == text]
    if len(found) != 1:
        raise ValidationError(gettext("We can’t tell which outcome “%(name)s” is now.") % {"name": text})
    return found[0]


def of_plan(
    record: Plan, key: str, value: Any, *, wanted: dict[str, Any], find: Callable[[Field, str], Any], by: Author
) -> dict[str, Any]:
    """The arguments of `save_plan` that make `key` of the snapshot `value` again.

    Raises ValidationError with a message.
    """
    if key == "outcomes":
        # Each outcome gets the row with the same number or title; the others are added again.
        rows = list(record.outcomes.all())
        return {key: [_row(row, snapshot, find) for row, snapshot in zip(_pairs(rows, value), value, strict=True)]}
    return undo_field(record, key, value, find=find)


def _pairs(rows: Iterable[Outcome], snapshots: Iterable[dict[str, Any]]) -> Iterator[Outcome | None]:
    left = list(rows)
    for snapshot in snapshots:
        same = [
            row for row in left if row.title == snapshot["title"] or (row.number and row.number == snapshot["number"])
        ]
        if same:
            left.remove(same[0])
        yield same[0] if same else None


def _row(row: Outcome | None, snapshot: dict[str, Any], find: Callable[[Field, str], Any]) -> dict[str, Any]:
    values = deserialize_fields(Outcome, snapshot, find)
    return values | ({"id": row.pk} if row else {})
