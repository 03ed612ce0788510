"""Whether a text tells a count that is hidden: somebody is asked before it is saved. Pure."""

import re
from collections.abc import Collection
from decimal import Decimal

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBER = re.compile(rf"\d[\d,]*(?:\.\d+)?|\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)


def counts_in(text: str, counts: Collection[Decimal]) -> list[str]:
    """What of a text is one of these counts, as it is written there: figures, or words up to twelve."""
    found = _NUMBER.findall(text)
    return [written for written in dict.fromkeys(found) if _value(written) in counts]


def _value(written) -> Decimal:
    if written.lower() in _WORDS:
        return Decimal(_WORDS.index(written.lower()) + 1)
    return Decimal(written.replace(",", ""))
