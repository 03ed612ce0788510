"""The figures of speed. Each is a module whose `main()` gives (value, bound, n, ok) and runs as a process of its own, on a
database of the benchmark's own: that of BENCH_N partnerships (a million unless told otherwise), made when it is missing."""

import json
import os
import subprocess
import sys

from bench import cluster, databases

BIG = databases.name_for(int(os.environ.get("BENCH_N", "1000000")))
SMALL = databases.name_for(10_000)
RESULT = "result: "


def measure(module, name=BIG, *, beside=()):
    """Runs this module of bench.speed on that database, `beside` others; gives its result, after showing what it said."""
    command = [sys.executable, "-c", f"from bench.speed import tell; tell({module!r}, {name!r})"]
    with cluster.running():
        for needed in (name, *beside):
            if not databases.exists(needed):
                databases.make(needed)
        environment = databases.environment(name)
        done = subprocess.run(
            command, cwd=databases.ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
    *said, last = done.stdout.splitlines()
    for line in said:
        print(f"  {line}")
    return tuple(json.loads(last.removeprefix(RESULT)))


def tell(module, name):
    """In the process of its own: sets Django up on the database and runs the figure."""
    databases.use(name)
    from importlib import import_module

    print(RESULT + json.dumps(import_module(f"bench.speed.{module}").main(name)))
