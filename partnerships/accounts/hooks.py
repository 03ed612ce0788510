"""What accounts ask of higher packages (`core.hooks`).

When someone leaves an office or organization, each package answers for its own kinds of things that depend on people.

A package lists what it knows of (`list_holdings`), and passes on or ends all of it (`pass_on`), whether or not the
person who does it can see it. A new kind needs a name in LABELS and the two functions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Model, QuerySet

from partnerships.accounts.choices import Outcome
from partnerships.accounts.models import Person
from partnerships.core.access import SYSTEM, Author
from partnerships.core.hooks import event, question
from partnerships.core.models import Change, type_key
from partnerships.core.types import Text
from partnerships.directory.models import Body, Contact, Organization

if TYPE_CHECKING:
    from collections.abc import Callable

Row = TypeVar("Row", bound=Model)
WHY = "Someone left."  # in the history of what passed on or ended

# Key of a kind of holding → its name, for the page before and the email after.
LABELS: dict[str, Text] = {}


@dataclass(frozen=True)
class Departure:
    """`leaver` leaves an office or organization, and `successor`, who belongs to the same one, follows if there is one.

    `by`: the person who does it and reads what is listed; SYSTEM reads everything. A new contact has no primary key
    before it is saved.
    """

    leaver: Person | Contact
    body: Body
    by: Author
    successor: Person | Contact | None = None

    @property
    def person(self) -> Person | None:
        """Who follows, if they have an account: not everything can pass to a contact."""
        return self.successor if isinstance(self.successor, Person) else None

    @property
    def of_leaver(self) -> dict[str, Model]:
        """Who leaves, as the value of the fields `person` or `contact` of a row."""
        return {type_key(self.leaver): self.leaver}

    @property
    def of_successor(self) -> dict[str, Model | None]:
        """Who follows, as values of the fields `person` and `contact` of a row."""
        contact = self.successor if isinstance(self.successor, Contact) else None
        return {"person": self.person, "contact": contact}

    @property
    def body_field(self) -> dict[str, Body]:
        """The office or organization, as the value of the field of its kind."""
        return {type_key(self.body): self.body}

    def seen(self, rows: QuerySet[Row], visible_to: "Callable[..., QuerySet[Row]]") -> QuerySet[Row]:
        """Those of these rows that the reader may see by this rule."""
        return rows if self.by is SYSTEM else rows.filter(pk__in=visible_to(self.by).order_by().values("pk"))


@dataclass(frozen=True)
class Holding:
    """Things of one kind that depend on who leaves, and that have the same outcome.

    `items`: (name, URL or "") of those that the reader may see. `note`: what the outcome means. Without items, the note
    alone says what holds for all, so that it doesn't reveal whether there are any.
    """

    key: str
    outcome: Outcome
    items: Sequence[tuple[Text, str]] = field(default=())
    note: Text = ""

    @property
    def label(self) -> Text:
        return LABELS[self.key]


@question
def has_confirmed_seat(person: Person, organization: Organization) -> bool:
    """Whether a seat of the organization is confirmed now by a link that went to this person's address, at most 90 days ago."""


@event
def list_holdings(departure: Departure, found: list[Holding]) -> None:
    """Add to `found` what would pass on, end or stay."""


@event
def pass_on(departure: Departure) -> None:
    """Pass on or end everything that depends on who leaves. They still belong there, and who follows belongs there."""


@event
def has_left(departure: Departure, change: Change) -> None:
    """Their contact or membership has ended. `change`: the entry of the history that says who follows."""


def holdings_of(departure: Departure) -> list[Holding]:
    """What depends on who leaves, as far as the reader may see it."""
    found: list[Holding] = []
    list_holdings(departure, found)
    return found


def all_holdings_of(departure: Departure) -> list[Holding]:
    """The same, with what the person who does it may not see."""
    return holdings_of(replace(departure, by=SYSTEM))
