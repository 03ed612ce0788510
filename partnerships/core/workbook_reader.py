"""Reads workbooks (XLSX) from untrusted sources as a stream: sheets, rows and cells, and what is unusual about a
sheet.

The parser knows no entities and no document types, and reads each part once. The work is limited in advance
(`Allowance`) in proportion to the size of the file, so that a small file is never a large task. Pictures, links to
other files, macros, embedded files and the size that a sheet claims for itself are never looked at. Raises WorkbookTooLarge,
Locked or Broken.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import Any, NoReturn
from xml.parsers import expat
from xml.parsers.expat import XMLParserType

from partnerships.core.tables import LONGEST_CELL, MOST_COLUMNS

MOST_UNPACKED = 100 * 1024 * 1024
# the highest compression ratio of a part, and the size from which it counts
MOST_RATIO, RATIO_FROM = 200, 2 * 1024 * 1024
MOST_PARTS = 1000
MOST_SHEETS, MOST_STYLES, MOST_FORMATS = 200, 70_000, 5_000
MOST_DEPTH = 40
LONGEST_TAG = 512 * 1024  # bytes of one tag or comment
LAST_ROW = 1_048_576
MOST_MERGED = 2000
MOST_HIDDEN_ROWS = 20
_CHUNK = 64 * 1024
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
_TRUE = ("1", "true")
_LONGEST_NUMBER, _LONGEST_WHOLE = (
    40,
    18,
)  # characters of a number or of the start of a formula; digits of a whole number
MOST_PIECES = 1000  # pieces in which the parser may deliver the text of one cell


class BrokenWorkbook(Exception):
    """The file is not a workbook, or no spreadsheet program would have written it."""


class WorkbookTooLarge(Exception):
    """The file has more content than a file of its size should."""


class PasswordProtected(Exception):
    """The file has a password."""


class Allowance:
    """How much may still be read of a file: bytes, elements, filled cells, and characters of their texts."""

    def __init__(self, size: int) -> None:
        self.bytes = min(MOST_UNPACKED, 16 * 2**20 + 16 * size)
        self.elements = 800_000 + size // 2
        self.cells = 100_000 + size // 8
        self.characters = 4_000_000 + 4 * size

    def take(self, name: str, number: int = 1) -> None:
        left = getattr(self, name) - number
        if left < 0:
            raise WorkbookTooLarge(name)
        setattr(self, name, left)


@dataclass(frozen=True)
class Sheet:
    title: str
    is_shown: bool
    path: str


@dataclass(frozen=True, slots=True)
class SpecialCell:
    """A cell that is more than its value.

    `formula`: its text, or "". `is_error`: its value is an error such as #REF!.
    """

    value: object = None
    formula: str = ""
    is_error: bool = False


@dataclass
class Content:
    """What was read of a sheet.

    `rows`: (row number, column from 1 → value or Special), for filled rows. `merged`: (name, (left, top, right,
    bottom)).
    """

    rows: list = field(default_factory=list)
    merged: list = field(default_factory=list)
    hidden_rows: list = field(default_factory=list)
    has_hidden_columns: bool = False
    stopped_at: int = 0  # the row below which reading stopped, because so many empty rows came before it


class Workbook:
    """The sheets of a file, in order. `read` returns the content of one."""

    def __init__(self, content: bytes) -> None:
        self.left, self._parts = Allowance(len(content)), _parts_of(content)
        self.names = {info.filename for info in self._parts.infolist()}
        if "xl/workbook.xml" not in self.names:
            raise BrokenWorkbook
        self._relations = self._read_relations()
        self.sheets, self.starts_1904 = self._read_book()
        self._texts: list[str] | None = None
        self._dated: tuple[set, set] | None = None

    def read(self, sheet: Sheet, *, most_rows: int, most_empty: int) -> Content:
        """The first filled rows of a sheet, and what is unusual about the whole sheet."""
        found = Content()
        _SheetReader(self, found, most_rows, most_empty).run(sheet.path)
        return found

    @property
    def texts(self) -> list[str]:
        """The shared texts, which cells refer to by index."""
        if self._texts is None:
            path = self._relations.get("sharedStrings", "")
            self._texts = self._read_texts(path) if path else []
        return self._texts

    @property
    def dated(self) -> tuple[set, set]:
        """(styles that show a number as a date or time, those of them that show a duration)."""
        if self._dated is None:
            path = self._relations.get("styles", "")
            self._dated = self._read_styles(path) if path else (set(), set())
        return self._dated

    @property
    def day_of(self) -> Callable:
        """A function (number, timedelta=whether it is a duration) → the date, time or duration that the spreadsheet
        shows for it.
        """
        from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

        return partial(from_excel, epoch=CALENDAR_MAC_1904 if self.starts_1904 else CALENDAR_WINDOWS_1900)

    def _read_relations(self) -> dict[str, str]:
        """The part of each sheet by its id, and the parts “styles” and “sharedStrings”."""
        found = {}

        def start(tag: str, attributes: dict[str, str], within: list[str]) -> None:
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target, kind = attributes.get("Target", ""), attributes.get("Type", "").rpartition("/")[2]
                path = target[1:] if target.startswith("/") else posixpath.normpath(f"xl/{target}")
                if kind == "worksheet":
                    found[f"#{attributes.get('Id', '')}"] = path
                elif kind in ("styles", "sharedStrings"):
                    found[kind] = path

        self.walk("xl/_rels/workbook.xml.rels", start)
        return found

    def _read_book(self) -> tuple[list[Sheet], bool]:
        sheets, dates = [], []

        def start(tag: str, attributes: dict[str, str], within: list[str]) -> None:
            if tag == "workbookPr":
                dates.append(attributes.get("date1904", "0"))
            elif tag == "sheet":
                key = next((value for name, value in attributes.items() if name.rpartition(":")[2] == "id"), "")
                path = self._relations.get(f"#{key}")
                if path:
                    sheets.append(
                        Sheet(attributes.get("name", "")[:100], attributes.get("state", "visible") == "visible", path)
                    )
                if len(sheets) > MOST_SHEETS:
                    raise WorkbookTooLarge("sheets")

        self.walk("xl/workbook.xml", start)
        return sheets, bool(dates) and dates[-1] in _TRUE

    def _read_texts(self, path: str) -> list[str]:
        pieces: list[str] = []
        found, room = [], [0]

        def start(tag: str, attributes: dict[str, str], within: list[str]) -> None:
            if tag == "si":
                pieces.clear()
                room[0] = LONGEST_CELL + 1

        def characters(text: str, within: list[str]) -> None:
            # Phonetic readings of Asian characters (rPh) aren't part of the text.
            if within[-1] == "t" and "rPh" not in within and room[0] > 0:
                pieces.append(text[: room[0]])
                room[0] -= len(text)

        def end(tag: str, within: list[str]) -> None:
            if tag == "si":
                self.left.take("cells")
                text = "".join(pieces).replace("x005F_", "")
                self.left.take("characters", len(text))
                found.append(text)

        cells = self.left.cells
        self.walk(path, start, end, characters)
        self.left.cells = cells  # a shared text counts where cells refer to it
        return found

    def _read_styles(self, path: str) -> tuple[set[int], set[int]]:
        from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

        codes, kinds = {}, []

        def start(tag: str, attributes: dict[str, str], within: list[str]) -> None:
            if tag == "numFmt" and within[-2:-1] == ["numFmts"]:
                codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")[:255]
            elif tag == "xf" and within[-2:-1] == ["cellXfs"]:
                kinds.append(_number(attributes.get("numFmtId", "0")))
            if len(kinds) > MOST_STYLES or len(codes) > MOST_FORMATS:
                raise WorkbookTooLarge("styles")

        self.walk(path, start)
        kinds_of_day = {}
        for kind in set(kinds):
            code = codes.get(kind, BUILTIN_FORMATS.get(kind, "General"))
            kinds_of_day[kind] = is_date_format(code), is_timedelta_format(code)
        days = {index for index, kind in enumerate(kinds) if kinds_of_day[kind][0]}
        return days, {index for index, kind in enumerate(kinds) if kinds_of_day[kind][1]}

    def walk(self, path: str, start: Callable, end: Callable | None = None, characters: Callable | None = None) -> None:
        """Read a part by calling start(tag, attributes, within), end(tag, within) and characters(text, within).

        Tags come without namespaces. `within` is the stack of open tags, this one last.
        """
        within, left = [], self.left

        def opened(name: str, attributes: dict[str, str]) -> None:
            left.elements -= 1
            if left.elements < 0:
                raise WorkbookTooLarge("elements")
            tag = name.rpartition(":")[2]
            within.append(tag)
            if len(within) > MOST_DEPTH:
                raise BrokenWorkbook
            start(tag, attributes, within)

        def closed(name: str) -> None:
            if end:
                end(within[-1], within)
            within.pop()

        parser = _parser()
        parser.StartElementHandler, parser.EndElementHandler = opened, closed
        if characters:
            parser.CharacterDataHandler = lambda text: characters(text, within)
        self.feed(parser, path)

    def feed(self, parser: XMLParserType, path: str) -> None:
        fed = 0
        try:
            with self._parts.open(path) as part:
                while chunk := part.read(_CHUNK):
                    self.left.take("bytes", len(chunk))
                    parser.Parse(chunk, False)
                    fed += len(chunk)
                    if fed - max(parser.CurrentByteIndex, 0) > LONGEST_TAG:
                        raise BrokenWorkbook
                parser.Parse(b"", True)
        except (
            zipfile.BadZipFile,
            zlib.error,
            NotImplementedError,
            OSError,
            EOFError,
            KeyError,
            ValueError,  # false offsets of parts
            expat.ExpatError,
            RuntimeError,
        ):
            raise BrokenWorkbook from None


def _parts_of(content: bytes) -> zipfile.ZipFile:
    """The parts of a file, checked by its table of contents. No more than what it declares is ever unpacked."""
    try:
        parts = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        raise BrokenWorkbook from None
    infos = parts.infolist()
    if any(info.flag_bits & 1 for info in infos):
        raise PasswordProtected
    if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_UNPACKED:
        raise WorkbookTooLarge("parts")
    if any(info.file_size > max(RATIO_FROM, info.compress_size * MOST_RATIO) for info in infos):
        raise WorkbookTooLarge("ratio")
    # Refused: parts that share their bytes, several parts with one name, and compression methods that no spreadsheet
    # program uses (one of them can ask for any amount of memory).
    packed = sum(info.compress_size for info in infos)
    methods = {info.compress_type for info in infos}
    if packed > len(content) or len({info.filename for info in infos}) < len(infos):
        raise BrokenWorkbook
    if not methods <= {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise BrokenWorkbook
    return parts


def _parser() -> XMLParserType:
    """A parser that stops reading where a document type begins.

    So there are no entities but the five of XML itself.
    """

    def refuse(*given: Any) -> NoReturn:
        raise BrokenWorkbook

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = refuse
    return parser


class _SheetReader:
    """One pass over a sheet. After enough rows are read, it only looks for what is unusual about the rest.

    A cell costs five calls of the parser, so this keeps as little state as possible: the position, and the content of
    the open cell.
    """

    def __init__(self, book: Workbook, found: Content, most_rows: int, most_empty: int) -> None:
        self._book, self._found, self._most_rows, self._most_empty = book, found, most_rows, most_empty
        self._row, self._last_filled, self._column = 0, 0, 0
        self._cells: dict[int, Any] = {}
        self._is_full = False
        self._days: set[int] | None = None

    def run(self, path: str) -> None:
        left = self._book.left
        depth, elements, kind, style = 0, left.elements, "n", ""
        pieces: list[str] = []
        formula: list[str] | None = None
        reading, phonetic = "", False  # which text of a cell is being read: v, f or t

        def opened(name: str, attributes: dict[str, str]) -> None:
            nonlocal depth, elements, kind, style, formula, reading, phonetic
            depth, elements = depth + 1, elements - 1
            if elements < 0:
                raise WorkbookTooLarge("elements")
            if ":" in name:
                name = name.rpartition(":")[2]
            if name == "c":
                if not self._is_full:
                    place = _PLACE.fullmatch(attributes["r"]) if "r" in attributes else None
                    self._column = column_of(place[1]) if place else self._column + 1
                    kind, style, formula = attributes.get("t", "n"), attributes.get("s", ""), None
                    pieces.clear()
            elif name in ("v", "t"):
                reading = "" if phonetic or self._is_full else name
            elif name == "row":
                self._begin_row(attributes)
            elif name == "f":
                reading, formula = ("", formula) if self._is_full else ("f", [])
            elif name == "rPh":
                phonetic = True
            elif name == "mergeCell":
                self._merge(attributes.get("ref", ""))
            elif name == "col" and attributes.get("hidden") in _TRUE:
                self._found.has_hidden_columns = True
            if depth > MOST_DEPTH:
                raise BrokenWorkbook

        def characters(text: str) -> None:
            if reading == "f":
                if formula is not None and len(formula) < 2:
                    formula.append(text[:_LONGEST_NUMBER])
            elif reading and len(pieces) < MOST_PIECES:
                pieces.append(text[: LONGEST_CELL + 1])

        def closed(name: str) -> None:
            nonlocal depth, reading, phonetic
            depth, reading = depth - 1, ""
            if ":" in name:
                name = name.rpartition(":")[2]
            if name == "c":
                if (pieces or formula is not None) and self._column <= MOST_COLUMNS + 1 and not self._is_full:
                    self._keep(kind, style, pieces, formula)
            elif name == "row":
                self._end_row()
            elif name == "rPh":
                phonetic = False

        parser = _parser()
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = opened, closed, characters
        self._book.feed(parser, path)
        left.elements = elements

    def _begin_row(self, attributes: dict[str, str]) -> None:
        number = _number(attributes["r"]) if "r" in attributes else self._row + 1
        if attributes.get("hidden") in _TRUE and len(self._found.hidden_rows) < MOST_HIDDEN_ROWS:
            self._found.hidden_rows.append(number)
        if not self._row < number <= LAST_ROW:
            raise BrokenWorkbook
        self._row, self._column, self._cells = number, 0, {}
        if not self._is_full and number - self._last_filled > self._most_empty:
            self._is_full, self._found.stopped_at = True, self._last_filled + self._most_empty

    def _end_row(self) -> None:
        if self._cells and not self._is_full:
            self._found.rows.append((self._row, self._cells))
            self._last_filled = self._row
            self._is_full = len(self._found.rows) >= self._most_rows

    def _merge(self, name: str) -> None:
        place = _RANGE.fullmatch(name)
        if place and len(self._found.merged) < MOST_MERGED:
            bounds = column_of(place[1]), int(place[2]), column_of(place[3]), int(place[4])
            self._found.merged.append((name, bounds))

    def _keep(self, kind: str, style: str, pieces: list[str], formula: list[str] | None) -> None:
        value = self._cell_value(kind, style, "".join(pieces)[: LONGEST_CELL + 1]) if pieces else None
        if formula is not None:
            value = value if isinstance(value, SpecialCell) else SpecialCell(value)
            value = SpecialCell(value.value, f"={''.join(formula)}"[:_LONGEST_NUMBER], value.is_error)
        if value is not None and value != "":
            self._book.left.take("cells")
            self._cells[self._column] = value

    def _cell_value(self, kind: str, style: str, text: str) -> Any:
        """The value of a cell. `kind` is its type in the file (t), and `style` the number of its style."""
        if kind == "n":
            return self._number_or_day(style, text.strip())
        if kind == "s":
            texts, place = self._book.texts, _number(text)
            if place >= len(texts):
                raise BrokenWorkbook
            return texts[place]
        if kind in ("str", "inlineStr"):
            self._book.left.take("characters", len(text))
            return text
        if kind == "b":
            return text.strip() in _TRUE
        if kind == "e":
            return SpecialCell(text[:20], is_error=True)
        if kind == "d":
            from openpyxl.utils.datetime import from_ISO8601

            try:
                return from_ISO8601(text.strip()[:_LONGEST_NUMBER])
            except ValueError:
                return _NO_DAY
        raise BrokenWorkbook

    def _number_or_day(self, style: str, text: str) -> Any:
        if not text:
            return None
        try:
            value = float(text) if len(text) > _LONGEST_WHOLE or not text.removeprefix("-").isdecimal() else int(text)
        except ValueError:
            raise BrokenWorkbook from None
        if self._days is None:
            (self._days, self._lengths), self._day_of = self._book.dated, self._book.day_of
        place = int(style) if style.isdecimal() and len(style) < 7 else 0
        if place not in self._days:
            return value
        try:
            return self._day_of(value, timedelta=place in self._lengths)
        except (OverflowError, ValueError):
            return _NO_DAY


_NO_DAY = SpecialCell("#VALUE!", is_error=True)


def column_of(letters: str) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _number(text: str | None) -> int:
    if text is None or not text.strip().isdecimal() or len(text) > 10:
        raise BrokenWorkbook
    return int(text)
