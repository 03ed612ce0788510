"""Rate limits of the API: per person or IP address, and per token that has its own limit (`core.quotas` counts)."""

from collections.abc import Iterable

from django.conf import settings
from rest_framework.exceptions import Throttled
from rest_framework.throttling import BaseThrottle

from partnerships.core.quotas import WINDOW, Quota, client_address, count_request


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


def counted(meta, person) -> Quota:
    """Count one request of a person, across all their tokens, or of an IP address."""
    if person is None:
        return count_request("address", client_address(meta), settings.API_RATE_ANONYMOUS)
    return count_request("person", str(person.pk), settings.API_RATE_PERSON)


def counted_for_token(token) -> Quota:
    """Count one request of a token that has a lower limit than its person."""
    return count_request("token", str(token.pk), token.rate)
