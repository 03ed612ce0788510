"""How often something may be done. Counted in the database, by one statement a try: all processes count together, whatever cache
they have, and of tries sent at the same moment no two read the same count.
"""

from math import ceil
from typing import NamedTuple

from django.db import connection
from django.utils.crypto import salted_hmac

from partnerships.core import clock
from partnerships.core.models import RateCount

_UNITS = {"m": 60, "h": 3600, "d": 24 * 3600}
# A window begins with its first try; once it has ended, the next try begins a new one.
_COUNT = """
    INSERT INTO partnerships_ratecount (key, tries, ends) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET
        tries = CASE WHEN partnerships_ratecount.ends <= %s THEN 1 ELSE partnerships_ratecount.tries + 1 END,
        ends = CASE WHEN partnerships_ratecount.ends <= %s THEN excluded.ends ELSE partnerships_ratecount.ends END
    RETURNING tries, ends
"""


class Rate(NamedTuple):
    """So many tries in so many seconds."""

    most: int
    seconds: int


def rates(text: str) -> list[Rate]:
    """The rates of "5/10m, 40/d": tries, and minutes, hours or days."""
    found = []
    for part in text.split(","):
        most, _, period = part.strip().partition("/")
        found.append(Rate(int(most), int(period[:-1] or 1) * _UNITS[period[-1]]))
    return found


class Limit(NamedTuple):
    """How often this sender may do this."""

    action: str
    who: str
    rates: list[Rate]


def seconds_to_wait(*limits: Limit) -> int:
    """Counts one try by each of these limits. 0 when it may pass, else the seconds after which one passes."""
    now = clock.now().timestamp()
    keys = {_key(limit, rate): rate for limit in limits for rate in limit.rates}
    known = RateCount.objects.filter(key__in=keys, ends__gt=now).values_list("key", "tries", "ends")
    # A flood that has used up its tries only reads.
    wait = max((ends - now for key, tries, ends in known if tries >= keys[key].most), default=0)
    if wait:
        return max(1, ceil(wait))
    for key, rate in keys.items():
        tries, ends = _count(key, now, now + rate.seconds)
        if tries > rate.most:  # the limits that come after it don't count what never came through
            return max(1, ceil(ends - now))
    return 0


def is_first(action: str, who: str, seconds: int) -> bool:
    """Whether this was not done in the last so many seconds; from now on it was."""
    return not seconds_to_wait(Limit(action, who, [Rate(1, seconds)]))


def start_over(limit: Limit) -> None:
    """Takes back all tries that this limit counted."""
    RateCount.objects.filter(key__in=[_key(limit, rate) for rate in limit.rates]).delete()


def forget_old() -> None:
    RateCount.objects.filter(ends__lt=clock.now().timestamp()).delete()


def _count(key, now, ends):
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [key, ends, now, now])
        return cursor.fetchone()


def _key(limit, rate):
    # Neither addresses nor networks of people stand in the table.
    text = f"{limit.action} {rate.most}/{rate.seconds} {limit.who}"
    return salted_hmac("rate", text, algorithm="sha256").hexdigest()
