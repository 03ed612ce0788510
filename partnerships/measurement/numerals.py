"""Numbers as people and spreadsheets give them: read where there is one way to read them, and refused in words where not."""

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

_MOST_DIGITS = 18
_NOTHING = {"n/a", "na", "n.a.", "none", "null", "-", "--", "–", "—", "?", ".", "tbd", "unknown", "suppressed", "*"}
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([, ]\d{3})+(\.\d*)?")
_COMMA = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+|[+-]?\d+,\d+|[+-]?\d{1,3}(?:\.\d{3}){2,}")
_MINUS = str.maketrans(dict.fromkeys("−‐‑‒–—", "-"))


class NumberError(ValueError):
    """Why a number cannot be read, in plain words."""


class Typed(NamedTuple):
    """`sign`: "%" or "$" that stood beside it, or ""."""

    number: Decimal
    sign: str = ""


def read(given: str | int | float | Decimal | None) -> Typed | None:
    """The number in a form's field or a cell; None of an empty one. Decimals have a point, thousands a comma or a space.
    Its places stay as they were typed. Raises NumberError."""
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if isinstance(given, bool):
        raise NumberError("This is a yes or no, and a number is asked for.")
    if isinstance(given, (int, float, Decimal)):
        # A spreadsheet's number is right to fifteen digits; the rest is noise.
        return Typed(_in_range(Decimal(f"{given:.15g}" if isinstance(given, float) else given), given))
    # Full-width digits and no-break spaces become plain ones.
    text = unicodedata.normalize("NFKC", given).strip().translate(_MINUS)
    _refuse_what_is_no_number(text, given)
    sign = "%" if text.endswith("%") else "$" if re.match(r"[+-]?\$", text) else ""
    bare = text.replace(sign, "", 1).strip() if sign else text
    if _THOUSANDS.fullmatch(bare):
        bare = bare.replace(",", "").replace(" ", "")
    elif _COMMA.fullmatch(bare):
        plain = bare.replace(".", "").replace(",", ".")
        raise NumberError(f"“{given}” can be read in two ways. Use a point for decimals: {plain}.")
    raised = any(unicodedata.category(char) == "No" for char in given)  # a footnote's mark, or a fraction
    if raised or not bare.isascii() or not _PLAIN.fullmatch(bare):
        raise NumberError(f"“{given}” is not a number. Write digits, with a point for decimals: 12.5.")
    return Typed(_in_range(Decimal(bare), given), sign)


def _refuse_what_is_no_number(text, given):
    if text.startswith(("=", "@")):
        raise NumberError("This is a formula. Write the number that it gives.")
    if text.casefold() in _NOTHING:
        raise NumberError(f"“{given}” is not a number. Leave it empty if the number is not known.")
    if re.fullmatch(r"\(.*\)", text):
        raise NumberError(f"Write a number below zero with a minus: -{text[1:-1].strip()}.")
    if re.fullmatch(r"[+-]?[\d.]+e[+-]?\d+", text.casefold()):
        raise NumberError(f"“{given}” is shortened. Write all of its digits.")
    if re.match(r"[<>≤≥~≈]", text):
        raise NumberError(f"“{given}” is a bound and no number. Leave it empty if the number is not known.")


def _in_range(number, given):
    if not number.is_finite():
        raise NumberError(f"“{given}” is not a number. Leave it empty if the number is not known.")
    if max(number.adjusted() + 1, 0) + max(-number.as_tuple().exponent, 0) > _MOST_DIGITS:
        raise NumberError(f"This number is too long. It can have {_MOST_DIGITS} digits.")
    return number
