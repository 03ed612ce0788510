"""Undoes a whole import: changed records get their former values back, and added ones that no one has used are deleted.

Each record is undone on its own. One that was changed since, or that other records refer to, stays, with the reason. Of an
import of numbers, each number is: what was replaced is entered again, and the history of the measure keeps both.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import ProtectedError, RestrictedError
from django.db.models.deletion import Collector
from django.utils.translation import gettext_noop as _

from partnerships.accounts.models import Person
from partnerships.core import record_types
from partnerships.core.access import merged_into
from partnerships.core.errors import EditConflict, NotAllowed, ValidationError
from partnerships.core.models import Change, Record
from partnerships.directory.identifying import withdraw_source
from partnerships.directory.models import Contact, Identifier, NameSkeleton, Organization
from partnerships.directory.snapshots import CONFIRMED
from partnerships.measurement.models import DataPoint, Measure
from partnerships.measurement.number_actions import DESCRIPTION, VALUES, save_points
from partnerships.measurement.number_queries import cell_name
from partnerships.measurement.periods import label
from partnerships.records import undoing
from partnerships.records.deleting import delete_records
from partnerships.records.models import Import
from partnerships.registry import publication
from partnerships.registry.models import Partnership, Party, PartyRole, Publication

# What is deleted with a record that an import added. Anything else that refers to it means that someone uses it.
_PARTS = {Contact, Identifier, NameSkeleton, Party, PartyRole, Publication}
_CHANGED = _("It was changed after the import.")
_MERGED = _("It was merged with another record.")
_USED = _("Other records use it now.")
_MAY_NOT = _("You can no longer change it.")
_IS_PUBLIC = _("It’s published. Unpublish it first.")
_NO_HISTORY = _("Its history of the import was deleted by a retention setting. Correct it on its page.")


def undo_all(one: Import, by: Person, *, report: Callable[[int], None]) -> dict[str, Any]:
    """Undo what an import saved, last first. Returns how many records or numbers were undone, and (kind, id, name, why) of
    those that stay.
    """
    done, left = 0, []
    written = list(reversed(one.result.get("written", [])))
    for number, (verb, kind, public_id, name) in enumerate(written, start=1):
        rows = record_types.get(kind).model._default_manager
        record = rows.filter(public_id=public_id).first()
        if isinstance(record, Measure):
            pairs = one.result.get("points", {}).get(public_id, [])
            undone, stay = _undo_numbers(one, by, record, pairs)
            done += undone
            left += [[kind, public_id, f"{name}: {number_name}", why] for number_name, why in stay]
            report(number)
            continue
        why = _undo_one(one, by, verb, record) if record else _MERGED if merged_into(rows, public_id) else ""
        done += not why
        left += [[kind, public_id, name, why]] if why else []
        report(number)
    return {"done": done, "left": left}


def _undo_one(one: Import, by: Person, verb: str, record: Record) -> str:
    """Undo what an import did to one record. Returns why it can't be undone, or "" if it was."""
    try:
        with transaction.atomic():
            return _delete(one, by, record) if verb == "added" else _restore(one, by, record)
    except EditConflict:
        return _CHANGED
    except NotAllowed:
        return _MAY_NOT
    except ValidationError as problem:
        return " ".join(problem.messages)


def _delete(one: Import, by: Person, record: Record) -> str:
    """Delete a record that the import added. Returns why that can't be done; "" when it was."""
    kind = record_types.for_record(record)
    record = kind.model._default_manager.select_for_update().get(pk=record.pk)
    if not kind.may_write(by, record):
        return _MAY_NOT
    changes = Change.objects.filter(record_type=kind.key, record_id=record.pk)
    if not changes.filter(request_id=one.request_id).exists():
        return _NO_HISTORY
    if changes.exclude(request_id=one.request_id).exists():
        return _CHANGED
    if isinstance(record, Partnership):
        if record.is_published:
            return _IS_PUBLIC
        publication.withdraw_deleted(record)
    if _is_used(record):
        return _USED
    delete_records(kind.model._default_manager.filter(pk=record.pk))
    return ""


def _is_used(record: Record) -> bool:
    """Whether deleting a record would change anything but its own parts."""
    collector = Collector(using=DEFAULT_DB_ALIAS)
    try:
        collector.collect([record])
    except (ProtectedError, RestrictedError):
        return True
    parts = _PARTS | {type(record)} | {field.remote_field.through for field in record._meta.many_to_many}
    with_rows = {model for model, rows in collector.data.items() if rows}
    with_rows |= {rows.model for rows in collector.fast_deletes if rows.exists()}
    emptied = {field.model for (field, _), found in collector.field_updates.items() for rows in found if field and rows}
    return bool((with_rows | emptied) - parts)


def _restore(one: Import, by: Person, record: Record) -> str:
    """Undo the changes of the import to a record. Returns why one of them can't be undone; "" when all were."""
    kind = record_types.for_record(record)
    changes = Change.objects.filter(record_type=kind.key, record_id=record.pk, request_id=one.request_id)
    if not changes.exists():
        return _NO_HISTORY
    checked = {
        (row["scheme"], row["value"])
        for change in changes.filter(verb="number")
        for row in change.after[CONFIRMED]
        if row not in change.before[CONFIRMED]
    }
    if checked and isinstance(record, Organization):
        withdraw_source(record=record, numbers=checked, by=by, why=f"Undid the import of {one.filename}"[:300])
        record.refresh_from_db()
    for change in changes.exclude(verb="number").order_by("-pk"):
        if undoing.undone(record, [change]).get(change.pk):
            continue
        plan = undoing.plan_for(by, record, change)
        if plan.refused or any(line.obstacle for line in plan.lines):
            if all(line.is_same for line in plan.lines) and plan.lines:
                continue
            return plan.refused or next(line.obstacle for line in plan.lines if line.obstacle)
        record = undoing.undo(record=record, change=change, by=by, version=record.version, seen=plan.wanted)
    return ""


def _undo_numbers(
    one: Import, by: Person, measure: Measure, pairs: Sequence[Sequence[int | None]]
) -> tuple[int, list[tuple[str, str]]]:
    """Enter the former numbers of a measure again, and remove those that were new. `pairs`: (former, made) primary keys.

    Returns how many were undone, and (name, why) of those that stay.
    """
    points = DataPoint.objects.select_related("supplied_by").in_bulk([pk for pair in pairs for pk in pair if pk])
    current = set(measure.points.filter(replaced_at=None).values_list("starts_on", "cell"))
    done, stay, of_supplier = 0, [], defaultdict(list)
    for was_pk, made_pk in pairs:
        made, was = points.get(made_pk or 0), points.get(was_pk or 0)
        if made is None or (was is None and (made.starts_on, made.cell) not in current):
            done += 1  # it's gone already
        elif made.replaced_at is not None:
            stay.append((_name_of(measure, made), _CHANGED))
        else:
            values = {name: getattr(was, name) for name in (*VALUES, *DESCRIPTION)} if was else {}
            row = {"starts_on": made.starts_on, "cell": made.cell, "seen": made.pk} | values
            of_supplier[was.supplied_by if was else None].append((made, row))
    for party, rows in of_supplier.items():
        why = _save_numbers(one, by, measure, party, [row for _, row in rows])
        done += 0 if why else len(rows)
        stay += [(_name_of(measure, made), why) for made, _ in rows] if why else []
    return done, stay


def _save_numbers(one: Import, by: Person, measure: Measure, party: Party | None, rows: list[dict[str, Any]]) -> str:
    """Save these numbers for who supplied them. Returns why that isn't possible, or "" if it was."""
    why = f"Undid the import of {one.filename}"[:300]
    try:
        with transaction.atomic():
            save_points(measure=measure, by=by, rows=rows, party=party, why=why)
    except NotAllowed:
        return _MAY_NOT
    except ValidationError as problem:
        return " ".join(dict.fromkeys(problem.messages))
    return ""


def _name_of(measure: Measure, point: DataPoint) -> str:
    return f"{label(measure.period, point.starts_on)}, {cell_name(measure, point.cell)}"
