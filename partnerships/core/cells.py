"""Texts as cells of a file that spreadsheets open: none of them is run as a formula."""

import unicodedata
from datetime import datetime
from decimal import Decimal

# A cell that starts so is run as a formula by spreadsheets.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n")
_NOT_SEEN = ("Cf", "Zs", "Zl", "Zp")  # joiners, marks and spaces: some programs drop them in front


def safe(value) -> str:
    """The value as a cell that no spreadsheet runs: an active one gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, (int, Decimal)):  # a number is no formula, below nought neither
        return str(value)
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    first = next((char for char in text if unicodedata.category(char) not in _NOT_SEEN), "")
    # NFKC: the full-width forms and their like are run by some.
    return f"'{text}" if unicodedata.normalize("NFKC", first).startswith(_ACTIVE) else text
