"""Reads numbers that people type, and explains what is wrong with a number of a measure."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_noop as _

from partnerships.core.stored_texts import StoredText
from partnerships.measurement.rate_math import PROPORTION, rate

NO_DATA = {"", "-", "–", "—", "n/a", "na", "nd", "no data", "null", "none", "*", "**", "s", ".", "..", "suppressed"}
LONGEST, PLACES = 12, 6  # digits before and after the decimal point
LONGEST_TYPED = 200  # characters that may be a number; longer texts aren't
_READ_BOTH = _("“%(text)s” can be read in two ways. Enter it with a decimal point and no other marks, like 1234.5.")
_NO_NUMBER = _("“%(text)s” isn’t a number.")
NEEDS_COUNTS = _("Enter the numerator and denominator of this group’s rate. We round them before others see the rate.")


def read_number(typed: str | int | Decimal) -> Decimal | None:
    """The number that was typed or pasted, None if the text says that there is none. Raises ValueError with a message.

    Accepts digits of any script, $, %, spaces and thousands commas, and any kind of minus. Refuses what can be read in
    two ways (1,234 is read as thousands, 12,5 is refused), and every formula.
    """
    if isinstance(typed, bool):
        raise ValueError(StoredText(_("Enter a number instead of yes or no.")))
    if isinstance(typed, (int, Decimal)):
        return _checked(Decimal(typed), str(typed))
    text = unicodedata.normalize("NFKC", str(typed).strip()[:LONGEST_TYPED]).strip()
    if text.lower() in NO_DATA:
        return None
    if text[0] in "=@" or re.match(r"[+-]\s*[A-Za-z(]", text):
        raise ValueError(StoredText(_("This is a formula. Paste its value instead.")))
    bare = re.sub(r"[\s$%]|^USD|USD$", "", text.replace("−", "-").replace("–", "-"))
    if re.fullmatch(r"\((.+)\)", bare):  # an accountant's way to write a negative number
        bare = f"-{bare[1:-1]}"
    if "," in bare:
        if not re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", bare):
            raise ValueError(StoredText(_READ_BOTH, text=text[:40]))
        bare = bare.replace(",", "")
    is_number = re.fullmatch(r"[+-]?(\d++\.?\d*+|\.\d++)(e[+-]?\d{1,2})?", bare, re.IGNORECASE)
    if not is_number or len(str(typed).strip()) > LONGEST_TYPED:
        if len(text) < 20:
            raise ValueError(StoredText(_("“%(text)s” isn’t a number. Leave it empty if there isn’t one."), text=text))
        raise ValueError(StoredText(_NO_NUMBER, text=text[:40]))
    try:
        return _checked(Decimal(bare), text)
    except InvalidOperation:
        raise ValueError(StoredText(_NO_NUMBER, text=text[:40])) from None


def _checked(number: Decimal, text: str) -> Decimal:
    if abs(number) >= Decimal(10) ** LONGEST:
        words = _("“%(text)s” is too large. Numbers can have %(digits)s digits at most before the decimal point.")
        raise ValueError(StoredText(words, text=text[:40], digits=LONGEST))
    return round(number, PLACES)


def number_errors(
    values: dict[str, Any],
    *,
    unit: str,
    kind: str,
    per: int,
    lowest: Decimal | None = None,
    highest: Decimal | None = None,
    needs_counts: bool = False,
) -> dict[str, str]:
    """What is wrong with a number: {field: message}, empty if nothing is.

    `values`: value, numerator and denominator, Decimals or None. `kind`: how counts are read (`rate_math`).
    `needs_counts`: refuse a rate without counts.
    """
    value, above, below = values.get("value"), values.get("numerator"), values.get("denominator")
    found: dict[str, str] = {}
    if (above is None) != (below is None) and unit in ("percent", "rate"):
        missing = "denominator" if below is None else "numerator"
        found[missing] = StoredText(_("Enter both the numerator and the denominator, or neither."))
    if below is not None and below <= 0:
        found["denominator"] = StoredText(_("The denominator can’t be zero. Leave the counts empty instead."))
    if above is not None and above < 0:
        found["numerator"] = StoredText(_("A count can’t be below zero."))
    if kind == PROPORTION and not found and above is not None and below is not None and above > below:
        found["numerator"] = StoredText(
            _("The numerator is larger than the denominator. The people counted must be part of the group.")
        )
    if found:
        return found
    words = _wrong_value(value, unit, kind, lowest, highest)
    if needs_counts and value is not None and above is None and not words:
        words = StoredText(NEEDS_COUNTS)
    if words:
        found["value"] = words
    elif value is not None and above is not None and below:
        computed = rate(above, below, per) if unit in ("percent", "rate") else above / below
        if unit in ("percent", "rate") and abs(computed - value) > _rounding(value):
            words = _("The counts give %(computed)s, but you entered %(value)s. Correct one of them.")
            found["value"] = StoredText(words, computed=f"{computed:.2f}", value=_plain(value))
    return found


def _wrong_value(value: Decimal | None, unit: str, kind: str, lowest: Decimal | None, highest: Decimal | None) -> str:
    if value is None:
        return ""
    if unit == "percent" and kind == PROPORTION and value > 100:
        return StoredText(_("A percent of people can’t be more than 100."))
    if value < 0 and (kind == PROPORTION or unit in ("percent", "rate", "days")):
        return StoredText(_("This can’t be below zero."))
    if lowest is not None and value < lowest:
        return StoredText(_("The lowest possible score is %(score)s."), score=_plain(lowest))
    if highest is not None and value > highest:
        return StoredText(_("The highest possible score is %(score)s."), score=_plain(highest))
    return ""


def _rounding(value: Decimal) -> Decimal:
    """Half of the last place that was typed, and a little more."""
    return Decimal(5).scaleb(min(exponent_of(value), 0) - 1) * Decimal("1.02")


def exponent_of(number: Decimal) -> int:
    """The power of ten of its last digit, without trailing zeros."""
    exponent = number.normalize().as_tuple().exponent
    assert isinstance(exponent, int)  # a number is finite
    return exponent


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")
