"""The values that charts of measures take, already limited to what the reader may see.

States of a point: "" is a plain value, "disputed" one that someone sees differently, "missing" no data, "suppressed"
hidden because the group is too small, "counts_only" too small a group for a rate, and "too_few" too small to compare. A
value in one of the last four states is never drawn or described, even if it's given.
"""

from dataclasses import dataclass
from decimal import Decimal

MISSING, SUPPRESSED, DISPUTED = "missing", "suppressed", "disputed"
COUNTS_ONLY, TOO_FEW = "counts_only", "too_few"


class _Valued:
    state: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    of = ""

    @property
    def known(self) -> Decimal | None:
        """The value if it may be drawn, else None."""
        is_kept = self.state in ("", DISPUTED) and self.value is not None and self.value.is_finite()
        return self.value if is_kept else None

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """(lower, upper) bound of the value if both are given and the value may be drawn, else None."""
        low, high = self.low, self.high
        if self.known is None or low is None or high is None or not (low.is_finite() and high.is_finite()):
            return None
        return min(low, high), max(low, high)


def values_of(points) -> list[Decimal]:
    """All numbers that may be drawn: values, and bounds of their intervals."""
    known = [one.known for one in points if one.known is not None]
    return known + [end for one in points if one.interval for end in one.interval]


@dataclass(frozen=True)
class Point(_Valued):
    """`label` is the period in words, and `of` the counts behind the value (“45 of 80”).

    `least` and `most` are the ends between which rounding hides the true value. Without them, the value is exact.
    """

    label: str
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    state: str = ""
    of: str = ""
    least: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True)
class Line:
    """Points in chronological order, one per period. `kind` is "whole" for all people together."""

    name: str
    points: tuple[Point, ...]
    kind: str = ""


@dataclass(frozen=True)
class Trend:
    """One measure over time.

    `target` and `baseline` are (period, value). `direction` is the desired one: "lower", "higher" or "". `axis` has all
    periods of the chart at equal steps. Without it, those of the points are used.
    """

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
    """One measure by group over time. `whole` is all people together, a faint line in each panel."""

    title: str
    unit_words: str
    lines: tuple[Line, ...]
    whole: Line | None = None


@dataclass(frozen=True)
class GroupDisparity(_Valued):
    """How far a group is from the reference group in one period.

    `value` is its rate divided by theirs, and `gap` its rate minus theirs, with bounds `gap_low` and `gap_high`.
    """

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
    """`gap_words` is the unit of the gap (“percentage points”).

    `worse` is the name of the group that fares worse in the last period with both, or "" if that isn't certain.
    """

    title: str
    group: str
    reference: str
    points: tuple[GroupDisparity, ...]
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
    """All groups in one period, in the order to show."""

    title: str
    period: str
    unit_words: str
    groups: tuple[Group, ...]
