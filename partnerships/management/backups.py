"""Backs up the whole database and restores it: SQLite through its backup API, PostgreSQL through its own tools.

A backup is complete or absent: it's written under a temporary name and renamed when it's complete.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from equity.environment import Refusal
from partnerships.core.restoring import raise_stamps, refresh_statistics
from partnerships.management import instance, postgres
from partnerships.models import Jurisdiction, Organization, Partnership, Person

SQLITE, POSTGRES = b"SQLite format 3\0", b"PGDMP"
# The first migration replaced 51 others. Databases from that time still have their rows.
FIRST_MIGRATION, LAST_REPLACED = "0001_squashed_0051_webhooks", "0051_webhooks"


def create_backup(path: Path) -> None:
    """Copy the database as of one moment into a new file that only its owner can read. The registry can go on running.

    Raises Refusal if the file exists or can't be written.
    """
    if path.exists():
        raise Refusal(f"{path} already exists. Choose a new file name. A backup never replaces another file.")
    partial = path.with_name(f"{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as problem:
        raise Refusal(f"{path} can’t be written ({problem.strerror}).") from None
    try:
        if connection.vendor == "sqlite":
            _copy_sqlite(Path(connection.settings_dict["NAME"]), partial)
        else:
            postgres.dump(partial)
        with open(partial, "rb") as file:
            os.fsync(file.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


def restore_backup(path: Path, *, replace: bool) -> None:
    """Replace the data of this registry with a backup. Raises Refusal, with nothing changed, if that isn't safe.

    Without `replace`, a registry that has records isn't safe to replace.
    """
    _check_kind(path)
    known_to_copy = _migrations_in(path)
    ours = {name for app, name in known_to_copy if app == "partnerships"}
    if ours and FIRST_MIGRATION not in ours:
        raise Refusal(
            f"{path} is older than November 25, 2026. Restore it with the version of that day and make a new backup."
        )
    replaced = {("partnerships", name) for name in ours if name <= LAST_REPLACED}
    newer = sorted(known_to_copy - replaced - set(MigrationLoader(None).disk_migrations))
    if newer:
        raise Refusal(f"{path} comes from a later version of the registry ({newer[-1][1]}). Upgrade this one first.")
    with instance.lock_data(), closing(connection):
        if not replace and _holds_records():
            raise Refusal("This registry already has records. To replace them with those of the backup, add --replace.")
        if connection.vendor == "sqlite":
            connection.close()
            _copy_sqlite(path, Path(connection.settings_dict["NAME"]))
        else:
            postgres.refuse_others()
            connection.close()
            postgres.load(path)
        call_command("migrate", verbosity=0, interactive=False)
        raise_stamps()
        refresh_statistics()


def _check_kind(path):
    try:
        with open(path, "rb") as file:
            start = file.read(16)
    except OSError as problem:
        raise Refusal(f"{path} can’t be read ({problem.strerror}).") from None
    wanted, other = (SQLITE, POSTGRES) if connection.vendor == "sqlite" else (POSTGRES, SQLITE)
    if start.startswith(other):
        names = {SQLITE: "SQLite", POSTGRES: "PostgreSQL"}
        raise Refusal(f"{path} is a backup from {names[other]}, and this registry runs on {names[wanted]}.")
    if not start.startswith(wanted):
        raise Refusal(f"{path} isn’t a backup of a registry, or it’s damaged.")


def _migrations_in(path):
    rows = _sqlite_migrations(path) if connection.vendor == "sqlite" else postgres.migrations_in(path)
    found = {(app, name) for app, name in rows if app == "partnerships"}
    if not found:
        raise Refusal(f"{path} isn’t a backup of a registry.")
    return found


def _sqlite_migrations(path):
    try:
        with closing(_open_to_read(path)) as copy:
            if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise Refusal(f"{path} is damaged. Use another backup.")
            return copy.execute("SELECT app, name FROM django_migrations").fetchall()
    except sqlite3.Error as problem:
        raise Refusal(f"{path} isn’t a backup of a registry, or it’s damaged ({problem}).") from None


def _holds_records():
    if not MigrationRecorder(connection).has_table():
        return False
    tables = connection.introspection.table_names()
    with transaction.atomic():
        models = (Person, Jurisdiction, Organization, Partnership)
        return any(model._meta.db_table in tables and model.objects.exists() for model in models)


def _copy_sqlite(source, target):
    """In one step, so that the copy is of one moment. With a write-ahead log, no writer has to wait."""
    with closing(_open_to_read(source)) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there, pages=-1)


def _open_to_read(path):
    return sqlite3.connect(f"file:{quote(str(Path(path).resolve()))}?mode=ro", uri=True)
