"""QD6: the web process is killed with kill -9 while people save.

On PostgreSQL, gunicorn serves the pages. In turn, one of its processes is killed, and all of them at once, which are
then restarted. On SQLite, the single process of `manage.py serve` is killed and restarted.
"""

import contextlib
import json
import random
import subprocess
import time

from tests import servers
from tests.chaos import deployment
from tests.chaos.writes import Writers
from tests.start.running import Registry

WRITES = 1000  # acknowledged, on each database
PAUSES = (0.5, 1.5)  # seconds from the first write that is acknowledged after a kill to the next kill


def on_postgres():
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(servers.folder())
        database = stack.enter_context(servers.postgres(home))
        nowhere = ("", home / "accepted")
        registry = stack.enter_context(deployment.running(home, database, nowhere, "memory://localhost/"))
        given, pages, kills = registry.call("tests.chaos.browsers:prepare", 8), registry.pages(), 0
        with Writers(registry.port, given, WRITES) as writers:
            while not writers.are_done:
                _pause(writers, kills)
                kills += 1
                if kills % 3:
                    children = subprocess.run(["pgrep", "-P", str(pages.pid)], capture_output=True, text=True)
                    subprocess.run(["kill", "-9", random.choice(children.stdout.split() or [str(pages.pid)])])
                if kills % 3 == 0 or pages.poll() is not None:
                    registry.end(pages)
                    pages = registry.pages()
        return _sum_up("PostgreSQL", writers, kills, registry.call, home)


def on_sqlite():
    with servers.folder() as home:
        var = home / "var"
        var.mkdir()
        nowhere = ("", home / "accepted")
        database = f"sqlite:///{var}/registry.sqlite3"
        registry = deployment.Deployment(home, database, nowhere, "memory://localhost/")
        given, kills = registry.call("tests.chaos.browsers:prepare", 8), 0
        limits = deployment.LIMITS | {"SAMPLE": "no", "DATABASE_URL": database}
        with _Restarted(var, limits) as pages, Writers(pages.port, given, WRITES) as writers:
            while not writers.are_done:
                _pause(writers, kills)
                kills += 1
                pages.kill()
                pages.start()
                writers.port = pages.port
        return _sum_up("SQLite", writers, kills, registry.call, home)


def _pause(writers, kills):
    """Wait until people save again, however long a busy machine takes to restart, and then a little longer."""
    known = len(writers.acknowledged)
    while len(writers.acknowledged) == known and not writers.are_done:
        time.sleep(0.05)
    time.sleep(random.Random(kills).uniform(*PAUSES))


class _Restarted:
    """`manage.py serve`, which can be killed and restarted again and again, on another port each time."""

    def __init__(self, var, limits):
        self.var, self.limits = var, limits

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *broke):
        self.kill()

    def start(self):
        self.pages = Registry(self.var, **self.limits)
        self.pages.wait_for("/healthz", 90)
        self.port = self.pages.port

    def kill(self):
        self.pages.process.kill()
        self.pages.process.wait()


def _sum_up(name, writers, kills, call, home):
    path = home / "acknowledged.json"
    path.write_text(json.dumps(writers.acknowledged))
    missing = call("tests.chaos.writes:missing", path)
    found = {"acknowledged": len(writers.acknowledged), "kills": kills, "not acknowledged": writers.refused}
    return {"database": name} | found | {"missing": missing}
