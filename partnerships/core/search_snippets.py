"""Why a row was found: which of its visible texts has the words of the search. Pure functions."""

import re
from collections.abc import Iterable

from partnerships.core.search import Query
from partnerships.core.search_words import short_forms, split_words

LONGEST_SNIPPET = 160
TEXT_READ = 20_000  # characters of a text that are searched
# A word with the apostrophes and accents inside it, as it is displayed.
_SHOWN_WORD = re.compile(r"[^\W_](?:[\w\u0300-\u036f’‘'ʼ`´]*[\w\u0300-\u036f])?")


def snippet(query: Query, parts: Iterable[tuple[str, str]]) -> tuple[str, str, str, str] | None:
    """(label, before, match, after) for the text, among the pairs (label, text), that has most of the query's words.

    The three pieces are parts of the displayed text, accents included, and at most 160 characters together. None when
    no text has any of the words.
    """
    best, most = None, 0
    for label, text in parts:
        span, held = _best_run(query.beginnings, text)
        if span and held > most:
            best, most = (label, *cut(text, *span)), held
        if most == len(query.beginnings):
            break  # no other text can have more
    return best or _by_short_form(query.words, parts)


def marked(query: Query, text: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is a word that the query asked for, as typed or as corrected."""
    pieces, end, asked = [], 0, {*query.beginnings, *query.typed}
    for shown in _SHOWN_WORD.finditer(text[:TEXT_READ]):
        if any(part.startswith(word) for part in split_words(shown.group()) for word in asked):
            pieces += [(text[end : shown.start()], False), (shown.group(), True)]
            end = shown.end()
    return [piece for piece in [*pieces, (text[end:], False)] if piece[0]]


def _best_run(words: tuple[str, ...], text: str) -> tuple[tuple[int, int] | None, int]:
    """(start, end) of the longest run of matching words, and how many of the words the text has in all."""
    runs, held, last = [], set(), None
    for index, shown in enumerate(_SHOWN_WORD.finditer(text[:TEXT_READ])):
        folded = split_words(shown.group())
        hits = {word for word in words if any(part.startswith(word) for part in folded)}
        if not hits:
            continue
        held |= hits
        if last == index - 1:
            runs[-1] = (runs[-1][0], shown.end(), runs[-1][2] | hits)
        else:
            runs.append((shown.start(), shown.end(), hits))
        last = index
    if not runs:
        return None, 0
    start, end, _ = max(runs, key=lambda run: len(run[2]))
    return (start, end), len(held)


def _by_short_form(words: tuple[str, ...], parts: Iterable[tuple[str, str]]) -> tuple[str, str, str, str] | None:
    for label, text in parts:
        for name in text.splitlines():
            if any(form.startswith(word) for form in short_forms(name) for word in words):
                return (label, *cut(name, 0, len(name)))
    return None


def cut(text: str, start: int, end: int) -> tuple[str, str, str]:
    """(before, match, after) around these characters of a text, at most 160 characters together."""
    end = min(end, start + LONGEST_SNIPPET - 2)
    room = (LONGEST_SNIPPET - 2 - (end - start)) // 2
    first, last = max(0, start - room), min(len(text), end + room)
    if first:  # begin at a word
        first = text.find(" ", first, start) + 1 or start
    if last < len(text):
        last = max(text.rfind(" ", end, last), end)
    before, after = text[first:start].replace("\n", " "), text[end:last].replace("\n", " ")
    return ("…" if first else "") + before, text[start:end], after + ("…" if last < len(text) else "")
