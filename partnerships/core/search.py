"""Text search, with the same behavior on both databases.

An entry holds what the public may read of a record, as folded words separated by single spaces. Its `resource` is the
key of the record's type, such as “partnership”. Entries of records that aren't public (drafts) are stored under a
resource of their own, “partnership:draft”, so that no public search sees them, and their words are never counted.
The database's index decides which entries match (migration 0002_search). How well they match is computed from the
stored words, so that both databases rank alike.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Greatest, Length

from partnerships.core import search_words
from partnerships.core.fields import InList
from partnerships.core.models import SearchEntry
from partnerships.core.search_sql import COMMON, NEWEST, RARE, Has, Score, published
from partnerships.core.search_words import singular, split_words

__all__ = [
    "Entry",
    "Query",
    "counted_words",
    "drafts_of",
    "hide",
    "index",
    "matching",
    "ranked",
    "read_query",
    "recount",
    "remove",
    "row_of",
    "singular",
    "split_words",
]

WORDS_ASKED = 8
TEXT_READ = 1000  # characters of a query that are read at all
BODY_KEPT = 20_000
RANKED_AT_MOST = 2000  # matches that are ranked
ENOUGH = 100
CORRECTIONS_TRIED = 16
DRAFTS_AT_MOST = 1000
# Words too common to distinguish records: left out of a query that has other words.
SMALL_WORDS = {
    "a",
    "an",
    "and",
    "de",
    "del",
    "e",
    "el",
    "for",
    "in",
    "la",
    "las",
    "los",
    "of",
    "on",
    "or",
    "the",
    "to",
    "y",
}
_CHUNK = 5000


@dataclass(frozen=True)
class Entry:
    """What search may know of one record: only what the public may read, unless `is_public` is false (a draft).

    `names` holds one name per line, so that each can be found by its initials.
    """

    record_id: int
    is_public: bool
    title: str
    names: str = ""
    body: str = ""


@dataclass(frozen=True)
class Query:
    """A search as it is run: the text as typed, its words, and the corrections of mistyped words."""

    text: str
    typed: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    corrected: dict[str, str] = field(default_factory=dict)
    exact: bool = False
    counts: tuple[int, ...] = ()  # for each of `beginnings`: about how many published entries have it
    # for each of `beginnings`: the published words that begin with it, if there are few
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def beginnings(self) -> tuple[str, ...]:
        """For each word, what a word of a record must begin with: “park” for “parks”, unless the search is exact."""
        return self.words if self.exact else tuple(singular(word) for word in self.words)

    @property
    def is_common(self) -> bool:
        """Whether every word is so common that `ranked` looks among the newest records first."""
        return bool(self.counts) and min(self.counts) > COMMON


# Writing


def index(resource: str, entries: list[Entry]) -> None:
    """Store these entries in place of the old ones, and update the table of published words.

    Call it once per transaction, after all documents are locked: words are locked in a fixed order only within one
    call.
    """
    index_all({resource: entries})


def index_all(entries: dict[str, list[Entry]]) -> None:
    """`index` for several resources at once."""
    differences: Counter[str] = Counter()
    for resource, rows in sorted(entries.items()):
        differences.update(_store(resource, rows))
    search_words.count_words(differences)


def _store(resource: str, entries: list[Entry]) -> Counter:
    """Store entries. Returns by how much the number of entries with each word changes."""
    given = {entry.record_id: row_of(resource, entry) for entry in entries}
    differences: Counter[str] = Counter()
    changed, moved = [], []
    old = {row.record_id: row for row in _locked_rows(resource, given)}
    for record_id, row in sorted(given.items()):
        before = old.get(record_id)
        if before and _content(before) == _content(row):
            continue
        changed.append(row)
        if before and before.resource != row.resource:
            moved.append(before.pk)
        differences.subtract(counted_words(resource, before))
        differences.update(counted_words(resource, row))
    SearchEntry.objects.filter(pk__in=moved).delete()
    SearchEntry.objects.bulk_create(
        changed,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["resource", "record_id"],
        update_fields=["is_public", "title", "names", "body"],
    )
    return differences


def hide(resource: str, record_ids: Iterable[int]) -> None:
    """Remove these records from search results at once. Indexing them again brings them back.

    Their words stay counted until then. That reveals nothing: a word counts as known, and is suggested, only when a
    published entry that isn't hidden has it.
    """
    entries = SearchEntry.objects.filter(InList("record_id", record_ids), resource=resource, is_public=True)
    # Lock the rows in the order that all writers use: a plain UPDATE locks them in storage order and could deadlock.
    pks = list(entries.select_for_update().order_by("record_id", "resource").values_list("pk", flat=True))
    SearchEntry.objects.filter(InList("id", pks)).update(is_public=False)


def remove(resource: str, record_ids: list[int]) -> None:
    """Delete the entries of these records."""
    differences: Counter[str] = Counter()
    rows = list(_locked_rows(resource, record_ids))
    for row in rows:
        differences.subtract(counted_words(resource, row))
    SearchEntry.objects.filter(pk__in=[row.pk for row in rows]).delete()
    search_words.count_words(differences)


def recount() -> None:
    """Rebuild the counts of all published words: after a bulk load that wrote entries without `index`."""
    counts: Counter[str] = Counter()
    public = SearchEntry.objects.filter(is_public=True).order_by()
    for text in public.values_list("title", "names", "body").iterator(_CHUNK):
        counts.update(set(" ".join(text).split()))
    search_words.recount(counts)


def drafts_of(resource: str) -> str:
    """The resource under which entries are stored that aren't public."""
    return f"{resource}:draft"


def row_of(resource: str, entry: Entry) -> SearchEntry:
    """The row that is stored for an entry, with its words folded."""
    names = [*split_words(entry.names), *search_words.short_forms(f"{entry.title}\n{entry.names}")]
    return SearchEntry(
        resource=resource if entry.is_public else drafts_of(resource),
        record_id=entry.record_id,
        is_public=entry.is_public,
        title=" ".join(split_words(entry.title)),
        names=" ".join(dict.fromkeys(names)),
        body=" ".join(split_words(entry.body[:BODY_KEPT])),
    )


def _locked_rows(resource: str, record_ids: dict[int, SearchEntry] | list[int]) -> Iterator[SearchEntry]:
    ids = sorted(record_ids)
    for start in range(0, len(ids), _CHUNK):
        both = [resource, drafts_of(resource)]
        rows = SearchEntry.objects.select_for_update().filter(
            resource__in=both, record_id__in=ids[start : start + _CHUNK]
        )
        yield from rows.order_by("record_id", "resource")


def _content(row: SearchEntry) -> tuple[str, bool, str, str, str]:
    return row.resource, row.is_public, row.title, row.names, row.body


def counted_words(resource: str, row: SearchEntry | None) -> set[str]:
    """The words of this row that the table of published words counts. Words of a hidden row are still counted."""
    return set(f"{row.title} {row.names} {row.body}".split()) if row and row.resource == resource else set()


# Reading


def read_query(resource: str | tuple[str, ...], text: str, *, exact: bool = False) -> Query:
    """The search for this text. Unless `exact`, a word that no entry of `resource` (or of several) has is corrected.

    Any text is allowed: characters other than letters and digits separate words. A query without a word finds nothing.
    """
    words = split_words(text[:TEXT_READ])
    telling = [word for word in words if word not in SMALL_WORDS]
    typed = tuple(dict.fromkeys(telling or words))[:WORDS_ASKED]
    corrected = {} if exact else _corrections(resource, typed)
    query = Query(text, typed, tuple(corrected.get(word, word) for word in typed), corrected, exact)
    counts, known = zip(*search_words.count_entries(query.beginnings), strict=True) if query.words else ((), ())
    return replace(query, counts=counts, known=dict(zip(query.beginnings, known, strict=True)))


def _corrections(resources: str | tuple[str, ...], typed: tuple[str, ...]) -> dict[str, str]:
    # Two letters alone may mean anything. Next to other words, “bx” is likely “box”.
    least = 2 if len(typed) > 1 else 3
    correctable = [word for word in typed if len(word) >= least and search_words.edits_allowed(word)]
    corrected = {}
    for word, known in zip(correctable, published(resources, map(singular, correctable)), strict=True):
        if known:
            continue
        for candidate in search_words.corrections(word)[:CORRECTIONS_TRIED]:
            if published(resources, [candidate])[0]:
                corrected[word] = candidate
                break
    return corrected


def matching(resource: str, query: Query, *, drafts: QuerySet | None = None) -> QuerySet[SearchEntry, Any]:
    """Primary keys of the matching records, for `filter(pk__in=…)`: every word of the query begins some word of the
    entry.

    `drafts` are the ids (a queryset) of unpublished records that the reader may see. Drafts are also found by the
    words as typed, since their own words are never used for corrections.
    """
    if not query.words:
        return SearchEntry.objects.none().values("record_id")
    found, more = _public_matches(resource, query).values("record_id"), _matching_drafts(resource, query, drafts)
    return found.union(SearchEntry.objects.filter(pk__in=more).values("record_id")) if more else found


def _public_matches(resource: str, query: Query) -> QuerySet[SearchEntry]:
    entries = SearchEntry.objects.filter(resource=resource, is_public=True)
    asked = list(zip(query.beginnings, query.counts, strict=True))
    if connection.vendor == "sqlite" or query.is_common:
        return entries.filter(Has(resource, query.beginnings, known=query.known))
    # The index is asked for the rare words and for those that don't make it read very many rows. The others are
    # checked on the rows found.
    enough = max(RARE, 10 * min(query.counts))
    quick = [word for word, n in asked if n <= enough or query.known.get(word)]
    entries = entries.filter(Has(resource, quick, known=query.known))
    others = [word for word, _ in asked if word not in quick]
    return entries.filter(Has(resource, others, read_rows=True)) if others else entries


def _matching_drafts(resource: str, query: Query, drafts: QuerySet | None) -> list[int]:
    """Primary keys of the matching entries of these drafts.

    A query of its own: joined in, it would spoil the query plan.
    """
    if drafts is None:
        return []
    resource = drafts_of(resource)
    has_words = Q(Has(resource, query.beginnings))
    if query.corrected:
        has_words |= Q(Has(resource, query.typed))
    entries = SearchEntry.objects.filter(has_words, resource=resource, record_id__in=drafts).order_by("-record_id")
    return list(entries.values_list("pk", flat=True)[:DRAFTS_AT_MOST])


# Ranking


def ranked(resource: str, query: Query, *, drafts: QuerySet | None = None, limit: int = 1000) -> list[int]:
    """Ids of the matching records, best first: title over names over the rest, whole words over beginnings of words.

    At most RANKED_AT_MOST matches are ranked, so that a word which a million records share costs little. For a common
    word, these are matches among the newest records.
    """
    if not query.words:
        return []
    rows = _best_matches(resource, query)
    drafts = _matching_drafts(resource, query, drafts)
    if drafts:
        rows += _scored(SearchEntry.objects.filter(pk__in=drafts), query, typed=True)
    rows.sort(key=lambda row: (-row[1], row[2], -row[0]))
    return [record_id for record_id, *_ in rows[:limit]]


def _best_matches(resource: str, query: Query) -> list[tuple[int, int, int]]:
    """The matching public entries as from `_scored`; for a common word, those among the newest records."""
    entries = SearchEntry.objects.filter(resource=resource, is_public=True)
    if not query.is_common:
        return _scored(_public_matches(resource, query), query)
    # Scanning the newest rows soon gives enough. The index would first collect all rows that match.
    latest = entries.aggregate(latest=Max("record_id"))["latest"] or 0
    among_newest = entries.filter(record_id__gt=latest - NEWEST)
    newest = _scored(among_newest.filter(Has(resource, query.beginnings, read_rows=True)), query)
    if len(newest) >= ENOUGH:
        return newest
    whole_words = Has(resource, query.words, whole=True)
    return list({row[0]: row for row in newest + _scored(entries.filter(whole_words), query)}.values())


def _scored(entries: QuerySet[SearchEntry], query: Query, *, typed: bool = False) -> list[tuple[int, int, int]]:
    """Tuples (record id, score, length of the title), unordered."""
    score = Score(query.words, query.beginnings)
    if typed and query.corrected:
        score = Greatest(score, Score(query.typed, query.typed))
    rows = entries.order_by().annotate(score=score, title_length=Length("title"))
    return list(rows.values_list("record_id", "score", "title_length")[:RANKED_AT_MOST])
