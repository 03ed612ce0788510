"""QP8: see bench/speed/renames.py."""

from bench.speed import measure

NAME = "A rename that touches many partnerships"


def run():
    return measure("renames")
