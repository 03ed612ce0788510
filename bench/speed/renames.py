"""QP8: renaming an organization that 1,000 partnerships show, and one that 50,000 show, while readers are served.

The readers request pages with exactly those partnerships. No request fails, and no page requested after the rename
shows the old name. Afterwards, the outdated documents are rebuilt, and a sample is compared with a rebuild.
"""

import json
import multiprocessing
import random
from statistics import median
from time import perf_counter, sleep, time

from django.http import QueryDict

from bench import load, servers
from bench.data.partnerships import HELD, WIDELY_HELD
from partnerships.core import listing
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.models import Organization
from partnerships.registry import publication, queries

# Organization, how many partnerships of a million show it, the maximum seconds of its rename.
RENAMES = ((HELD, 1000, 1.0), (WIDELY_HELD, 50_000, 2.0))
ROUNDS, SAMPLE, PAGES = 5, 2000, 20


def main(name):
    values, bounds, ok, n = [], [], True, 0
    with servers.serving(servers.REGISTRY, name) as port:
        for pk, _, most in RENAMES:
            organization = Organization.objects.get(pk=pk)
            shown = sorted(publication.partnerships_showing(organization=organization))
            found = [_rename(pk, shown, port, number) for number in range(ROUNDS)]
            seconds, waits, refills, answers = zip(*found, strict=True)
            value = f"{len(shown):,}: {median(seconds):.2f} s (readers: slowest answer {max(waits):.0f} ms)"
            values.append(value)
            bounds.append(f"{len(shown):,} ≤ {most:g} s")
            print(f"{len(shown):,} partnerships: {', '.join(f'{s:.2f}' for s in seconds)} s; refilled in {max(refills):.0f} s;"
                  f" {sum(answers)} answers meanwhile")  # fmt: skip
            ok, n = ok and median(seconds) <= most, n + len(shown) * ROUNDS
    return "; ".join(values), ", ".join(bounds), n, ok


def _rename(pk, shown, port, number):
    """Return (seconds, slowest answer in ms, seconds of rebuilding, answers)."""
    organization = Organization.objects.get(pk=pk)
    old = organization.name
    new = f"{old.split(' (')[0]} ({number}, {int(time())})"
    public = queries.partnership_list(None, QueryDict(f"organization={organization.public_id}")).rows
    pages = random.Random(number).sample(sorted(public.values_list("pk", flat=True)), PAGES)
    readers = Readers(port, [_address(place) for place in pages], old, new)
    sleep(0.5)
    began = perf_counter()
    save_organization(organization=organization, by=SYSTEM, fields={"name": new})
    seconds = perf_counter() - began
    readers.renamed.set()
    sleep(0.5)
    refilling = perf_counter()
    while publication.rebuild_outdated():
        pass
    refilling = perf_counter() - refilling
    times = readers.stop()
    wrong = list(publication.check(random.Random(number).sample(shown, min(SAMPLE, len(shown)))))
    if wrong:
        raise RuntimeError(f"{len(wrong)} documents differ from a rebuild, the first {wrong[0]}")
    return seconds, max(times) * 1000, refilling, len(times)


def _address(pk):
    """The address of an API page that starts with this partnership."""
    return f"/api/v1/partnerships/?page_size=50&cursor={listing.encode_cursor('id', [pk - 1, pk - 1], 2, False)}"


class Readers:
    """Clients in a separate process, which check in each answer that it shows a name that it may."""

    def __init__(self, port, paths, old, new):
        self.renamed, self.ended = multiprocessing.Event(), multiprocessing.Event()
        self.found = multiprocessing.Queue()
        self.process = multiprocessing.Process(target=self._read, args=(port, paths, old, new))
        self.process.start()

    def _read(self, port, paths, old, new):
        times, problem, turn = [], None, 0
        while not self.ended.is_set() and not problem:
            after = self.renamed.is_set()
            run = load.keep_busy(port, [paths[turn % len(paths)]], requests=1, look=self._keep)
            times += run.times
            turn += 1
            names = {party["name"] for row in json.loads(self.body)["results"] for party in row["parties"]}
            if run.refused or (after and old in names) or not names & {old, new}:
                problem = f"answered {run.refused}" if run.refused else "a stale or a foreign name was served"
        self.found.put((times, problem))

    def _keep(self, path, body):
        self.body = body

    def stop(self):
        self.ended.set()
        times, problem = self.found.get(timeout=60)
        self.process.join()
        if problem:
            raise RuntimeError(problem)
        return times
