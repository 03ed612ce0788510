"""Reading people."""

from partnerships.accounts.models import Person


def person_by_address(email: str):
    """The person who may sign in with this address, or None."""
    return Person.objects.filter(email=email.strip().lower(), is_active=True).first()


def is_closed(email: str) -> bool:
    """Whether the account with this address may no longer sign in."""
    return Person.objects.filter(email=email.strip().lower(), is_active=False).exists()


def sample_is_loaded() -> bool:
    """Whether the sample registry is in the database: its people come and go with it."""
    return Person.objects.filter(is_sample=True).exists()


def members_of(organization):
    """The memberships of an organization, with its people; those who may not sign in left out."""
    rows = organization.memberships.filter(person__is_active=True).select_related("person")
    return list(rows.order_by("person__name", "pk"))


def memberships_of(person):
    """The bodies that this person belongs to, with their names."""
    return person.memberships.select_related("jurisdiction", "department", "organization").order_by("id")
