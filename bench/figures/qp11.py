"""QP11: see bench/speed/pages.py."""

from bench.speed import measure

NAME = "Pages beside a plain ListView of Django"


def run():
    return measure("pages")
