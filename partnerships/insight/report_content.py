"""What a report says, as plain JSON that stands still from then on: numbers, keys and names (`report_names`), each as the report's
readers may see it (`report_striking.reader_of`), and of how much of the whole it speaks. Pages put it into words.

Everything is asked through the rules and queries that the pages ask; nothing is counted here that they count otherwise.
"""

from collections import Counter
from datetime import timedelta

from django.http import QueryDict

from partnerships.communication.models import Decision
from partnerships.communication.rules import actions_visible_to, notes_visible_to
from partnerships.core import clock
from partnerships.core.choices import Side
from partnerships.core.errors import Missing, UnknownParameters, ValidationError
from partnerships.framework.models import Respondent
from partnerships.framework.portfolio_queries import flagged_in, latest_of
from partnerships.framework.rules import published_rounds, rounds_visible_to
from partnerships.insight import circles
from partnerships.insight.choices import ReportKind
from partnerships.insight.coverage import coverage_of
from partnerships.insight.network_rules import seated_between
from partnerships.insight.queries import SeatSeen, empty_seats_at
from partnerships.insight.report_measures import measures
from partnerships.insight.report_names import Names, link
from partnerships.insight.report_striking import reader_of
from partnerships.registry.choices import Circle, Kind, Status, Verdict
from partnerships.registry.models import Confirmation
from partnerships.registry.queries import partnership_list
from partnerships.registry.rules import parties_visible_to, partnerships_visible_to

MOST_PARTNERSHIPS = 1_000
MOST_GAPS, MOST_DECISIONS, MOST_SEATS = 40, 60, 40
WINDOW = timedelta(days=365)
BODIES = ("jurisdiction", "department", "organization")
NOT_VALID = "Its filters cannot be used as they are any more. Open the report's settings and choose them anew."
TOO_MANY = f"More than {MOST_PARTNERSHIPS:,} partnerships match. Choose more filters."
GONE = "The partnership is not here any more, or its readers may not see it."


class Unmakeable(ValidationError):
    """A report that cannot be made as it was asked for; its words say why."""


def listing_of(definition):
    """The partnerships of a council report. Raises Unmakeable where its filters are not valid (any more)."""
    try:
        return partnership_list(reader_of(definition), QueryDict(definition.query))
    except (UnknownParameters, ValidationError, Missing):
        raise Unmakeable(NOT_VALID) from None


def content_of(definition, note=lambda percent: None) -> tuple[dict, Names]:
    """(the content, what it names). `note` is told how far it is, in percent. Raises Unmakeable."""
    from_kind = {ReportKind.COUNCIL: _council, ReportKind.PROFILE: _profile, ReportKind.PARTNER: _own}
    names, today = Names(), clock.today(clock.zone(getattr(definition.owner, "zone", "UTC")))
    about = {
        "kind": definition.kind,
        "title": definition.title,
        "owner": link(definition.owner),
        "eyes": definition.eyes,
        "made_on": str(today),
        "since": str(today - WINDOW),
    }
    if definition.organization_id:
        about["owner"] = names.add("organization", definition.organization_id, **about["owner"])
    return about | from_kind[definition.kind](definition, reader_of(definition), today, names, note), names


def _council(definition, reader, today, names, note):
    listing = listing_of(definition)
    pks = list(listing.rows.order_by().values_list("pk", flat=True)[: MOST_PARTNERSHIPS + 1])
    if len(pks) > MOST_PARTNERSHIPS:
        raise Unmakeable(TOO_MANY)
    rows = partnerships_visible_to(reader).filter(pk__in=pks)
    records = list(rows.select_related("lead").order_by("title", "pk"))
    parties = seated(reader, pks, today)
    note(20)
    found = {
        "filters": names.of_filters(listing.filters),
        "words": listing.query.text if listing.query else "",
        "total": len(records),
        **_counts(records),
        "areas": _areas(reader, rows),
        "rings": rings(parties),
    }
    seats = empty_seats_at(reader, pks, definition.jurisdiction, most=MOST_SEATS)
    found["seats"], found["share"] = [_seat(one, names) for one in seats], _share(parties, seats)
    note(40)
    found |= gaps(reader, pks, names)
    found["decisions"] = decisions(reader, pks, today, names)
    note(60)
    found["measures"] = measures(reader, pks, names)
    found["answered"] = _with_a_word(parties)
    by_table: dict = {}
    for party in parties:
        by_table.setdefault(party.partnership_id, []).append(names.of_party(party))
    found["partnerships"] = [
        names.of_partnership(
            one,
            kind=one.kind,
            status=one.status,
            lead=link(one.lead),
            parties=by_table.get(one.pk, []),
            is_illustration=one.is_illustration,
        )  # fmt: skip
        for one in records
    ]
    note(80)
    return found


def seated(reader, pks, today) -> list:
    """The parties that sit at these tables today, as far as the readers may know of them."""
    rows = parties_visible_to(reader).filter(seated_between(today, today), partnership__in=pks)
    return list(rows.select_related(*BODIES).prefetch_related("roles").order_by("partnership", "position", "pk"))


def _counts(records):
    kinds, statuses = (Counter(getattr(one, name) for one in records) for name in ("kind", "status"))
    return {
        "kinds": [[key, kinds[key]] for key in Kind.values if kinds[key]],
        "statuses": [[key, statuses[key]] for key in Status.values if statuses[key]],
    }


def _areas(reader, rows):
    areas = coverage_of(reader, rows).issue_areas()
    return [
        {"key": area.key, "name": area.name, "tables": area.tables, "with_community": area.with_community}
        for area in areas
        if area.tables
    ]


def rings(parties) -> list[dict]:
    """Seats by circle, from the center out, and by side; those whose circle is not said stand last."""
    seats = Counter((party.circle, party.side) for party in parties)
    rows = [{"circle": ring, **{side: seats[ring, side] for side in Side.values}} for ring in (*circles.RINGS, "")]
    return [row for row in rows if row["circle"] or any(row[side] for side in Side.values)]


def _share(parties, seats):
    share = circles.share([(one.side, one.circle) for one in parties], [seat.circle for seat in seats])
    return {"taken": share.taken, "community": share.community, "empty": share.empty}


def _seat(seat, names):
    at = names.of_partnership(seat.partnership) if seat.partnership else link_of_area(seat.issue_area)
    return {"wanted": str(SeatSeen(seat, []).wanted), "circle": seat.circle, "why": seat.why, "at": at}


def link_of_area(area):
    return {"id": area.key, "name": area.name, "url": ""}


def gaps(reader, pks, names) -> dict:
    """Of the latest opened round of each partnership that the readers may see: how many there are, and what asks for an answer."""
    rounds = latest_of(published_rounds() if reader is None else rounds_visible_to(reader), pks)
    counted = rounds.order_by().values("partnership").distinct().count()
    return {"rounds": counted, "gaps": [_gap(row, names) for row in flagged_in(rounds, most=MOST_GAPS)]}


def _gap(row, names):
    score = row.seen.scores.get
    return names.add(
        "round",
        row.round.pk,
        **link(row.round, row.round.title),
        partnership=names.of_partnership(row.round.partnership),
        item=row.seen.item.name,
        levels=[str(name) for name in row.seen.item.names],
        sides=[{"side": key, "median": score(key).median, "or_beyond": score(key).or_beyond} for key in row.pair],
        gap=row.seen.gap,
        answered_on=str(row.seen.note.at.date()) if row.seen.note else "",
        due_on=str(row.due_on or ""),
        is_illustration=row.round.is_illustration,
    )


def decisions(reader, pks, today, names) -> list[dict]:
    """What public meetings of the last year decided, where everyone may read it; the latest first."""
    meetings = notes_visible_to(reader).filter(partnership__in=pks, is_public=True, notes_are_public=True)
    meetings = meetings.filter(date__gt=today - WINDOW, date__lte=today)
    rows = Decision.objects.filter(meeting__in=meetings.values("pk")).select_related("meeting__partnership")
    rows = rows.prefetch_related("decided_by").order_by("-meeting__date", "-meeting__pk", "position", "pk")
    rows = list(rows[:MOST_DECISIONS])
    seen = parties_visible_to(reader).filter(pk__in=[one.pk for row in rows for one in row.decided_by.all()])
    seen = {party.pk: party for party in seen.select_related(*BODIES)}
    return [_decision(row, seen, names) for row in rows]


def _decision(row, seen, names):
    return names.add(
        "meeting",
        row.meeting_id,
        **link(row.meeting, row.meeting.title),
        on=str(row.meeting.date),
        partnership=names.of_partnership(row.meeting.partnership),
        question=row.question,
        outcome=row.outcome,
        community_input=row.community_input,
        by=[names.of_party(seen[one.pk]) for one in row.decided_by.all() if one.pk in seen],
        is_illustration=row.meeting.is_illustration,
    )


def _with_a_word(parties) -> int:
    """In how many partnerships a party has said whether the record is right."""
    said = Confirmation.objects.filter(party__in=[party.pk for party in parties]).order_by()
    return said.values("party__partnership").distinct().count()


def last_words(parties) -> dict[int, Confirmation]:
    """Party's key → what it said last of the record."""
    said = Confirmation.objects.filter(party__in=[party.pk for party in parties]).order_by("at", "pk")
    return {one.party_id: one for one in said}


def _part(party, names, said=None):
    """A party with its own words: struck, all of these go."""
    roles = [row.role for row in party.roles.all() if row.ends_on is None]
    words = (
        {
            "verdict": said.verdict,
            "words": said.words if said.verdict == Verdict.DISPUTED else "",
            "on": str(said.at.date()),
        }
        if said
        else None
    )
    return names.of_party(party, circle=party.circle, roles=roles, adds=party.contribution, said=words)


def _profile(definition, reader, today, names, note):
    rows = partnerships_visible_to(reader).filter(pk=definition.partnership_id)
    record = rows.select_related("lead", "purpose", "origin").first()
    if record is None:
        raise Unmakeable(GONE)
    parties, pks = seated(reader, [record.pk], today), [record.pk]
    said = last_words(parties)
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
        "parties": [_part(one, names, said.get(one.pk)) for one in parts],
        "rings": rings(parties),
        "share": _share(parties, []),
        **gaps(reader, pks, names),
        "decisions": decisions(reader, pks, today, names)[:5],
        "measures": measures(reader, pks, names, most=6),
    }


def _own(definition, reader, today, names, note):
    own = parties_visible_to(reader).filter(
        organization=definition.organization_id, partnership__in=partnerships_visible_to(reader)
    )
    own = own.exclude(circle__in=(Circle.NOT_APPROACHED, Circle.DECLINED))
    own = list(
        own.select_related("partnership__lead", *BODIES).prefetch_related("roles").order_by("partnership__title", "pk")
    )
    pks, said, to_do = [one.partnership_id for one in own], last_words(own), {}
    for action in actions_visible_to(reader).filter(owner_party__in=own).order_by("due_on", "pk"):
        to_do.setdefault(action.owner_party_id, []).append(action)
    asked = Counter(Respondent.objects.filter(party__in=own).values_list("party", flat=True))
    note(40)
    return {
        "parts": [
            names.of_partnership(
                one.partnership,
                kind=one.partnership.kind,
                status=one.partnership.status,
                lead=link(one.partnership.lead),
                own=_part(one, names, said.get(one.pk)),
                asked_on=str(one.confirm_asked_on or ""),
                rounds=asked[one.pk],
                to_do=[
                    {"title": row.title, "status": row.status, "due_on": str(row.due_on or "")}
                    for row in to_do.get(one.pk, ())
                ],
                is_illustration=one.partnership.is_illustration,
            )  # fmt: skip
            for one in own
        ],
        **gaps(reader, pks, names),
        "decisions": decisions(reader, pks, today, names),
        "measures": measures(reader, pks, names),
    }
