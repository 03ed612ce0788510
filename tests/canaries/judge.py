"""Compares what a crawl found with the table."""

import os

from tests.canaries.table import CHOICES, ROWS, WHO

NAMES = [name for name in WHO if name not in CHOICES]  # canaries that are words


def leaks(met) -> list[str]:
    """Return what appeared where it must not. `met`: (canary, role, surface) of everything found."""
    where = {name: surfaces.split() for _, surfaces, names in ROWS for name in names}
    return sorted(
        f"{role} meets “{canary}” on {surface}"
        for canary, role, surface in met
        if role not in WHO[canary] or surface not in where[canary]
    )


def not_met(met) -> list[str]:
    """Return what the table promises and no one found.

    That's a canary missing for one of its roles, or a surface without any of a row's canaries. A crawl that goes
    nowhere would otherwise find no leak.
    """
    by_role, wrong = {(canary, role) for canary, role, _ in met}, []
    for who, surfaces, names in ROWS:
        wrong += [f"{role} meets “{name}” nowhere" for name in names for role in who if (name, role) not in by_role]
        shown = {surface for canary, _, surface in met if canary in names}
        wrong += [
            f"{surface} shows nothing of “{names[0]}” and its row"
            for surface in surfaces.split()
            if surface not in shown
        ]
    return sorted(wrong)


def figure():
    """Return for bench/figures/qa3.py what one share of the roles found, and which answers differ.

    Runs in a process of its own.
    """
    from tests.canaries.crawl import crawl
    from tests.canaries.fields import fields, unplaced
    from tests.canaries.words import Finder
    from tests.canaries.world import ROLES

    first, step = map(int, os.environ["PART"].split())
    found = crawl(ROLES[first::step], Finder(NAMES))
    return {
        "roles": len(ROLES[first::step]),
        "met": sorted({(canary, *pair) for canary, pairs in found.seen.items() for pair in pairs}),
        "differ": [f"{role}, {visit}: {what}"[:600] for role, visit, what in found.differ],
        "answers": found.answers,
        "compared": found.compared,
        "planted": sorted(found.planted),
        "fields": len(fields()),
        "unplaced": unplaced(),
    }
