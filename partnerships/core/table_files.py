"""Files with tables in them, told by their content and never by their name.

CSV is read in whatever letters and with whatever sign between its cells; XLSX is looked over before anything of it is unpacked.
"""

import csv
import re
import zipfile
from functools import partial
from io import BytesIO, StringIO

from partnerships.core.errors import ValidationError
from partnerships.core.tables import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, Table, Unreadable, fill

MOST_UNPACKED = 100 * 1024 * 1024
MOST_RATIO, RATIO_FROM = 200, 2 * 1024 * 1024  # how much smaller than its content a part may be, and from which size on
MOST_PARTS = 1000
MOST_TEXTS = 40 * 1024 * 1024  # of the part that holds the texts of all cells: it is read whole
HEAD = 200  # rows in which formulas are looked for when only the first rows are wanted
EMPTY_ROWS = 20_000  # that may stand between two that hold something
_MARKS = ",;\t|"
_KINDS = (
    (
        b"\xd0\xcf\x11\xe0",
        "This is an old Excel file (XLS), or one with a password. Save it as XLSX without a password.",
    ),
    (b"%PDF", "This is a PDF. Save the table as XLSX or CSV."),
    (b"{\\rtf", "This is a text document. Save the table as XLSX or CSV."),
)
_BROKEN = "We cannot read this file. Open it in your spreadsheet program, save it as XLSX, and bring that."
_TOO_LARGE = f"This file is larger than {MOST_BYTES // 2**20} MB. Bring its rows in parts."


def read(content: bytes, is_known, *, sheet: str = "", most: int = MOST_ROWS) -> Table:
    """The table of a file. `sheet`: which one of a workbook; without it the first that shows headings that `is_known` knows.

    Raises ValidationError in words when the file as a whole cannot be read.
    """
    if not content.strip(b"\0 \r\n\t"):
        _refuse("This file is empty. Fill in the template, then bring it.")
    if len(content) > MOST_BYTES:
        _refuse(_TOO_LARGE)
    for start, words in _KINDS:
        if content.startswith(start):
            _refuse(words)
    if content.startswith(b"PK"):
        return _workbook(content, is_known, sheet, most)
    return _csv(content, is_known, most)


def _refuse(words):
    raise ValidationError(words, code="unreadable")


# CSV


def _csv(content, is_known, most):
    table = Table()
    text = _text(content, table)
    if re.match(r"\s*<(!doctype|html|\?xml|table)", text, re.IGNORECASE):
        _refuse("This is a web page, not a table. Save it as XLSX or CSV.")
    mark = ""
    if told := re.match(r"sep=(.)\r?\n", text, re.IGNORECASE):  # as Excel writes it, for itself
        mark, text = told[1], text[told.end() :]
    mark = mark or _mark(text, is_known)
    if not mark:
        _refuse("We found no columns in this file. Save the table as “CSV UTF-8”, or as XLSX.")
    return fill(table, _lines(text, mark, first=2 if told else 1), is_known, most)


def _text(content, table):
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        if encoding == "cp1252":
            words = "The file is not in UTF-8. It was read as Windows-1252: look whether all letters with accents are right."
            table.note(0, words)
        return text
    return _refuse("We cannot tell the letters of this file. Save the table as “CSV UTF-8”, or as XLSX.")


def _mark(text, is_known):
    """The sign between cells: the one that shows most headings, or else most columns."""
    start = text[:20_000]

    def shown(mark):
        try:
            rows = [row for row, _ in zip(csv.reader(StringIO(start), delimiter=mark), range(10), strict=False)]
        except csv.Error:
            return 0, 0
        return max(sum(map(is_known, row)) for row in rows), max(map(len, rows))

    best = max(_MARKS, key=shown)
    return best if shown(best) > (0, 1) else ""


def _lines(text, mark, first):
    rows = csv.reader(StringIO(text, newline=""), delimiter=mark, strict=True)
    number = first - 1
    try:
        for number, row in enumerate(rows, start=first):
            yield number, row[: MOST_COLUMNS + 2]
    except csv.Error:
        words = "From this row on we cannot read the file. Most likely a quotation mark is missing there."
        raise ValidationError(f"Row {number + 1}: {words}", code="unreadable") from None


# XLSX


def _workbook(content, is_known, sheet, most):
    parts = _looked_over(content)
    import openpyxl  # here, since it takes 19 MB and few processes ever read a sheet

    try:
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        shown = [one for one in book.worksheets if one.sheet_state == "visible"]
        if not shown:
            _refuse("This file has no sheet that is shown. Show the one with the rows, then save it.")
        chosen = next((one for one in shown if one.title == sheet), None) or _first(shown, is_known)
        table = Table(sheet=chosen.title, sheets=[one.title for one in shown], starts_1904=book.epoch.year == 1904)
        hidden = [one.title for one in book.worksheets if one.sheet_state != "visible"]
        for title in hidden:
            table.note(0, f"The sheet “{title}” is hidden, so it was not read.")
        marks = _marks_of(parts, chosen._worksheet_path, table)
        last = MOST_ROWS + EMPTY_ROWS if most == MOST_ROWS else HEAD
        formulas = _formulas(content, chosen.title, last) if marks.has_formulas else {}
        return fill(table, _cells(chosen, marks, formulas, table), is_known, most)
    except (ValidationError, MemoryError):
        raise
    except Exception:  # a broken file may make the library raise anything
        raise ValidationError(_BROKEN, code="unreadable") from None


def _looked_over(content) -> zipfile.ZipFile:
    """The parts of a workbook, none of them unpacked; more than its own table of contents says is never unpacked of any."""
    try:
        parts = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        _refuse(_BROKEN)
    infos = parts.infolist()
    names = {info.filename for info in infos}
    if "xl/workbook.xml" not in names:
        is_open_document = "content.xml" in names
        _refuse("This is an OpenDocument file. Save it as XLSX." if is_open_document else _BROKEN)
    if any(info.flag_bits & 1 for info in infos):
        _refuse("This file has a password. Save it without one.")
    small = [info.file_size <= max(RATIO_FROM, info.compress_size * MOST_RATIO) for info in infos]
    texts = sum(info.file_size for info in infos if info.filename.lower().endswith("sharedstrings.xml"))
    if (
        len(infos) > MOST_PARTS
        or texts > MOST_TEXTS
        or sum(info.file_size for info in infos) > MOST_UNPACKED
        or not all(small)
    ):
        _refuse("Unpacked, this file would be far too large. Copy its rows into the template, and bring that.")
    for info in infos:
        if info.filename.endswith((".xml", ".rels")):
            start = _start_of(parts, info)
            if b"<!DOCTYPE" in start or b"<!ENTITY" in start or b"\0" in start:
                _refuse(_BROKEN)
    return parts


def _start_of(parts, info):
    try:
        with parts.open(info) as part:
            return part.read(4096)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError):
        _refuse(_BROKEN)
    except Exception as problem:  # zlib.error and its like
        raise ValidationError(_BROKEN, code="unreadable") from problem


def _first(sheets, is_known):
    """The first sheet with a heading that is known, or the first with anything in it."""

    def known(sheet):
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=20, max_col=MOST_COLUMNS, values_only=True)
        return max((sum(1 for cell in row if isinstance(cell, str) and is_known(cell)) for row in rows), default=0)

    counts = [known(sheet) for sheet in sheets]
    return sheets[counts.index(max(counts))] if max(counts) else sheets[0]


class _Marks:
    """What the cells alone do not tell: whether there are formulas, and which cells lie in a merged one."""

    def __init__(self):
        self.has_formulas, self.merged = False, []

    def merged_into(self, row, column) -> str:
        for name, (left, top, right, bottom) in self.merged:
            if left <= column <= right and top <= row <= bottom and (row, column) != (top, left):
                return name
        return ""


_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^<>]*\bref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b(?=[^<>]*\bhidden="(?:1|true)")[^<>]*\br="([0-9]+)"')
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col\b(?=[^<>]*\bhidden="(?:1|true)")')
MOST_MERGED = 2000


def _marks_of(parts, path, table):
    import openpyxl.utils

    marks, rows, columns = _Marks(), [], False
    with parts.open(path.lstrip("/")) as part:
        kept = b""
        for chunk in iter(partial(part.read, 2**20), b""):
            seen = kept + chunk
            whole = seen.rfind(b"<") if seen.rfind(b"<") > 0 else len(seen)
            now, kept = seen[:whole], seen[whole:]
            marks.has_formulas = marks.has_formulas or bool(_FORMULA.search(now))
            columns = columns or bool(_HIDDEN_COLUMN.search(now))
            rows += [int(found) for found in _HIDDEN_ROW.findall(now)][: 20 - len(rows)]
            for found in _MERGED.findall(now)[: MOST_MERGED - len(marks.merged)]:
                name = found.decode()
                marks.merged.append((name, openpyxl.utils.range_boundaries(name)))
    if rows:
        table.note(rows[0], f"The sheet has hidden rows, such as row {rows[0]}. They were read like all others.")
    if columns:
        table.note(0, "The sheet has hidden columns. They were read like all others.")
    return marks


def _formulas(content, title, last):
    """(row, column) → its formula: a second look, since a sheet gives either formulas or what came of them."""
    import openpyxl

    sheet = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)[title]
    sheet.reset_dimensions()
    found = {}
    for row in sheet.iter_rows(max_col=MOST_COLUMNS, max_row=last):
        for cell in row:
            if cell.data_type == "f":
                found[cell.row, cell.column] = str(cell.value)
    return found


def _cells(sheet, marks, formulas, table):
    sheet.reset_dimensions()
    empty = 0
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
        values = [cell.value for cell in row]
        if all(value is None for value in values) and not any((number, n) in formulas for n in range(1, len(row) + 1)):
            empty += 1
            if empty > EMPTY_ROWS:
                table.note(number, f"Nothing was read below row {number}: {EMPTY_ROWS:,} empty rows stand above it.")
                return
            continue
        empty = 0
        yield number, [_cell(cell, number, place, marks, formulas, table) for place, cell in enumerate(row, start=1)]


def _cell(cell, row, column, marks, formulas, table):
    value = cell.value
    if value is None and marks.merged and (name := marks.merged_into(row, column)):
        words = f"This cell is part of the merged cells {name}. Take the merging away, and fill in each row by itself."
        return Unreadable(words, is_filler=True)
    if (row, column) in formulas:
        if value is None:
            words = "This is a formula whose result is not in the file. Copy the column, and paste it as values."
            return Unreadable(words, formulas[row, column][:40])
        table.note(row, f"Row {row} holds a formula. What it gave when the file was saved was taken.")
    if cell.data_type == "e":
        words = f"The cell shows the error {str(value)[:20]}. Type what belongs there."
        return Unreadable(words, str(value)[:20])
    return value
