"""Counts what the registry's records say of a partnership over the year before a day, for `suggested_levels`:
numbers, never which.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from partnerships.assessment import hooks
from partnerships.assessment.rules import askable_parties, sides_of
from partnerships.assessment.suggested_levels import Facts
from partnerships.registry.choices import Role, Verdict
from partnerships.registry.confirmation_status import latest_statements
from partnerships.registry.models import Partnership, PartyRole

YEAR = timedelta(days=365)


def facts_of(partnership: Partnership, pair: tuple[str, str], on: date) -> Facts:
    """The facts for `suggested_levels.suggest_levels`. `pair`: the two compared sides of `rules.compared_sides`; the second
    didn't write the record.

    Six queries.
    """
    of_side: dict[str, list[int]] = {}
    for pk, key in sides_of(partnership, askable_parties(partnership))[0].items():
        of_side.setdefault(key, []).append(pk)
    first, second = (of_side.get(key, []) for key in pair)
    roles = PartyRole.objects.filter(partnership=partnership, role=Role.BACKBONE)
    roles = roles.exclude(ends_on__lt=on).values_list("hours_per_month", flat=True)
    since, hours = on - YEAR, list(roles)
    return Facts(
        has_agenda=bool(partnership.common_agenda),
        is_confirmed=_is_confirmed(partnership, second, since, on),
        has_backbone=bool(hours),
        has_hours=any(hours),
        **hooks.meeting_facts(partnership, first, second, since, on),
    )


def _is_confirmed(partnership: Partnership, parties: Sequence[int], since: date, on: date) -> bool:
    words = latest_statements([partnership.pk]).get(partnership.pk, {})
    statements = [words[pk] for pk in parties if pk in words and since <= words[pk]["at"].date() <= on]
    return bool(statements) and all(one["verdict"] == Verdict.CONFIRMED for one in statements)
