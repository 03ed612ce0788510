"""The records that a file speaks of: its rows read, grouped, found in the registry and held against what stands there.

An Item is one record with the rows that speak of it. What a file leaves empty changes nothing.
"""

from collections import Counter
from dataclasses import dataclass, field

from partnerships.core.errors import ValidationError
from partnerships.core.tables import Table, folded, is_empty
from partnerships.records.import_fields import KINDS, Described
from partnerships.records.import_values import Looker, Wrong, parts_of, read, text_of, words_of

NEW, CHANGED, SAME, REFUSED, DECIDE = "new", "changed", "same", "refused", "decide"
STATES = (DECIDE, REFUSED, CHANGED, NEW, SAME)
OTHER = "other"  # the answer that a row is none of the records that are like it
BATCH = 400


@dataclass
class Problem:
    """What stands in the way, at which row (0: the file) and column, and what to do."""

    row: int
    column: str
    words: str


@dataclass
class Difference:
    """A field whose value is another in the file than in the registry, both as text."""

    key: str
    label: str
    there: str
    given: str


@dataclass(eq=False)
class Item:
    """`values`: field → value of the file; `record`: what it is compared with, if there is one.
    `extra`: what a kind keeps for its writing."""

    row: int
    values: dict = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    record: object = None
    owner: object = None
    title: str = ""
    differences: list[Difference] = field(default_factory=list)
    alike: list = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_new: bool = False
    extra: dict = field(default_factory=dict)

    @property
    def key(self) -> str:
        return str(self.row)

    @property
    def state(self) -> str:
        if self.problems:
            return REFUSED
        if self.alike:
            return DECIDE
        return NEW if self.is_new else CHANGED if self.differences else SAME

    def refuse(self, words, column="", row=None) -> None:
        self.problems.append(Problem(row or self.row, column, words))


@dataclass
class Job:
    """A file being brought in by a person for an office. `columns`: place → field. `answers`: key of an item → the public id that
    it is, or OTHER. `left`: key → fields whose value stays as it is there."""

    person: object
    jurisdiction: object
    kind: str
    table: Table
    columns: dict[int, str]
    answers: dict[str, str] = field(default_factory=dict)
    left: dict[str, list[str]] = field(default_factory=dict)
    why: str = ""
    request_id: object = None
    remarks: list[tuple[int, str]] = field(default_factory=list)

    @property
    def described(self) -> Described:
        return KINDS[self.kind]

    def label(self, key) -> str:
        """The heading that the file has for a field, or the field's own name."""
        place = next((place for place, name in self.columns.items() if name == key), None)
        heading = self.table.headings[place] if place is not None and place < len(self.table.headings) else ""
        known = self.described.by_key.get(key)
        return heading or (known.label if known else key)


def read_rows(job) -> list[Item]:
    """An Item for each row, with its values read; a cell that cannot be taken is a problem of its row."""
    fields = {place: job.described.by_key[key] for place, key in sorted(job.columns.items()) if key}
    looker = Looker(job.person, starts_1904=job.table.starts_1904)
    looker.look_ahead(_named(job.table, fields))
    items = [_item(job, looker, number, cells, fields) for number, cells in job.table.rows]
    by_row = {item.row: item for item in items}
    for number, place, words in job.table.troubles:
        item = by_row.get(number) or (items[0] if items else None)
        if item is not None:
            column = job.table.headings[place] if place is not None else ""
            item.problems.append(Problem(number, column, words))
    return items


def _named(table, fields):
    for _, cells in table.rows:
        for place, one in fields.items():
            if one.reads in ("body", "bodies") and place < len(cells) and not is_empty(cells[place]):
                try:
                    text = text_of(cells[place])
                except Wrong:
                    continue
                for part in parts_of(text) if one.reads == "bodies" else [text]:
                    yield one.of, part


def _item(job, looker, number, cells, fields):
    item = Item(number, rows=[number])
    for place, one in fields.items():
        cell = cells[place]
        if cell is None or (isinstance(cell, str) and is_empty(cell)):
            continue
        looker.remarks.clear()
        try:
            value = read(one, cell, looker)
        except Wrong as wrong:
            item.refuse(str(wrong), job.label(one.key))
            continue
        job.remarks += [(number, f"{job.label(one.key)}: {words}") for words in looker.remarks]
        if value not in ("", []):
            item.values[one.key] = value
    return item


def check_texts(job, item, model, names) -> None:
    """Cleans the texts of an item as the model's own fields do; what they refuse is a problem of its row."""
    for name in names:
        value = item.values.get(name)
        if not isinstance(value, str):
            continue
        form = model._meta.get_field(name).formfield() if model._meta.get_field(name).max_length else None
        try:
            if form is not None and hasattr(form, "assume_scheme"):
                value = form.clean(value)
            item.values[name] = model._meta.get_field(name).clean(value, None)
        except ValidationError as problem:
            item.refuse(_in_words(problem), job.label(name))


_WORDS = {
    "max_length": "This is too long: %(show_value)s characters. %(limit_value)s fit.",
    "invalid": "This is not a whole address. It looks like https://example.org, or like name@example.org.",
}


def _in_words(problem) -> str:
    """What a field refused, in our words."""
    return " ".join(
        _WORDS[error.code] % (error.params or {}) if error.code in _WORDS else " ".join(error.messages)
        for error in problem.error_list
    )


def require_new(job, item, *names) -> None:
    """What a new record has to have."""
    item.is_new = True
    for name in names:
        if name not in item.values:
            words = f"A new record needs this. Fill in “{job.described.by_key[name].label}”."
            item.refuse(words, job.label(name))


def refuse_twice(job, items, name_of) -> None:
    """Two rows for one record: neither is taken. `name_of(item)`: what tells records that are not there yet apart."""
    seen: dict = {}
    for item in items:
        key = item.record.pk if item.record is not None else name_of(item)
        if key is None:
            continue
        first = seen.setdefault((item.record is None, key), item)
        if first is not item:
            words = f"Rows {first.row} and {item.row} are about the same record. Keep one of the two."
            for one in (first, item):
                if not any(problem.words == words for problem in one.problems):
                    one.refuse(words, job.label("name"))


def by_name(rows) -> dict[str, list[int]]:
    """Name, folded → primary keys, of rows (key, name)."""
    found: dict = {}
    for pk, name in rows:
        found.setdefault(folded(name), []).append(pk)
    return found


def in_batches(rows, keys, field_name="pk__in"):
    """The records of `rows` whose field is one of these keys, some hundred in a query."""
    keys = sorted(keys)
    for start in range(0, len(keys), BATCH):
        yield from rows.filter(**{field_name: keys[start : start + BATCH]})


def differ(job, item, key, there, *, same=None, given=None) -> None:
    """Notes it where the file says something else of a field than the record does."""
    one, value = job.described.by_key[key], item.values.get(key)
    if value is None or (same(there, value) if same else there == value):
        return
    item.differences.append(Difference(key, one.label, words_of(one, there), given or words_of(one, value)))


def same_many(there, value) -> bool:
    return {one.pk for one in there} == {one.pk for one in value}


AT_ONCE = 20  # new records whose likely duplicates are looked for together


def ask_who(job, items, alike, tell, find) -> None:
    """Likely duplicates of what is new, which whoever brings the file says to be the same or another one. `find`: (key → item) →
    (key → Duplicates); `alike`: those that were found before, by the item's own key, and nobody looks again."""
    new = [item for item in items if item.is_new and not item.problems]
    for start in range(0, len(new), AT_ONCE):
        some = {f"row {item.key}": item for item in new[start : start + AT_ONCE]}
        found = find(some) if alike is None else {key: alike.get(item.key, []) for key, item in some.items()}
        for key, item in some.items():
            item.extra["alike"] = found[key]
            item.alike = [] if job.answers.get(item.key) == OTHER else found[key]
        tell(start + len(some))
    for item in items:
        if job.answers.get(item.key, OTHER) != OTHER:  # the question stays open to a change of mind
            item.extra["alike"] = (alike or {}).get(item.key, [])


def taken(job, item) -> set[str]:
    """The fields of a changed item whose value is taken from the file."""
    left = job.left.get(item.key, ())
    return {one.key for one in item.differences} - set(left)


def counts_of(items) -> dict[str, int]:
    counts = Counter(item.state for item in items)
    return {state: counts.get(state, 0) for state in STATES}
