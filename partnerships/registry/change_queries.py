"""Reads change logs of records."""

from django.db.models import QuerySet

from partnerships.accounts.choices import VERBS_WITHOUT_VERSION
from partnerships.accounts.models import Person
from partnerships.core import listing, record_types
from partnerships.core.access import Viewer
from partnerships.core.errors import NotFound
from partnerships.core.filters import ListFilter, refuse_unknown
from partnerships.core.listing import Ordering
from partnerships.core.merges import merged_pks
from partnerships.core.models import Change, Record, type_key
from partnerships.core.record_types import may_read_history
from partnerships.core.types import Params

LATEST = 5  # entries of a change log that are shown with the record


def changes_of(person: Viewer, record: Record) -> QuerySet[Change]:
    """The change log of a record and of those merged into it, newest first; empty for people who may not read it.

    Changes of its members are in a log of their own.
    """
    rows = Change.objects.filter(record_type=type_key(record), record_id__in=merged_pks(record))
    rows = rows.exclude(verb__in=VERBS_WITHOUT_VERSION).select_related("by")
    if not may_read_history(person, record):
        return rows.none()
    changes_seen = record_types.for_record(record).changes_seen
    return changes_seen(person, record, rows) if changes_seen else rows


def change_log(person: Viewer, record: Record, *, most: int = LATEST) -> list[Change]:
    """The latest entries of `changes_of`."""
    return list(changes_of(person, record)[:most])


def change_pages(person: Person, record: Record, params: Params) -> listing.Listing:
    """All entries of `changes_of`, in pages. Raises NotFound for people who may not read the history."""
    if not may_read_history(person, record):
        raise NotFound
    refuse_unknown(params, ("cursor",))
    cursor, rows = params.get("cursor", ""), changes_of(person, record)
    filters = ListFilter(params, rows, person=person)
    return listing.Listing(rows, rows, filters, {"id": Ordering("pk", "")}, "-id", cursor)
