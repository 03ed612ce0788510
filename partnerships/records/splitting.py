"""Splits one record of the directory into two, if it describes two organizations or departments.

`merging` undoes it.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from partnerships.accounts.choices import MemberRole
from partnerships.accounts.members import change_members
from partnerships.accounts.models import Person
from partnerships.assessment.respondent_guards import require_with_partner
from partnerships.core import repoint_references
from partnerships.core.access import SYSTEM, Author, Viewer, require, role_in
from partnerships.core.errors import EditConflict, ValidationError
from partnerships.core.models import model_field, type_key
from partnerships.core.trees import set_path
from partnerships.core.writing import apply_values, clean_reason, log_change
from partnerships.directory import identifying, snapshots
from partnerships.directory.distinct_pairs import mark_distinct
from partnerships.directory.duplicates import refuse_duplicates
from partnerships.directory.hooks import said_to_differ
from partnerships.directory.models import Contact, Department, Identifier, Organization
from partnerships.directory.rules import contacts_visible_to, may_merge
from partnerships.directory.same_names import keep_names
from partnerships.directory.skeletons import look_the_same
from partnerships.records.party_transfer import PartyTransfer
from partnerships.registry import name_withholding, second_records
from partnerships.registry.choices import GIVEN_UP, SeatState, WithheldName
from partnerships.registry.models import Party, PartyNote, SeatConsent
from partnerships.registry.rules import parties_visible_to

# What the new record has in common with the one it came from; it is unlisted until that is changed.
COMMON = {
    Organization: ("side", "kind", "kept_by", "has_withdrawn", "is_sample", "is_illustration"),
    Department: ("jurisdiction", "parent", "kind", "is_sample", "is_illustration"),
}
_SPLIT = "The record of a partner was split."


def movable_rows(person: Viewer, record: Organization) -> dict:
    """Name → the rows that can move to the new record, as far as this person sees them: its seats, contacts and
    identifiers.
    """
    own: dict[str, Any] = {type_key(record): record}
    seats = parties_visible_to(person) if person is not SYSTEM else Party.objects.all()
    if _is_of_others(person, record):
        # The organization's own yes or no: no office gives it to another record, and so forgets that it was said.
        seats = seats.exclude(state__in=(SeatState.CONFIRMED, *GIVEN_UP))
    contacts = contacts_visible_to(person) if person is not SYSTEM else Contact.objects.all()
    return {
        "parties": seats.filter(**own).select_related("partnership").order_by("partnership__title", "pk"),
        "contacts": contacts.filter(**own).order_by("name", "pk"),
        "identifiers": Identifier.objects.filter(**own).order_by("scheme", "value"),
    }


def _is_of_others(person: Viewer, record: Organization) -> bool:
    """Whether this is an organization that the person doesn't manage as one of its own people."""
    return isinstance(record, Organization) and person is not SYSTEM and role_in(person, record) != "manager"


@transaction.atomic
def split(
    *, record: Organization, by: Author, version: int | None, name: str, going: dict[str, Any], why: str = ""
) -> Organization:
    """Move these rows of a record (name in `movable_rows` → primary keys) to a new record with this name, and return it.
    A manager of an organization who splits it manages the new one, too.

    Raises NotAllowed, EditConflict, and ValidationError by field. Nothing is written then.
    """
    require(by is SYSTEM or may_merge(by, record))
    why = clean_reason(why)
    rewriting = PartyTransfer([record])
    record = rewriting.now(record)
    if version is not None and record.version != version:
        raise EditConflict(record, version)
    if look_the_same(name, record.name):
        raise ValidationError({"name": gettext("Give the new record a different name.")})
    new = type(record)(**{field: getattr(record, field) for field in COMMON[type(record)]})
    apply_values(new, {"name": name})
    keep_names(new)
    if isinstance(new, Department):
        set_path(new)
    steps: list[dict] = []
    shown = name_withholding.public_among(Party.objects.filter(**{type_key(record): record}))
    for kind, rows in movable_rows(by, record).items():
        for row in rows.filter(pk__in=going.get(kind, ())):
            repoint_references.set_foreign_key(row, row._meta.get_field(type_key(record)), new.pk, steps)
    identifying.restate(new, by=by)
    require_with_partner(new.contacts.all())
    if _is_of_others(by, record):
        for note in PartyNote.objects.filter(party__organization=new):  # for the organization's own people only
            repoint_references.delete_row(note, steps)
    _bring_answers(record, new, steps)
    if isinstance(new, Organization):
        second_records.refuse_renamed(new, by=by, why=why)
    for seat in name_withholding.hidden_of(shown):
        repoint_references.set_field(seat, "unnamed", WithheldName.WITHHELD, steps)
    if by is not SYSTEM:
        distinct = refuse_duplicates(new, by=by, not_duplicates=None if why else [record], reason=why or _SPLIT)
        mark_distinct(new, distinct, by=by, reason=why or _SPLIT)
        if isinstance(new, Organization):
            said_to_differ(new, [one for one in distinct if isinstance(one, Organization) and one != record], by=by)
    if not steps:
        raise ValidationError(gettext("Check what belongs to the new record. If nothing does, add it as a new record."))
    if isinstance(new, Organization) and isinstance(by, Person) and not _is_of_others(by, record):
        # What moves stays with its people: without one, someone that the office lets in would read the notes of its seats.
        with change_members(new, by=by, why=_SPLIT, request_id=rewriting.request_id):
            new.memberships.create(person=by, role=MemberRole.MANAGER)
    after = snapshots.snapshot(new)
    log_change(new, by=by, verb="create", before={}, after=after, why=why, request_id=rewriting.request_id)
    words = why or f"{new} was split off into its own record."[:300]
    rewriting.finish(by=by, why=words, of_partnerships=_SPLIT, verbs={record.pk: "split"}, also=[new])
    return new


def _bring_answers(record: Organization, new: Organization, steps: list[dict[str, Any]]) -> None:
    """Move the answers about a seat together with the seat. An invitation stays, and ends: it was for the record that the
    seat came from, and its contact or code can't answer for another one.
    """
    name = type_key(record)
    seats = Party.objects.filter(**{name: new})
    answers = SeatConsent.objects.filter(**{name: record}, partnership__in=seats.values("partnership"))
    for row in answers.exclude(state=SeatState.INVITED):
        repoint_references.set_foreign_key(row, model_field(SeatConsent, name), new.pk, steps)
    for seat in seats.filter(state=SeatState.INVITED):
        repoint_references.set_field(seat, "state", SeatState.RECORDED, steps)
