"""What the directory asks of packages that know more, and what it tells them (`core.hooks`)."""

from collections.abc import Iterable
from typing import Any

from partnerships.core.hooks import event, question
from partnerships.directory.models import Contact, Organization, Suggestion


@question
def partners_of(person: Any) -> Any:
    """The parties that sit with a body of the person in a published partnership that goes on, as a queryset with the fields
    `jurisdiction`, `department` and `organization`: the partners that a field is opened to."""


@question
def deciders(suggestion: Suggestion) -> list:
    """The people who are told of a suggestion."""


@event
def contacts_replaced(contacts: Iterable[Contact], rows: list[dict]) -> None:
    """Before a record's contacts become these rows (fields of Contact, with `id` for one that stays). Whoever needs one of them
    raises ValidationError."""


@event
def organization_saved(organization: Organization, *, before: dict, was: str, may_count: bool) -> None:
    """`before`: the fields that changed, as they were. `was`: its listing state before. `may_count`: once it is unlisted, its
    seats still count in figures."""


@event
def record_changed(record: Any, *, shown: bool = False, moved: bool = False, entries: dict[str, list]) -> None:
    """A jurisdiction, department, organization or issue area was saved. `shown`: with something that others show of it;
    `moved`: to another place in its tree; `entries`: what search may know of it. Called last in the transaction."""
