"""Numbers as people type and paste them, and the errors in one number."""

from decimal import Decimal as D

import pytest

from partnerships.measurement.point_checks import number_errors, read_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12.5", D("12.5")), ("45%", D(45)), ("$1,200", D(1200)), ("1 234", D(1234)), ("１２", D(12)), ("−3", D(-3)),
        ("(40)", D(-40)), ("1,234,567.5", D("1234567.5")), (".5", D("0.5")), ("1e3", D(1000)), (7, D(7)),
        ("", None), ("n/a", None), ("—", None), ("*", None), ("  ", None), ("0", D(0)), ("٣", D(3)),
    ],
)  # fmt: skip
def test_what_is_typed_is_read(typed, number):
    assert read_number(typed) == number


@pytest.mark.parametrize("typed", ["12,5", "1.234,5", "1,23", "12,345,6"])
def test_what_can_be_read_in_two_ways_is_refused(typed):
    with pytest.raises(ValueError, match="can be read in two ways"):
        read_number(typed)


@pytest.mark.parametrize("typed", ["=1+1", "@SUM(A1)", "+A1", "-(2)", "=HYPERLINK(1)"])
def test_formulas_are_refused(typed):
    with pytest.raises(ValueError, match="This is a formula"):
        read_number(typed)


@pytest.mark.parametrize(
    "typed", ["about 5", "5-9", "<5", "1.2.3", "five", "nan", "inf", "9" * 13, "1e99", True, "x" * 500]
)
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(ValueError, match=r"isn’t a number|Enter a number|is too large"):
        read_number(typed)


def errors_of(value=None, above=None, below=None, unit="percent", kind="proportion", per=100, **bounds):
    counts = {"value": value, "numerator": above, "denominator": below}
    return number_errors(
        {k: None if v is None else D(v) for k, v in counts.items()}, unit=unit, kind=kind, per=per, **bounds
    )


def test_what_is_right_is_left_alone():
    assert errors_of("33.3", 1, 3) == {}
    assert errors_of(None, 0, 10) == {}
    assert errors_of(140, kind="events") == {}  # there can be more events than people
    assert errors_of(None, 300, 100, unit="rate", kind="events", per=1000) == {}
    assert errors_of(-200, unit="money", kind="events") == {}


def test_what_is_wrong_is_said_at_its_field():
    assert errors_of(101) == {"value": "A percent of people can’t be more than 100."}
    assert errors_of(-1) == {"value": "This can’t be below zero."}
    assert list(errors_of(None, 5, 0)) == ["denominator"]
    assert list(errors_of(None, -5, 10)) == ["numerator"]
    assert list(errors_of(None, 11, 10)) == ["numerator"]
    assert errors_of(None, 5) == {"denominator": "Enter both the numerator and the denominator, or neither."}
    assert errors_of(50, 1, 3) == {"value": "The counts give 33.33, but you entered 50. Correct one of them."}
    assert list(errors_of("33.4", 1, 3)) == ["value"]
    assert errors_of(7, unit="score", kind="events", lowest=D(1), highest=D(5)) == {
        "value": "The highest possible score is 5."
    }
