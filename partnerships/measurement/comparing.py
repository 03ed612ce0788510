"""Compares submitted numbers with the current ones: what would happen to each."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop as _

from partnerships.core import clock
from partnerships.core.stored_texts import StoredText
from partnerships.measurement.models import DataPoint, Measure
from partnerships.measurement.number_kinds import counts_as, is_rate, multiplier, needs_counts
from partnerships.measurement.pasted_tables import VALUES
from partnerships.measurement.periods import ENDED, label
from partnerships.measurement.point_checks import PLACES, exponent_of, number_errors
from partnerships.measurement.quoting import QUOTE
from partnerships.measurement.rate_math import rate

if TYPE_CHECKING:
    from partnerships.measurement.pasted_tables import SubmittedNumber

DESCRIPTION = ("story", "source", *QUOTE)
NOT_BEGUN = _("This period hasn’t started yet.")


def compare(
    measure: Measure,
    given: "Sequence[SubmittedNumber]",
    current_rows: dict[tuple[date, str], DataPoint],
    description: dict,
) -> None:
    """Compare submitted numbers, those that could be read.

    `current_rows`: (first day, cell) → current number. `description`: the story and source given for all of them.
    """
    for one in given:
        if not one.problems:
            _compare(measure, one, current_rows.get((one.starts_on, one.cell)) if one.starts_on else None, description)


def _compare(measure: Measure, one: "SubmittedNumber", was: DataPoint | None, description: dict) -> None:
    """Compare one submitted number with the current one (`was`), and set what the preview shows of it.

    That is whether it is new or the same, the value that it becomes, the arguments that save it, and the reasons to
    refuse it.
    """
    one.record, one.is_new = was, was is None
    values, words = {name: one.numbers.get(name) for name in VALUES}, description | one.description
    one.becomes = values["value"]
    per = multiplier(measure)
    if is_rate(measure) and (found := rate(values["numerator"], values["denominator"], per)) is not None:
        one.becomes = round(found, PLACES)
    one.is_same_number = was is not None and _reads_alike(one, values, was)
    link = words.get("link", was.link if was else "")
    wrong = number_errors(
        values,
        unit=measure.unit,
        kind=counts_as(measure),
        per=per,
        lowest=measure.lowest,
        highest=measure.highest,
        needs_counts=needs_counts(measure, one.cell, link) and not one.is_same_number,
    )
    if wrong:
        one.refuse(StoredText.join(wrong.values(), " "))
    if one.starts_on and one.starts_on > clock.today():
        one.refuse(StoredText(NOT_BEGUN))
    elif one.starts_on and measure.last_on and one.starts_on > measure.last_on:
        one.refuse(StoredText(ENDED, period=label(measure.period, measure.last_on)))
    one.saves = {"starts_on": one.starts_on, "cell": one.cell, "seen": was.pk if was else None} | values | words
    one.is_same = one.is_same_number and all(getattr(was, name) == words[name] for name in DESCRIPTION if name in words)


def _reads_alike(one: "SubmittedNumber", values: dict[str, Any], was: DataPoint) -> bool:
    """A value without counts isn't new if it is the rounded value of the current counts."""
    if values["numerator"] is None and values["denominator"] is None:
        if was.denominator is not None and one.becomes is not None:
            return round(was.value, max(0, -exponent_of(one.becomes))) == one.becomes
        return was.value == one.becomes and was.numerator is None
    return (was.numerator, was.denominator) == (values["numerator"], values["denominator"]) and one.becomes in (
        None,
        was.value,
    )
