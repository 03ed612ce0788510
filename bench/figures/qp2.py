"""QP2: see bench/speed/lists.py."""

from bench.speed import SMALL, measure

NAME = "List page, filters and first rows, a million against ten thousand"


def run():
    return measure("lists", beside=(SMALL,))
