"""The benchmark's databases, bench_1m, bench_10k and so on, on the server of BENCH_SERVER (bench.cluster sets it)."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent


def url_of(name):
    return urlsplit(os.environ["BENCH_SERVER"])._replace(path=f"/{name}").geturl()


def name_for(n):
    for unit, letter in ((1_000_000, "m"), (1000, "k")):
        if n % unit == 0:
            return f"bench_{n // unit}{letter}"
    return f"bench_{n}"


def make(name, *, again=False):
    """Make and fill the database with this name, such as bench_1m, in a separate process. `again`: replace an existing one."""
    number, letter = re.fullmatch(r"bench_(\d+)([mk]?)", name).groups()
    n = int(number) * {"m": 1_000_000, "k": 1000, "": 1}[letter]
    command = [sys.executable, "-m", "bench.generate", "--n", str(n), *(["--again"] if again else [])]
    subprocess.run(command, cwd=ROOT, check=True)


def exists(name):
    return bool(_ask("SELECT 1 FROM pg_database WHERE datname = %s", name))


def size(name):
    """The size as text, like “5120 MB”."""
    return _ask("SELECT pg_size_pretty(pg_database_size(%s))", name)[0][0]


def create(name):
    _ask(f'CREATE DATABASE "{name}"')


def drop(name):
    if not name.startswith("bench_"):
        raise ValueError(f"{name} is none of the benchmark's databases")
    _ask(f'DROP DATABASE "{name}"')


def environment(name, **more):
    """The environment of a process that works on this database with the registry's settings, and on no other data."""
    keep = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if key in os.environ}
    folder = Path(tempfile.gettempdir()) / f"registry-{name}"
    own = {"DATABASE_URL": url_of(name), "VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "equity.settings"}
    own |= dict.fromkeys(("API_RATE_ANONYMOUS", "PAGE_RATE_ANONYMOUS"), "10000000")
    return keep | own | {"BENCH_SERVER": os.environ["BENCH_SERVER"]} | more


def use(name):
    """Set up Django for this database, in this process."""
    for key, value in environment(name).items():
        os.environ[key] = value
    import django

    django.setup()


def _ask(statement, *params):
    connection = psycopg2.connect(url_of("postgres"))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, params or None)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()
