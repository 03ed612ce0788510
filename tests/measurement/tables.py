"""Random tables of one period, made from people who each have a category in every dimension, or several in one."""

from decimal import Decimal
from itertools import combinations, product
from random import Random

from partnerships.measurement.rate_math import COUNT, DIMENSIONS, EVENTS, PROPORTION, Cell, key_of

SIZES = {"race": 7, "race1997": 6, "place": 8, "gender": 3, "age": 6, "disability": 2, "language": 5}


def random_table(random: Random, kind=None, *, most=8):
    """Return (cells, kind) with small and large groups, zeros, multiple answers, gaps, and hidden margins."""
    kind = kind or random.choice((PROPORTION, PROPORTION, PROPORTION, EVENTS, COUNT))
    names = random.sample(DIMENSIONS, random.choice((1, 1, 2, 2, 2, 3)))
    sizes = {name: random.randint(1 if random.random() < 0.1 else 2, min(SIZES[name], most)) for name in names}
    people = [_person(random, sizes) for _ in range(random.choice((3, 8, 20, 60, 200, 600)))]
    chance = random.choice((0, 0.02, 0.1, 0.3, 0.5, 0.9, 1))
    happened = [_times(random, kind, chance) for _ in people]
    cells = cells_of(people, happened, random.choice((1, 2, 2, 3)), kind)
    if random.random() < 0.2:  # cells that weren't entered
        gone = random.sample(sorted(cells), len(cells) // random.choice((4, 8, 20)))
        cells = {key: cell for key, cell in cells.items() if key not in gone}
    return cells, kind


def _person(random, sizes):
    several = random.random() < 0.1
    return {
        name: {min(int(random.expovariate(0.6)), size - 1) for _ in range(2 if several and name == "race" else 1)}
        for name, size in sizes.items()
    }


def _times(random, kind, chance):
    happened = random.random() < chance
    return happened * random.randint(1, 4) if kind == EVENTS else happened


def cells_of(people, happened, depth, kind=PROPORTION):
    """Return {key: Cell} for every combination of up to `depth` dimensions."""
    names = [name for name in DIMENSIONS if name in people[0]]
    counts = {}
    for n in range(min(depth, len(names)) + 1):
        for chosen in combinations(names, n):
            if {"race", "race1997"} <= set(chosen):
                continue
            for person, times in zip(people, happened, strict=True):
                for categories in product(*(sorted(person[name]) for name in chosen)):
                    key = key_of({name: f"c{number}" for name, number in zip(chosen, categories, strict=True)})
                    events, number = counts.get(key, (0, 0))
                    counts[key] = events + times, number + 1
    return {key: _cell(key, *both, kind) for key, both in counts.items()}


def _cell(key, events, number, kind):
    if kind == COUNT:
        return Cell(key, Decimal(number))
    return Cell(key, None, Decimal(events), Decimal(number))
