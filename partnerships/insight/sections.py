"""The sections of reports: seats, gaps, decisions, and statements of parties.

Each is read by the rules and queries of the pages, for `reader` (None: everyone).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from partnerships.assessment.portfolio_queries import Row as GapRow
from partnerships.assessment.portfolio_queries import flagged_in, latest_of
from partnerships.assessment.rules import published_rounds, rounds_visible_to
from partnerships.core import clock
from partnerships.core.access import Viewer
from partnerships.core.choices import Side
from partnerships.directory.models import IssueArea
from partnerships.insight import circles
from partnerships.insight.models import ExpectedSeat
from partnerships.insight.names import link
from partnerships.insight.queries import SeatSeen
from partnerships.meetings.models import Decision
from partnerships.meetings.rules import notes_visible_to
from partnerships.registry.choices import Verdict, WithheldName
from partnerships.registry.models import Confirmation, Party
from partnerships.registry.rules import parties_visible_to
from partnerships.registry.seats import has_agreed, seated_between

if TYPE_CHECKING:
    from partnerships.insight.names import Names

MOST_GAPS, MOST_DECISIONS = 40, 60
WINDOW = timedelta(days=365)
BODIES = ("jurisdiction", "department", "organization", "partnership")


def seated(reader: Viewer, pks: Sequence[int], today: date) -> list:
    """The parties of these partnerships today, as far as readers may know of them."""
    rows = parties_visible_to(reader).filter(seated_between(today, today), partnership__in=pks)
    return list(rows.select_related(*BODIES).prefetch_related("roles").order_by("partnership", "position", "pk"))


def rings(parties: Sequence[Party], unnamed: Sequence[tuple[str, ...]]) -> list[dict]:
    """Seats by circle, from the center out, and by side, including those without a name; unknown circles come last."""
    seats = Counter((party.circle, party.side) for party in parties)
    seats += Counter((circle, side) for side, circle, says in unnamed if says == WithheldName.COUNTED)
    rows = [{"circle": ring, **{side: seats[ring, side] for side in Side.values}} for ring in (*circles.RINGS, "")]
    return [row for row in rows if row["circle"] or any(row[side] for side in Side.values)]


def share_of(
    parties: Sequence[Party], seats: Sequence, unnamed: Sequence[tuple[str, ...]], *, of_several: bool = False
) -> dict[str, int]:
    sitting = [(one.side, one.circle, has_agreed(one)) for one in parties]
    share = circles.share(sitting, [seat.circle for seat in seats], unnamed, of_several=of_several)
    return asdict(share) if not share.is_withheld else {"is_withheld": True}


def seat_of(seat: ExpectedSeat, names: "Names") -> dict[str, Any]:
    at = None
    if seat.partnership:
        at = names.of_partnership(seat.partnership)
    elif seat.issue_area:  # one of the two is set
        at = link_of_area(seat.issue_area)
    return {"wanted": str(SeatSeen(seat, []).wanted), "circle": seat.circle, "why": seat.why, "at": at}


def link_of_area(area: IssueArea) -> dict[str, str]:
    return {"id": area.key, "name": area.name, "url": ""}


def gaps(reader: Viewer, pks: Sequence[int], names: "Names") -> dict:
    """Gaps of the latest opened round of each partnership, as far as readers may see it: how many rounds, and what
    needs a response.
    """
    rounds = latest_of(published_rounds() if reader is None else rounds_visible_to(reader), pks)
    counted = rounds.order_by().values("partnership").distinct().count()
    return {"rounds": counted, "gaps": [_gap(row, names) for row in flagged_in(rounds, most=MOST_GAPS)]}


def _gap(row: GapRow, names: "Names") -> dict[str, Any]:
    seen = row.seen
    assert seen is not None  # a row of `flagged_in` has one question
    shown = [(key, score) for key in row.pair if (score := seen.scores[key])]  # of a flagged one, both
    return names.add(
        "round",
        row.round.pk,
        **link(row.round, row.round.title),
        partnership=names.of_partnership(row.round.partnership),
        item=seen.item.name,
        levels=[str(name) for name in seen.item.names],
        sides=[{"side": key, "median": score.median, "is_band": score.is_band} for key, score in shown],
        gap=seen.gap,
        answered_on=str(seen.note.at.astimezone(clock.zone(row.round.zone)).date()) if seen.note else "",
        due_on=str(row.due_on or ""),
        is_illustration=row.round.is_illustration,
    )


def decisions(
    reader: Viewer, pks: Iterable[Any | int], today: date, names: "Names", *, most: int = MOST_DECISIONS
) -> list[dict]:
    """What public meetings of the last year decided, if everyone may read it; latest first."""
    meetings = notes_visible_to(reader).filter(partnership__in=pks, is_public=True, notes_are_public=True)
    meetings = meetings.filter(date__gt=today - WINDOW, date__lte=today)
    rows = Decision.objects.filter(meeting__in=meetings.values("pk")).select_related("meeting__partnership")
    rows = rows.prefetch_related("decided_by").order_by("-meeting__date", "-meeting__pk", "position", "pk")
    rows = list(rows[:most])
    seen = parties_visible_to(reader).filter(pk__in=[one.pk for row in rows for one in row.decided_by.all()])
    seen = {party.pk: party for party in seen.select_related(*BODIES)}
    return [_decision(row, seen, names) for row in rows]


def _decision(row: Decision, seen: dict, names: "Names") -> dict[str, Any]:
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


def count_with_statement(parties: Sequence[Party]) -> int:
    """The number of partnerships with a statement by a party on the record."""
    statements = Confirmation.objects.filter(party__in=[party.pk for party in parties]).order_by()
    return statements.values("party__partnership").distinct().count()


def last_statements(parties: Sequence[Party]) -> dict[int, Confirmation]:
    """Party's key → its last statement on the record."""
    statements = Confirmation.objects.filter(party__in=[party.pk for party in parties]).order_by("at", "pk")
    return {one.party_id: one for one in statements}


def own_part_of(party: Party, names: "Names", statement: Confirmation | None = None) -> dict[str, Any]:
    """A party with what it says itself: its contribution and last `statement`. Redaction of the party removes all of it."""
    roles = [row.role for row in party.roles.all() if row.ends_on is None]
    words = None
    if statement:
        own = statement.words if statement.verdict == Verdict.DISPUTED else ""
        words = {"verdict": statement.verdict, "words": own, "on": str(clock.day_of(statement.at))}
    return names.of_party(party, circle=party.circle, roles=roles, adds=party.contribution, said=words)
