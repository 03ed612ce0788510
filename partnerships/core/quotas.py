"""Limits for requests, of the API and of pages: a fixed window of a minute, counted with the cache's `incr`.

A request costs no query of the database, whose tables have the counts of `core.rate_limits`.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.core.cache import BaseCache, caches

WINDOW = 60  # seconds
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Quota:
    """The state of one limit. `policy` is its name, and `reset` the seconds until the next window."""

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


def count_request(policy: str, who: str, limit: int) -> Quota:
    """Count one request against the limit with this name."""
    window, passed = divmod(int(time.time()), WINDOW)
    return Quota(policy, limit, _count(f"{policy}:{window}:{who}"), WINDOW - passed)


def client_address(meta: Mapping[str, Any]) -> str:
    """The IP address that a request (its META) counts for: an IPv6 network (/64), since one client has all of it."""
    address = sender(meta)
    return _network(address) if ":" in address else address[:45]


def sender(meta: Mapping[str, Any]) -> str:
    """The IP address that sent a request: the part of X-Forwarded-For that the last trusted proxy wrote, or the peer's."""
    address = meta.get("REMOTE_ADDR") or "unknown"
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if hops:
            address = hops[-min(settings.TRUSTED_PROXIES, len(hops))]
    return address


def _network(address: str) -> str:
    """The /64 network of an IPv6 address, the IPv4 address in a mapped one, or the text if it's no address."""
    try:
        found = ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return address[:45]
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(IPv6Address(int(found) >> 64 << 64))
    return str(getattr(found, "ipv4_mapped", None) or found)


def _count(key: str) -> int:
    """Count in the shared cache. Without it, each process counts by itself: a cache that's down must stop no request."""
    try:
        return _count_in(caches["default"], key)
    except Exception as problem:  # each cache server has errors of its own
        if caches["process"].add("quotas:warned", 1, WINDOW):
            log.warning("The cache of CACHE_URL can’t be used (%s). Each process counts requests by itself.", problem)
        return _count_in(caches["process"], key)


def _count_in(cache: BaseCache, key: str) -> int:
    try:
        return cache.incr(key)
    except ValueError:
        # Two may come here at once; only one of them adds, and both count.
        return 1 if cache.add(key, 1, WINDOW * 2) else cache.incr(key)
