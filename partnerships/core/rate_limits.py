"""Rate limits, counted in the database by one statement per try.

All processes count together, whatever cache they have, and two tries at the same moment never read the same count.
"""

from math import ceil
from typing import NamedTuple

from django.db import connection
from django.utils.crypto import salted_hmac

from partnerships.core import clock
from partnerships.core.models import RateCount

_UNITS = {"m": 60, "h": 3600, "d": 24 * 3600}
# A window begins with its first try. After it has ended, the next try begins a new one.
_COUNT = """
    INSERT INTO partnerships_ratecount (key, tries, ends) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET
        tries = CASE WHEN partnerships_ratecount.ends <= %s THEN 1 ELSE partnerships_ratecount.tries + 1 END,
        ends = CASE WHEN partnerships_ratecount.ends <= %s THEN excluded.ends ELSE partnerships_ratecount.ends END
    RETURNING tries, ends
"""


class Rate(NamedTuple):
    """At most `most` tries in `seconds` seconds."""

    most: int
    seconds: int


def rates(text: str) -> list[Rate]:
    """Parse rates such as "5/10m, 40/d": tries per number of minutes, hours or days."""
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
    """Count one try against each of these limits.

    Returns 0 when it may pass, otherwise the seconds until the next one may.
    """
    now = clock.now().timestamp()
    keys = {_key(limit, rate): rate for limit in limits for rate in limit.rates}
    known = RateCount.objects.filter(key__in=keys, ends__gt=now).values_list("key", "tries", "ends")
    # A flood that has used up its tries only reads.
    wait = max((ends - now for key, tries, ends in known if tries >= keys[key].most), default=0)
    if wait:
        return max(1, ceil(wait))
    for key, rate in keys.items():
        tries, ends = _count(key, now, now + rate.seconds)
        if tries > rate.most:  # a try that was refused doesn't count against the limits after this one
            return max(1, ceil(ends - now))
    return 0


def is_first(action: str, who: str, seconds: int) -> bool:
    """Whether this wasn't done in the last `seconds` seconds. From now on it counts as done."""
    return not seconds_to_wait(Limit(action, who, [Rate(1, seconds)]))


def reset(limit: Limit) -> None:
    """Reset the counts of this limit."""
    RateCount.objects.filter(key__in=[_key(limit, rate) for rate in limit.rates]).delete()


def delete_expired() -> None:
    RateCount.objects.filter(ends__lt=clock.now().timestamp()).delete()


def _count(key: str, now: float, ends: float) -> tuple[int, float]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [key, ends, now, now])
        return cursor.fetchone()


def _key(limit: Limit, rate: Rate) -> str:
    # The table must not contain email or network addresses of people.
    text = f"{limit.action} {rate.most}/{rate.seconds} {limit.who}"
    return salted_hmac("rate", text, algorithm="sha256").hexdigest()
