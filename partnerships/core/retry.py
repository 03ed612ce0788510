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


def retry_on_deadlock(work: Callable[[], T]) -> T:
    """Return what `work` returns. When PostgreSQL ended its transaction because of a deadlock or a serialization failure, run
    it again.

    Inside a transaction, and after DEADLOCK_TRIES times, the error is raised.
    """
    for left in reversed(range(DEADLOCK_TRIES)):
        try:
            return work()
        except OperationalError as problem:
            gave_way = getattr(problem.__cause__, "pgcode", "") in _GAVE_WAY
            if not gave_way or not left or connection.in_atomic_block:
                raise
    raise AssertionError  # the last try returns or raises
