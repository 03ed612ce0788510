"""Sync of records that have no stored document: by their own stamp, and by a tombstone once they are no longer public."""

from django.db.models import QuerySet

from partnerships.core import clock
from partnerships.core.models import Tombstone
from partnerships.core.stamps import next_stamp


def add_tombstones(resource: str, public_ids: list[str]) -> None:
    """Record that these records are no longer public. Sync tells clients that, and nothing else."""
    at, stamp = clock.now(), next_stamp()
    rows = [Tombstone(resource=resource, public_id=public_id, stamp=stamp, at=at) for public_id in public_ids]
    Tombstone.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["resource", "public_id"], update_fields=["stamp", "at"]
    )


def remove_tombstones(resource: str, public_ids: list[str]) -> None:
    """Remove the tombstones of records that are public (again)."""
    Tombstone.objects.filter(resource=resource, public_id__in=public_ids).delete()


def update_tombstone(resource: str, public_id: str, *, was_public: bool, is_public: bool) -> None:
    """Add or remove the tombstone of one record after a change."""
    if was_public and not is_public:
        add_tombstones(resource, [public_id])
    elif is_public and not was_public:
        remove_tombstones(resource, [public_id])


def update_tombstones(resource: str, rows: QuerySet, *, is_public: bool) -> None:
    """Add or remove tombstones of records that were public, or are now, because a related record changed. Moves their stamps."""
    if ids := list(rows.values_list("public_id", flat=True)):
        remove_tombstones(resource, ids) if is_public else add_tombstones(resource, ids)
        rows.update(stamp=next_stamp())


def restamp(rows: QuerySet) -> None:
    """Send these public records with the next pull: a related record decides what everyone reads of them, and changed.

    Their version stays as it is. Locked in the order of their keys, so that two changes can't wait for each other.
    """
    rows = rows.model.objects.filter(pk__in=rows.order_by().values("pk")).select_for_update(no_key=True)
    if keys := list(rows.order_by("pk").values_list("pk", flat=True)):
        rows.model.objects.filter(pk__in=keys).update(stamp=next_stamp())
