"""Scales of charts: positions of values and periods. Values are Decimal, and positions are in user units."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, localcontext

from django.utils.translation import gettext

# Enough digits for any two values that the database columns allow.
_EXACT = Context(prec=80)
_RATIOS = (
    (("1.1", "1.25"), ("0.9", "0.8")),
    (("1.5", "2"), ("0.75", "0.5")),
    (("2", "4"), ("0.5", "0.25")),
    (("2", "5", "10"), ("0.5", "0.2", "0.1")),
)
_UNITS = ((Decimal("1E12"), "T"), (Decimal("1E9"), "B"), (Decimal("1E6"), "M"))
_LONGEST = 15  # digits of a number that isn't rounded


@dataclass(frozen=True)
class Scale:
    """Maps `ticks[0]` to `start` and `ticks[-1]` to `end`. On a log scale, equal distances are equal ratios."""

    ticks: tuple[Decimal, ...]
    start: float
    end: float
    is_log: bool = False

    def at(self, value: Decimal) -> float:
        with localcontext(_EXACT):
            low, high, value = (one.ln() if self.is_log else one for one in (self.ticks[0], self.ticks[-1], value))
            return self.start + (self.end - self.start) * float((value - low) / (high - low))


def straight(values, start, end, most=5) -> Scale:
    """A linear scale with about `most` round ticks around all values.

    It starts at zero unless all values are far from zero and close together.
    """
    with localcontext(_EXACT):
        low, high = min(values, default=Decimal(0)), max(values, default=Decimal(1))
        if low == high:
            low, high = low - abs(low) / 4, high + abs(high) / 4
        if low == high:
            high = Decimal(1)
        if 0 <= low <= high * 2 / 3:
            low = Decimal(0)
        if low * 2 / 3 <= high <= 0:
            high = Decimal(0)
        step = _round_step((high - low) / (most - 1))
        first = (low / step).to_integral_value(ROUND_FLOOR)
        last = (high / step).to_integral_value(ROUND_CEILING)
        return Scale(tuple(step * (first + n) for n in range(int(last - first) + 1)), start, end)


def _round_step(least):
    unit = Decimal(1).scaleb(least.adjusted())
    return next(unit * times for times in (1, 2, 5, 10) if unit * times >= least)


def of_ratios(ratios, start, end) -> Scale:
    """A log scale around 1 with at least one tick on each side. `ratios` must be above zero."""
    furthest = max((max(one, 1 / one) for one in ratios), default=Decimal(1))
    ups, downs = _ratio_ticks(furthest)
    low, high = min(ratios, default=Decimal(1)), max(ratios, default=Decimal(1))
    return Scale((*reversed(_as_far(downs, low)), Decimal(1), *_as_far(ups, high)), start, end, is_log=True)


def _ratio_ticks(furthest):
    for ups, downs in _RATIOS:
        if furthest <= Decimal(ups[-1]):
            return [Decimal(one) for one in ups], [Decimal(one) for one in downs]
    step = (furthest.adjusted() + 3) // 3
    return [Decimal(1).scaleb(step * n) for n in (1, 2, 3)], [Decimal(1).scaleb(-step * n) for n in (1, 2, 3)]


def _as_far(ticks, value):
    """The ticks away from 1, up to the first one beyond the value."""
    beyond = [n for n, tick in enumerate(ticks) if (tick >= value if tick > 1 else tick <= value)]
    return ticks[: beyond[0] + 1]


def number(value: Decimal) -> str:
    """A number with all its decimals and with commas: “12,500.0”. Very long ones are rounded: “1.23e+30”."""
    words = f"{value:,f}"
    return words if len(words) <= _LONGEST else f"{value:.3g}".lower()


def tick_words(ticks) -> list[str]:
    """Short labels in the same format: “0.0”, “0.5”; “0M”, “2M”."""
    highest = max(abs(one) for one in ticks)
    places = max(0, -min(int(one.normalize().as_tuple().exponent) for one in ticks))
    if places > 6 or highest >= Decimal("1E15"):
        return ["0" if one == 0 else f"{one.normalize():.3g}".lower() for one in ticks]
    for unit, letter in _UNITS:
        if highest >= unit:
            return [f"{(one / unit).normalize():f}{letter}" if one else "0" for one in ticks]
    return [f"{one:,.{places}f}" for one in ticks]


def without_zero(ticks) -> list[str]:
    """A note if the scale doesn't include zero."""
    first, *_, last = tick_words(ticks)
    is_away = ticks[0] > 0 or ticks[-1] < 0
    words = gettext("The scale goes from %(first)s to %(last)s, without zero.")
    return [words % {"first": first, "last": last}] if is_away else []


def in_order(labels) -> list[str]:
    """Each period once. Years are sorted, and others keep their order."""
    labels = list(dict.fromkeys(labels))
    return sorted(labels) if _are_years(labels) else labels


def _are_years(labels):
    return all(one.isascii() and one.isdigit() and len(one) == 4 for one in labels)


def along(labels, start, end) -> dict[str, float]:
    """Period → position. Years are spaced by their difference, and other periods equally in their order."""
    if len(labels) < 2:
        return dict.fromkeys(labels, (start + end) / 2)
    steps = [int(one) for one in labels] if _are_years(labels) else list(range(len(labels)))
    first, last = min(steps), max(steps)
    pairs = sorted(zip(steps, labels, strict=True))
    return {label: start + (end - start) * (step - first) / (last - first) for step, label in pairs}


def spread(places, gap, low, high) -> list[float]:
    """Positions near the given ones, in the same order, at least `gap` from each other.

    Between low and high if they fit.
    """
    order = sorted(range(len(places)), key=lambda n: places[n])
    found, least = [0.0] * len(places), low
    for n in order:
        found[n] = max(places[n], least)
        least = found[n] + gap
    most = high
    for n in reversed(order):
        found[n] = min(found[n], most)
        most = found[n] - gap
    return found
