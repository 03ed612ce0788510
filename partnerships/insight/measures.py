"""Measures in reports: the latest number, the target, and differences between groups. Never a hidden number."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop as _

from partnerships.core.access import Viewer
from partnerships.core.stored_texts import StoredText
from partnerships.insight.names import link
from partnerships.measurement import queries
from partnerships.measurement.choices import Unit
from partnerships.measurement.models import Measure
from partnerships.measurement.number_queries import (
    COUNTS_ONLY,
    MISSING,
    Number,
    Numbers,
    cell_name,
    displayed_disparity,
    numbers_of_each,
    redefined_on,
)
from partnerships.measurement.number_words import counts_words, redefined_words, rounded
from partnerships.measurement.periods import label
from partnerships.measurement.rate_math import group_of

if TYPE_CHECKING:
    from partnerships.insight.names import Names

MOST = 40


def measures(reader: Viewer, partnerships: Sequence[int], names: "Names", *, most: int = MOST) -> list[dict]:
    found = queries.measures_on(reader, partnerships, most=most)
    return described(found, numbers_of_each(reader, found, last=1), names)


def described(measures: Sequence[Measure], numbers: dict[int, Numbers], names: "Names") -> list[dict]:
    """Measures with their numbers (`numbers_of_each`): the latest one of each, and its groups."""
    return [_measure(one, numbers[one.pk], names) for one in measures]


def _measure(measure: Measure, numbers: Numbers, names: "Names") -> dict[str, Any]:
    period = numbers.periods[-1] if numbers.periods else None
    latest, changed_on = numbers.number(period), redefined_on(numbers, period)
    target = None
    if measure.target_on:
        target = {"value": figure(measure, measure.target_value), "period": label(measure.period, measure.target_on)}
    return names.add(
        "measure",
        measure.pk,
        **link(measure, measure.title),
        kind=str(measure.kind),
        direction=str(measure.direction),
        is_illustration=measure.is_illustration,
        period=label(measure.period, period) if period else "",
        latest=_shown_number(measure, latest),
        is_disputed=latest.is_disputed,
        redefined=redefined_words(changed_on) if changed_on else "",
        source=latest.source,
        published_by=latest.published_by,
        target=target,
        groups=_groups(measure, numbers, period) if period else [],
    )


def _shown_number(measure: Measure, number: Number) -> dict[str, str]:
    """The number as it may be shown. One that is too small for a rate shows its counts."""
    if number.state == COUNTS_ONLY:
        return {"state": "", "value": counts_words(number.numerator, number.denominator)}
    return {"state": number.state, "value": figure(measure, number.value)}


def _groups(measure: Measure, numbers: Numbers, period: date) -> list[dict[str, Any]]:
    """Each single group and its difference from the reference group, where both are shown."""
    references = {one.dimension: f"{one.dimension}={one.key}" for one in measure.groups.all() if one.is_reference}
    rows = []
    for cell in numbers.cells:
        number, parts = numbers.number(period, cell), group_of(cell)
        if len(parts) != 1 or number.state == MISSING:
            continue
        row = {"name": cell_name(measure, cell), **_shown_number(measure, number)}
        reference = references.get(parts[0][0])
        if reference and reference != cell:
            found = displayed_disparity(measure, number, numbers.number(period, reference))
            row["ratio"] = f"{found.ratio:.2f}" if found.ratio is not None else ""
            row["gap"] = figure(measure, found.gap, signed=True)
        rows.append(row | {"is_reference": reference == cell})
    return rows


def figure(measure: Measure, value: Decimal | None, *, signed: bool = False) -> str:
    """A number of the measure in its unit, rounded as on its page: “62.1%”, “$1,200”, “4.5 per 1,000”."""
    if value is None:
        return ""
    shown = rounded(measure, value)
    words = f"{shown:{'+' if signed else ''},}"
    if measure.unit == Unit.MONEY:
        return f"{'−' if shown < 0 else '+' if signed else ''}${words.lstrip('+-')}"
    words = words.replace("-", "−")
    if measure.unit == Unit.PERCENT:
        return StoredText(_("%(number)s points"), number=words) if signed else f"{words}%"
    if measure.unit == Unit.DAYS:
        return StoredText(_("%(number)s days"), number=words)
    if measure.unit == Unit.RATE:
        return StoredText(_("%(number)s per %(many)s"), number=words, many=f"{measure.per or 1:,}")
    return words
