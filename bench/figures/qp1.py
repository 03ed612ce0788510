"""QP1 of quality.md: see bench/speed/api.py."""

from bench.speed import measure

NAME = "An API page of 100 against plain DRF and a bare floor"


def run():
    return measure("api")
