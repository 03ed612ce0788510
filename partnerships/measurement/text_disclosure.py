"""Whether a text reveals a hidden count: the author is asked before it is saved. Pure functions."""

import re
from collections.abc import Collection
from decimal import Decimal

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBER = re.compile(rf"\d[\d,]*(?:\.\d+)?|\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)


def counts_in(text: str, counts: Collection[Decimal]) -> list[str]:
    """The parts of a text that are one of these counts, as written: digits, or number words up to twelve."""
    found = _NUMBER.findall(text)
    return [written for written in dict.fromkeys(found) if _value(written) in counts]


def _value(written: str) -> Decimal:
    if written.lower() in _WORDS:
        return Decimal(_WORDS.index(written.lower()) + 1)
    return Decimal(written.replace(",", ""))
