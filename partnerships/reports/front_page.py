"""What the first page of a council report shows: the circles of one partnership, one trend and one gap.

JSON like the rest of the content, with a number for everything that may have to be redacted later.
"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from partnerships.core.access import Viewer
from partnerships.insight.circles import RINGS
from partnerships.insight.measures import figure
from partnerships.insight.models import ExpectedSeat
from partnerships.insight.names import Names, link
from partnerships.insight.queries import SeatSeen, withheld_seats
from partnerships.insight.sections import share_of
from partnerships.measurement import number_words as words
from partnerships.measurement.choices import Direction, MeasureKind
from partnerships.measurement.models import Measure
from partnerships.measurement.number_kinds import rounded
from partnerships.measurement.number_queries import (
    Number,
    Numbers,
    cell_name,
    numbers_of_each,
    redefined_on,
    true_values,
)
from partnerships.measurement.queries import measures_on
from partnerships.registry.choices import Status
from partnerships.registry.models import Partnership, Party

PERIODS, MOST_MEASURES, MOST_GROUPS = 6, 40, 4
_BETTER = {Direction.UP: "higher", Direction.DOWN: "lower"}


def front_page(
    reader: Viewer,
    records: Sequence[Partnership],
    parties: Sequence[Party],
    seats: Sequence[ExpectedSeat],
    gaps: Sequence[dict[str, Any]],
    names: Names,
) -> dict[str, Any]:
    """The circles of one partnership, one trend, and which gap is shown.

    `seats`: the empty ones. `gaps`: those of the report; `gap_at` is the index of the one shown, or None.
    """
    focus = _focus(records, parties)
    return {
        "circles": _circles(reader, focus, parties, seats, names) if focus else None,
        "trend": _trend(reader, records, names),
        "gap_at": _gap_at(gaps, focus),
        "is_all_illustration": bool(records) and all(one.is_illustration for one in records),
    }


def _focus(records: Sequence[Partnership], parties: Sequence[Party]) -> Partnership | None:
    """The partnership with the most partners in the rings, a current one if there is one."""
    in_rings = Counter(party.partnership_id for party in parties if party.circle in RINGS)
    found = [one for one in records if in_rings[one.pk]]
    return max(found, key=lambda one: (one.status != Status.ENDED, in_rings[one.pk]), default=None)


def _circles(
    reader: Viewer, focus: Partnership, parties: Sequence[Party], seats: Sequence[ExpectedSeat], names: Names
) -> dict[str, Any]:
    own = [party for party in parties if party.partnership_id == focus.pk]
    empty = [seat for seat in seats if seat.partnership_id == focus.pk and seat.circle in RINGS]
    unnamed = withheld_seats(reader, [focus.pk])
    return {
        "of": names.of_partnership(focus, is_illustration=focus.is_illustration),
        "share": share_of(own, empty, unnamed),
        "all_listed": not unnamed,
        "parties": [
            names.of_party(party, circle=party.circle, roles=[row.role for row in party.roles.all() if not row.ends_on])
            for party in own
            if party.circle in RINGS
        ],
        "seats": [
            {"wanted": str(seen.wanted), "side": str(seen.side), "circle": seen.seat.circle}
            for seen in (SeatSeen(seat, []) for seat in empty)
        ],
    }


def _gap_at(gaps: Sequence[dict[str, Any]], focus: Partnership | None) -> int | None:
    """An unanswered gap before others, and one of the partnership on this page before those of others."""
    own = focus.public_id if focus else ""
    order = sorted(
        range(len(gaps)), key=lambda n: (bool(gaps[n]["answered_on"]), gaps[n]["partnership"]["id"] != own, n)
    )
    return order[0] if order else None


def _trend(reader: Viewer, records: Sequence[Partnership], names: Names) -> dict[str, Any] | None:
    """The measure whose groups say most: one that goes on before one that ended, an indicator before others. None if no
    measure has two numbers to show.
    """
    found = measures_on(reader, [one.pk for one in records], most=MOST_MEASURES)
    numbers = numbers_of_each(reader, found, last=PERIODS)
    rows = [(one, _groups(numbers[one.pk])) for one in found if _count_shown(numbers[one.pk]) > 1]
    if not rows:
        return None
    measure, groups = max(
        rows, key=lambda row: (row[0].last_on is None, row[0].kind == MeasureKind.INDICATOR, len(row[1]))
    )
    own = numbers[measure.pk]
    at = measure.target_on
    target = [words.period_words(measure, at), str(rounded(measure, measure.target_value))] if at else None
    return names.add(
        "measure",
        measure.pk,
        **link(measure, measure.title),
        is_illustration=measure.is_illustration,
        unit=words.unit_words(measure),
        direction=_BETTER.get(Direction(measure.direction), ""),
        latest=_latest(measure, own),
        target=target,
        target_words=figure(measure, measure.target_value) if at else "",
        lines=[_line(measure, own, cell) for cell in ("", *groups)],
        redefined_on=str(redefined_on(own) or ""),
    )


def _count_shown(numbers: Numbers, cell: str = "") -> int:
    return sum(number.value is not None for number in numbers.of(cell))


def _groups(numbers: Numbers) -> list[str]:
    """The first groups of one dimension that have a line, those of race first."""
    found = [cell for cell in numbers.cells if cell and "&" not in cell and _count_shown(numbers, cell) > 1]
    first = found[0].partition("=")[0] if found else ""
    return [cell for cell in found if cell.partition("=")[0] == first][:MOST_GROUPS]


def _latest(measure: Measure, numbers: Numbers) -> dict[str, str]:
    """The last number of everyone together, in words."""
    period = max(at for at in numbers.periods if numbers.number(at).value is not None)
    return {"period": words.period_words(measure, period), "value": figure(measure, numbers.number(period).value)}


def _line(measure: Measure, numbers: Numbers, cell: str) -> dict[str, Any]:
    periods = words.with_gaps(measure, numbers.periods)
    points = [_chart_point(measure, words.period_words(measure, at), numbers.number(at, cell)) for at in periods]
    return {"name": cell_name(measure, cell), "is_whole": not cell, "points": points}


def _chart_point(measure: Measure, period: str, number: Number) -> dict[str, Any]:
    """A point of the trend: its number as it is shown, and the range of the true value."""
    between = true_values(measure, number) or ()
    return {
        "period": period,
        "state": number.state,
        "value": _text(words.rounded(measure, number.value)),
        "between": [_text(end) for end in between],
    }


def _text(value: Decimal | None) -> str:
    return "" if value is None else str(value)
