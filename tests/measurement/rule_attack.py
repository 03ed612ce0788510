"""The attack of someone who also runs our own code, by counting all tables.

Of all small tables that fit what is shown, only those remain for which the same cells would be protected.
"""

from decimal import Decimal
from itertools import count
from random import Random

from partnerships.measurement.rate_math import PROPORTION, Cell
from partnerships.measurement.suppression import protected_keys

COUNTS = {
    "numerator": lambda cell: int(cell.numerator),
    "complement": lambda cell: int(cell.denominator - cell.numerator),
    "denominator": lambda cell: int(cell.denominator),
}
MORE = 4  # maximum people above the real total, where the total is hidden


def small_table(random: Random):
    """One dimension with two to four groups, or two dimensions with two each, and few enough people to try every table."""
    if random.random() < 0.6:
        inner = [f"race=c{n}" for n in range(random.randint(2, 4))]
    else:
        inner = [f"race=c{n}&place=c{m}" for n in range(2) for m in range(2)]
    sizes = [random.choice((0, 1, 2, 3, 4, 5, 6, 7, 9, 12)) for _ in inner]
    return _with_margins({key: (random.randint(0, size), size) for key, size in zip(inner, sizes, strict=True)})


def _with_margins(inner):
    """Return {key: Cell} with all sums, from {key: (numerator, denominator)}."""
    sums = {}
    for key, (part, whole) in inner.items():
        parts = key.split("&")
        for margin in {"", key, *parts}:
            n, d = sums.get(margin, (0, 0))
            sums[margin] = n + part, d + whole
    return {key: Cell(key, None, Decimal(n), Decimal(d)) for key, (n, d) in sums.items()}


def determined_counts(cells, hidden, most=20_000):
    """Return (number of hidden counts tried, those that only one number fits, as lines).

    Tables are tried in random order until each count was found with two numbers, or all were tried. Returns None if
    `most` tables weren't enough.
    """
    open_, tried = {}, 0
    for key in hidden:
        for name, count_of in COUNTS.items():
            if name == "denominator" or count_of(cells[""]):  # if a total is zero, so are its parts
                open_[key, name] = set()
    tried, tables = len(open_), _fitting(cells, hidden)
    for n, table in enumerate(tables):
        if n == most:
            return None
        if protected_keys(table, kind=PROPORTION) == hidden:
            for (key, name), numbers in list(open_.items()):
                numbers.add(COUNTS[name](table[key]))
                if len(numbers) > 1:
                    del open_[key, name]
        if not open_:
            break
    return tried, [f"{key}: {name} is {numbers}" for (key, name), numbers in open_.items()]


def _fitting(cells, hidden):
    """Yield every table that shows the same, in random order."""
    depth = max(key.count("=") for key in cells)
    inner = [key for key in cells if key.count("=") == depth]
    parts, rests = (_tables(cells, hidden, inner, COUNTS[name]) for name in ("numerator", "complement"))
    random = Random(len(parts))
    pairs = len(parts) * len(rests)
    order = random.sample(range(pairs), pairs) if pairs < 200_000 else (random.randrange(pairs) for _ in count(0))
    for at in order:
        numbers = zip(inner, parts[at // len(rests)], rests[at % len(rests)], strict=True)
        yield _with_margins({key: (a, a + b) for key, a, b in numbers})


def _tables(cells, hidden, inner, count_of):
    """All ways to fill the inner cells with one of the two counts, so that each shown cell and margin is right.

    Where the total is hidden, up to MORE above the real one.
    """
    known = {key: count_of(cell) for key, cell in cells.items() if key not in hidden}
    ways = [()]
    for n, key in enumerate(inner):
        room = known.get("", count_of(cells[""]) + MORE)
        options = [known[key]] if key in known else range(room + 1)
        ways = [(*way, number) for way in ways for number in options if sum(way) + number <= room]
        done = inner[: n + 1]
        ways = [way for way in ways if _margins_fit(way, done, inner, known)]
    return ways


def _margins_fit(way, done, inner, known):
    for margin, total in known.items():
        parts = [key for key in inner if not margin or margin == key or margin in key.split("&")]
        reached = sum(number for key, number in zip(done, way, strict=True) if key in parts)
        if reached > total or (set(parts) <= set(done) and reached != total):
            return False
    return True
