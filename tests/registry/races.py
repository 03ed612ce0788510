"""Two writers at once on what one stored document shows, again and again.

Each round has two writers with their own connections, started at the same moment. In whatever order they run, the
stored documents must equal a rebuild, and neither writer may get a deadlock.
"""

import io
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from functools import partial

from django.core.management import call_command
from django.db import transaction

from partnerships.core.access import SYSTEM
from partnerships.core.writing import lock
from partnerships.directory import actions as directory
from partnerships.models import Department, Jurisdiction, Organization, Partnership
from partnerships.registry import actions as registry
from partnerships.registry import publication
from partnerships.registry.models import Publication
from tests.factories import make_department, make_jurisdiction, make_organization, make_partnership, party
from tests.waiting import at_once

SAVE = {
    Organization: ("organization", directory.save_organization),
    Department: ("department", directory.save_department),
    Jurisdiction: ("jurisdiction", directory.save_jurisdiction),
}


class Table:
    """Two partnerships that show the same city, office and two organizations, and a guest who joins and leaves the first."""

    def __init__(self):
        self.city = make_jurisdiction()
        self.office = make_department(self.city)
        self.one, self.two = make_organization("One", "profiled"), make_organization("Two", "profiled")
        self.guest = make_organization("Guest", "profiled")
        parties = [party(entity, "member") for entity in (self.city, self.office, self.one, self.two)]
        self.first = make_partnership("First", lead=self.city, parties=parties)
        self.second = make_partnership("Second", lead=self.city, parties=parties[::-1])

    def rename(self, record, name):
        word, save = SAVE[type(record)]
        save(**{word: type(record).objects.get(pk=record.pk)}, by=SYSTEM, fields={"name": name})

    def rename_and_put_off(self, record, name):
        """Rename it as a change that reaches very many documents: they are marked, and the next process rebuilds them."""
        with transaction.atomic():
            record = lock(record, None)
            type(record).objects.filter(pk=record.pk).update(name=name)
            publication.mark_outdated(publication.partnerships_showing(organization=record))

    def join_or_leave(self, n):
        """Let the guest join in even rounds and leave in odd ones."""
        entities = [self.city, self.office, self.one, self.two] + ([self.guest] if n % 2 == 0 else [])
        held = {p.entity: p.pk for p in self.first.parties.select_related("jurisdiction", "department", "organization")}
        rows = [party(e, "member") | ({"id": held[e]} if e in held else {}) for e in entities]
        registry.save_partnership(partnership=self.first, by=SYSTEM, fields={}, parties=rows)

    def retitle(self, partnership, n):
        current = Partnership.objects.get(pk=partnership.pk)
        registry.save_partnership(partnership=current, by=SYSTEM, fields={"title": f"Title {n}"})


# The actions of the two writers, one pair for each round in turn.
ROUNDS = {
    "both parties renamed": (lambda t, n: t.rename(t.one, f"One {n}"), lambda t, n: t.rename(t.two, f"Two {n}")),
    "one renamed while another joins": (
        lambda t, n: t.rename(t.one, f"Uno {n}"),
        lambda t, n: t.join_or_leave(n // len(ROUNDS)),
    ),
    "the one who joins renamed": (
        lambda t, n: t.rename(t.guest, f"Guest {n}"),
        lambda t, n: t.join_or_leave(n // len(ROUNDS) + 1),
    ),
    "lead and office renamed": (
        lambda t, n: t.rename(t.city, f"City {n}"),
        lambda t, n: t.rename(t.office, f"Office {n}"),
    ),
    "a party renamed while the partnership is edited": (
        lambda t, n: t.rename(t.two, f"Dos {n}"),
        lambda t, n: t.retitle(t.first, n),
    ),
    "a large rename while the partnership is edited": (
        lambda t, n: t.rename_and_put_off(t.two, f"Deux {n}"),
        lambda t, n: t.retitle(t.first, n),
    ),
    "a large rename while documents are made anew": (
        lambda t, n: t.rename_and_put_off(t.one, f"Un {n}"),
        lambda t, n: refill_all(),
    ),
}


def refill_all():
    while publication.rebuild_outdated():
        pass


def race(rounds):
    """Return (rounds run, sentences on errors, how often each kind of round ran)."""
    table, wrong, ran, kinds = Table(), [], Counter(), list(ROUNDS.items())
    for n in range(rounds):
        name, writers = kinds[n % len(kinds)]
        wrong += [f"round {n}, {name}: {words}" for words in _round(table, writers, n)]
        wrong += [f"round {n}, {name}: {public_id} {words}" for public_id, words in publication.check()]
        refill_all()
        wrong += [f"round {n}, {name}, refilled: {public_id} {words}" for public_id, words in publication.check()]
        ran[name] += 1
    return sum(ran.values()), wrong, ran


def _round(table, writers, n):
    results = at_once(*(partial(writer, table, n) for writer in writers))
    return [f"{type(one).__name__}: {one}" for one in results if isinstance(one, Exception)]


def alter_one_byte() -> int:
    """Change one character of a stored document and restore it. Returns the exit code of `publish --check` in between."""
    stored = Publication.objects.exclude(body=None).order_by("pk").first()
    body = stored.body
    place = body.index('"title":"') + len('"title":"')
    altered = body[:place] + ("X" if body[place] != "X" else "Y") + body[place + 1 :]
    Publication.objects.filter(pk=stored.pk).update(body=altered)
    try:
        return check_code()
    finally:
        Publication.objects.filter(pk=stored.pk).update(body=body)


def check_code() -> int:
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            call_command("publish", check=True, stdout=io.StringIO(), stderr=io.StringIO())
    except SystemExit as ended:
        return ended.code
    return 0


def figure():
    """Return the result for bench/figures/qd11.py."""
    tried, wrong, ran = race(1000)
    return {"tried": tried, "wrong": wrong, "ran": ran, "altered": alter_one_byte(), "after": check_code()}
