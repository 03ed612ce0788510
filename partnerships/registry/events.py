"""What others may want to know of partnerships and seats, in the transaction that changed them."""

from collections.abc import Iterable

from partnerships.accounts.models import Person
from partnerships.core.hooks import event
from partnerships.core.search import Entry
from partnerships.directory.models import Contact
from partnerships.registry.models import Partnership, SeatConsent

# What search may know of other records that follow: resource → entries, which listeners add to.
Entries = dict[str, list[Entry]]


@event
def lead_changed(partnership: Partnership, was: str) -> None:
    """`was`: the public id of the former lead. A new lead keeps what belongs to the partnership."""


@event
def title_changed(partnership: Partnership, entries: Entries) -> None:
    """What is found by the title of its partnership goes into `entries`."""


@event
def visibility_changed(partnership: Partnership, is_published: bool, entries: Entries) -> None:
    """It was published or withdrawn: what is public as long as its partnership is comes and goes with it."""


@event
def seat_invited(invitation: SeatConsent, people: Iterable[Person | Contact]) -> None:
    """These people were invited to answer for a seat."""


@event
def seat_answered(consent: SeatConsent) -> None:
    """A partner answered for its seat."""
