"""Compares submitted numbers with the current ones: what would happen to each."""

from dataclasses import dataclass, field
from decimal import Decimal

from partnerships.core import clock
from partnerships.measurement.counting import counts_as, is_rate, multiplier, needs_counts
from partnerships.measurement.point_checks import PLACES, explain
from partnerships.measurement.quoting import QUOTE
from partnerships.measurement.rates import rate
from partnerships.measurement.tables_of_numbers import VALUES, Given

NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"
SAID = ("story", "source", *QUOTE)
NOT_BEGUN = "This period has not begun yet."


@dataclass
class Compared:
    """`row`: as `save_points` takes it. `was`: the current number, if there is one. `value`: the new value."""

    given: Given
    was: object = None
    value: Decimal | None = None
    row: dict = field(default_factory=dict)
    wrong: str = ""
    is_same_number: bool = False

    @property
    def is_same(self) -> bool:
        """Whether the number and everything said about it are already saved."""
        return self.is_same_number and all(
            getattr(self.was, name) == self.row[name] for name in SAID if name in self.row
        )

    @property
    def state(self) -> str:
        if self.wrong:
            return REFUSED
        return SAME if self.is_same else CHANGED if self.was else NEW

    def refuse(self, text) -> None:
        self.wrong = f"{self.wrong} {text}".strip()


def compare(measure, given, standing, said) -> list[Compared]:
    """Compare submitted numbers.

    `standing`: (first day, cell) → current number. `said`: the story and source given for all of them.
    """
    return [_compared(measure, one, standing.get((one.starts_on, one.cell)), said) for one in given]


def _compared(measure, one, was, said):
    found = Compared(one, was if one.starts_on and not one.wrong else None, wrong=one.wrong)
    if one.wrong:
        return found
    values, words = {name: one.values.get(name) for name in VALUES}, said | one.said
    found.value = values["value"]
    if is_rate(measure) and values["denominator"]:
        found.value = round(rate(values["numerator"], values["denominator"], multiplier(measure)), PLACES)
    found.is_same_number = bool(was) and _reads_alike(found, values, was)
    link = words.get("link", was.link if was else "")
    found.wrong = " ".join(
        explain(
            values,
            unit=measure.unit,
            kind=counts_as(measure),
            per=multiplier(measure),
            lowest=measure.lowest,
            highest=measure.highest,
            needs_counts=needs_counts(measure, one.cell, link) and not found.is_same_number,
        ).values()
    )
    if one.starts_on > clock.today():
        found.refuse(NOT_BEGUN)
    if found.wrong:
        return found
    found.row = {"starts_on": one.starts_on, "cell": one.cell, "seen": was.pk if was else None} | values | words
    return found


def _reads_alike(found, values, was):
    """A value without counts isn't new if it is the rounded value of the current counts."""
    if values["numerator"] is None and values["denominator"] is None:
        if was.denominator is not None and found.value is not None:
            return round(was.value, max(0, -found.value.normalize().as_tuple().exponent)) == found.value
        return was.value == found.value and was.numerator is None
    return (was.numerator, was.denominator) == (values["numerator"], values["denominator"]) and found.value in (
        None,
        was.value,
    )
