"""Makes a PostgreSQL database with a million made-up partnerships: `python -m bench.generate --n 1000000`.

Rows are built here and copied in. The registry's own functions build the stored documents, facets and search entries
from those rows. No other database is touched.
"""

import argparse
import os
import re
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from bench import cluster, databases

WORKERS = os.cpu_count() or 2
BATCH = 1000  # documents built together


def main(arguments):
    parser = argparse.ArgumentParser(prog="python -m bench.generate", description=__doc__)
    parser.add_argument("--n", type=int, default=1_000_000, help="how many partnerships (at least 1,000)")
    parser.add_argument("--database", help="its name, bench_… (else made of the number)")
    parser.add_argument("--again", action="store_true", help="drop the database of that name first, if there is one")
    options = parser.parse_args(arguments)
    name = options.database or databases.name_for(options.n)
    if options.n < 1000 or not re.fullmatch(r"bench_\w+", name):
        parser.error("Give 1,000 partnerships or more, and a database whose name begins with bench_.")
    with cluster.running():
        if databases.exists(name):
            if not options.again:
                parser.error(f"There is a database {name} already. Say --again to drop it and make it anew.")
            databases.drop(name)
        databases.create(name)
        databases.use(name)
        fill(options.n)


def fill(n):
    """Fill the current database, which is empty."""
    from django.core.management import call_command
    from django.db import connection

    from bench.data import directory, loading
    from bench.data.partnerships import CHUNK, COLUMNS
    from partnerships.core.search_words import recount
    from partnerships.registry.publication import count_facets

    clock = Clock()
    call_command("migrate", verbosity=0)
    call_command("load_vocabularies", verbosity=0)
    clock.say("schema and vocabularies")
    world = directory.load(n)
    clock.say(f"{len(world.jurisdictions):,} jurisdictions, {len(world.organization_sides):,} organizations and so on")
    with loading.bare(*COLUMNS):
        in_parallel(load_chunk, [(chunk, world) for chunk in range(-(-n // CHUNK))])
        clock.say(f"{n:,} partnerships with their parties copied")
    loading.analyze()
    clock.say("indexes")
    counts, words = Counter(), Counter()
    with loading.bare("publication", "publicfacets", "searchentry"):
        for some_counts, some_words in in_parallel(publish_range, ranges(n)):
            counts.update(some_counts)
            words.update(some_words)
        clock.say("documents built and stored")
    loading.set_sequences()
    clock.say("their indexes")
    words.update(directory.count_words())
    recount(words)
    count_facets(counts)
    loading.analyze()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        clock.say(f"words ({len(words):,}) and counts, statistics; {cursor.fetchone()[0]} in all")


def ranges(n, size=20_000):
    return [(first, min(first + size, n + 1)) for first in range(1, n + 1, size)]


def in_parallel(work, jobs):
    """Return `work(job)` for each job. Several processes with their own connections do the work."""
    from django.db import connections

    connections.close_all()
    with ProcessPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, jobs))


def load_chunk(job):
    from django.db import connection, transaction

    from bench.data import loading
    from bench.data.partnerships import COLUMNS, rows_of_chunk
    from partnerships.core.stamps import next_stamp

    chunk, world = job
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
        for table, rows in rows_of_chunk(chunk, world, next_stamp()).items():
            loading.copy(table, COLUMNS[table], rows)


def publish_range(job):
    """Store the documents and search entries of these partnerships. Returns their counts and words."""
    from django.db import transaction

    counts, words = Counter(), Counter()
    for first in range(*job, BATCH):
        with transaction.atomic():
            publish_batch(range(first, min(first + BATCH, job[1])), counts, words)
    return counts, words


def publish_batch(ids, counts, words):
    from bench.data.directory import SEARCHENTRY
    from bench.data.loading import copy
    from bench.data.publishing import FACETS, PUBLICATION, rows_of

    publications, found_by, entries = rows_of(ids, counts, words)
    copy("publication", PUBLICATION, publications)
    copy("publicfacets", FACETS, found_by)
    copy("searchentry", SEARCHENTRY, entries)


class Clock:
    """Prints what was done and how many seconds it took."""

    def __init__(self):
        self.began = self.last = time.monotonic()

    def say(self, text):
        now = time.monotonic()
        print(f"{now - self.began:7.1f} s  (+{now - self.last:.1f})  {text}", flush=True)
        self.last = now


if __name__ == "__main__":
    main(sys.argv[1:])
