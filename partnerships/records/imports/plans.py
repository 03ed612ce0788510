"""Imports a plan from a table: shows what would happen to each row, then saves all rows or none.

A row is matched by its number, otherwise by its title. An empty cell changes nothing, and outcomes that the file
doesn't name stay, so importing the same file again changes nothing.
"""

from collections.abc import Sequence

from django.utils.translation import gettext

from partnerships.core.access import Author
from partnerships.core.children import errors_by_field
from partnerships.core.errors import ValidationError
from partnerships.core.importing import Difference, Item
from partnerships.core.stored_texts import StoredText
from partnerships.core.table_files import read
from partnerships.core.tables import Cell, Table, is_empty
from partnerships.core.text import clean, fold
from partnerships.measurement.models import Outcome, Plan
from partnerships.measurement.plan_fields import BY_KEY, is_known, key_of
from partnerships.measurement.plans import MOST_OUTCOMES, save_plan
from partnerships.records.imports.cells import InvalidCell, text_of

MOST_TEXT = 1_000_000  # characters of a table that a page can carry
_ONE_LINE = {"number", "goal", "title", "accountable", "due"}


def table_of(content: bytes) -> Table:
    """The table of a file, with cells as text.

    Raises ValidationError with a message if it can't be read or isn't a plan.
    """
    table = read(content, is_known)
    if table.troubles:
        raise ValidationError([_with_row(row, StoredText.of(words)) for row, _column, words in table.troubles])
    if len(table.rows) > MOST_OUTCOMES:
        words = gettext("There are more than %(number)s rows. A plan can have %(number)s outcomes at most.")
        raise ValidationError(words % {"number": MOST_OUTCOMES})
    rows, goal = [], ""
    goals = [key_of(heading) == "goal" for heading in table.headings]
    for number, cells in table.rows:
        texts = [_text(number, *pair) for pair in zip(table.headings, cells, strict=True)]
        for index, cell in enumerate(cells):
            if goals[index]:  # often one merged cell for all rows of a goal
                texts[index] = goal = goal if getattr(cell, "is_filler", False) else texts[index]
        rows.append((number, texts))
    table.rows = rows
    if sum(len(text) for _, texts in rows for text in texts) > MOST_TEXT:
        raise ValidationError(gettext("This file has more text than a plan can hold. Import its rows in parts."))
    return table


def _with_row(row: int, words: str) -> str:
    return gettext("Row %(row)s: %(name)s") % {"row": row, "name": words} if row else words


def _text(number: int, heading: str, cell: Cell) -> str:
    try:
        return "" if is_empty(cell) else text_of(cell)
    except InvalidCell as problem:
        words = gettext("Row %(row)s, column “%(heading)s”: %(error)s")
        raise ValidationError(words % {"row": number, "heading": heading, "error": problem}) from None


def checked_columns(headings: Sequence[str], keys: Sequence[str]) -> None:
    """Raise ValidationError with a message if these columns can't make a plan."""
    if "title" not in keys:
        words = gettext(
            "No column is matched to the outcome. The file has these columns: %(columns)s. Choose the one that says what should "
            "be different."
        )
        named = ", ".join(f"“{heading}”" for heading in headings if heading)
        raise ValidationError(words % {"columns": named or "—"})
    for key in BY_KEY:
        if list(keys).count(key) > 1:
            words = gettext("Two columns are matched to “%(label)s”. Choose only one.")
            raise ValidationError(words % {"label": _label(key)})


def _label(key: str) -> str:
    return gettext(BY_KEY[key].label)


def compared(plan: Plan, rows: Sequence[tuple[int, list[str]]], keys: Sequence[str]) -> list[Item]:
    """What would happen to each of these rows, (number, texts). `keys`: the field of each column, or ""."""
    existing = list(plan.outcomes.all())
    by_number = {one.number: one for one in existing if one.number}
    by_words: dict[str, Outcome] = {}
    for one in existing:
        by_words.setdefault(fold(one.title), one)
    found = []
    seen: dict = {}
    for number, texts in rows:
        item = Item(number)
        _read_values(item, texts, keys)
        named, words = item.values.get("number", ""), fold(item.values.get("title", ""))
        item.record = by_number.get(named) if named else by_words.get(words)
        if named and item.record is None and (same := by_words.get(words)) and not same.number:
            item.record = same  # it had no number yet
        item.is_new = item.record is None
        item.title = " ".join(filter(None, (_value_of(item, key) for key in ("number", "title"))))
        _compare_with_plan(item, plan)
        mark = item.record.pk if item.record else (named or words)
        if mark and mark in seen:
            words = gettext("Row %(row)s is the same outcome. Combine the two rows, or give each a number.")
            item.refuse(words % {"row": seen[mark]})
        seen.setdefault(mark, number)
        found.append(item)
    return found


def _value_of(item: Item, key: str) -> str:
    return str(item.values.get(key) or getattr(item.record, key, ""))


def _read_values(item: Item, texts: Sequence[str], keys: Sequence[str]) -> None:
    for key, text in zip(keys, texts, strict=True):
        if not key or is_empty(text):
            continue
        try:
            text = " ".join(text.split()) if key in _ONE_LINE else text
            item.values[key] = clean(text, lines=key not in _ONE_LINE)
        except ValidationError as problem:
            item.refuse(problem.messages[0], _label(key))


def _compare_with_plan(item: Item, plan: Plan) -> None:
    outcome = item.record or Outcome(plan=plan)
    if item.is_new and not item.values.get("title"):
        if not item.problems:
            item.refuse(gettext("Enter the outcome."), _label("title"))
        return
    item.differences = [
        Difference(key, _label(key), getattr(outcome, key), text)
        for key, text in item.values.items()
        if getattr(outcome, key) != text
    ]
    made = Outcome(plan=plan, **item.values)
    try:
        made.clean_fields(exclude=[name for name in ("plan", "result", "title") if name not in item.values])
    except ValidationError as problem:
        for key, errors in errors_by_field(problem).items():
            item.refuse(" ".join(errors[0].messages), _label(key))


def write(*, plan: Plan, by: Author, items: Sequence[Item], version: int, why: str = "") -> Plan:
    """Save all of these, or none. Raises ValidationError if one of them is refused, and as `save_plan` does."""
    if any(item.problems for item in items):
        raise ValidationError(gettext("Nothing was imported. Some rows have errors."))
    named = {item.record.pk: item.values for item in items if item.record}
    existing = [{"id": one.pk} | named.get(one.pk, {}) for one in plan.outcomes.all()]
    added = [item.values for item in items if item.is_new]
    return save_plan(plan=plan, by=by, fields={}, outcomes=[*existing, *added], version=version, why=why)
