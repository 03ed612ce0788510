"""Who an email goes to, as far as sending needs to know. `notifications.recipients` answers these questions.

A recipient is written as “person:12” or “contact:7”. No row holds the email address, which is looked up when sending.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from partnerships.core.hooks import event, question
from partnerships.core.models import type_key
from partnerships.mail.choices import Pace
from partnerships.mail.models import Email

NO_ONE = "address"  # the recipient of an email to an address that belongs to no account


@dataclass(frozen=True)
class Recipient:
    """Where an email goes now.

    `zone` is "" when the recipient's own time zone is unknown. `language` is the one they asked for. `person` is their
    account, if they have one.
    """

    key: str
    name: str
    address: str
    zone: str
    language: str
    person: Any = None


@dataclass(frozen=True)
class Audience:
    """Who an email goes to now, what it is about, and why it may not be sent ("" when it may)."""

    recipient: Recipient | None
    subject: Any
    refusal: str
    pace: str = Pace.AT_ONCE


@dataclass(frozen=True)
class Prefetched:
    """What the first checks of a batch of emails have in common, read at once. The fence checks again.

    `seats`: (recipient, meeting's primary key) → the seat; seats of one meeting share its object. `paces`: (recipient,
    kind) → pace. `suppressed`: as `suppressions.reasons`, for the addresses of the seats. `shared`: what rendering has built
    that several emails share.
    """

    seats: dict
    paces: dict
    suppressed: dict
    shared: dict = field(default_factory=dict)


def key_of(someone: Any) -> str:
    """The recipient key of a person, contact or suggestion, such as “person:12”."""
    return f"{type_key(someone)}:{someone.pk}"


def unknown_recipient(address: str) -> Recipient:
    """The recipient for an address that belongs to no account."""
    return Recipient(NO_ONE, "", address, "", "en")


@question
def recipient_at(address: str) -> Recipient:
    """The account that has this email address; `unknown_recipient` when there is none."""


@question
def owner_of(address: str) -> str:
    """The recipient key of the account or contact that has this address now; "" when there is none."""


@question
def prefetch(emails: list[Email]) -> Prefetched:
    """Read at once what the first checks of these emails have in common."""


@question
def find_audience(email: Email, ahead: Prefetched | None = None, *, reread: bool = True) -> Audience:
    """Who gets the email, what it is about, and whether it may be sent.

    `ahead`: what was prefetched for its batch. `reread`: read that again, because it may have changed since.
    """


@question
def unchanged_conditions(email: Email, ahead: Prefetched) -> tuple | None:
    """Conditions for one SQL statement that hold as long as the data in `ahead` is still true; None if one statement
    can't say it.
    """


@question
def unsubscribed(keys: set[str], kinds: set[str]) -> set[tuple[str, str]]:
    """The (recipient, kind) pairs among these that the reader turned off."""


@question
def goes_to_digest(email: Email, pace: str, person: Any, now: datetime) -> bool:
    """Whether the email becomes an entry of the reader's daily or weekly digest."""


@question
def add_to_digest(email: Email, person: Any, now: datetime) -> None:
    """Add the email to the reader's daily or weekly digest."""


@question
def end_of_quiet_hours(email: Email, person: Any, now: datetime) -> datetime | None:
    """The end of the reader's quiet hours if the email has to wait for it; None if it may be sent now."""


@event
def email_settled(email: Email, subject: Any) -> None:
    """Called when the email is about to be sent, or is withdrawn. A digest marks the entries that it holds."""
