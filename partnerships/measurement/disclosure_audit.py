"""What other numbers the protected cells of a table could have, and which cells to protect so that there are other
possibilities.

Used by `suppression`, which says what is guaranteed and why. A *group* is a set of (dimension, category), stored as
the bits of an int. Its *lines* are the dimensions by which it is broken down; the parts of a line add up to it.

A move takes some dimensions of a group and swaps the category of each with another one. Groups with an even number of
swaps increase, those with an odd number decrease by the same amount: so every margin without one of these dimensions
stays the same. Cells below move too, in one category of each further dimension.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations, product
from typing import NamedTuple
from zlib import crc32

_COARSE = 4  # a margin costs as much as this many of the cells it consists of
_KEPT = 1_000
_MOST_PROFILES = 60
Parts = tuple[tuple[str, str], ...]
Counts = tuple[Decimal | None, ...]


class Move(NamedTuple):
    """The groups whose counts grow, and those whose counts shrink by as much, so that every shown sum stays the same."""

    up: list[int]
    down: list[int]


class Reach:
    """Two tables that moves lead to, for one count of each cell.

    In `high` the cell in question is larger than it is, in `low` smaller. `width`: the difference between the two.
    `wanted`: the width that protects the cell. Groups that `counts` lacks are never shown: they get whatever value
    results.
    """

    def __init__(self, counts: Mapping[int, Decimal], wanted: int) -> None:
        self.high, self.low, self.width, self.wanted = dict(counts), dict(counts), Decimal(), wanted

    def missing(self) -> Decimal:
        """How much the width lacks."""
        return self.wanted - self.width

    def steps(self, move: Move) -> tuple[Decimal, Decimal]:
        """How far the move can go in each of the two tables, before a count becomes negative or the width is enough."""
        most = self.missing()
        high = min([self.high[group] for group in move.down if group in self.high] + [most])
        low = min([self.low[group] for group in move.up if group in self.low] + [most])
        return high, low

    def apply(self, move: Move) -> None:
        """Make this move in both tables as far as it can go: in `low`, with up and down reversed."""
        for counts, step, way in zip((self.high, self.low), self.steps(move), (1, -1), strict=True):
            self.width += step
            for groups, sign in ((move.up, way), (move.down, -way)):
                for group in groups:
                    if group in counts:
                        counts[group] += sign * step


class Table:
    """The shown cells of a table, with all margins that they imply. Those not shown are free to move, at no cost.

    `cells`: the counts of each group that can move by themselves; a count of None is treated as 0, so that nothing is
    taken from it. `kept`: groups that are protected last.
    """

    def __init__(self, cells: Mapping[Parts, Counts], smallest: int, kept: Collection[Parts] = ()) -> None:
        self.smallest = smallest
        self.bits: dict[tuple[str, str], int] = {}
        self.lines: dict[tuple[int, str], list[int]] = {}
        self.dimension: dict[int, str] = {}  # of a bit
        for parts in sorted({part for group in cells for part in group}):
            self.bits[parts] = 1 << len(self.bits)
            self.dimension[self.bits[parts]] = parts[0]
        self.groups = {below for group in cells for below in self._margins(self._bits_of(group))}
        for group in sorted(self.groups):
            for bit in self._bits_in(group):
                self.lines.setdefault((group ^ bit, self.dimension[bit]), []).append(bit)
        self.dimensions = sorted(set(self.dimension.values()))
        self.names = {self._bits_of(group): group for group in cells}
        self.cells = {self._bits_of(group): counts for group, counts in cells.items()}
        self.counts = [
            {group: max(count or Decimal(), Decimal()) for group, count in zip(self.cells, column, strict=True)}
            for column in zip(*self.cells.values(), strict=True)
        ]
        deepest = max(map(len, cells), default=0)
        self.cost = {self._bits_of(group): _COARSE ** (deepest - len(group)) for group in cells}
        self.cost |= {self._bits_of(group): _KEPT for group in kept}
        self.order = {group: crc32(repr(name).encode()) for group, name in self.names.items()}
        self.hidden: set[int] = set()
        self.profiles: list[frozenset[int]] | None = None  # how one person could be counted: a cell of each margin

    def protect(self, first: Collection[Parts]) -> set[Parts]:
        """The groups that must not be shown if these must not."""
        self.hidden = {self._bits_of(group) for group in first}
        waiting = sorted(self.hidden, key=lambda group: (-group.bit_count(), self.order[group]))
        for group in waiting:  # grows during the loop
            waiting += self._make_safe(group)
        return {self.names[group] for group in self.hidden}

    def _make_safe(self, group: int) -> list[int]:
        """Protect other groups until this cell could have other counts. Returns those."""
        added = []
        reaches = [reach for n in range(len(self.cells[group])) if (reach := self._reach(group, n))]
        self._use_hidden(group, reaches)
        while reaches := [reach for reach in reaches if reach.missing() > 0]:
            move = self._best_move(self._swaps(group, reaches), reaches) or self._best_move(
                self._transfers(group), reaches
            )
            if move is None:
                break
            for reach in reaches:
                reach.apply(move)
            new = self._newly_protected(move)
            self.hidden.update(new)
            added += new
        return added

    def _use_hidden(self, group: int, reaches: Sequence[Reach]) -> None:
        """Go as far as moves among protected groups already lead."""
        for move in self._swaps(group, reaches, within=True):
            short = [reach for reach in reaches if reach.missing() > 0]
            if not short:
                break
            for reach in short:
                reach.apply(move)

    def _reach(self, group: int, n: int) -> Reach | None:
        """How far the nth count of a group can move, before any move.

        None if nothing can be guaranteed: the count is unknown, or that of a shown total is 0.
        """
        whole = self.cells.get(0)
        if self.cells[group][n] is None or (whole and whole[n] == 0 and 0 not in self.hidden):
            return None
        return Reach(self.counts[n], self.smallest)

    def _best_move(self, moves: Iterable, reaches: Sequence[Reach]) -> Move | None:
        """The best move: one that is enough at once, then one that protects the fewest others, then by the fixed
        order. None if none helps.
        """
        best, least, missing = None, None, sum(reach.missing() for reach in reaches)
        for move in moves:
            rank = self._rank(move, reaches)
            if rank[0] < missing and (least is None or rank < least):
                best, least = move, rank
                if rank[:2] == (0, 0):
                    break
        return best

    def _rank(self, move: Move, reaches: Iterable[Reach]) -> tuple[Decimal | int, int, int, list[int]]:
        """How far it stays from enough, then the cost and the fixed order of what it newly protects: the least is best."""
        new = self._newly_protected(move)
        short = sum(max(reach.missing() - sum(reach.steps(move)), Decimal()) for reach in reaches)
        return short, sum(self.cost[group] for group in new), sum(self.order[group] for group in new), move.down

    def _newly_protected(self, move: Move) -> list[int]:
        return [group for group in (*move.up, *move.down) if group in self.cells and group not in self.hidden]

    def _swaps(self, group: int, reaches: Sequence[Reach], within: bool = False) -> Iterator[Move]:
        """Moves that increase this cell; for each choice of swaps, the best choice of what moves with it.

        `within`: only moves that protect nothing else.
        """
        bits = self._bits_in(group)
        for n in range(len(bits) + 1):
            for swapped in combinations(bits, n):
                if not swapped and 0 in self.cells and 0 not in self.hidden:
                    continue
                stays = group & ~sum(swapped)
                others = [self._swap_candidates(group, bit, within) for bit in swapped]
                for chosen in product(*others):
                    corners = _corners(swapped, chosen)
                    move = self._with_all_below(corners, stays, reaches, within)
                    if move:
                        yield move

    def _swap_candidates(self, group: int, bit: int, within: bool) -> list[int]:
        rest = group ^ bit
        return [
            other
            for other in self.lines[rest, self.dimension[bit]]
            if other != bit and (not within or self._is_free(rest | other))
        ]

    def _with_all_below(
        self, corners: Sequence[tuple[int, bool]], stays: int, reaches: Iterable[Reach], within: bool
    ) -> Move | None:
        """The corners, each with every set of further parts that a line requires.

        None if one of these is not a cell.
        """
        further, chosen = [0], {self.dimension[bit]: bit for bit in self._bits_in(stays)}
        if not self._all_free(corners, further, within):
            return None
        swapped = {self.dimension[bit] for bit in self._bits_in(corners[0][0])}
        for name in (*chosen, *(name for name in self.dimensions if name not in chosen and name not in swapped)):
            asking = [more for more in further if self._is_asked(corners, more, name)]
            if not asking:
                continue
            options = [chosen[name]] if name in chosen else self.lines.get((corners[0][0] | asking[0], name), ())
            fits = [bit for bit in options if self._all_free(corners, [more | bit for more in asking], within)]
            if not fits:
                return None
            if len(fits) > 1:
                fits.sort(key=lambda bit: self._rank(_move_of(corners, [more | bit for more in asking]), reaches))
            chosen[name] = fits[0]
            further += [more | fits[0] for more in asking]
        whole = set(further)
        for more in further:  # a table with gaps may require what wasn't there when its dimension was handled
            for name, bit in chosen.items():
                if not more & bit and more | bit not in whole and self._is_asked(corners, more, name):
                    return None
        return _move_of(corners, further)

    def _transfers(self, group: int) -> Iterator[Move]:
        """For tables with gaps: a person counted in this cell becomes another, in any dimensions at once."""
        if self.profiles is None:
            starts = sorted(self.groups, key=lambda one: (-one.bit_count(), one))
            found = [self._with_all_below([(0, True)], start, (), within=False) for start in starts]
            self.profiles = list({frozenset(move.up): None for move in found if move})
        having = [profile for profile in self.profiles if group in profile]
        others = [profile for profile in self.profiles if group not in profile]
        for one, other in product(having[:_MOST_PROFILES], others[:_MOST_PROFILES]):
            yield Move(sorted(one - other), sorted(other - one))

    def _is_asked(self, corners: Sequence[tuple[int, bool]], more: int, name: str) -> bool:
        return any((corner | more, name) in self.lines for corner, _ in corners)

    def _all_free(self, corners: Sequence[tuple[int, bool]], further: Sequence[int], within: bool) -> bool:
        every = [corner | more for corner, _ in corners for more in further]
        return all(map(self._is_free if within else self.groups.__contains__, every))

    def _is_free(self, group: int) -> bool:
        return group in self.hidden or (group in self.groups and group not in self.cells)

    def _bits_of(self, group: tuple[tuple[str, str], ...]) -> int:
        return sum(self.bits[part] for part in group)

    @staticmethod
    def _bits_in(group: int) -> list[int]:
        """The categories of a group, each as its bit."""
        found = []
        while group:
            found.append(group & -group)
            group &= group - 1
        return found

    @staticmethod
    def _margins(group: int) -> Iterator[int]:
        """The group itself and every group that it is a part of, down to everyone (0). Groups are sums of `bits`."""
        below = group
        while below:
            yield below
            below = (below - 1) & group
        yield 0


def _corners(swapped: tuple[int, ...], chosen: tuple[int, ...]) -> list[tuple[int, bool]]:
    """(group, whether it increases) for each choice between a category and the one that it is swapped with."""
    corners = [(0, True)]
    for bit, other in zip(swapped, chosen, strict=True):
        corners = [(c | bit, up) for c, up in corners] + [(c | other, not up) for c, up in corners]
    return corners


def _move_of(corners: Sequence[tuple[int, bool]], further: Sequence[int]) -> Move:
    return Move(
        [corner | more for corner, up in corners if up for more in further],
        [corner | more for corner, up in corners if not up for more in further],
    )
