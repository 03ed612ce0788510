"""Merges two accounts of one person, and undoes it. For administrators only.

Everything that could act for the lost account (sessions, keys, tokens, secret links) ends at once and never returns;
everything else that refers to it refers to the kept one. No one gets to read the single answers of a person in a round
by it.
"""

import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core import serializers
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import MemberRole
from partnerships.accounts.members import change_members
from partnerships.accounts.models import ApiToken, Claim, Membership, Person, SavedList
from partnerships.accounts.occurrences import MADE_ONE
from partnerships.accounts.queries import memberships_of
from partnerships.accounts.rules import open_invitations
from partnerships.assessment.models import Answer, Respondent, TieAnswer
from partnerships.assessment.respondent_guards import SEALED, merge_refusal, open_respondents
from partnerships.core import clock, merges, repoint_references
from partnerships.core.access import SYSTEM, Author, System, account_of, is_administrator, require
from partnerships.core.errors import ValidationError
from partnerships.core.models import Change, Merge
from partnerships.core.types import Text
from partnerships.core.writing import apply_values, clean_reason
from partnerships.directory.merge_fields import KEPT, OTHER
from partnerships.directory.models import BODIES
from partnerships.interactions.models import Interaction
from partnerships.mail import outbox
from partnerships.mail.choices import OPEN_STATES, EmailKind
from partnerships.mail.models import Email
from partnerships.meetings.choices import ActionStatus
from partnerships.meetings.models import Action, CalendarFeed, CheckInPlan, Participant
from partnerships.notifications import emails
from partnerships.notifications.models import DigestEntry
from partnerships.notifications.reassign_notifications import reassign, restore_withdrawn
from partnerships.records.privacy import end_sessions

FIELDS = ("email", "name", "zone", "language")
JOIN = {Claim: ("evidence",), Participant: ("answer", "answered_at"), DigestEntry: ("sent_in",)}
STALE = "stale"
_RANK = MemberRole.values.index
_ONE = _("This is the same account. Choose two different ones.")
_OWN = _(
    "You’re signed in with this account, so you can’t merge it into another one. Keep it, or ask another administrator."
)
_OWN_ADDRESS = _("You’re signed in with this email address, so it can’t change. Ask another administrator.")
_WOULD_ENTER = _(
    "You would get access to an organization of theirs. Ask another administrator, or a manager there to invite you."
)
_CLOSED = _("One of them is suspended. Reinstate it before you merge, so that a merge doesn’t restore its access.")
_SAMPLE = _("One of them belongs to the sample registry, and the other one doesn’t.")
_ADMINISTRATOR = _("The other one is an administrator of the registry. Keep that account, and merge this one into it.")
_CHANGED = _("One of them changed in the meantime. Compare them again, then decide.")
_TAKEN = _("Another account now has this email address. The merge can no longer be undone.")
_TOO_LATE = _("This merge can no longer be undone.")
_MERGED = "Two accounts of one person were merged."
_APART = "The merge of two accounts was undone."


def refusal(by: Author, kept: Person, lost: Person) -> Text:
    """Why these two accounts can't be merged, as a message; "" when they can. At most three queries."""
    if kept.pk == lost.pk:
        return _ONE
    if by is not SYSTEM and by.pk == lost.pk:
        return _OWN
    if not (kept.is_active and lost.is_active):
        return _CLOSED
    if by is not SYSTEM and by.pk == kept.pk and _would_enter(kept, lost):
        return _WOULD_ENTER
    if kept.is_sample != lost.is_sample:
        return _SAMPLE
    if lost.is_administrator and not kept.is_administrator:
        return _ADMINISTRATOR
    return merge_refusal(kept, lost)


def _would_enter(kept: Person, lost: Person) -> bool:
    """Whether the other account belongs to an organization that this one doesn't."""
    own = kept.memberships.exclude(organization=None).values("organization")
    return lost.memberships.exclude(organization=None).exclude(organization__in=own).exists()


def seen_of(kept: Person, lost: Person) -> str:
    """A digest of what the person saw of the two accounts. It changes when their fields or memberships change."""
    shown_fields = (*FIELDS, "is_active", "is_administrator")
    facts = [(*(getattr(person, name) for name in shown_fields), *_memberships(person)) for person in (kept, lost)]
    return sha256(repr(facts).encode()).hexdigest()


def _memberships(person: Person) -> list[tuple]:
    return sorted(person.memberships.values_list("pk", "role", *BODIES), key=str)


def differences(kept: Person, lost: Person) -> list[tuple]:
    """(field, the kept account's value, the other's, the default choice) for fields in which they differ."""
    both = [(Person._meta.get_field(name), getattr(kept, name), getattr(lost, name)) for name in FIELDS]
    return [(field, mine, theirs, KEPT if mine else OTHER) for field, mine, theirs in both if theirs and mine != theirs]


@transaction.atomic
def merge(
    *,
    kept: Person,
    lost: Person,
    by: Author,
    seen: str | None = None,
    take: dict[str, str] | None = None,
    why: str = "",
) -> Merge:
    """Merge two accounts. `seen`: the digest from `seen_of`. `take`: field → KEPT or OTHER, for FIELDS.

    Raises NotAllowed, and ValidationError with a message (STALE if they changed since). Nothing is written then.
    """
    why = clean_reason(why)
    by, (kept, lost) = _lock_people(by, kept, lost)
    require(by is SYSTEM or is_administrator(by))
    if seen is not None and seen != seen_of(kept, lost):
        raise ValidationError(_CHANGED, code=STALE)
    if words := refusal(by, kept, lost):
        raise ValidationError(words)
    choices = take or {}
    fields = {
        field.name: theirs
        for field, _, theirs, usual in differences(kept, lost)
        if (choices.get(field.name) or usual) == OTHER
    }
    if "email" in fields:
        _require_other_account(by, kept)
        _require_unsealed(open_respondents(kept))
    made = Merge(
        record_type="person", kept_id=kept.pk, lost_id=lost.pk, lost_name=str(lost), by=account_of(by), at=clock.now()
    )
    request_id = uuid.uuid4()
    with _in_bodies_of(kept, lost, by=by, why=_MERGED, request_id=request_id) as bodies:
        _end_keys_of(lost)
        _end_address_of(lost)
        if "email" in fields:
            _end_address_of(kept)
        # Until here, new rows could still refer to it; from here on none can.
        lost = Person.objects.select_for_update().get(pk=lost.pk)
        if {membership.body for person in (kept, lost) for membership in memberships_of(person)} - {*bodies}:
            raise ValidationError(_CHANGED, code=STALE)
        made.steps = _repoint_all(kept, lost)
        made.before = {"was": {name: getattr(kept, name) for name in fields}}
        apply_values(kept, fields)
        made.before["now"] = {name: getattr(kept, name) for name in fields}
        made.save()
    for pk, verb in ((made.lost_id, "merged"), (made.kept_id, "merge")):
        _log(pk, verb, by=by, why=why, request_id=request_id)
    outbox.plan(EmailKind.MEMBERSHIP_CHANGED, f"{MADE_ONE}{made.pk}", [kept], kept)
    return made


def email_closed_account(address: str) -> bool:
    """Email the address that no longer has an account, while a person waits, since no outbox row could hold the
    address.

    Returns False when it couldn't be sent.
    """
    try:
        outbox.send_now(EmailKind.MEMBERSHIP_CHANGED, address, {"is_gone": True}, emails.render)
    except outbox.NotSent:
        return False
    return True


def _lock_people(by: Author, *people: Person) -> tuple[Author, list[Person]]:
    """The accounts as they are now, and the acting person.

    Locked in order of primary key, so that two merges don't deadlock.
    """
    pks = {one.pk for one in (by, *people) if not isinstance(one, System)}
    rows = {row.pk: row for row in Person.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")}
    if len(rows) < len(pks):
        raise ValidationError(_CHANGED, code=STALE)
    return by if isinstance(by, System) else rows[by.pk], [rows[one.pk] for one in people]


def _require_other_account(by: Author, kept: Person) -> None:
    """Refuse to change the email address of one's own account here: it would end one's own session."""
    if by is not SYSTEM and by.pk == kept.pk:
        raise ValidationError(_OWN_ADDRESS)


def _require_unsealed(respondents: QuerySet[Respondent]) -> None:
    """Refuse if the owner of another mailbox could read earlier answers, or learn whether there are any."""
    if respondents.exists():
        raise ValidationError(SEALED)


def _in_bodies_of(*people: Person, by: Author, why: str, request_id: UUID) -> AbstractContextManager[Any]:
    """The frame for a change of members, for all offices and organizations of these people. Their managers stay."""
    bodies = {(type(one.body), one.body.pk): one.body for person in people for one in memberships_of(person)}
    return change_members(*bodies.values(), by=by, why=why, confirmed=True, request_id=request_id)


def _end_keys_of(person: Person) -> None:
    """End everything with which someone can act or read as this person, without an email to their address."""
    person.authenticator_set.all().delete()  # type: ignore[attr-defined]  # allauth has no types
    person.socialaccount_set.all().delete()  # type: ignore[attr-defined]  # allauth has no types
    for model in (ApiToken, CalendarFeed):
        model.objects.filter(person=person, revoked_at=None).update(revoked_at=clock.now())


def _end_address_of(person: Person) -> None:
    """End sessions that were opened with this person's address, and erase the answers that they gave themselves."""
    end_sessions(person)
    person.usersession_set.all().delete()  # type: ignore[attr-defined]  # allauth has no types
    person.emailaddress_set.all().delete()  # type: ignore[attr-defined]  # allauth has no types
    person.set_unusable_password()  # sessions depend on the password hash
    person.save(update_fields=["password"])
    for model in (Answer, TieAnswer):
        model.objects.filter(respondent__person=person).delete()


def _repoint_all(kept: Person, lost: Person) -> list[dict]:
    """Point everything that refers to the lost account at the kept one. Returns the steps."""
    steps: list[dict] = []
    here = {_body_of(membership): membership for membership in kept.memberships.all()}
    for membership in lost.memberships.all():
        twin = here.get(_body_of(membership))
        if twin and _RANK(membership.role) > _RANK(twin.role):
            repoint_references.set_field(twin, "role", membership.role, steps)
    _rename_lists(kept, lost, steps)
    reassign(kept, lost, steps)
    return steps + repoint_references.merge_rows(kept, lost, join=JOIN)


def _body_of(membership: Membership) -> tuple[int | None, ...]:
    return tuple(getattr(membership, f"{name}_id") for name in BODIES)


def _rename_lists(kept: Person, lost: Person, steps: list[dict[str, Any]]) -> None:
    """Keep two lists with the same name as two."""
    taken = {*kept.saved_lists.values_list("name", flat=True), *lost.saved_lists.values_list("name", flat=True)}
    for row in SavedList.objects.filter(person=lost, name__in=kept.saved_lists.values("name")).order_by("pk"):
        number = 2
        while (name := f"{row.name[:70]} ({number})") in taken:
            number += 1
        taken.add(name)
        repoint_references.set_field(row, "name", name, steps)


def _log(pk: int, verb: str, *, by: Author, **values: Any) -> None:
    author = account_of(by)
    Change.objects.create(at=clock.now(), by=author, verb=verb, record_type="person", record_id=pk, **values)


@transaction.atomic
def undo_merge(*, merge: Merge, kept: Person, by: Author, why: str = "") -> Person:
    """Undo a merge of accounts. Returns the restored account, with its former address and without any keys.

    Memberships that ended since aren't restored for either account, and what was added since stays with the kept one.
    Raises NotAllowed, and ValidationError with a message.
    """
    why = clean_reason(why)
    by, (kept,) = _lock_people(by, kept)
    require(by is SYSTEM or is_administrator(by))
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if (merge.record_type, merge.kept_id) != ("person", kept.pk) or not merges.can_be_undone(merge):
        raise ValidationError(_TOO_LATE)
    if not kept.is_active:
        raise ValidationError(_CLOSED)
    back = {name: was for name, was in merge.before["was"].items() if getattr(kept, name) == merge.before["now"][name]}
    if "email" in back:
        _require_other_account(by, kept)
    going = {step["pk"] for step in merge.steps if step["model"] == "respondent"}
    _require_unsealed(open_respondents(kept) if "email" in back else open_respondents(kept).filter(pk__in=going))
    request_id = uuid.uuid4()
    with _in_bodies_of(kept, by=by, why=_APART, request_id=request_id):
        lost = _restore_lost_account(kept, merge, back)
    merge.undone_at, merge.steps, merge.before = clock.now(), [], {}
    merge.save()
    for person in (lost, kept):
        _log(person.pk, "unmerge", by=by, why=why, request_id=request_id)
    return lost


def _restore_lost_account(kept: Person, merge: Merge, back: dict[str, Any]) -> Person:
    """Undo the steps of a merge of two accounts. Returns the lost account, as it was.

    `back`: the former values of the kept account. Administrator rights that the kept account lost since aren't
    restored.
    """
    if "email" in back:
        if Person.objects.filter(email=back["email"]).exists():
            raise ValidationError(_TAKEN)
        _end_address_of(kept)
    apply_values(kept, back)
    repoint_references.undo_steps(list(_as_it_is_now(merge.steps, kept)))
    restore_withdrawn(merge.steps, now=clock.now())
    lost = Person.objects.get(pk=merge.lost_id)
    lost.is_administrator = lost.is_administrator and kept.is_administrator
    lost.set_unusable_password()
    lost.save()
    return lost


def _as_it_is_now(steps: list[dict], kept: Person) -> Iterator[dict[str, Any]]:
    """The steps, without memberships that have ended since, and with no higher role than the kept account still has."""
    for step in steps:
        if step["do"] == repoint_references.DROPPED and step["model"] == "membership":
            row = next(serializers.deserialize("json", step["row"])).object
            assert isinstance(row, Membership)
            here = next(
                (membership for membership in kept.memberships.all() if _body_of(membership) == _body_of(row)), None
            )
            if here is None:
                continue
            row.role = min(row.role, here.role, key=_RANK)
            step = step | {"row": serializers.serialize("json", [row])}
        yield step


def inherited_counts(lost: Person) -> list[tuple[str, int]]:
    """(kind, number) of what the kept account gets, without empty kinds. Twelve queries."""
    now = clock.now()
    counts = (
        (gettext("roles at offices and organizations"), lost.memberships),
        (gettext("open invitations"), open_invitations().filter(person=lost)),
        (gettext("claims"), lost.claims),
        (gettext("records followed"), lost.follows),
        (
            gettext("invitations to upcoming meetings"),
            Participant.objects.filter(person=lost, meeting__starts_at__gt=now),
        ),
        (
            gettext("check-ins to answer or look after"),
            CheckInPlan.objects.filter(person=lost) | CheckInPlan.objects.filter(holder=lost),
        ),
        (gettext("open action items"), Action.objects.filter(owner_person=lost, status=ActionStatus.OPEN)),
        (gettext("follow-ups"), Interaction.objects.filter(follow_up_by=lost, followed_up_on=None)),
        (gettext("rounds to answer"), open_respondents(lost)),
        (gettext("saved lists"), lost.saved_lists),
        (gettext("unsaved texts"), lost.drafts),
        (
            gettext("emails that are waiting"),
            Email.objects.filter(recipient=f"person:{lost.pk}", state__in=OPEN_STATES),
        ),
    )
    found = [(name, rows.count()) for name, rows in counts]
    return [(name, number) for name, number in found if number]
