"""Snapshots of records of the directory, and what everyone sees of them."""

from collections.abc import Callable
from typing import Any

from partnerships.core.models import Record
from partnerships.core.snapshots import prefetch_rows, snapshot_fields, snapshot_rows
from partnerships.core.writing import public_snapshot
from partnerships.directory import relations
from partnerships.directory.choices import Listing, Reader
from partnerships.directory.models import Body, Department, Jurisdiction, Organization

_ROWS = ("contacts", "identifiers", "stages")
_NOT_OF_ROWS = ("jurisdiction", "department", "organization")
# Whether a number is confirmed isn't part of its row: an undo gives the number back, never what someone checked.
_NOT_OF_ROWS += ("is_confirmed", "stated_by", "stated_for", "confirmed_for", "confirmed_source", "confirmed_at")
CONFIRMED = "confirmed_identifiers"  # the key of a snapshot with the confirmed numbers


def _rows_of(record: Record) -> list[str]:
    return [name for name in _ROWS if hasattr(record, name)]


def read_for_snapshots(records: list) -> None:
    """Prefetch what the snapshots of these records, all of one kind, show."""
    rows = _rows_of(records[0]) if records else []
    prefetch_rows(records, *rows, *(["contacts__role"] if "contacts" in rows else []))


def snapshot(record: Record) -> dict:
    """All of a record as JSON values, for the change log and for comparing versions."""
    read_for_snapshots([record])
    values = snapshot_fields(record)
    for name in _rows_of(record):
        values[name] = snapshot_rows(getattr(record, name).all(), leave_out=_NOT_OF_ROWS)
    if isinstance(record, (Jurisdiction, Department, Organization)):
        values[CONFIRMED] = [
            {"scheme": row.scheme, "value": row.value} for row in record.identifiers.all() if row.is_confirmed
        ]
    return values | (relations.related_ids(record) if isinstance(record, Jurisdiction) else {})


@public_snapshot(Organization)
def _shown_of_organization(record: Organization) -> Callable:
    """Of a named-only organization, its name, side and source; of a full profile, what is open to everyone."""

    def shown(values: dict[str, Any]) -> dict[str, Any] | None:
        if values["listing"] == Listing.UNLISTED:
            return None
        names = {"name", "side", "closed_on", "listing", "listing_source", "is_illustration"}
        if values["listing"] == Listing.PROFILED:
            own = Organization(open_fields=values["open_fields"])
            fields = own.PROFILE_FIELDS + own.PRIVATE_FIELDS
            names |= {name for name in fields if own.reader_of(name) == Reader.PUBLIC}
            names |= {"identifiers", CONFIRMED, "contacts", "source", "last_verified_on"}
        return _public_values({name: values[name] for name in names})

    return shown


@public_snapshot(Jurisdiction)
@public_snapshot(Department)
def _shown_of_place(record: Body) -> Callable:
    return _public_values


def _public_values(values: dict[str, Any]) -> dict[str, Any]:
    """The snapshot without the contacts that not everyone may read."""
    return values | {"contacts": [row for row in values.get("contacts", ()) if row["visible_to"] == Reader.PUBLIC]}
