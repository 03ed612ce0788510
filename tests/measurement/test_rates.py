"""Rates, sums and disparities, compared with people counted one by one and with exact fractions."""

from decimal import Decimal
from fractions import Fraction
from random import Random

import numpy
import pytest

from partnerships.measurement.forecasts import forecast
from partnerships.measurement.rate_math import Cell, combined, disparity, group_of, key_of, rate, summed, worse_side

TRIED = 200  # QA21C tries more


def cell(numerator, denominator, key="", value=None):
    numbers = [None if n is None else Decimal(n) for n in (value, numerator, denominator)]
    return Cell(key, *numbers)


def is_nearest(number, exact):
    """Whether a Decimal is the nearest one with 28 digits to an exact fraction."""
    return abs(Fraction(number) - exact) <= abs(exact) / 10**27


def random_counts(random):
    whole = random.choice((0, 1, 3, 7, random.randint(1, 10**6)))
    return random.randint(0, whole), whole


def test_a_rate_is_exact_to_28_digits_whatever_it_is_per():
    random = Random(1)
    for _ in range(TRIED):
        part, whole = random_counts(random)
        per = random.choice((100, 1_000, 100_000))
        found = rate(Decimal(part), Decimal(whole), per)
        assert found is None if whole == 0 else is_nearest(found, Fraction(part * per, whole))


def test_without_counts_or_people_there_is_no_rate():
    assert rate(None, Decimal(5)) is None
    assert rate(Decimal(5), None) is None
    assert rate(Decimal(0), Decimal(0)) is None
    assert rate(Decimal(5), Decimal(0)) is None
    assert rate(Decimal(0), Decimal(5)) == 0


def test_several_groups_together_have_the_rate_of_their_people_and_not_a_mean_of_rates():
    random = Random(2)
    for _ in range(TRIED):
        people = [(random.randrange(6), random.random() < 0.3) for _ in range(random.randint(1, 60))]
        cells = [
            cell(sum(had for g, had in people if g == group), sum(g == group for g, _ in people)) for group in range(6)
        ]
        found = combined(cells, 1_000)
        assert is_nearest(found, Fraction(1_000 * sum(had for _, had in people), len(people)))
    assert combined([cell(1, 2), cell(0, 98)]) == 1  # the mean of the rates would be 25


def test_what_cannot_be_summed_is_unknown():
    assert combined([]) is None
    assert combined([cell(1, 2), cell(None, 2)]) is None
    assert combined([cell(1, 2), cell(1, None)]) is None
    assert combined([cell(0, 0), cell(0, 0)]) is None
    assert combined([cell(0, 0), cell(1, 4)]) == 25
    assert summed([cell(1, 2), cell(None, 2)], key="race=asian") == cell(None, 4, "race=asian")


def test_ratio_and_gap_of_many_pairs():
    random = Random(3)
    for _ in range(TRIED):
        (a, m), (b, n) = random_counts(random), random_counts(random)
        found = disparity(cell(a, m), cell(b, n), 100)
        if not (m and n):
            assert (found.ratio, found.gap, found.higher) == (None, None, None)
            continue
        assert is_nearest(found.gap, Fraction(100 * (a * n - b * m), m * n))
        assert found.higher == ("same" if a * n == b * m else "group" if a * n > b * m else "reference")
        assert found.ratio is None if b == 0 else is_nearest(found.ratio, Fraction(a * n, m * b))


def test_a_value_alone_is_compared_and_empty_counts_are_not():
    assert disparity(cell(None, None, value=30), cell(1, 5)).ratio == Decimal("1.5")
    assert disparity(cell(0, 0, value=30), cell(1, 5)).gap is None
    assert disparity(cell(None, None), cell(1, 5)).higher is None


@pytest.mark.parametrize(
    ("higher", "better", "worse"),
    [
        ("group", "up", "reference"),
        ("group", "down", "group"),
        ("reference", "up", "group"),
        ("reference", "down", "reference"),
        ("same", "down", None),
        (None, "up", None),
    ],
)
def test_who_is_worse_off_depends_on_which_direction_is_better(higher, better, worse):
    assert worse_side(higher, better) == worse


def test_a_direction_that_is_none_is_refused():
    with pytest.raises(ValueError, match="up or down"):
        worse_side("group", "")


def test_keys_have_one_way_to_be_written():
    assert group_of("") == ()
    assert group_of("race=asian&gender=women") == (("race", "asian"), ("gender", "women"))
    assert key_of({"gender": "women", "race": "asian"}) == "race=asian&gender=women"


@pytest.mark.parametrize(
    "key",
    [
        "gender=women&race=asian",
        "race",
        "race=",
        "race=a&race=b",
        "race=a&race1997=b",
        "income=low",
        "&",
        "race=a&",
    ],
)
def test_a_key_of_another_make_is_refused(key):
    with pytest.raises(ValueError, match=r"cell|cannot be named"):
        group_of(key)


def test_a_forecast_is_the_line_of_least_squares_through_the_last_eight():
    random = Random(4)
    for _ in range(TRIED):
        points = [random.choice((None, Decimal(random.randint(0, 10_000)) / 100)) for _ in range(random.randint(0, 14))]
        found = forecast(points, 3)
        taken = [(x, float(y)) for x, y in enumerate(points) if y is not None and x >= len(points) - 8]
        if len(taken) < 3:
            assert found is None
            continue
        slope, start = numpy.polyfit(*zip(*taken, strict=True), 1)
        expected = [start + slope * (len(points) + step) for step in range(3)]
        assert [float(y) for y in found.values] == pytest.approx(expected, abs=1e-6)
        assert found.count == len(taken)
        assert not found.clipped


def test_a_forecast_keeps_to_what_the_unit_can_be_and_says_so():
    points = [Decimal(n) for n in (70, 80, 90)]
    found = forecast(points, 3, low=0, high=100)
    assert (found.values, found.clipped, found.slope) == ((100, 100, 100), True, 10)
    assert forecast(points[::-1], 8, low=0, high=100).values[-1] == 0
    assert forecast(points, 1, low=0, high=100).clipped is False
    assert found.method == "A straight line through the last 3 points, by least squares"
    assert forecast(points, 0) is None
