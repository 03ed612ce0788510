"""Change stamps: the order in which changes become visible, so that a sync that asks “since then” misses nothing.

On PostgreSQL, a change carries the id of its transaction. `as_of` is lower than every transaction that is still open
(the snapshot's xmin); otherwise a slow writer could commit with a stamp that a reader has already passed. SQLite has
one writer at a time, so a counter is enough.
"""

import re
from datetime import date, timedelta

from django.db import connection

from partnerships.core import clock
from partnerships.core.errors import SyncTokenExpired, ValidationError
from partnerships.core.models import Stamp

KEPT_FOR = timedelta(days=400)
_TOKEN = re.compile(r"([0-9]{1,19})-([0-9]{4})([0-9]{2})([0-9]{2})")


def next_stamp() -> int:
    """The stamp for changes made now. Call it inside the transaction that makes them."""
    if connection.vendor == "postgresql":
        return _fetch_number("SELECT txid_current() + coalesce((SELECT max(value) FROM partnerships_stamp), 0)")
    return _fetch_number(
        "INSERT INTO partnerships_stamp (id, value) VALUES (1, 1)"
        " ON CONFLICT (id) DO UPDATE SET value = value + 1 RETURNING value"
    )


def as_of() -> int:
    """A stamp below which nothing can change: every change up to it is visible now, and no new change will get one so
    low.
    """
    if connection.vendor == "postgresql":
        return _fetch_number(
            "SELECT txid_snapshot_xmin(txid_current_snapshot()) - 1"
            " + coalesce((SELECT max(value) FROM partnerships_stamp), 0)"
        )
    return Stamp.objects.filter(pk=1).values_list("value", flat=True).first() or 0


def write_token(stamp: int) -> str:
    """What a client keeps between two pulls: the stamp and the day it was given, “8123-20261124”."""
    return f"{stamp}-{clock.today():%Y%m%d}"


def read_token(text: str, newest: int) -> int:
    """The stamp of a token; “start” means before everything.

    Raises ValidationError when the text is no token, and SyncTokenExpired when the token is too old or later than `newest` (from
    `as_of`), so that the client has to pull everything again.
    """
    if text == "start":
        return 0
    try:
        if not (token := _TOKEN.fullmatch(text)):
            raise ValueError
        stamp, *day = map(int, token.groups())
        given_on = date(*day)
    except ValueError:
        raise ValidationError(
            "“%(text)s” isn’t a sync token. Send “start”, or the as_of of your last pull.",
            code="bad_token",
            params={"text": text[:40]},
        ) from None
    if clock.today() - given_on > KEPT_FOR or stamp > newest:
        raise SyncTokenExpired
    return stamp


def _fetch_number(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
