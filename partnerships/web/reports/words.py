"""Words for stored reports, which the page and the PDF share (templates/reports/_*.html)."""

from typing import NamedTuple

from django.utils.translation import gettext

from partnerships.assessment import gaps
from partnerships.assessment.choices import ScoreState
from partnerships.insight.circles import Share
from partnerships.web.components.circle_words import WITHHELD, seats_held
from partnerships.web.components.round_words import SIDES, gap_words, score_words


class _Answered(NamedTuple):
    """What words about a gap need of a question, as `ItemSeen` has it."""

    scores: dict[str, gaps.Score]
    gap: float | None
    is_flagged: bool


def _score(side):
    return gaps.Score(ScoreState.SHOWN, side["median"], side.get("is_band", side.get("or_beyond", False)))


def gap_line(row) -> str:
    """What the two sides of a question answered, and the gap."""
    scores = {side["side"]: _score(side) for side in row["sides"]}
    levels = [gettext(name) for name in row["levels"]]
    sentences = [f"{SIDES[key]}: {score_words(score, levels)}." for key, score in scores.items()]
    return " ".join([*sentences, gap_words(_Answered(scores, row["gap"], True), SIDES, tuple(scores))])


def seat_words(share) -> str:
    """Who holds the seats of the two inner circles, from a stored report. Earlier reports don't contain who confirmed."""
    if share.get("is_withheld"):
        return str(WITHHELD)
    if not share["taken"]:
        return gettext("No one is recorded in the two inner circles.")
    return seats_held(Share(**share)) if "confirmed" in share else seats_held(Share(**share), tells_confirmed=False)


def share_words(n: int, of: int) -> str:
    """“12 of 40 (30%)”."""
    words = gettext("%(number)s of %(all)s") % {"number": f"{n:,}", "all": f"{of:,}"}
    return f"{words} ({n / of:.0%})" if of else words
