"""A hook for records that some of their former readers may no longer see."""

from collections.abc import Iterable

from partnerships.core.hooks import event


@event
def withdrawn(**keys: Iterable[int]) -> None:
    """Called when these records may have become hidden: kind (“partnership”, “meeting”) → primary keys.

    It is called in the transaction that hid them, so that packages that keep a copy of them can check it again.
    """
