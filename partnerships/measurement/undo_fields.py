"""Turns snapshot values of measures and counts back into arguments of their save actions, to undo a change."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Field
from django.utils.translation import gettext

from partnerships.core.access import Author
from partnerships.core.errors import ValidationError
from partnerships.core.snapshots import undo_field
from partnerships.measurement.composition import OF
from partnerships.measurement.composition_models import Makeup, Population
from partnerships.measurement.models import Measure
from partnerships.registry.models import Party
from partnerships.registry.undo_fields import party_index


def of_measure(
    record: Measure, key: str, value: Any, *, wanted: dict[str, Any], find: Callable[[Field, str], Any], by: Author
) -> dict[str, Any]:
    """The arguments of `save_measure` that make `key` of the snapshot `value` again.

    Raises ValidationError with a message.
    """
    if key == "groups":
        kept = {(row.dimension, row.key): row.pk for row in record.groups.all()}
        return {key: [row | _row_id(kept.get((row["dimension"], row["key"]))) for row in value]}
    if key == "owners":
        return {key: _owners(record, value)}
    return undo_field(record, key, value, find=find)


def of_counts(
    record: Makeup | Population,
    key: str,
    value: Any,
    *,
    wanted: dict[str, Any],
    find: Callable[[Field, str], Any],
    by: Author,
) -> dict[str, Any]:
    """The arguments of `save_composition` or `save_population` that make `key` of the snapshot `value` again.

    Raises ValidationError with a message.
    """
    return {"fields": {key: value}} if key.startswith(OF) else undo_field(record, key, value, find=find)


def _row_id(pk: int | None) -> dict[str, int]:
    return {"id": pk} if pk else {}


def _owners(record: Measure, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The owners by name, among the parties of the partnerships that work on it."""
    if record.result:
        seats = Party.objects.filter(partnership__in=record.result.partnerships.values("pk"))
    else:
        seats = Party.objects.filter(partnership=record.partnership_id)
    parties = list(seats.select_related("organization", "department", "jurisdiction"))
    kept = dict(record.owners.values_list("party_id", "pk"))
    names, found = [str(party) for party in parties], []
    for row in rows:
        same = [party for party in parties if str(party) == row["party"] and party.pk in kept]
        if not same and row["party"] not in names:
            words = gettext("“%(name)s” isn’t in a partnership that works on it now.")
            raise ValidationError(words % {"name": row["party"]})
        party = same[0] if len(same) == 1 else parties[party_index(row["party"], names)]
        found.append({"party": party, "supplies": row["supplies"]} | _row_id(kept.get(party.pk)))
    return found
