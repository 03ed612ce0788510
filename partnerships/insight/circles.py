"""How close partners are to the decisions: pure functions on what one reader sees."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from partnerships.core.choices import Side
from partnerships.registry.choices import OFFICE_ONLY_CIRCLES, Circle, WithheldName

RINGS = tuple(circle.value for circle in Circle if circle not in OFFICE_ONLY_CIRCLES)
INNER = (Circle.DECIDES.value, Circle.CO_DESIGNS.value)
# From the center out; an unknown circle comes after the rings, and those without a seat come last.
ORDER = (*RINGS, "", *(circle.value for circle in OFFICE_ONLY_CIRCLES))
# Kinds of organization that are institutions; every other kind belongs to the community side.
INSTITUTION_KINDS = ("funder", "business", "university", "hospital", "trainer")


@dataclass(frozen=True)
class Share:
    """Seats in the two inner rings: taken, taken by the community, expected but empty, and confirmed by community
    partners.

    Seats without a name count if their holders agreed. If one didn't agree, the share `is_withheld`: no one sees the
    figures of a single partnership, and totals of several are a minimum (`is_at_least`).
    """

    taken: int
    community: int
    empty: int
    confirmed: int = 0
    is_withheld: bool = False
    is_at_least: bool = False

    @property
    def ratio(self) -> float | None:
        """The community's share, 0 to 1; None if no seats are taken."""
        return self.community / self.taken if self.taken else None


@dataclass
class CircleChanges:
    """What changed between two days, by the keys of offices and organizations.

    `gone`: seats whose holder the reader can't see now.
    """

    closer: list = field(default_factory=list)  # (key, circle before, circle now)
    outward: list = field(default_factory=list)
    came: list = field(default_factory=list)  # (key, circle now)
    left: list = field(default_factory=list)  # (key, circle before)
    gone: int = 0

    def __bool__(self) -> bool:
        return bool(self.closer or self.outward or self.came or self.left or self.gone)


def innermost(circles: Sequence[str]) -> str:
    """The closest of these circles; “” is an unknown one."""
    return min(circles, key=ORDER.index)


def has_seat(circle: str) -> bool:
    """Whether a partner in this circle has a seat: not if it wasn't approached, or declined."""
    return circle not in OFFICE_ONLY_CIRCLES


def fill_seats(seats: dict, matching_keys: dict) -> dict:
    """Seat → the partners that fill it, in order.

    `seats`: seat → the key it expects. `matching_keys`: partner → all keys that it matches. Keys are such as (“department”,
    3).
    """
    return {seat: [body for body, keys in matching_keys.items() if wanted in keys] for seat, wanted in seats.items()}


def share(
    sitting: Sequence[tuple[str, str | None, bool]],
    empty: Sequence[str],
    unnamed: Sequence[tuple[str, ...]] = (),
    *,
    of_several: bool = False,
) -> Share:
    """The Share of these seats.

    `sitting`: (side, circle, whether it confirmed) of each partner. `empty`: the circles of the seats that no one
    fills. `unnamed`: (side, circle, value of WithheldName) of each seat without a name.
    """
    sides = [(side, confirmed) for side, circle, confirmed in sitting if circle in INNER]
    sides += [(side, False) for side, circle, says in unnamed if circle in INNER and says == WithheldName.COUNTED]
    community = [confirmed for side, confirmed in sides if side == Side.COMMUNITY]
    refused = any(says == WithheldName.WITHHELD for _, _, says in unnamed)
    return Share(
        len(sides),
        len(community),
        sum(circle in INNER for circle in empty),
        sum(community),
        is_withheld=refused and not of_several,
        is_at_least=refused and of_several,
    )


def quiet_since(last_met: date | None, limit: int, today: date) -> date | None:
    """The day of the last meeting if it is more than `limit` days ago."""
    return last_met if last_met and (today - last_met).days > limit else None


def compare(before: dict, now: dict, *, gone: int = 0) -> CircleChanges:
    """Compare partner → circle on an earlier day with now.

    Only rings count: a partner whose circle is unknown now is in none.
    """
    moves = CircleChanges(gone=gone)
    for key, old in before.items():
        new = now.get(key)
        if new not in RINGS:
            moves.left.append((key, old))
        elif RINGS.index(new) < RINGS.index(old):
            moves.closer.append((key, old, new))
        elif RINGS.index(new) > RINGS.index(old):
            moves.outward.append((key, old, new))
    moves.came = [(key, new) for key, new in now.items() if new in RINGS and key not in before]
    return moves


def quarter_of(day: date) -> date:
    """The first day of the quarter of this day."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)
