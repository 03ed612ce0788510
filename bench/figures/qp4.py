"""QP4: see bench/speed/search.py."""

from bench.speed import measure

NAME = "Search finds and is quick"


def run():
    return measure("search")
