"""Finds a person in texts: by full name, email address and phone number, written as people write them.

Names match as whole words, folded as search folds them (`core.text.fold`). The patterns are built from that function, so
that the same rule says what the database looks for, what a page marks, and what is redacted.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from partnerships.core.text import fold, fold_words

LEAST_OF_A_NAME = 2  # characters; a single one would be found everywhere
LEAST_OF_A_PHONE = 7  # digits; shorter ones could be any number
_MARKS = "[\u0300-\u036f'’‘ʼ`´]*"  # accents and apostrophes, which folding drops
_GAP = r"(?:\W|_|%20){1,6}"  # between two words
# The database has the same pattern without its edges. JSON may have line breaks as escapes.
_STORED_GAP = r"(?:[^0-9A-Za-z]|%20|\\[nrt]){1,6}"


class PersonPattern:
    """The texts that name a person. `names`, `addresses` and `phones` are those that are searched."""

    def __init__(self, names: Iterable[str], addresses: Iterable[str], phones: Iterable[str]) -> None:
        self.names = sorted(name for name in names if is_searchable(name))
        self.addresses = sorted(filter(None, addresses))
        digits = {re.sub(r"\D", "", phone) for phone in phones}
        self.phones = sorted(number for number in digits if len(number) >= LEAST_OF_A_PHONE)
        written, numbers = [*map(_address, self.addresses)], [*map(_phone, self.phones)]
        exact = [rf"(?<![\w.+%-]){one}(?![\w-]|\.\w)" for one in written]
        exact += [rf"(?<!\d){one}(?!\d)" for one in numbers]
        named = [order for name in self.names for order in _orders(name, _GAP, edges=True)]
        self._pattern = re.compile("|".join([*exact, *named]) or "(?!)")
        names_stored = [order for name in self.names for order in _orders(name, _STORED_GAP)]
        # A regular expression for both databases; "" if there is nothing to find.
        self.stored = "|".join([*written, *numbers, *names_stored])

    def find(self, text: str) -> re.Match[str] | None:
        """The first place where a text names the person."""
        return self._pattern.search(text)

    def is_in(self, value: Any) -> bool:
        """Whether a text, or a text anywhere in a JSON value, names the person."""
        return any(map(self.find, texts_in(value)))

    def replaced(self, value: Any, by: str) -> Any:
        """A text or a JSON value with `by` in place of the person."""
        if isinstance(value, str):
            return self._pattern.sub(by, value)
        if isinstance(value, dict):
            return {self._pattern.sub(by, key): self.replaced(inner, by) for key, inner in value.items()}
        return [self.replaced(inner, by) for inner in value] if isinstance(value, list) else value


def texts_in(value: Any) -> Iterable[str]:
    """All texts of a JSON value, keys included, since some hold what people typed."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)


def is_searchable(name: str) -> bool:
    """Whether a name is long enough to be found as a word."""
    return len("".join(fold_words(name))) >= LEAST_OF_A_NAME


def is_full_name(name: str) -> bool:
    """Whether a name has several words. A single one, such as “Grace”, may be any word of a sentence."""
    return len(fold_words(name)) > 1


def _orders(name: str, gap: str, *, edges: bool = False) -> list[str]:
    """Patterns of a name as it is written, and as “Last, First”. `edges`: only as whole words."""
    words = fold_words(name)
    patterns = [_word(word) for word in words]
    orders = [(words[0], words[-1], gap.join(patterns))]
    if len(words) > 1:
        orders.append((words[-1], words[-2], rf"{patterns[-1]},[ ]?{gap.join(patterns[:-1])}"))
    return [_as_words(first, last, pattern) if edges else pattern for first, last, pattern in orders]


def _as_words(first: str, last: str, pattern: str) -> str:
    """Names end where words do. In scripts without capitals, they may be part of a longer run, since some have no spaces."""
    before = r"(?<![^\W_])" if _has_capitals(first[0]) else ""
    after = r"(?![^\W_])" if _has_capitals(last[-1]) else ""
    return f"{before}{pattern}{after}"


def _has_capitals(char: str) -> bool:
    return char.isdigit() or char.upper() != char.lower()


def _address(address: str) -> str:
    """An email address in any case, also as it is in the query of a URL."""
    pieces = (f"[{char}{char.upper()}]" if char.isascii() and char.isalpha() else re.escape(char) for char in address)
    return "".join(pieces).replace("@", "(?:@|%40)")


def _phone(digits: str) -> str:
    """A phone number with any marks between its digits, and with or without the 1 of the United States."""
    between = "[^0-9A-Za-z]{0,3}"
    return (f"(?:1{between})?" if len(digits) == 10 else "") + between.join(digits)


def _word(word: str) -> str:
    """The pattern of a folded word: each character in all spellings that fold to it."""
    spellings, pieces, index = _spellings(), [], 0
    while index < len(word):
        pair = word[index : index + 2]
        if len(pair) == 2 and pair in spellings:  # one character may fold to two: ß, æ
            apart = "".join(f"[{spellings.get(char, char)}]{_MARKS}" for char in pair)
            pieces.append(f"(?:{apart}|[{spellings[pair]}]{_MARKS})")
            index += 2
        else:
            pieces.append(f"[{spellings.get(word[index], word[index])}]{_MARKS}")
            index += 1
    return "".join(pieces)


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    """One folded character, or two → the characters that fold to it."""
    found: dict[str, list[str]] = defaultdict(list)
    for code in (*range(0x30, 0x7B), *range(0xAA, 0xD800), *range(0xF900, 0xFFF0)):
        folded = fold(chr(code))
        if 1 <= len(folded) <= 2 and folded.isalnum():
            found[folded].append(chr(code))
    return {folded: "".join(chars) for folded, chars in found.items() if chars != [folded]}
