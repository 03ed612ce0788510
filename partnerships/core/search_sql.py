"""Text search in SQL: the only module that knows an FTS5 table from a tsvector column."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, IntegerField
from django.db.models.sql.compiler import SQLCompiler

from partnerships.core.fields import Sql
from partnerships.core.models import NAMES
from partnerships.core.search_words import count_entries

RARE = 2000  # a word that fewer entries have is quickly looked up in full
COMMON = 8_000  # for a word that more entries have, the newest records are searched first
NEWEST = 15_000


def published(resources: str | tuple[str, ...], words: Iterable[str]) -> list[bool]:
    """For each word, whether a public entry of this resource, or of one of several, has a word that begins with it."""
    resources, words = (resources,) if isinstance(resources, str) else tuple(resources), list(words)
    asked = [(word, count) for word, (count, _) in zip(words, count_entries(words), strict=True) if count]
    if not asked:
        return [False] * len(words)
    parts = [_any_published(resources, word, count) for word, count in asked]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(sql for sql, _ in parts)}", [value for _, values in parts for value in values]
        )
        there = {word for (word, _), found in zip(asked, cursor.fetchone(), strict=True) if found}
    return [word in there for word in words]


def _any_published(resources: tuple[str, ...], word: str, count: int) -> Sql:
    if connection.vendor == "sqlite":
        return (
            "EXISTS (SELECT 1 FROM partnerships_search_fts f JOIN partnerships_searchentry e ON e.id = f.rowid"
            " WHERE f.partnerships_search_fts MATCH %s AND e.is_public)",
            [_fts_query(resources, [word])],
        )
    if len(resources) > 1:
        # So many entries have a common word that one of them is public: looking for it would read them all.
        among = "FROM partnerships_searchentry WHERE resource = ANY(%s) AND is_public AND vector @@ %s::tsquery"
        return ("true", []) if count >= COMMON else (f"(SELECT count(*) > 0 {among})", [[*resources], _tsquery([word])])
    (resource,) = resources
    rows = "FROM partnerships_searchentry WHERE resource = %s AND vector @@ %s::tsquery"
    params: list[str | int] = [resource, _tsquery([word])]
    # When asked for any one row with a rare word, PostgreSQL scans the whole table in the hope of finding one soon.
    if count < RARE:
        return f"(SELECT bool_or(is_public) {rows})", params
    some = f"EXISTS (SELECT 1 {rows} AND is_public)"
    if count < COMMON:
        return some, params
    # The index would first collect all rows that have the word. A scan of the newest rows soon finds one.
    newest = (
        "(SELECT true FROM partnerships_searchentry WHERE resource = %s AND is_public AND (vector @@ %s::tsquery) IS TRUE"
        " AND record_id > (SELECT max(record_id) FROM partnerships_searchentry WHERE resource = %s) - %s"
        " ORDER BY record_id DESC LIMIT 1)"
    )
    return f"(coalesce({newest}, false) OR {some})", [*params, resource, NEWEST, *params]


class Has(Func):
    """Whether an entry has, for each of these words, a word that begins with it.

    `whole`: that very word. `some`: it is enough if one of the words matches. `read_rows` keeps PostgreSQL from using
    the index. `known`: word → all indexed words that begin with it. PostgreSQL finds those far faster than a prefix, for
    which it collects all rows before it looks at the other words.
    """

    def __init__(
        self,
        resource: str = "",
        words: Iterable[str] = (),
        *,
        whole: bool = False,
        some: bool = False,
        read_rows: bool = False,
        known: dict[str, tuple] | None = None,
    ) -> None:
        super().__init__(F("id"), output_field=BooleanField())
        self.resource, self.asked, self.whole, self.some = resource, words, whole, some
        self.read_rows = read_rows
        self.known = known or {}

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Sql:
        table = compiler.quote_name_unless_alias(self.source_expressions[0].alias)  # type: ignore[attr-defined]  # a column, once resolved
        has = f"{table}.vector @@ %s::tsquery"
        asked = _tsquery(self.asked, whole=self.whole, some=self.some, known=self.known)
        return f"({has}) IS TRUE" if self.read_rows else has, [asked]

    def as_sqlite(  # type: ignore[override]  # a list of parameters serves as well
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Sql:
        column, params = compiler.compile(self.source_expressions[0])
        match = "SELECT rowid FROM partnerships_search_fts WHERE partnerships_search_fts MATCH %s"
        return f"{column} IN ({match})", [
            *params,
            _fts_query((self.resource,), self.asked, whole=self.whole, some=self.some),
        ]


def _tsquery(
    words: Iterable[str],
    *,
    whole: bool = False,
    some: bool = False,
    known: dict[str, tuple] | None = None,
) -> str:
    known = known or {}
    return (" | " if some else " & ").join(
        "({})".format(" | ".join(f"'{one}'" for one in known[word]))
        if known.get(word)
        else f"'{word}'{'' if whole else ':*'}"
        for word in words
    )


def _fts_query(resources: tuple[str, ...], words: Iterable[str], *, whole: bool = False, some: bool = False) -> str:
    asked = (" OR " if some else " AND ").join(f'"{word}"{"" if whole else "*"}' for word in words)
    among = " OR ".join(f'"{resource}"' for resource in resources)
    return f"resource : ({among}) AND {{title names body}} : ({asked})"


class IsRename(Func):
    """Whether a change is of a name or title, written so that SQLite, too, sees that the index “renames” has it: that
    compares the text of the condition, without parameters.
    """

    def __init__(self) -> None:
        super().__init__(F("before"), output_field=BooleanField())

    def as_sqlite(  # type: ignore[override]  # a list of parameters serves as well
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Sql:
        column, _ = compiler.compile(self.source_expressions[0])
        has = " OR ".join(f"JSON_TYPE({column}, '$.\"{name}\"') IS NOT NULL" for name in NAMES)
        return f"({has})", []

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Sql:
        column, _ = compiler.compile(self.source_expressions[0])
        return f"{column} ?| ARRAY[{', '.join(repr(name) for name in NAMES)}]", []


class Score(Func):
    """How well an entry matches these words: the best score of each, and a bonus where they are next to each other."""

    PLACES = ((12, 8), (5, 4), (2, 1))  # title, names, body: (the word itself, its beginning)

    def __init__(self, words: tuple[str, ...] = (), beginnings: tuple[str, ...] = ()) -> None:
        super().__init__(F("title"), F("names"), F("body"), output_field=IntegerField())
        self.words, self.beginnings = words, beginnings

    def as_sql(  # type: ignore[override]  # templates of Func are not used
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Sql:
        # A space on both sides, so that “% word %” matches the whole word anywhere in the text.
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
