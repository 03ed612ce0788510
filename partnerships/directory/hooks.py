"""What the directory asks of higher packages, and what it tells them (`core.hooks`)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from partnerships.core.access import Author
from partnerships.core.hooks import event, question
from partnerships.directory.models import Contact, Organization, Suggestion


@question
def partners_of(person: Any) -> Any:
    """The parties of active published partnerships in which the person's offices and organizations take part.

    A queryset with the fields `jurisdiction`, `department` and `organization`: those whose fields for partners
    (`Reader.PARTNERS`) the person may read.
    """


@question
def spoken_with(person: Any, since: date) -> Any:
    """A Q for the organizations with which someone spoke on or after this day, as far as the person may see: an interaction,
    a meeting or a check-in.
    """


@question
def owned(person: Any, kind: str, which: str) -> Any:
    """A Q for the partnerships or organizations (`kind`) that the person looks after (“mine”), or for those of the person's
    offices that have no owner (“none”).
    """


@question
def deciders(suggestion: Suggestion) -> list:
    """The people who are notified of a suggestion."""


@event
def contacts_replaced(contacts: Iterable[Contact], rows: Sequence[dict]) -> None:
    """Called before a record's contacts are replaced with these rows (fields of Contact, with `id` for one that
    stays).

    A package that still needs one of the contacts raises ValidationError.
    """


@event
def organization_saved(
    organization: Organization, *, by: Author, before: dict, was: str, may_count: bool, reason: str
) -> None:
    """Called after an organization was saved.

    `before`: the old values of changed fields. `was`: its old listing. `may_count`: after it is unlisted, its seats
    still count in figures. `reason`: what the person said for it.
    """


@event
def said_to_differ(organization: Organization, others: Sequence[Organization], *, by: Author) -> None:
    """Called after someone said that an organization is a different one than these, although their names look alike, or
    listed it under the name of one that unlisted itself.
    """


@event
def record_changed(record: Any, *, shown: bool = False, moved: bool = False, entries: dict[str, list]) -> None:
    """Called last in the transaction that saved a jurisdiction, department, organization or issue area.

    `shown`: something that other records display has changed. `moved`: it has a new place in its tree. `entries`: its
    search entries.
    """
