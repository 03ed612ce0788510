"""How often something may be done from a page. What comes too often is answered with 429, the form as it was typed, and a
Retry-After that holds: after so many seconds it passes.

Each limit is one of settings.RATE_LIMITS, "what/whose": `network` is where a request comes from, `key` what it is about, and
`browser` one in which the person signed in before. Such a browser is counted by itself, so nobody else uses up its tries.
"""

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings

from partnerships.core import rate_limits
from partnerships.core.errors import TooOften
from partnerships.web import known_browsers


def count(request, action: str, words: str, *, key: str = "", address: str | None = None) -> None:
    """Counts one time. `address`: whose browser it has to be to be known; None: anyone's. Raises TooOften."""
    if wait := rate_limits.seconds_to_wait(*_counted(request, action, key, address)):
        raise TooOften(words, seconds=wait)


def start_over(request, action: str, *, key: str, address: str) -> None:
    """Takes back the tries of this key after one that was right."""
    for limit in _counted(request, action, key, address):
        if not limit.action.endswith("/network"):
            rate_limits.start_over(limit)


def _counted(request, action, key, address):
    browser = known_browsers.number_of(request, address)
    if browser and f"{action}/browser" in settings.RATE_LIMITS:
        whose = {"browser": f"{browser} {key}"}
    else:
        whose = {"network": get_ip(request), "key": key}
    for kind, who in whose.items():
        name = f"{action}/{kind}"
        if name in settings.RATE_LIMITS:
            yield rate_limits.Limit(name, who, rate_limits.rates(settings.RATE_LIMITS[name]))


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
