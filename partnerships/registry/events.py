"""Events about partnerships and seats, called in the transaction that changed them."""

from collections.abc import Iterable

from django.db.models import QuerySet

from partnerships.accounts.models import Person
from partnerships.core.access import System
from partnerships.core.hooks import event
from partnerships.core.search import Entry
from partnerships.directory.models import Contact
from partnerships.registry.models import Confirmation, Partnership, Party, SeatConsent

# What search may know of related records: resource → entries, which listeners add to.
Entries = dict[str, list[Entry]]


@event
def lead_changed(partnership: Partnership, was: str) -> None:
    """The lead changed.

    `was`: the public id of the former lead. The new lead keeps what belongs to the partnership.
    """


@event
def title_changed(partnership: Partnership, entries: Entries) -> None:
    """The title changed. Listeners add to `entries` what is found by the title of its partnership."""


@event
def visibility_changed(partnership: Partnership, is_published: bool, entries: Entries) -> None:
    """The partnership was published or unpublished. What is public only with its partnership changes with it."""


@event
def parties_removed(parties: list[Party]) -> None:
    """These parties are about to be removed from the record, or to be named in the office only. A listener that has facts
    about what they did raises ValidationError, and nothing is saved: a party that left gets a last day instead.
    """


@event
def confirmations_reset(partnership: Partnership, by: Person | System) -> None:
    """All partners are about to lose the rights of their seats: the record is unpublished, or they are asked again. A
    listener raises ValidationError to prevent it.
    """


@event
def partners_changed(partnership_ids: Iterable[int] | QuerySet) -> None:
    """The public partners of these partnerships changed, or may have. `partnership_ids`: a list, or a query."""


@event
def seat_invited(invitation: SeatConsent, people: Iterable[Person | Contact]) -> None:
    """These people were invited to answer about a seat."""


@event
def seat_answered(consent: SeatConsent) -> None:
    """A partner answered about its seat."""


@event
def stated_by_link(statement: Confirmation) -> None:
    """A partner without editors confirmed the record or disputed it, by a personal link."""
