"""Lists: filtered rows in a stable order, one keyset page at a time, counted exactly up to a limit.

A page starts after the values of the last row seen, in either direction. So page 10,000 costs what page 1 costs, and
rows that are added or removed shift nothing.
"""

import base64
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from django.core.signing import BadSignature, Signer
from django.db.models import Count, F, Min, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from partnerships.core import search
from partnerships.core.access import Viewer
from partnerships.core.errors import ValidationError
from partnerships.core.fields import RowGreaterThan
from partnerships.core.filters import LONGEST_QUERY, ListFilter
from partnerships.core.types import Params, Text

CAP = 10_000
RANKED = 1_000  # the best matches that are ranked
FEW = 2_000
FIRST = 101  # rows that counting may already have found; more than a page of a list shows
BEST_MATCH = "match"


@dataclass(frozen=True)
class Ordering:
    """A way to sort a list.

    `nullable`: empty values come last in both directions. `key` is the primary key that decides between equal values:
    for a field of a related record, that record's own.
    """

    field: str
    label: Text
    nullable: bool = False
    key: str = "pk"


@dataclass
class Page:
    """The rows of one page, the cursors of its neighbors (None at either end), and the number of its first row, from
    1.
    """

    rows: list
    next: str | None
    previous: str | None
    first: int


@dataclass
class Listing:
    """A filtered list before it is divided into pages."""

    rows: QuerySet  # filtered, and limited to search matches if there is a search
    filtered: QuerySet  # filtered only: ranking adds the search matches itself
    filters: ListFilter
    orderings: dict[str, Ordering]
    ordering: str
    cursor: str = ""
    query: search.Query | None = None
    resource: str = ""
    drafts: QuerySet | None = None
    matching: QuerySet | None = None  # primary keys of the matching records (a queryset); None without a search
    # Set where no statistics say how rare the rows are. Up to FEW rows, once counted, are sorted without the index:
    # read in index order until enough match, they could cost a scan of the whole table.
    sorts_few: bool = False
    default: str = ""  # the ordering of a list that isn't asked for another
    cap: int = field(default_factory=lambda: CAP)  # up to which rows are counted; at least RANKED for a search
    # Counts the rows and calls `set_total`, for records whose rows can be counted in a way of their own.
    counter: Callable[["Listing"], None] | None = None
    _total: tuple[int, bool] | None = field(default=None, repr=False)
    _first: list | None = field(default=None, repr=False)
    _ranked: tuple[list[int], bool] | None = field(default=None, repr=False)

    def total(self) -> tuple[int, bool]:
        """(the number of rows, at most `cap`; whether there are more)."""
        if self._total is None and self.ordering == BEST_MATCH:
            ids, all_of_them = self._best()
            if all_of_them or len(ids) > self.cap:
                self.set_total(len(ids))
        if self._total is None and self.counter:
            self.counter(self)
        if self._total is None:
            rows = self.countable()
            self.set_total(self.cap + 1 if rows is None else rows.values("pk").count())
        assert self._total is not None  # `set_total` has set it
        return self._total

    def countable(self) -> QuerySet | None:
        """The rows to count, unordered, limited to one more than `cap`. None when it is known that more match."""
        if self.query is None and self.filters.at_least > self.cap:
            return None
        if isinstance(among := self.among(), list):
            return self.filtered.order_by().filter(pk__in=among)
        return self.rows.order_by()[: self.cap + 1]

    def among(self) -> list[int] | QuerySet | None:
        """What the counts next to the filters are limited to: the primary keys of the rows that match the search, as a
        list if all of them were read, otherwise as a queryset; None without a search.
        """
        if self.ordering == BEST_MATCH:
            ids, all_of_them = self._best()
            return ids if all_of_them else self.matching
        return self.matching

    def set_total(self, number: int, first: list | None = None) -> None:
        """Store how many rows `countable` returned, so that `total` and `page` needn't count or search again.

        `first`: if they were read too, the primary keys of the first rows in list order, up to FIRST.
        """
        self._total, self._first = (min(number, self.cap), number > self.cap), first

    def ordered(self) -> QuerySet:
        """All rows in order, for a download."""
        if self.ordering == BEST_MATCH:
            return self.rows.order_by("pk")
        return self.rows.order_by(*_order_by(*self._sort(), backwards=False))

    def page(self, size: int, *columns: str) -> Page:
        """One page: records, or with `columns` the lighter tuples (primary key, sort key, *columns)."""
        position = _read_cursor(self.cursor, self.ordering)
        if self.ordering == BEST_MATCH:
            return self._ranked_page(size, position, columns)
        return self._keyset_page(size, position, columns)

    def _sort(self) -> tuple[Ordering, bool]:
        return self.orderings[self.ordering.lstrip("-")], self.ordering.startswith("-")

    def _keyset_page(self, size: int, position: dict[str, Any] | None, columns: tuple[str, ...]) -> Page:
        sort, descending = self._sort()
        backwards = bool(position and position["back"])
        few = self.sorts_few and self._total is not None and self._total[0] <= FEW and not self._total[1]
        rows = self.rows.order_by(*_order_by(sort, descending, backwards=backwards, alone=few))
        if position:
            rows = rows.filter(_after_cursor(sort, descending != backwards, backwards, *position["at"]))
        elif self._first is not None and size < FIRST:
            rows = rows.filter(pk__in=self._first[: size + 1])
        found = list((rows.values_list("pk", sort.field, *columns) if columns else rows)[: size + 1])
        return _page_of(found, size, position, lambda row, n, back: self._cursor(row, n, back, sort))

    def _cursor(self, row: Any, n: int, back: bool, sort: Ordering) -> str:
        pk, key = row[:2] if isinstance(row, tuple) else (row.pk, getattr(row, sort.field))
        return encode_cursor(self.ordering, [key, pk], n, back)

    def _ranked_page(self, size: int, position: dict[str, Any] | None, columns: tuple[str, ...]) -> Page:
        start = position["at"][0] if position else 0
        ids = self._best()[0][:RANKED]
        chosen = ids[start : start + size]
        if columns:
            rows = self.filtered.order_by().filter(pk__in=chosen).values_list("pk", "pk", *columns)
            found = {row[0]: row for row in rows}
        else:
            found = self.filtered.in_bulk(chosen)
        return Page(
            [found[pk] for pk in chosen],
            encode_cursor(BEST_MATCH, [start + size], 0, False) if len(ids) > start + size else None,
            encode_cursor(BEST_MATCH, [max(0, start - size)], 0, False) if start else None,
            start + 1,
        )

    def _best(self) -> tuple[list[int], bool]:
        """Primary keys of the best matches that pass the filters, best first, and whether these are all matches."""
        if self._ranked is None:
            assert self.query is not None  # only a search has best matches
            # One more than are ranked, which says whether there are more.
            ids = search.ranked(self.resource, self.query, drafts=self.drafts, limit=RANKED + 1)
            kept = set(self.filtered.order_by().filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
            all_of_them = len(ids) <= RANKED and not self.query.is_common
            self._ranked = [pk for pk in ids if pk in kept], all_of_them
        return self._ranked


def make_listing(
    filter_class: type[ListFilter],
    rows: QuerySet,
    params: Params,
    *,
    person: Viewer,
    orderings: dict[str, Ordering],
    default: str,
    resource: str,
    drafts: QuerySet | None = None,
    is_staff: bool = False,
    allow: Collection[str] = (),
) -> Listing:
    """The listing for these parameters (a QueryDict). Raises UnknownParameters, or ValidationError by parameter."""
    filters = filter_class(params, rows, person=person, is_staff=is_staff, allow=allow)
    rows = filtered = filters.qs
    query, matching = _read_query(resource, params), None
    if query is not None:
        matching = search.matching(resource, query, drafts=drafts)
        rows = rows.filter(pk__in=matching)
    ordering = _ordering(params, orderings, BEST_MATCH if query else default, also=[BEST_MATCH] if query else [])
    cursor = params.get("cursor", "")
    return Listing(
        rows, filtered, filters, orderings, ordering, cursor, query, resource, drafts, matching, default=default
    )


def related_listing(
    rows: QuerySet, filters: ListFilter, params: Params, *, orderings: dict[str, Ordering], default: str
) -> Listing:
    """The listing of rows that belong to filtered records, such as the scores of rounds.

    Raises ValidationError by parameter.
    """
    ordering = _ordering(params, orderings, default)
    return Listing(rows, rows, filters, orderings, ordering, params.get("cursor", ""), default=default)


def _ordering(params: Params, orderings: dict[str, Ordering], default: str, also: Iterable[str] = ()) -> str:
    ordering = params.get("ordering") or default
    known = {*orderings, *(f"-{name}" for name in orderings), *also}
    if ordering not in known:
        raise ValidationError(
            {"ordering": ValidationError(
                gettext("This list can’t be sorted by “%(name)s”. Known: %(known)s."),
                code="unknown_value",
                params={"name": ordering[:60], "known": ", ".join(sorted(known))},
            )}
        )  # fmt: skip
    return ordering


def _read_query(resource: str, params: Params) -> search.Query | None:
    text = params.get("q", "").strip()
    if len(text) > LONGEST_QUERY:
        raise ValidationError(
            {
                "q": ValidationError(
                    gettext("Enter a search of %(most)s characters or fewer."),
                    code="too_long",
                    params={"most": LONGEST_QUERY},
                )
            }
        )
    return search.read_query(resource, text, exact=params.get("exact") == "yes") if text else None


def _order_by(sort: Ordering, descending: bool, *, backwards: bool, alone: bool = False) -> list:
    """The ORDER BY expressions. `alone`: don't use an index."""
    flip = descending != backwards
    key = Coalesce(sort.field, sort.field) if alone else F(sort.field)
    if sort.nullable:
        # Empty values come last; read backwards they come first.
        nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
        key = key.desc(**nulls) if flip else key.asc(**nulls)
    else:
        key = key.desc() if flip else key.asc()
    if sort.field == "pk":
        return [key]
    return [key, F(sort.key).desc() if flip else F(sort.key).asc()]


def _after_cursor(sort: Ordering, descending: bool, backwards: bool, value: Any, pk: int) -> Q | RowGreaterThan:
    sign, word = ("<", "lt") if descending else (">", "gt")
    if sort.field == "pk":
        return Q(**{f"pk__{word}": pk})
    if not sort.nullable:
        return RowGreaterThan(sign, F(sort.field), F(sort.key), Value(value), Value(pk))
    same, empty = Q(**{sort.field: value, f"pk__{word}": pk}), Q(**{f"{sort.field}__isnull": True})
    if value is None:
        beyond = empty & Q(**{f"pk__{word}": pk})
        return beyond | ~empty if backwards else beyond
    beyond = Q(**{f"{sort.field}__{word}": value}) | same
    return beyond if backwards else beyond | empty


def _page_of(found: list, size: int, position: dict[str, Any] | None, write: Callable[[Any, int, bool], str]) -> Page:
    """The page from rows found in reading direction, one more than `size` if there are more.

    `write` makes a cursor.
    """
    backwards = bool(position and position["back"])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    first = (position["n"] - len(found) if backwards else position["n"]) if position else 1
    has_next, has_previous = (bool(found), more) if backwards else (more, bool(position))
    end = first + len(found)
    return Page(
        found,
        write(found[-1], end, False) if has_next and found else None,
        write(found[0], first, True) if has_previous and found else None,
        max(first, 1),
    )


def page_by_id(cursor: str, size: int, fetch: Callable[[int | None, bool, int], list]) -> Page:
    """A page of an unfiltered list in the order “id”, with cursors: for rows that are read without a Listing.

    `fetch(after, backwards, limit)` returns tuples that begin with the primary key, from after `after` (None: from the
    end).
    """
    position = _read_cursor(cursor, "id")
    found = fetch(position["at"][1] if position else None, bool(position and position["back"]), size + 1)
    return _page_of(found, size, position, lambda row, n, back: encode_cursor("id", [row[0], row[0]], n, back))


# Cursors are signed, so that no value that a field can't hold reaches the database.
_SIGNER = Signer(salt="cursor", sep="~")


def encode_cursor(ordering: str, at: list, number: int, back: bool) -> str:
    """The cursor of a page that begins after the row at `at`; with `back`, of one that ends before it.

    `at`: [sort key, primary key]; for BEST_MATCH, [how many matches to skip]. `number`: which row of the list the page
    begins with, from 1; with `back`, which row it ends before.
    """
    written = [{"t": v} if isinstance(v, datetime) else {"d": v} if isinstance(v, date) else v for v in at]
    text = base64.urlsafe_b64encode(orjson.dumps([ordering, written, number, back], default=str)).decode()
    return _SIGNER.sign(text)


def _read_cursor(text: str, ordering: str) -> dict[str, Any] | None:
    """The arguments of `encode_cursor` as “at”, “n” and “back”; None for the first page. Raises ValidationError."""
    if not text:
        return None
    try:
        written, at, n, back = orjson.loads(base64.urlsafe_b64decode(_SIGNER.unsign(text)))
        if written != ordering:
            raise BadSignature
    except (BadSignature, ValueError):
        words = gettext("This page link is broken or belongs to another list. Start from the first page.")
        raise ValidationError({"cursor": ValidationError(words, code="bad_cursor")}) from None
    return {"at": [_read_value(value) for value in at], "n": n, "back": back}


def _read_value(value: Any) -> Any:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["t"]) if "t" in value else date.fromisoformat(value["d"])
    return value


def count_and_oldest(**rows: QuerySet) -> dict[str, tuple[int, int]]:
    """How many of each of these rows there are, and the primary key of the oldest (0 if there is none), in one query."""
    first, *others = (
        found.order_by()
        .annotate(of=Value(name))
        .values("of")
        .annotate(n=Count("pk"), oldest=Min("pk"))
        .values_list("of", "n", "oldest")
        for name, found in rows.items()
    )
    return dict.fromkeys(rows, (0, 0)) | {name: (n, oldest) for name, n, oldest in first.union(*others, all=True)}
