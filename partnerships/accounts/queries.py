"""Reading people."""

from partnerships.accounts.models import Person


def person_by_address(email: str):
    """The person who may sign in with this address, or None."""
    return Person.objects.filter(email=email.strip().lower(), is_active=True).first()
