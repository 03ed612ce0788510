"""Merges two records of the directory, and undoes it.

The lost record's row is deleted: everything that referred to it refers to the kept one, and requests for it are
redirected (`core.access`). The Merge stores each step for as long as it can be undone.
"""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partnerships.accounts import service_accounts
from partnerships.accounts.members import change_members
from partnerships.accounts.models import Membership
from partnerships.accounts.rules import may_connect_programs
from partnerships.assessment.models import AskedParty, PublishingWord, TieScore
from partnerships.core import clock, merges, repoint_references, search, sync
from partnerships.core.access import SYSTEM, Author, Viewer, account_of, require
from partnerships.core.errors import EditConflict, ValidationError
from partnerships.core.models import Merge, model_field, related_model, type_key
from partnerships.core.trees import set_path
from partnerships.core.types import Text
from partnerships.core.writing import apply_values, bump_version, clean_reason, log_change
from partnerships.directory import snapshots
from partnerships.directory.choices import Listing
from partnerships.directory.merge_fields import fields_after
from partnerships.directory.models import Body, Department, DistinctPair, Jurisdiction, Organization
from partnerships.directory.own_choices import unlisted_error
from partnerships.directory.rules import LISTED, contacts_visible_to, may_merge, may_speak_for_organization
from partnerships.directory.same_names import keep_names
from partnerships.mail import outbox
from partnerships.notifications.models import Follow
from partnerships.records import contacts_after_merge, seats_after_merge, since_merge
from partnerships.records.party_transfer import PartyTransfer
from partnerships.records.seats_after_merge import STRICTEST, SeatsAfterMerge
from partnerships.registry import second_records
from partnerships.registry.choices import ConsentWay, WithheldName
from partnerships.registry.models import Partnership, Party, PartyNote, Reply, SeatConsent
from partnerships.registry.rules import parties_visible_to

_UNNAMED = (WithheldName.WITHHELD, WithheldName.COUNTED, "")
# What a row of the kept record gets from its twin, in addition to its own texts.
JOIN = {
    Party: ("circle", "contribution", "internal_notes", "consented_on", ("state", STRICTEST), ("unnamed", _UNNAMED)),
    PartyNote: ("text",),
    Reply: ("text", "at", "by"),
    PublishingWord: ("reply",),
}
_ONE = _("These are the same record. Choose two different ones.")
_SIDES = _("They’re on different sides. Correct the side of one of them first.")
_WITHDRAWN = _(
    "The second one unlisted itself, and the first one is listed. Keep the second one, or first unlist the first one."
)
_BODIES = _("They belong to different jurisdictions. Move one of them first.")
_ROUND = _(
    "One of them takes part in a survey round that’s still open, and the other is a partner in the same partnership. Wait "
    "until the round closes."
)
_TOO_LATE = _("This merge can no longer be undone.")
_MERGED = "Two records of a partner were merged."
_APART = "The merge of two records of a partner was undone."


def refusal(kept: Body, lost: Body) -> Text:
    """Why these two can't be merged, as a message; "" when they can. At most one query."""
    if kept.pk == lost.pk:
        return _ONE
    if isinstance(kept, Organization) and isinstance(lost, Organization) and kept.side != lost.side:
        return _SIDES
    if isinstance(lost, Organization) and lost.has_withdrawn and _is_listed(kept):
        return _WITHDRAWN
    if isinstance(kept, Department) and isinstance(lost, Department) and kept.jurisdiction_id != lost.jurisdiction_id:
        return _BODIES
    return _ROUND if _share_an_open_round(kept, lost) else ""


def _share_an_open_round(kept: Body, lost: Body) -> bool:
    """Whether one of them is asked in a running round of a partnership in which the other has a seat, whatever it
    answered, and also before it has named its people.

    Otherwise, people of a partner that declined could answer because of the merge, or others would lose their place.
    """
    name, partnership_ids = _kind(kept), Party.objects.values("partnership")
    asked, found = AskedParty.objects.filter(side__round__opened_at=None, side__round__cancelled_at=None), Q()
    for one, other in ((kept, lost), (lost, kept)):
        at = partnership_ids.filter(**{name: other.pk})
        found |= Q(**{f"party__{name}": one.pk}) & Q(side__round__partnership__in=at)
    return asked.filter(found).exists()


@transaction.atomic
def merge(
    *,
    kept: Body,
    lost: Body,
    by: Author,
    versions: tuple[int | None, int | None],
    take: dict[str, str] | None = None,
    why: str = "",
) -> Merge:
    """Merge two organizations, or two departments of a jurisdiction.

    `versions`: of the kept and the lost record, as the person saw them. `take`: field → whose value is taken, as in
    `directory.merge_fields`. Raises NotAllowed, EditConflict, and ValidationError with a message. Nothing is written then.
    """
    require(by is SYSTEM or (may_merge(by, kept) and may_merge(by, lost)))
    why = clean_reason(why)
    if kept.pk == lost.pk:
        raise ValidationError(_ONE)
    rewriting = PartyTransfer([kept, lost])
    for record, version in zip((kept, lost), versions, strict=True):
        current = rewriting.now(record)
        if version is not None and current.version != version:
            raise EditConflict(current, version)
    kept, lost = rewriting.now(kept), rewriting.now(lost)
    if words := refusal(kept, lost):
        raise ValidationError(words)
    fields = fields_after(kept, lost, take or {})
    made = Merge(record_type=_kind(kept), kept_id=kept.pk, lost_id=lost.pk, lost_public_id=lost.public_id)
    made.lost_name, made.by, made.at = lost.name, account_of(by), clock.now()
    # Read before any row moves.
    snapshot, was_listed, office = snapshots.snapshot(lost), _is_listed(lost), getattr(lost, "kept_by", None)
    facts, seats = since_merge.facts_of(kept, lost), SeatsAfterMerge(kept, lost)
    audiences = [contacts_after_merge.Audience.of(one, by) for one in (kept, lost) if isinstance(one, Organization)]
    programs = [] if may_connect_programs(by, kept) else service_accounts.live_accounts_of(lost)

    made.steps = _move_rows(kept, lost, by=by, request_id=rewriting.request_id)
    seats.keep_answers(made.steps)
    for token in programs:  # they would act for the people of the kept record, who are told of people only
        repoint_references.set_field(token, "revoked_at", made.at, made.steps)
        service_accounts.log_end(token, body=kept, by=by)

    was = _serialized(kept, fields)
    _refuse_name_of_an_unlisted_one(kept, fields, by)
    apply_values(kept, fields)
    if not isinstance(kept, Jurisdiction):
        keep_names(kept)
    if isinstance(kept, Organization):
        second_records.refuse_renamed(kept, by=by, why=why)
    contacts_after_merge.show_to_no_one_else(kept, audiences, made.steps)
    seats.withhold_names(made.steps)
    seats.record_answers(made.at)
    made.before = facts | {"was": was, "now": _serialized(kept, fields)}
    _set_in_place(kept)
    made.save()

    log_change(lost, by=by, verb="merged", before=snapshot, after={}, why=why, request_id=rewriting.request_id)
    _hand_over(kept, office)
    if was_listed:
        sync.add_tombstones(_kind(kept), [lost.public_id])
    search.remove(_kind(kept), [made.lost_id])
    words = why or f"{lost} was merged into it."[:300]
    rewriting.finish(by=by, why=words, of_partnerships=_MERGED, verbs={kept.pk: "merge"})
    return made


def _kind(record: Body) -> str:
    return type_key(record)


def _refuse_name_of_an_unlisted_one(kept: Body, fields: dict[str, Any], by: Author) -> None:
    """Otherwise, a listed record could take the name of an organization that unlisted itself from a record of that name."""
    if by is SYSTEM or "name" not in fields or not isinstance(kept, Organization) or not _is_listed(kept):
        return
    wrong = {} if may_speak_for_organization(by, kept) else unlisted_error(by, kept, fields, at="name")
    if wrong:
        raise ValidationError([*wrong.values()])


def _adding_members(kept: Body, *, by: Author, request_id: UUID) -> AbstractContextManager[Any]:
    """A context manager for the members of the lost organization who join the kept one. Its own people get an email, unless
    one of its managers merges.
    """
    if not isinstance(kept, Organization):
        return nullcontext()
    return change_members(kept, by=by, why=_MERGED, keeps_manager=False, request_id=request_id)


def _move_rows(kept: Body, lost: Body, *, by: Author, request_id: UUID) -> list[dict[str, Any]]:
    """Point everything that refers to the lost record at the kept one. Returns the steps."""
    steps: list[dict[str, Any]] = []
    let_in = dict(lost.memberships.values_list("pk", "let_in_with"))
    with _adding_members(kept, by=by, request_id=request_id):
        seats_after_merge.delete_overruled_agreements(kept, lost, steps)
        if isinstance(kept, Organization) and isinstance(lost, Organization):
            contacts_after_merge.keep_private(kept, lost, steps)
        seats_after_merge.keep_names(kept, lost, steps)
        _move_pointers(kept, lost, steps)
        own_lists = [through for field in kept._meta.many_to_many if (through := field.remote_field.through)]
        _keep_confirmed_numbers(kept, lost, steps)
        steps += repoint_references.merge_rows(kept, lost, join=JOIN, drop=own_lists, ties=(TieScore,))
        contacts_after_merge.delete_duplicates(kept, steps)
    for member in Membership.objects.filter(pk__in=let_in):  # `change_members` marked them as let in from outside
        repoint_references.record_move(member, "let_in_with", let_in[member.pk], member.let_in_with_id, steps)
    return steps


def _keep_confirmed_numbers(kept: Body, lost: Body, steps: list[dict[str, Any]]) -> None:
    """Of a number that both have, keep the row that was confirmed. A number that no one confirmed stays unconfirmed."""
    confirmed = {(row.scheme, row.value) for row in lost.identifiers.filter(is_confirmed=True)}
    for row in kept.identifiers.filter(is_confirmed=False):
        if (row.scheme, row.value) in confirmed:
            repoint_references.delete_row(row, steps)


def _move_pointers(kept: Body, lost: Body, steps: list[dict[str, Any]]) -> None:
    """Move rows that refer to a record by kind and primary key. Pairs marked “not duplicates” are dropped."""
    kind, field = _kind(kept), model_field(Follow, "record_id")
    here = set(Follow.objects.filter(record_type=kind, record_id=kept.pk).values_list("person", flat=True))
    for row in Follow.objects.filter(record_type=kind, record_id=lost.pk):
        if row.person_id in here:
            repoint_references.delete_row(row, steps)
        else:
            repoint_references.set_foreign_key(row, field, kept.pk, steps)
    for row in DistinctPair.objects.filter(Q(first_id=lost.pk) | Q(second_id=lost.pk), record_type=kind):
        repoint_references.delete_row(row, steps)


def _serialized(record: Body, names: dict[str, Any]) -> dict:
    return {name: repoint_references.serialize_value(record, name) for name in names}


def _set_in_place(department: Body) -> None:
    """Set the paths of a department and of those below it from their parents."""
    if isinstance(department, Department):
        department.refresh_from_db(fields=["parent", "path"])
        set_path(department)
        for pk in list(Department.objects.filter(parent=department).values_list("pk", flat=True)):
            # Each is read in its turn: the one before it may have moved it.
            set_path(Department.objects.select_related("parent").get(pk=pk))


def _hand_over(kept: Body, office: Jurisdiction | None) -> None:
    """Show the emails about claims and suggestions to the office that keeps the record from now on."""
    if office and isinstance(kept, Organization) and kept.kept_by and office.pk != kept.kept_by_id:
        about = {"claim": kept.claims.values("pk"), "suggestion": kept.suggestions.values("pk")}
        outbox.hand_over(about, was=office.public_id, lead=kept.kept_by)


def _is_listed(record: Body) -> bool:
    return getattr(record, "listing", Listing.NAMED) in LISTED


@transaction.atomic
def undo_merge(*, merge: Merge, kept: Body, by: Author, version: int | None = None, why: str = "") -> Body:
    """Undo a merge. Returns the restored record, which has its former id.

    What was added since stays with the kept record, and what was changed again since keeps its value. What its own people
    decided since holds for both (`since_merge`). Raises NotAllowed, EditConflict, and ValidationError with a message.
    """
    require(by is SYSTEM or may_merge(by, kept))
    why = clean_reason(why)
    rewriting = PartyTransfer([kept])
    kept, merge = rewriting.now(kept), Merge.objects.select_for_update().get(pk=merge.pk)
    if version is not None and kept.version != version:
        raise EditConflict(kept, version)
    if merge.kept_id != kept.pk or not merges.can_be_undone(merge):
        raise ValidationError(_TOO_LATE)
    SeatConsent.objects.filter(way=ConsentWay.MERGE, at=merge.at, **{_kind(kept): kept}).delete()
    repoint_references.undo_steps(since_merge.steps_to_undo(kept, merge))
    kept.refresh_from_db()
    lost = type(kept).objects.get(pk=merge.lost_id)
    since_merge.keep_former_members(kept, lost, merge)
    since_merge.keep_answers(kept, lost, merge)
    since_merge.keep_noes(kept, lost, merge)
    since_merge.keep_readers(kept, lost, merge)
    since_merge.keep_listing(kept, lost, merge)
    since_merge.unconfirm_numbers(kept, lost, merge)
    _restore(kept, merge.before)
    for record in (lost, kept):
        _set_in_place(record)
    bump_version(lost)
    merge.undone_at, merge.steps, merge.before = clock.now(), [], {}
    merge.save()
    log_change(
        lost, by=by, verb="unmerge", before={}, after=snapshots.snapshot(lost), why=why, request_id=rewriting.request_id
    )
    if _is_listed(lost):
        sync.remove_tombstones(_kind(kept), [lost.public_id])
    words = why or f"{lost} is a separate record again."[:300]
    rewriting.finish(by=by, why=words, of_partnerships=_APART, verbs={kept.pk: "unmerge"}, also=[lost])
    return lost


def _restore(kept: Body, before: dict[str, Any]) -> None:
    """Restore the fields that the merge changed and that weren't changed since."""
    for name, was in before["was"].items():
        field = model_field(kept._meta.model, name)
        if repoint_references.serialize_value(kept, name) != before["now"][name]:
            continue
        if field.many_to_many:
            there = related_model(kept._meta.model, name)._default_manager.filter(pk__in=was)
            getattr(kept, name).set(there)
        else:
            setattr(kept, field.attname, repoint_references.deserialize_value(field, was))
    kept.save()


@dataclass(frozen=True)
class Inherited:
    """What comes from the lost record, as far as this person may read it.

    `partnerships`: its partnerships. `both`: those in which the two become one party. `is_shown_more`: people will see the
    kept record who didn't see this one.
    """

    partnerships: list
    both: list
    contacts: int
    people: int
    below: int
    is_shown_more: bool


def inherited_rows(person: Viewer, kept: Body, lost: Body) -> Inherited:
    """Six queries."""
    name = _kind(kept)
    seats = parties_visible_to(person).filter(**{f"{name}__in": [kept.pk, lost.pk]}).select_related("partnership")
    at: dict[int, list[Partnership]] = {pk: [] for pk in (kept.pk, lost.pk)}
    for seat in seats.order_by("partnership__title", "partnership"):
        at[getattr(seat, f"{name}_id")].append(seat.partnership)
    below = 0
    if isinstance(lost, Department):
        below = Department.objects.filter(parent=lost).exclude(pk=kept.pk).count()
    return Inherited(
        at[lost.pk],
        [one for one in at[lost.pk] if one in at[kept.pk]],
        contacts_visible_to(person).filter(**{name: lost}).count(),
        lost.memberships.count(),
        below,
        _is_listed(kept) and not _is_listed(lost),
    )
