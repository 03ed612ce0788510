"""What can go wrong in the domain packages.

Each interface puts it in its own form: a page, an RFC 9457 problem, an exit code.
"""

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext

from partnerships.core.types import Text

__all__ = [
    "EditConflict",
    "MergedInto",
    "NotAllowed",
    "NotFound",
    "PossibleDuplicates",
    "RateLimited",
    "SyncTokenExpired",
    "UnknownParameters",
    "ValidationError",
]


class RegistryError(Exception):
    """Base class of the errors that the registry raises on purpose."""


class NotFound(RegistryError):
    """There is no such record for this person: it doesn't exist, or they may not know that it exists."""


class MergedInto(NotFound):
    """The record was merged into another one, which this person may see under `public_id`."""

    def __init__(self, public_id: str) -> None:
        super().__init__(public_id)
        self.public_id = public_id


class NotAllowed(RegistryError):
    """The person may see the record, but may not do this to it."""


class EditConflict(RegistryError):
    """Another person saved the record since it was read: an edit conflict.

    `current` is the record as it is now, and `given` the version that was edited.
    """

    def __init__(self, current: Any, given: int) -> None:
        super().__init__(f"version {given} was edited, version {current.version} is saved")
        self.current, self.given = current, given


class PossibleDuplicates(ValidationError):
    """A new record, or one with a new name, may be there already.

    `duplicates`: the candidates that the person may see, likeliest first (`directory.duplicates.Duplicate`). The action
    saves the record if it's told that it is none of them, with a reason.
    """

    def __init__(self, message: Text, duplicates: Sequence[Any]) -> None:
        super().__init__({"name": ValidationError(message, code="possible_duplicate")})
        self.duplicates = duplicates


class RateLimited(ValidationError):
    """Something was tried too many times. It can be tried again after `seconds`; the message says so."""

    def __init__(self, words: Text, *, seconds: int) -> None:
        super().__init__(f"{words} {_wait_words(seconds)}", code="too_often")
        self.seconds = seconds


def _wait_words(seconds: int) -> str:
    minutes, hours = ceil(seconds / 60), ceil(seconds / 3600)
    if minutes == 1:
        return gettext("Wait a minute, then try again.")
    if minutes <= 90:
        words = ngettext("Wait %(count)d minute, then try again.", "Wait %(count)d minutes, then try again.", minutes)
        return words % {"count": minutes}
    return ngettext("Wait %(count)d hour, then try again.", "Wait %(count)d hours, then try again.", hours) % {
        "count": hours
    }


class UnknownParameters(RegistryError):
    """A list was asked for with parameters that it doesn't have. Ignoring them would return everything.

    `names` are the unknown ones and `known` all that exist, both sorted.
    """

    def __init__(self, names: Iterable[str], known: Iterable[str]) -> None:
        super().__init__(", ".join(names))
        self.names, self.known = sorted(names), sorted(known)


class SyncTokenExpired(RegistryError):
    """A sync token is older than the time that tombstones are kept. The client has to pull everything again."""
