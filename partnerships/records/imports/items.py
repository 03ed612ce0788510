"""What kinds of record share when a file is compared: reading its rows, finding records, holding fields against them.

An item is one record with the rows about it. Empty cells change nothing.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import EmailField, Model, QuerySet, prefetch_related_objects
from django.db.models import Field as ModelField
from django.utils.translation import gettext_noop as _

from partnerships.accounts.models import Person
from partnerships.core import record_types
from partnerships.core.errors import ValidationError
from partnerships.core.importing import Difference, Item, Problem
from partnerships.core.models import Record, model_field, type_key
from partnerships.core.stored_texts import StoredText
from partnerships.core.tables import Cell, Table, UnreadableCell, is_empty, normalize_heading
from partnerships.directory.models import Body, Department, Jurisdiction, Organization, Term
from partnerships.measurement.pasted_tables import SubmittedNumber
from partnerships.records.imports.cells import (
    InvalidCell,
    RecordLookup,
    is_blank,
    parts_of,
    read,
    text_of,
    words_of,
)
from partnerships.records.imports.fields import KINDS, LISTS, SINGLE, Described
from partnerships.records.imports.fixes import Fixes

OTHER = "other"  # the answer that a row is none of the records that are like it
SAME_AS = "row-"  # how the answer begins that a row is about the same record as another row, whose key follows
BATCH = 400
Row = TypeVar("Row")


@dataclass
class Job:
    """One import of a person for an office.

    `columns`: index of a column → key of the field. `answers`: key of an item → the public id of its record, or OTHER, or
    SAME_AS with the key of another item. `left`: key of an item → fields that keep their current value. `cells`: row → field
    → cell, as they were read after `fixes`. `points`: id of a measure → (former, new) primary keys of the numbers that were
    saved. `named`: the records that cells name. `added`: the records that earlier rows added.
    """

    person: Person
    jurisdiction: Jurisdiction
    kind: str
    table: Table
    columns: dict[int, str]
    answers: dict[str, str] = field(default_factory=dict)
    left: dict[str, list[str]] = field(default_factory=dict)
    fixes: Fixes = field(default_factory=Fixes)
    cells: dict[int, dict[str, Cell]] = field(default_factory=dict)
    why: str = ""
    request_id: UUID | None = None
    remarks: list[tuple[int, str]] = field(default_factory=list)
    points: dict[str, list[list[int | None]]] = field(default_factory=dict)
    named: set[Body] = field(default_factory=set)
    added: list[Any] = field(default_factory=list)

    @property
    def described(self) -> Described:
        return KINDS[self.kind]

    @property
    def has_blanks(self) -> bool:
        """Whether a cell such as “N/A” is empty, and a row of totals isn't a record."""
        return self.described.has_blanks and self.table.has_blanks

    def label(self, key: str) -> str:
        """The file's heading for a field, or else the field's label."""
        index = next((index for index, name in self.columns.items() if name == key), None)
        heading = self.table.headings[index] if index is not None and index < len(self.table.headings) else ""
        known = self.described.by_key.get(key)
        return heading or StoredText(known.label if known else key)


def read_rows(job: Job) -> list[Item]:
    """An item for each row that isn't skipped, with its values. A cell that can't be used is a problem of its row."""
    job.cells = dict(_cells(job))
    lookup = RecordLookup(job.person, starts_1904=job.table.starts_1904)
    lookup.look_ahead(_named_bodies(job))
    items = [_item(job, lookup, number) for number in job.cells]
    job.named = lookup.named
    by_row = {item.row: item for item in items}
    for number, index, words in job.table.troubles:
        item = by_row.get(number) or (items[0] if items and number not in job.fixes.skipped else None)
        if item is not None:
            column = job.table.headings[index] if index is not None else ""
            item.problems.append(Problem(number, column, words))
    return items


def _cells(job: Job) -> Iterator[tuple[int, dict[str, Cell]]]:
    """(row, field → cell) of the rows to read, after what was fixed on the page."""
    by_key = job.described.by_key
    indexes = {key: index for index, key in sorted(job.columns.items()) if key}
    for number, cells in job.table.rows:
        if number in job.fixes.skipped:
            continue
        if job.has_blanks and _is_total(cells):
            job.remarks.append(
                (number, StoredText(_("Row %(row)s has totals, so we didn’t read it as a record."), row=number))
            )
            continue
        keys = [*indexes, *(key for key in job.fixes.cells.get(number, ()) if key not in indexes)]
        found = {key: _shown_cell(cells[indexes[key]]) if key in indexes else None for key in keys}
        yield number, {key: job.fixes.apply(by_key[key], number, cell) for key, cell in found.items()}


def _shown_cell(cell: Cell) -> Cell:
    """A cell, or what the merged cell shows whose lower part it is."""
    return cell.above if isinstance(cell, UnreadableCell) and cell.above is not None else cell


_TOTAL = re.compile(
    r"(grand |sub)?-?totals?( (organizations|partners|groups|contacts|count|number))?( of .*)?:?( *\d+)?|count:?( *\d+)?"
)


def _is_total(cells: Sequence[Cell]) -> bool:
    """Whether a row only says how many rows there are, or adds up a column."""
    filled = [cell for cell in cells if not is_empty(cell)]
    if not filled or not isinstance(filled[0], str) or not _TOTAL.fullmatch(filled[0].strip().casefold()):
        return False
    return all(isinstance(cell, (int, float)) or re.fullmatch(r"[$\d,. %]+", str(cell)) for cell in filled[1:])


def _named_bodies(job: Job) -> Iterator[tuple[str, str]]:
    named = {key: one for key, one in job.described.by_key.items() if one.reads in ("body", "bodies")}
    for cells in job.cells.values():
        for key, cell in cells.items():
            if key in named and not is_empty(cell):
                try:
                    text = text_of(cell)
                except InvalidCell:
                    continue
                for part in parts_of(text) if named[key].reads == "bodies" else [text]:
                    yield named[key].of, part


def _item(job: Job, lookup: RecordLookup, number: int) -> Item:
    item = Item(number, rows=[number])
    for key, cell in job.cells[number].items():
        one = job.described.by_key[key]
        if cell is None or (isinstance(cell, str) and is_empty(cell)):
            continue
        if job.has_blanks and isinstance(cell, str) and is_blank(cell):
            continue
        lookup.remarks.clear()
        try:
            value = read(one, cell, lookup)
        except InvalidCell as wrong:
            for part in wrong.each:
                item.refuse(part.words, job.label(key), text=part.text or str(cell), code=part.code)
            continue
        job.remarks += [
            (number, StoredText("%(column)s: %(remark)s", column=job.label(one.key), remark=words))
            for words in lookup.remarks
        ]
        if value not in ("", []):
            item.values[one.key] = value
    return item


def check_texts(
    job: Job, item: Item | SubmittedNumber, model: type[Model], names: tuple[str, ...], *, prefix: str = ""
) -> None:
    """Clean an item's texts as the model's fields do. What they refuse is a problem of its row.

    `prefix`: how the keys of the file's columns begin that hold these fields.
    """
    for name in names:
        value = item.values.get(name)
        if not isinstance(value, str):
            continue
        of_model = model_field(model, name)
        form = of_model.formfield() if of_model.max_length else None
        try:
            if form is not None and hasattr(form, "assume_scheme"):
                value = form.clean(value)
            item.values[name] = of_model.clean(value, None)
        except ValidationError as problem:
            item.refuse(_in_words(problem, of_model), job.label(prefix + name), text=value)


_WORDS = {
    "max_length": _("This is too long: %(show_value)s characters. The limit is %(limit_value)s."),
}
_LINK = _("Enter a full web address, like https://example.org.")
_EMAIL = _("Enter a full email address, like name@example.org.")


def _in_words(problem: ValidationError, of_model: ModelField) -> str:
    """What a field refused, in our own words."""
    known = _WORDS | {"invalid": _EMAIL if isinstance(of_model, EmailField) else _LINK}
    return StoredText.join(
        (
            StoredText(known[error.code], **(error.params or {})) if error.code in known else StoredText.of_error(error)
            for error in problem.error_list
        ),
        " ",
    )


@dataclass(frozen=True, kw_only=True)
class Records:
    """The records of one type in a file: its columns, and which record each row means.

    `own(job)`: the office's records, which a row may mean by their name alone. `along`: relations to read with them. `name`: the
    field with the name. `several`, `unknown`: why a name or an ID can't be used. `refused(job, records)`: primary key → why the
    import may not change that record, which is said in the column `refused_at`.
    """

    columns: Described
    model: type[Record]
    own: Callable[[Job], QuerySet]
    along: tuple[str, ...]
    several: str
    unknown: str
    refused: Callable[[Job, Iterable[Any]], dict[int, str]]
    refused_at: str = "id"
    name: str = "name"

    @cached_property
    def many(self) -> tuple[str, ...]:
        """The columns of fields that hold several records."""
        return self.columns.names(self.model, *LISTS)

    @cached_property
    def _plain(self) -> tuple[str, ...]:
        return self.columns.names(self.model, *SINGLE)

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        return self.columns.names(self.model, "text")

    def check_texts(self, job: Job, item: Item) -> None:
        check_texts(job, item, self.model, self._texts)

    def names(self, job: Job) -> dict[str, list[int]]:
        return by_name(self.own(job), self.name)

    def find(self, job: Job, items: Sequence[Item]) -> dict[int, list[Item]]:
        """Give each item its record: by the person's answer, by public id, or by the exact name. Items without one are new.

        Returns primary key → items.
        """
        names, wanted, ids = self.names(job), defaultdict[int, list[Item]](list), defaultdict[str, list[Item]](list)
        for item in items:
            public_id = answered_record(job, item) or item.values.get("id", "")
            same = [] if public_id else names.get(normalize_heading(item.values.get(self.name, "")), [])
            if public_id:
                ids[public_id].append(item)
            elif len(same) == 1:
                wanted[same[0]].append(item)
            elif same:
                item.refuse(self.several, job.label("id"))
            else:
                require_new(job, item, *(one.key for one in self.columns.fields if one.is_needed))
        visible = record_types.for_record(self.model).visible_to(job.person)
        for one in in_batches(visible, ids, "public_id__in"):
            wanted[one.pk] += ids.pop(one.public_id)
        for item in (item for left in ids.values() for item in left):
            item.refuse(self.unknown, job.label("id"))
        for one in in_batches(self.model._default_manager.select_related(*self.along), wanted):
            for item in wanted[one.pk]:
                item.record, item.title = one, item.title or getattr(one, self.name)
        refused = self.refused(job, [item.record for item in items if item.record])
        for item in items:
            if item.record and item.record.pk in refused:
                item.refuse(refused[item.record.pk], job.label(self.refused_at))
        return wanted

    def compare(self, job: Job, items: Sequence[Item], *, reads: Sequence[str] = ()) -> list[Item]:
        """Compare the fields of items with their records. Returns the compared items. `reads`: other relations to prefetch."""
        compared = [item for item in items if item.record and not item.problems]
        prefetch_related_objects([item.record for item in compared], *self.many, *reads)
        for item in items:
            _refuse_retired(job, item)
        for item in compared:
            for key in self._plain:
                differ(job, item, key, getattr(item.record, key))
            for key in self.many:
                differ(job, item, key, list(getattr(item.record, key).all()), same=same_many)
        return compared


def answered_record(job: Job, item: Item) -> str:
    """The public id of the record that the person said a row is, or ""."""
    answer = job.answers.get(item.key, OTHER)
    return "" if answer == OTHER or answer.startswith(SAME_AS) else answer


def identity_of(item: Item) -> tuple[bool, Any] | None:
    """What two rows about one record share: (it is new, its name or primary key); None for a new one without a name."""
    name = normalize_heading(item.values.get("name", "")) or None
    key = item.record.pk if item.record is not None else name
    return None if key is None else (item.record is None, key)


def require_new(job: Job, item: Item, *names: str) -> None:
    """Mark an item as new, and refuse it if it lacks one of these fields."""
    item.is_new = True
    wrong = {problem.column for problem in item.problems}
    for name in names:
        if name not in item.values and job.label(name) not in wrong:
            label = StoredText(job.described.by_key[name].label)
            words = StoredText(_("A new record needs this. Enter “%(label)s”."), label=label)
            item.refuse(words, job.label(name))


def by_name(rows: QuerySet, field_name: str = "name") -> dict[str, list[int]]:
    """Folded name → primary keys of these records."""
    found: dict = {}
    for pk, name in rows.order_by("pk").values_list("pk", field_name):
        found.setdefault(normalize_heading(name), []).append(pk)
    return found


def in_batches(rows: QuerySet[Any, Row], keys: Iterable[Any], field_name: str = "pk__in") -> Iterator[Row]:
    """The records whose field has one of these values, 400 in a query."""
    keys = sorted(keys)
    for start in range(0, len(keys), BATCH):
        yield from rows.filter(**{field_name: keys[start : start + BATCH]})


def differ(
    job: Job, item: Item, key: str, there: Any, *, same: Callable | None = None, given: str | None = None
) -> None:
    """Note a field whose value in the file differs from the record's."""
    one, value = job.described.by_key[key], item.values.get(key)
    if value is None or (same(there, value) if same else there == value):
        return
    item.differences.append(Difference(key, StoredText(one.label), words_of(one, there), given or words_of(one, value)))


def same_many(there: Sequence[Model], value: Sequence[Model]) -> bool:
    return {one.pk for one in there} == {one.pk for one in value}


def _refuse_retired(job: Job, item: Item) -> None:
    """Refuse options that can no longer be chosen, but for those that the record has."""
    for key, value in item.values.items():
        for one in value if isinstance(value, list) else [value]:
            if not isinstance(one, Term) or not one.is_retired:
                continue
            there: Any = getattr(item.record, key, None)
            if one not in (there.all() if isinstance(value, list) and item.record else [there]):
                words = StoredText(_("“%(text)s” can no longer be chosen. Choose another option."), text=one.label)
                item.refuse(words, job.label(key), text=one.label)


AT_ONCE = 20  # new records whose likely duplicates are looked for together


def find_duplicates(
    job: Job, items: Sequence[Item], duplicates: dict[str, Any] | None, report: Callable, find: Callable
) -> None:
    """Find likely duplicates of new records, for the person to decide.

    `find`: (key → item) → (key → Duplicates). `duplicates`: duplicates found earlier, by the item's key; then no search runs.
    """
    new = [item for item in items if item.is_new and not item.problems]
    for start in range(0, len(new), AT_ONCE):
        some = {f"row {item.key}": item for item in new[start : start + AT_ONCE]}
        found = find(some) if duplicates is None else {key: duplicates.get(item.key, []) for key, item in some.items()}
        for key, item in some.items():
            item.extra["duplicates"] = found[key]
            item.duplicates = [] if job.answers.get(item.key) == OTHER else found[key]
        report(start + len(some))
    for item in items:
        if answered_record(job, item):  # the question stays open to a change of mind
            item.extra["duplicates"] = (duplicates or {}).get(item.key, [])


def declared_distinct(job: Job, item: Item) -> dict[str, Any]:
    """The records that the person said a new one is not, as the save action takes them.

    None that unlisted itself: that takes a reason in the person's own words, which the form of one record asks for.
    """
    records = list(job.added)  # the preview compared the rows of the file
    if job.answers.get(item.key) == OTHER:
        records += [one.record for one in item.extra.get("duplicates", ())]
    asked = [one for one in records if not getattr(one, "has_withdrawn", False)]
    return {"not_duplicates": asked, "distinct_because": job.why}


def save(job: Job, item: Item, action: Callable, kind: str, **values: Any) -> Any:
    """Save an item's record by its own action: as new, or under the version it was compared with. Returns the record."""
    version = item.record.version if item.record else None
    saved = action(
        **{kind: item.record}, by=job.person, version=version, why=job.why, request_id=job.request_id, **values
    )
    if item.record is None:
        job.added.append(saved)
    return saved


def accepted_values(job: Job, item: Item | SubmittedNumber) -> set[str]:
    """The fields of a changed item that take the file's value."""
    left = job.left.get(item.key, ())
    return {one.key for one in item.differences} - set(left)


def values_to_save(job: Job, item: Item) -> dict[str, Any]:
    """The values that a new record gets, or that a changed one takes from the file."""
    accepted = accepted_values(job, item)
    return {
        key: value for key, value in item.values.items() if key != "id" and (item.record is None or key in accepted)
    }


def each_alone(items: Sequence[Item]) -> list[list[Item]]:
    return [[item] for item in items]


def by_owner(items: Sequence[Item | SubmittedNumber]) -> list[list[Item]]:
    """The items of each owner together: they are saved with its record."""
    found: dict = {}
    for item in items:
        found.setdefault((type_key(item.owner), item.owner.pk), []).append(item)
    return list(found.values())


def at_first(items: Sequence[Item], name: str, index: str, inner: str) -> tuple[Item, str]:
    return items[0], name


@dataclass(frozen=True)
class Importer:
    """How files of one kind are imported.

    `compare(job, duplicates=, report=)` returns a file's items. `duplicates`: those found earlier (key → Duplicates), or None to
    search. `report(rows)` is called with the number of rows done. `units(items)` groups items that are saved together, in an
    order in which each can be saved. `write(job, items)` saves one group, returns the record, and raises as its action does.
    `locate_error(items, name, index, inner)` returns the (item, field) that an action's error “name-index-inner” is about.
    `duplicates_of`: the model to search for likely duplicates, if any. `confirm(job, items, source)` confirms the numbers of
    saved items from an official list, and returns the records that it changed.
    """

    compare: Callable
    write: Callable
    units: Callable = each_alone
    locate_error: Callable = at_first
    duplicates_of: type[Organization] | type[Department] | None = None
    confirm: Callable = lambda job, items, source: ()
