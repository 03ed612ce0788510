"""QP1: see bench/speed/api.py and bench/speed/tokens.py."""

from bench.speed import measure

NAME = "An API page of 100 against plain DRF and a bare floor"


def run():
    values, bounds, numbers, passes = zip(measure("api"), measure("tokens"), strict=True)
    return "; ".join(values), "; ".join(bounds), sum(numbers), all(passes)
