"""What accounts ask of higher packages (`core.hooks`)."""

from partnerships.accounts.models import Person
from partnerships.core.hooks import question
from partnerships.directory.models import Organization


@question
def has_confirmed_seat(person: Person, organization: Organization) -> bool:
    """Whether a seat of the organization is confirmed now by a link that went to this person's address, at most 90 days ago."""
