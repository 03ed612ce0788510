"""What can go wrong below the faces. Each face turns these into its own words: a page, an RFC 9457 problem, an exit code."""

from math import ceil

from django.core.exceptions import ValidationError

__all__ = ["Gone", "Missing", "Moved", "NotAllowed", "Stale", "TooOften", "UnknownParameters", "ValidationError"]


class RegistryError(Exception):
    """Base of the errors that the registry raises on purpose."""


class Missing(RegistryError):
    """There is no such record for this person: it does not exist, or its existence is not theirs to know."""


class Moved(Missing):
    """The record was made one with another, which this person may see under `public_id`."""

    def __init__(self, public_id: str):
        super().__init__(public_id)
        self.public_id = public_id


class NotAllowed(RegistryError):
    """The person may see the record and may not do this to it."""


class Stale(RegistryError):
    """Somebody saved in between. `current` is the record as it stands now, `given` the version that was edited."""

    def __init__(self, current, given: int):
        super().__init__(f"version {given} was edited, version {current.version} stands")
        self.current, self.given = current, given


class TooOften(ValidationError):
    """Something was done too often. After `seconds` it may be done again; the words say so."""

    def __init__(self, words: str, *, seconds: int):
        super().__init__(f"{words} Wait {_wait(seconds)}, then try again.", code="too_often")
        self.seconds = seconds


def _wait(seconds: int) -> str:
    minutes, hours = ceil(seconds / 60), ceil(seconds / 3600)
    if minutes == 1:
        return "a minute"
    return f"{minutes} minutes" if minutes <= 90 else f"{hours} hours"


class UnknownParameters(RegistryError):
    """A list was asked for with names it does not know; answering would return everything. `names` and `known` are sorted."""

    def __init__(self, names, known):
        super().__init__(", ".join(names))
        self.names, self.known = sorted(names), sorted(known)


class Gone(RegistryError):
    """A sync token older than tombstones are kept: pull anew."""
