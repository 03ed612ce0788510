"""Tables that people import from CSV or XLSX files: headings, rows and problems. Pure functions.

What can't be read safely is refused with a message before anything is unpacked (`core.table_files`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any

from django.utils.translation import gettext_noop as _

from partnerships.core.stored_texts import StoredText
from partnerships.core.text import fold_words

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 10_000, 100
LONGEST_CELL = 10_000  # characters
LONGEST_HEADING = 200  # characters; only the beginning of a longer heading is compared
HEADINGS_WITHIN = 10  # filled rows among which the headings are looked for
MOST_REMARKS = 50


@dataclass(frozen=True)
class UnreadableCell:
    """A cell whose value is unknown, and the reason. Converts to the text that was in the cell.

    `is_filler`: it is the rest of a merged cell. `above`: the value of a merged cell that begins above, in the same column.
    """

    words: str
    text: str = ""
    is_filler: bool = False
    above: "Cell" = None

    def __str__(self) -> str:
        return self.text


@dataclass
class Table:
    """The rows of a file, and what is wrong with it.

    `rows`: (row number as the spreadsheet shows it, cells), one cell per heading. `headings_at`: the row number of the
    headings. `remarks`: (row number or 0, message) for the person who imports the file. `troubles`: (row number,
    column index or None, message); each stops the import.
    """

    headings: list[str] = field(default_factory=list)
    headings_at: int = 0
    rows: list[tuple[int, list]] = field(default_factory=list)
    remarks: list[tuple[int, str]] = field(default_factory=list)
    troubles: list[tuple[int, int | None, str]] = field(default_factory=list)
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    starts_1904: bool = False  # its spreadsheet counts days from 1904
    has_blanks: bool = True  # whether a cell such as “N/A” may be empty; not in data that programs write

    def note(self, row: int, words: str) -> None:
        if len(self.remarks) < MOST_REMARKS:
            self.remarks.append((row, words))


def normalize_heading(heading: Any) -> str:
    """A heading in the form that is compared: “E-mail (main)” → “e mail main”."""
    return " ".join(fold_words(str(heading or "")[:LONGEST_HEADING].replace("_", " ")))


# What a cell of a table can hold. True, False and whole numbers are numbers too.
Cell = UnreadableCell | date | float | str | None


def is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip()) or getattr(cell, "is_filler", False)


def column_letters(index: int) -> str:
    """The spreadsheet name of a column, counted from 0: A, B, …, AA."""
    letters, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def fill_table(table: Table, lines: Iterable, is_known: Callable[[str], bool], most: int = MOST_ROWS) -> Table:
    """Put `lines` (row number, cells) into the table: its headings, then up to `most` filled rows below them.

    `is_known(heading)` says whether a text may be a heading. Rows above the headings, and rows that repeat them, are
    skipped with a remark.
    """
    lines = iter(lines)
    first = []
    for number, cells in lines:
        if not all(map(is_empty, cells)):
            first.append((number, cells))
        if len(first) == HEADINGS_WITHIN:
            break
    if not first:
        table.troubles.append((0, None, _("This table is empty. Fill in the template, then upload it again.")))
        return table
    at = max(range(len(first)), key=lambda index: (_known_in(first[index][1], is_known), -index))
    table.headings_at, cells = first[at]
    _note_skipped(table, first[:at])
    table.headings = _trimmed(["" if is_empty(cell) else _one_line(cell) for cell in cells])
    if len(table.headings) > MOST_COLUMNS:
        words = _("There are more than %(most)s columns. Delete the ones you don’t need.")
        table.troubles.append((0, None, StoredText(words, most=MOST_COLUMNS)))
        return table
    for number, row in chain(first[at + 1 :], lines):
        if all(map(is_empty, row)):
            continue
        if _repeats(table, row, is_known):
            words = _("Row %(row)s has headings, so we didn’t read it as a record.")
            table.note(number, StoredText(words, row=number))
            continue
        if len(table.rows) == most:
            if most == MOST_ROWS:
                words = _("There are more than %(most)s rows. Import them in parts.")
                table.troubles.append((number, None, StoredText(words, most=f"{MOST_ROWS:,}")))
            break
        table.rows.append((number, _fitted(table, number, row)))
    return table


def _known_in(cells: list, is_known: Callable[[str], bool]) -> int:
    return sum(1 for cell in cells if isinstance(cell, str) and is_known(cell))


def _note_skipped(table: Table, above: list) -> None:
    for number, _cells in above:
        words = _("We didn’t read row %(row)s, because the headings are below it, in row %(headings)s.")
        table.note(number, StoredText(words, row=number, headings=table.headings_at))


def _one_line(cell: str) -> str:
    return " ".join(str(cell)[:LONGEST_CELL].split())[:LONGEST_HEADING]


def _trimmed(headings: list[str]) -> list[str]:
    while headings and not headings[-1]:
        headings.pop()
    return headings


def _repeats(table: Table, row: list, is_known: Callable[[str], bool]) -> bool:
    """Whether a row below the headings repeats headings: at least two, and hardly anything else."""
    filled = [cell for cell in row if not is_empty(cell)]
    known = _known_in(filled, is_known)
    return known >= 2 and known * 2 > len(filled)


def _fitted(table: Table, number: int, row: list) -> list:
    width = len(table.headings)
    if any(not is_empty(cell) for cell in row[width:]):
        words = _("This row has more cells than there are headings. Text with a comma needs quotation marks around it.")
        table.troubles.append((number, None, words))
    cells = [*row[:width], *[None] * (width - len(row))]
    for index, cell in enumerate(cells):
        if isinstance(cell, str) and len(cell) > LONGEST_CELL:
            words = _("This text has more than %(most)s characters. Shorten it.")
            cells[index] = UnreadableCell(StoredText(words, most=f"{LONGEST_CELL:,}"), cell[:40])
        if isinstance(cell, str) and not cell.strip():
            cells[index] = None
    return cells
