"""The scale of a measure: ticks, positions, and numbers as people read them."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerships.web.charts import scale as scales

D = Decimal
numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=D("-1E18"), max_value=D("1E18"), places=6)


def ticks(*values, most=5):
    return [
        str(one.normalize().__format__("f")) for one in scales.straight([D(one) for one in values], 0, 1, most).ticks
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["14.2", "11.0", "8"], ["0", "5", "10", "15"]),
        (["61", "70.2", "75"], ["60", "65", "70", "75"]),
        (["-5", "7"], ["-5", "0", "5", "10"]),
        (["-20", "-3"], ["-20", "-15", "-10", "-5", "0"]),
        (["-80", "-70"], ["-80", "-75", "-70"]),
        (["12"], ["0", "5", "10", "15"]),
        (["0", "0"], ["0", "0.5", "1"]),
        (["1E-9", "3E-9"], ["0", "0.000000001", "0.000000002", "0.000000003"]),
        ([], ["0", "0.5", "1"]),
    ],
)
def test_ticks_are_round_and_begin_at_zero_unless_values_lie_far_from_it(values, expected):
    found = ticks(*values)
    assert (found[0], found[-1], set(expected) <= set(found)) == (expected[0], expected[-1], True)


@given(st.lists(numbers, max_size=8))
def test_every_value_is_within_its_scale_and_larger_ones_are_higher(values):
    scale = scales.straight(values, 300, 20)
    places = [scale.at(one) for one in sorted(values)]
    assert all(20 <= one <= 300 for one in places)
    assert all(low >= high for low, high in pairwise(places))
    steps = {round(a - b, 6) for a, b in pairwise(map(scale.at, scale.ticks))}
    assert (2 <= len(scale.ticks) <= 7, len(steps)) == (True, 1)


@given(st.lists(st.decimals(min_value=D("1E-9"), max_value=D("1E9"), places=9), max_size=6))
def test_ratios_lie_on_a_log_scale_with_the_same_rate_amid_it(ratios):
    scale = scales.of_ratios(ratios, 300, 20)
    low, high = scale.ticks[0], scale.ticks[-1]
    assert low < 1 < high
    assert all(low <= one <= high for one in ratios)
    assert 2 < len(scale.ticks) <= 7


def test_twice_as_high_and_half_as_high_are_equally_far_from_the_same_rate():
    scale = scales.of_ratios([D(2), D("0.5")], 100, 0)
    same = scale.at(D(1))
    assert round(same - scale.at(D(2)), 6) == round(scale.at(D("0.5")) - same, 6) == 50


@pytest.mark.parametrize(
    ("ratios", "expected"),
    [
        (["1.05"], ["0.9", "1", "1.1"]),
        (["1.8", "2.1"], ["0.5", "1", "2", "4"]),
        (["0.3"], ["0.25", "0.5", "1", "2"]),
        (["8"], ["0.5", "1", "2", "5", "10"]),
        (["5000"], ["0.01", "1", "100", "10000"]),
        ([], ["0.9", "1", "1.1"]),
    ],
)
def test_ticks_of_ratios(ratios, expected):
    assert [f"{one:f}" for one in scales.of_ratios([D(one) for one in ratios], 1, 0).ticks] == expected


def test_values_that_no_float_holds_have_a_place():
    scale = scales.straight([D("1E-400"), D("1E400")], 0, 100)
    assert (scale.at(D("1E-400")), round(scale.at(D("1E400")), 3)) == (0, 100)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("11.0", "11.0"), ("12500", "12,500"), ("-0.25", "-0.25"), ("1E+5", "100,000"), ("1E30", "1e+30")],
)
def test_numbers_are_shown_as_entered(value, expected):
    assert scales.number(D(value)) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["0", "0.5", "1.0"], ["0.0", "0.5", "1.0"]),
        (["0", "2000000", "4000000"], ["0", "2M", "4M"]),
        (["-1500000", "0"], ["-1.5M", "0"]),
        (["0", "50000"], ["0", "50,000"]),
        (["0", "3E-9"], ["0", "3e-9"]),
        (["0", "2E20"], ["0", "2e+20"]),
    ],
)
def test_ticks_are_said_shortly(values, expected):
    assert scales.tick_words([D(one) for one in values]) == expected


def test_years_are_spaced_by_time_and_other_periods_equally():
    assert scales.along(["2019", "2020", "2024"], 0, 100) == {"2019": 0, "2020": 20, "2024": 100}
    assert scales.along(["Q3 2023", "Q4 2023", "Q1 2025"], 0, 100) == {"Q3 2023": 0, "Q4 2023": 50, "Q1 2025": 100}
    assert scales.along(["2024"], 0, 100) == {"2024": 50}
    assert scales.along([], 0, 100) == {}


@given(st.lists(st.floats(0, 300), max_size=7))
def test_labels_keep_their_order_and_do_not_meet(places):
    found = scales.spread(places, 40, 0, 300)
    order = sorted(range(len(places)), key=lambda one: places[one])
    assert all(found[b] - found[a] >= 39.999 for a, b in pairwise(order))
    assert all(-0.001 <= one <= 300.001 for one in found)
