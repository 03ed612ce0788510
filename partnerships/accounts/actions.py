"""Changing people."""

from partnerships.accounts.choices import MemberRole
from partnerships.accounts.models import Membership, Person


def begin_account(address: str) -> Person:
    """The person with this address, made if there is none: for whoever has just proved that they read its mail.

    An account that was closed stays closed.
    """
    address = address.strip().lower()
    found = Person.objects.filter(email=address).first()
    if found is None:
        Person.objects.bulk_create([_newcomer(address)], ignore_conflicts=True)  # two browsers may prove it at once
        found = Person.objects.get(email=address)
    return found


def _newcomer(address):
    person = Person(email=address)
    person.set_unusable_password()
    person.full_clean(exclude=["password"])
    return person


def make_administrator(address: str, *, name: str = "") -> Person:
    """The person with this address, made if need be, who may from now on sign in and do everything.

    Only whoever runs the registry's machine calls this. Raises ValidationError.
    """
    person = Person.objects.filter(email=address.strip().lower()).first()
    if person is None:
        return Person.objects.create_user(address, name=name, is_administrator=True)
    person.is_administrator = person.is_active = True
    person.name = name or person.name
    person.full_clean(exclude=["password"])
    person.save()
    return person


def make_staff(address: str, jurisdiction, *, name: str = "", role: str = MemberRole.EDITOR) -> Person:
    """The person with this address, made if need be, as staff of this jurisdiction in this role.

    Only whoever runs the registry's machine calls this. Raises ValidationError.
    """
    person = Person.objects.filter(email=address.strip().lower()).first()
    person = person or Person.objects.create_user(address, name=name)
    Membership.objects.update_or_create(person=person, jurisdiction=jurisdiction, defaults={"role": role})
    return person
