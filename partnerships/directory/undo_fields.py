"""Turns values of a directory snapshot back into arguments of the action that saves the record, to undo a change."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext, gettext_noop

from partnerships.core.access import SYSTEM, Author, manages
from partnerships.core.children import referenced_elsewhere
from partnerships.core.errors import ValidationError
from partnerships.core.models import type_key
from partnerships.core.snapshots import deserialize_fields, deserialize_value, get_model_field
from partnerships.directory.choices import Listing
from partnerships.directory.models import Body, JurisdictionRelation, Organization
from partnerships.directory.relations import KEYS
from partnerships.directory.rules import may_speak_for_organization

# How a row of a list is found again, best key first: it is still the same contact, whatever else of it changed.
_SAME = {"contacts": ("email", "name"), "identifiers": ("value",), "stages": ("since",)}
_OF_MANAGERS = {
    "reply_days": gettext_noop("Only a manager can set it, on the page “Settings”."),
    "mail_domain": gettext_noop("Only a manager of the organization can set its email domain."),
}


def save_arguments(
    record: Body,
    key: str,
    value: Any,
    *,
    wanted: dict[str, Any],
    find: Callable,
    by: Author,
) -> dict:
    """The arguments of the save action that make `key` of the snapshot `value` again.

    `wanted`: everything that is undone together with it. `by` is the person, or SYSTEM for a command. Raises
    ValidationError with a message for the reader.
    """
    if key in KEYS:
        one = get_model_field(JurisdictionRelation, "first")
        return {key: [find(one, text) for text in value]}
    if key in _SAME:
        return {key: _rows(record, key, value, find)}
    if key == "stage" and type_key(record) == "jurisdiction" and "stages" not in wanted:
        raise ValidationError(gettext("It changes together with the dates of the stages."))
    if by is not SYSTEM:
        _refuse_statements_of_others(record, key, value, by)
    if key == "open_fields":
        was = Organization(open_fields=value)
        names = Organization.PROFILE_FIELDS + Organization.PRIVATE_FIELDS
        return {"fields": {key: {name: was.reader_of(name) for name in names}}}
    found = deserialize_value(get_model_field(record._meta.model, key), value, find)
    if key == "parent" and found and _jurisdiction_id(found) != _jurisdiction_id(record):
        raise ValidationError(gettext("%(name)s belongs to another jurisdiction now.") % {"name": found})
    return {"fields": {key: found}}


def _jurisdiction_id(place: Model) -> int | None:
    return getattr(place, "jurisdiction_id", None)


def _refuse_statements_of_others(record: Body, key: str, value: Any, by: Author) -> None:
    if key in _OF_MANAGERS and not manages(by, record):
        raise ValidationError(gettext(_OF_MANAGERS[key]))
    if not isinstance(record, Organization) or key != "listing":
        return
    opens = value in Listing.values[: Listing.values.index(record.listing)]
    if opens and not may_speak_for_organization(by, record):
        raise ValidationError(gettext("Only the organization itself can list itself again."))


def _rows(record: Body, key: str, value: list[dict[str, Any]], find: Callable) -> list[dict[str, Any]]:
    """The former rows. A row that still exists stays the same row, with everything linked to it."""
    manager = getattr(record, key)
    rows, there = [deserialize_fields(manager.model, row, find) for row in value], list(manager.all())
    for name in _SAME[key]:
        for row in [row for row in rows if "id" not in row and row.get(name)]:
            same = [one for one in there if getattr(one, name) == row[name]]
            alike = [other for other in rows if "id" not in other and other.get(name) == row[name]]
            if len(same) == len(alike) == 1:  # of two with the same name it is unknown which is which
                there.remove(same[0])
                row["id"] = same[0].pk
    if key == "identifiers":  # a number that comes back is a claim of who brings it back
        rows = [row if "id" in row else row | {"is_confirmed": False} for row in rows]
    for row in referenced_elsewhere(there):
        words = gettext(
            "%(name)s is invited to a meeting, a check-in or a survey round. If it should go, remove it on the edit page."
        )
        raise ValidationError(words % {"name": row})
    return rows
