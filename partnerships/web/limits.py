"""How often something may be done from a page. What comes too often is answered with 429, the form as it was typed, and a
Retry-After that holds: after so many seconds it passes.

allauth keeps the counts, of each limit (ACCOUNT_RATE_LIMITS) the moments of the last times.
"""

import time
from contextlib import contextmanager
from math import ceil

from allauth.core.internal import ratelimit
from django.core.cache import cache

from partnerships.core.errors import TooOften, ValidationError

COUNTED_BY = "allauth.account"


def count(request, action: str, words: str, key: str | None = None) -> None:
    """Counts one time for the network, and for this address or code where the limit has one. Raises TooOften."""
    asked = {"app": COUNTED_BY, "action": action, "key": key}
    # Asked first: of several limits the earlier ones would count a time that a later one refuses, and the wait would grow.
    if not ratelimit.consume(request, dry_run=True, **asked) or not ratelimit.consume(request, **asked):
        refuse(request, action, words, key)


def refuse(request, action, words, key=None):
    """Raises TooOften for what was counted already."""
    raise TooOften(words, seconds=_seconds_to_wait(request, action, key))


@contextmanager
def of_second_step(request, person):
    """Around a try of the second step, which allauth counts by itself: its refusal, with the time to wait."""
    try:
        yield
    except ValidationError as problem:
        if getattr(problem, "code", "") in ("too_many_login_attempts", "rate_limited"):
            refuse(request, "login_failed", "Too many tries.", f"mfa-auth-user-{person.pk}")
        raise


def _seconds_to_wait(request, action, key) -> int:
    now, wait = time.time(), 1
    for rate in ratelimit.get_rates(app=COUNTED_BY, action=action):
        times = cache.get(ratelimit.get_cache_key(request, app=COUNTED_BY, action=action, rate=rate, key=key), [])
        if len(times) >= rate.amount:
            wait = max(wait, ceil(times[-1] + rate.duration - now))  # until the oldest counts no more
    return wait


def answer(response, form):
    """The page of a form; as 429 where the form says that it was sent too often."""
    if wait := _wait_of(form):
        response.status_code = 429
        response["Retry-After"] = str(wait)
    return response


def is_too_often(form) -> bool:
    return _wait_of(form) > 0


def _wait_of(form) -> int:
    errors = form.errors.as_data().values() if form is not None and form.is_bound else ()
    return max((error.seconds for found in errors for error in found if isinstance(error, TooOften)), default=0)
