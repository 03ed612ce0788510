"""Saves plans: the outcomes of an office's racial equity action plan, and which partnerships serve each of them.

`by` is the person, or SYSTEM for a command. All functions raise ValidationError (by field; fields of a row as
“outcomes-0-title”), NotAllowed and, when a version is given, EditConflict. Nothing is written then.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from partnerships.core import sync
from partnerships.core.access import SYSTEM, Author, require
from partnerships.core.children import replace_rows
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.snapshots import prefetch_rows, snapshot_fields, snapshot_rows
from partnerships.core.writing import apply_values, change, public_snapshot
from partnerships.measurement.models import Outcome, Plan
from partnerships.measurement.rules import results_visible_to
from partnerships.registry.document import ids_shown
from partnerships.registry.models import Partnership
from partnerships.registry.rules import may_lead_with, partnerships_visible_to

FIELDS = ("title", "link", "starts_on", "ends_on", "is_published")
OUTCOME = ("number", "goal", "title", "actions", "measured_by", "accountable", "due", "progress", "result")
MOST_OUTCOMES = 500


def read_for_snapshots(plans: Sequence[Plan]) -> None:
    """Prefetch what the snapshots of these plans show."""
    prefetch_rows(plans, "outcomes__result", "outcomes__partnerships")


def snapshot(plan: Plan) -> dict:
    read_for_snapshots([plan])
    return snapshot_fields(plan) | {"outcomes": snapshot_rows(plan.outcomes.all(), leave_out=("plan", "position"))}


@public_snapshot(Plan)
def _shown_of_plan(plan: Plan) -> Callable:
    """Of a published plan, everything except drafts among what its outcomes refer to."""
    readable_ids = ids_shown(Partnership.objects.filter(outcomes__plan=plan.pk))
    rows = results_visible_to(None).filter(outcomes__plan=plan.pk)
    results = SimpleLazyObject(lambda: set(rows.values_list("public_id", flat=True)))

    def shown(values: dict[str, Any]) -> dict[str, Any] | None:
        return (
            values | {"outcomes": [_public_outcome(row) for row in values["outcomes"]]}
            if values["is_published"]
            else None
        )

    def _public_outcome(row: dict[str, Any]) -> dict[str, Any]:
        result = row["result"] if row["result"] in results else None
        return row | {"partnerships": [one for one in row["partnerships"] if one in readable_ids], "result": result}

    return shown


@transaction.atomic
def save_plan(
    *,
    plan: Plan | None = None,
    by: Author,
    fields: dict[str, Any],
    outcomes: Sequence[dict[str, Any]] | None = None,
    version: int | None = None,
    why: str = "",
    request_id: UUID | None = None,
) -> Plan:
    """Add or change a plan. `fields`: `lead` (for a new one) and FIELDS.

    `outcomes`: dicts of OUTCOME, in order (an `id` keeps a row, and its other fields); None leaves them unchanged.
    """
    lead = fields["lead"] if plan is None else fields.get("lead") or plan.lead
    require(by is SYSTEM or (may_lead_with(by, lead) and (plan is None or may_lead_with(by, plan.lead))))
    plan = plan or Plan()
    verb = "update" if plan.pk else "create"
    with change(plan, by=by, verb=verb, snapshot=snapshot, why=why, version=version, request_id=request_id) as writing:
        current = writing.record
        was_public = bool(current.pk) and current.is_published
        apply_values(current, fields)
        if outcomes is not None:
            _write_outcomes(current, outcomes)
    if writing.changed:
        sync.update_tombstone("plan", current.public_id, was_public=was_public, is_public=current.is_published)
    return writing.record


def _write_outcomes(plan: Plan, rows: Sequence[dict[str, Any]]) -> None:
    if len(rows) > MOST_OUTCOMES:
        words = gettext("A plan can have %(limit)s outcomes at most.") % {"limit": MOST_OUTCOMES}
        raise ValidationError({"outcomes": ValidationError(words, code="too_many")})
    was = {outcome.pk: outcome for outcome in plan.outcomes.all()}
    stood = [was.get(row.get("id", 0)) for row in rows]
    numbers = [row.get("number", one.number if one else "") for row, one in zip(rows, stood, strict=True)]
    for index, (number, row, one) in enumerate(zip(numbers, rows, stood, strict=True)):
        if number and numbers.index(number) != index:
            words = gettext("Another outcome already has the number %(number)s.") % {"number": number}
            raise ValidationError({f"outcomes-{index}-number": ValidationError(words, code="unique")})
        result = row.get("result")
        if result and result.lead_id != plan.lead_id and result.pk != (one and one.result_id):
            words = gettext("This result belongs to another office.")
            raise ValidationError({f"outcomes-{index}-result": ValidationError(words, code="other_office")})
    # Two outcomes may swap numbers, and a number must be unique at any moment.
    moved = [one for one, number in zip(stood, numbers, strict=True) if one and one.number != number]
    plan.outcomes.filter(pk__in=[one.pk for one in moved]).update(number="")
    for one in moved:
        one.number = ""
    replace_rows(plan.outcomes, [row | {"position": index} for index, row in enumerate(rows)], name="outcomes")


@transaction.atomic
def save_outcome(
    *,
    plan: Plan,
    by: Author,
    fields: dict[str, Any],
    outcome: Outcome | None = None,
    version: int | None = None,
    why: str = "",
) -> Plan:
    """Add or change one outcome of a plan: OUTCOME, and the `partnerships` that serve it.

    Those that the person can't see stay.
    """
    require(by is SYSTEM or may_lead_with(by, plan.lead))
    with change(plan, by=by, verb="update", snapshot=snapshot, version=version, why=why) as writing:
        rows = _rows(writing.record, outcome)
        row = next((row for row in rows if outcome and row["id"] == outcome.pk), None) or {}
        if "partnerships" in fields and outcome and by is not SYSTEM:
            hidden = outcome.partnerships.exclude(pk__in=partnerships_visible_to(by).values("pk"))
            fields = fields | {"partnerships": [*fields["partnerships"], *hidden]}
        row |= fields
        _write_outcomes(writing.record, rows if outcome else [*rows, row])
    return writing.record


@transaction.atomic
def remove_outcome(*, plan: Plan, by: Author, outcome: Outcome, version: int | None = None, why: str = "") -> Plan:
    """Remove an outcome from its plan. Undoing the change restores it."""
    require(by is SYSTEM or may_lead_with(by, plan.lead))
    with change(plan, by=by, verb="update", snapshot=snapshot, version=version, why=why) as writing:
        rows = _rows(writing.record, outcome)
        _write_outcomes(writing.record, [row for row in rows if row["id"] != outcome.pk])
    return writing.record


def _rows(plan: Plan, outcome: Outcome | None) -> list[dict[str, int]]:
    """The current outcomes. Raises NotFound if this one isn't among them."""
    rows = [{"id": one.pk} for one in plan.outcomes.all()]
    if outcome and outcome.pk not in [row["id"] for row in rows]:
        raise NotFound
    return rows
