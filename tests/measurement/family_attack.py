"""An attack on hidden counts of measures that add up, by someone who knows the rules, every sum and all versions shown.

A family is a total with two to four parts, by groups, over some months, with the year to date as an additional measure.
For every third family, no sum was found. Counts are corrected by one person and by more, and the limit is raised and
lowered. What everyone sees of each version comes from the product. A solver that knows nothing else searches for
possible counts:

- Each count is a whole number from 0 on. Parts add up to their total, groups to their sum, months to the year to date.
- A shown count differs by at most 2 from the count that it was made from, a shown 0 is 0, and no shown count is 1 to N
    − 1.
- It was made from the version in which it last changed, and each version since differs from that one by less than 5.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random

import numpy
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from partnerships.measurement.models import DataPoint
from partnerships.measurement.number_disclosure import released_together
from partnerships.measurement.number_kinds import cell_of
from partnerships.measurement.rate_math import COUNT
from partnerships.measurement.rounding import nearest

START, WHOLE, YEAR_TO_DATE = datetime(2025, 1, 1, tzinfo=UTC), "whole", "year to date"
LIMITS = (5, 5, 5, 10, 20)
OFF = 2  # maximum difference between a shown count and the one that was rounded


class _Groups(list):
    def all(self):
        return self


@dataclass(eq=False)
class Measured:
    """A measure, with the attributes that the rules need."""

    name: str
    limits: list
    unit: str = "number"
    counted: str = "people"
    per: int | None = None
    groups: _Groups = field(default_factory=_Groups)


@dataclass
class Family:
    """The measures of a family. `truth`: for each version, {(measure, month, group): count}.

    `shown`: the same as everyone sees it, with a rounded count, or None where it's hidden. `limits`: for each version,
    the limit that pages state.
    """

    measures: list
    months: list
    groups: list
    truth: list
    shown: list
    limits: list


def random_family(random: Random) -> Family:
    parts = [f"part {n}" for n in range(random.randint(2, 4))]
    groups = [f"race=c{n}" for n in range(random.randint(3, 5))]
    months = [date(2025, n + 1, 1) for n in range(random.randint(1, 3))]
    limits = [[START.isoformat(), random.choice(LIMITS)]]
    if random.random() < 0.4:  # changed between the first version and the second
        limits.append([(START + timedelta(days=10)).isoformat(), random.choice(LIMITS)])
    names = [WHOLE, YEAR_TO_DATE, *parts]
    versions = [_counts(random, parts, groups, months)]
    for most in (1, 8):
        versions.append(_corrected(random, versions[-1], most))
    truth = [_with_sums(base, parts, groups, months) for base in versions]
    rows, shown, seen_limits, is_linked = _rows(truth), [], [], random.random() < 0.67
    for n in range(len(truth)):
        until = START + timedelta(days=30 * n + 20)
        known = [one for one in limits if datetime.fromisoformat(one[0]) <= until]
        shown.append(
            _seen({name: Measured(name, known) for name in names}, rows, months, parts if is_linked else (), until)
        )
        seen_limits.append(max(limit for _, limit in known))
    return Family(names, months, groups, truth, shown, seen_limits)


def _counts(random, parts, groups, months):
    sizes = (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 23, 40, 77, 150)
    return {(part, month, group): random.choice(sizes) for part in parts for month in months for group in groups}


def _corrected(random, base, most):
    """Return another version, with a few counts changed by up to `most`."""
    made = dict(base)
    for key in random.sample(sorted(base), min(len(base), random.randint(1, 4))):
        made[key] = max(0, made[key] + random.choice((-1, 1)) * random.randint(1, most))
    return made


def _with_sums(base, parts, groups, months):
    made = dict(base)
    for month in months:
        for group in groups:
            made[WHOLE, month, group] = sum(base[part, month, group] for part in parts)
    for n, month in enumerate(months):
        for group in groups:
            made[YEAR_TO_DATE, month, group] = sum(made[WHOLE, one, group] for one in months[: n + 1])
    for name in (WHOLE, YEAR_TO_DATE, *parts):
        for month in months:
            made[name, month, ""] = sum(made[name, month, group] for group in groups)
    return made


def _rows(truth):
    """Return (measure, month) → all entries, with a version every thirty days. Unchanged counts aren't entered again."""
    found, current, numbers = defaultdict(list), {}, count(1)
    for n, version in enumerate(truth):
        at = START + timedelta(days=30 * n)
        for (name, month, group), number in sorted(version.items(), key=repr):
            was = current.get((name, month, group))
            if was is not None and was.value == number:
                continue
            if was is not None:
                was.replaced_at = at
            row = DataPoint(pk=next(numbers), starts_on=month, cell=group, value=Decimal(number), at=at)
            current[name, month, group] = row
            found[name, month].append(row)
    return found


def _seen(measures, rows, months, parts, until):
    """Return what everyone sees at a moment. The sum of these parts was found with the first version."""
    seen = {}
    sums = [(START + timedelta(hours=1), measures[WHOLE], [measures[part] for part in parts])] if parts else []
    for month in months:
        entered = {one: _until(rows[name, month], until) for name, one in measures.items()}
        for one, release in released_together(entered, sums).items():
            for cell, row in release.made_of.items():
                is_hidden = cell in release.hidden
                seen[one.name, month, cell] = None if is_hidden else int(nearest(cell_of(row, COUNT).value))
    return seen


def _until(rows, until):
    """The entries as of that moment: those that were replaced later still count."""
    found = []
    for row in rows:
        if row.at <= until:
            gone = row.replaced_at if row.replaced_at and row.replaced_at <= until else None
            fields = {name: getattr(row, name) for name in ("pk", "starts_on", "cell", "value", "at")}
            found.append(DataPoint(**fields, replaced_at=gone))
    return found


class Attack:
    """All constraints on the counts of a family, as one integer program."""

    def __init__(self, family: Family):
        self.family, self.place = family, {}
        for n, version in enumerate(family.truth):
            for key in version:
                self.place[n, key] = len(self.place)
        self.real = numpy.array([float(family.truth[n][key]) for n, key in self.place])
        self.low, self.high = numpy.zeros(len(self.real)), numpy.full(len(self.real), numpy.inf)
        self.rows, self.ends = [], []
        self._add_sums()
        self._add_shown()
        matrix = csr_array(self._matrix())
        self.constraints = LinearConstraint(matrix, *map(numpy.array, zip(*self.ends, strict=True)))
        assert ((self.low <= self.real) & (self.real <= self.high)).all(), "the real counts break a bound"
        found = matrix @ self.real
        assert all(a <= x <= b for x, (a, b) in zip(found, self.ends, strict=True)), "the real counts break a rule"

    def _matrix(self):
        matrix = numpy.zeros((len(self.rows), len(self.real)))
        for n, row in enumerate(self.rows):
            for at, sign in row:
                matrix[n, at] += sign
        return matrix

    def _add(self, row, low, high):
        self.rows.append(row)
        self.ends.append((low, high))

    def _add_sums(self):
        family = self.family
        parts = [name for name in family.measures if name not in (WHOLE, YEAR_TO_DATE)]
        for n in range(len(family.truth)):
            for month in family.months:
                for group in (*family.groups, ""):
                    at = self.place[n, (WHOLE, month, group)]
                    self._add([(at, -1), *((self.place[n, (part, month, group)], 1) for part in parts)], 0, 0)
                    so_far = [one for one in family.months if one <= month]
                    at = self.place[n, (YEAR_TO_DATE, month, group)]
                    self._add([(at, -1), *((self.place[n, (WHOLE, one, group)], 1) for one in so_far)], 0, 0)
                for name in family.measures:
                    of_groups = [(self.place[n, (name, month, group)], 1) for group in family.groups]
                    self._add([(self.place[n, (name, month, "")], -1), *of_groups], 0, 0)

    def _add_shown(self):
        made_of = {}
        for n, shown in enumerate(self.family.shown):
            for key, number in shown.items():
                at, was = self.place[n, key], made_of.get(key)
                if number is None:
                    continue
                if was is None or was[1] != number:  # it was made from this version
                    made_of[key] = n, number
                    least = max(number - OFF, self.family.limits[n]) if number else 0
                    self.low[at], self.high[at] = least, number + OFF if number else 0
                else:
                    self._add([(at, 1), (self.place[was[0], key], -1)], -4, 4)

    def known(self) -> tuple[int, list[str]]:
        """Return (number of hidden counts tried, those that can't be another number).

        Zeros that follow from a shown zero are left out.
        """
        hidden = [
            (n, key) for n, shown in enumerate(self.family.shown) for key, number in shown.items() if number is None
        ]
        hidden = [one for one in hidden if not self._is_told_by_zero(*one)]
        left = {self.place[one]: one for one in hidden}
        tried = len(left)
        for sign in (1, -1):
            self._look(left, list(left), sign)
        for at in list(left):
            for sign in (1, -1):
                if at in left:
                    self._look(left, [at], sign)
        return tried, [f"version {n}, {key}: {int(self.real[at])}" for at, (n, key) in left.items()]

    def _is_told_by_zero(self, n, key):
        """If a total is zero, so are its parts."""
        name, month, group = key
        wholes = [(name, month, ""), *((one, month, cell) for one in (WHOLE, YEAR_TO_DATE) for cell in (group, ""))]
        later = [(YEAR_TO_DATE, one, group) for one in self.family.months if one >= month]
        return any(self.family.shown[n].get(whole) == 0 for whole in (*wholes, *later))

    def _look(self, left, ats, sign):
        """Search for possible counts that differ as much as possible from the real ones. A count that differs isn't known."""
        aim = numpy.zeros(len(self.real))
        aim[ats] = -sign
        high = numpy.minimum(self.high, self.real + 200)  # enough to see another number
        found = milp(aim, constraints=self.constraints, integrality=numpy.ones(len(aim)), bounds=Bounds(self.low, high))
        assert found.status == 0, found.message
        for at in list(left):
            if round(found.x[at]) != self.real[at]:
                del left[at]


def attacked(seed) -> tuple[int, list[str]]:
    """Return (hidden counts tried, those known) for one random family."""
    tried, known = Attack(random_family(Random(seed))).known()
    return tried, [f"family {seed}, {words}" for words in known]
