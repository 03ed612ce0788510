"""The registry's own processes on servers of a trial, as in production: Celery's worker and beat, and web processes.

All of them end with the block, and `home` has their output. The database is PostgreSQL.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2

from tests.chaos import ground
from tests.servers import ROOT, free_port, wait_for

KEPT = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
LIMITS = dict.fromkeys(("API_RATE_ANONYMOUS", "API_RATE_PERSON", "PAGE_RATE_ANONYMOUS"), "10000000")
LIMITS["TRUSTED_PROXIES"] = "1"


class Deployment:
    def __init__(self, home: Path, database: str, email: tuple, broker: str):
        """Prepare the deployment. `email` is what servers.smtp_sink yields."""
        self.home, self.database, (url, self.accepted) = home, database, email
        self.port, self.processes = free_port(), []
        self.environment = {name: value for name, value in os.environ.items() if name in KEPT} | LIMITS
        self.environment |= {"DATABASE_URL": database, "EMAIL_URL": url, "CELERY_BROKER_URL": broker}
        self.environment |= {"VAR_DIR": str(home / "var"), "DJANGO_SETTINGS_MODULE": "equity.settings"}

    def call(self, function: str, *arguments):
        """Return what `module:function` returned in a separate process."""
        command = [sys.executable, "-m", "bench.trials", function, *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(done.stdout.splitlines()[-1])

    def worker(self, off=0):
        """Start a worker with two processes, whose clock is wrong by `off` seconds."""
        return self._start(*_celery(off), "worker", "--concurrency", "2", "--loglevel", "WARNING", "-n", _a_name())

    def beat(self, off=0):
        return self._start(*_celery(off), "beat", "--loglevel", "WARNING")

    def pages(self):
        """Start two web processes with two threads each on `port`. Returns when they listen."""
        where = ("--bind", f"127.0.0.1:{self.port}", "--worker-tmp-dir", "/dev/shm")
        many = ("--workers", "2", "--threads", "2", "--log-level", "warning")
        process = self._start(sys.executable, "-m", "gunicorn", "equity.wsgi", *where, *many)
        wait_for(self.port, 60)
        return process

    def _start(self, *command):
        with (self.home / f"process-{len(self.processes)}.txt").open("w") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=output, stderr=output, start_new_session=True
            )
        self.processes.append(process)
        return process

    def end(self, *processes):
        """End these or all processes and their children with SIGKILL, since nothing may depend on a clean shutdown."""
        for process in processes or self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)

    def ask(self, statement, *values):
        """Return the rows of a query on PostgreSQL."""
        connection = psycopg2.connect(self.database)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall()
        finally:
            connection.close()

    def arrived(self):
        return ground.accepted(self.accepted)

    def moments(self):
        """Return Message-ID → the Unix time at which the mail server first had the whole email."""
        lines = [line.split("\t") for line in self.accepted.read_text().splitlines()]
        return {message_id: float(came) for message_id, _, came, _ in reversed(lines)}

    def open_emails(self):
        """Return how many of today's emails aren't sent yet."""
        soon = "state IN ('planned', 'claimed') AND due_at < clock_timestamp() + interval '1 hour'"
        [[n]] = self.ask(f"SELECT count(*) FROM partnerships_letter WHERE {soon}")
        return n

    def wait_until_sent(self, seconds):
        """Wait until all of today's emails are sent, or for this long. Returns the seconds that it took."""
        began = time.monotonic()
        while self.open_emails() and time.monotonic() - began < seconds:
            time.sleep(0.25)
        return time.monotonic() - began


@contextlib.contextmanager
def running(home, database, email, broker):
    deployment = Deployment(home, database, email, broker)
    try:
        yield deployment
    finally:
        deployment.end()


def _celery(off):
    return (sys.executable, "-m", "tests.chaos.off_clock", str(off), "-A", "equity")


def _a_name():
    return f"worker-{time.monotonic_ns()}@localhost"
