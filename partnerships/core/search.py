"""Text search: one function each way, the same behaviour on both databases."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """What search may know of one record: only what the public may read, unless `is_public` is false (a draft)."""

    record_id: int
    is_public: bool
    title: str
    names: str = ""
    body: str = ""


def index(resource: str, entries: list[Entry]) -> None:
    """Stores these entries in place of the old ones and keeps the table of published words."""


def hide(resource: str, record_ids) -> None:
    """Takes these records out of search at once; indexing them again brings them back."""


def remove(resource: str, record_ids) -> None:
    """Forgets these records."""
