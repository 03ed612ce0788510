"""Reported ties: how closely parties of a network work together, as both reported it in rounds that the person may
see.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet

from partnerships.accounts.models import Person
from partnerships.assessment.catalog import INTENSITY
from partnerships.assessment.choices import ScoreState
from partnerships.assessment.models import TieScore
from partnerships.assessment.rules import rounds_visible_to
from partnerships.registry.models import Party

ENOUGH_REPORTED = 5  # reported ties below which no share of mutual reports is shown

LevelsByPair = dict[tuple[int, str, str], float]  # (partnership, who, about which party) → level, from the latest round


def closeness_reports(
    person: Person, parties: QuerySet[Party], keys: Mapping[int, str], until: datetime
) -> LevelsByPair:
    """What these parties (rows) reported in rounds that opened before this moment.

    `keys`: party's key → its public id.
    """
    rows = TieScore.objects.filter(
        by__in=parties.order_by().values("pk"),
        item=INTENSITY,
        standing=ScoreState.SHOWN,
        side__round__opened_at__lt=until,
    )
    rows = rows.filter(side__round__in=rounds_visible_to(person)).order_by("side__round__opened_at", "pk")
    levels_by_pair = rows.values_list("side__round__partnership", "by", "about", "median")
    return {
        (pk, keys[by], keys[of]): level
        for pk, by, of, level in levels_by_pair
        if by in keys and of in keys and level is not None
    }


def closeness(levels_by_pair: LevelsByPair, pair: tuple[str, str], partnership_ids: Sequence[int]) -> float | None:
    """The lower of two nodes' reports, in the partnership where it is highest; None if no partnership has both
    reports.
    """
    one, other = pair
    levels = [
        min(levels_by_pair[pk, one, other], levels_by_pair[pk, other, one])
        for pk in partnership_ids
        if (pk, one, other) in levels_by_pair and (pk, other, one) in levels_by_pair
    ]
    return max(levels, default=None)


def reported_pairs(levels_by_pair: LevelsByPair, number: Mapping[str, int]) -> list[tuple[int, int]]:
    """(who, about which party), by number, for each tie that a party reported; empty if too few did."""
    pairs = {(number[one], number[other]) for (_, one, other), level in levels_by_pair.items() if level >= 1}
    return sorted(pairs) if len({frozenset(pair) for pair in pairs}) >= ENOUGH_REPORTED else []
