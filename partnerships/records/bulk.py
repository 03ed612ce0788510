"""Bulk edit: change many records of a list at once.

It has a preview, is saved completely or not at all, under one request id, and is undone as one.
"""

import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.models import Person
from partnerships.core import record_types
from partnerships.core.access import Author, Viewer, organizations_written_by
from partnerships.core.errors import EditConflict, NotAllowed, NotFound, ValidationError
from partnerships.core.models import Change, Record
from partnerships.core.record_types import may_read_history
from partnerships.core.writing import lock_many
from partnerships.directory.rules import organizations_kept_by
from partnerships.records import undoing
from partnerships.registry import publication

MOST = 100  # records per edit: a few seconds
ADD, DROP = "add-", "drop-"  # prefixes of the name of a list field: values to add, and values to remove
_GONE = _("Some of these records are gone. Start again from the list.")
NONE = _("Nothing would change. Choose a new value, and check at least one record.")
TOO_MANY = _("Choose %(number)s records at most.")
OVERTAKEN = "overtaken"


@dataclass(frozen=True)
class Line:
    """One record: the changes (field → (old, new), as values), and whether the person may not change it."""

    record: Record
    changes: dict
    may_not: bool = False


def writable(person: Person, kind: str, records: Sequence[Record]) -> set[int]:
    """Primary keys of those of these records that the person may change.

    At most one query. Departments need their jurisdictions.
    """
    if kind != "organization":
        return {record.pk for record in records if undoing.may_undo(person, record)}
    kept = organizations_kept_by(person).filter(pk__in=[record.pk for record in records])
    return {*kept.values_list("pk", flat=True), *organizations_written_by(person)}


def find(person: Viewer, kind: str, public_ids: Collection[str]) -> list[Record]:
    """The records with these ids, oldest first. Raises ValidationError if one isn't visible to this person."""
    if len(public_ids) > MOST:
        raise ValidationError(TOO_MANY % {"number": MOST})
    rows = record_types.get(kind).visible_to(person).filter(public_id__in=public_ids).order_by("pk")
    found = list(rows.select_related("jurisdiction") if kind == "department" else rows)
    if len(found) < len(set(public_ids)):
        raise ValidationError(_GONE)
    return found


def preview(person: Person, kind: str, records: Sequence[Record], asked: dict) -> list[Line]:
    """What would change in each record.

    `asked`: field → value; ADD or DROP before the name of a list field → rows. The number of queries doesn't depend on
    the number of records.
    """
    may, names = writable(person, kind, records), {_field_name(name) for name in asked}
    many = [field.name for field in record_types.get(kind).model._meta.many_to_many if field.name in names]
    prefetch_related_objects(records, *many)
    return [Line(record, _differences(record, asked), record.pk not in may) for record in records]


def _field_name(name: str) -> str:
    return name.removeprefix(ADD).removeprefix(DROP)


def _differences(record: Record, asked: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    became = {}
    for name, value in asked.items():
        bare = _field_name(name)
        if bare == name:
            became[name] = value
            continue
        rows = became.get(bare, list(getattr(record, bare).all()))
        if name.startswith(ADD):
            became[bare] = [*rows, *(one for one in value if one not in rows)]
        else:
            became[bare] = [one for one in rows if one not in value]
    was = {name: _value(record, name, value) for name, value in became.items()}
    return {name: (was[name], value) for name, value in became.items() if was[name] != value}


def _value(record: Record, name: str, becomes: Any) -> Any:
    value = getattr(record, name)
    return list(value.all()) if isinstance(becomes, list) else value


@transaction.atomic
def change_many(*, kind: str, by: Person, seen: dict, asked: dict, why: str = "") -> uuid.UUID:
    """Change these records (public id → the version that the person saw). Returns the request id of all log entries.

    Raises NotAllowed, and ValidationError with a message, with the code OVERTAKEN if records changed since. Nothing is
    written then.
    """
    records, request_id = find(by, kind, list(seen)), uuid.uuid4()
    lines = [line for line in preview(by, kind, records, asked) if line.changes]
    if not lines:
        raise ValidationError(NONE)
    if any(line.may_not for line in lines):
        raise NotAllowed
    old = [str(line.record) for line in lines if line.record.version != seen[line.record.public_id]]
    if old:
        words = ngettext(
            "Someone else changed %(names)s in the meantime. We didn’t save anything. Review the records again, then decide.",
            "Someone else changed these records in the meantime: %(names)s. We didn’t save anything. Review the records again, "
            "then decide.",
            len(old),
        )
        names = "; ".join([*old[:10], *(["…"] if len(old) > 10 else [])])
        raise ValidationError(words % {"names": names}, code=OVERTAKEN)
    with (
        lock_many([line.record for line in lines], record_types.get(kind).read_for_snapshots),
        publication.publish_together(),
    ):
        for line in lines:
            _save_line(line, kind, by, why, request_id)
    return request_id


def _save_line(line: Line, kind: str, by: Author, why: str, request_id: UUID) -> None:
    """Save the changes of one record. Raises ValidationError that names the record."""
    fields = {name: value for name, (_, value) in line.changes.items()}
    try:
        record_types.get(kind).save(
            **{kind: line.record}, by=by, version=line.record.version, fields=fields, why=why, request_id=request_id
        )
    except EditConflict:
        words = gettext("Someone else just changed %(name)s. We didn’t save anything.")
        raise ValidationError(words % {"name": line.record}, code=OVERTAKEN) from None
    except ValidationError as problem:
        raise ValidationError([f"{line.record}: {words}" for words in problem.messages]) from None


# The changes of one request


@dataclass(frozen=True)
class BulkChange:
    """One log entry: its record, whether this person may undo it, and whether it was undone.

    `plan`: what undoing it would do, if that was requested.
    """

    record: Record
    change: Change
    may_undo: bool
    undone: undoing.Undone | None = None
    plan: undoing.Plan | None = None

    @property
    def kind(self) -> str:
        return record_types.for_record(self.record).key

    @property
    def is_open(self) -> bool:
        """Whether it can be undone, as far as is known without a plan."""
        return self.may_undo and self.change.verb == "update" and not (self.undone and self.undone.is_whole)

    @property
    def can_be_undone(self) -> bool:
        return self.is_open and self.plan is not None and not self.plan.refused


def bulk_changes(person: Person, request_id: UUID, *, plans: bool = False) -> list[BulkChange]:
    """All edits of one request whose histories the person may read. Raises NotFound if there are none.

    `plans`: include what undoing each would do, which takes some queries per record.
    """
    kinds = {one.key: one for one in record_types.bulk_editable()}
    rows = Change.objects.filter(request_id=request_id, record_type__in=kinds).select_related("by").order_by("pk")
    found = []
    for key, kind in kinds.items():
        entries = [row for row in rows[: MOST * 5] if row.record_type == key]
        records = kind.visible_to(person).in_bulk([row.record_id for row in entries])
        if plans:
            kind.read_for_snapshots([*records.values()])
        for row in entries:
            record = records.get(row.record_id)
            if record is not None and may_read_history(person, record):
                found.append(_bulk_change(person, record, row, plans))
    if not found:
        raise NotFound
    return found


def _bulk_change(person: Person, record: Record, row: Change, plans: bool) -> BulkChange:
    state = undoing.undone(record, [row]).get(row.pk)
    plan = undoing.plan_for(person, record, row) if plans else None
    return BulkChange(record, row, undoing.may_undo(person, record), state, plan)


@transaction.atomic
def undo_together(*, request_id: UUID, by: Person, seen: dict, why: str = "") -> int:
    """Undo these entries (primary key of a change → version of its record as the person saw it), all or none. Returns
    how many.

    Raises ValidationError with a message, with the code OVERTAKEN if a record changed since.
    """
    there = {one.change.pk: one for one in bulk_changes(by, request_id, plans=True) if one.can_be_undone}
    if not seen or not seen.keys() <= there.keys():
        raise ValidationError(_GONE_UNDO, code=OVERTAKEN)
    for kind in record_types.bulk_editable():
        _undo_all([there[pk] for pk in seen if there[pk].kind == kind.key], kind, by, seen, why)
    return len(seen)


def _undo_all(
    entries: Sequence[BulkChange], kind: record_types.RecordType, by: Person, seen: dict[int, int], why: str
) -> None:
    saved, plans = [], []
    with lock_many([one.record for one in entries], kind.read_for_snapshots), publication.publish_together():
        for one in entries:
            with _with_record_name(one.record):
                assert one.plan is not None  # only those that can be undone
                version, wanted = seen[one.change.pk], list(one.plan.wanted)
                given: dict[str, Any] = {"record": one.record, "change": one.change, "plan": one.plan, "seen": wanted}
                saved.append(undoing.save_former_values(by=by, version=version, why=why, **given))
                plans.append(one.plan)
    kind.read_for_snapshots(saved)
    for one, plan, record in zip(entries, plans, saved, strict=True):
        with _with_record_name(one.record):
            undoing.require_exactly(plan, record)


@contextmanager
def _with_record_name(record: Record) -> Iterator[None]:
    """Adds the name of the record to errors."""
    try:
        yield
    except EditConflict:
        words = gettext(
            "Someone else changed %(name)s in the meantime. We didn’t undo anything. Review it again, then decide."
        )
        raise ValidationError(words % {"name": record}, code=OVERTAKEN) from None
    except ValidationError as problem:
        raise ValidationError([f"{record}: {words}" for words in problem.messages]) from None


_GONE_UNDO = _("Some of these changes can no longer be undone. Review them again, then decide.")
