"""Reads partnerships: lists, details, and those of a person, a place or an issue area."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.models import Person
from partnerships.core import ids, listing
from partnerships.core.access import (
    Viewer,
    belongs_somewhere,
    get_or_not_found,
    is_staff,
    jurisdictions_read_by,
    prepared_list,
)
from partnerships.core.listing import Ordering
from partnerships.core.models import Change
from partnerships.core.prepared import Placeholder
from partnerships.core.types import Params
from partnerships.directory.models import IssueArea, Jurisdiction
from partnerships.registry import publication
from partnerships.registry.choices import RESOURCE
from partnerships.registry.document_queries import (
    DOCUMENT_COLUMNS,
    DocumentRow,
    document_texts,
    documents,
    documents_by_id,
)
from partnerships.registry.facet_queries import count_rows
from partnerships.registry.filters import AgreementFilter, PartnershipFilter
from partnerships.registry.models import ONE_ROW, Partnership, Party
from partnerships.registry.party_queries import parties_seen
from partnerships.registry.rules import (
    hidden_parties_of,
    may_read_all,
    parties_visible_to,
    partnerships_visible_to,
    sees_more_than_documents,
)

MOST_LEADS = 40  # options of a filter by lead agency
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
        found.orderings, found.sorts_few, found.counter = BY_FACETS, True, count_rows
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
    found = _records_with_documents(person, public_id=ids.parse(public_id))
    # What isn't found may have been merged into another record.
    record: Any = found[0] if found else get_or_not_found(_with_documents(person), public_id)
    row = DocumentRow.of((record.pk, None, record.is_published, record.body))
    hidden = {record.pk} if getattr(record, "has_hidden", False) else ()
    parties = parties_seen(person, [record]) if hidden or not record.is_published else None
    (body,) = document_texts(person, [row], hidden=hidden, parties=parties)
    return PartnershipDetail(record, orjson.loads(body), may_read_all(person, record), parties)


@prepared_list
def _records_with_documents(person: Viewer) -> QuerySet[Partnership]:
    return _with_documents(person).filter(public_id=Placeholder("public_id"))


def _with_documents(person: Viewer) -> QuerySet[Partnership]:
    rows = partnerships_visible_to(person).select_related("lead", "purpose", "origin")
    rows = rows.annotate(body=publication.stored_document())
    if sees_more_than_documents(person):
        rows = rows.annotate(has_hidden=Exists(hidden_parties_of(person).filter(partnership=OuterRef("pk"))))
    return rows


def related_to(person: Viewer, document: dict[str, Any]) -> list[dict]:
    """The documents of the partnerships that one grew out of, and of those that it led to."""
    linked = set(document["grew_out_of"]) | {link["id"] for link in document["led_to"] if link["id"]}
    pks = partnerships_visible_to(person).filter(public_id__in=linked).values_list("pk", flat=True)
    return list(documents_by_id(person, pks).values()) if linked else []


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
    return _recently_changed_by(person, most)


@prepared_list
def _recently_changed_by(person: Person, most: int) -> QuerySet[Partnership]:
    own = Change.objects.filter(by=person.pk, record_type="partnership")
    latest = own.order_by("-pk").values("record_id")[:RECENT_CHANGES]
    last = Subquery(own.filter(record_id=OuterRef("pk")).order_by("-pk").values("pk")[:1])
    rows = partnerships_visible_to(person).filter(pk__in=latest).annotate(last_change=last)
    return rows.select_related("lead").order_by("-last_change")[:most]


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


@prepared_list
def leading_jurisdictions(person: Viewer, most: int) -> QuerySet[Jurisdiction]:
    """The options of a filter by lead agency: the person's own offices first, then those that lead published
    partnerships, by name.
    """
    own = jurisdictions_read_by(person)
    led = Exists(Partnership.objects.filter(lead=OuterRef("pk"), is_published=True))
    rows = Jurisdiction.objects.filter(led | Q(pk__in=own))
    return rows.order_by(Case(When(pk__in=own, then=0), default=1), "name")[:most]
