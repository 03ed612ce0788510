"""How often one may ask: a fixed window of a minute, counted by the cache's own `incr`, per person or per address."""

import time
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.core.cache import cache
from rest_framework.throttling import BaseThrottle

WINDOW = 60  # seconds


class PerMinute(BaseThrottle):
    """DRF's own throttles read and write a list of moments, which loses requests that come at once."""

    def allow_request(self, request, view):
        self.seconds = seconds_to_wait(request.META, request.user if request.user.is_authenticated else None)
        return not self.seconds

    def wait(self):
        return self.seconds


def client_address(meta) -> str:
    """The address that a request (its META) came from: the place of X-Forwarded-For that the last trusted proxy wrote,
    or the peer's. Of IPv6 the network (/64), since one client has all of it."""
    address = meta.get("REMOTE_ADDR") or "unknown"
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if hops:
            address = hops[-min(settings.TRUSTED_PROXIES, len(hops))]
    return _network(address) if ":" in address else address[:45]


def _network(address):
    try:
        found = ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return address[:45]
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(IPv6Address(int(found) >> 64 << 64))
    return str(getattr(found, "ipv4_mapped", None) or found)


def seconds_to_wait(meta, person) -> int:
    """Counts one request. 0 when it may pass, else the seconds until the next window."""
    if person is None:
        who, limit = client_address(meta), settings.API_RATE_ANONYMOUS
    else:
        who, limit = f"person-{person.pk}", settings.API_RATE_PERSON
    window, passed = divmod(int(time.time()), WINDOW)
    return WINDOW - passed if _count(f"api:{window}:{who}") > limit else 0


def _count(key):
    try:
        return cache.incr(key)
    except ValueError:
        # Two may come here at once; only one of them adds, and both count.
        return 1 if cache.add(key, 1, WINDOW * 2) else cache.incr(key)
