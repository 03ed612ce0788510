"""Rate limits for pages, and for what people try on them.

Someone who isn't signed in shares settings.PAGE_RATE_ANONYMOUS with their network (`seconds_until_page`).

A try over its limit gets 429, the form as it was typed, and Retry-After with the seconds until it would succeed.
settings.RATE_LIMITS has the limits as "action/scope". The scope is `network` (where the request comes from), `key`
(what it's about), or `browser` (one in which the person signed in before). A known browser has its own count, so no one
else can use up its attempts.
"""

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings

from partnerships.core import rate_limits
from partnerships.core.errors import RateLimited
from partnerships.core.quotas import client_address, count_request
from partnerships.core.types import Text
from partnerships.web.frame import known_browsers
from partnerships.web.frame.errors import API

_OTHER_LIMITS = (API, "/healthz", "/readyz")  # the API counts by itself, and load balancers ask often
_SAME_FOR_ALL = ("/by-link/", "/embed/")  # no one is signed in there
_ANSWERS = ("/by-link/", "/code/", "/sign-in/")


def seconds_until_page(request) -> int:
    """Count one request of someone who isn't signed in. Returns 0 when it may pass, otherwise the seconds until one may.

    Forms, personal links, printed codes and sign-in have a count of their own: readers in the same network can't keep a
    partner from answering, or a person from signing in.
    """
    path = request.path_info
    if path.startswith(_OTHER_LIMITS):
        return 0
    # Without the cookie, no session is looked up.
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES and not path.startswith(_SAME_FOR_ALL)
    if has_session and request.user.is_authenticated:
        return 0
    reads = request.method in ("GET", "HEAD") and not path.startswith(_ANSWERS)
    policy = "page" if reads else "answer"
    return count_request(policy, client_address(request.META), settings.PAGE_RATE_ANONYMOUS).wait


def count_attempt(request, action: str, words: Text, *, key: str = "", address: str | None = None) -> None:
    """Count one attempt. Raises RateLimited if it's over a limit.

    A browser is known only if `address` signed in there before. None means any address.
    """
    if wait := rate_limits.seconds_to_wait(*_limits_of(request, action, key, address)):
        raise RateLimited(words, seconds=wait)


def reset(request, action: str, *, key: str, address: str) -> None:
    """Reset the attempts for this key after a successful one."""
    for limit in _limits_of(request, action, key, address):
        if not limit.action.endswith("/network"):
            rate_limits.reset(limit)


def _limits_of(request, action, key, address):
    browser = known_browsers.number_of(request, address)
    if browser and f"{action}/browser" in settings.RATE_LIMITS:
        whose = {"browser": f"{browser} {key}"}
    else:
        whose = {"network": get_ip(request), "key": key}
    for kind, who in whose.items():
        name = f"{action}/{kind}"
        if name in settings.RATE_LIMITS:
            yield rate_limits.Limit(name, who, rate_limits.rates(settings.RATE_LIMITS[name]))


def render_form(response, form):
    """Turn the page of a form into a 429 response if an error of the form says so."""
    if wait := _seconds_to_wait(form):
        response.status_code = 429
        response["Retry-After"] = str(wait)
    return response


def _seconds_to_wait(form) -> int:
    errors = form.errors.as_data().values() if form is not None and form.is_bound else ()
    return max((error.seconds for found in errors for error in found if isinstance(error, RateLimited)), default=0)
