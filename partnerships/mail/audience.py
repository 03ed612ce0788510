"""Who an email goes to, as far as sending needs to know. `notifications.recipients` answers what people and records say of it.

A recipient is written “person:12” or “contact:7”; no row holds the address, which is looked up at sending.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from partnerships.core.hooks import event, question
from partnerships.mail.choices import Pace
from partnerships.mail.models import Letter

NO_ONE = "address"  # the recipient of an email to an address that belongs to no account


@dataclass(frozen=True)
class Recipient:
    """Where an email goes now. `zone` is empty when we don't know the reader's own. `language`: the one they asked for.
    `person`: their account, where they have one."""

    key: str
    name: str
    address: str
    zone: str
    language: str
    person: Any = None


@dataclass(frozen=True)
class Look:
    """Who an email goes to now, what it is about, and why it may not go (empty when it may)."""

    recipient: Recipient | None
    subject: Any
    refusal: str
    pace: str = Pace.AT_ONCE


@dataclass(frozen=True)
class Ahead:
    """What the first looks at a batch of emails have in common, read at once. The fence asks again.

    `seats`: (recipient, meeting's key) → the seat; those of one meeting share its object. `paces`: (recipient, kind) → pace.
    `listed`: as `suppressed.reasons`, of the seats' addresses. `shared`: what `letters` has made that is the same for several.
    """

    seats: dict
    paces: dict
    listed: dict
    shared: dict = field(default_factory=dict)


def key_of(someone: Any) -> str:
    """“person:12” of a person, contact or suggestion."""
    return f"{someone._meta.model_name}:{someone.pk}"


def unknown(address: str) -> Recipient:
    """Someone who typed an address that belongs to no account."""
    return Recipient(NO_ONE, "", address, "", "en")


@question
def at_address(address: str) -> Recipient:
    """Whose account has this address; `unknown` where none has."""


@question
def owner_of(address: str) -> str:
    """Whose address it is now, as a recipient; empty when it belongs to no account or contact."""


@question
def read_ahead(letters: list[Letter]) -> Ahead:
    """What the first looks at these emails have in common."""


@question
def look(letter: Letter, ahead: Ahead | None = None, *, anew: bool = True) -> Look:
    """Who gets it, what it is about, and whether they may have it. `anew`: whether what was read `ahead` may have changed."""


@question
def still_so(letter: Letter, ahead: Ahead) -> tuple | None:
    """What has to hold for what was read ahead to be true still, as conditions of one statement; None where that takes more."""


@question
def stopped(keys: set[str], kinds: set[str]) -> set[tuple[str, str]]:
    """(recipient, kind) of those among these that the reader turned off."""


@question
def is_gathered(letter: Letter, pace: str, person: Any, now: datetime) -> bool:
    """Whether it goes into the reader's daily or weekly email."""


@question
def gather(letter: Letter, person: Any, now: datetime) -> None:
    """Keeps it for the reader's daily or weekly email."""


@question
def quiet_until(letter: Letter, person: Any, now: datetime) -> datetime | None:
    """The end of the reader's quiet hours, when this email has to wait for it; None when it may go now."""


@event
def settled(letter: Letter, subject: Any) -> None:
    """The email goes out, or is withdrawn. A daily or weekly one keeps the entries that it holds."""
