"""Reading people."""

from partnerships.accounts.models import Person


def person_by_address(email: str):
    """The person who may sign in with this address, or None."""
    return Person.objects.filter(email=email.strip().lower(), is_active=True).first()


def sample_is_loaded() -> bool:
    """Whether the sample registry is in the database: its people come and go with it."""
    return Person.objects.filter(is_sample=True).exists()


def memberships_of(person):
    """The bodies that this person belongs to, with their names."""
    return person.memberships.select_related("jurisdiction", "department", "organization").order_by("id")
