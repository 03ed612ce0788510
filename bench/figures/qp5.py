"""QP5 of quality.md: see bench/speed/bulk.py."""

from bench.speed import measure

NAME = "All partnerships as one NDJSON file"


def run():
    return measure("bulk")
