"""Time and memory of a spreadsheet of many partnerships in the background: `python -m bench.spreadsheets`.

It uses the benchmark's databases with 10,000 and 50,000 partnerships, and writes each file in a separate process. The
difference in memory between the two is what grows with the rows.
"""

import json
import os
import resource
import subprocess
import sys
import time

from bench import cluster, databases

SIZES = ("bench_10k", "bench_50k")


def main():
    with cluster.running():
        for name in SIZES:
            if not databases.exists(name):
                databases.make(name)
            command = [sys.executable, "-m", "bench.spreadsheets", name]
            done = subprocess.run(
                command, check=True, stdout=subprocess.PIPE, text=True, cwd=databases.ROOT, env=os.environ
            )
            found = json.loads(done.stdout.splitlines()[-1])
            print(
                "{rows:,} rows: {seconds} s, {file} MB of file, {before} MB of memory before, {peak} MB at most".format(
                    **found
                )
            )


def measure(name):
    databases.use(name)
    from partnerships.models import Person
    from partnerships.records import list_files

    person = Person.objects.create_user("spreadsheets@example.org")
    try:
        file = list_files.ask(by=person, key="partnerships", query="ordering=title", rows=0)
        before, started = _megabytes(), time.monotonic()
        assert list_files.make_next()
        seconds = time.monotonic() - started
        file.refresh_from_db()
        assert file.state == "ready", file.state
        found = {"rows": file.rows_done, "seconds": round(seconds, 1), "file": round(len(file.content) / 2**20, 1)}
        print(json.dumps(found | {"before": before, "peak": _megabytes()}))
    finally:
        person.delete()


def _megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    measure(sys.argv[1]) if len(sys.argv) > 1 else main()
