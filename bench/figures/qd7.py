"""QD7: twenty writers and fifty readers at one registry on SQLite, with one request a second each, for a minute."""

import json
import os
import subprocess
import sys

from tests.chaos.browsers import Crowd, Reader, Writer
from tests.servers import ROOT, folder
from tests.start.running import Registry

NAME = "Writers and readers on SQLite over HTTP"
WRITERS, READERS, SECONDS = 20, 50, 60
LIMITS = dict.fromkeys(("API_RATE_ANONYMOUS", "API_RATE_PERSON", "PAGE_RATE_ANONYMOUS"), "10000000")
LIMITS["SAMPLE"] = "no"


def run():
    with folder() as home:
        var = home / "var"
        var.mkdir()
        given = _prepare(var)
        registry = Registry(var, **LIMITS)
        try:
            registry.wait_for("/healthz", 90)
            people = [Writer(writer, given["office"], n) for n, writer in enumerate(given["writers"])]
            people += [Reader(given["writers"], n) for n in range(READERS)]
            crowd = Crowd(registry.port, people, SECONDS)
            crowd.run()
        finally:
            registry.stop()
        locked = registry.text.count("database is locked")
    return _sum_up(crowd, locked)


def _prepare(var):
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV")}
    environment |= {"VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "equity.settings"}
    command = [sys.executable, "-m", "bench.trials", "tests.chaos.browsers:prepare"]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def _sum_up(crowd, locked):
    writes, reads = crowd.statuses("POST"), crowd.statuses("GET")
    broken = sum(n for found in (writes, reads) for status, n in found.items() if status >= 500 or status == 0)
    refused = sum(n for status, n in writes.items() if status != 302)
    p99 = crowd.p99("POST")
    print(f"  writes {dict(writes)}, reads {dict(reads)}, p99 of reads {crowd.p99('GET'):.2f} s")
    value = f"{locked} locked, {broken} broken, {refused} writes refused, p99 write {p99:.2f} s"
    n = writes.total() + reads.total()
    return value, "0 locked, 0 broken, p99 write ≤ 2 s", n, locked == broken == refused == 0 and p99 <= 2
