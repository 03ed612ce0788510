"""Locks on names, such as numbers of records that may not exist yet."""

from collections.abc import Iterable
from zlib import crc32

from django.db import connection

_SPACE, BUCKETS = 7391, 256


def lock_names(names: Iterable[str]) -> None:
    """Let no other transaction lock one of these names until this one ends. Call it inside a transaction.

    Names are locked by bucket, so a transaction holds at most BUCKETS locks, and always in one order. SQLite has one
    writer at a time, which is enough there.
    """
    buckets = sorted({crc32(name.encode()) % BUCKETS for name in names})
    if connection.vendor != "postgresql" or not buckets:
        return
    with connection.cursor() as cursor:
        for bucket in buckets:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_SPACE, bucket])
