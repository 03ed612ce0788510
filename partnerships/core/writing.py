"""The frame of every save: one transaction with lock, version check, change, new version and stamp, and change log.

An action opens `change(...)`, writes inside it and leaves it. Published documents, search and emails are updated by
the action afterwards, because only higher packages know them.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import BaseConstraint, ForeignKey, Model, QuerySet

from partnerships.core import clock, ids
from partnerships.core.access import Author, account_of
from partnerships.core.dates import require_years
from partnerships.core.errors import EditConflict, NotFound, ValidationError
from partnerships.core.models import Change, Record, type_key
from partnerships.core.snapshots import clear_prefetched
from partnerships.core.stamps import next_stamp

AnyRecord = TypeVar("AnyRecord", bound=Record)


@dataclass
class ChangeContext(Generic[AnyRecord]):
    """The outcome of a change.

    `changed` is false when nothing differed, and then nothing was written. `before` and `after` are the parts of both
    snapshots that differ, and `snapshot` is the whole one after the change. The block sets `is_quiet` when no reader
    can see what it changed, in cases that the snapshots can't tell (`public_snapshot`).
    """

    record: AnyRecord
    changed: bool = False
    is_quiet: bool = False
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    snapshot: dict = field(default_factory=dict)


def create(record: Record) -> None:
    """Check and save a new record under a new public id. Call it inside a transaction. Raises ValidationError."""
    record.created_at = record.updated_at = clock.now()
    record.public_id = ids.new_id(record.ID_PREFIX)
    while type(record)._default_manager.filter(public_id=record.public_id).exists():
        record.public_id = ids.new_id(record.ID_PREFIX)
    record.stamp = next_stamp()
    validate_and_save(record, exclude=["public_id"])


def validate_and_save(record: Model, *, exclude: Iterable[str] | None = None) -> None:
    """Validate and save a record, in a transaction. Raises ValidationError.

    Constraints are left to the database, which checks them all in one statement. Only if it refuses are they validated
    one by one, for errors that name the fields. Related rows that were loaded for the record aren't looked up again.
    """
    relations = [field for field in record._meta.concrete_fields if isinstance(field, ForeignKey)]
    loaded = {
        field.name for field in relations if field.is_cached(record) and getattr(record, field.attname) is not None
    }
    try:
        record.clean_fields(exclude=loaded.union(exclude or ()))
        record.clean()
        require_years(record)
        with transaction.atomic() if _constrained(record) - set(exclude or ()) else nullcontext():
            record.save(force_insert=record._state.adding)
    except (IntegrityError, ValidationError):
        record.full_clean(exclude=exclude)
        raise


def apply_values(record: Model, values: dict[str, Any]) -> bool:
    """Set these values on a record (many-to-many ones as lists), check and save it. Returns True when any of them was
    different.

    A saved record that has all of them already is neither checked nor written. Raises ValidationError.
    """
    is_new, many = record._state.adding, {field.name for field in record._meta.many_to_many}
    columns = {field.name: field.attname for field in record._meta.concrete_fields}
    before = {name: getattr(record, column) for name, column in columns.items()}
    for name, value in values.items():
        if name not in many:
            setattr(record, name, value)
    changed = {name for name, column in columns.items() if getattr(record, column) != before[name]}
    if is_new and isinstance(record, Record):
        create(record)
    elif is_new or changed:
        validate_and_save(record, exclude=None if is_new else _unchecked_fields(record, changed))
    for name in many & values.keys():
        there = set() if is_new else {other.pk for other in getattr(record, name).all()}
        if there != {other.pk for other in values[name]}:
            getattr(record, name).set(values[name])
            changed.add(name)
    return is_new or bool(changed)


def _unchecked_fields(record: Model, changed: set[str]) -> set[str]:
    """The fields that need no check: unchanged, and in no constraint together with a changed field."""
    to_check = set(changed)
    for constraint in record._meta.constraints:
        fields = _fields_of(constraint)
        to_check |= fields if fields & changed else set()
    return {field.name for field in record._meta.concrete_fields} - to_check


def _constrained(record: Model) -> set[str]:
    """The fields for whose values the database can refuse a row."""
    unique = {field.name for field in record._meta.concrete_fields if field.unique}
    return unique.union(*map(_fields_of, record._meta.constraints))


def _fields_of(constraint: BaseConstraint) -> set[str]:
    condition = getattr(constraint, "condition", None)
    return {*getattr(constraint, "fields", ())} | (condition.referenced_base_fields if condition else set())


_held: ContextVar[dict | None] = ContextVar("held", default=None)


@contextmanager
def lock_many(records: list[Record], read: Callable[[list], None]) -> Iterator[None]:
    """Wraps changes of many records of one kind in one transaction: all are locked and read at once instead of one by
    one.

    `read(rows)` prefetches what their snapshots show.
    """
    rows = _locked_rows(records[0]).filter(pk__in=[record.pk for record in records]).order_by("pk") if records else []
    rows = list(rows)
    read(rows)
    token = _held.set({(type(row), row.pk): row for row in rows})
    try:
        yield
    finally:
        _held.reset(token)


def _locked_rows(record: AnyRecord) -> QuerySet[AnyRecord]:
    return type(record)._default_manager.select_for_update(no_key=True, of=("self",))


def lock(record: AnyRecord, version: int | None) -> AnyRecord:
    """Lock the record's row and return it as it is in the database.

    Raises EditConflict when `version` is given and differs from the current one, and NotFound when the record was merged into
    another.
    """
    held_now = (_held.get() or {}).pop((type(record), record.pk), None)
    current = held_now or _locked_rows(record).filter(pk=record.pk).first()
    if current is None:
        raise NotFound
    if version is not None and current.version != version:
        raise EditConflict(current, version)
    return current


def clean_reason(text: str) -> str:
    """The reason for a change, cleaned for the change log. Raises ValidationError under “why”."""
    try:
        return Change._meta.get_field("why").clean(text, None)
    except ValidationError as problem:
        raise ValidationError({"why": problem.error_list}) from None


@contextmanager
def change(
    record: AnyRecord,
    *,
    by: Author,
    verb: str,
    snapshot: Callable[[AnyRecord], dict],
    why: str = "",
    version: int | None = None,
    request_id: UUID | None = None,
) -> Iterator[ChangeContext[AnyRecord]]:
    """Wraps everything that one action does to one record.

    `snapshot(record)` returns its fields as plain JSON values, related rows included. `by` is the person, or SYSTEM
    for a command. Yields a ChangeContext whose record is locked and fresh, or, when it has no primary key, new: then the block
    saves it with `create`. If the snapshot is the same after the block, everything that it wrote is rolled back.
    """
    account_of(by)  # a forgotten `by` fails even when nothing changes
    why = clean_reason(why)
    with transaction.atomic():
        is_new = record.pk is None
        writing = ChangeContext(record if is_new else lock(record, version))
        before = {} if is_new else snapshot(writing.record)
        yield writing
        record = writing.record
        after = writing.snapshot = snapshot(record)
        clear_prefetched(record)
        writing.before, writing.after = diff_snapshots(before, after)
        if not is_new and not (writing.before or writing.after):
            transaction.set_rollback(True)
            return
        writing.changed = True
        if not is_new:
            bump_version(record, is_public=not writing.is_quiet and is_public_change(record, before, after))
        log_change(record, by=by, verb=verb, before=writing.before, after=writing.after, why=why, request_id=request_id)


def diff_snapshots(before: dict, after: dict) -> tuple[dict, dict]:
    """The parts of two snapshots that differ, by key."""
    changed = sorted(key for key in {**before, **after} if before.get(key) != after.get(key))
    return {key: before[key] for key in changed if key in before}, {key: after[key] for key in changed if key in after}


def log_change(
    record: Record,
    *,
    by: Author,
    verb: str,
    before: dict[str, Any],
    after: dict[str, Any],
    why: str = "",
    request_id: UUID | None = None,
) -> Change:
    """Add one entry to the change log."""
    return Change.objects.create(
        request_id=request_id or uuid.uuid4(),
        at=clock.now(),
        by=account_of(by),
        why=why,
        verb=verb,
        record_type=type_key(record),
        record_id=record.pk,
        public_id=record.public_id,
        before=before,
        after=after,
    )


Reader = TypeVar("Reader", bound=Callable)
_READERS: dict[type[Record], Callable] = {}


def public_snapshot(model: type[Record]) -> Callable[[Reader], Reader]:
    """Decorator for the function that says what everyone can read of this kind of record.

    Given the record, it returns a function from a snapshot to its public part, which is None when the public reads
    nothing of it. A model without one shows its whole snapshot.
    """

    def register(reader: Reader) -> Reader:
        _READERS[model] = reader
        return reader

    return register


def is_public_change(record: Record, before: dict, after: dict) -> bool:
    """Whether everyone can see that a record changed from one snapshot to the other.

    Readers of a record that the public can't read may see every change.
    """
    shown = _READERS[type(record)](record) if type(record) in _READERS else dict
    return shown(before) != shown(after) or shown(after) is None


def bump_version(record: Record, *, is_public: bool = True) -> None:
    """Raise the version of a changed record. `is_public`: everyone can see the change, so its public version, its time
    and its stamp move too.
    """
    record.version += 1
    values: dict[str, Any] = {"version": record.version}
    if is_public:
        values |= {"public_version": record.public_version + 1, "updated_at": clock.now(), "stamp": next_stamp()}
    for name, value in values.items():
        setattr(record, name, value)
    type(record)._default_manager.filter(pk=record.pk).update(**values)
