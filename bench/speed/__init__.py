"""The figures of speed, each a module whose `main()` returns (value, bound, n, ok).

Each runs in a separate process, on a database of the benchmark: the one with BENCH_N partnerships (a million by
default), made when it's missing.
"""

import json
import os
import subprocess
import sys

from bench import cluster, databases

BIG = databases.name_for(int(os.environ.get("BENCH_N", "1000000")))
SMALL = databases.name_for(10_000)
RESULT = "result: "


def measure(module, name=BIG, *, beside=()):
    """Run this module of bench.speed on that database, and return its result after printing its output.

    `beside`: other databases that it needs.
    """
    command = [sys.executable, "-c", f"from bench.speed import run_figure; run_figure({module!r}, {name!r})"]
    with cluster.running():
        for needed in (name, *beside):
            if not databases.exists(needed):
                databases.make(needed)
        environment = databases.environment(name)
        done = subprocess.run(
            command, cwd=databases.ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
    *lines, last = done.stdout.splitlines()
    for line in lines:
        print(f"  {line}")
    return tuple(json.loads(last.removeprefix(RESULT)))


def run_figure(module, name):
    """Set up Django for the database and run the figure. For the separate process."""
    databases.use(name)
    from importlib import import_module

    print(RESULT + json.dumps(import_module(f"bench.speed.{module}").main(name)))
