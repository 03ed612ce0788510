"""Permanent public ids: a letter for the kind of record, six random characters and a check character (P-7KQ4MX-2).

The alphabet is Crockford's base 32 (without I, L, O and U). The check character is Luhn's, modulo 32, which catches
any one wrong character and nearly every swap of two neighbors. Lower case is accepted, and so are look-alikes (I and L
for 1, O for 0).
"""

import re
import secrets
from collections.abc import Iterator
from typing import Any

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 6
SHAPE = r"[A-Za-z]-[0-9A-Za-z]{6}-[0-9A-Za-z]"
_LOOK_ALIKES = str.maketrans("ILO", "110")


class MistypedId(ValueError):
    """The text has the wrong shape, or its check character doesn't fit."""


def check_character(prefix: str, body: str) -> str:
    """Luhn's check character, modulo 32, of the prefix and the six characters."""
    total = 0
    for index, char in enumerate(reversed(prefix + body)):
        value = ALPHABET.index(char) * (2 if index % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def from_body(prefix: str, body: str) -> str:
    return f"{prefix}-{body}-{check_character(prefix, body)}"


def new_id(prefix: str) -> str:
    return from_body(prefix, "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def from_number(prefix: str, number: int) -> str:
    """The id whose six characters spell this number (0 to 32⁶ − 1): for generated data."""
    body = ""
    for _ in range(LENGTH):
        number, digit = divmod(number, 32)
        body = ALPHABET[digit] + body
    return from_body(prefix, body)


def parse(text: str) -> str:
    """The id in its canonical spelling. Raises MistypedId for a wrong shape or check character."""
    if not re.fullmatch(SHAPE, text):
        raise MistypedId(text)
    prefix, body, check = text.upper().split("-")
    body, check = body.translate(_LOOK_ALIKES), check.translate(_LOOK_ALIKES)
    if prefix not in ALPHABET or not set(body) <= set(ALPHABET) or check_character(prefix, body) != check:
        raise MistypedId(text)
    return f"{prefix}-{body}-{check}"


def primary_key(text: str) -> int:
    """The primary key that a text from outside spells, up to 18 digits, which fit the column of every database; else 0."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def ids_in(value: dict[str, Any] | int | list[dict[str, str | None] | str] | str | None) -> Iterator[str]:
    """All public ids in snapshot values (`core.snapshots`) that are a whole text by themselves, not part of a sentence."""
    if isinstance(value, (list, dict)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from ids_in(inner)
    elif isinstance(value, str) and re.fullmatch(SHAPE, value):
        yield value


def with_public_id(address: str, public_id: str) -> str:
    """The URL with this id in place of the first id of the same kind of record: the new URL of a merged record."""
    path, mark, query = address.partition("?")
    steps = path.split("/")
    for index, step in enumerate(steps):
        if re.fullmatch(SHAPE, step) and step[0].upper() == public_id[0]:
            steps[index] = public_id
            break
    return "/".join(steps) + mark + query
