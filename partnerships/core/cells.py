"""Texts as cells of a file that spreadsheets open: none of them is run as a formula."""

import re
import unicodedata
from datetime import datetime
from decimal import Decimal

# A cell that starts so is run as a formula by spreadsheets. \u2212 is the minus sign, which LibreOffice takes for a hyphen.
_ACTIVE = ("=", "+", "-", "\u2212", "@", "\t", "\r", "\n")
_NOT_SEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")  # controls, joiners, marks and spaces: some programs drop them in front
# Where programs that separate columns by another sign than the comma end a cell in the middle of a text, and rows at line ends.
_SEPARATORS = re.compile(r"([;|\t\r\n])")


def safe(value) -> str:
    """The value as a cell that no spreadsheet runs: an active one gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, (int, Decimal)):  # a number is no formula, below nought neither
        return str(value)
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if _is_active(text) else text


def safe_in_csv(value) -> str:
    """The same in a file of plain text, which a spreadsheet may cut anywhere: in many countries it takes “;” for the end of a
    cell. What follows a separator is then a cell of its own, and gets an apostrophe as well. A workbook's cells are never cut."""
    first, *others = _SEPARATORS.split(safe(value))
    return first + "".join(f"'{part}" if _is_cut_active(part) else part for part in others)


def original(cell: str) -> str:
    """The text that one of these two made a cell of: without their apostrophes."""
    first, *others = _SEPARATORS.split(cell)
    text = first + "".join(part[1:] if part[:1] == "'" and _is_cut_active(part[1:]) else part for part in others)
    return text[1:] if text.startswith("'") and _is_active(text[1:]) else text


def _is_cut_active(part):
    """Whether a part of a text would be run as a cell of its own. A separator by itself would not."""
    return not _SEPARATORS.fullmatch(part) and _is_active(part.lstrip('"'))


def _is_active(text):
    first = next((char for char in text if char in "\t\r\n" or unicodedata.category(char) not in _NOT_SEEN), "")
    # NFKC: the full-width forms and their like are run by some.
    return unicodedata.normalize("NFKC", first).startswith(_ACTIVE)
