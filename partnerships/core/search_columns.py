"""Search in columns of a table, for records without a search entry: those that only some people may see, and few others.

The rows are always those that the reader may see. The words of a query are found at the beginnings of words, without
regard to case and accents. How much is read is limited; the number of queries doesn't depend on what is found.
"""

import re
from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Q, QuerySet
from rapidfuzz.distance import OSA

from partnerships.core.search import SMALL_WORDS, Query
from partnerships.core.search_words import edits_allowed, split_words

RANKED_AT_MOST = 100  # matches that are ranked
COMPARED_AT_MOST = 300  # of the newest rows, those whose spelling is compared
LEAST_ALONE = 4  # characters of a word that is compared without another
_ACCENTED = {
    "a": "aàáâãäåāăąÀÁÂÃÄÅĀĂĄ",
    "c": "cçćčÇĆČ",
    "d": "dđďĐĎ",
    "e": "eèéêëēėęěÈÉÊËĒĖĘĚ",
    "i": "iìíîïīįıÌÍÎÏĪĮİ",
    "l": "lłŁ",
    "n": "nñńňÑŃŇ",
    "o": "oòóôõöøōőÒÓÔÕÖØŌŐ",
    "s": "sśšşŚŠŞ",
    "u": "uùúûüūůűưÙÚÛÜŪŮŰƯ",
    "y": "yýÿÝŸ",
    "z": "zźżžŹŻŽ",
}


Key = TypeVar("Key")


def has_words(query: Query, *columns: str) -> Q:
    """A Q for rows where every word of the query, as typed or as corrected, begins a word of one of these columns."""
    found = Q()
    for typed, word in zip(query.typed, query.beginnings, strict=True):
        beginnings = "|".join(dict.fromkeys(map(_pattern, (word, typed))))
        anywhere = Q()
        for column in columns:
            anywhere |= Q(**{f"{column}__iregex": rf"(^|\W)({beginnings})"})
        found &= anywhere
    return found


def _pattern(word: str) -> str:
    return "['’]?".join(f"[{_ACCENTED[letter]}]" if letter in _ACCENTED else re.escape(letter) for letter in word)


def ranked(query: Query, rows: QuerySet, title: str, *columns: str) -> tuple[list[int], bool]:
    """Primary keys of the rows that match, best first: the title over other columns, then newest first. Whether these
    are all.

    At most two queries. If no row matches, those among the newest whose title is spelled similarly.
    """
    if not query.words:
        return [], True
    rows = rows.order_by("-pk")
    matching = rows.filter(has_words(query, title, *columns)).values_list("pk", title)
    found = list(matching[: RANKED_AT_MOST + 1])
    if not found:
        return spelled_similarly(query, rows.values_list("pk", title)[:COMPARED_AT_MOST]), True
    found.sort(key=lambda row: _rank(query, split_words(row[1])))
    return [pk for pk, _ in found[:RANKED_AT_MOST]], len(found) <= RANKED_AT_MOST


def _rank(query: Query, words: list[str]) -> tuple[bool, int]:
    """Where a title with these words belongs: with the very words next to each other, or else by how many it has."""
    beginnings = {*query.beginnings, *query.typed}
    shared = {start for start in beginnings if any(word.startswith(start) for word in words)}
    return " ".join(query.typed) not in " ".join(words), -len(shared)


def spelled_similarly(query: Query, pairs: Iterable[tuple[Key, str]]) -> list[Key]:
    """The keys of those pairs (key, text) where every word of the query is spelled like a word of the text, nearest
    first. None for an exact search.
    """
    found: list[tuple[int, Key]] = []
    is_alone = len(query.typed) == 1
    if query.exact or (is_alone and len(query.typed[0]) < LEAST_ALONE):
        return []
    for key, text in pairs:
        words, total = [word for word in split_words(text) if word not in SMALL_WORDS], 0
        for typed in query.typed:
            slips = _slips(typed, words)
            if slips is None:
                break
            total += slips
        else:
            found.append((total, key))
    return [key for _, key in sorted(found, key=lambda pair: pair[0])]


def _slips(typed: str, words: list[str]) -> int | None:
    """How many typing errors `typed` has as the nearest of these words or its beginning; None for more than allowed."""
    allowed = edits_allowed(typed)
    shortest, longest = max(1, len(typed) - allowed), len(typed) + allowed
    least = min(
        (
            OSA.distance(typed, word[:end], score_cutoff=allowed)
            for word in words
            for end in range(shortest, min(longest, len(word)) + 1)
        ),
        default=allowed + 1,
    )
    return least if least <= allowed else None
