"""Checks what this machine must provide for the registry: the data for itself, a port, a database that answers."""

import errno
import fcntl
import os
import socket
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from equity.environment import Refusal


def lock_data():
    """Lock this data for this process until it ends, and return the open lock file.

    Raises Refusal if another process holds it. With SQLite the lock covers the database file. With PostgreSQL it covers
    VAR_DIR, since any number of processes may share the database. The lock file contains the process ID and remains,
    but the lock ends with the process.
    """
    path = _database_file() or settings.VAR_DIR / "registry"
    try:
        file = open(f"{path}.lock", "a+")  # noqa: SIM115 - open as long as the process lives
    except OSError as problem:
        raise Refusal(f"We can’t write to the folder {path.parent} ({problem.strerror}).") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        holder = file.read(20).strip() or "unknown"
        raise Refusal(
            f"The registry is already running on the data in {path.parent} (process {holder}). Stop that "
            "process first, or set VAR_DIR to another folder."
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def bind(host, port):
    """A socket that is bound to this address but doesn't listen yet, so that early clients are refused and don't wait.

    Raises Refusal with the reason if it can't be bound.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as problem:
        raise Refusal(_why_not(host, port, problem)) from None
    return bound


def _why_not(host, port, problem):
    if isinstance(problem, socket.gaierror) or problem.errno == errno.EADDRNOTAVAIL:
        return f"HOST: this machine doesn’t have the address “{host}”. Leave HOST out, or set it to one of its own addresses."
    if problem.errno == errno.EADDRINUSE:
        return f"Another program uses port {port}. Choose another one: make run PORT={port % 65535 + 1}"
    if problem.errno == errno.EACCES:
        return f"Port {port} is reserved for the system. Choose one from 1024 up: make run PORT=8000"
    return f"The registry can’t listen on {host}, port {port} ({problem.strerror})."


def require_database():
    """Raise Refusal if the database can't be used."""
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM sqlite_master" if _database_file() else "SELECT 1")
    except DatabaseError as problem:
        reason = (str(problem).strip().splitlines() or ["no reason given"])[0]
        raise Refusal(f"DATABASE_URL: the database {database_name()} can’t be used ({reason}).") from None


def require_tables():
    """Raise Refusal if the database can't be used, or if a migration hasn't run."""
    require_database()
    if waiting_migrations():
        raise Refusal("The tables aren’t up to date. Run manage.py migrate first.")


def database_name():
    """The database's name for messages to people, without its password."""
    config = connection.settings_dict
    if _database_file():
        return str(config["NAME"])
    return f"“{config['NAME']}” at {config['HOST'] or 'this machine'}:{config['PORT'] or 5432}"


def is_new():
    """Whether no migration was ever applied to this database."""
    return not MigrationRecorder(connection).applied_migrations()


def waiting_migrations():
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())


def _database_file():
    return Path(connection.settings_dict["NAME"]) if connection.vendor == "sqlite" else None
