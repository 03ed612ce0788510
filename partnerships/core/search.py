"""Text search: one function each way, the same behaviour on both databases.

An entry holds what the public may read of a record, as folded words with one space between two. Entries of records that
are not public (drafts) stand under a resource of their own, “partnership:draft”, so that nothing public ever looks
there, and their words are never counted. Which words match is asked of the database's index (migration 0002_search);
how well they match is computed from the stored words, so that both databases put the same records first.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

from django.db import connection
from django.db.models import Max, Q
from django.db.models.functions import Greatest, Length

from partnerships.core import search_words
from partnerships.core.fields import OneOf
from partnerships.core.models import SearchEntry
from partnerships.core.search_sql import COMMON, NEWEST, RARE, Has, Score, published
from partnerships.core.search_why import why
from partnerships.core.search_words import singular, split

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
    "why",
]

WORDS_ASKED = 8
TEXT_READ = 1000  # characters of a query that are read at all
BODY_KEPT = 20_000
RANKED_AT_MOST = 2000  # matches that are put in order
ENOUGH = 100
MENDS_TRIED = 16
DRAFTS_AT_MOST = 1000
# Words too small to tell records apart: left out of a query that has others.
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

    `names` holds one name a line, so that each can be found by its initials.
    """

    record_id: int
    is_public: bool
    title: str
    names: str = ""
    body: str = ""


@dataclass(frozen=True)
class Query:
    """A search as it is carried out: what was typed, its words, and the words that were used in place of mistyped ones."""

    text: str
    typed: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    mended: dict[str, str] = field(default_factory=dict)
    exact: bool = False
    counts: tuple[int, ...] = ()  # of each of `beginnings`: about how many published entries have it
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)  # the published words of each, where they are few

    @property
    def beginnings(self) -> tuple[str, ...]:
        """What a word of a record must begin with, for each word: “park” for “parks”, unless the search is exact."""
        return self.words if self.exact else tuple(singular(word) for word in self.words)

    @property
    def is_common(self) -> bool:
        """Whether so many entries have each of its words that `ranked` looks among the newest first."""
        return bool(self.counts) and min(self.counts) > COMMON


# Writing


def index(resource: str, entries: list[Entry]) -> None:
    """Stores these entries in place of the old ones and keeps the table of published words.

    Once in a transaction, and after all documents are locked: words are locked in their order only within one call.
    """
    index_all({resource: entries})


def index_all(entries: dict[str, list[Entry]]) -> None:
    """The same for several resources at once."""
    differences = Counter()
    for resource, rows in sorted(entries.items()):
        differences.update(_store(resource, rows))
    search_words.count_words(differences)


def _store(resource, entries) -> Counter:
    """Stores entries; gives by how many entries each word stands in more or fewer."""
    given = {entry.record_id: row_of(resource, entry) for entry in entries}
    differences, changed, moved = Counter(), [], []
    old = {row.record_id: row for row in _rows(resource, given)}
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


def hide(resource: str, record_ids) -> None:
    """Takes these records out of search at once; indexing them again brings them back.

    Their words stay counted until then, which tells nobody anything: a word counts as known, and is suggested, only
    when a published entry that is not hidden has it.
    """
    entries = SearchEntry.objects.filter(OneOf("record_id", record_ids), resource=resource, is_public=True)
    # Locked in the order of all writers first: an UPDATE takes them as they lie, and could wait for a writer in a circle.
    pks = list(entries.select_for_update().order_by("record_id", "resource").values_list("pk", flat=True))
    SearchEntry.objects.filter(OneOf("id", pks)).update(is_public=False)


def remove(resource: str, record_ids) -> None:
    """Forgets these records."""
    differences = Counter()
    rows = list(_rows(resource, record_ids))
    for row in rows:
        differences.subtract(counted_words(resource, row))
    SearchEntry.objects.filter(pk__in=[row.pk for row in rows]).delete()
    search_words.count_words(differences)


def recount() -> None:
    """Counts all published words anew: after a bulk load that wrote entries past `index`."""
    counts = Counter()
    public = SearchEntry.objects.filter(is_public=True).order_by()
    for text in public.values_list("title", "names", "body").iterator(_CHUNK):
        counts.update(set(" ".join(text).split()))
    search_words.recount(counts)


def drafts_of(resource) -> str:
    """Under what the entries stand that are not public."""
    return f"{resource}:draft"


def row_of(resource, entry) -> SearchEntry:
    """The entry as it is stored: its words folded."""
    names = [*split(entry.names), *search_words.short_forms(f"{entry.title}\n{entry.names}")]
    return SearchEntry(
        resource=resource if entry.is_public else drafts_of(resource),
        record_id=entry.record_id,
        is_public=entry.is_public,
        title=" ".join(split(entry.title)),
        names=" ".join(dict.fromkeys(names)),
        body=" ".join(split(entry.body[:BODY_KEPT])),
    )


def _rows(resource, record_ids):
    ids = sorted(record_ids)
    for start in range(0, len(ids), _CHUNK):
        both = [resource, drafts_of(resource)]
        rows = SearchEntry.objects.select_for_update().filter(
            resource__in=both, record_id__in=ids[start : start + _CHUNK]
        )
        yield from rows.order_by("record_id", "resource")


def _content(row):
    return row.resource, row.is_public, row.title, row.names, row.body


def counted_words(resource, row):
    """The words that the table of published words holds for this row; a hidden row's are still in it."""
    return set(f"{row.title} {row.names} {row.body}".split()) if row and row.resource == resource else set()


# Asking


def read_query(resource: str, text: str, *, exact: bool = False) -> Query:
    """What is searched for when this is typed. `exact` keeps the words as typed. Anything may be typed: what is no
    letter or digit is no part of a word. A query without any word finds nothing."""
    words = split(text[:TEXT_READ])
    telling = [word for word in words if word not in SMALL_WORDS]
    typed = tuple(dict.fromkeys(telling or words))[:WORDS_ASKED]
    mended = {} if exact else _mended(resource, typed)
    query = Query(text, typed, tuple(mended.get(word, word) for word in typed), mended, exact)
    counts, known = zip(*search_words.known(query.beginnings), strict=True) if query.words else ((), ())
    return replace(query, counts=counts, known=dict(zip(query.beginnings, known, strict=True)))


def _mended(resource, typed):
    mendable = [word for word in typed if search_words.edits_allowed(word)]
    mended = {}
    for word, known in zip(mendable, published(resource, map(singular, mendable)), strict=True):
        if known:
            continue
        for candidate in search_words.mends(word)[:MENDS_TRIED]:
            if published(resource, [candidate])[0]:
                mended[word] = candidate
                break
    return mended


def matching(resource: str, query: Query, *, drafts=None):
    """The ids of the records that match, for `filter(pk__in=…)`: every word begins some word of the entry.

    `drafts` are the ids (a queryset) of unpublished records that the reader may see; these are also found by the words
    as typed, since their own words are never used for mending.
    """
    if not query.words:
        return SearchEntry.objects.none().values("record_id")
    found, more = _public(resource, query).values("record_id"), _matching_drafts(resource, query, drafts)
    return found.union(SearchEntry.objects.filter(pk__in=more).values("record_id")) if more else found


def _public(resource, query):
    entries = SearchEntry.objects.filter(resource=resource, is_public=True)
    asked = list(zip(query.beginnings, query.counts, strict=True))
    if connection.vendor == "sqlite" or query.is_common:
        return entries.filter(Has(resource, query.beginnings, known=query.known))
    # The index is asked for the rarer words, and for those that it need not gather all rows of. What it finds is looked at.
    enough = max(RARE, 10 * min(query.counts))
    quick = [word for word, n in asked if n <= enough or query.known.get(word)]
    entries = entries.filter(Has(resource, quick, known=query.known))
    others = [word for word, _ in asked if word not in quick]
    return entries.filter(Has(resource, others, read_rows=True)) if others else entries


def _matching_drafts(resource, query, drafts):
    """Primary keys of the entries of these drafts that match. Read at once: joined in, they would spoil the plan."""
    if drafts is None:
        return []
    resource = drafts_of(resource)
    has_words = Q(Has(resource, query.beginnings))
    if query.mended:
        has_words |= Q(Has(resource, query.typed))
    entries = SearchEntry.objects.filter(has_words, resource=resource, record_id__in=drafts).order_by("-record_id")
    return list(entries.values_list("pk", flat=True)[:DRAFTS_AT_MOST])


# Ranking


def ranked(resource: str, query: Query, *, drafts=None, limit: int = 1000) -> list[int]:
    """Ids of the matching records, best first: title over names over the rest, whole words over beginnings of words.

    At most RANKED_AT_MOST matches are put in order, so that a word which a million records share costs little: of a
    common word, those among the newest records.
    """
    if not query.words:
        return []
    rows = _best(resource, query)
    drafts = _matching_drafts(resource, query, drafts)
    if drafts:
        rows += _scored(SearchEntry.objects.filter(pk__in=drafts), query, typed=True)
    rows.sort(key=lambda row: (-row[1], row[2], -row[0]))
    return [record_id for record_id, *_ in rows[:limit]]


def _best(resource, query):
    entries = SearchEntry.objects.filter(resource=resource, is_public=True)
    if not query.is_common:
        return _scored(_public(resource, query), query)
    # Read one after the other, the newest soon give enough; the index would first gather all that match.
    latest = entries.aggregate(latest=Max("record_id"))["latest"] or 0
    among_newest = entries.filter(record_id__gt=latest - NEWEST)
    newest = _scored(among_newest.filter(Has(resource, query.beginnings, read_rows=True)), query)
    if len(newest) >= ENOUGH:
        return newest
    whole_words = Has(resource, query.words, whole=True)
    return list({row[0]: row for row in newest + _scored(entries.filter(whole_words), query)}.values())


def _scored(entries, query, *, typed=False):
    """Triples (record id, score, length of the title), in no order."""
    score = Score(query.words, query.beginnings)
    if typed and query.mended:
        score = Greatest(score, Score(query.typed, query.typed))
    rows = entries.order_by().annotate(score=score, title_length=Length("title"))
    return list(rows.values_list("record_id", "score", "title_length")[:RANKED_AT_MOST])
