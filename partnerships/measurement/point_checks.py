"""What is wrong with one number of a measure before it is kept, in plain words beside the field that it is about."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from partnerships.measurement.numerals import NumberError, read
from partnerships.measurement.rates import to_decimal

NUMBER, PERCENT, RATE, MONEY, DAYS, SCORE = UNITS = "number", "percent", "rate", "money", "days", "score"
FIELDS = ("value", "numerator", "denominator")
_NEVER_BELOW_ZERO = {NUMBER, PERCENT, RATE, DAYS}
_SIGNS = {"%": PERCENT, "$": MONEY}


@dataclass(frozen=True)
class Rule:
    """What numbers a measure can have. `per`: of a rate (1,000, 100,000). `low`, `high`: bounds that the measure sets itself.
    `proportion`: the numerator is a part of the denominator. `changes`: it tells of a change, which may be below 0, and above
    100 %."""

    unit: str
    per: int = 1_000
    low: Decimal | None = None
    high: Decimal | None = None
    proportion: bool = True
    changes: bool = False

    @property
    def factor(self) -> int:
        """By what numerator / denominator is multiplied: 1 of means (days, money, score)."""
        return {PERCENT: 100, RATE: self.per}.get(self.unit, 1)

    @property
    def bounds(self) -> tuple[Decimal | None, Decimal | None]:
        """The least and the most that it can be; None: no bound."""
        low, high = self.low, self.high
        if low is None and self.unit in _NEVER_BELOW_ZERO and not self.changes:
            low = Decimal()
        if high is None and self.unit in (PERCENT, RATE) and self.proportion and not self.changes:
            high = Decimal(self.factor)
        return low, high


def read_all(rule: Rule, given: dict) -> tuple[dict, dict]:
    """({field: Decimal or None}, {field: what is wrong}) of the fields value, numerator and denominator as they were typed. A
    field that cannot be read is None, and the rest is checked all the same."""
    numbers, wrong = dict.fromkeys(FIELDS), {}
    for name in FIELDS:
        try:
            typed = read(given.get(name))
        except NumberError as problem:
            wrong[name] = str(problem)
            continue
        if typed is None:
            continue
        asked = rule.unit if name == "value" else NUMBER
        if (
            typed.sign
            and _SIGNS[typed.sign] != asked
            and not (typed.sign == "$" and rule.unit == MONEY and name == "numerator")
        ):
            wrong[name] = f"A plain number is asked for here, without “{typed.sign}”."
            continue
        numbers[name] = typed.number
    return numbers, check(rule, **numbers) | wrong


def check(rule: Rule, value=None, numerator=None, denominator=None) -> dict[str, str]:
    """{field: what is wrong}; empty where nothing is. Decimals or None; the places that the value has say how it was rounded."""
    wrong = _counts(rule, numerator, denominator)
    words = _value(rule, value)
    if words is None and not wrong and value is not None:
        words = _against_counts(rule, value, numerator, denominator)
    return wrong | ({"value": words} if words else {})


def _counts(rule, numerator, denominator):
    wrong = {}
    if denominator is not None and denominator < 0:
        wrong["denominator"] = "This count is below zero. A group has nobody, or some people."
    elif denominator == 0:
        wrong["denominator"] = (
            "The group has nobody in it, so there is no rate. Leave all three empty if nobody was counted."
        )
    if numerator is None:
        return wrong
    if numerator < 0 and (rule.unit in (NUMBER, PERCENT, RATE) and not rule.changes):
        wrong["numerator"] = "This count is below zero."
    elif denominator is None and rule.unit in (PERCENT, RATE):
        wrong["denominator"] = "Say also out of how many."
    elif rule.unit in (PERCENT, RATE) and rule.proportion and denominator and numerator > denominator > 0:
        wrong["numerator"] = (
            f"{_said(numerator)} of {_said(denominator)} is more than all of them. Are the two swapped?"
        )
    return wrong


def _value(rule, value):
    if value is None:
        return None
    low, high = rule.bounds
    if low is not None and value < low:
        return f"It cannot be below {_said(low)}."
    if high is not None and value > high:
        return f"It cannot be above {_said(high)}{' %' if rule.unit == PERCENT else ''}."
    return None


def _against_counts(rule, value, numerator, denominator):
    """A value may differ from its counts by the rounding of its last place, and no more."""
    if numerator is None or (denominator is None and rule.unit != NUMBER):
        return None
    expected = Fraction(numerator)
    if rule.unit != NUMBER:
        expected = expected * rule.factor / Fraction(denominator)
    half = Fraction(10) ** min(value.as_tuple().exponent, 0) / 2
    if abs(Fraction(value) - expected) <= half:
        return None
    said = _said(round(to_decimal(expected), max(-value.as_tuple().exponent, 1)))
    if rule.unit == PERCENT and abs(Fraction(value) * 100 - expected) <= half * 100:
        return f"{_said(value)} is a share of 1. As a percentage it is {said}."
    if rule.unit == NUMBER:
        return f"The count beside it says {said}. Leave one of the two empty, or make them the same."
    return f"{_said(numerator)} of {_said(denominator)} gives {said}. Leave the number empty, and it is worked out."


def _said(number):
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
