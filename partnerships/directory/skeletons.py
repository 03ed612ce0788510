"""What a name looks like: its skeletons, by which two spellings of one name are recognized.

Unicode's Technical Standard 39 says which characters look alike (https://www.unicode.org/reports/tr39/); the package
`confusable_homoglyphs` brings its data. Pure functions. `same_names` stores what they return.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain

from confusable_homoglyphs.confusables import confusables_data

from partnerships.core.text import IGNORABLE, fold
from partnerships.directory.name_words import LEGAL, LONGEST_NAME

LONGEST = 200  # characters of a skeleton; a character can fold into eighteen letters
# Digits that people read as letters. 6 has none: each digit needs one of its own, so that “Local 6” isn't “Local 8”.
_DIGITS = dict(zip("0123456789", "olzeas6tbg", strict=True))
# Capitals of other alphabets and styles that the standard doesn't count as confusable, by their names in Unicode.
_STYLED = re.compile(r"(?:SMALL CAPITAL|NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER|SYMBOL LETTER) ([A-Z])$")
_STYLED_RANGES = ((0x250, 0x2B0), (0x1D00, 0x1D80), (0xA720, 0xA800), (0x1F150, 0x1F200))
_AND = re.compile(r"[&+]")
# Accents, and the vowel marks that Arabic and Hebrew may leave out. Vowels of other scripts distinguish words and stay.
_ACCENTS = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u0655\u0670\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe20-\ufe2f]"
)


@lru_cache(maxsize=5000)
def skeletons(name: str) -> frozenset[str]:
    """The skeletons of a name, one to three: of the name as it is, in lower case and in capitals, since a letter can look
    like one of another alphabet in only one of them (“В” like “B”, “ν” like “v”).

    Two names look the same if they share one. A name without letters and digits has none.
    """
    text = name[:LONGEST_NAME]
    return frozenset(
        {_skeleton(text)[:LONGEST], _skeleton(text.lower())[:LONGEST], _skeleton(text.upper())[:LONGEST]} - {""}
    )


def look_the_same(one: str, other: str) -> bool:
    """Whether two names are the same for a reader: in any spelling that looks alike, with or without “Inc.”."""
    return not skeletons(one).isdisjoint(skeletons(other))


def _skeleton(text: str) -> str:
    text = unicodedata.normalize("NFKC", IGNORABLE.sub("", text))
    text = _without_accents(_AND.sub(" and ", text)).translate(_prototypes())
    words = [_letters(word) for word in "".join(map(_letter_or_space, _without_accents(text))).split()]
    while len(words) > 1 and words[-1] in _endings():
        words.pop()
    return "".join(words)


def _letter_or_space(char: str) -> str:
    return char if unicodedata.category(char)[0] in "LMN" else " "


def _without_accents(text: str) -> str:
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))


def _letters(word: str) -> str:
    """A word in small letters, those that look alike as one."""
    return (
        "".join(_DIGITS.get(char, char) for char in fold(word)).replace("i", "l").replace("rn", "m").replace("vv", "w")
    )


@cache
def _endings() -> frozenset[str]:
    return frozenset(_letters(word) for word in (*LEGAL, "co"))


@cache
def _prototypes() -> dict[int, str]:
    """Code point → the character for all that look like it: a Latin letter or a digit where there is one."""
    groups: dict[str, set[str]] = {}
    for one, other in chain(_confusables(), _styled()):
        joined = groups.get(one, {one}) | groups.get(other, {other})
        groups.update(dict.fromkeys(joined, joined))
    found = {ord(char): min(group, key=_rank) for char, group in groups.items()}
    return {ord(char): text.translate(found) for char, text in _spelled_out()} | found


def _rank(char: str) -> tuple[bool, bool, bool, str]:
    return not char.isascii(), not char.isalpha(), char == "I", char


def _confusables() -> Iterator[tuple[str, str]]:
    """Pairs of single characters that look alike."""
    for one, others in confusables_data.items():
        for found in others:
            if len(one) == len(found["c"]) == 1:
                yield one, found["c"]


def _spelled_out() -> Iterator[tuple[str, str]]:
    """Characters that look like several, or like one with an accent: æ → ae, ø → o."""
    for one, others in confusables_data.items():
        text = _without_accents(others[0]["c"])
        if len(one) == 1 and not one.isascii() and text.isalpha():
            yield one, text


def _styled() -> Iterator[tuple[str, str]]:
    """Letters in a style of their own, with the plain capital."""
    for number in chain.from_iterable(range(*ends) for ends in _STYLED_RANGES):
        if match := _STYLED.search(unicodedata.name(chr(number), "")):
            yield chr(number), match[1]
