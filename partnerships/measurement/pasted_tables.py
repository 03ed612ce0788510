"""Reads tables of numbers that people paste: which line is a period, which a group, and the value of each cell.

Pure functions.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from io import StringIO
from itertools import islice

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from partnerships.core.importing import CHANGED, NEW, REFUSED, SAME, Item
from partnerships.core.stored_texts import StoredText
from partnerships.core.tables import column_letters, normalize_heading
from partnerships.measurement import periods
from partnerships.measurement.choices import Unit
from partnerships.measurement.group_names import Groups
from partnerships.measurement.models import Measure
from partnerships.measurement.point_checks import read_number

MOST_ROWS, MOST_COLUMNS = 1000, 100
# Headings of a long table, with one number per row → the meaning of the column.
HEADINGS = {
    "period": "period", "year": "period", "month": "period", "quarter": "period", "date": "period",
    "group": "group", "category": "group", "broken out by": "group",
    "value": "value", "number": "value", "percent": "value", "rate": "value",
    "above the line": "numerator", "numerator": "numerator", "above": "numerator", "count": "numerator",
    "below the line": "denominator", "denominator": "denominator", "below": "denominator", "out of": "denominator",
    "story": "story", "the story behind it": "story", "story behind the number": "story",
    "source": "source", "where it comes from": "source",
    "published by": "published_by", "link": "link",
}  # fmt: skip
VALUES = ("value", "numerator", "denominator")


@dataclass(eq=False)
class SubmittedNumber(Item):
    """A submitted number.

    `row`, `column`: its place in the table, as people see them. `starts_on`, `cell`: its period and group, `group` what the
    table calls the group. `numbers`: some of
    VALUES, as Decimals or None. `description`: story and source, if the table has them. `comparing` adds the rest: `record`: the
    current number, if there is one; `becomes`: the new value; `saves`: the row as `save_points` takes it; and whether the number,
    or the number and everything said about it, are already saved.
    """

    column: str = ""
    starts_on: date | None = None
    cell: str = ""
    group: str = ""
    numbers: dict = field(default_factory=dict)
    description: dict = field(default_factory=dict)
    becomes: Decimal | None = None
    saves: dict = field(default_factory=dict)
    is_same: bool = False
    is_same_number: bool = False

    @property
    def wrong(self) -> str:
        return " ".join(problem.words for problem in self.problems)

    @property
    def state(self) -> str:
        if self.problems:
            return REFUSED
        return SAME if self.is_same else CHANGED if self.record else NEW


def read_value(measure: Measure, text: str) -> Decimal | None:
    """A number as it was typed, None for an empty cell.

    Raises ValueError with a message: not a number, or another unit.
    """
    for mark, unit, words in (
        ("%", Unit.PERCENT, _("“%(text)s” is a percent. This measure has a different unit: %(unit)s.")),
        ("$", Unit.MONEY, _("“%(text)s” is dollars. This measure has a different unit: %(unit)s.")),
    ):
        if mark in str(text) and measure.unit != unit:
            own = StoredText(str(measure.get_unit_display()))
            raise ValueError(StoredText(words, text=str(text)[:40], unit=own))
    return read_number(text)


def read_table(measure: Measure, groups: Sequence, text: str) -> list[SubmittedNumber]:
    """The numbers of a pasted table, invalid ones with a message.

    Raises ValueError if the table as a whole can't be read.
    """
    lines = _table_rows(text)
    heads = [HEADINGS.get(normalize_heading(cell), "") for cell in lines[0][1]]
    if "period" in heads and {*heads} & {*VALUES}:
        found = _read_long_table(measure, groups, lines, heads)
    else:
        found = _read_crosstab(measure, groups, lines)
    _refuse_mixed(measure, lines, found)
    _refuse_twice(measure, found)
    return found


def _table_rows(text: str) -> list[tuple[int, list[str]]]:
    """(line number, cells) of each row that isn't empty, all of one width. Raises ValueError if this isn't a table or
    is too large.
    """
    first = next((line for line in StringIO(text) if line.strip()), "")
    mark = next((mark for mark in "\t;," if mark in first), "\t")
    rows = enumerate(csv.reader(StringIO(text.replace("\0", "")), delimiter=mark), 1)
    filled = ((n, [cell.strip() for cell in row]) for n, row in rows if any(cell.strip() for cell in row))
    try:
        lines = list(islice(filled, MOST_ROWS + 1))
    except csv.Error:
        raise ValueError(gettext("We can’t read this table. Copy the cells from your spreadsheet again.")) from None
    if len(lines) < 2 or max(len(row) for _, row in lines) < 2:
        raise ValueError(
            gettext(
                "This isn’t a table yet. Copy the cells with their headings: periods in one direction, groups in the other."
            )
        )
    if len(lines) > MOST_ROWS:
        raise ValueError(
            gettext("There are more than %(number)s rows. Paste them in parts.") % {"number": f"{MOST_ROWS:,}"}
        )
    if max(len(row) for _, row in lines) > MOST_COLUMNS:
        raise ValueError(
            gettext("There are more than %(number)s columns. Copy only the ones you need.") % {"number": MOST_COLUMNS}
        )
    width = len(lines[0][1])
    return [(n, row + [""] * (width - len(row))) for n, row in lines]


def _column_words(index: int, head: str) -> str:
    column = gettext("Column %(letters)s") % {"letters": column_letters(index)}
    return f"{column} ({head[:40]})" if head else column


def _read_long_table(
    measure: Measure, groups: Sequence, lines: Sequence[tuple[int, list[str]]], heads: Sequence[str]
) -> list[SubmittedNumber]:
    """A table with one number per row."""
    twice = [name for name in heads if name and heads.count(name) > 1]
    if twice:
        raise ValueError(gettext("Two columns have the same heading: %(name)s. Keep only one.") % {"name": twice[0]})
    columns = {name: heads.index(name) for name in heads if name}
    by_name = Groups(groups, [row[columns["group"]] for _, row in lines[1:]] if "group" in columns else [])
    found = []
    for number, row in lines[1:]:
        given = SubmittedNumber(number)
        for name, index in columns.items():
            try:
                _read_cell(measure, by_name, given, name, row[index])
            except ValueError as problem:
                if not given.problems:
                    given.refuse(str(problem))
                    given.column = _column_words(index, lines[0][1][index])
        if given.problems or any(value is not None for value in given.numbers.values()):
            found.append(given)
    return found


def _read_cell(measure: Measure, by_name: Groups, given: SubmittedNumber, name: str, text: str) -> None:
    if name == "period":
        given.starts_on = period_in(measure, text)
    elif name == "group":
        given.cell, given.group = by_name.find(text), text
    elif name in VALUES:
        given.numbers[name] = read_value(measure, text) if name == "value" else read_number(text)
    elif text:
        given.description[name] = text


def period_in(measure: Measure, text: str) -> date:
    return periods.parse(text, measure.period, measure.first_month)


def _is_period(measure: Measure, text: str) -> bool:
    try:
        return bool(text) and bool(period_in(measure, text))
    except ValueError:
        return False


def _read_crosstab(measure: Measure, groups: Sequence, lines: Sequence[tuple[int, list[str]]]) -> list[SubmittedNumber]:
    """A table with periods in one direction and groups in the other."""
    top, side = lines[0][1][1:], [row[0] for _, row in lines[1:]]
    across = sum(_is_period(measure, text) for text in top)
    down = sum(_is_period(measure, text) for text in side)
    if not across and not down:
        raise ValueError(_no_period(measure, [*top, *side]))
    # If both could be periods (“2010” as a group), the direction with more of them is used.
    is_across = across / max(len(top), 1) >= down / max(len(side), 1)
    by_name = Groups(groups, side if is_across else top)
    found = []
    for number, row in lines[1:]:
        for index, text in enumerate(row[1:], 1):
            head = lines[0][1][index] if index < len(lines[0][1]) else ""
            period, group = (head, row[0]) if is_across else (row[0], head)
            given = _crossing(measure, by_name, number, _column_words(index, head), period, group, text)
            if given:
                found.append(given)
    return found


def _crossing(
    measure: Measure, by_name: Groups, number: int, column: str, period: str, group: str, text: str
) -> SubmittedNumber | None:
    given = SubmittedNumber(number, column=column)
    try:
        value = read_value(measure, text)
        if value is None:
            return None
        given.numbers["value"] = value
        given.starts_on = period_in(measure, period)
        if not group and column:
            raise ValueError(
                gettext("This row doesn’t have a name. Enter the group in its first cell, or “Everyone together”.")
            )
        given.cell, given.group = by_name.find(group), group
    except ValueError as problem:
        given.refuse(str(problem))
    return given


def _no_period(measure: Measure, texts: Sequence[str]) -> str:
    for text in texts:
        try:
            period_in(measure, text)
        except periods.OtherPeriod as problem:
            if any(char.isdigit() for char in text):
                return str(problem)
        except ValueError:
            continue
    words = gettext("We can’t find any periods. Put them in the first row or the first column, such as %(example)s.")
    return words % {"example": gettext(periods.EXAMPLES[measure.period])}


def _refuse_mixed(measure: Measure, lines: Sequence[tuple[int, list[str]]], found: Sequence[SubmittedNumber]) -> None:
    """Refuse percentages with and without a sign in one table: 45% and 0.45 may mean the same."""
    if measure.unit != Unit.PERCENT or not any("%" in cell for _, row in lines[1:] for cell in row):
        return
    plain = [one for one in found if not one.problems and "value" in one.numbers and not _has_sign(lines, one)]
    if plain and all(one.numbers["value"] is None or 0 <= one.numbers["value"] <= 1 for one in plain):
        for one in plain:
            one.refuse(gettext("Other cells have a percent sign, and this one doesn’t. Write them all the same way."))


def _has_sign(lines: Sequence[tuple[int, list[str]]], one: SubmittedNumber) -> bool:
    row = next(row for number, row in lines if number == one.row)
    value = one.numbers["value"]
    return value is None or any("%" in cell and _reads_as(cell, value) for cell in row)


def _reads_as(text: str, value: Decimal) -> bool:
    try:
        return read_number(text) == value
    except ValueError:
        return False


def _refuse_twice(measure: Measure, found: Sequence[SubmittedNumber]) -> None:
    met: dict[tuple[date, str], SubmittedNumber] = {}
    for one in found:
        if one.problems or one.starts_on is None:
            continue
        first = met.setdefault((one.starts_on, one.cell), one)
        if first is not one:
            at = gettext("row %(number)s") % {"number": first.row}
            at += f", {first.column[0].lower()}{first.column[1:]}" if first.column else ""
            words = gettext("%(period)s of this group is already in %(at)s. Keep only one.")
            one.refuse(words % {"period": periods.label(measure.period, one.starts_on), "at": at})
