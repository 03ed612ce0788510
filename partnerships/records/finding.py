"""Finds records of every kind for one search box.

Each kind is found among the rows that the person may see, and a former name or an email address finds a record only for
people who may read that name or address. The number of queries doesn't depend on what is found, and of each kind a
limited number of matches is ranked and counted.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from partnerships.accounts.rules import memberships_visible_to, people_visible_to
from partnerships.core import ids, label_overrides, record_types, search, search_columns
from partnerships.core.access import Viewer, belongs_somewhere, is_administrator, is_staff
from partnerships.core.choices import Vocabulary
from partnerships.core.models import Change, Merge, Record
from partnerships.core.record_types import BoxSearch
from partnerships.core.search_sql import IsRename
from partnerships.core.search_words import split_words
from partnerships.directory.models import BODIES, IssueArea, body_key
from partnerships.directory.queries import terms
from partnerships.directory.rules import (
    contacts_visible_to,
    mergeable_among,
    organizations_visible_to,
)
from partnerships.records.spanish_words import SPANISH
from partnerships.records.vocabularies import CLOSED

RANKED_AT_MOST = 1000  # matches of an indexed kind that are counted, as in its list
OTHERS_AT_MOST = 50  # former names, and email addresses, that are read
OTHERS_SHOWN = 2  # of the first matches, how many are found by a former name if there are any
FORMER_NAME, MERGED_NAME, EMAIL, SPANISH_WORD, ID = "former_name", "merged_name", "email", "spanish", "id"


@dataclass(frozen=True)
class Match:
    """One record that was found.

    `reason` says why, where its own texts don't: FORMER_NAME, MERGED_NAME, EMAIL, SPANISH_WORD or ID, and `text` the
    name, address, words or id.
    """

    record: Any
    reason: str = ""
    text: str = ""


@dataclass(frozen=True)
class Value:
    """A value of a vocabulary, by which a list can be filtered."""

    vocabulary: str
    key: str
    label: str


Why = tuple[str, str]  # (reason, the text that matched)


@dataclass(frozen=True)
class Group:
    """The matches of one kind: the first ones, and how many there are (at least, unless `is_all`)."""

    kind: str
    matches: list[Match]
    total: int
    is_all: bool = True


@dataclass(frozen=True)
class Found:
    """Everything that a search found, by kind, without empty groups."""

    query: search.Query
    groups: list[Group]

    @property
    def total(self) -> int:
        return sum(group.total for group in self.groups)

    @property
    def is_all(self) -> bool:
        return all(group.is_all for group in self.groups)


# What the box finds besides kinds of record. People are for staff: administrators find accounts, and other staff the
# people of offices whose people they see.
_PEOPLE = {
    "account": BoxSearch(("name", "email"), rows=people_visible_to, is_for=is_administrator),
    "member": BoxSearch(
        ("person__name",),
        rows=lambda person: memberships_visible_to(person).filter(person__is_active=True),
        is_for=lambda person: is_staff(person) and not is_administrator(person),
    ),
    "contact": BoxSearch(
        ("name", "email"),
        (*BODIES, "role"),
        # Those whose office or organization has a page that the person may see: a match leads there.
        rows=lambda person: contacts_visible_to(person).filter(
            Q(organization=None) | Q(organization__in=organizations_visible_to(person))
        ),
        is_for=is_staff,
    ),
}
_RENAMED = ("partnership", *BODIES)  # kinds that a former name finds
_MERGED = ("organization", "department")
# Vocabularies whose values are found.
_CLOSED_ONES = ("kind", "jurisdiction_kind")
_OPEN_ONES = (Vocabulary.PURPOSE, Vocabulary.ORGANIZATION_KIND)
# In the order of the page. The first ones have search entries, and the people of an office are no kinds of record.
_INDEXED = ("partnership", "organization", "department", "jurisdiction", "meeting", "issue_area")
KINDS = (*_INDEXED, "action", "interaction", "result", "measure", *_PEOPLE, "value")


def find(person: Viewer, text: str, *, most: int, exact: bool = False, only: tuple[str, ...] = KINDS) -> Found:
    """What the person finds by this text, the first `most` of each kind. `only`: of these kinds."""
    query = search.read_query(_INDEXED, text, exact=exact or "@" in text)
    if not query.words:
        return Found(query, [])
    if public_id := _public_id(text.strip()):
        return Found(query, list(_by_id(person, public_id, only)))
    others = _found_otherwise(person, query, text.strip())
    groups = [_matches_of_kind(person, kind, query, others.get(kind, {}), most) for kind in KINDS if kind in only]
    return Found(query, [group for group in groups if group.total])


def _box_search(kind: str) -> BoxSearch:
    return _PEOPLE.get(kind) or record_types.get(kind.replace("_", "")).box_search or BoxSearch()


def _rows(person: Viewer, kind: str) -> QuerySet:
    """The rows of this kind that the person may find, with what their words need."""
    how = _box_search(kind)
    rows = how.rows(person) if how.rows else record_types.get(kind.replace("_", "")).visible_to(person)
    # Without a name, select_related would read every related row.
    return rows.select_related(*how.along) if how.along else rows


def _public_id(text: str) -> str:
    try:
        return ids.parse(text)
    except ids.MistypedId:
        return ""


def _by_id(person: Viewer, public_id: str, only: Collection[str]) -> Iterator[Group]:
    """The group with the record that has this id, if the person may see it."""
    for kind in only:
        rows = _rows(person, kind) if kind != "value" else None
        if rows is not None and issubclass(rows.model, Record) and public_id[0] == rows.model.ID_PREFIX:
            for record in rows.filter(public_id=public_id):
                yield Group(kind, [Match(record, ID, public_id)], 1)


def _matches_of_kind(person: Viewer, kind: str, query: search.Query, others: dict[int, Why], most: int) -> Group:
    """The matches of one kind of record, best first.

    `others` are further records that are known to match (primary key → why). Some of `most` places are kept for them.
    """
    if kind == "value":
        return _values(query, most)
    if kind not in _INDEXED:
        return _in_columns(person, kind, query, most)
    how, rows = _box_search(kind), _rows(person, kind)
    drafts = how.drafts(rows).values("pk") if how.drafts and belongs_somewhere(person) else None
    pks = search.ranked(kind, query, drafts=drafts, limit=RANKED_AT_MOST)
    is_all = len(pks) < RANKED_AT_MOST and not query.is_common
    seen = set(rows.order_by().filter(pk__in=pks).values_list("pk", flat=True)) if pks else set()
    pks = [pk for pk in pks if pk in seen]
    others = _may_be_known(person, rows.exclude(pk__in=pks), others)
    first = pks[: max(1, most - min(len(others), OTHERS_SHOWN))]
    shown = list(dict.fromkeys([*first, *others, *pks]))[:most]
    records = rows.in_bulk(shown) if shown else {}
    matches = [Match(records[pk], *others.get(pk, ())) for pk in shown if pk in records]
    return Group(kind, matches, len(pks) + len(others), is_all)


def _in_columns(person: Viewer, kind: str, query: search.Query, most: int) -> Group:
    how = _box_search(kind)
    if not how.is_for(person):
        return Group(kind, [], 0)
    rows = _rows(person, kind)
    if "@" in query.text and kind in _PEOPLE:
        # The words of an address are in other addresses, too.
        found = list(_with_address(rows, query.text)) if "email" in how.columns else []
        return Group(
            kind, [Match(one, EMAIL, one.email) for one in found[:most]], len(found), len(found) < OTHERS_AT_MOST
        )
    pks, is_all = search_columns.ranked(query, rows, *how.columns)
    records = rows.in_bulk(pks[:most]) if pks else {}
    return Group(kind, [Match(records[pk]) for pk in pks[:most] if pk in records], len(pks), is_all)


def _with_address(rows: QuerySet, text: str) -> QuerySet:
    """The first of these rows with this email address or a part of it."""
    return rows.filter(email__icontains=text.strip().replace("\0", "")).order_by("pk")[:OTHERS_AT_MOST]


def _found_otherwise(person: Viewer, query: search.Query, text: str) -> dict[str, dict[int, Why]]:
    """By kind, primary key → (reason, text) of records with another name or address that matches."""
    found: dict[str, dict[int, Why]] = {"issue_area": _issue_areas_in_spanish(query)}
    if "@" in text:
        for contact in _with_address(contacts_visible_to(person), text):
            kind, pk = body_key(contact)
            found.setdefault(kind, {}).setdefault(pk, (EMAIL, contact.email))
    elif belongs_somewhere(person):
        for kind, pk, why in _former_names(person, query):
            found.setdefault(kind, {}).setdefault(pk, why)
    return found


def _former_names(person: Viewer, query: search.Query) -> list[tuple[str, int, Why]]:
    """(kind, primary key, (reason, former name)) of records that were renamed, or that another was merged into.

    Of those that the person may see: otherwise a hidden rename would push one of their own out of the first ones.
    """
    renamed = Change.objects.filter(IsRename()).filter(_is_seen(person, _RENAMED, "record_id"))
    renamed = renamed.annotate(former=Coalesce(KT("before__name"), KT("before__title")))
    renamed = renamed.filter(search_columns.has_words(query, "former")).order_by("-pk")
    merged = Merge.objects.filter(undone_at=None).filter(_is_seen(person, _MERGED, "kept_id"))
    merged = merged.filter(search_columns.has_words(query, "lost_name")).order_by("-pk")
    found = [
        (FORMER_NAME, renamed.values_list("record_type", "record_id", "former")),
        (MERGED_NAME, merged.values_list("record_type", "kept_id", "lost_name")),
    ]
    return [(kind, pk, (reason, name)) for reason, rows in found for kind, pk, name in rows[:OTHERS_AT_MOST]]


def _is_seen(person: Viewer, kinds: Iterable[str], column: str) -> Q:
    """Whether the person may see the record in this column of the row, which is of one of these kinds."""
    seen = {
        kind: Exists(record_types.get(kind).visible_to(person).order_by().filter(pk=OuterRef(column))) for kind in kinds
    }
    return reduce(or_, (Q(record_type=kind) & Q(rows) for kind, rows in seen.items()))


def _may_be_known(person: Viewer, rows: QuerySet, others: dict[int, Why]) -> dict[int, Why]:
    """Those of `others` that the person may see and whose former name they may read.

    Who reads a record's history reads what it was called. The name of a merged record is for those who may undo that.
    """
    records = rows.in_bulk(list(others)) if others else {}
    mergeable = mergeable_among(person, [records[pk] for pk in records if others[pk][0] == MERGED_NAME])

    def is_known(pk: int, reason: str, text: str) -> bool:
        if reason == MERGED_NAME:
            return pk in mergeable
        is_former = reason == FORMER_NAME
        return not is_former or (record_types.may_read_history(person, records[pk]) and text != str(records[pk]))

    return {pk: why for pk, why in others.items() if pk in records and is_known(pk, *why)}


def _issue_areas_in_spanish(query: search.Query) -> dict[int, Why]:
    found = {key: words for key in SPANISH["issue"] if (words := _in_spanish(query, "issue", key))}
    entered = label_overrides.translations_into("es")
    named = {name: words for name, words in entered.items() if _begins_words(query.typed, words)}
    if not (found or named):
        return {}
    rows = IssueArea.objects.filter(Q(key__in=found) | Q(name__in=named)).values_list("pk", "key", "name")
    return {pk: (SPANISH_WORD, named.get(name) or found[key]) for pk, key, name in rows}


def _in_spanish(query: search.Query, vocabulary: str, key: str, label: str = "") -> str:
    """The Spanish words of a value that have each word of the query, or "". `label`: the Spanish one that staff entered."""
    words = (label, *SPANISH[vocabulary].get(key, "").split("; "))
    return next((one for one in words if one and _begins_words(query.typed, one)), "")


def _begins_words(typed: Iterable[str], text: str) -> bool:
    words = split_words(text)
    return all(any(word.startswith(one) for word in words) for one in typed)


def _values(query: search.Query, most: int) -> Group:
    """Values of vocabularies: by their labels, by Spanish words, or else by similar spelling."""
    values = {Value(name, str(key), str(label)): "" for name in _CLOSED_ONES for key, label in CLOSED[name].choices}
    open_ones = [term for name in _OPEN_ONES for term in terms(name)]
    values |= {Value(term.vocabulary, term.key, term.label): term.translations.get("es", "") for term in open_ones}
    found = {value: Match(value) for value in values if _begins_words(query.typed, value.label)}
    for value, label in values.items():
        if words := _in_spanish(query, value.vocabulary, value.key, label):
            found.setdefault(value, Match(value, SPANISH_WORD, words))
    if not found:
        pairs = [(value, value.label) for value in values]
        found = {value: Match(value) for value in search_columns.spelled_similarly(query, pairs)}
    return Group("value", list(found.values())[:most], len(found))
