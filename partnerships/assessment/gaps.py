"""The score of a side, and the gap between two sides, computed from single answers. Pure functions.

What is shown must not reveal a single answer to a reader who knows everything that is shown and one answer of their
own, or everything that they recorded for others (docs/decisions/0017; tests/assessment/test_gaps.py tries every case):

- one or two people asked: on the record, the exact median;
- three or four answers: low, middle or high;
- from five: the median, and whether answers are close together or far apart;
- from eight: also the lowest and the highest answer, if they are far apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from partnerships.assessment.choices import LOW, MEDIAN_FROM, ON_RECORD, SCORE_FROM, SPREAD_FROM, WIDE_GAP, ScoreState

FROM_THE_ENDS = 1  # low and high are within one level of their end of the scale


@dataclass(frozen=True)
class Given:
    """One person's answer to one item: a level from 0 up, or None for “I would rather not answer this”."""

    level: int | None
    counts: bool = True  # toward the number of answers that a score needs: not if another side's staff recorded it
    was_recorded: bool = False  # by another side's staff, who know it
    is_unvouched: bool = False  # of an organization that another side entered, which could have made this person up
    by: str = ""  # the address of the person who gave it
    recorded_by: str = ""  # the address of the person who recorded it, and so knows it


@dataclass(frozen=True)
class Score:
    """A side's score for one item.

    `median` is in half levels. With `is_band` it only represents low, middle or high (`band_range`). `is_wide`:
    answers are far apart (True) or close together (False); None when that isn't shown. `low` and `high` are the lowest
    and highest answer. `answered` is the number of levels; it is stored, but never shown for one item. With NO_SCORE, it
    is 1 if the side answered anything in the round, otherwise 0.
    """

    standing: str
    median: float | None = None
    is_band: bool = False
    answered: int = 0
    is_wide: bool | None = None
    low: int | None = None
    high: int | None = None


def score(
    asked: int,
    given: Sequence[Given],
    *,
    keeps_back: bool = False,
    bands_only: bool = False,
    top: int = 4,
    bottom: int = 0,
) -> Score:
    """The score of a side with `asked` respondents.

    `keeps_back`: one of them chose that. `bands_only`: a comparison with an earlier round could reveal more. `bottom`,
    `top`: the ends of the scale.
    """
    more: dict[str, Any] = {"keeps_back": keeps_back, "bands_only": bands_only, "top": top, "bottom": bottom}
    found = _score(asked, given, **more)
    if found.standing == ScoreState.SHOWN or not any(one.is_unvouched for one in given):
        return found
    if_vouched = _score(asked, [replace(one, is_unvouched=False) for one in given], **more)
    return Score(ScoreState.NOT_VOUCHED) if if_vouched.standing == ScoreState.SHOWN else found


def _score(asked: int, given: Sequence[Given], *, keeps_back: bool, bands_only: bool, top: int, bottom: int) -> Score:
    """`score`, without saying whether only a vouch is missing."""
    levels = sorted(one.level for one in given if one.level is not None)
    counting = sum(one.counts and not one.is_unvouched for one in given if one.level is not None)
    recorded = sum(one.was_recorded or one.is_unvouched for one in given if one.level is not None)
    if not asked:
        return Score(ScoreState.NOT_ASKED)
    if not counting:  # answers that another side recorded are never enough for a score
        has_declined = bool(given) and not levels
        return Score(ScoreState.DECLINED if has_declined else ScoreState.NO_ANSWER)
    is_small = asked <= ON_RECORD
    # If there are as many recorded answers as own ones, the score would reveal these to the people who recorded the
    # others.
    if keeps_back or (not is_small and (counting < SCORE_FROM or recorded >= counting)):
        return Score(ScoreState.KEPT_BACK)
    recorders = {one.recorded_by for one in given if one.level is not None} - {""}
    if not is_small and any(_would_reveal_others(one, given) for one in recorders):
        return Score(ScoreState.KEPT_BACK)
    middle = float(median(levels))
    if is_small and not any(one.is_unvouched for one in given):
        return Score(ScoreState.SHOWN, middle, answered=len(levels))
    if bands_only or counting < MEDIAN_FROM or recorded or recorders:
        return Score(ScoreState.SHOWN, _band_level(middle, bottom, top), is_band=True, answered=len(levels))
    is_wide = levels[-1] - levels[0] >= WIDE_GAP
    ends = (levels[0], levels[-1]) if is_wide and counting >= SPREAD_FROM else (None, None)
    return Score(ScoreState.SHOWN, middle, False, len(levels), is_wide, *ends)


def one_standing(scores: Sequence[Score], *, asked: int, keeps_back: bool) -> str:
    """The standing for the whole round of a side of fewer than SCORE_FROM participants (ScoreState).

    `scores`: of each of its items. It shows scores only if each item has one: otherwise a missing one would tell what
    one person did. `asked`, `keeps_back`: as for `score`.
    """
    standings = {one.standing for one in scores}
    if len(standings) == 1 and standings <= {ScoreState.SHOWN, ScoreState.DECLINED}:
        return standings.pop()
    if keeps_back:
        return ScoreState.KEPT_BACK
    if ScoreState.NOT_VOUCHED in standings:
        return ScoreState.NOT_VOUCHED
    if standings.isdisjoint({ScoreState.SHOWN, ScoreState.KEPT_BACK}):
        return ScoreState.NO_ANSWER
    return ScoreState.INCOMPLETE if asked <= ON_RECORD else ScoreState.TOO_FEW


def _would_reveal_others(recorder: str, given: Sequence[Given]) -> bool:
    """Whether a score would reveal the other answers to a person who recorded some.

    It would if there are fewer than three other answers, or no more of them than the person recorded and gave.
    """
    levels = [one for one in given if one.level is not None]
    known = sum(recorder in (one.by, one.recorded_by) for one in levels)
    others = len(levels) - known
    return bool(others) and (others < SCORE_FROM or known >= others)


def _band_level(middle: float, bottom: int, top: int) -> float:
    """The level that represents low, middle or high."""
    if middle <= bottom + FROM_THE_ENDS:
        return float(bottom + FROM_THE_ENDS)
    if middle >= top - FROM_THE_ENDS:
        return float(top - FROM_THE_ENDS)
    return (bottom + top) / 2


def band_range(level: float, *, top: int = 4, bottom: int = 0) -> tuple[float, float]:
    """The (lowest, highest) level of low, middle or high. `level`: the `median` of a score with `is_band`."""
    if level <= bottom + FROM_THE_ENDS:
        return bottom, bottom + FROM_THE_ENDS
    if level >= top - FROM_THE_ENDS:
        return top - FROM_THE_ENDS, top
    return bottom + FROM_THE_ENDS + 0.5, top - FROM_THE_ENDS - 0.5


def gap(first: Score | None, second: Score | None) -> float | None:
    """How many levels higher the first side (government, or the lead) rates it; None unless both sides show a score."""
    if first is None or second is None or first.median is None or second.median is None:
        return None
    return first.median - second.median


def is_flagged(first: Score | None, second: Score | None) -> bool:
    """Whether a response is required: both sides show a score, and they are far apart or the second is low."""
    apart = gap(first, second)
    if apart is None or second is None or second.median is None:
        return False
    return abs(apart) >= WIDE_GAP or second.median <= LOW
