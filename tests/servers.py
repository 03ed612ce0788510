"""Servers for trials: PostgreSQL and an SMTP sink on free ports, in a temporary folder that is deleted afterwards."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2

from tests.waiting import LIMIT

ROOT = Path(__file__).resolve().parent.parent
PORTS = range(20_000, 32_000)  # below the ports that Linux gives to outgoing connections
_reserved = []


def free_port():
    """Return a port of 127.0.0.1 that nothing listens on, and that no other process here gets until this one ends.

    For servers that can't bind port 0 and report the port that they got. Binding the UDP port of the same number
    reserves it.
    """
    for port in PORTS:
        kept = socket.socket(type=socket.SOCK_DGRAM)
        with socket.socket() as listener:
            # Without this, connections of a server that has ended would keep its port for a minute.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                kept.bind(("127.0.0.1", port))
                listener.bind(("127.0.0.1", port))
            except OSError:
                kept.close()
                continue
        _reserved.append(kept)
        return port
    raise OSError(f"every port from {PORTS.start} to {PORTS.stop} is in use")


def wait_for(port, seconds=LIMIT):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")


def wait_until_free(port, seconds=LIMIT):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return
        time.sleep(0.05)
    raise TimeoutError(f"something still listens on port {port}")


@contextlib.contextmanager
def folder():
    """A temporary folder that the database's own user may enter."""
    path = Path(tempfile.mkdtemp(prefix="registry-trial-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


class Postgres:
    """A PostgreSQL server in `home`, on a free port, that can be stopped and started again."""

    def __init__(self, home: Path):
        self.data, self.port, self.server = home / "postgres", free_port(), None
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        self.data.mkdir()
        as_owner = {}
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            owner = pwd.getpwnam("postgres")
            os.chown(self.data, owner.pw_uid, owner.pw_gid)
            as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": [], "cwd": str(self.data)}
        self.quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | as_owner
        options = ["-D", str(self.data), "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"]
        subprocess.run([program("initdb"), *options], check=True, **self.quiet)

    def start(self):
        where = ["-D", str(self.data), "-p", str(self.port), "-h", "127.0.0.1", "-k", str(self.data)]
        self.server = subprocess.Popen([program("postgres"), *where], **self.quiet)
        self._wait_until_it_answers()

    def stop(self, how=signal.SIGINT):
        """Stop the server. SIGINT ends open connections and stops.

        SIGQUIT is like a crash, with a recovery at the next start.
        """
        self.server.send_signal(how)
        self.server.wait(LIMIT)

    def _wait_until_it_answers(self, seconds=LIMIT):
        """Wait until it answers. It listens at once, and answers after its recovery."""
        ends = time.monotonic() + seconds
        while True:
            try:
                return psycopg2.connect(self.url).close()
            except psycopg2.OperationalError:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.02)


@contextlib.contextmanager
def postgres_server(home: Path):
    server = Postgres(home)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def postgres(home: Path):
    """Run a PostgreSQL server in `home`. Yields the URL of an empty database."""
    with postgres_server(home) as server:
        yield server.url


@contextlib.contextmanager
def smtp_sink(home: Path, reply_time: float = 0):
    """Run an SMTP server that records each email safely on disk before it accepts it, `reply_time` seconds later.

    Yields (EMAIL_URL, its file).
    """
    port, accepted = free_port(), home / f"accepted-{time.monotonic_ns()}"
    accepted.touch()
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.sink", str(port), str(accepted), str(reply_time)], cwd=ROOT
    )
    try:
        wait_for(port)
        yield f"smtp://127.0.0.1:{port}", accepted
    finally:
        server.terminate()
        server.wait(LIMIT)


def trial(module: str, *arguments, home: Path, database: str, email: str):
    """Run a trial as a separate process with these servers. Returns the lines that it printed."""
    own = {
        "DATABASE_URL": database,
        "EMAIL_URL": email,
        "VAR_DIR": str(home / "var"),
        "DJANGO_SETTINGS_MODULE": "equity.settings",
    }
    keep = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV")}
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env=keep | own,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout.splitlines()


def on_a_fresh_database(name: str, module: str, *arguments, reply_time: float = 0, migrated=None) -> list[str]:
    """Run the trial with a new database of this kind (“SQLite” or “PostgreSQL”) and a new sink. Returns the lines it printed.

    A SQLite database is a copy of the file `migrated`, if there is one, which saves half a minute of migrations.
    """
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(folder())
        if name == "SQLite" and migrated:
            shutil.copy(migrated, home / "trial.sqlite3")
        url = f"sqlite:///{home}/trial.sqlite3" if name == "SQLite" else stack.enter_context(postgres(home))
        email, accepted = stack.enter_context(smtp_sink(home, reply_time))
        return trial(module, accepted, *arguments, home=home, database=url, email=email)


def on_both_databases(module: str, *arguments, at_once=False, **options) -> list[tuple[str, list[str]]]:
    """Run the trial on SQLite and on PostgreSQL. Returns (name, lines printed) of each.

    `at_once` runs both together, for trials that mostly wait.
    """
    names = ("SQLite", "PostgreSQL")
    with ThreadPoolExecutor(2 if at_once else 1) as pool:
        lines = pool.map(lambda name: on_a_fresh_database(name, module, *arguments, **options), names)
        return list(zip(names, lines, strict=True))


def program(name):
    """The path of a PostgreSQL program. Debian keeps them in a folder for each version, which isn't on the path."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = shutil.which(name) or next(iter(map(str, versions)), None)
    if not found:
        raise FileNotFoundError(f"{name} was not found: install PostgreSQL")
    return found
