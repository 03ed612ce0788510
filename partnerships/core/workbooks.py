"""Writes rows as a spreadsheet (XLSX), one after another: memory use doesn't grow with the number of rows."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from functools import partial
from io import BytesIO
from itertools import chain, islice
from types import ModuleType
from typing import TYPE_CHECKING, Any

from partnerships.core.cells import escape_formula

if TYPE_CHECKING:
    pass

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 32_767  # characters of a cell
FIRST_DAY = date(1900, 3, 1)  # spreadsheets have no dates before it, or are off by one day
LOOKED_AT = 50  # rows that decide the width of a column
NARROWEST, WIDEST = 10, 60
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def workbook(title: str, columns: list[str], rows: Iterable[list]) -> bytes:
    """A workbook with one sheet: a bold header row that stays visible, then the rows.

    Numbers, dates and times become cells of their kind; everything else becomes text that no spreadsheet runs.
    """
    return workbooks([(title, columns, rows)])


def workbooks(sheets: list) -> bytes:
    """A workbook of several sheets, each given as (title, columns, rows)."""
    import openpyxl  # imported here because it takes 19 MB, and few processes ever write a spreadsheet

    book = openpyxl.Workbook(write_only=True)
    for title, columns, rows in sheets:
        _add_sheet(book, openpyxl, title, columns, rows)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _add_sheet(book: Any, openpyxl: ModuleType, title: str, columns: list[str], rows: Iterable[list]) -> None:
    """Write a sheet with a bold header that stays in view, and columns as wide as their first cells need."""
    sheet = book.create_sheet(title)
    new_cell = partial(openpyxl.cell.WriteOnlyCell, sheet)
    rows = iter(rows)
    first = list(islice(rows, LOOKED_AT))
    sheet.freeze_panes = "A2"
    for index in range(len(columns)):
        longest = max(len(str(row[index] or "")) for row in [columns, *first])
        letter = openpyxl.utils.get_column_letter(index + 1)
        sheet.column_dimensions[letter].width = min(max(longest + 2, NARROWEST), WIDEST)
    header = [new_cell(name) for name in columns]
    for cell in header:
        cell.font = openpyxl.styles.Font(bold=True)
    for row in chain([header], ([_cell(value, new_cell) for value in row] for row in chain(first, rows))):
        sheet.append(row)


def _cell(value: Any, new_cell: Callable) -> Any:
    """The value in the form that openpyxl takes."""
    if value is None or value == "":
        return None
    if isinstance(value, (int, float, time)) and not isinstance(value, bool):
        return value
    if isinstance(value, date) and not isinstance(value, datetime) and value >= FIRST_DAY:
        return value
    text = escape_formula(_UNWRITABLE.sub("", value) if isinstance(value, str) else value)
    if len(text) > LONGEST:
        text = text[: LONGEST - 1] + "…"
    if not text.startswith("#"):
        return text
    cell = new_cell()  # openpyxl would take it for an error, such as #N/A
    cell._value, cell.data_type = text, "s"
    return cell
