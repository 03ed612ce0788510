"""Since when fewer numbers of a measure are shown: copies of them, such as reports, can't show more than its page."""

from collections.abc import Collection, Sequence
from datetime import datetime

from partnerships.measurement.models import Measure


def raised_since(measures: Collection[int], moment: datetime) -> set[int]:
    """Those of these measures (primary keys) whose limit was raised after this moment, or that of one linked to them, which
    can hide their numbers too. Two queries.
    """
    rows = list(Measure.objects.filter(pk__in=measures).values_list("pk", "family", "limits"))
    families = {family for _, family, _ in rows if family is not None}
    linked = Measure.objects.filter(family__in=families).values_list("family", "limits") if families else ()
    raised = {family for family, limits in linked if _is_raised(limits, moment)}
    return {pk for pk, family, limits in rows if family in raised or _is_raised(limits, moment)}


def _is_raised(limits: Sequence[list], moment: datetime) -> bool:
    """`limits`: those of a measure."""
    found = [(datetime.fromisoformat(at), limit) for at, limit, *_ in limits]
    before = [limit for at, limit in found if at <= moment]
    after = [limit for at, limit in found if at > moment]
    return bool(before and after) and max(after) > max(before)
