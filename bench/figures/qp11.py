"""QP11: see bench/speed/pages.py."""

from bench.speed import measure

NAME = "Pages compared with a plain ListView of Django"


def run():
    return measure("pages")
