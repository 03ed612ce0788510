"""Merged records: which other records a record contains, and until when a merge can be undone."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Model, Q, QuerySet

from partnerships.core import clock
from partnerships.core.access import Person
from partnerships.core.models import Merge, type_key

KINDS = ("organization", "department", "person", "contact")
KEPT = timedelta(days=90)  # how long a merge can be undone


def active_merges(record: Model) -> QuerySet[Merge]:
    """The merges of other records into this one that were not undone, latest first."""
    return Merge.objects.filter(record_type=type_key(record), kept_id=record.pk, undone_at=None)


def merged_pks(record: Model) -> list[int]:
    """The primary keys under which this record was known: its own, and those of all records merged into it."""
    found, new = [record.pk], [record.pk]
    while new and type_key(record) in KINDS:
        rows = Merge.objects.filter(record_type=type_key(record), kept_id__in=new, undone_at=None)
        new = [pk for pk in rows.order_by("pk").values_list("lost_id", flat=True) if pk not in found]
        found += new
    return found


def can_be_undone(merge: Merge) -> bool:
    """Whether the merge can still be undone."""
    return merge.undone_at is None and bool(merge.steps) and merge.at > clock.now() - KEPT


def delete_expired() -> int:
    """Empty the stored rows of merges that are too old to be undone. Returns how many merges these were."""
    old = Merge.objects.filter(at__lte=clock.now() - KEPT).exclude(steps=[])
    return old.update(steps=[], before={})


def delete_steps_with(words: set[str]) -> None:
    """Empty the stored rows of merges that contain one of these texts (a name, an email address).

    They can't be undone then.
    """
    words = [word.lower() for word in words if word]
    _delete_steps(lambda merge: any(word in f"{merge.steps} {merge.before}".lower() for word in words))


def delete_steps_of(person: Person) -> None:
    """Empty the stored rows of merges that are about this person, such as a membership of theirs.

    Of merges of their own accounts, even the name is erased.
    """
    pks = merged_pks(person)
    _delete_steps(lambda merge: any(fields.get("person") in pks for fields in _stored_rows(merge)))
    own = Merge.objects.filter(Q(kept_id__in=pks) | Q(lost_id__in=pks), record_type="person")
    own.update(steps=[], before={}, lost_name="")


def former_names_and_addresses(person: Person) -> tuple[set[str], set[str]]:
    """The names and email addresses of accounts that were merged into this person's, for as long as they are stored."""
    names, addresses = set(), set()
    for merge in Merge.objects.filter(record_type="person", kept_id__in=merged_pks(person), undone_at=None):
        for fields in (*_stored_rows(merge, "person"), *merge.before.values()):
            names |= {fields.get("name", "")} - {""}
            addresses |= {fields.get("email", "")} - {""}
    return names, addresses


def _stored_rows(merge: Merge, model: str = "") -> list[dict[str, Any]]:
    """The fields of the rows that the merge deleted, of all models or of one."""
    steps = (step for step in merge.steps if "row" in step and model in ("", step["model"]))
    return [json.loads(step["row"])[0]["fields"] for step in steps]


def _delete_steps(is_about: Callable) -> None:
    gone = [merge.pk for merge in Merge.objects.exclude(steps=[]).iterator(50) if is_about(merge)]
    Merge.objects.filter(pk__in=gone).update(steps=[], before={})


def delete_merges(kind: str, pks: list[int]) -> list[int]:
    """Delete the merges into records that are deleted. Returns the primary keys of the records that were merged."""
    rows = Merge.objects.filter(record_type=kind, kept_id__in=pks)
    lost = list(rows.values_list("lost_id", flat=True))
    rows.delete()
    return lost
