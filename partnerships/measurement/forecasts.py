"""The forecast of a number if its trend continues."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from partnerships.measurement.rate_math import to_decimal

MOST, LEAST = 8, 3  # periods that are used, and the least number of points among them
METHOD = "A straight line through the last {count} points, by least squares"


@dataclass(frozen=True)
class Forecast:
    """`values`: one for each coming period, next one first, within the limits. `slope`: change per period, before the
    limits.

    `clipped`: whether a limit was reached. `count`: the points that the line is based on.
    """

    values: tuple[Decimal, ...]
    slope: Decimal
    count: int
    clipped: bool

    @property
    def method(self) -> str:
        return METHOD.format(count=self.count)


def forecast(
    points: Sequence[Decimal | None], ahead: int, *, low: int | None = None, high: int | None = None
) -> Forecast | None:
    """The least-squares line, continued for `ahead` periods.

    `points`: one per period in a row, oldest first, None where it is missing; the last eight periods are used. Returns
    None with fewer than three points, and if `ahead` is below 1. `low`, `high`: the limits of the unit (0 and 100 for
    a percentage).
    """
    taken = [(x, Fraction(y)) for x, y in enumerate(points[-MOST:]) if y is not None]
    if len(taken) < LEAST or ahead < 1:
        return None
    n, last = len(taken), len(points[-MOST:]) - 1
    mean_x, mean_y = Fraction(sum(x for x, _ in taken), n), sum((y for _, y in taken), Fraction()) / n
    along = sum(((x - mean_x) * (y - mean_y) for x, y in taken), Fraction())
    slope = along / sum(((x - mean_x) * (x - mean_x) for x, _ in taken), Fraction())
    line = [mean_y + slope * (last + step - mean_x) for step in range(1, ahead + 1)]
    values = [_clip(y, low, high) for y in line]
    return Forecast(tuple(map(to_decimal, values)), to_decimal(slope), n, values != line)


def _clip(y: Fraction, low: int | None, high: int | None) -> Fraction:
    y = y if low is None else max(y, Fraction(low))
    return y if high is None else min(y, Fraction(high))
