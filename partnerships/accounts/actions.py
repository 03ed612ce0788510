"""Changes accounts: creating the first ones, their language, suspending and reinstating.

`member_actions` changes memberships.
"""

import uuid

from django.db import transaction
from django.utils.translation import gettext

from partnerships.accounts.choices import MemberRole
from partnerships.accounts.events import rights_changed
from partnerships.accounts.members import change_members, use_zone_of
from partnerships.accounts.models import Membership, Person
from partnerships.accounts.queries import memberships_of
from partnerships.core import clock, languages
from partnerships.core.access import SYSTEM, is_administrator, require
from partnerships.core.errors import ValidationError
from partnerships.core.models import Change
from partnerships.core.writing import clean_reason
from partnerships.directory.models import Jurisdiction
from partnerships.mail import outbox
from partnerships.mail.choices import EmailKind


def make_administrator(address: str, *, name: str = "") -> Person:
    """Give the account with this address administrator rights, and create it if needed.

    Only for commands of the operator. Raises ValidationError.
    """
    person = Person.objects.filter(email=address.strip().lower()).first()
    if person is None:
        return Person.objects.create_user(address, name=name, is_administrator=True)
    person.is_administrator = person.is_active = True
    person.name = name or person.name
    person.full_clean(exclude=["password"])
    person.save()
    return person


@transaction.atomic
def make_staff(address: str, jurisdiction: Jurisdiction, *, name: str = "", role: str = MemberRole.MANAGER) -> Person:
    """Make the person with this address staff of this jurisdiction in this role, and create the account if needed.

    Only for commands of the operator, for the first person of an office; a manager invites the others. Raises
    ValidationError.
    """
    person = Person.objects.filter(email=address.strip().lower()).first()
    person = person or Person.objects.create_user(address, name=name)
    use_zone_of(jurisdiction, person)
    with change_members(jurisdiction, by=SYSTEM, emails=False):
        Membership.objects.update_or_create(person=person, jurisdiction=jurisdiction, defaults={"role": role})
    return person


def choose_language(*, by: Person, language: str) -> None:
    """Set the language of emails to this person, which applies if there are emails in it. They aren't asked about it again.
    Raises ValidationError.
    """
    if language not in languages.OWN_NAMES:
        raise ValidationError({"language": ValidationError(gettext("We don’t know this language."), code="language")})
    by.language, by.has_chosen_language = language, True
    by.save(update_fields=["language", "has_chosen_language"])


def set_name(*, by: Person, name: str) -> None:
    """Set one's own name, which others read where this person acted. Raises ValidationError."""
    by.name = name
    by.full_clean(exclude=["password"])
    by.save(update_fields=["name"])


def show_first_steps(*, by: Person, shown: bool) -> None:
    """Show this person the first steps of their office on the home page, or hide them."""
    by.hides_first_steps = not shown
    by.save(update_fields=["hides_first_steps"])


def suspend(*, by: Person, person: Person, why: str, confirmed: bool = False) -> Person:
    """Close an account: its owner is signed out of every session at the next request.

    For administrators; `why` is for them too. `confirmed`: they know that an office or organization loses its last
    manager by this (ValidationError otherwise).
    """
    return _set_active(False, by=by, person=person, why=why, confirmed=confirmed)


def reinstate(*, by: Person, person: Person, why: str) -> Person:
    """Open a suspended account again with the memberships that it had. Old sessions stay closed."""
    return _set_active(True, by=by, person=person, why=why, confirmed=False)


@transaction.atomic
def _set_active(is_active: bool, *, by: Person, person: Person, why: str, confirmed: bool) -> Person:
    why = clean_reason(why)
    people = Person.objects.select_for_update(no_key=True).filter(pk__in=(by.pk, person.pk)).order_by("pk")
    now = {row.pk: row for row in people}
    by, person = now[by.pk], now[person.pk]
    require(is_administrator(by))
    if by == person:
        raise ValidationError(gettext("You can’t suspend yourself. Another administrator can."), code="yourself")
    if person.is_active == is_active:
        return person
    verb, word = ("reinstate", "reinstated") if is_active else ("suspend", "suspended")
    request_id = uuid.uuid4()
    bodies = [membership.body for membership in memberships_of(person)]
    reason = f"The account was {word}."
    with change_members(*bodies, by=by, why=reason, confirmed=confirmed, request_id=request_id, emails=False):
        person.is_active = is_active
        person.set_unusable_password()  # sessions depend on the password hash: none of the old ones is valid afterwards
        person.save(update_fields=["is_active", "password"])
    rights_changed({person.pk})  # also of an administrator without a role
    change = Change.objects.create(
        request_id=request_id,
        at=clock.now(),
        by=by,
        why=why,
        verb=verb,
        record_type="person",
        record_id=person.pk,
        before={"is_active": not is_active},
        after={"is_active": is_active},
    )
    outbox.plan(EmailKind.MEMBERSHIP_CHANGED, f"{word}/{change.pk}", [person], person)
    return person
