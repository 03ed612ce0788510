"""Databases that take long to make: prepared once and copied, or a server for each worker."""

import contextlib
import fcntl
import os
import shutil
from hashlib import blake2b
from pathlib import Path

from django.db import connection

from tests.servers import Postgres, folder
from tests.start.running import manage

FILE = "registry.sqlite3"
ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".venv" / "prepared"
STEPS = {"tables": ["migrate"], "sample": ["load_vocabularies", "load_sample"]}
HASTY = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n"  # its data needn't survive a crash


class Prepared:
    """SQLite files with empty tables or with the sample data, each made by the worker that needs it first, once a run.

    Migrating takes several seconds, more than most tests that need it. So the file with empty tables is kept after the
    run, until a migration, a package or the settings change.
    """

    def __init__(self, home):
        self.home = Path(os.environ.get("PREPARED") or home)
        self.kept = KEPT / _digest_of_tables() if KEPT.parent.exists() else self.home

    def copy(self, name, to):
        """Copy the data file with this name and its secret key into the folder `to`, as if the registry had made them there."""
        made = self._made(name)
        shutil.copy(made, Path(to, FILE))
        shutil.copy(made.parent / "secret-key", to)

    def _made(self, name):
        home = self.kept if name == "tables" else self.home
        home.mkdir(parents=True, exist_ok=True)
        var = home / f"prepared-{name}"
        with (home / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (var / "done").exists():
                var.mkdir(exist_ok=True)
                if name != "tables":
                    self.copy("tables", var)
                for step in STEPS[name]:
                    manage(step, VAR_DIR=var).check_returncode()
                (var / "done").touch()
        return var / FILE


def _digest_of_tables():
    """A digest of everything that decides which tables a new database has."""
    files = [*sorted(ROOT.glob("partnerships/migrations/*.py")), ROOT / "requirements.txt", ROOT / "equity/settings.py"]
    return blake2b(b"".join(file.read_bytes() for file in files), digest_size=8).hexdigest()


def flush_of_tables_with_rows(style, tables, *, reset_sequences=False, allow_cascade=False):
    """A replacement for `connection.ops.sql_flush` that deletes rows instead of truncating all tables.

    Django truncates every table after a test that commits, which takes PostgreSQL a second. Foreign keys are deferred
    to the end of the transaction, so the order doesn't matter.
    """
    quote = connection.ops.quote_name
    asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {quote(table)})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [f"DELETE FROM {quote(table)}" for (table,) in cursor.fetchall()]


@contextlib.contextmanager
def quick_postgres():
    """Run a PostgreSQL server that is fast because it doesn't wait for the disk."""
    with folder() as home:
        server = Postgres(home)
        with (server.data / "postgresql.conf").open("a") as file:
            file.write(HASTY)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def postgres_of_its_own(settings):
    """Name a new server in these database settings for the length of the block."""
    with quick_postgres() as server:
        settings |= {"HOST": "127.0.0.1", "PORT": server.port, "USER": "postgres", "PASSWORD": "", "NAME": "postgres"}
        yield
