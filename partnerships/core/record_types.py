"""The kinds of record that the registry keeps, each described once.

Every package registers its own kinds in `record_types.py`, which `partnerships.apps` imports at startup. What works on
every kind of record (history, undo, bulk edit, following, retention) reads them from here, and no other module keeps a
table by kind.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet

from partnerships.core.models import Record


@dataclass(frozen=True, kw_only=True)
class RecordType:
    """One kind of record. `person` is None for everyone who hasn't signed in."""

    model: type[Record]
    label: str  # “Check-ins”: what people call one
    visible_to: Callable[[Any], QuerySet]  # person → the rows that they may see
    office: str = ""  # the path to the jurisdiction that keeps its history; empty where that is none's
    # What its pages need.
    find: Callable[[Any, str], Any] | None = None  # (person, public id) → the record; raises Missing
    listed_in: str = ""  # name of the address of the list that it belongs to
    folder: str = ""  # first part of its addresses; by default its key with an s
    list_of: Callable[..., Any] | None = None  # (person, params) → the filtered list, where many can be changed at once
    is_followed: bool = False  # people can follow it
    is_named: bool = False  # histories of other records name it by its id
    hidden: str = ""  # what that id is called to those who may not see it: “A meeting that isn't shown to you”
    prefetch: tuple[str, ...] = ()  # what lists show beside its own columns
    # How it is written and its changes are undone. Without `save` it has no page of its history.
    may_write: Callable[[Any, Any], bool] | None = None  # (person, record)
    may_read_history: Callable[[Any, Any], bool] | None = None  # (person, record)
    read_for_snapshots: Callable[[list], None] | None = None  # reads at once what the snapshots of many show
    snapshot: Callable[[Any], dict] | None = None  # all of it as plain values
    save: Callable[..., Any] | None = None  # the action that saves any edit
    undo_argument: Callable[..., dict] | None = None  # (record, key, value) of a snapshot → arguments of `save`
    follows: tuple[str, ...] = ()  # keys of its snapshot that move of themselves when something else does
    vocabularies: Mapping[str, str] = field(default_factory=dict)  # where its snapshot has a key → of which vocabulary

    @property
    def key(self) -> str:
        """The name of its model, by which the change log and other rows name it."""
        return self.model._meta.model_name or ""

    @property
    def addresses(self) -> str:
        """The first part of its addresses."""
        return self.folder or f"{self.key}s"


_TYPES: dict[str, RecordType] = {}


def register(*types: RecordType) -> None:
    for one in types:
        if _TYPES.setdefault(one.key, one) is not one:
            raise ValueError(f"{one.key} is registered already.")


def get(key: str) -> RecordType:
    """Raises KeyError."""
    return _TYPES[key]


def of(record: Model) -> RecordType:
    """The kind of this record. Raises KeyError."""
    return _TYPES[record._meta.model_name or ""]


def every() -> Iterator[RecordType]:
    """In the order of packages, and of registration in each."""
    yield from _TYPES.values()


def with_history() -> list[RecordType]:
    """Those that have a page of their history, where changes can be undone."""
    return [one for one in every() if one.save]


def edited_together() -> list[RecordType]:
    """Those of which many can be changed at once."""
    return [one for one in every() if one.list_of]


def followed() -> list[RecordType]:
    """Those that people can follow."""
    return [one for one in every() if one.is_followed]


def may_read_history(person, record) -> bool:
    """Whether the person may read who changed what in this record."""
    reads = of(record).may_read_history
    return bool(reads and reads(person, record))
