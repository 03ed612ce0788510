"""Browsers in which someone signed in before. Each has a signed cookie that says so, and its tries are counted by themselves: no
flood of tries from elsewhere can use up those of a person in their own browser.

The cookie opens nothing. It holds a random number and, for each email address that signed in there, a digest.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

COOKIE = "known-browser"
LIVES = 400 * 24 * 3600  # seconds; no browser keeps a cookie longer
MOST = 5  # people of one browser
_SALT = "known-browser"


def number_of(request, address: str | None = None) -> str:
    """The number of this browser where this address signed in there before (None: any address); empty where none did."""
    number, people = _read(request)
    return number if people and (address is None or _digest(address) in people) else ""


def remember(request, response) -> None:
    """Has the browser know that this request's person signed in there."""
    number, people = _read(request)
    own = _digest(request.user.email)
    people = [own, *(other for other in people if other != own)][:MOST]
    value = signing.dumps([number or secrets.token_urlsafe(12), people], salt=_SALT)
    safe = {"secure": settings.SECURE, "httponly": True, "samesite": "Lax"}
    response.set_cookie(COOKIE, value, max_age=LIVES, **safe)


def _read(request):
    try:
        number, people = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=LIVES)
    except (signing.BadSignature, ValueError):
        return "", []
    return number, people


def _digest(address):
    return salted_hmac(_SALT, address.lower(), algorithm="sha256").hexdigest()[:16]
