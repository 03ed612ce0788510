"""Sign-in codes by email.

Asking again for an address while its code is open returns the same code, and emails it again only so often. So a
stranger who keeps asking can neither fill a mailbox nor lock its owner out: the code of the newest email works in each
browser that asked for the address, once. A browser in which the person signed in before has an email count of its own.
"""

import secrets
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.utils.crypto import salted_hmac

from partnerships.accounts.models import LoginCode
from partnerships.core import clock, rate_limits

OPEN_FOR = timedelta(minutes=50)  # a browser that asks at the end still has the library's ten minutes to enter it
KEPT_FOR = timedelta(days=1)
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # without vowels, so that no words appear
_LENGTH = 8


class RequestedCode(NamedTuple):
    """A code that was asked for: the primary key of its row, the text to type, and whether to email it now."""

    number: int
    text: str
    is_to_be_sent: bool


def request_code(address: str, browser: str = "") -> RequestedCode:
    """The code for this address. `browser`: identifies a browser in which the person signed in before."""
    asked = salted_hmac("login-code", address, algorithm="sha256").hexdigest()
    rows, now = LoginCode.objects.filter(asked=asked, is_open=True), clock.now()
    rows.filter(made_at__lt=now - OPEN_FOR).update(is_open=False)
    new = {"seed": secrets.token_hex(32), "made_at": now}
    row, is_new = LoginCode.objects.get_or_create(asked=asked, is_open=True, defaults=new)
    often = rate_limits.rates(settings.RATE_LIMITS["code_emailed/key"])
    # Counted for a new code too, which is always emailed: its owner would otherwise have none.
    wait = rate_limits.seconds_to_wait(rate_limits.Limit("code_emailed", f"{address} {browser}", often))
    return RequestedCode(row.pk, _code_of(row), is_new or not wait)


def use_code(number: int) -> bool:
    """Use up this code. Returns False when it was used before, even a moment ago."""
    rows = LoginCode.objects.filter(pk=number, used_at=None)
    return bool(rows.update(used_at=clock.now(), is_open=False))


def delete_expired() -> None:
    LoginCode.objects.filter(made_at__lt=clock.now() - KEPT_FOR).delete()


def _code_of(row: LoginCode) -> str:
    """The code that is derived from the seed of the row, such as “ABCD-EFGH”."""
    digest = salted_hmac("login-code-letters", row.seed, algorithm="sha256").digest()
    number, letters = int.from_bytes(digest), ""
    for _ in range(_LENGTH):
        number, index = divmod(number, len(_LETTERS))
        letters += _LETTERS[index]
    return f"{letters[:4]}-{letters[4:]}"
