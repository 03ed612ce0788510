"""Makes text safe as a cell of a file that spreadsheets open, so that no cell runs as a formula."""

import re
import unicodedata
from datetime import datetime
from decimal import Decimal
from typing import Any

# Spreadsheets run a cell that starts with one of these. \u2212 is the minus sign, which LibreOffice reads as a hyphen.
_FORMULA_STARTS = ("=", "+", "-", "\u2212", "@", "\t", "\r", "\n")
# controls, joiners, marks and spaces: some programs drop them at the start of a cell
_INVISIBLE = ("Cc", "Cf", "Zs", "Zl", "Zp")
# Programs that separate columns by another character than a comma end a cell here, in the middle of a text.
_SEPARATORS = re.compile(r"([;|\t\r\n])")


def escape_formula(value: Any) -> str:
    """The value as a cell that no spreadsheet runs. A text that would run gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, (int, Decimal)):  # a number is no formula, even when it is negative
        return str(value)
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if _is_formula(text) else text


def escape_formula_in_csv(value: int | str | None) -> str:
    """`escape_formula` for a CSV file, which a spreadsheet may split at other characters than the comma.

    In many countries “;” ends a cell. What follows a separator then becomes a cell of its own, so it gets an
    apostrophe as well. A workbook's cells are never split.
    """
    first, *others = _SEPARATORS.split(escape_formula(value))
    return first + "".join(f"'{part}" if _is_formula_if_split(part) else part for part in others)


def unescape_formula(cell: str) -> str:
    """The text from which `escape_formula` or `escape_formula_in_csv` made this cell: without their apostrophes."""
    first, *others = _SEPARATORS.split(cell)
    text = first + "".join(part[1:] if part[:1] == "'" and _is_formula_if_split(part[1:]) else part for part in others)
    return text[1:] if text.startswith("'") and _is_formula(text[1:]) else text


def _is_formula_if_split(part: str) -> bool:
    """Whether a part of a text would run if it became a cell of its own. A separator alone doesn't."""
    return not _SEPARATORS.fullmatch(part) and _is_formula(part.lstrip('"'))


def _is_formula(text: str) -> bool:
    """Whether a spreadsheet would run the text as a formula: its first visible character starts one."""
    first = next((char for char in text if char in "\t\r\n" or unicodedata.category(char) not in _INVISIBLE), "")
    # NFKC: some programs run full-width and similar forms of these characters.
    return unicodedata.normalize("NFKC", first).startswith(_FORMULA_STARTS)
