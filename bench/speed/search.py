"""QP4: the hundred committed queries find their record among the first five, and a search takes at most 50 ms (p95).

The hundred records are stored under resource names of their own and rolled back, on this database and on a SQLite one.
The timed queries are the same hundred, and one- and two-word queries (as stored, cut short, and mistyped) made of words
in this database's partnerships.
"""

import random
from itertools import islice
from time import perf_counter

from django.db import transaction
from django.db.models import Max

from bench import trials
from partnerships.core import search
from partnerships.models import SearchEntry
from tests.core.search_queries import QUERIES, RECORDS, entries

MOST_MS = 50
OWN = "qp4_"


def main(name):
    found, times = hundred()
    on_sqlite, _ = trials.run("bench.speed.search:hundred")
    times += [_timed("partnership", typed)[1] for typed in _of_the_database()]
    times.sort()
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    value = f"{found} of {len(QUERIES)} found, {on_sqlite} on SQLite; p50 {p50:.1f} ms, p95 {p95:.1f} ms"
    ok = found == on_sqlite == len(QUERIES) and p95 <= MOST_MS
    return value, f"all {len(QUERIES)}, p95 ≤ {MOST_MS} ms", len(times), ok


@transaction.atomic
def hundred():
    """Return how many of the hundred queries find their record, and the milliseconds of each."""
    for resource in {row[0] for row in RECORDS}:
        search.index(OWN + resource, list(entries(resource).values()))
    found, times = 0, []
    for resource, typed, title in QUERIES:
        ids, ms = _timed(OWN + resource, typed)
        found += entries(resource)[title].record_id in ids[:5]
        times.append(ms)
    transaction.set_rollback(True)
    return found, times


def _timed(resource, typed):
    began = perf_counter()
    ids = search.ranked(resource, search.read_query(resource, typed))
    return ids, (perf_counter() - began) * 1000


def _of_the_database(n=400):
    """Queries made of words of published partnerships: unchanged, cut short, and with two neighboring characters swapped."""
    chance = random.Random(4)
    latest = SearchEntry.objects.filter(resource="partnership").aggregate(latest=Max("record_id"))["latest"]
    wanted = [chance.randint(1, latest) for _ in range(4 * n)]
    rows = SearchEntry.objects.filter(resource="partnership", is_public=True, record_id__in=wanted)
    return [_query(chance, f"{row.title} {row.names}".split()) for row in islice(rows.order_by("record_id"), n)]


def _query(chance, words):
    chosen = chance.sample(words, min(len(words), chance.choice([1, 1, 2, 3])))
    manner = chance.choice(["whole", "cut", "swapped"])
    if manner == "cut":
        chosen[-1] = chosen[-1][: max(3, len(chosen[-1]) - 2)]
    elif manner == "swapped" and len(chosen[-1]) > 4:
        word, place = chosen[-1], chance.randint(1, len(chosen[-1]) - 2)
        chosen[-1] = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return " ".join(chosen)
