"""Intervals, compared with other calculations: roots of the score equation, other quantiles, printed examples."""

from decimal import Decimal
from math import exp, inf, log, sqrt
from random import Random

import pytest
from scipy.optimize import brentq
from scipy.stats import binomtest, chi2
from scipy.stats.contingency import relative_risk

from partnerships.measurement.intervals import difference_interval, interval, ratio_interval
from partnerships.measurement.rate_math import COUNT, EVENTS

TRIED = 200  # QA21C tries more
EDGE = 1e-13  # at exactly 0 and 1, the score is 0 as well
Z = 1.959963984540054


def floats(found):
    return None if found is None else tuple(map(float, found))


def random_counts(random, least=1):
    whole = random.choice((random.randint(1, 12), random.randint(1, 300), random.randint(1, 10**6)))
    return random.randint(min(least, whole), whole), whole


def test_a_proportion_has_the_bounds_at_which_the_score_test_turns():
    random = Random(1)
    for _ in range(TRIED):
        part, whole = random_counts(random, 0)
        low, high = floats(interval(Decimal(part), Decimal(whole), 100))
        share = part / whole

        def score(p, share=share, whole=whole):
            return abs(share - p) - Z * sqrt(p * (1 - p) / whole)

        expected_low = 0 if part == 0 else brentq(score, 0, min(share, 1 - EDGE), xtol=1e-15)
        expected_high = 1 if part == whole else brentq(score, max(share, EDGE), 1, xtol=1e-15)
        assert (low, high) == pytest.approx((100 * expected_low, 100 * expected_high), abs=1e-8)
        other = binomtest(part, whole).proportion_ci(method="wilson")
        assert (low, high) == pytest.approx((100 * other.low, 100 * other.high), abs=1e-8)


def test_for_none_and_for_all_the_bound_is_exact():
    for whole in range(1, 200):
        assert interval(Decimal(0), Decimal(whole), 100).low == 0
        assert interval(Decimal(whole), Decimal(whole), 100).high == 100


def test_few_events_have_exact_bounds_and_many_have_byars():
    for count in (*range(10), *range(10, 3_000, 7)):
        low, high = floats(interval(Decimal(count), Decimal(2_000), 1_000, EVENTS))
        exact = (chi2.ppf(0.025, 2 * count) / 2 if count else 0, chi2.ppf(0.975, 2 * count + 2) / 2)
        near = 1e-9 if count < 10 else 0.002  # Byar's method approximates the exact one
        assert (low, high) == pytest.approx((exact[0] / 2, exact[1] / 2), rel=near)
        assert floats(interval(Decimal(count), None, 100, COUNT)) == pytest.approx(exact, rel=near)


def test_events_may_be_more_than_the_people_and_a_part_may_not():
    assert interval(Decimal(30), Decimal(10), 100, EVENTS).low > 200
    assert interval(Decimal(30), Decimal(10), 100) is None


@pytest.mark.parametrize(("part", "whole"), [(None, 5), (5, None), (0, 0), (-1, 5), (1, 0), (1, -5)])
@pytest.mark.parametrize("kind", ["proportion", EVENTS])
def test_counts_that_say_nothing_have_no_interval(part, whole, kind):
    counts = [None if n is None else Decimal(n) for n in (part, whole)]
    assert interval(*counts, 100, kind) is None
    assert ratio_interval(counts, (Decimal(1), Decimal(2)), kind) is None
    assert difference_interval(counts, (Decimal(1), Decimal(2)), 100, kind) is None
    assert difference_interval((Decimal(1), Decimal(2)), counts, 100, kind) is None


def test_a_kind_that_is_none_is_refused():
    with pytest.raises(ValueError, match="no interval"):
        interval(Decimal(1), Decimal(2), 100, "percent")


def test_the_ratio_of_many_pairs_by_the_method_of_katz():
    random = Random(2)
    for _ in range(TRIED):
        (a, m), (b, n) = random_counts(random), random_counts(random)
        found = floats(ratio_interval((Decimal(a), Decimal(m)), (Decimal(b), Decimal(n))))
        other = relative_risk(a, m, b, n).confidence_interval(0.95)
        assert found == pytest.approx((other.low, other.high), rel=1e-9)
        events = floats(ratio_interval((Decimal(a), Decimal(m)), (Decimal(b), Decimal(n)), EVENTS))
        far = Z * sqrt(1 / a + 1 / b)
        middle = log(a / m) - log(b / n)
        assert events == pytest.approx((exp(middle - far), exp(middle + far)), rel=1e-9)


def test_the_ratio_needs_an_event_on_both_sides():
    none, some = (Decimal(0), Decimal(9)), (Decimal(3), Decimal(9))
    assert ratio_interval(none, some) is None
    assert ratio_interval(some, none) is None
    assert ratio_interval(some, some, COUNT) is None


# Newcombe 1998 (Statistics in Medicine 17, 873 to 890), table II, method 10.
@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_the_difference_as_it_is_printed(one, other, low, high):
    found = difference_interval(tuple(map(Decimal, one)), tuple(map(Decimal, other)), 1)
    assert floats(found) == pytest.approx((low, high), abs=0.00006)


def test_the_difference_of_many_pairs_joins_the_two_intervals():
    random = Random(3)
    for _ in range(TRIED):
        (a, m), (b, n) = random_counts(random, 0), random_counts(random, 0)
        one, other = (binomtest(*pair).proportion_ci(method="wilson") for pair in ((a, m), (b, n)))
        p, q = a / m, b / n
        low = p - q - sqrt((p - one.low) ** 2 + (other.high - q) ** 2)
        high = p - q + sqrt((one.high - p) ** 2 + (q - other.low) ** 2)
        found = floats(difference_interval((Decimal(a), Decimal(m)), (Decimal(b), Decimal(n)), 100))
        assert found == pytest.approx((100 * low, 100 * high), abs=1e-7)
        assert -inf < found[0] <= 100 * (p - q) <= found[1] + 1e-9
