"""QP9: see bench/speed/saving.py."""

from bench.speed import measure

NAME = "Saving one partnership"


def run():
    return measure("saving")
