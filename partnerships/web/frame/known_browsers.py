"""Browsers in which a person signed in before.

They have their own rate limits, so that attempts from elsewhere can't use up those of people in their own browsers. A
signed cookie marks such a browser. It gives no access. It contains a random number, and a digest of each email address
that signed in there.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

LIVES = 400 * 24 * 3600  # seconds; browsers keep no cookie for longer
MOST = 5  # people per browser
_SALT = "known-browser"


def number_of(request, address: str | None = None) -> str:
    """The number of this browser if this email address signed in there before, else "". None means any address."""
    number, people = _read_cookie(request)
    return number if people and (address is None or _digest(address) in people) else ""


def remember(request, response) -> None:
    """Mark this browser as one in which this person signed in."""
    number, people = _read_cookie(request)
    own = _digest(request.user.email)
    people = [own, *(other for other in people if other != own)][:MOST]
    value = signing.dumps([number or secrets.token_urlsafe(12), people], salt=_SALT)
    safe = {"secure": settings.SECURE, "httponly": True, "samesite": "Lax"}
    response.set_cookie(settings.KNOWN_BROWSER_COOKIE_NAME, value, max_age=LIVES, **safe)


def _read_cookie(request):
    try:
        number, people = signing.loads(
            request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, ""), salt=_SALT, max_age=LIVES
        )
    except (signing.BadSignature, ValueError):
        return "", []
    return number, people


def _digest(address):
    return salted_hmac(_SALT, address.lower(), algorithm="sha256").hexdigest()[:16]
