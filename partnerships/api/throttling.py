"""Rate limits: a fixed window of a minute, counted with the cache's `incr`, per person or IP address, and per token
that has its own limit.
"""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.core.cache import caches
from rest_framework.exceptions import Throttled
from rest_framework.throttling import BaseThrottle

WINDOW = 60  # seconds
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Quota:
    """The state of one rate limit. `policy` is its name, and `reset` the seconds until the next window."""

    policy: str
    limit: int
    used: int
    reset: int

    @property
    def wait(self) -> int:
        """Seconds until a request may pass; 0 when it may pass now."""
        return self.reset if self.used > self.limit else 0

    @property
    def left(self) -> int:
        return max(self.limit - self.used, 0)


def headers_of(quotas: Iterable[Quota]) -> dict[str, str]:
    """The RateLimit headers (draft-ietf-httpapi-ratelimit-headers-10) for these quotas."""
    quotas = list(quotas)
    return {
        "RateLimit-Policy": ", ".join(f'"{one.policy}";q={one.limit};w={WINDOW}' for one in quotas),
        "RateLimit": ", ".join(f'"{one.policy}";r={one.left};t={one.reset}' for one in quotas),
    }


class TooMany(Throttled):
    """Raised for a request that exceeds a quota."""

    def __init__(self, quota: Quota) -> None:
        super().__init__(quota.wait)
        self.quota = quota


class PerMinute(BaseThrottle):
    """Counts with `incr`. DRF's throttles read and write a list of times, which loses requests that arrive at once."""

    def allow_request(self, request, view):
        person = request.user if request.user.is_authenticated else None
        view.quotas = [counted(request.META, person)]
        if request.auth and request.auth.rate and not view.quotas[0].wait:
            view.quotas.append(counted_for_token(request.auth))
        over = max(view.quotas, key=lambda quota: quota.wait)
        if over.wait:
            raise TooMany(over)
        return True


def client_address(meta) -> str:
    """The IP address that a request (its META) counts for: an IPv6 network (/64), since one client has all of it."""
    address = sender(meta)
    return _network(address) if ":" in address else address[:45]


def sender(meta) -> str:
    """The IP address that sent a request: the part of X-Forwarded-For that the last trusted proxy wrote, or the peer's."""
    address = meta.get("REMOTE_ADDR") or "unknown"
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if hops:
            address = hops[-min(settings.TRUSTED_PROXIES, len(hops))]
    return address


def _network(address):
    """The /64 network of an IPv6 address, the IPv4 address in a mapped one, or the text if it's no address."""
    try:
        found = ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return address[:45]
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(IPv6Address(int(found) >> 64 << 64))
    return str(getattr(found, "ipv4_mapped", None) or found)


def counted(meta, person) -> Quota:
    """Count one request of a person, across all their tokens, or of an IP address."""
    if person is None:
        policy, who, limit = "address", client_address(meta), settings.API_RATE_ANONYMOUS
    else:
        policy, who, limit = "person", f"person-{person.pk}", settings.API_RATE_PERSON
    return _quota(policy, who, limit)


def counted_for_token(token) -> Quota:
    """Count one request of a token that has a lower limit than its person."""
    return _quota("token", f"token-{token.pk}", token.rate)


def _quota(policy, who, limit):
    window, passed = divmod(int(time.time()), WINDOW)
    return Quota(policy, limit, _count(f"api:{window}:{who}"), WINDOW - passed)


def _count(key):
    """Count in the shared cache. Without it, each process counts by itself: a cache that's down must not stop the API."""
    try:
        return _count_in(caches["default"], key)
    except Exception as problem:  # each cache server has errors of its own
        if caches["process"].add("api:warned", 1, WINDOW):
            log.warning("The cache of CACHE_URL can’t be used (%s). API limits are counted by each process.", problem)
        return _count_in(caches["process"], key)


def _count_in(cache, key):
    try:
        return cache.incr(key)
    except ValueError:
        # Two may come here at once; only one of them adds, and both count.
        return 1 if cache.add(key, 1, WINDOW * 2) else cache.incr(key)
