"""The write door's frame: one transaction around lock, version check, change, version and stamp, change log.

An action opens `change(...)`, writes inside it, and leaves; what happens to published documents, search and letters
follows in the action, since rooms above know them.
"""

import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction

from partnerships.core import clock, ids
from partnerships.core.errors import Stale
from partnerships.core.models import Change, Record
from partnerships.core.stamps import next_stamp


@dataclass
class Writing:
    """What came of a change: `changed` is false when nothing differed, and then nothing was written."""

    record: Record
    changed: bool = False
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)


def create(record: Record) -> None:
    """Saves a new record under a fresh public id, its fields checked. Raises ValidationError. Call it inside a transaction."""
    record.created_at = record.updated_at = clock.now()
    record.full_clean(exclude=["public_id"])
    record.public_id = ids.new_id(record.LETTER)
    while type(record).objects.filter(public_id=record.public_id).exists():
        record.public_id = ids.new_id(record.LETTER)
    record.stamp = next_stamp()
    record.save(force_insert=True)


def locked(record: Record, version: int | None) -> Record:
    """The record's row, locked and read anew. Raises Stale when `version` is given and another one stands."""
    current = type(record).objects.select_for_update(no_key=True, of=("self",)).get(pk=record.pk)
    if version is not None and current.version != version:
        raise Stale(current, version)
    return current


@contextmanager
def change(record, *, by, verb, snapshot, why="", version=None, request_id=None):
    """Around everything that one action does to one record.

    `snapshot(record)` gives its fields as plain JSON values, children included. `by` is the person or None (a command).
    Yields a Writing whose record is locked and fresh (or new and unsaved, when it has no primary key: the block creates
    it with `create`). When the block leaves the snapshot as it was, everything that it wrote is rolled back.
    """
    with transaction.atomic():
        is_new = record.pk is None
        writing = Writing(record if is_new else locked(record, version))
        before = {} if is_new else snapshot(writing.record)
        savepoint = transaction.savepoint()
        yield writing
        record = writing.record
        after = snapshot(record)
        changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        if not is_new and not changed:
            transaction.savepoint_rollback(savepoint)
            return
        transaction.savepoint_commit(savepoint)
        writing.changed = True
        writing.before = {key: before[key] for key in sorted(changed) if key in before}
        writing.after = {key: after[key] for key in sorted(changed) if key in after}
        if not is_new:
            touch(record)
        Change.objects.create(
            request_id=request_id or uuid.uuid4(),
            at=clock.now(),
            by=by,
            why=why,
            verb=verb,
            record_type=record._meta.model_name,
            record_id=record.pk,
            public_id=record.public_id,
            before=writing.before,
            after=writing.after,
        )


def touch(record: Record) -> None:
    """Moves the version, the moment and the stamp of a record that has changed."""
    record.version += 1
    record.updated_at = clock.now()
    record.stamp = next_stamp()
    type(record).objects.filter(pk=record.pk).update(
        version=record.version, updated_at=record.updated_at, stamp=record.stamp
    )
