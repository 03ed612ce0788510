"""Reads what a round says about single parties: trust and value by side, and how closely two parties work together.

Nothing is shown of one side or one party alone. A side's opinion of a party of another side is shown only if that side
has an opinion of a party of this one, and closeness only if both parties reported it. A side's opinion of its own
parties stays with it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from statistics import mean

from partnerships.assessment import catalog
from partnerships.assessment.choices import ANSWERED, ScoreState
from partnerships.assessment.models import Respondent, Round, TieScore
from partnerships.assessment.rules import compared_sides
from partnerships.core.access import Viewer
from partnerships.registry.models import Party
from partnerships.registry.rules import parties_visible_to


@dataclass(frozen=True)
class Opinion:
    """What one side (its key) says of a party: means of three items from 1 to 4, None if one of them has no number.

    `is_approximate`: one of them is only low, middle or high.
    """

    about: Party
    side: str
    trust: float | None = None
    value: float | None = None
    is_approximate: bool = False


@dataclass(frozen=True)
class Closeness:
    """How closely two parties say they work together, 0 to 4 in half levels: the first about the second, and the
    reverse.
    """

    parties: tuple[Party, Party]
    levels: tuple[float, float]
    is_approximate: tuple[bool, bool] = (False, False)  # only low, middle or high


@dataclass
class TiesSeen:
    opinions: list[Opinion]
    close: list[Closeness]

    def __bool__(self) -> bool:
        return bool(self.opinions or self.close)


def ties_seen(person: Viewer, survey_round: Round, own_sides: Collection[str] = frozenset()) -> TiesSeen:
    """What an opened round says about parties that the person may see. `own_sides`: the sides to which they belong."""
    if not survey_round.opened_at or not survey_round.ties:
        return TiesSeen([], [])
    parties = {party.pk: party for party in parties_visible_to(person).filter(partnership=survey_round.partnership_id)}
    rows = list(
        TieScore.objects.filter(side__round=survey_round).select_related("side").order_by("about__position", "pk")
    )
    close: dict[tuple, float | None] = {
        (row.by_id, row.about_id): row.median for row in rows if row.item == catalog.INTENSITY
    }
    bands = {(row.by_id, row.about_id) for row in rows if row.item == catalog.INTENSITY and row.is_band}
    of_party = dict(Respondent.objects.filter(round=survey_round).values_list("party", "side__key"))
    return TiesSeen(
        list(_opinions(rows, parties, of_party, own_sides, compared_sides(survey_round)[0])),
        [
            Closeness(
                (parties[one], parties[other]),
                (level, reverse),
                ((one, other) in bands, (other, one) in bands),
            )
            for (one, other), level in close.items()
            if one in parties and other in parties and one < other
            if level is not None and (reverse := close.get((other, one))) is not None
        ],
    )


def _opinions(
    rows: Sequence[TieScore],
    parties: dict[int, Party],
    of_party: dict[int, str],
    own_sides: Collection[str],
    first: str,
) -> Iterator[Opinion]:
    """What sides say of parties of other sides: an opinion is shown once the other side has answered about them, too.

    People always read what their own sides say (`own_sides`). `first`: the side (government, or the lead) that has answered
    only when its scores are shown; others may keep theirs back.
    """
    opinions = [row for row in rows if row.item != catalog.INTENSITY]
    answered = {
        (row.side.key, of_party.get(row.about_id))
        for row in opinions
        if row.standing == ScoreState.SHOWN or (row.standing in ANSWERED and row.side.key != first)
    }
    found: dict = {}
    for row in opinions:
        key, other = row.side.key, of_party.get(row.about_id)
        is_shown = key in own_sides or (other != key and (other, key) in answered)
        if row.about_id in parties and is_shown:
            found.setdefault((row.about_id, key), {})[row.item] = row
    for (about, key), scores in found.items():
        trust, value = (_mean(scores, group) for group in (catalog.TRUST, catalog.VALUE))
        if trust is not None or value is not None:
            is_approximate = any(row.is_band for row in scores.values())
            yield Opinion(parties[about], key, trust, value, is_approximate)


def _mean(scores: dict[str, TieScore], group: str) -> float | None:
    levels = []
    for item in catalog.TIES:
        if item.group == group:
            row = scores.get(item.key)
            if row is None or row.standing != ScoreState.SHOWN or row.median is None:
                return None
            levels.append(row.median)
    return round(mean(levels), 1)
