"""Finds records whose names share distinctive words with a name: the candidates for likely duplicates.

Unlike a search, not every word has to match. How much is read is limited, no matter how many records there are.
"""

from collections.abc import Iterable
from itertools import pairwise
from math import log2
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Func, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from partnerships.core.fields import Sql
from partnerships.core.models import Record, SearchEntry
from partnerships.core.search import SMALL_WORDS, drafts_of
from partnerships.core.search_sql import Has
from partnerships.core.search_words import corrections_for_each, count_entries, short_forms, singular, split_words

MOST_WORDS = 14  # of the names of one record
CORRECTED_AT_MOST = 6  # words that are compared with published words of similar spelling
LOOKED_AT = 4000  # entries that are read
BEGINNING = 4
FULL_FORMS = {"st": "saint", "mt": "mount", "ft": "fort"}


def most_similar(
    resource: str,
    wanted: dict,
    *,
    among: QuerySet[Record, Any] | None = None,
    drafts: QuerySet[Record, Any] | None = None,
    limit: int = 40,
) -> dict:
    """For each key, ids of the records whose names share most with the names of that key, nearest first.

    At most four queries, for up to twenty keys at once. `wanted`: key → names. `among`: only these ids (a queryset).
    `drafts`: ids (a queryset) of unpublished records that may be found as well; their own words are never used for
    corrections.
    """
    words = {key: _search_words(names) for key, names in wanted.items()}
    every = sorted({one for found in words.values() for word in found for one in (word, _prefix(word))})
    if not every:
        return {key: [] for key in wanted}
    counts = {word: count for word, (count, _) in zip(every, count_entries(every), strict=True)}
    likely = _likely_words(wanted, words, counts)
    rows = _words_of_entries(_candidates(resource, words, likely, counts, among))
    found = {
        key: _ranked(rows, _weights(words[key], counts) | _weights_of_likely(likely[key], counts)) for key in words
    }
    if drafts is not None:
        asked = {key: {*words[key], *map(_prefix, words[key])} for key in words}
        has_some = Has(drafts_of(resource), sorted(set().union(*asked.values())), some=True)
        entries = SearchEntry.objects.alias(record=_Unindexed("record_id", output_field=BigIntegerField()))
        rows = _words_of_entries(entries.filter(has_some, resource=drafts_of(resource), record__in=drafts))
        found = {key: found[key] + _ranked(rows, _weights(asked[key], counts)) for key in words}
    return {key: [record_id for _, record_id in sorted(pairs)[:limit]] for key, pairs in found.items()}


class _Unindexed(Func):
    """A column whose index SQLite must not use.

    With the index, SQLite compares each matching id with each id that may be found, which takes half a second for
    2,000 drafts and a hundredth of that without the index.
    """

    template = "%(expressions)s"

    def as_sqlite(  # type: ignore[override]  # a list of parameters serves as well
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Sql:
        sql, params = self.as_sql(compiler, connection, template="+%(expressions)s", **context)
        return sql, list(params)


def _search_words(names: tuple[str, ...]) -> list[str]:
    """The beginnings of the words of these names, of their initials, and of pairs of neighboring words joined into
    one.
    """
    found = []
    for name in names:
        words = split_words(name)
        telling = [word for word in words if word not in SMALL_WORDS] or words
        found += [*telling, *(FULL_FORMS[word] for word in telling if word in FULL_FORMS), *short_forms(name)]
    for name in names:
        found += ["".join(pair) for pair in pairwise(split_words(name)[:4])]
    return list(dict.fromkeys(singular(word) for word in found if len(word) > 1))[:MOST_WORDS]


def _prefix(word: str) -> str:
    return word[:BEGINNING] if len(word) > BEGINNING + 1 else word


def _likely_words(
    wanted: dict[int | str | None, tuple[str, ...]], words: dict[int | str | None, list[str]], counts: dict[str, int]
) -> dict[int | str | None, dict[str, str]]:
    """For each key, words that its rarest words may mean: misspellings, or two words written as one.

    Maps each such word to the word it means, and adds the number of entries that have it to `counts`.
    """
    each = max(1, CORRECTED_AT_MOST // len(words))
    typed = {key: {singular(word) for name in names for word in split_words(name)} for key, names in wanted.items()}
    rarest = {
        key: sorted((word for word in found if len(word) > 2 and word in typed[key]), key=lambda word: counts[word])[
            :each
        ]
        for key, found in words.items()
    }
    corrected = corrections_for_each(sorted({word for found in rarest.values() for word in found}))
    likely = {}
    for key, found in rarest.items():
        alike = {}
        for word in found:
            for other, entries in corrected[word][:3]:
                alike[singular(other)] = word
                counts.setdefault(singular(other), entries)
        alike |= {_prefix(word): word for word in words[key] if not counts[word] and counts[_prefix(word)]}
        likely[key] = {other: word for other, word in alike.items() if other not in words[key]}
    return likely


def _candidates(
    resource: str,
    words: dict[int | str | None, list[str]],
    likely: dict[int | str | None, dict[str, str]],
    counts: dict[str, int],
    among: QuerySet[Record, Any] | None,
) -> QuerySet[SearchEntry]:
    """The public entries with some of the rarer words. `words`, `likely`, `counts`: as in `_likely_words`."""
    entries = SearchEntry.objects.filter(resource=resource, is_public=True)
    if among is not None:
        every = sorted({word for key in words for word in (*words[key], *likely[key])})
        return entries.filter(Has(resource, every, some=True, read_rows=True), record_id__in=among)
    enough, telling, some = LOOKED_AT // (2 * len(words)), set(), Q()
    for key, found in words.items():
        rare = [word for word in (*found, *likely[key]) if 0 < counts[word] <= enough]
        telling.update(rare)
        if found and not rare:
            # Words that very many entries have say little: only entries with the two rarest of them are read.
            there = [word for word in found if counts[word]] or found
            some |= Q(Has(resource, sorted(there, key=lambda word: counts[word])[:2]))
    return entries.filter(some | Q(Has(resource, sorted(telling), some=True)) if telling else some)


def _words_of_entries(entries: QuerySet[SearchEntry]) -> list[tuple[int, set[str]]]:
    """(id, words and beginnings of words) for the names of each of these entries."""
    rows = entries.order_by().values_list("record_id", "title", "names")[:LOOKED_AT]
    return [
        (record_id, {one for word in f"{title} {names}".split() for one in (singular(word), _prefix(singular(word)))})
        for record_id, title, names in rows
    ]


def _weights(words: Iterable[str], counts: dict[str, int]) -> dict[str, float]:
    """The weight of each word: the fewer entries have it, the higher."""
    return {word: 1 / (1 + log2(1 + counts[word])) for word in words}


def _weights_of_likely(likely: dict[str, str], counts: dict[str, int]) -> dict[str, float]:
    """A word that another one may mean weighs less than that word itself."""
    return {other: 0.8 * weight for other, word in likely.items() for weight in _weights([word], counts).values()}


def _ranked(rows: list[tuple[int, set[str]]], weights: dict[str, float]) -> list[tuple[float, int]]:
    """(negative sum of the shared weights, id) of the rows that share a word."""
    asked = weights.keys()
    return [(-sum(weights[word] for word in shared), record_id) for record_id, has in rows if (shared := has & asked)]
