"""Retries work when the database connection was lost, or when the database ended a transaction because of another one."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

PAUSES = (0.1, 0.3, *[1] * 14)  # seconds: as long as a database needs to restart after a crash


T = TypeVar("T")


def retry_on_disconnect(work: Callable[[], T]) -> T:
    """Return what `work` returns. When the connection is lost, run it again over a new one, for about fifteen seconds.

    `work` must be safe to run twice: it is unknown whether its last commit succeeded. Inside a transaction, and after
    that time, the error is raised.
    """
    for pause in (*PAUSES, None):
        try:
            return work()
        except (OperationalError, InterfaceError):
            if pause is None or connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(pause)
    raise AssertionError  # the last try returns or raises


DEADLOCK_TRIES = 3
_GAVE_WAY = ("40P01", "40001")  # SQLSTATE of a deadlock and of a serialization failure
_WAITED = ("55P03",)  # SQLSTATE of a lock that wasn't free in time
_WAITED_SQLITE = ("SQLITE_BUSY", "SQLITE_LOCKED")


def retry_on_deadlock(work: Callable[[], T]) -> T:
    """Return what `work` returns. When PostgreSQL ended its transaction because of a deadlock or a serialization failure, run
    it again.

    Inside a transaction, and after DEADLOCK_TRIES times, the error is raised.
    """
    for left in reversed(range(DEADLOCK_TRIES)):
        try:
            return work()
        except OperationalError as problem:
            if not is_retryable(problem) or not left or connection.in_atomic_block:
                raise
    raise AssertionError  # the last try returns or raises


def is_retryable(problem: OperationalError) -> bool:
    """Whether PostgreSQL ended the transaction in favor of another one, so that it may succeed when it runs again."""
    return getattr(problem.__cause__, "pgcode", "") in _GAVE_WAY


def is_contention(problem: OperationalError) -> bool:
    """Whether the database ended a transaction, or didn't let it begin, because of others. Nothing of it was saved."""
    cause = problem.__cause__
    name = getattr(cause, "sqlite_errorname", "") or ""
    return is_retryable(problem) or getattr(cause, "pgcode", "") in _WAITED or name.startswith(_WAITED_SQLITE)
