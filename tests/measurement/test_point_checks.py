"""One number before it is kept: what can be read is read, and what is wrong is said beside the field that it is about."""

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from partnerships.measurement.numerals import NumberError, read
from partnerships.measurement.point_checks import UNITS, Rule, check, read_all


@pytest.mark.parametrize(
    ("given", "number", "sign"),
    [
        ("12.5", "12.5", ""),
        ("1,200", "1200", ""),
        ("$1,200.50", "1200.50", "$"),
        ("-$5", "-5", "$"),
        ("45%", "45", "%"),
        ("45 %", "45", "%"),
        ("４５", "45", ""),
        ("１２．５", "12.5", ""),
        ("1 200", "1200", ""),
        ("1\u00a0200\u00a0000", "1200000", ""),
        ("−5", "-5", ""),
        (".5", "0.5", ""),
        (7, "7", ""),
        (0.1, "0.1", ""),
        (100 / 3, "33.3333333333333", ""),
        (Decimal("12.50"), "12.50", ""),
    ],
)
def test_numbers_that_are_read(given, number, sign):
    found = read(given)
    assert (str(found.number), found.sign) == (str(Decimal(number)), sign)


@pytest.mark.parametrize("given", [None, "", "  ", "\u00a0"])
def test_an_empty_field_is_no_number(given):
    assert read(given) is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("12,5", "Use a point for decimals: 12.5."),
        ("1.234,5", "Use a point for decimals: 1234.5."),
        ("1.234.567", "Use a point for decimals: 1234567."),
        ("n/a", "Leave it empty if the number is not known."),
        ("—", "Leave it empty if the number is not known."),
        ("suppressed", "Leave it empty if the number is not known."),
        ("=A1/B1", "This is a formula."),
        ("＝1+1", "This is a formula."),
        ("@SUM(A1)", "This is a formula."),
        ("(5)", "with a minus: -5."),
        ("1.2E+05", "Write all of its digits."),
        ("<5", "a bound and no number"),
        ("≥ 5", "a bound and no number"),
        ("5 people", "is not a number"),
        ("5²", "is not a number"),
        ("½", "is not a number"),
        ("12,34,567", "is not a number"),
        ("--5", "is not a number"),
        ("1_000", "is not a number"),
        ("٤٥", "is not a number"),
        ("infinity", "is not a number"),
        ("%", "is not a number"),
        ("+1-651-555-0100", "is not a number"),
        ("1" * 19, "too long"),
        (10**400, "too long"),
        (Decimal("1E+30"), "too long"),
        (Decimal("1E-30"), "too long"),
        (float("nan"), "is not a number"),
        (float("inf"), "is not a number"),
        (True, "yes or no"),
    ],
)
def test_numbers_that_are_refused_and_with_which_words(given, words):
    with pytest.raises(NumberError) as refused:
        read(given)
    assert words in str(refused.value)


def wrong(rule, value=None, numerator=None, denominator=None):
    return read_all(rule, {"value": value, "numerator": numerator, "denominator": denominator})[1]


PERCENT = Rule("percent")


@pytest.mark.parametrize(
    ("rule", "given", "field", "words"),
    [
        (PERCENT, ("100.1",), "value", "It cannot be above 100 %."),
        (PERCENT, ("-0.1",), "value", "It cannot be below 0."),
        (PERCENT, ("50", "6", "5"), "numerator", "6 of 5 is more than all of them. Are the two swapped?"),
        (PERCENT, (None, "6", "0"), "denominator", "The group has nobody in it"),
        (PERCENT, (None, "6", "-1"), "denominator", "This count is below zero."),
        (PERCENT, (None, "-6", "10"), "numerator", "This count is below zero."),
        (PERCENT, (None, "6", None), "denominator", "Say also out of how many."),
        (PERCENT, ("33.4", "1", "3"), "value", "1 of 3 gives 33.3."),
        (PERCENT, ("0.33", "1", "3"), "value", "0.33 is a share of 1. As a percentage it is 33.33."),
        (PERCENT, ("$5",), "value", "A plain number is asked for here, without “$”."),
        (PERCENT, (None, "5%", "10"), "numerator", "without “%”"),
        (PERCENT, ("half", "1", "2"), "value", "“half” is not a number."),
        (Rule("number"), ("-1",), "value", "It cannot be below 0."),
        (Rule("number"), ("12", "11"), "value", "The count beside it says 11."),
        (Rule("number"), ("45%",), "value", "without “%”"),
        (Rule("rate", per=100_000), ("100001",), "value", "It cannot be above 100,000."),
        (Rule("rate", per=100_000), ("31", "3", "10000"), "value", "3 of 10,000 gives 30."),
        (Rule("days"), ("-1",), "value", "It cannot be below 0."),
        (Rule("days"), ("4", "10", "3"), "value", "10 of 3 gives 3.3."),
        (Rule("score", low=Decimal(0), high=Decimal(4)), ("4.5",), "value", "It cannot be above 4."),
        (Rule("money", high=Decimal(1000)), ("$1,200",), "value", "It cannot be above 1,000."),
        (Rule("percent", low=Decimal(20)), ("10",), "value", "It cannot be below 20."),
    ],
)
def test_what_is_wrong_and_where_it_is_said(rule, given, field, words):
    found = wrong(rule, *given)
    assert list(found) == [field]
    assert words in found[field]


@pytest.mark.parametrize(
    ("rule", "given"),
    [
        (PERCENT, ("100", "5", "5")),
        (PERCENT, ("0", "0", "5")),
        (PERCENT, ("45%",)),
        (PERCENT, ("33.3", "1", "3")),
        (PERCENT, ("33", "1", "3")),
        (PERCENT, (100 / 3, "1", "3")),
        (PERCENT, ("12.5", "1", "8")),
        (PERCENT, ("12", "1", "8")),  # rounded either way
        (PERCENT, ("13", "1", "8")),
        (PERCENT, (None, "1", "8")),
        (PERCENT, (None, None, None)),
        (Rule("percent", changes=True), ("-12",)),
        (Rule("percent", changes=True), ("140",)),
        (Rule("percent", proportion=False), ("140", "14", "10")),
        (Rule("rate", per=1_000, proportion=False), ("1400", "14", "10")),
        (Rule("money"), ("-$1,200",)),
        (Rule("money"), ("$33.33", "$100", "3")),
        (Rule("number"), ("11", "11")),
        (Rule("number"), (None, "11", "40")),
        (Rule("score"), ("-2",)),
    ],
)
def test_what_is_right(rule, given):
    assert wrong(rule, *given) == {}


def test_a_value_may_differ_by_its_rounding_and_by_no_more():
    random = Random(1)
    for _ in range(1_000):
        whole = random.randint(1, 5_000)
        part, places = random.randint(0, whole), random.randint(0, 4)
        exact = Fraction(100 * part, whole)
        step = Fraction(1, 10**places)
        rounded = round(exact / step) * step
        for off in (-1, 0, 1):
            value = rounded + off * step
            typed = Decimal(value.numerator) / Decimal(value.denominator)
            typed = typed.quantize(Decimal(1).scaleb(-places))
            found = check(Rule("percent", changes=True), typed, Decimal(part), Decimal(whole))
            assert ("value" in found) == (abs(value - exact) > step / 2)


def test_every_unit_takes_any_numbers_without_breaking():
    random = Random(2)
    numbers = [None, *map(Decimal, ("0", "-0", "1", "-1", "0.001", "100", "999999999999999999", "1E+3"))]
    for _ in range(2_000):
        rule = Rule(random.choice(UNITS), random.choice((1_000, 100_000)), proportion=random.random() < 0.5)
        for words in check(rule, *random.choices(numbers, k=3)).values():
            assert words.endswith((".", "?"))
