"""What pictures of measures are drawn from: plain values, already as their reader may see them.

A point's state: "" as it came, "disputed" someone sees it differently, "missing" no data came, "suppressed" kept back since it
is of too few people, "counts_only" of too few people for a rate, "too_few" of too few to compare. A value in one of the last four
is never drawn or said, even where it is given.
"""

from dataclasses import dataclass
from decimal import Decimal

MISSING, SUPPRESSED, DISPUTED = "missing", "suppressed", "disputed"
COUNTS_ONLY, TOO_FEW = "counts_only", "too_few"


class _Valued:
    of = ""

    @property
    def known(self) -> Decimal | None:
        """The value that may be drawn, if there is one."""
        is_kept = self.state in ("", DISPUTED) and self.value is not None and self.value.is_finite()
        return self.value if is_kept else None

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """The lower and upper end of what the value may be, if both came with one that may be drawn."""
        ends = (self.low, self.high)
        if self.known is None or any(one is None or not one.is_finite() for one in ends):
            return None
        return min(ends), max(ends)


def values_of(points) -> list[Decimal]:
    """All that may be drawn of them: values, and the ends of their intervals."""
    known = [one.known for one in points if one.known is not None]
    return known + [end for one in points if one.interval for end in one.interval]


@dataclass(frozen=True)
class Point(_Valued):
    """`label`: the period, in words. `of`: the counts behind the value (“45 of 80”)."""

    label: str
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    state: str = ""
    of: str = ""


@dataclass(frozen=True)
class Line:
    """Points in the order of time, with one for each period. `kind`: "whole" for all people together."""

    name: str
    points: tuple[Point, ...]
    kind: str = ""


@dataclass(frozen=True)
class Trend:
    """One measure over time. `target` and `baseline`: (period, value). `direction`: "lower" or "higher" is hoped for. `axis`: all
    periods that have a place in the picture, one step apart; without it those that something is said of."""

    title: str
    unit_words: str
    lines: tuple[Line, ...]
    target: tuple[str, Decimal] | None = None
    baseline: tuple[str, Decimal] | None = None
    forecast: tuple[Point, ...] = ()
    direction: str = ""
    axis: tuple[str, ...] = ()


@dataclass(frozen=True)
class Panels:
    """One measure by group over time. `whole`: all people together, a faint line in each panel."""

    title: str
    unit_words: str
    lines: tuple[Line, ...]
    whole: Line | None = None


@dataclass(frozen=True)
class Apart(_Valued):
    """How far a group is from the reference group in one period. `value`: its rate divided by theirs; `gap`: less theirs, which
    lies from `gap_low` to `gap_high`."""

    label: str
    value: Decimal | None
    gap: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    state: str = ""
    gap_low: Decimal | None = None
    gap_high: Decimal | None = None


@dataclass(frozen=True)
class Disparity:
    """`gap_words`: the unit of the gap (“percentage points”). `worse`: who of the two fares worse in the last period of both, by
    name, where that is sure."""

    title: str
    group: str
    reference: str
    points: tuple[Apart, ...]
    gap_words: str = ""
    worse: str = ""


@dataclass(frozen=True)
class Group(_Valued):
    name: str
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    state: str = ""
    is_reference: bool = False
    of: str = ""


@dataclass(frozen=True)
class Dots:
    """All groups in one period, in the order to show them."""

    title: str
    period: str
    unit_words: str
    groups: tuple[Group, ...]
