"""Who sits how close to the decisions: pure functions over what one reader sees. No table is read here."""

from dataclasses import dataclass, field
from datetime import date

from partnerships.core.choices import Side
from partnerships.registry.choices import OFFICE_ONLY_CIRCLES, Circle, Unnamed

RINGS = tuple(circle.value for circle in Circle if circle not in OFFICE_ONLY_CIRCLES)
INNER = (Circle.DECIDES.value, Circle.CO_DESIGNS.value)
# From the center out; a circle that is not said comes after the rings, and those who do not sit come last.
ORDER = (*RINGS, "", *(circle.value for circle in OFFICE_ONLY_CIRCLES))
# Kinds of organization that are institutions; every other kind is of community.
INSTITUTION_KINDS = ("funder", "business", "university", "hospital", "trainer")


@dataclass(frozen=True)
class Share:
    """Seats in the two inner rings: taken, taken by the community, expected but empty, and how many of the community's its
    partners confirmed. Seats without a name count where their holders agreed. Where one did not, `is_withheld`: the figures of
    one partnership are then shown to nobody, and totals of several are `is_at_least`."""

    taken: int
    community: int
    empty: int
    confirmed: int = 0
    is_withheld: bool = False
    is_at_least: bool = False

    @property
    def ratio(self) -> float | None:
        """Held by community, 0 to 1; None where nobody sits."""
        return self.community / self.taken if self.taken else None


@dataclass
class Moves:
    """What changed between two days, by the keys of bodies. `gone`: seats whose body the reader does not see now."""

    closer: list = field(default_factory=list)  # (key, circle before, circle now)
    outward: list = field(default_factory=list)
    came: list = field(default_factory=list)  # (key, circle now)
    left: list = field(default_factory=list)  # (key, circle before)
    gone: int = 0

    def __bool__(self) -> bool:
        return bool(self.closer or self.outward or self.came or self.left or self.gone)


def innermost(circles) -> str:
    """The closest of these circles, with “” for one that is not said."""
    return min(circles, key=ORDER.index)


def sits(circle: str) -> bool:
    """Whether a body with this circle has a place at the table: not one that was not approached, or declined."""
    return circle not in OFFICE_ONLY_CIRCLES


def who_fills(seats: dict, answers: dict) -> dict:
    """Seat → the bodies that fill it, in their order. `seats`: seat → whom it expects; `answers`: body → all that it is, of
    those who sit. Both are told by the same keys, such as (“department”, 3)."""
    return {seat: [body for body, keys in answers.items() if wanted in keys] for seat, wanted in seats.items()}


def share(sitting, empty, unnamed=(), *, of_several=False) -> Share:
    """`sitting`: (side, circle, whether it confirmed) of each body; `empty`: the circles of the seats that nobody fills;
    `unnamed`: (side, circle, what figures may say of it) of each seat without a name."""
    sides = [(side, confirmed) for side, circle, confirmed in sitting if circle in INNER]
    sides += [(side, False) for side, circle, says in unnamed if circle in INNER and says == Unnamed.COUNTED]
    community = [confirmed for side, confirmed in sides if side == Side.COMMUNITY]
    refused = any(says == Unnamed.WITHHELD for _, _, says in unnamed)
    return Share(
        len(sides),
        len(community),
        sum(circle in INNER for circle in empty),
        sum(community),
        is_withheld=refused and not of_several,
        is_at_least=refused and of_several,
    )


def quiet_since(last_met: date | None, limit: int, today: date) -> date | None:
    """The day of the last meeting, when it lies more than `limit` days back."""
    return last_met if last_met and (today - last_met).days > limit else None


def compare(before: dict, now: dict, *, gone: int = 0) -> Moves:
    """Body → circle on the earlier day and now, of the rings alone: one whose circle is not said now is in no ring."""
    moves = Moves(gone=gone)
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
    """The first day of the quarter that a day lies in."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)
