"""The records that a file speaks of: its rows read, grouped, found in the registry and held against what stands there.

An Item is one record with the rows that speak of it. What a file leaves empty changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import prefetch_related_objects

from partnerships.core.errors import ValidationError
from partnerships.core.importing import Difference, Item, Problem, refuse_twice
from partnerships.core.tables import Table, folded, is_empty
from partnerships.records.imports.cells import Looker, Wrong, parts_of, read, text_of, words_of
from partnerships.records.imports.fields import KINDS, Described

OTHER = "other"  # the answer that a row is none of the records that are like it
BATCH = 400


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


def find_records(job, items, *, names, seen, rows, name, needs, several, unknown) -> dict[int, list[Item]]:
    """Gives each item its record: by the answer of whoever brings it, by its id, or by the very name that one of the
    office's own has; what is none of them is new. Gives the items by the record's key.

    `names`: as `by_name`, of the office's own; `seen`: the records that this person may name by their id; `rows`: all, with what
    is to be read with them. `name`: the field that holds the name; `needs`: what a new one has to have. `several`, `unknown`: in
    words, why a name or an id finds none.
    """
    wanted, ids = {}, {}
    for item in items:
        answer = job.answers.get(item.key, OTHER)
        public_id = answer if answer != OTHER else item.values.get("id", "")
        same = () if public_id else names.get(folded(item.values.get(name, "")), ())
        if public_id:
            ids.setdefault(public_id, []).append(item)
        elif len(same) == 1:
            wanted.setdefault(same[0], []).append(item)
        elif same:
            item.refuse(several, job.label("id"))
        else:
            require_new(job, item, *needs)
    for one in in_batches(seen, ids, "public_id__in"):
        wanted.setdefault(one.pk, []).extend(ids.pop(one.public_id))
    for item in (item for left in ids.values() for item in left):
        item.refuse(unknown, job.label("id"))
    for one in in_batches(rows, wanted):
        for item in wanted[one.pk]:
            item.record, item.title = one, item.title or getattr(one, name)
    return wanted


def refuse_same_record(job, items) -> None:
    """Two rows for one record, or for two new ones of the same name."""

    def key_of(item):
        name = folded(item.values.get("name", "")) or None
        key = item.record.pk if item.record is not None else name
        return None if key is None else (item.record is None, key)

    refuse_twice(items, key_of, "the same record", job.label("name"))


def require_new(job, item, *names) -> None:
    """What a new record has to have."""
    item.is_new = True
    for name in names:
        if name not in item.values:
            words = f"A new record needs this. Fill in “{job.described.by_key[name].label}”."
            item.refuse(words, job.label(name))


def by_name(rows, field_name="name") -> dict[str, list[int]]:
    """Name, folded → primary keys, of these records."""
    found: dict = {}
    for pk, name in rows.order_by("pk").values_list("pk", field_name):
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


def compare_fields(job, items, plain, many, *, reads=()) -> list[Item]:
    """Holds what a file says of these fields against the records that it is about: `plain` ones, and `many` that hold records.
    Gives the items that were compared. `reads`: what else of their records is to be read ahead."""
    compared = [item for item in items if item.record and not item.problems]
    prefetch_related_objects([item.record for item in compared], *many, *reads)
    for item in compared:
        for key in plain:
            differ(job, item, key, getattr(item.record, key))
        for key in many:
            differ(job, item, key, list(getattr(item.record, key).all()), same=same_many)
    return compared


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


def apart_from(job, item) -> list:
    """The records from which a new one was said to be another."""
    return [one.record for one in item.extra.get("alike", ())] if job.answers.get(item.key) == OTHER else []


def save(job, item, action, kind: str, **values):
    """Saves the record of one item by its ordinary action, new or under the version that it was compared with; gives it."""
    version = item.record.version if item.record else None
    return action(
        **{kind: item.record}, by=job.person, version=version, why=job.why, request_id=job.request_id, **values
    )


def taken(job, item) -> set[str]:
    """The fields of a changed item whose value is taken from the file."""
    left = job.left.get(item.key, ())
    return {one.key for one in item.differences} - set(left)


def each_alone(items) -> list[list[Item]]:
    return [[item] for item in items]


def by_owner(items) -> list[list[Item]]:
    """The items of each owner together: they are one save of its record."""
    found: dict = {}
    for item in items:
        found.setdefault((item.owner._meta.model_name, item.owner.pk), []).append(item)
    return list(found.values())


def at_first(items, name, place, inner) -> tuple[Item, str]:
    return items[0], name


@dataclass(frozen=True)
class Importer:
    """How a file of one kind of record is imported.

    `compare(job, alike=, tell=)` gives the items of a file. `alike`: likely duplicates that were found before (key → Duplicates),
    so that nobody looks again; None: look. `tell(rows)` hears how far it is. `units(items)` parts what is to be written into what
    is saved at once, in an order in which each can be saved; `write(job, items)` saves one of these, gives the record, and raises
    as its action does. `place(items, name, place, inner)`: the item and the field that an action's refusal of “name-place-inner”
    is about. `alike`: the model in which likely duplicates are looked for.
    """

    compare: Callable
    write: Callable
    units: Callable = each_alone
    place: Callable = at_first
    alike: type | None = None
