"""95% confidence intervals, as if the counts were a sample from a longer run.

Sources: Wilson 1927 (a proportion); Breslow and Day 1987 after Byar (events and counts from ten up), Garwood 1934
(exact, below ten); Katz, Baptista, Azen and Pike 1978 (a ratio); Newcombe 1998, method 10, and Zou and Donner 2008 (a
difference).

`off`: by how much rounding may have moved each count. An interval then contains that of every true count that rounds
to the same value: each end is computed from the counts that lead farthest. A true zero is never rounded, nor is a part
that equals its whole.
"""

from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import NamedTuple

from partnerships.measurement.rate_math import COUNT, EVENTS, PROPORTION

Z = Decimal("1.959963984540054")  # the 97.5th percentile of the normal distribution
_TAIL = Decimal("0.025")
_EXACT_BELOW = 10  # events, as the UK Office for Health Improvement and Disparities does
_GUARD = 40  # digits of the calculation, so that 28 are right


class Interval(NamedTuple):
    low: Decimal
    high: Decimal


def interval(
    numerator: Decimal | None,
    denominator: Decimal | None,
    per: int = 100,
    kind: str = PROPORTION,
    off: Decimal = Decimal(),
) -> Interval | None:
    """The interval of a rate, in the rate's unit. None without counts, for an empty group, below 0, or if a part
    exceeds its whole.

    PROPORTION: Wilson's score interval. EVENTS: Byar's interval of the count, exact (Poisson) below ten, over the
    denominator. COUNT: the same for the count itself; `denominator` and `per` are ignored.
    """
    if not _fit(numerator, denominator, kind):
        return None
    least, most = _corners(numerator, denominator, kind, off)
    if least == most:
        return _interval(least, per, kind)
    return Interval(_interval(least, per, kind).low, _interval(most, per, kind).high)


def _interval(counts: tuple, per: int, kind: str) -> Interval:
    numerator, denominator = counts
    with localcontext(prec=_GUARD):
        if kind == PROPORTION:
            low, high = _wilson(Decimal(numerator), Decimal(denominator))
        else:
            low, high = _poisson(Decimal(numerator))
        scale = Decimal(1) if kind == COUNT else Decimal(per) if kind == PROPORTION else per / Decimal(denominator)
        low, high = low * scale, high * scale
    return Interval(+low, +high)


def true_rates(numerator: Decimal, denominator: Decimal, per: int, kind: str, off: Decimal) -> Interval:
    """The lowest and the highest rate of the true counts that round to these. Unlike `interval`, nothing else is uncertain."""
    low, high = (
        above * per / below if below else Decimal() for above, below in _corners(numerator, denominator, kind, off)
    )
    return Interval(low, high)


def ratio_interval(group: tuple, reference: tuple, kind: str = PROPORTION, off: Decimal = Decimal()) -> Interval | None:
    """The interval of group's rate / reference's rate, each given as (numerator, denominator), by Katz's log method.

    None if a count is missing or one side had no event. The two groups must not overlap; if one contains the other,
    the interval is too wide.
    """
    if kind == COUNT or not all(_fit(a, n, kind) and a > off for a, n in (group, reference)):
        return None
    (least, most), (other_least, other_most) = (_corners(a, n, kind, off) for a, n in (group, reference))
    return Interval(_katz(least, other_most, kind).low, _katz(most, other_least, kind).high)


def _katz(group: tuple[Decimal, Decimal], reference: tuple[Decimal, Decimal], kind: str) -> Interval:
    with localcontext(prec=_GUARD):
        (a, m), (b, n) = (map(Decimal, counts) for counts in (group, reference))
        spread = 1 / a + 1 / b - (1 / m + 1 / n if kind == PROPORTION else 0)
        # The value is 0 where everyone on both sides had the event, and rounding may make it slightly negative.
        middle, far = (a / m) / (b / n), (Z * max(spread, Decimal()).sqrt()).exp()
        low, high = middle / far, middle * far
    return Interval(+low, +high)


def difference_interval(
    group: tuple, reference: tuple, per: int = 100, kind: str = PROPORTION, off: Decimal = Decimal()
) -> Interval | None:
    """The interval of group's rate − reference's rate, in the rate's unit, by Newcombe's square-and-add method.

    It combines the two intervals of `interval`. The two groups must not overlap.
    """
    if kind == COUNT or not all(_fit(a, n, kind) for a, n in (group, reference)):
        return None
    (least, most), (other_least, other_most) = (_corners(a, n, kind, off) for a, n in (group, reference))
    return Interval(
        _newcombe(least, other_most, per, kind).low,
        _newcombe(most, other_least, per, kind).high,
    )


def _newcombe(group: tuple[Decimal, Decimal], reference: tuple[Decimal, Decimal], per: int, kind: str) -> Interval:
    one, other = _interval(group, per, kind), _interval(reference, per, kind)
    with localcontext(prec=_GUARD):
        p, q = (Decimal(a) * per / Decimal(n) for a, n in (group, reference))
        below = ((p - one.low) ** 2 + (other.high - q) ** 2).sqrt()
        above = ((one.high - p) ** 2 + (q - other.low) ** 2).sqrt()
        low, high = p - q - below, p - q + above
    return Interval(+low, +high)


def _corners(numerator: Decimal | None, denominator: Decimal | None, kind: str, off: Decimal) -> tuple:
    """The true counts of the lowest and the highest rate that round to these."""
    assert numerator is not None  # `_fit` refused it
    above, below = Decimal(numerator), None if kind == COUNT or denominator is None else Decimal(denominator)
    if not off:
        return (above, below), (above, below)
    least = below if below is None else max(below - off, off)
    if kind == PROPORTION and above == below:
        return (least, least), (least, least)
    most = below if below is None else below + off
    if not above:
        return (above, most), (above, least)
    highest = above + off
    return (max(above - off, Decimal()), most), (
        highest if kind != PROPORTION or least is None else min(highest, least),
        least,
    )


def _fit(numerator: Decimal | None, denominator: Decimal | None, kind: str) -> bool:
    if kind not in (PROPORTION, EVENTS, COUNT):
        raise ValueError(f"There is no interval of {kind}.")
    if numerator is None or numerator < 0:
        return False
    if kind == COUNT:
        return True
    return denominator is not None and denominator > 0 and (kind == EVENTS or numerator <= denominator)


def _wilson(count: Decimal, n: Decimal) -> tuple[Decimal, Decimal]:
    p, square = count / n, Z * Z
    middle = p + square / (2 * n)
    far = Z * ((p * (1 - p) + square / (4 * n)) / n).sqrt()
    whole = 1 + square / n
    # Where no one or everyone is counted, the limit is exactly 0 or 1.
    low = (middle - far) / whole if count else Decimal()
    high = (middle + far) / whole if count < n else Decimal(1)
    return low, high


def _poisson(count: Decimal) -> tuple[Decimal, Decimal]:
    if count < _EXACT_BELOW and count == int(count):
        low = _solve(lambda mean: 1 - _at_most(count - 1, mean), _TAIL) if count else Decimal()
        return low, _solve(lambda mean: -_at_most(count, mean), -_TAIL)
    return _byar(count, -1) if count else Decimal(), _byar(count + 1, 1)


def _byar(count: Decimal, way: int) -> Decimal:
    return count * (1 - 1 / (9 * count) + way * Z / (3 * count.sqrt())) ** 3


def _at_most(count: Decimal, mean: Decimal) -> Decimal:
    """The probability of at most this many events when `mean` are expected."""
    term, total = (-mean).exp(), Decimal()
    for k in range(int(count) + 1):
        total += term
        term *= mean / (k + 1)
    return total


def _solve(rising: Callable, level: Decimal) -> Decimal:
    """Where an increasing function reaches this level, between 0 and 30, by bisection."""
    low, high = Decimal(), Decimal(30)
    for _ in range(110):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < level else (low, middle)
    return low
