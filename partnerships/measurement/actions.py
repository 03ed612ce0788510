"""Saves results and measures: what should change, who should benefit, and how we know.

`by` is the person, or SYSTEM for a command. All functions raise ValidationError (by field; fields of a row as
“groups-0-name”), NotAllowed and, when a version is given, EditConflict. Nothing is written then. Data points are saved by
`number_actions`.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock, sync
from partnerships.core.access import SYSTEM, Author, require
from partnerships.core.children import replace_rows
from partnerships.core.dates import require_years
from partnerships.core.errors import ValidationError
from partnerships.core.snapshots import prefetch_rows, serialize, snapshot_fields, snapshot_rows
from partnerships.core.withdrawals import withdrawn
from partnerships.core.writing import apply_values, change, public_snapshot
from partnerships.measurement.linked_measures import public_faces
from partnerships.measurement.measure_sums import declare_sum, lock_office, touch_changed
from partnerships.measurement.models import Activity, DataPoint, Measure, Plan, Result
from partnerships.measurement.rules import may_write_measure, may_write_result
from partnerships.registry.document import ids_shown
from partnerships.registry.rules import may_lead_with, parties_visible_to

_PARTY = ("owners__party__organization", "owners__party__department", "owners__party__jurisdiction")
_INTERPRETED_BY = ("party__organization", "party__department", "party__jurisdiction")
# What can't change when a measure has numbers, since they would mean something else.
SETTLED_BY_DATA = ("unit", "per", "counted", "period", "first_month")
_HAS_DATA = _("It already has numbers. Add a new measure instead.")


def read_measures(measures: Sequence[Measure]) -> None:
    """Prefetch what the snapshots of these measures show."""
    prefetch_rows(measures, "groups", *_PARTY)


def snapshot_measure(measure: Measure) -> dict:
    """The measure as JSON values.

    Of its numbers only how many there are and the latest revision, since one may be of too few people.
    """
    read_measures([measure])
    values = snapshot_fields(measure, leave_out=("limits", "family"))
    values |= measure.points.aggregate(
        numbers=Count("pk", filter=Q(replaced_at=None)), revision=Max("pk"), taken_out=Max("replaced_at")
    )
    values["taken_out"] = serialize(values["taken_out"])
    values["readings"] = snapshot_rows(
        measure.readings.select_related(*_INTERPRETED_BY), leave_out=("measure", "number_then", "by", "answered_by")
    )
    values["groups"] = snapshot_rows(measure.groups.all(), leave_out=("measure", "position"))
    values["owners"] = snapshot_rows(measure.owners.all(), leave_out=("measure",))
    return values


@public_snapshot(Result)
def _shown_of_result(result: Result) -> Callable:
    """Of a published result, everything except drafts among the partnerships that work on it."""
    readable_ids = ids_shown(result.partnerships.all())

    def shown(values: dict[str, Any]) -> dict[str, Any] | None:
        if not values["is_published"]:
            return None
        return values | {"partnerships": [one for one in values["partnerships"] if one in readable_ids]}

    return shown


@public_snapshot(Measure)
def _shown_of_measure(measure: Measure) -> Callable:
    """Of a public measure, everything except parties that not everyone sees, and what they say.

    Whether its numbers changed for everyone is decided where they are saved (`ChangeContext.is_quiet`).
    """
    own = Q(owned_measures__measure=measure.pk) | Q(readings__measure=measure.pk)
    rows = parties_visible_to(None).filter(own).select_related("jurisdiction", "department", "organization")
    parties = SimpleLazyObject(lambda: {serialize(one) for one in rows})

    def shown(values: dict[str, Any]) -> dict[str, Any] | None:
        if not is_public(measure):
            return None
        return values | {
            name: [row for row in values[name] if row["party"] in parties] for name in ("owners", "readings")
        }

    return shown


@transaction.atomic
def save_result(
    *,
    result: Result | None = None,
    by: Author,
    fields: dict[str, Any],
    version: int | None = None,
    why: str = "",
    request_id: UUID | None = None,
) -> Result:
    """Add or change a result: Result's own fields; `issue_areas` and `partnerships` as lists."""
    lead = fields["lead"] if result is None else fields.get("lead") or result.lead
    require(by is SYSTEM or (may_lead_with(by, lead) and (result is None or may_write_result(by, result))))
    result = result or Result()
    verb = "update" if result.pk else "create"
    with change(
        result, by=by, verb=verb, snapshot=snapshot_fields, why=why, version=version, request_id=request_id
    ) as writing:
        was_public = bool(result.pk) and writing.record.is_published
        apply_values(writing.record, fields)
    if writing.changed:
        is_public = writing.record.is_published
        sync.update_tombstone("result", writing.record.public_id, was_public=was_public, is_public=is_public)
        if was_public != is_public:
            sync.update_tombstones("measure", writing.record.indicators.filter(is_published=True), is_public=is_public)
            sync.restamp(Activity.objects.filter(results=writing.record, is_public=True))
            sync.restamp(Plan.objects.filter(outcomes__result=writing.record, is_published=True))
        withdrawn(measure=writing.record.indicators.values_list("pk", flat=True))
    return writing.record


@transaction.atomic
def save_measure(
    *,
    measure: Measure | None = None,
    by: Author,
    fields: dict[str, Any],
    groups: Sequence[dict[str, Any]] | None = None,
    owners: Sequence[dict[str, Any]] | None = None,
    parts: Sequence[Measure] = (),
    version: int | None = None,
    why: str = "",
    request_id: UUID | None = None,
) -> Measure:
    """Add or change a measure.

    `groups`: dicts of dimension, key, name, is_reference (an `id` keeps a row); a group with numbers can't be removed,
    and a key never changes. `owners`: dicts of party, supplies. None leaves them unchanged. `parts`: measures that add
    up to this one; the link is permanent.
    """
    lead = fields["lead"] if measure is None else fields.get("lead") or measure.lead
    require(by is SYSTEM or (may_lead_with(by, lead) and (measure is None or may_write_measure(by, measure))))
    if measure and (parts or measure.family is not None):
        lock_office(measure)  # locked before the measure's own row, in the same order as when numbers are saved
    measure = measure or Measure()
    verb = "update" if measure.pk else "create"
    with change(
        measure, by=by, verb=verb, snapshot=snapshot_measure, why=why, version=version, request_id=request_id
    ) as writing:
        current = writing.record
        was_public = bool(current.pk) and is_public(current)
        if current.pk and has_data(current):
            _require_same_meaning(current, fields)
        _check_lead(current, fields)
        apply_values(current, fields)
        linked, references = _linked_faces(current), _references_of(current)
        if groups is not None:
            _write_groups(current, groups)
        _keep_limit(current, references)
        touch_changed(current, linked, _linked_faces(current))
        if owners is not None:
            _write_owners(current, owners)
    if writing.changed:
        sync.update_tombstone("measure", current.public_id, was_public=was_public, is_public=is_public(current))
        withdrawn(measure=[writing.record.pk])
    if parts:
        declare_sum(whole=writing.record, parts=parts, by=by)
    return writing.record


def _linked_faces(measure: Measure) -> dict:
    """What everyone can read of the linked measures, since a new limit can change that."""
    starts = set(measure.points.values_list("starts_on", flat=True)) if measure.family is not None else ()
    return public_faces(measure, starts) if starts else {}


def _keep_limit(measure: Measure, references: list[str]) -> None:
    """Record the limit and the reference groups with their moment, because both decide what is hidden, and what was hidden
    once stays hidden. `references`: the reference groups until now.
    """
    now = _references_of(measure)
    if not measure.limits or measure.limits[-1][1] != measure.smallest or references != now:
        earlier = [one if len(one) > 2 else [*one, references] for one in measure.limits]
        measure.limits = [*earlier, [clock.now().isoformat(), measure.smallest, now]]
        measure.save(update_fields=["limits"])


def _references_of(measure: Measure) -> list[str]:
    rows = measure.groups.filter(is_reference=True).values_list("dimension", "key")
    return sorted(f"{dimension}={key}" for dimension, key in rows)


def is_public(measure: Measure) -> bool:
    """Whether everyone can read it, by the rule of `measures_visible_to` for signed-out visitors."""
    of = measure.result or measure.partnership
    assert of is not None  # a constraint of the table
    return measure.is_published and of.is_published


def _require_same_meaning(measure: Measure, fields: dict[str, Any]) -> None:
    moved = [name for name in SETTLED_BY_DATA if name in fields and fields[name] != getattr(measure, name)]
    if moved:
        raise ValidationError({name: ValidationError(_HAS_DATA, code="has_data") for name in moved})


def _check_lead(measure: Measure, fields: dict[str, Any]) -> None:
    """Check that the office that keeps the result or partnership also keeps the measure, and that its dates are valid."""
    of = fields.get("result", measure.result if measure.result_id else None)
    of = of or fields.get("partnership", measure.partnership if measure.partnership_id else None)
    if of is not None and of.lead_id != (fields.get("lead") or measure.lead).pk:
        words = gettext("Another office keeps this result or partnership. The same office must keep the measure.")
        raise ValidationError({"lead": ValidationError(words, code="other_office")})
    _check_last_period(measure, fields)
    require_years(measure)


def _check_last_period(measure: Measure, fields: dict[str, Any]) -> None:
    last = fields.get("last_on")
    if last and measure.pk and measure.points.filter(replaced_at=None, starts_on__gt=last).exists():
        words = gettext(
            "It has numbers of later periods. Remove them first, or enter the last period that has numbers."
        )
        raise ValidationError({"last_on": ValidationError(words, code="has_data")})


def _write_groups(measure: Measure, rows: Sequence[dict[str, Any]]) -> None:
    was = {group.pk: group for group in measure.groups.all()}
    kept = {row["id"] for row in rows if row.get("id")}
    used = set(measure.points.exclude(cell="").values_list("cell", flat=True))
    for pk, group in was.items():
        in_use = any(f"{group.dimension}={group.key}" in cell.split("&") for cell in used)
        if in_use and pk not in kept:
            words = gettext("“%(group)s” already has numbers, so you can’t remove it.") % {"group": group.name}
            raise ValidationError({"groups": ValidationError(words, code="has_data")})
    for index, row in enumerate(rows):
        group = was.get(row.get("id", 0))
        if group and (row["dimension"], row["key"]) != (group.dimension, group.key):
            words = gettext("You can’t change what a group is part of. Remove this row and add another one.")
            raise ValidationError({f"groups-{index}-dimension": ValidationError(words, code="has_data")})
    # Only one group can be the reference at a time, so the old one is reset first.
    replaced = [row | {"position": index} for index, row in enumerate(rows)]
    measure.groups.filter(is_reference=True).update(is_reference=False)
    replace_rows(measure.groups, replaced, name="groups")


def _write_owners(measure: Measure, rows: Sequence[dict[str, Any]]) -> None:
    worked_on = measure.result.partnerships.values_list("pk", flat=True) if measure.result else ()
    partnership_ids = {measure.partnership_id} if measure.partnership_id else set(worked_on)
    for index, row in enumerate(rows):
        if row["party"].partnership_id not in partnership_ids:
            words = gettext("This partner isn’t in a partnership that works on it.")
            raise ValidationError({f"owners-{index}-party": ValidationError(words, code="other_table")})
    replace_rows(measure.owners, rows, name="owners")


def has_data(measure: Measure) -> bool:
    return DataPoint.objects.filter(measure=measure).exists()
