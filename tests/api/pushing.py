"""A spreadsheet of organizations that a program pushes twice, for bench/figures/qi6.py."""

import time

from partnerships.api.bulk import CREATED, MOST_ROWS, UNCHANGED
from partnerships.models import Change, Organization
from tests.api.programs import Program
from tests.people import make_people


def rows_of(office, count):
    """The rows of a spreadsheet: each with an identifier, as an office exports them."""
    about = {"side": "community", "kept_by": office.public_id, "aims": "Homes that people can stay in."}
    return [
        {"name": f"Organization {n}", "identifiers": [{"scheme": "ein", "value": f"12-{n:07}"}]} | about
        for n in range(count)
    ]


def push(program, rows, outcome):
    """(how many rows had another outcome, seconds)."""
    wrong, started = 0, time.monotonic()
    for start in range(0, len(rows), MOST_ROWS):
        body = {"mode": "each", "rows": rows[start : start + MOST_ROWS]}
        answer = program.send("POST", "organizations/bulk/", body).json()
        wrong += len(body["rows"]) - answer["counts"][outcome]
    return wrong, time.monotonic() - started


def figure(count="5000"):
    people = make_people()
    program, rows = Program(people.editor), rows_of(people.office, int(count))
    before = Organization.objects.count()
    first, first_seconds = push(program, rows, CREATED)
    versions, entries = _versions(), Change.objects.count()
    second, second_seconds = push(program, rows, UNCHANGED)
    moved = sum(one != other for one, other in zip(versions, _versions(), strict=True))
    moved += Change.objects.count() - entries + abs(Organization.objects.count() - before - len(rows))
    return {
        "rows": len(rows),
        "wrong": first + second + moved,
        "seconds": [round(first_seconds), round(second_seconds)],
    }


def _versions():
    return list(Organization.objects.order_by("pk").values_list("pk", "version", "public_version", "stamp"))
