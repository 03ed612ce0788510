"""An attack on protected cells by someone who knows all others: what is the minimum and maximum of a hidden count?

It's written with a solver, from the description of `suppression` alone. Each hidden cell is a whole number from 0 on,
and the parts of every sum add up to their current total. The solver finds both ends for every hidden cell and each of
its counts.
"""

from itertools import combinations

import numpy
from scipy.optimize import Bounds, LinearConstraint, milp

from partnerships.measurement.rate_math import COUNT, EVENTS


def tables_of(cells, kind):
    """Return {name of a count: {group: number}} for counts that add up by themselves."""
    groups = {key: frozenset(key.split("&")) if key else frozenset() for key in cells}
    if kind == COUNT:
        return {"count": {groups[key]: cell.value for key, cell in cells.items()}}
    numerators = {groups[key]: cell.numerator for key, cell in cells.items()}
    denominators = {groups[key]: cell.denominator for key, cell in cells.items()}
    if kind == EVENTS:
        return {"numerator": numerators, "denominator": denominators}
    return {"numerator": numerators, "complement": {group: denominators[group] - n for group, n in numerators.items()}}


def ranges(cells, hidden, kind, only=None, enough=None):
    """Return {(key, count): (minimum, maximum)} of every hidden cell, or only of these. The maximum is None without a bound.

    `enough`: stop once numbers this far from each other are possible. The denominator of a proportion has no entry: its
    numerator and complement have no sum in common, so it can be any sum of their possible values.
    """
    found = {}
    for name, counts in tables_of(cells, kind).items():
        space = Space(counts, {frozenset(key.split("&")) if key else frozenset() for key in hidden})
        for key in sorted(key for key in hidden if only is None or (key, name) in only):
            found[key, name] = space.range_of(frozenset(key.split("&")) if key else frozenset(), enough)
    return found


class Space:
    def __init__(self, counts, hidden):
        self.counts = {group: int(number) for group, number in counts.items()}
        every = {frozenset(part) for group in counts for n in range(len(group) + 1) for part in combinations(group, n)}
        self.lines = {}
        for group in every:
            for part in group:
                self.lines.setdefault((group - {part}, part.split("=")[0]), []).append(group)
        for group in sorted(every - self.counts.keys(), key=len, reverse=True):  # hidden margins
            line = next(parts for (margin, _), parts in self.lines.items() if margin == group)
            self.counts[group] = sum(self.counts[part] for part in line)
        self.free = sorted(hidden | (every - counts.keys()), key=sorted)
        self.at = {group: n for n, group in enumerate(self.free)}
        self._rows()

    def _rows(self):
        rows = []
        for (margin, _), parts in self.lines.items():
            row = numpy.zeros(len(self.free))
            for group, sign in ((margin, -1), *((part, 1) for part in parts)):
                if group in self.at:
                    row[self.at[group]] += sign
            if row.any():
                rows.append(row)
        now = numpy.array([float(self.counts[group]) for group in self.free])
        self.least = self.most = now
        self.constraints = [LinearConstraint(numpy.array(rows), (b := numpy.array(rows) @ now), b)] if rows else []

    def range_of(self, group, enough=None):
        at = self.at[group]
        if enough is not None and self.most[at] - self.least[at] >= enough:
            return self.least[at], self.most[at]
        return self._end(group, 1), self._end(group, -1)

    def _end(self, group, sign):
        aim = numpy.zeros(len(self.free))
        aim[self.at[group]] = sign
        whole = numpy.ones(len(self.free))
        found = milp(aim, constraints=self.constraints, integrality=whole, bounds=Bounds(0, numpy.inf))
        if found.status in (3, 4):  # no bound
            return None
        assert found.status == 0, found.message
        self.least = numpy.minimum(self.least, found.x.round())  # a possible table gives a value for every cell
        self.most = numpy.maximum(self.most, found.x.round())
        return round(found.x[self.at[group]])


def violations(cells, hidden, kind, smallest=5):
    """Return violations as lines: counts whose range is too narrow.

    A range must be at least `smallest` wide, or as wide as if only the total were shown.
    """
    wrong, found = [], ranges(cells, hidden, kind, enough=smallest)
    near = {at for at, ends in found.items() if _width(ends, smallest) < smallest}
    bare = ranges(cells, cells.keys() - ({""} - set(hidden)), kind, near) if near else {}
    for key, name in sorted(near):
        if _width(found[key, name], smallest) < _width(bare[key, name], smallest):
            least, most = found[key, name]
            wrong.append(f"{key or 'whole'}: {name} lies between {least} and {most}, and could {bare[key, name]}")
    return wrong


def _width(ends, smallest):
    return smallest if ends[1] is None else min(ends[1] - ends[0], smallest)
