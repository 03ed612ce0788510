"""Records that not everyone who saw them may see any more."""

from collections.abc import Iterable

from partnerships.core.hooks import event


@event
def withdrawn(**keys: Iterable[int]) -> None:
    """These records may have become hidden: kind (“partnership”, “meeting”) → primary keys. Called in the transaction that hid
    them, so that whatever kept a copy of them can look again."""
