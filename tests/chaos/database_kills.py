"""QD8: while people save, PostgreSQL's connections are cut, and its server is restarted as after a crash."""

import contextlib
import json
import signal
import time
import urllib.error
import urllib.request

from tests import servers
from tests.chaos import deployment
from tests.chaos.writes import Writers

CUTS, RESTARTS = 20, 10
PAUSE = 2  # seconds without a fault between two faults
BOUND = 5  # seconds
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = %s"


def run():
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(servers.folder())
        postgres = stack.enter_context(servers.postgres_server(home))
        nowhere = ("", home / "accepted")
        registry = stack.enter_context(deployment.running(home, postgres.url, nowhere, "memory://localhost/"))
        given = registry.call("tests.chaos.browsers:prepare", 8)
        registry.pages()
        cut, cuts, restarts = 0, [], []
        with Writers(registry.port, given, 10**6) as writers:
            for n in range(CUTS + RESTARTS):
                time.sleep(PAUSE)
                if n % 3 == 2:
                    postgres.stop(signal.SIGQUIT)
                    postgres.start()
                    restarts.append(_until_healthy(registry, writers))
                else:
                    cut += len(registry.ask(CUT, "client backend"))
                    cuts.append(_until_healthy(registry, writers))
        path = home / "acknowledged.json"
        path.write_text(json.dumps(writers.acknowledged))
        missing = registry.call("tests.chaos.writes:missing", path)
    return {
        "acknowledged": len(writers.acknowledged),
        "not acknowledged": writers.refused,
        "missing": missing,
        "connections cut": cut,
        "healthy after cuts": sorted(cuts),
        "healthy after restarts": sorted(restarts),
    }


def _until_healthy(registry, writers):
    """Return the seconds until a write is acknowledged again and /readyz reports the database as well."""
    began = time.monotonic()
    while time.monotonic() - began < 60:
        if writers.last_moment > began and _finds_the_database_well(registry.port):
            break
        time.sleep(0.02)
    return round(time.monotonic() - began, 2)


def _finds_the_database_well(port):
    try:
        answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5)
    except urllib.error.HTTPError as refusal:  # no sender runs in this trial, which /readyz reports
        answer = refusal
    except OSError:
        return False
    return json.load(answer)["checks"]["database"]["ok"]
