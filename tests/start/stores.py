"""Separate databases for tests that run manage.py."""

import os
import re
import shutil
import sqlite3
import subprocess
import uuid
from contextlib import closing

import psycopg2
from django.db import connection

from tests.start.running import manage
from tests.waiting import LIMIT


class Store:
    """A database of the same kind as the tests', separate from it."""

    def __init__(self, folder, like=None):
        self.name = f"copies_{uuid.uuid4().hex[:12]}"
        self.var = folder / self.name
        self.var.mkdir()
        if connection.vendor == "sqlite":
            self.url = f"sqlite:///{self.var}/registry.sqlite3"
            if like:
                shutil.copy(like.var / "registry.sqlite3", self.var)
        else:
            config = connection.settings_dict
            self.params = {
                "host": config["HOST"] or None,
                "port": config["PORT"] or None,
                "user": config["USER"],
                "password": config["PASSWORD"] or None,
            }
            self._server("CREATE DATABASE", f"TEMPLATE {like.name}" if like else "")
            password = f":{config['PASSWORD']}" if config["PASSWORD"] else ""
            self.url = f"postgres://{config['USER']}{password}@{config['HOST']}:{config['PORT'] or 5432}/{self.name}"

    def _server(self, verb, more=""):
        with closing(psycopg2.connect(dbname="postgres", **self.params)) as server:
            server.autocommit = True
            server.cursor().execute(f"{verb} {self.name} {more}")

    def drop(self):
        if connection.vendor != "sqlite":
            self._server("DROP DATABASE IF EXISTS")

    def connect(self):
        if connection.vendor == "sqlite":
            return closing(sqlite3.connect(self.var / "registry.sqlite3", timeout=LIMIT))
        return closing(psycopg2.connect(dbname=self.name, **self.params))

    def manage(self, *arguments, **options):
        return manage(*arguments, VAR_DIR=self.var, DATABASE_URL=self.url, **options)

    def must(self, *arguments, **options):
        done = self.manage(*arguments, **options)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self):
        """Return every row of every table, except those that a restore changes: the stamp counter, statistics."""
        with self.connect() as data:
            cursor = data.cursor()
            if connection.vendor == "sqlite":
                cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            else:
                cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            tables = {}
            for (table,) in cursor.fetchall():
                if table != "partnerships_stamp":
                    cursor.execute(f'SELECT * FROM "{table}"')
                    tables[table] = sorted(map(repr, cursor.fetchall()))
            return tables

    def schema(self):
        return schema(f"{self.var}/registry.sqlite3" if connection.vendor == "sqlite" else self.name)


def schema(name):
    """Return every object of a database as text, to compare two databases of the kind that the tests run on.

    On SQLite the order of a table's columns is left out, since altering a column moves it to the end of its table.
    """
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(name)) as data:
            rows = data.execute(
                "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'"
            ).fetchall()
        return {(kind, name): _parts(sql or "") if kind == "table" else sql for kind, name, sql in rows}
    config = connection.settings_dict
    given = {
        "PGHOST": config["HOST"],
        "PGPORT": config["PORT"],
        "PGUSER": config["USER"],
        "PGPASSWORD": config["PASSWORD"],
    }
    dump = subprocess.run(
        ["pg_dump", "--schema-only", "--no-owner", "--no-privileges", name],
        env=os.environ | {key: str(value) for key, value in given.items() if value},
        capture_output=True,
        text=True,
        check=True,
    )
    # Left out: comments, the marks with a random key around the output, and conditions that a restore spells
    # differently.
    lines = [line for line in dump.stdout.splitlines() if line and not line.startswith(("--", "\\"))]
    return [re.sub(r"::(character varying|text)(\[\])?|[()]", "", line) for line in lines]


def _parts(sql):
    """Return the columns and constraints in a CREATE TABLE, sorted."""
    parts, depth = [""], 0
    for char in sql[sql.find("(") + 1 : sql.rfind(")")]:
        depth += (char == "(") - (char == ")")
        if char == "," and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return sorted(part.strip() for part in parts)
