"""Turns values of a partnership's snapshot back into arguments of `save_partnership`, to undo a change."""

from collections.abc import Callable
from typing import Any

from django.db.models import Field
from django.utils.translation import gettext

from partnerships.core.access import Author
from partnerships.core.children import referenced_elsewhere
from partnerships.core.errors import ValidationError
from partnerships.core.models import related_model
from partnerships.core.snapshots import deserialize_fields, get_model_field, undo_field
from partnerships.registry.models import (
    MANY_ROWS,
    ONE_ROW,
    Partnership,
    PartnershipLink,
    Party,
    PartyNote,
    PartyRole,
    Practice,
    Seat,
)

BODIES = ("organization", "department", "jurisdiction")
# What returns by itself with a party: its statements and replies.
FOLLOWS = ("statements", "remarks")
# Fields of a party that describe what it is, not what was said of it here.
_OF_ITSELF = ("roles", "side", "position")
# What else a snapshot shows of a party; and its own note, which no one else may see.
_SHOWN = (PartyRole, Seat, Practice, Practice.adopted_by.through, PartyNote)


def save_arguments(
    record: Partnership, key: str, value: Any, *, wanted: dict[str, Any], find: Callable[[Field, str], Any], by: Author
) -> dict[str, Any]:
    """The arguments of `save_partnership` that make `key` of the snapshot `value` again.

    `wanted`: everything that is undone together with it. Raises ValidationError with a message for the reader.
    """
    if key == "parties":
        return {key: _parties(record, value, find)}
    if key in ONE_ROW:
        model = related_model(Partnership, key)
        return {"facts": {key: None if value is None else deserialize_fields(model, value, find)}}
    if key in MANY_ROWS:
        return {"facts": {key: _rows_of_facts(record, key, value, wanted, find)}}
    if key in ("grew_out_of", "led_to"):
        return {key: _links(record, key, value, find)}
    return undo_field(record, key, value, find=find)


def _parties(
    record: Partnership, rows: list[dict[str, Any]], find: Callable[[Field, str], Any]
) -> list[dict[str, Any]]:
    came_since, found = {party.entity: party for party in record.parties.all()}, []
    for row in rows:
        values = deserialize_fields(Party, row, find, leave_out=_OF_ITSELF)
        entity = next(values[name] for name in BODIES if values.get(name))
        sits_here = came_since.pop(entity, None)
        if sits_here and values.get("consented_on") and not sits_here.consented_on:
            words = gettext("%(name)s withdrew its agreement to be listed. Only it can change that.")
            raise ValidationError(words % {"name": entity})
        roles = [deserialize_fields(PartyRole, role, find, leave_out=("is_shared",)) for role in row["roles"]]
        found.append(values | {"roles": roles})
    for party in referenced_elsewhere([*came_since.values()], leave_out=_SHOWN):
        words = gettext(
            "%(name)s has since taken part in a meeting or an action item, or said something in its own words. If it should go, "
            "remove it on the edit page."
        )
        raise ValidationError(words % {"name": party})
    return found


def _rows_of_facts(
    record: Partnership, key: str, rows: list[dict[str, Any]], wanted: dict[str, Any], find: Callable[[Field, str], Any]
) -> list[dict[str, Any]]:
    """The former rows of facts, such as seats, as arguments of the save action: parties are positions in the list of
    parties.
    """
    manager = getattr(record, key)
    # No other rows refer to these, and they are ordered by id: so each row gets its former position.
    ids = list(manager.values_list("pk", flat=True))
    names = names_of(record, wanted, find)
    named = [name for name in ("held_by", "shared_by", "adopted_by") if hasattr(manager.model, name)]
    found = []
    for index, row in enumerate(rows):
        values = deserialize_fields(manager.model, row, find, leave_out=named)
        for name in named:
            text = row.get(name)
            if isinstance(text, list):
                values[name] = [party_index(one, names) for one in text]
            else:
                values[name] = party_index(text, names) if text else None
        found.append(values | ({"id": ids[index]} if index < len(ids) else {}))
    return found


def names_of(record: Partnership, wanted: dict[str, Any], find: Callable[[Field, str], Any]) -> list[str]:
    """The names of the parties, in order, after what is wanted has been restored."""
    if "parties" not in wanted:
        return [str(party) for party in record.parties.all()]
    bodies = [(name, row[name]) for row in wanted["parties"] for name in BODIES if row.get(name)]
    return [str(find(get_model_field(Party, name), text)) for name, text in bodies]


def party_index(name: str, names: list[str]) -> int:
    """The index of the party with this name. Raises ValidationError when none or several have it."""
    if names.count(name) != 1:
        raise ValidationError(gettext("We can’t tell which partner “%(name)s” is now.") % {"name": name})
    return names.index(name)


def _links(record: Partnership, key: str, rows: list[dict[str, Any]], find: Callable[[Field, str], Any]) -> list:
    if key == "grew_out_of":
        return [find(get_model_field(PartnershipLink, "earlier"), row["earlier"]) for row in rows]
    kept = dict(record.links_later.exclude(later=None).values_list("later_id", "pk"))
    found = [deserialize_fields(PartnershipLink, row, find) for row in rows]
    return [row | ({"id": kept[row["later"].pk]} if row["later"] and row["later"].pk in kept else {}) for row in found]
