"""QP6: see bench/speed/unchanged.py."""

from bench.speed import measure

NAME = "Nothing changed since the last pull"


def run():
    return measure("unchanged")
