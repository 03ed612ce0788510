"""Reads partnerships: lists, details, and counts for filter options."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import VERBS_WITHOUT_VERSION
from partnerships.accounts.models import Person
from partnerships.core import ids, listing, record_types
from partnerships.core.access import (
    Viewer,
    belongs_somewhere,
    departments_of,
    get_or_not_found,
    is_administrator,
    is_staff,
    jurisdictions_read_by,
    organizations_of,
)
from partnerships.core.errors import NotFound
from partnerships.core.filters import ListFilter, refuse_unknown
from partnerships.core.listing import CAP, FIRST, Ordering
from partnerships.core.merges import merged_pks
from partnerships.core.models import Change, FacetCount, Record
from partnerships.core.record_types import may_read_history
from partnerships.core.types import Params
from partnerships.directory.models import BODIES, Body, IssueArea, Jurisdiction, body_key, is_closed
from partnerships.registry import publication, seats
from partnerships.registry.choices import RESOURCE, SeatState, Status
from partnerships.registry.document import build, with_parties, write
from partnerships.registry.facets import counted_names
from partnerships.registry.filters import COUNTED, AgreementFilter, PartnershipFilter
from partnerships.registry.models import ONE_ROW, Partnership, Party, SeatConsent
from partnerships.registry.representatives import representatives_by_party
from partnerships.registry.rules import (
    contacts_who_confirmed,
    hidden_parties_of,
    latest_answers,
    may_read_all,
    own_party_ids,
    parties_visible_to,
    partnerships_visible_to,
    sees_more_than_documents,
)

RECENT_CHANGES = 50  # of a person, in which their latest partnerships are looked for

ORDERINGS = {
    "updated": Ordering("updated_at", _("Last changed")),
    "title": Ordering("title", _("Title")),
    "starts": Ordering("starts_on", _("Start date"), nullable=True),
    "id": Ordering("pk", _("Oldest record")),
}
BY_RECORD = {name: ORDERINGS[name] for name in ("updated", "title", "id")}
# Where facets select the rows, the rows are read in the order of their own index.
BY_FACETS = ORDERINGS | {
    "updated": Ordering("public_facets__updated_at", _("Last changed"), key="public_facets__partnership")
}
OF_PARTIES = ("side", "role")
LATEST = 5  # entries of a change log that are shown with the record


def partnership_list(
    person: Viewer, params: Params, *, default: str = "-updated", allow: Collection[str] = ()
) -> listing.Listing:
    """The partnerships that the person may see, filtered by these parameters (a QueryDict): for pages, API and
    downloads.
    """
    rows = partnerships_visible_to(person)
    found = listing.make_listing(
        PartnershipFilter,
        rows,
        params,
        person=person,
        orderings=ORDERINGS,
        default=default,
        resource=RESOURCE,
        drafts=_own_drafts(person),
        is_staff=is_staff(person),
        allow=allow,
    )
    if found.filters.documents_answer and not found.filters.some_outdated:
        found.orderings, found.sorts_few = BY_FACETS, True
    return found


def agreement_list(
    person: Viewer, params: Params, *, default: str = "-updated", allow: Collection[str] = ()
) -> listing.Listing:
    """The partnerships with an agreement that the person may see."""
    return listing.make_listing(
        AgreementFilter, _with_agreement(person), params, person=person, orderings=BY_RECORD, default=default,
        resource="", is_staff=is_staff(person), allow=allow,
    )  # fmt: skip


def with_agreement(person: Viewer, public_id: str) -> Partnership:
    """One partnership with its agreement. Raises NotFound or MistypedId."""
    return get_or_not_found(_with_agreement(person), public_id)


def _with_agreement(person: Viewer) -> QuerySet[Partnership]:
    rows = partnerships_visible_to(person).filter(agreement__isnull=False)
    return rows.select_related("agreement", "lead")


def _own_drafts(person: Viewer) -> QuerySet[Partnership, Any] | None:
    if not belongs_somewhere(person):
        return None
    return partnerships_visible_to(person).filter(is_published=False).values("pk")


DOCUMENT_COLUMNS = ("is_published", publication.stored_document())


class DocumentRow(NamedTuple):
    """A row of Listing.page with DOCUMENT_COLUMNS. `body`: the stored document; "" if there is none, or an outdated one."""

    pk: int
    sort_key: Any
    is_published: bool
    body: str

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> "DocumentRow":
        """The row, which may have more columns after these."""
        pk, sort_key, is_published, body, *_ = row
        return cls(pk, sort_key, is_published, body or "")

    @property
    def is_stored(self) -> bool:
        return self.is_published and bool(self.body)


def documents(person: Viewer, rows: Sequence[tuple[Any, ...]], *, brief: bool = False) -> list[dict]:
    """The documents for these rows (as from DocumentRow, more columns may follow), as this person may see them.

    `brief`: those that are built now may lack what a row of a list doesn't show (`registry.document.build`).
    """
    return [orjson.loads(body) for body in document_texts(person, rows, brief=brief)]


def document_texts(
    person: Viewer,
    rows: Sequence[tuple[Any, ...]],
    *,
    brief: bool = False,
    hidden: Collection[int] | None = None,
    parties: Sequence[Party] | None = None,
) -> list[str]:
    """`documents` as JSON texts: the stored ones, or built now if the person sees more than the public or none is stored.

    `hidden`: the partnerships among them with a party that the public doesn't see, if that was read already. `parties`:
    what `parties_seen` returns for them, if that was.
    """
    listed = [DocumentRow.of(row) for row in rows]
    if hidden is None:
        hidden = _with_hidden_party(person, [row.pk for row in listed])
    different = [row for row in listed if row.pk in hidden or not row.is_stored]
    if not different:
        return [row.body for row in listed]
    shown = parties_visible_to(person) if parties is None else parties
    if all(row.is_stored for row in different):
        stored = {row.pk: orjson.loads(row.body) for row in different}
        built = with_parties(stored, shown, brief=brief)
    else:  # some must be built anyway, and one build for all takes the fewest queries
        built = build([row.pk for row in different], parties=shown, brief=brief)
    return [write(built[row.pk]) if row.pk in built else row.body for row in listed]


def _with_hidden_party(person: Viewer, pks: Sequence[int]) -> set[int]:
    """Those of these partnerships where the person sees a party that the public doesn't.

    Only there, and in drafts, does their document differ from the public one.
    """
    if not pks or not belongs_somewhere(person):
        return set()
    hidden = hidden_parties_of(person).filter(partnership__in=pks)
    return set(hidden.order_by().values_list("partnership_id", flat=True))


def unfiltered_page(person: Viewer, cursor: str, size: int) -> listing.Page | None:
    """A page of all partnerships in the order “id”, with their documents as its rows, read from the stored documents
    alone.

    This is most of the API's traffic. A partnership has a stored document exactly while it is published. Returns None
    when the person may see something else than the public does; the caller then uses the list.
    """
    if is_administrator(person):
        return None
    ends: list[int] = []

    def fetch(after: int | None, backwards: bool, limit: int) -> list[tuple[int, str]]:
        found = _stored_documents(after, backwards, limit)
        edge = 0 if backwards else _LAST
        ends.extend((after or 0, found[-1][0] if len(found) == limit else edge))
        return found

    page = listing.page_by_id(cursor, size, fetch)
    if belongs_somewhere(person) and _is_own_between(person, *sorted(ends)):
        return None
    if not all(body for _, body in page.rows):
        built = publication.document_texts(page.rows)
        page.rows = [(pk, built[pk]) for pk, _ in page.rows if pk in built]
    page.rows = [body for _, body in page.rows]
    return page


_DEPARTMENT_OF = "department_id IN (SELECT id FROM partnerships_department WHERE jurisdiction_id IN ({}))"
_LAST = 2**63 - 1
# Where a partnership may read differently for members than for the public: table, its column of the partnership, and
# how it refers to an office or organization. An entry too many only costs time; a missing one would give a wrong page.
_NAMES_A_BODY = (
    ("partnership", "id", "lead_id IN ({})", jurisdictions_read_by),
    ("draftshare", "partnership_id", "jurisdiction_id IN ({})", jurisdictions_read_by),
    ("draftshare", "partnership_id", _DEPARTMENT_OF, jurisdictions_read_by),
    ("draftshare", "partnership_id", "department_id IN ({})", departments_of),
    ("draftshare", "partnership_id", "organization_id IN ({})", organizations_of),
    ("party", "partnership_id", "organization_id IN ({})", organizations_of),
)


def _is_own_between(person: Viewer, low: int, high: int) -> bool:
    """Whether a partnership with an id from `low` to `high` refers to an office or organization of the person."""
    parts, values = [], []
    for table_name, column, names, own_ids in _NAMES_A_BODY:
        own = own_ids(person)
        if own:
            names = names.format(", ".join(["%s"] * len(own)))
            parts.append(f"SELECT 1 FROM partnerships_{table_name} WHERE {names} AND {column} BETWEEN %s AND %s")  # noqa: S608
            values += [*own, low, high]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts) + " LIMIT 1", values)
        return cursor.fetchone() is not None


def _stored_documents(after: int | None, backwards: bool, limit: int) -> list[tuple[int, str]]:
    beyond, order = ("<", "DESC") if backwards else (">", "ASC")
    condition = f"AND partnership_id {beyond} %s " if after is not None else ""
    statement = (
        f"SELECT partnership_id, {publication.STORED_DOCUMENT} FROM partnerships_publication"  # noqa: S608
        f" WHERE body IS NOT NULL AND partnership_id IS NOT NULL {condition}ORDER BY partnership_id {order} LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*([] if after is None else [after]), limit])
        return cursor.fetchall()


def partnership_rows(person: Viewer, pks: Iterable[int]) -> list[DocumentRow]:
    """Rows for `documents` and `document_texts`, for those of these partnerships that the person may see."""
    rows = partnerships_visible_to(person).filter(pk__in=list(pks))
    return [DocumentRow.of(row) for row in rows.values_list("pk", "pk", *DOCUMENT_COLUMNS)]


def documents_by_id(person: Viewer, pks: Iterable[int]) -> dict[int, dict]:
    """Documents by primary key, for those of these partnerships that the person may see."""
    rows = partnership_rows(person, pks)
    return dict(zip([row.pk for row in rows], documents(person, rows), strict=True))


@dataclass
class PartnershipDetail:
    """One partnership as one person may see it."""

    record: Partnership
    document: dict
    is_whole: bool  # reads drafts, notes and unlisted parties
    parties: list[Party] | None  # `parties_seen`, if the document was made of them


def partnership(person: Viewer, public_id: str) -> Partnership:
    """One partnership. Raises NotFound or MistypedId."""
    return get_or_not_found(partnerships_visible_to(person).select_related("lead", "purpose", "origin"), public_id)


def partnership_to_edit(person: Viewer, public_id: str) -> Partnership:
    """`partnership` with the facts of its kind that are single rows."""
    rows = partnerships_visible_to(person).select_related("lead", "purpose", "origin", *ONE_ROW)
    return get_or_not_found(rows, public_id)


def partnership_detail(person: Viewer, public_id: str) -> PartnershipDetail:
    """One partnership with its document. A fixed number of queries."""
    rows = partnerships_visible_to(person).select_related("lead", "purpose", "origin")
    rows = rows.annotate(body=publication.stored_document())
    if sees_more_than_documents(person):
        rows = rows.annotate(has_hidden=Exists(hidden_parties_of(person).filter(partnership=OuterRef("pk"))))
    record = get_or_not_found(rows, public_id)
    row = DocumentRow.of((record.pk, None, record.is_published, record.body))  # type: ignore[attr-defined]  # annotated above
    hidden = {record.pk} if getattr(record, "has_hidden", False) else ()
    parties = parties_seen(person, [record]) if hidden or not record.is_published else None
    (body,) = document_texts(person, [row], hidden=hidden, parties=parties)
    return PartnershipDetail(record, orjson.loads(body), may_read_all(person, record), parties)


def related_to(person: Viewer, document: dict[str, Any]) -> list[dict]:
    """The documents of the partnerships that one grew out of, and of those that it led to."""
    linked = set(document["grew_out_of"]) | {link["id"] for link in document["led_to"] if link["id"]}
    pks = partnerships_visible_to(person).filter(public_id__in=linked).values_list("pk", flat=True)
    return list(documents_by_id(person, pks).values()) if linked else []


def notes_and_answers(person: Viewer, record: Partnership) -> tuple[list[tuple[str, str]], list[tuple]]:
    """For readers who may read the whole record, otherwise empty: (party name, internal note) of each party with a note,
    and (party, its latest SeatConsent or None) of each party that answers for its seat.
    """
    if not may_read_all(person, record):
        return [], []
    parties = list(record.parties.select_related("partnership", *BODIES))
    notes = [(str(party), party.internal_notes) for party in parties if party.internal_notes]
    return notes, _answers_to_seats(record, [party for party in parties if not seats.needs_no_consent(party)])


def _answers_to_seats(record: Partnership, parties: Iterable[Party]) -> list[tuple[Party, SeatConsent | None]]:
    """Each of these parties with its latest answer, or the office's latest invitation."""
    latest = latest_answers([record], along=("by", "contact"))
    return [(party, latest.get((record.pk, *body_key(party)))) for party in parties]


def without_a_voice(parties: Iterable[Party]) -> set[int]:
    """The primary keys of those of these parties that confirmed their seat, and that can't say anything here now: they
    have no editors, and no contact with a personal link. At most two queries.
    """
    confirmed = [party for party in parties if party.state == SeatState.CONFIRMED and seats.is_at_table(party)]
    editors = representatives_by_party(confirmed)
    silent = [party for party in confirmed if not editors[party.pk]]
    contacts = contacts_who_confirmed(silent) if silent else {}
    return {party.pk for party in silent} - contacts.keys()


def parties_seen(person: Viewer, partnerships: Sequence[Partnership]) -> list[Party]:
    """The partners of these partnerships that the person may see, with what circles and both sides' words need.

    `is_own`: whether it's one of `own_parties_of`, which are among them.
    """
    rows = parties_visible_to(person).filter(partnership__in=partnerships).order_by("position", "pk")
    rows = rows.annotate(**{"is_own": Q(pk__in=own_party_ids(person))})
    return list(rows.select_related("partnership__lead", *BODIES).prefetch_related("roles"))


def parties_to_edit(record: Partnership) -> QuerySet[Party]:
    """All partners of a record with their roles, for those who may write it."""
    return record.parties.select_related("partnership", *BODIES).prefetch_related("roles")


def public_document(public_id: str) -> str:
    """The public document of a published partnership as text. Raises NotFound or MistypedId."""
    rows = Partnership.objects.filter(public_id=ids.parse(public_id), is_published=True)
    row = rows.values_list("pk", publication.stored_document()).first()
    body = publication.document_texts([row]).get(row[0]) if row else None
    if body is None:
        raise NotFound
    return body


def changes_of(person: Viewer, record: Record) -> QuerySet[Change]:
    """The change log of a record and of those merged into it, newest first; empty for people who may not read it.

    Changes of its members are in a log of their own.
    """
    rows = Change.objects.filter(record_type=record._meta.model_name, record_id__in=merged_pks(record))
    rows = rows.exclude(verb__in=VERBS_WITHOUT_VERSION).select_related("by")
    if not may_read_history(person, record):
        return rows.none()
    changes_seen = record_types.for_record(record).changes_seen
    return changes_seen(person, record, rows) if changes_seen else rows


def change_log(person: Viewer, record: Record, *, most: int = LATEST) -> list[Change]:
    """The latest entries of `changes_of`."""
    return list(changes_of(person, record)[:most])


def change_pages(person: Person, record: Record, params: Params) -> listing.Listing:
    """All entries of `changes_of`, in pages. Raises NotFound for people who may not read the history."""
    if not may_read_history(person, record):
        raise NotFound
    refuse_unknown(params, ("cursor",))
    cursor, rows = params.get("cursor", ""), changes_of(person, record)
    filters = ListFilter(params, rows, person=person)
    return listing.Listing(rows, rows, filters, {"id": Ordering("pk", "")}, "-id", cursor)


def facet_counts(found: listing.Listing) -> dict[str, dict[str, int]]:
    """Counts for the filter options of a listing: facet → value → how many.

    Without filters: the stored counts. For a filtered list of up to CAP rows: counted in one statement. For a longer
    one: only the options of the single filter in use, from the stored counts; the others have no number. Staff also
    get no number for sides and roles, since the documents count the parties that everyone may see, and staff may see
    more.
    """
    in_use, staff = set(found.filters.in_use), sees_more_than_documents(found.filters.person)
    plain = found.query is None and not staff
    if plain and not in_use:
        return _stored_counts(COUNTED)
    counts = _facet_counts(found)
    if plain and len(in_use) == 1:
        counts |= _stored_counts(in_use & set(COUNTED))
    else:
        # For a filter in use, the counts of its other options would not say what choosing them adds.
        counts = {name: values for name, values in counts.items() if name not in in_use}
    return {name: values for name, values in counts.items() if not (staff and name in OF_PARTIES)}


def _stored_counts(facets: Iterable[str]) -> dict[str, Any]:
    counts: dict[str, dict[str, int]] = {name: {} for name in facets}
    rows = FacetCount.objects.filter(resource=RESOURCE, facet__in=facets)
    for facet, value, n in rows.values_list("facet", "value", "count"):
        counts[facet][value] = n
    return counts


def _facet_counts(found: listing.Listing) -> dict[str, Any]:
    """Counts of the facets of these rows; empty for more than CAP rows.

    Where their documents are read anyway, they are read once, and their number is recorded in the listing.
    """
    rows = found.countable()
    if rows is None or (found.query is None and not found.filters.documents_answer and found.total()[1]):
        return {}
    try:
        sql, params = found.filters.facet_rows(rows, among=found.among()).query.sql_with_params()
    except EmptyResultSet:
        found.set_total(0)
        return {name: {} for name in COUNTED}
    each = "value FROM s, json_each(s.facets)" if connection.vendor == "sqlite" else "unnest(facets) AS value FROM s"
    few = "WHERE (SELECT n FROM total) <= %s"
    statement = (
        f"WITH s AS MATERIALIZED ({sql}), total AS (SELECT count(*) AS n FROM s)"  # noqa: S608
        " SELECT 'total', NULL, n FROM total"
        f" UNION ALL SELECT 'facet', value, count(*) FROM (SELECT {each} {few}) AS e GROUP BY value"
        f" UNION ALL SELECT 'first', pk, 0 FROM (SELECT pk FROM s {few} ORDER BY changed DESC, pk DESC LIMIT %s) AS f"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, CAP, CAP, FIRST])
        (*_, total), *rows = cursor.fetchall()
    # In the order of facets, the first rows are known now.
    first = [pk for sort, pk, _ in rows if sort == "first"]
    in_this_order = found.sorts_few and found.ordering == "-updated" and total <= CAP
    found.set_total(total, first if in_this_order else None)
    rows = [(number, n) for sort, number, n in rows if sort == "facet"]
    counts: dict[str, dict[str, int]] = {name: {} for name in COUNTED} if total <= CAP else {}
    names = counted_names() if rows else {}
    for number, n in rows:
        facet, _, value = names[number].partition(":")
        counts[facet][value] = n
    return counts


def seats_to_confirm(person: Viewer, *, most: int) -> list[Party]:
    """The partners in work of the person's own offices that were invited and haven't answered, longest ago first.

    `invited_at` is when. One query.
    """
    same = [Q(**{name: OuterRef(name)}) for name in BODIES]
    invited = SeatConsent.objects.filter(reduce(or_, same), partnership=OuterRef("partnership"))
    rows = Party.objects.filter(state=SeatState.INVITED, partnership__lead__in=jurisdictions_read_by(person))
    rows = rows.filter(partnership__is_published=True).exclude(partnership__status=Status.ENDED)
    rows = rows.select_related("partnership", *BODIES)
    rows = rows.annotate(invited_at=Subquery(invited.order_by("-at").values("at")[:1]))
    return list(rows.order_by(F("invited_at").asc(nulls_last=True), "pk")[:most])


def issue_counts(person: Viewer) -> dict[str, int]:
    """Issue area key → how many published partnerships are at or below it (stored counts)."""
    return _stored_counts(("issue",))["issue"]


def recently_published(person: Viewer, *, most: int = 6) -> list[tuple]:
    """What was published recently, latest first: (moment, document)."""
    rows = partnerships_visible_to(person).filter(is_published=True).order_by("-published_at", "-pk")
    rows = list(rows.values_list("pk", "pk", *DOCUMENT_COLUMNS, "published_at")[:most])
    return list(zip([row[-1] for row in rows], documents(person, rows), strict=True))


def leads_of(found: listing.Listing) -> list[tuple[Jurisdiction, int]]:
    """(lead agency, number of partnerships) of a listing, largest number first. Two queries.

    Only for a listing whose total is exact, so at most CAP rows are counted.
    """
    rows = found.rows.order_by().values("lead").annotate(n=Count("pk", distinct=True))
    numbers = dict(rows.values_list("lead", "n"))
    leads = Jurisdiction.objects.filter(pk__in=numbers).order_by("name", "pk")
    return sorted(((lead, numbers[lead.pk]) for lead in leads), key=lambda one: -one[1])


def recently_changed_by(person: Person, *, most: int = 5) -> list[Partnership]:
    """The partnerships that the person changed last, latest first, as far as the person still sees them. One query."""
    own = Change.objects.filter(by=person, record_type="partnership")
    latest = own.order_by("-pk").values("record_id")[:RECENT_CHANGES]
    last = Subquery(own.filter(record_id=OuterRef("pk")).order_by("-pk").values("pk")[:1])
    rows = partnerships_visible_to(person).filter(pk__in=latest).annotate(last_change=last)
    return list(rows.select_related("lead").order_by("-last_change")[:most])


def _in_area(person: Viewer, area: IssueArea) -> QuerySet[Partnership]:
    """The partnerships at or below an issue area, last changed first."""
    tagged = Partnership.issue_areas.through.objects.filter(
        partnership=OuterRef("pk"), issuearea__path__startswith=area.path
    )
    return partnerships_visible_to(person).filter(Exists(tagged)).order_by("-updated_at", "-pk")


def partnerships_on(person: Viewer, area: IssueArea, *, most: int = 6) -> list[dict]:
    """Documents of the partnerships at or below an issue area, last changed first."""
    return documents(person, list(_in_area(person, area).values_list("pk", "pk", *DOCUMENT_COLUMNS)[:most]))


def records_on(person: Viewer, area: IssueArea, *, most: int, within: Jurisdiction | None = None) -> list[Partnership]:
    """The partnership records with their leads. `within`: only those led by this jurisdiction or one below it."""
    rows = _in_area(person, area)
    rows = rows.filter(lead__path__startswith=within.path) if within else rows
    return list(rows.select_related("lead")[:most])


def leads_on(person: Viewer, area: IssueArea, *, most: int = 100) -> list[Jurisdiction]:
    """The leads of partnerships at or below an issue area that the person may see, by name."""
    led = _in_area(person, area).order_by().values("lead")
    return list(Jurisdiction.objects.filter(pk__in=led).order_by("name", "pk")[:most])


def areas_led_by(person: Viewer, jurisdiction: Jurisdiction, *, most: int = 20) -> list[IssueArea]:
    """The issue areas of the partnerships that a jurisdiction leads, as far as the person may see these."""
    led = partnerships_visible_to(person).filter(lead=jurisdiction).order_by().values("pk")
    tagged = Partnership.issue_areas.through.objects.filter(partnership__in=led).values("issuearea")
    return list(IssueArea.objects.filter(pk__in=tagged).order_by("position", "name")[:most])


def partnerships_of(person: Viewer, *, most: int = 50, **entity: Any) -> tuple[list[dict[str, Any]], bool]:
    """Documents of the partnerships that this record takes part in or leads, and whether there are more than `most`."""
    parties = parties_visible_to(person).filter(**entity).values("partnership")
    rows = partnerships_visible_to(person).filter(pk__in=parties)
    if "jurisdiction" in entity:
        rows = rows | partnerships_visible_to(person).filter(lead=entity["jurisdiction"])
    found = list(rows.order_by("-updated_at", "-pk").values_list("pk", "pk", *DOCUMENT_COLUMNS).distinct()[: most + 1])
    return documents(person, found[:most]), len(found) > most


def seats_after_closing(person: Viewer, body: Body, *, most: int = 50) -> list[Party]:
    """The seats that still name an office or organization that has closed as a current partner, by the title of the
    partnership. Only for people who may end some of them, or who may change its record; others get none.
    """
    if not is_closed(body) or not belongs_somewhere(person):
        return []
    rows = parties_visible_to(person).filter(seats.at_table(), **{str(body._meta.model_name): body})
    rows = rows.exclude(partnership__status=Status.ENDED).select_related("partnership__lead")
    return list(rows.order_by("partnership__title", "pk")[:most])


def leading_jurisdictions(*, own: Collection[int] = (), most: int = 40) -> list[Jurisdiction]:
    """The options of a filter by lead agency: those in `own` (primary keys) first, then those that lead published
    partnerships, by name.
    """
    led = Exists(Partnership.objects.filter(lead=OuterRef("pk"), is_published=True))
    rows = Jurisdiction.objects.filter(led | Q(pk__in=own))
    return list(rows.order_by(Case(When(pk__in=own, then=0), default=1), "name")[:most])
