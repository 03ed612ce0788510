"""The public document of a partnership: keys, ids, names and dates.

It never holds a label, a translation, a count, or anything that time alone changes. `build` is the one function that
defines it; `registry.publication` stores it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import orjson
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, QuerySet, Value
from django.utils.functional import SimpleLazyObject

from partnerships.core import record_types
from partnerships.core.fields import InList
from partnerships.core.languages import in_each_language
from partnerships.core.prepared import Placeholder, PreparedRows, prepared_by_ids
from partnerships.directory.models import BODIES
from partnerships.directory.reference.vocabularies import term_name
from partnerships.registry import confirmation_status, seats
from partnerships.registry.choices import GIVEN_UP
from partnerships.registry.models import (
    Ask,
    Document,
    Partnership,
    PartnershipLink,
    Party,
    PartyRole,
    Practice,
    Seat,
)
from partnerships.registry.rules import PUBLIC_PARTY, partnerships_visible_to

# What it has in addition to the published fields of the record type.
_FIELDS = (
    "pk", "public_id", "lead__public_id", "lead__name", "source", "is_illustration", "last_verified_on",
    "public_version", "created_at", "updated_at",
)  # fmt: skip
# Facts that are one row of a partnership → their fields, in the document and in the API.
FACTS = {
    "agreement": ("amount", "currency", "starts_on", "ends_on", "scope", "payment_days", "renewal"),
    "training": ("audience", "hours", "evaluator"),
    "advisory_body": (
        "seat_count", "term_months", "position", "chosen_how", "decides_what", "decides_how", "compensation"
    ),
    "joint_project": ("outcomes", "budget", "budget_split"),
}  # fmt: skip
# What it shows of a party.
_OF_PARTY = ("pk", "partnership_id", "side", "circle", "starts_on", "ends_on", "contribution", "unnamed")
_OF_BODY = {f"{kind}__{name}": (kind, name) for kind in BODIES for name in ("public_id", "name")}
_COLUMNS_OF_FACTS = [f"{name}__{column}" for name, fields in FACTS.items() for column in ("pk", *fields)]


def build(
    partnership_ids: Sequence[int], *, parties: QuerySet[Party] | Sequence[Party] | None = None, brief: bool = False
) -> dict[int, dict]:
    """The documents of these partnerships by primary key, in a fixed number of queries.

    `parties` are the Party rows to show: by default what the public may see; an interface passes
    `parties_visible_to(person)` for rows that its reader sees more of, or what it read of them (`party_queries.parties_seen`).
    A partner that declined or withdrew is in no document. Statements of parties are about the public document for every
    reader, so its parties are read too for partnerships with a statement.

    `brief` is for the rows of a list: roles, links, documents, facts and statements are left empty.
    """
    ids, is_public = list(partnership_ids), parties is None
    for_details = [] if brief else ids  # a query for no rows isn't sent
    roles = _roles(for_details, parties)
    parties, still_named = _parties(ids, roles, parties)
    lists = _lists(ids)
    links = _links(for_details)
    documents = _grouped(_documents(for_details))
    facts = _read_facts(for_details)
    statements = confirmation_status.latest_statements(for_details)
    built, plain = {}, plain_fields()
    for row in _records(brief).given({"ids": ids, "named": still_named}) if ids else ():
        pk = row["pk"]
        for name, columns in FACTS.items():
            if row.get(f"{name}__pk"):
                facts.one_row[pk][name] = {column: row[f"{name}__{column}"] for column in columns}
        built[pk] = {
            "id": row["public_id"],
            **{name: row[column] for name, column in plain.items()},
            "lead": {"id": row["lead__public_id"], "name": row["lead__name"]},
            **{name: sorted(keys[pk]) for name, keys in lists.items()},
            "parties": [party for _, party in parties[pk]],
            "all_partners_listed": not row["hides"],
            "statements": [],
            "grew_out_of": links["earlier"][pk],
            "led_to": links["later"][pk],
            "facts": _facts_shown(facts, pk, parties[pk]),
            "documents": [{"title": title, "url": url} for title, url in documents[pk]],
            "source": row["source"],
            "is_illustration": row["is_illustration"],
            "last_verified_on": row["last_verified_on"],
            "version": row["public_version"],
            "created_at": row["created_at"],
            "updated_at": row["updated_at"],
        }
    public = parties if is_public or not statements else _parties(list(statements), roles, None)[0]
    for pk in statements.keys() & built.keys():
        shown = {"parties": [party for _, party in public[pk]], "facts": _facts_shown(facts, pk, public[pk])}
        mark = confirmation_status.fingerprint(built[pk] | shown)
        built[pk]["statements"] = confirmation_status.statements(statements[pk], parties[pk], mark=mark)
    return built


def with_parties(
    public: Mapping[int, dict[str, Any]], parties: QuerySet[Party] | Sequence[Party], *, brief: bool = False
) -> dict[int, dict]:
    """These stored public documents, by primary key, for a reader who may see `parties`: what `build` returns for
    `parties`, in fewer queries, since the rest of a document is the same for every reader.

    `brief`: facts and statements stay those of the public document, and parties have no roles.
    """
    ids = list(public)
    for_details = [] if brief else ids
    shown, still_named = _parties(ids, _roles(for_details, parties), parties)
    hiding = [pk for pk in ids if not public[pk]["all_partners_listed"]]
    gone = Party.objects.filter(partnership__in=hiding).exclude(unnamed="").exclude(pk__in=still_named)
    hiding = set(gone.values_list("partnership_id", flat=True)) if hiding else set()
    facts = _facts_of_parties([pk for pk in for_details if public[pk]["facts"].keys() & {"seats", "practices"}])
    statements = confirmation_status.latest_statements(for_details)
    found = {}
    for pk, document in public.items():
        own = {"parties": [party for _, party in shown[pk]], "all_partners_listed": pk not in hiding}
        if not brief:
            own["facts"] = document["facts"] | _facts_shown(facts, pk, shown[pk])
        if pk in statements:
            mark = confirmation_status.fingerprint(document)
            own["statements"] = confirmation_status.statements(statements[pk], shown[pk], mark=mark)
        found[pk] = document | own
    return found


@cache
def _records(brief: bool) -> PreparedRows:
    """What `build` reads of the partnerships themselves. Placeholders: `ids`, and the `named` parties that aren't hidden."""
    unnamed = Party.objects.filter(partnership=OuterRef("pk")).exclude(unnamed="")
    gone = unnamed.exclude(InList("pk", Placeholder("named")))
    records = Partnership.objects.filter(InList("pk", Placeholder("ids"))).order_by().annotate(hides=Exists(gone))
    details = [] if brief else _COLUMNS_OF_FACTS
    return PreparedRows(records.values(*_FIELDS, *plain_fields().values(), "hides", *details))


def plain_fields() -> dict[str, str]:
    """The fields of a partnership that its document holds as they are → where they are read; of a term, its key."""
    fields = [field for field in _published_fields() if not field.many_to_many]
    return {field.name: f"{field.name}__key" if field.is_relation else field.name for field in fields}


def _lists(ids: Sequence[int]) -> dict[str, dict[int, list[str]]]:
    """Its issue areas, and each published field that holds several terms → partnership id → their keys. One query."""
    found: dict[str, dict[int, list[str]]] = {one.name: defaultdict(list) for one in _list_fields()}
    for pk, name, key in _keys(ids):
        found[name][pk].append(key)
    return found


@prepared_by_ids
def _keys(ids: Placeholder) -> QuerySet:
    first, *others = (
        one.remote_field.through._default_manager.filter(InList("partnership", ids))
        .order_by()
        .annotate(of_field=Value(one.name))
        .values_list("partnership_id", "of_field", f"{one.m2m_reverse_field_name()}__key")
        for one in _list_fields()
    )
    return first.union(*others, all=True)


def _list_fields() -> list[Any]:
    return [Partnership._meta.get_field("issue_areas"), *(one for one in _published_fields() if one.many_to_many)]


def _published_fields() -> list[Any]:
    kind = record_types.get("partnership")
    return [kind.model_field(one.name) for one in kind.fields if one.published]


def names_shown(partnership_id: int) -> "SimpleLazyObject[set[str]]":
    """The names of the partnership's publicly visible parties, as in snapshots; a lazy set."""
    rows = Party.objects.filter(PUBLIC_PARTY, partnership=partnership_id)
    return SimpleLazyObject(lambda: {str(party) for party in rows.select_related(*BODIES)})


def ids_shown(partnerships: QuerySet[Partnership]) -> "SimpleLazyObject[set[str]]":
    """The public ids of those partnerships that everyone may read, as in snapshots; a lazy set."""
    rows = partnerships_visible_to(None).filter(pk__in=partnerships.values("pk"))
    return SimpleLazyObject(lambda: set(rows.values_list("public_id", flat=True)))


def write(document: dict) -> str:
    """The document as the text that is stored and sent."""
    return orjson.dumps(document, default=str, option=orjson.OPT_UTC_Z).decode()


@prepared_by_ids
def _documents(ids: Placeholder) -> QuerySet:
    rows = Document.objects.filter(InList("partnership", ids)).order_by("id")
    return rows.values_list("partnership_id", "title", "url")


def _grouped(rows: Iterable[tuple]) -> dict[int, list[list[str]]]:
    grouped = defaultdict(list)
    for pk, *values in rows:
        grouped[pk].append(values)
    return grouped


def _roles(
    ids: Sequence[int], parties: QuerySet[Party] | Sequence[Party] | None
) -> dict[int, list[tuple[str, int | None]]]:
    """Party id → its roles as (role, hours a month of a backbone). Parties that were read have theirs with them."""
    if parties is not None and not isinstance(parties, QuerySet):
        return {party.pk: [(one.role, one.hours_per_month) for one in party.roles.all()] for party in parties}
    roles = defaultdict(list)
    for party, role, hours in _roles_held(ids):
        roles[party].append((role, hours))
    return roles


@prepared_by_ids
def _roles_held(ids: Placeholder) -> QuerySet:
    rows = PartyRole.objects.filter(InList("partnership", ids)).order_by("id")
    return rows.values_list("party_id", "role", "hours_per_month")


def _parties(
    ids: Sequence[int], roles: dict[int, list[tuple[str, int | None]]], rows: QuerySet[Party] | Sequence[Party] | None
) -> tuple[dict[int, list[tuple]], list]:
    """Partnership id → its parties as (id, the document's form), and the ids of those whose name others don't see.

    `rows`: None for those that the public may see.
    """
    shown, still_named = defaultdict(list), []
    for row in _columns(ids, rows):
        kind = next(k for k in BODIES if row[f"{k}__public_id"])
        own_roles = roles.get(row["pk"], ())
        hours = [h for role, h in own_roles if role == "backbone" and h]
        party = {
            "type": kind,
            "id": row[f"{kind}__public_id"],
            "name": row[f"{kind}__name"],
            "side": row["side"],
            "circle": row["circle"] or None,
            "roles": [role for role, _ in own_roles],
            "starts_on": row["starts_on"],
            "ends_on": row["ends_on"],
            "contribution": row["contribution"],
            "confirmed": bool(row["agreed"]),
        }
        if hours:
            party["backbone_hours_per_month"] = hours[0]
        shown[row["partnership_id"]].append((row["pk"], party))
        if row["unnamed"]:
            still_named.append(row["pk"])
    return shown, still_named


def _columns(ids: Sequence[int], parties: QuerySet[Party] | Sequence[Party] | None) -> Iterable[dict[str, Any]]:
    """What the documents show of these parties, but for those that gave up their seat."""
    if parties is None:
        return _public_parties(ids)
    if isinstance(parties, QuerySet):
        return _columns_read(parties.filter(partnership__in=ids))
    return [_columns_of(party) for party in parties if party.state not in GIVEN_UP]


@prepared_by_ids
def _public_parties(ids: Placeholder) -> QuerySet:
    return _columns_read(Party.objects.filter(PUBLIC_PARTY, InList("partnership", ids)))


def _columns_read(parties: QuerySet[Party]) -> QuerySet:
    rows = parties.exclude(state__in=GIVEN_UP)
    rows = rows.annotate(agreed=ExpressionWrapper(seats.AGREED, BooleanField()))
    return rows.order_by("partnership_id", "position", "id").values(*_OF_PARTY, *_OF_BODY, "agreed")


def _columns_of(party: Party) -> dict[str, Any]:
    names = {column: getattr(getattr(party, kind), name, None) for column, (kind, name) in _OF_BODY.items()}
    return {column: getattr(party, column) for column in _OF_PARTY} | names | {"agreed": seats.has_agreed(party)}


def _links(ids: Sequence[int]) -> dict[str, Any]:
    found: dict[str, dict[int, list]] = {"earlier": defaultdict(list), "later": defaultdict(list)}
    wanted = set(ids)
    for earlier, earlier_id, earlier_out, later, later_id, later_out, what, url in _linked(ids):
        if later in wanted and earlier_out:
            found["earlier"][later].append(earlier_id)
        if earlier in wanted and (what or later_out):
            found["later"][earlier].append({"id": later_id if later_out else None, "came_of_it": what, "url": url})
    return found


@prepared_by_ids
def _linked(ids: Placeholder) -> QuerySet:
    rows = PartnershipLink.objects.filter(InList("earlier", ids) | InList("later", ids)).order_by("id")
    return rows.values_list(
        "earlier_id", "earlier__public_id", "earlier__is_published",
        "later_id", "later__public_id", "later__is_published", "came_of_it", "url",
    )  # fmt: skip


@dataclass
class _Facts:
    """The facts of each kind by partnership id, the same for every reader; parties are named by primary key."""

    one_row: dict = field(default_factory=lambda: defaultdict(dict))
    asks: dict = field(default_factory=lambda: defaultdict(list))
    seats: dict = field(default_factory=lambda: defaultdict(list))
    practices: dict = field(default_factory=lambda: defaultdict(list))
    adopted: dict = field(default_factory=lambda: defaultdict(list))  # by practice


def _read_facts(ids: Sequence[int]) -> _Facts:
    """The facts of the kind of these partnerships, but for those in one row."""
    facts = _facts_of_parties(ids)
    for row in _asks(ids):
        facts.asks[row.pop("partnership_id")].append(row)
    return facts


@prepared_by_ids
def _asks(ids: Placeholder) -> QuerySet:
    shown = ("text", "asked_on", "answer", "answer_reason", "answer_due_on", "answered_on", "delivered_on")
    return Ask.objects.filter(InList("partnership", ids)).values("partnership_id", *shown)


def _facts_of_parties(ids: Sequence[int]) -> _Facts:
    """Only the facts that name parties: seats and practices."""
    facts = _Facts()
    for row in _seats(ids):
        facts.seats[row.pop("partnership_id")].append(row)
    for row in _practices(ids):
        facts.practices[row.pop("partnership_id")].append(row)
    if facts.practices:
        adopted = Practice.adopted_by.through.objects.filter(practice__partnership__in=ids).order_by("id")
        for practice, party in adopted.values_list("practice_id", "party_id"):
            facts.adopted[practice].append(party)
    return facts


@prepared_by_ids
def _seats(ids: Placeholder) -> QuerySet:
    shown = ("title", "held_by", "chosen_by", "starts_on", "ends_on")
    return Seat.objects.filter(InList("partnership", ids)).values("partnership_id", *shown)


@prepared_by_ids
def _practices(ids: Placeholder) -> QuerySet:
    shown = ("pk", "title", "shared_by", "shared_on", "adopted_on")
    return Practice.objects.filter(InList("partnership", ids)).values("partnership_id", *shown)


def _facts_shown(facts: _Facts, pk: int, parties: Sequence[tuple[int, dict[str, Any]]]) -> dict:
    """The facts of one partnership for a document with these parties: no other party is named."""
    shown, found = {party_pk: party["id"] for party_pk, party in parties}, dict(facts.one_row[pk])
    if facts.seats[pk]:
        found["seats"] = [row | {"held_by": shown.get(row["held_by"])} for row in facts.seats[pk]]
    if facts.asks[pk]:
        found["asks"] = facts.asks[pk]
    if facts.practices[pk]:
        found["practices"] = [
            {
                "title": row["title"],
                "shared_by": shown.get(row["shared_by"]),
                "shared_on": row["shared_on"],
                "adopted_on": row["adopted_on"],
                "adopted_by": [shown[party] for party in facts.adopted[row["pk"]] if party in shown],
            }
            for row in facts.practices[pk]
        ]
    return found


def search_text(document: dict[str, Any], issues: dict[str, list[tuple[str, str]]]) -> tuple[str, str, str]:
    """(title, names, other text) by which search may find a document.

    `issues`, from `facets.issue_paths`: a partnership is found by the names of its issue areas and of those above them,
    in each language.
    """
    names = "\n".join([document["lead"]["name"], *(party["name"] for party in document["parties"])])
    body = [document[one.name] for one in record_types.get("partnership").fields if one.is_searched]
    body += [party["contribution"] for party in document["parties"]]
    areas = dict(pair for area in document["issue_areas"] for pair in issues.get(area, ()))
    body += [word for name in areas.values() for word in in_each_language(partial(term_name, name))]
    return document["title"], names, " ".join(filter(None, body))
