"""Saves interactions, remarks about them, and that a follow-up is done.

`by` is the person, or SYSTEM for a command. All functions raise ValidationError (by field), NotAllowed and, with a
version, EditConflict.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, account_of, jurisdictions_written_by, require
from partnerships.core.errors import ValidationError
from partnerships.core.snapshots import prefetch_rows, snapshot_fields, snapshot_rows
from partnerships.core.writing import apply_values, change, public_snapshot
from partnerships.directory.models import BODIES, Contact
from partnerships.directory.rules import contacts_visible_to
from partnerships.interactions.models import Interaction, InteractionRemark
from partnerships.interactions.queries import people_of
from partnerships.interactions.rules import may_remark, may_write_interaction
from partnerships.registry.rules import partnerships_visible_to

FIELDS = (
    "kind", "direction", "date", "time", "summary", "text", "contacts", "staff", "partnerships", "is_shared",
    "follow_up_on", "follow_up_by",
)  # fmt: skip
IN_THE_FUTURE = gettext_noop(
    "This date is in the future. Log it when it has happened, or plan a meeting or a follow-up."
)
OF_OFFICE = ("staff", "follow_up_on", "follow_up_by", "followed_up_on")  # what the other side doesn't read


def read_for_snapshots(interactions: Sequence[Interaction]) -> None:
    """Prefetch what the snapshots of these interactions show."""
    prefetch_rows(interactions, "remarks")


def snapshot(interaction: Interaction) -> dict:
    values = snapshot_fields(interaction, leave_out=("office", "logged_by", *BODIES))
    return values | {"remarks": snapshot_rows(interaction.remarks.all(), leave_out=("interaction", "by"))}


@public_snapshot(Interaction)
def _shown_to_both(interaction: Interaction) -> Callable[[dict], dict | None]:
    """What both sides read of a shared interaction; the office alone reads one that isn't."""
    return lambda values: {k: v for k, v in values.items() if k not in OF_OFFICE} if interaction.is_shared else None


@transaction.atomic
def save_interaction(
    *,
    interaction: Interaction | None = None,
    by: Author,
    fields: dict[str, Any],
    version: int | None = None,
    why: str = "",
    request_id: UUID | None = None,
) -> Interaction:
    """Log or change an interaction.

    `fields`: FIELDS and, for a new one, `office` and the other side as `jurisdiction`, `department` or `organization`.
    Contacts and partnerships are given among those that the person may see. Those that are there and that the person may
    not see stay, and so do staff who left.
    """
    interaction = interaction or Interaction(office=fields["office"], logged_by=account_of(by))
    if interaction.pk:
        require(by is SYSTEM or may_write_interaction(by, interaction))
    else:
        require(by is SYSTEM or interaction.office_id in jurisdictions_written_by(by))
    verb = "update" if interaction.pk else "create"
    with change(
        interaction, by=by, verb=verb, snapshot=snapshot, why=why, version=version, request_id=request_id
    ) as writing:
        current = writing.record
        fields = _with_hidden(current, by, fields)
        _check(current, fields)
        if current.followed_up_on and fields.get("follow_up_on", current.follow_up_on) != current.follow_up_on:
            fields["followed_up_on"] = None
        apply_values(current, fields)
    return writing.record


def _with_hidden(interaction: Interaction, by: Author, fields: dict[str, Any]) -> dict[str, Any]:
    """The values, with the contacts and partnerships that are there and that the person can't see."""
    fields = dict(fields)
    if interaction.pk and by is not SYSTEM:
        for name, seen in (("contacts", contacts_visible_to(by)), ("partnerships", partnerships_visible_to(by))):
            if name in fields:
                rows = getattr(interaction, name)
                fields[name] = [*fields[name], *rows.exclude(pk__in=seen.values("pk"))]
    return fields


def _check(interaction: Interaction, fields: dict[str, Any]) -> None:
    """Raise ValidationError with all that is wrong between fields."""
    now = {name: fields.get(name, getattr(interaction, name)) for name in (*BODIES, "date", "time", "follow_up_on")}
    office, errors = interaction.office, {}
    if now["date"] and now["date"] > clock.today(clock.zone(office.zone)):
        errors["date"] = ValidationError(gettext(IN_THE_FUTURE), code="future")
    elif now["date"] and now["follow_up_on"] and now["follow_up_on"] < now["date"] and "follow_up_on" in fields:
        words = gettext("The follow-up is before the date of the interaction. Choose a later date.")
        errors["follow_up_on"] = ValidationError(words, code="before")
    follow_up_by = fields.get("follow_up_by", interaction.follow_up_by)
    if follow_up_by and not now["follow_up_on"]:
        words = gettext("Enter the date of the follow-up, or choose no one.")
        errors["follow_up_on"] = ValidationError(words, code="required")
    body = {f"{name}_id": getattr(now[name], "pk", None) for name in BODIES}
    if stray := [one for one in _added(interaction, fields, "contacts") if not _is_of(one, body)]:
        words = gettext("%(name)s isn’t a contact here. Choose contacts of the same organization or department.")
        errors["contacts"] = ValidationError(words % {"name": stray[0]}, code="other_contact")
    people = {one.pk: one for one in _added(interaction, fields, "staff")}
    if follow_up_by and follow_up_by.pk != interaction.follow_up_by_id:
        people[follow_up_by.pk] = follow_up_by
    outside = people.keys() - set(people_of(office, people).values_list("pk", flat=True))
    for name, chosen in (("staff", fields.get("staff", ())), ("follow_up_by", [follow_up_by])):
        if strangers := [one for one in chosen if one and one.pk in outside]:
            words = gettext("%(person)s doesn’t work in this office now. Choose someone who does.")
            errors[name] = ValidationError(words % {"person": strangers[0]}, code="not_in_office")
    if errors:
        raise ValidationError(errors)


def _added(interaction: Interaction, fields: dict[str, Any], name: str) -> list[Any]:
    """The records that these values add to a list of the interaction."""
    there = {one.pk for one in getattr(interaction, name).all()} if interaction.pk and name in fields else set()
    return [one for one in fields.get(name, ()) if one.pk not in there]


def _is_of(contact: Contact, body: dict[str, int | None]) -> bool:
    """Whether this is a contact of the other side."""
    return all(getattr(contact, name) == pk for name, pk in body.items())


@transaction.atomic
def finish_follow_up(*, interaction: Interaction, by: Author, version: int | None = None, why: str = "") -> Interaction:
    """Say that the follow-up is done, today."""
    require(by is SYSTEM or may_write_interaction(by, interaction))
    with change(interaction, by=by, verb="follow_up", snapshot=snapshot, version=version, why=why) as writing:
        current = writing.record
        if current.follow_up_on is None:
            raise ValidationError(gettext("This has no follow-up. Set one on the edit page."), code="no_follow_up")
        if current.followed_up_on is None:
            apply_values(current, {"followed_up_on": clock.today(clock.zone(current.office.zone))})
    return writing.record


@transaction.atomic
def add_remark(*, interaction: Interaction, by: Person, text: str) -> Interaction:
    """Add a remark to a shared interaction, for both sides."""
    require(may_remark(by, interaction))
    with change(interaction, by=by, verb="remark", snapshot=snapshot) as writing:
        current = writing.record
        require(may_remark(by, current))
        remark = InteractionRemark(
            interaction=current, at=clock.now(), by=account_of(by), text=text,
            is_from_office=current.office_id in jurisdictions_written_by(by),
        )  # fmt: skip
        remark.full_clean()
        remark.save()
    return writing.record
