"""Changing people."""

from partnerships.accounts.choices import MemberRole
from partnerships.accounts.models import Membership, Person


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
