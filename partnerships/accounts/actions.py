"""Changing people."""

from partnerships.accounts.models import Person


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
