"""QP3: see bench/speed/deep.py."""

from bench.speed import measure

NAME = "Page 10,000 against page 1"


def run():
    return measure("deep")
