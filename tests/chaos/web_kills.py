"""QD6: the web process is killed with kill -9 while people save.

On PostgreSQL, gunicorn serves the pages. In turn, one of its processes is killed, and all of them at once, which are
then restarted. On SQLite, the single process of `manage.py serve` is killed and restarted.
"""

import contextlib
import json
import random
import subprocess

from tests import servers
from tests.chaos import deployment
from tests.chaos.writes import Writers
from tests.start.running import Registry
from tests.waiting import until

WRITES = 1000  # acknowledged, on each database
SAVED = (1, 30)  # writes that are acknowledged between two kills


def on_postgres():
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(servers.folder())
        database = stack.enter_context(servers.postgres(home))
        nowhere = ("", home / "accepted")
        registry = stack.enter_context(deployment.running(home, database, nowhere, "memory://localhost/"))
        given, pages, kills = registry.call("tests.chaos.browsers:prepare", 8), registry.pages(), 0
        with Writers(registry.port, given, WRITES) as writers:
            while not writers.are_done:
                _wait_for_writes(writers, kills)
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
                _wait_for_writes(writers, kills)
                kills += 1
                pages.kill()
                pages.start()
                writers.port = pages.port
        return _sum_up("SQLite", writers, kills, registry.call, home)


def _wait_for_writes(writers, kills):
    """Wait until people saved a few times more, however long a busy machine takes to restart."""
    wanted = len(writers.acknowledged) + random.Random(kills).randint(*SAVED)
    until(lambda: len(writers.acknowledged) >= wanted or writers.are_done)


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
