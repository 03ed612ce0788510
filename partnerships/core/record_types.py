"""The kinds of record that the registry keeps, each described once.

Every package registers its own kinds in `record_types.py`, which `partnerships.apps` imports at startup. What works on
every kind of record (history, undo, bulk edit, following, retention) reads them from here, and no other module keeps a
table by kind.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_noop

from partnerships.core.access import Viewer
from partnerships.core.models import Record, type_key
from partnerships.core.snapshots import prefetch_rows, snapshot_fields, undo_field
from partnerships.core.types import Text


@dataclass(frozen=True)
class Column:
    """The column of a field in files that are imported. The model says which values its cells may have."""

    label: str  # its heading in the template
    help: str = ""
    example: str = ""
    also: tuple[str, ...] = ()  # other headings for it
    is_needed: bool = False  # a new record needs it
    choices: tuple[tuple[str, Text], ...] = ()  # the choices that a file may set, if not all


@dataclass(frozen=True)
class Field:
    """What the model of a record type doesn't say about one of its fields.

    The model has its type, length, choices and label. History, undo and drafts include every field of the model.
    """

    name: str  # its name in the model and in snapshots
    help: str = ""  # on the form
    vocabulary: str = ""  # the vocabulary of its terms, if it holds terms
    published: str = ""  # its description in the API; if empty, the public document doesn't copy it
    announced: Text = ""  # its name in news about changes; if empty, news leave it out
    column: Column | None = None  # its column in imports; None: imports don't set it
    section: str = ""  # the section that shows it on the page of its own people, if their page has sections
    is_searched: bool = False  # search finds records by its words
    is_in_files: bool = False  # downloads have a column for it
    is_merged: bool = False  # people choose between both values in a merge


@dataclass(frozen=True)
class BoxSearch:
    """How the search box finds records of a type: by search entries or, if `columns` are given, by words in these.

    The first column is the name. `drafts` limits the rows to unpublished ones that a person with memberships may see.
    `along`: related rows to select, which the line of a match shows.
    """

    columns: tuple[str, ...] = ()
    along: tuple[str, ...] = ()
    drafts: Callable[[QuerySet], QuerySet] | None = None
    rows: Callable[[Any], QuerySet] | None = None  # person → rows to search, if not all that they may see
    is_for: Callable[[Any], bool] = field(default=lambda person: True)


def _not_offered(*_args: object, **_more: object) -> Any:
    raise LookupError("This kind of record doesn’t offer that.")


@dataclass(frozen=True, kw_only=True)
class RecordType:
    """One kind of record. `person` is None for everyone who hasn't signed in."""

    model: type[Record]
    label: Text  # “Check-ins”: what people call one
    visible_to: Callable[[Any], QuerySet]  # person → the rows that they may see
    fields: tuple[Field, ...] = ()  # in the order in which documents and files have them
    office: str = ""  # the path to the jurisdiction whose staff keep its history; empty if none does
    public_rows: Callable[[], QuerySet] | None = None  # the rows that everyone may read, if visible_to(None) has fewer
    # What its pages need.
    find: Callable[[Any, str], Any] = _not_offered  # (person, public id) → the record; raises NotFound
    listed_in: str = ""  # the URL name of its list, or of the list of its parent
    folder: str = ""  # the first part of its URLs; by default its key with an s
    list_of: Callable[..., Any] = (
        _not_offered  # (person, params) → the filtered list; with it, records can be edited in bulk
    )
    is_followed: bool = False  # people can follow it
    is_named: bool = False  # histories of other records refer to it by its id
    hidden: str = ""  # the text for readers who may not see it: “A meeting that you can't see”
    prefetch: tuple[str, ...] = ()  # relations that lists show
    box_search: BoxSearch | None = None  # None: the search box doesn't find it
    # Its history. Without `may_read_history`, it has no page of it.
    may_read_history: Callable[[Any, Any], bool] | None = None  # (person, record)
    changes_seen: Callable[[Any, Any, QuerySet], QuerySet] | None = None  # (person, record, rows) → those they may read
    history_fields: tuple[str, ...] | None = None  # the keys of its snapshot that its history shows, if not all
    history_note: Text = ""  # who reads it and what it says, if it's another than the histories of other records
    # How it is saved and its changes are undone. Without `save`, no change is undone.
    may_write: Callable[[Any, Any], bool] = _not_offered  # (person, record)
    save: Callable[..., Any] = _not_offered  # the action that saves any edit
    # For a type whose snapshots have more than its fields.
    read_for_snapshots: Callable[[list], None] = prefetch_rows  # prefetches what the snapshots of many show
    snapshot: Callable[[Any], dict] = snapshot_fields  # the record as JSON values
    undo_argument: Callable[..., dict] = undo_field  # (record, key, value) of a snapshot → arguments of `save`
    follows: tuple[str, ...] = ()  # keys of its snapshot that follow from other keys
    vocabularies: Mapping[str, str] = field(default_factory=dict)  # key of a row of its snapshot → vocabulary

    @property
    def key(self) -> str:
        """The name of its model, by which the change log and other rows name it."""
        return type_key(self.model)

    @property
    def addresses(self) -> str:
        """The first part of its addresses."""
        return self.folder or f"{self.key}s"

    def model_field(self, name: str) -> Any:
        """The field of its model. Raises FieldDoesNotExist."""
        return self.model._meta.get_field(name)

    def label_of(self, one: Field) -> str:
        """What people call one of its fields."""
        return gettext(one.column.label) if one.column else str(self.model_field(one.name).verbose_name).capitalize()

    def name_of(self, path: str) -> str:
        """What people call a value of its snapshot, such as “title” or “parties.side”, in forms and histories."""
        column = next((one.column for one in self.fields if one.name == path), None)
        last = path.rpartition(".")[2]
        if column or last in _NAMES:
            return column.label if column else _NAMES[last]
        model = self._model_of(path)
        concrete = {one.name: one for one in model._meta.concrete_fields} if model else {}
        words = str(concrete[last].verbose_name) if last in concrete else last.removeprefix("of_")
        return capfirst(re.sub(r"[_-]", " ", words))

    def _model_of(self, path: str) -> type[Model] | None:
        """The model that has this field: of the record, or of its rows, such as “advisory_body” in “advisory_body.position”."""
        model: Any = self.model
        for name in path.split(".")[:-1]:
            known = {one.name: one for one in model._meta.get_fields()}
            model = known[name].related_model if name in known else None
            if model is None:
                return None
        return model

    def in_files(self, *, exclude: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The names of the fields that lists have a column of in files, but for these."""
        return tuple(one.name for one in self.fields if one.is_in_files and one.name not in exclude)

    @property
    def terms(self) -> dict[str, str]:
        """The names of its fields that hold terms → their vocabularies."""
        return {one.name: one.vocabulary for one in self.fields if one.vocabulary}


_TYPES: dict[str, RecordType] = {}
# What people call keys of snapshots whose field has no column in files.
_NAMES = {
    "asks": gettext_noop("What the community asked for"),
    "at": gettext_noop("Date"),
    "attendance": gettext_noop("Who came"),
    "came_of_it": gettext_noop("Policy or tool"),
    "confirmed_identifiers": gettext_noop("Confirmed identifiers"),
    "consented_on": gettext_noop("Date they agreed to be listed"),
    "detail": gettext_noop("Details"),
    "earlier": gettext_noop("Earlier partnership"),
    "ends_on": gettext_noop("End date"),
    "follow_up_by": gettext_noop("Who follows up"),
    "follow_up_on": gettext_noop("Follow-up date"),
    "followed_up_on": gettext_noop("Follow-up done on"),
    "is_illustration": gettext_noop("Illustration"),
    "is_public": gettext_noop("Public"),
    "is_published": gettext_noop("Published"),
    "is_reference": gettext_noop("Others are compared with it"),
    "is_shared": gettext_noop("Shared"),
    "kind": gettext_noop("Type"),
    "later": gettext_noop("Later partnership"),
    "lead": gettext_noop("Lead agency"),
    "number": gettext_noop("Number in the plan"),
    "open_fields": gettext_noop("Who can see it"),
    "owner_party": gettext_noop("Partner responsible"),
    "owner_person": gettext_noop("Person responsible"),
    "participants": gettext_noop("Invited people"),
    "parties": gettext_noop("Partners"),
    "party": gettext_noop("Partner"),
    "public_on": gettext_noop("Public from"),
    "remarks": gettext_noop("Public statements"),
    "scheme": gettext_noop("System"),
    "shared_with": gettext_noop("Draft shared with"),
    "shown_at": gettext_noop("Shown to the partners"),
    "starts_on": gettext_noop("Start date"),
    "statements": gettext_noop("What partners said about the record"),
    "supplies": gettext_noop("Provides data"),
    "url": gettext_noop("Link"),
    "verdict": gettext_noop("Answer"),
    "visible_to": gettext_noop("Who can see it"),
    "withdrawn_at": gettext_noop("Withdrawn"),
    "words": gettext_noop("In its own words"),
    "zone": gettext_noop("Time zone"),
}


def register(*types: RecordType) -> None:
    for one in types:
        if _TYPES.setdefault(one.key, one) is not one:
            raise ValueError(f"{one.key} is registered already.")


def get(key: str) -> RecordType:
    """Raises KeyError."""
    return _TYPES[key]


def for_record(record: Model | type[Model]) -> RecordType:
    """The kind of this record, or of the records of this model. Raises KeyError."""
    return _TYPES[type_key(record)]


def history_fields(key: str) -> tuple[str, ...] | None:
    """The keys of snapshots that the history of this kind shows; None for all."""
    kind = _TYPES.get(key)
    return kind.history_fields if kind else None


def fields_of(record: Model) -> tuple[Field, ...]:
    """The fields of its record type; none for a record without one."""
    kind = _TYPES.get(type_key(record))
    return kind.fields if kind else ()


def all_types() -> Iterator[RecordType]:
    """In the order of packages, and of registration in each."""
    yield from _TYPES.values()


def with_history() -> list[RecordType]:
    """Those that have a page of their history."""
    return [one for one in all_types() if one.may_read_history]


def with_undo() -> list[RecordType]:
    """Those of them whose changes can be undone."""
    return [one for one in with_history() if one.save is not _not_offered]


def bulk_editable() -> list[RecordType]:
    """The kinds whose records can be changed in bulk."""
    return [one for one in all_types() if one.list_of is not _not_offered]


def followable() -> list[RecordType]:
    """Those that people can follow."""
    return [one for one in all_types() if one.is_followed]


def may_read_history(person: Viewer, record: Model) -> bool:
    """Whether the person may read who changed what in this record."""
    reads = for_record(record).may_read_history
    return bool(reads and reads(person, record))
