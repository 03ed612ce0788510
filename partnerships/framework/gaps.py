"""The score of a side and the gap between two, from single answers. Pure: no rows are read here.

What is shown must give nobody's single answer away, to a reader who knows everything shown and one answer of his own. A
median of three or four answers can do that at the ends of the scale: when the middle of three is 4 and mine is 0, both
others are 4. So there a median at either end is shown as “1 or less” and, of 4, “3 or more” (docs/decisions/0011). The spread is
shown from five answers, and only where it is two levels or wider.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from partnerships.framework.choices import LOW, MEDIAN_FROM, ON_RECORD, SPREAD_FROM, WIDE_GAP, Standing

FROM_THE_ENDS = 1  # of fewer than SPREAD_FROM answers no median nearer than this to either end of the scale is shown


@dataclass(frozen=True)
class Given:
    """One person's answer to one item: a level from 0 up, or None for “I would rather not answer this”."""

    level: int | None
    counts: bool = True  # toward the answers that a score needs: not one that another side's staff recorded


@dataclass(frozen=True)
class Score:
    """A side's score for one item. `median` is in half levels; with `or_beyond` it lies there or nearer to its end of the scale.

    `answered` counts levels; `low` and `high` are the spread.
    """

    standing: str
    median: float | None = None
    or_beyond: bool = False
    answered: int = 0
    low: int | None = None
    high: int | None = None


def score(asked: int, given: Sequence[Given], *, keeps_back: bool = False, top: int = 4, bottom: int = 0) -> Score:
    """The score of a side of which `asked` people were asked. `keeps_back`: one of a side of ON_RECORD or fewer said so.
    `bottom`, `top`: the ends of the scale."""
    levels = sorted(one.level for one in given if one.level is not None)
    counting = sum(one.counts for one in given if one.level is not None)
    if not asked:
        return Score(Standing.NOT_ASKED)
    if not counting:  # what another side recorded never makes a score alone
        has_declined = bool(given) and not levels
        return Score(Standing.DECLINED if has_declined else Standing.NO_ANSWER)
    is_small = asked <= ON_RECORD
    if keeps_back if is_small else counting < MEDIAN_FROM:
        return Score(Standing.KEPT_BACK)
    middle, many = float(median(levels)), len(levels) >= SPREAD_FROM
    lowest, highest = bottom + FROM_THE_ENDS, top - FROM_THE_ENDS
    shown = middle if many or is_small else float(min(max(middle, lowest), highest))
    or_beyond = not many and not is_small and shown in (lowest, highest)
    is_wide = many and levels[-1] - levels[0] >= WIDE_GAP
    low, high = (levels[0], levels[-1]) if is_wide else (None, None)
    return Score(Standing.SHOWN, shown, or_beyond, len(levels), low, high)


def gap(first: Score | None, second: Score | None) -> float | None:
    """How much higher the first side (government, or the lead) sees it, in levels; None unless both show a score."""
    if first is None or second is None or first.median is None or second.median is None:
        return None
    return first.median - second.median


def is_flagged(first: Score | None, second: Score | None) -> bool:
    """Whether a response is owed: both sides show a score, and they lie far apart or the second is low."""
    apart = gap(first, second)
    return apart is not None and (abs(apart) >= WIDE_GAP or second.median <= LOW)
