"""Reads files with tables in them. The format is detected from the content, never from the file name.

CSV may be in any common encoding and use any common separator. XLSX is read by `core.workbook_reader`.
"""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import StringIO
from typing import Any, NoReturn

from django.utils.translation import gettext_noop as _

from partnerships.core import workbook_reader
from partnerships.core.errors import ValidationError
from partnerships.core.stored_texts import StoredText
from partnerships.core.tables import (
    HEADINGS_WITHIN,
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    Table,
    UnreadableCell,
    fill_table,
)
from partnerships.core.workbook_reader import BrokenWorkbook, SpecialCell

HEAD = 200  # filled rows that are read when only the first ones are wanted
EMPTY_ROWS = 20_000  # allowed between two filled rows
_MARKS = ",;\t|"
_KINDS = (
    (
        b"\xd0\xcf\x11\xe0",
        _("This is an old Excel file (XLS), or one with a password. Save it as XLSX without a password."),
    ),
    (b"%PDF", _("This is a PDF. Save the table as XLSX or CSV.")),
    (b"{\\rtf", _("This is a text document. Save the table as XLSX or CSV.")),
)
_BROKEN = _("We can’t read this file. Open it in your spreadsheet program, save it as XLSX, and upload that.")
_TOO_MUCH = _(
    "This file would be far too large when unpacked. Copy its rows into the template, or import them in parts."
)
TOO_LARGE = _("This file is larger than %(most)s MB. Import its rows in parts.")


def read(content: bytes, is_known: Callable[[str], bool], *, sheet: str = "", most: int = MOST_ROWS) -> Table:
    """The table of a file.

    `is_known(heading)` says whether a heading is a known one. `sheet`: which sheet of a workbook to read; by default
    the first with known headings. Raises ValidationError, with a message for people, when the file as a whole can't be
    read.
    """
    if not content.strip(b"\0 \r\n\t"):
        _refuse(_("This file is empty. Fill in the template, then upload it."))
    if len(content) > MOST_BYTES:
        _refuse(TOO_LARGE, most=MOST_BYTES // 2**20)
    for start, words in _KINDS:
        if content.startswith(start):
            _refuse(words)
    if content.startswith(b"PK"):
        return _workbook(content, is_known, sheet, most)
    return _csv(content, is_known, most)


def _refuse(words: str, **params: Any) -> NoReturn:
    raise ValidationError(StoredText(words, **params), code="unreadable")


# CSV


def _csv(content: bytes, is_known: Callable[[str], bool], most: int) -> Table:
    table = Table()
    text = _decoded(content, table)
    if re.match(r"\s*<(!doctype|html|\?xml|table)", text, re.IGNORECASE):
        _refuse(_("This is a web page, not a table. Save it as XLSX or CSV."))
    mark = ""
    if separator := re.match(r"sep=(.)\r?\n", text, re.IGNORECASE):  # as Excel writes it for itself
        mark, text = separator[1], text[separator.end() :]
    mark = mark or _separator(text, is_known)
    if not mark:
        _refuse(_("We can’t find any columns in this file. Save the table as “CSV UTF-8” or as XLSX."))
    return fill_table(table, _csv_rows(text, mark, first=2 if separator else 1), is_known, most)


def _decoded(content: bytes, table: Table) -> str:
    """The text of a file in UTF-8 or UTF-16, or else in Windows-1252 with a note. Raises ValidationError for any other."""
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        if encoding == "cp1252":
            words = _(
                "The file isn’t in UTF-8. We read it as Windows-1252. Check whether letters with accents look right."
            )
            table.note(0, words)
        return text
    _refuse(_("We can’t tell the text encoding of this file. Save the table as “CSV UTF-8” or as XLSX."))


def _separator(text: str, is_known: Callable[[str], bool]) -> str:
    """The separator: the character that gives the most known headings, or otherwise the most columns."""
    start = text[:20_000]

    def shown(mark: str) -> tuple[int, int]:
        try:
            rows = [row for row, _ in zip(csv.reader(StringIO(start), delimiter=mark), range(10), strict=False)]
        except csv.Error:
            return 0, 0
        return max(sum(map(is_known, row)) for row in rows), max(map(len, rows))

    best = max(_MARKS, key=shown)
    return best if shown(best) > (0, 1) else ""


def _csv_rows(text: str, mark: str, first: int) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells) of each row. Raises ValidationError at a row that can't be read."""
    rows = csv.reader(StringIO(text, newline=""), delimiter=mark, strict=True)
    number = first - 1
    try:
        for number, row in enumerate(rows, start=first):
            yield number, row[: MOST_COLUMNS + 2]
    except csv.Error:
        words = _("Row %(row)s: We can’t read the file from this row on. A quotation mark is probably missing there.")
        raise ValidationError(StoredText(words, row=number + 1), code="unreadable") from None


# XLSX


def _workbook(content: bytes, is_known: Callable[[str], bool], sheet: str, most: int) -> Table:
    try:
        book = workbook_reader.Workbook(content)
        shown = [one for one in book.sheets if one.is_shown]
        if not shown:
            _refuse(_("All sheets in this file are hidden. Unhide the one with the rows, then save it."))
        chosen = next((one for one in shown if one.title == sheet), None) or _first(book, shown, is_known)
        table = Table(sheet=chosen.title, sheets=[one.title for one in shown], starts_1904=book.starts_1904)
        for one in book.sheets:
            if not one.is_shown:
                words = _("The sheet “%(sheet)s” is hidden, so we didn’t read it.")
                table.note(0, StoredText(words, sheet=one.title))
        rows = MOST_ROWS + HEADINGS_WITHIN + 1 if most == MOST_ROWS else HEAD
        found = book.read(chosen, most_rows=rows, most_empty=EMPTY_ROWS)
        _note_oddities(found, table)
        return fill_table(table, _cells(found, table), is_known, most)
    except workbook_reader.PasswordProtected:
        _refuse(_("This file has a password. Save it without one."))
    except (workbook_reader.WorkbookTooLarge, MemoryError):
        _refuse(_TOO_MUCH)
    except BrokenWorkbook:
        is_open_document = b"content.xml" in content and b"xl/workbook.xml" not in content
        _refuse(_("This is an OpenDocument file. Save it as XLSX.") if is_open_document else _BROKEN)


def _first(
    book: workbook_reader.Workbook, sheets: list[workbook_reader.Sheet], is_known: Callable
) -> workbook_reader.Sheet:
    """The first sheet with a known heading, or the first that has anything in it."""
    best, most = sheets[0], 0
    for sheet in sheets:
        rows = book.read(sheet, most_rows=HEADINGS_WITHIN, most_empty=EMPTY_ROWS).rows if len(sheets) > 1 else []
        known = max((sum(1 for cell in row.values() if _is_heading(cell, is_known)) for _, row in rows), default=0)
        if known > most:
            best, most = sheet, known
    return best


def _is_heading(value: str, is_known: Callable[[str], bool]) -> bool:
    return isinstance(value, str) and is_known(value)


def _note_oddities(found: workbook_reader.Content, table: Table) -> None:
    if found.hidden_rows:
        first = found.hidden_rows[0]
        words = _("The sheet has hidden rows, such as row %(row)s. We read them like all others.")
        table.note(first, StoredText(words, row=first))
    if found.has_hidden_columns:
        table.note(0, _("The sheet has hidden columns. We read them like all others."))
    if found.stopped_at:
        below = found.stopped_at
        words = _("We didn’t read anything below row %(row)s, because there are %(number)s empty rows above it.")
        table.note(below, StoredText(words, row=below, number=f"{EMPTY_ROWS:,}"))


def _cells(found: workbook_reader.Content, table: Table) -> Iterator[tuple[int, list]]:
    tops: dict[tuple[int, int], Any] = {}  # what merged cells show, by their first column and row
    for (number, row), merged in zip(found.rows, _merged_at(found), strict=True):
        width = max((*row, *merged))  # a merged cell covers columns that have no value of their own
        cells = [row.get(column) for column in range(1, width + 1)]
        for column, (filler, left, top) in merged.items():
            if (left, top) == (column, number):
                tops[left, top] = cells[column - 1]
            elif cells[column - 1] is None:
                above = tops.get((left, top)) if column == left else None
                cells[column - 1] = replace(filler, above=None if isinstance(above, SpecialCell) else above)
        yield number, [_plain(cell, number, table) if isinstance(cell, SpecialCell) else cell for cell in cells]


def _merged_at(found: workbook_reader.Content) -> Iterator[dict[int, tuple[UnreadableCell, int, int]]]:
    """For each row: column → (what the rest of a merged cell reads as there, its left column, its top row).

    Raises Broken when two merged cells overlap, which no spreadsheet program allows. So a row is part of at most as
    many merged cells as there are columns.
    """
    waiting = sorted((one for one in found.merged if one[1][0] <= MOST_COLUMNS), key=lambda one: -one[1][1])
    within: list[tuple[str, tuple[int, int, int, int]]] = []
    columns: dict[int, tuple[UnreadableCell, int, int]] = {}
    for number, _cells in found.rows:
        still = [one for one in within if one[1][3] >= number]
        while waiting and waiting[-1][1][1] <= number:
            one = waiting.pop()
            still += [one] if one[1][3] >= number else []
            if len(still) > MOST_COLUMNS:
                raise BrokenWorkbook
        if still != within:
            within, columns = still, {}
            for name, (left, top, right, _bottom) in within:
                words = _("This cell is part of the merged cells %(cells)s. Unmerge them, and fill in each row.")
                filler = UnreadableCell(StoredText(words, cells=name), is_filler=True)
                for column in range(left, min(right, MOST_COLUMNS + 1) + 1):
                    if column in columns:
                        raise BrokenWorkbook
                    columns[column] = (filler, left, top)
        yield columns


def _plain(cell: SpecialCell, row: int, table: Table) -> Any:
    """The value of a cell that is more than its value, such as a formula or an error."""
    if cell.formula:
        if cell.value is None:
            words = _("This is a formula without a saved result. Copy the column, and paste it as values.")
            return UnreadableCell(words, cell.formula)
        words = _("Row %(row)s has a formula. We used its result from when the file was saved.")
        table.note(row, StoredText(words, row=row))
    if cell.is_error:
        words = _("The cell shows the error %(error)s. Enter the correct value.")
        return UnreadableCell(StoredText(words, error=cell.value), str(cell.value))
    return cell.value
