"""Text search: one function each way, the same behaviour on both databases.

An entry holds what the public may read of a record, as folded words with one space between two. Entries of records that
are not public (drafts) stand under a resource of their own, “partnership:draft”, so that nothing public ever looks
there, and their words are never counted. Which words match is asked of the database's index (migration 0002_search);
how well they match is computed from the stored words, so that both databases put the same records first.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import BooleanField, F, Func, IntegerField, Max, Q
from django.db.models.functions import Greatest, Length

from partnerships.core import search_words
from partnerships.core.models import SearchEntry
from partnerships.core.search_why import why
from partnerships.core.search_words import singular, split

__all__ = ["Entry", "Query", "hide", "index", "matching", "ranked", "read_query", "recount", "remove", "why"]

WORDS_ASKED = 8
TEXT_READ = 1000  # characters of a query that are read at all
BODY_KEPT = 20_000
RANKED_AT_MOST = 4000  # matches that are put in order
COMMON = 20_000  # from about so many matches on, the newest records are looked through first
NEWEST = 30_000
ENOUGH = 100
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

    @property
    def beginnings(self) -> tuple[str, ...]:
        """What a word of a record must begin with, for each word: “park” for “parks”, unless the search is exact."""
        return self.words if self.exact else tuple(singular(word) for word in self.words)


# Writing


def index(resource: str, entries: list[Entry]) -> None:
    """Stores these entries in place of the old ones and keeps the table of published words.

    Call it once in a transaction, with all that changed and last: words are locked in their order only within one call.
    """
    given = {entry.record_id: _row(resource, entry) for entry in entries}
    differences, changed, moved = Counter(), [], []
    old = {row.record_id: row for row in _rows(resource, given)}
    for record_id, row in sorted(given.items()):
        before = old.get(record_id)
        if before and _content(before) == _content(row):
            continue
        changed.append(row)
        if before and before.resource != row.resource:
            moved.append(before.pk)
        differences.subtract(_counted(resource, before))
        differences.update(_counted(resource, row))
    SearchEntry.objects.filter(pk__in=moved).delete()
    SearchEntry.objects.bulk_create(
        changed,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["resource", "record_id"],
        update_fields=["is_public", "title", "names", "body"],
    )
    search_words.count_words(differences)


def hide(resource: str, record_ids) -> None:
    """Takes these records out of search at once; indexing them again brings them back.

    Their words stay counted until then, which tells nobody anything: a word counts as known, and is suggested, only
    when a published entry that is not hidden has it.
    """
    ids = list(record_ids)
    # One parameter for all ids: fifty thousand would be more than SQLite takes.
    if connection.vendor == "postgresql":
        chosen = "record_id = ANY(%s)"
    else:
        chosen, ids = "record_id IN (SELECT value FROM json_each(%s))", str(ids)
    hiding = "UPDATE partnerships_searchentry SET is_public = FALSE WHERE resource = %s AND is_public AND "
    with connection.cursor() as cursor:
        cursor.execute(hiding + chosen, [resource, ids])


def remove(resource: str, record_ids) -> None:
    """Forgets these records."""
    differences = Counter()
    rows = list(_rows(resource, record_ids))
    for row in rows:
        differences.subtract(_counted(resource, row))
    SearchEntry.objects.filter(pk__in=[row.pk for row in rows]).delete()
    search_words.count_words(differences)


def recount() -> None:
    """Counts all published words anew: after a bulk load that wrote entries past `index`."""
    counts = Counter()
    public = SearchEntry.objects.filter(is_public=True).order_by()
    for text in public.values_list("title", "names", "body").iterator(_CHUNK):
        counts.update(set(" ".join(text).split()))
    search_words.recount(counts)


def _draft(resource):
    return f"{resource}:draft"


def _row(resource, entry):
    names = [*split(entry.names), *search_words.short_forms(f"{entry.title}\n{entry.names}")]
    return SearchEntry(
        resource=resource if entry.is_public else _draft(resource),
        record_id=entry.record_id,
        is_public=entry.is_public,
        title=" ".join(split(entry.title)),
        names=" ".join(dict.fromkeys(names)),
        body=" ".join(split(entry.body[:BODY_KEPT])),
    )


def _rows(resource, record_ids):
    ids = sorted(record_ids)
    for start in range(0, len(ids), _CHUNK):
        both = [resource, _draft(resource)]
        rows = SearchEntry.objects.select_for_update().filter(
            resource__in=both, record_id__in=ids[start : start + _CHUNK]
        )
        yield from rows.order_by("record_id", "resource")


def _content(row):
    return row.resource, row.is_public, row.title, row.names, row.body


def _counted(resource, row):
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
    return Query(text, typed, tuple(mended.get(word, word) for word in typed), mended, exact)


def _mended(resource, typed):
    mendable = [word for word in typed if search_words.edits_allowed(word)]
    mended = {}
    for word, known in zip(mendable, _published(resource, map(singular, mendable)), strict=True):
        if known:
            continue
        candidates = search_words.mends(word)[:5]
        found = [c for c, there in zip(candidates, _published(resource, candidates), strict=True) if there]
        if found:
            mended[word] = found[0]
    return mended


def _published(resource, words):
    """For each word, whether an entry of the resource that strangers find has a word that begins with it."""
    words = list(words)
    if not words:
        return []
    if connection.vendor == "postgresql":
        one = "EXISTS (SELECT 1 FROM partnerships_searchentry WHERE resource = %s AND is_public AND vector @@ %s::tsquery)"
        params = [value for word in words for value in (resource, _tsquery([word]))]
    else:
        one = (
            "EXISTS (SELECT 1 FROM partnerships_search_fts f JOIN partnerships_searchentry e ON e.id = f.rowid"
            " WHERE f.partnerships_search_fts MATCH %s AND e.is_public)"
        )
        params = [_fts_query(resource, [word]) for word in words]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join([one] * len(words))}", params)
        return [bool(there) for there in cursor.fetchone()]


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
    return SearchEntry.objects.filter(_Has(resource, query.beginnings), resource=resource, is_public=True)


def _matching_drafts(resource, query, drafts):
    """Primary keys of the entries of these drafts that match. Read at once: joined in, they would spoil the plan."""
    if drafts is None:
        return []
    resource = _draft(resource)
    has_words = Q(_Has(resource, query.beginnings))
    if query.mended:
        has_words |= Q(_Has(resource, query.typed))
    entries = SearchEntry.objects.filter(has_words, resource=resource, record_id__in=drafts).order_by("-record_id")
    return list(entries.values_list("pk", flat=True)[:DRAFTS_AT_MOST])


class _Has(Func):
    """Whether an entry has, for each of these words, one that begins with it."""

    def __init__(self, resource="", words=()):
        super().__init__(F("id"), output_field=BooleanField())
        self.resource, self.words_asked = resource, words

    def as_postgresql(self, compiler, connection, **context):
        table = compiler.quote_name_unless_alias(self.source_expressions[0].alias)
        return f"{table}.vector @@ %s::tsquery", [_tsquery(self.words_asked)]

    def as_sqlite(self, compiler, connection, **context):
        column, params = compiler.compile(self.source_expressions[0])
        match = "SELECT rowid FROM partnerships_search_fts WHERE partnerships_search_fts MATCH %s"
        return f"{column} IN ({match})", [*params, _fts_query(self.resource, self.words_asked)]


def _tsquery(words):
    return " & ".join(f"'{word}':*" for word in words)


def _fts_query(resource, words):
    asked = " AND ".join(f'"{word}"*' for word in words)
    return f'resource : "{resource}" AND {{title names body}} : ({asked})'


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
    entries = _public(resource, query)
    if min(search_words.prefix_counts(query.words)) > COMMON:
        latest = SearchEntry.objects.filter(resource=resource).aggregate(latest=Max("record_id"))["latest"]
        newest = _scored(entries.filter(record_id__gt=latest - NEWEST), query) if latest else []
        if len(newest) >= ENOUGH:
            return newest
    return _scored(entries, query)


def _scored(entries, query, *, typed=False):
    """Triples (record id, score, length of the title), in no order."""
    score = _Score(query.words, query.beginnings)
    if typed and query.mended:
        score = Greatest(score, _Score(query.typed, query.typed))
    rows = entries.order_by().annotate(score=score, title_length=Length("title"))
    return list(rows.values_list("record_id", "score", "title_length")[:RANKED_AT_MOST])


class _Score(Func):
    """How well an entry fits these words: the best place of each, and something more where they stand together."""

    PLACES = ((12, 8), (5, 4), (2, 1))  # title, names, body: the word itself, its beginning

    def __init__(self, words=(), beginnings=()):
        super().__init__(F("title"), F("names"), F("body"), output_field=IntegerField())
        self.words, self.beginnings = words, beginnings

    def as_sql(self, compiler, connection, **context):
        # A space on both sides, so that “% word %” is the word itself wherever it stands.
        texts = [f"' ' || {compiler.compile(column)[0]} || ' '" for column in self.source_expressions]
        parts, params = [], []
        for word, beginning in zip(self.words, self.beginnings, strict=True):
            cases = ""
            for text, (itself, begun) in zip(texts, self.PLACES, strict=True):
                cases += f" WHEN {text} LIKE %s THEN {itself} WHEN {text} LIKE %s THEN {begun}"
                params += [f"% {word} %", f"% {beginning}%"]
            parts.append(f"CASE{cases} ELSE 0 END")
        phrase = " ".join(self.words)
        title, names, _ = texts
        parts.append(
            f"CASE WHEN {title} = %s THEN 30 WHEN {title} LIKE %s THEN 6 WHEN {title} LIKE %s THEN 4"
            f" WHEN {names} LIKE %s THEN 2 ELSE 0 END"
        )
        params += [f" {phrase} ", f" {phrase} %", f"% {phrase} %", f"% {phrase} %"]
        return " + ".join(parts), params
