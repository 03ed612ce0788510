"""Writes the partners of a partnership and their roles, as one list. All functions raise ValidationError with keys like
“parties-0-circle”, where rows are counted from 0.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.formats import date_format
from django.utils.translation import gettext

from partnerships.core.children import replace_rows
from partnerships.core.errors import ValidationError
from partnerships.core.models import related_model
from partnerships.core.snapshots import prefetch_rows
from partnerships.directory.models import BODIES, Body, MayClose
from partnerships.registry import events, party_restoration
from partnerships.registry.choices import Status
from partnerships.registry.models import Partnership, Party, PartyRole
from partnerships.registry.seats import closed_partner


def write_parties(partnership: Partnership, rows: Sequence[dict[str, Any]], *, words_leave: bool) -> list[Party]:
    """Make the partners of a partnership and their roles equal to `rows`, as `save_partnership` gets them. Returns the
    partners that weren't there before.

    `words_leave`: a partner that has made statements may be removed.
    """
    # A party row belongs to its office or organization: statements and notes stay with it, and never pass to another
    # one.
    here = {party.entity: party for party in partnership.parties.all()}
    joining = _lock_joining(partnership, rows)
    if partnership.status != Status.ENDED:
        _refuse_closed(rows, joining)
    refuse_twice(rows)
    party_rows = [_party_row(row, index, here) for index, row in enumerate(rows)]
    role_rows = [row.get("roles", []) for row in rows]
    leaving = party_restoration.leaving(here.values(), party_rows)
    if leaving:
        events.parties_removed(leaving)
    if not words_leave:
        party_restoration.refuse_to_drop_statements(leaving)
    _delete_ended_roles(partnership, party_rows, role_rows)
    saved = replace_rows(partnership.parties, party_rows, name="parties")
    _write_roles(partnership, saved, role_rows)
    newcomers = [party for party in saved if party not in here.values()]
    if newcomers:
        party_restoration.restore_answers(partnership, newcomers)
    if newcomers and partnership.version > 1:  # a record that was never changed has no former statements
        party_restoration.restore_statements(partnership, newcomers)
    return newcomers


def _party_row(row: dict[str, Any], position: int, here: dict[Body, Party]) -> dict[str, Any]:
    """The fields of a party from a row of partners. `here`: the parties before, by their office or organization."""
    entity = _entity_of(row)
    party = here.get(entity) if entity else None
    organization = row.get("organization")
    # The state is the partner's own answer, which saving the record never changes.
    fields = {name: value for name, value in row.items() if name not in ("roles", "state")}
    return fields | {
        "id": party.pk if party else None,
        "side": organization.side if organization else "government",
        "position": position,
    }


def _delete_ended_roles(
    partnership: Partnership, party_rows: Sequence[dict[str, Any]], role_rows: Sequence[list[dict[str, Any]]]
) -> None:
    # Before others are written: the database checks constraints row by row.
    stay = {(row["id"], role["role"]) for row, roles in zip(party_rows, role_rows, strict=True) for role in roles}
    held = [role for party in partnership.parties.all() for role in party.roles.all()]
    gone = [role.pk for role in held if (role.party_id, role.role) not in stay]
    if gone:
        PartyRole.objects.filter(pk__in=gone).delete()


def _write_roles(partnership: Partnership, saved: Sequence[Party], roles: Sequence[list[dict[str, Any]]]) -> None:
    shared = partnership.backbone_is_shared
    prefetch_rows(saved, "roles")
    for index, (party, wanted) in enumerate(zip(saved, roles, strict=True)):
        held = {role.role: role for role in party.roles.all()}
        wanted = [dict(row) | {"id": held[row["role"]].pk} if row["role"] in held else dict(row) for row in wanted]
        extra = {"partnership": partnership, "is_shared": shared}
        replace_rows(party.roles, wanted, name=f"parties-{index}-roles", extra=extra)


def _lock_joining(partnership: Partnership, rows: Sequence[dict[str, Any]]) -> list[Model]:
    """Lock the offices and organizations that join, and return them, so that a rename at the same moment and this save see
    each other.
    """
    found: list[Model] = []
    for name in BODIES:
        joining = {row[name].pk for row in rows if row.get(name)}
        joining -= {getattr(party, f"{name}_id") for party in partnership.parties.all()}
        if joining:
            entities = related_model(Party, name)._default_manager.filter(pk__in=joining).order_by("pk")
            found += entities.select_for_update(no_key=True, of=("self",))
    return found


def _refuse_closed(rows: Sequence[dict[str, Any]], joining: Sequence[Model]) -> None:
    """Raise ValidationError for a row of a partner that joins and has closed. What it did before then can be recorded, with
    an end date.
    """
    locked: dict[Model | None, Model] = {one: one for one in joining}
    for index, row in enumerate(rows):
        body = locked.get(_entity_of(row))
        if _takes_part_closed(body, row.get("ends_on")):
            raise _closed_error(f"parties-{index}-", body)


def refuse_closed_holders(partnership: Partnership, seats: Sequence[dict[str, Any]]) -> None:
    """Raise ValidationError for a row of an advisory body's seats that would go to a partner that has closed. It keeps those
    that it holds.
    """
    if partnership.status == Status.ENDED:
        return
    holders = partnership.parties.filter(
        closed_partner(), pk__in=[row["held_by"].pk for row in seats if row["held_by"]]
    )
    for holder in holders.select_related("department", "organization"):
        held = [seat for seat in holder.seats.all() if _takes_part_closed(holder.entity, seat.ends_on)]
        wanted = [
            index
            for index, row in enumerate(seats)
            if row["held_by"] == holder and _takes_part_closed(holder.entity, row.get("ends_on"))
        ]
        if len(wanted) > len(held):
            raise _closed_error(f"seats-{wanted[-1]}-held_by", holder.entity)


def _takes_part_closed(body: Model | None, ends_on: date | None) -> bool:
    """Whether an office or organization that has closed would take part until this day, after its own last day."""
    if not (isinstance(body, MayClose) and body.closed_on and body.is_closed):
        return False
    return ends_on is None or ends_on > body.closed_on


def _closed_error(at: str, body: Any) -> ValidationError:
    words = gettext(
        "%(name)s closed on %(day)s. Choose who does its work now. To record what it did before then, enter an end "
        "date no later than that."
    ) % {"name": body, "day": date_format(body.closed_on, gettext("F j, Y"))}
    return ValidationError({at: ValidationError(words, code="closed")})


def _entity_of(row: dict[str, Any]) -> Body | None:
    """The jurisdiction, department or organization that a row of partners names."""
    return next((row[name] for name in BODIES if row.get(name)), None)


def refuse_twice(rows: Sequence[dict[str, Any]]) -> None:
    """Raise ValidationError if an office or organization is in these rows of partners more than once."""
    seen = set()
    for index, row in enumerate(rows):
        entity = _entity_of(row)
        if entity is not None and entity in seen:
            raise ValidationError(
                {f"parties-{index}-": gettext("%(entity)s is listed twice. Keep only one.") % {"entity": entity}},
                code="twice",
            )
        seen.add(entity)
