"""The content of a report as JSON that doesn't change afterwards: numbers, keys and names (`insight.names`).

It is limited to what the audience may see (`redaction.reader_of`), and says what it covers. Templates turn it into
text.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from urllib.parse import parse_qs

from django.db.models import F, QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from partnerships.assessment.models import Respondent
from partnerships.core import clock
from partnerships.core.access import Viewer
from partnerships.core.errors import NotFound, UnknownParameters, ValidationError
from partnerships.core.listing import Listing
from partnerships.core.stored_texts import all_stored
from partnerships.insight.coverage import coverage_of
from partnerships.insight.measures import measures
from partnerships.insight.names import Names, link
from partnerships.insight.queries import empty_seats_at, withheld_seats
from partnerships.insight.sections import (
    BODIES,
    WINDOW,
    count_with_statement,
    decisions,
    gaps,
    last_statements,
    own_part_of,
    rings,
    seat_of,
    seated,
    share_of,
)
from partnerships.meetings.rules import actions_visible_to
from partnerships.registry import seats
from partnerships.registry.choices import Circle, Kind, Status
from partnerships.registry.models import Partnership
from partnerships.registry.queries import partnership_list
from partnerships.registry.rules import parties_visible_to, partnerships_visible_to
from partnerships.reports.choices import ReportKind
from partnerships.reports.front_page import front_page
from partnerships.reports.models import ReportDefinition
from partnerships.reports.redaction import reader_of

MOST_PARTNERSHIPS, MOST_SEATS = 1_000, 40
NOT_VALID = _("Its filters no longer work. Open the report’s settings and choose them again.")
TOO_MANY = _("More than %(number)s partnerships match. Add more filters.")
GONE = _("The partnership no longer exists, or the people this report is for can’t see it.")


class ReportNotPossible(ValidationError):
    """A report that can't be created as requested; the message says why."""


def listing_of(definition: ReportDefinition) -> Listing:
    """The partnerships of a council report. Raises ReportNotPossible if its filters are invalid."""
    try:
        return partnership_list(reader_of(definition), MultiValueDict(parse_qs(definition.query)))
    except (UnknownParameters, ValidationError, NotFound):
        raise ReportNotPossible(NOT_VALID) from None


def content_of(definition: ReportDefinition, note: Callable = lambda percent: None) -> tuple[dict, Names]:
    """(the content, the names in it). `note` is called with the progress in percent. Raises ReportNotPossible."""
    from_kind: dict[str, Callable[..., dict[str, Any]]] = {
        ReportKind.COUNCIL: _council,
        ReportKind.PROFILE: _profile,
        ReportKind.PARTNER: _own_partnerships,
    }
    names, today = Names(), clock.today(clock.zone(getattr(definition.owner, "zone", "")))
    owner = link(definition.owner)
    about = {
        "kind": definition.kind,
        "title": definition.title,
        "owner": owner,
        "eyes": definition.eyes,
        "made_on": str(today),
        "since": str(today - WINDOW),
    }
    if definition.organization_id:
        about["owner"] = names.add("organization", definition.organization_id, **owner)
    about |= from_kind[definition.kind](definition, reader_of(definition), today, names, note)
    return all_stored(about), names


def _council(definition: ReportDefinition, reader: Viewer, today: date, names: Names, note: Callable) -> dict[str, Any]:
    listing = listing_of(definition)
    pks = list(listing.rows.order_by().values_list("pk", flat=True)[: MOST_PARTNERSHIPS + 1])
    if len(pks) > MOST_PARTNERSHIPS:
        raise ReportNotPossible(TOO_MANY, params={"number": f"{MOST_PARTNERSHIPS:,}"})
    rows = partnerships_visible_to(reader).filter(pk__in=pks)
    records = list(rows.select_related("lead").order_by("title", "pk"))
    parties, unnamed = seated(reader, pks, today), withheld_seats(reader, pks)
    note(20)
    found = {
        "filters": names.of_filters(listing.filters),
        "words": listing.query.text if listing.query else "",
        "total": len(records),
        **_counts(records),
        "areas": _areas(reader, rows),
        "rings": rings(parties, unnamed),
        "all_listed": not unnamed,
    }
    assert definition.jurisdiction is not None  # a constraint of the table
    seats = empty_seats_at(reader, pks, definition.jurisdiction, most=MOST_SEATS)
    found["seats"] = [seat_of(one, names) for one in seats]
    found["share"] = share_of(parties, seats, unnamed, of_several=True)
    note(40)
    found |= gaps(reader, pks, names)
    found["decisions"] = decisions(reader, pks, today, names)
    note(60)
    found["measures"] = measures(reader, pks, names)
    found["answered"] = count_with_statement(parties)
    by_partnership: dict = {}
    for party in parties:
        by_partnership.setdefault(party.partnership_id, []).append(names.of_party(party))
    found["front"] = front_page(reader, records, parties, seats, found["gaps"], names)
    found["partnerships"] = [_partnership_row(one, by_partnership.get(one.pk, []), names) for one in records]
    note(80)
    return found


def _partnership_row(record: Partnership, parties: Sequence[dict[str, Any]], names: Names) -> dict[str, Any]:
    facts = {name: getattr(record, name) for name in ("kind", "status", "is_illustration")}
    return names.of_partnership(record, lead=link(record.lead), parties=parties, **facts)


def _counts(records: Sequence[Partnership]) -> dict[str, Any]:
    kinds, statuses = (Counter(getattr(one, name) for one in records) for name in ("kind", "status"))
    return {
        "kinds": [[key, kinds[key]] for key in Kind.values if kinds[key]],
        "statuses": [[key, statuses[key]] for key in Status.values if statuses[key]],
    }


def _areas(reader: Viewer, rows: QuerySet[Partnership]) -> list[dict[str, Any]]:
    areas = coverage_of(reader, rows).issue_areas()
    names = ("key", "name", "with_community", "at_least")
    return [
        {name: getattr(area, name) for name in names} | {"tables": area.partnership_count}  # a stored key
        for area in areas
        if area.partnership_count
    ]


def _profile(definition: ReportDefinition, reader: Viewer, today: date, names: Names, note: Callable) -> dict[str, Any]:
    rows = partnerships_visible_to(reader).filter(pk__in=[definition.partnership_id])
    record = rows.select_related("lead", "purpose", "origin").first()
    if record is None:
        raise ReportNotPossible(GONE)
    parties, pks = seated(reader, [record.pk], today), [record.pk]
    statements, unnamed = last_statements(parties), withheld_seats(reader, pks)
    order = [circle.value for circle in Circle] + [""]
    parts = sorted(parties, key=lambda one: order.index(one.circle))
    note(40)
    return {
        "partnership": names.of_partnership(
            record,
            **{name: getattr(record, name) for name in ("kind", "status", "summary", "common_agenda", "engagement")},
            purpose=str(record.purpose),
            origin=str(record.origin or ""),
            lead=link(record.lead),
            starts_on=str(record.starts_on or ""),
            ends_on=str(record.ends_on or ""),
            areas=[area.name for area in record.issue_areas.all()],
            is_illustration=record.is_illustration,
        ),
        "parties": [own_part_of(one, names, statements.get(one.pk)) for one in parts],
        "share": share_of(parties, [], unnamed),
        "all_listed": not unnamed,
        **gaps(reader, pks, names),
        "decisions": decisions(reader, pks, today, names)[:5],
        "measures": measures(reader, pks, names, most=6),
    }


def _own_partnerships(
    definition: ReportDefinition, reader: Viewer, today: date, names: Names, note: Callable
) -> dict[str, Any]:
    """The organization's own partnerships: what it was asked, what it said, and the outcomes."""
    there = partnerships_visible_to(reader).values("pk")
    own = parties_visible_to(reader).filter(organization=definition.organization_id, partnership__in=there)
    own = own.filter(seats.NAMED).select_related("partnership__lead", *BODIES)
    own = list(own.prefetch_related("roles").order_by("partnership__title", "pk"))
    pks, statements = [one.partnership_id for one in own], last_statements(own)
    to_do: dict[int | None, list[dict]] = {}
    for action in (
        actions_visible_to(reader).filter(owner_party__in=own).order_by(F("due_on").asc(nulls_last=True), "pk")
    ):
        row = {"title": action.title, "status": action.status, "due_on": str(action.due_on or "")}
        to_do.setdefault(action.owner_party_id, []).append(row)
    asked = Counter(Respondent.objects.filter(party__in=own).values_list("party", flat=True))
    note(40)
    parts = []
    for one in own:
        row = _partnership_row(one.partnership, [], names) | {"own": own_part_of(one, names, statements.get(one.pk))}
        row |= {"asked_on": str(one.confirm_asked_on or ""), "rounds": asked[one.pk], "to_do": to_do.get(one.pk, [])}
        parts.append(row)
    return {
        "parts": parts,
        **gaps(reader, pks, names),
        "decisions": decisions(reader, pks, today, names),
        "measures": measures(reader, pks, names),
    }
