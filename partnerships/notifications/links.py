"""Personal links in emails: who may answer what, until when, signed and not stored. Pure: reads no rows.

A link contains its reader and its subject, with a different signature for each purpose, and a mark of the address that
it went to: once the reader has another address, it no longer works. Anyone who has the link counts as its reader.
"""

from datetime import datetime

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from partnerships.core import clock
from partnerships.core.errors import NotFound
from partnerships.mail.audience import Recipient

MEETING, CHECK_IN, EMAILS, ROUND, SEAT = "meeting", "check-in", "letters", "round", "seat"
PEOPLE, AGREEMENT, STATEMENT = "people", "agreement", "statement"
_SALT = "partnerships.links"


def make(purpose: str, recipient: Recipient, subject: int | list | str, until: datetime) -> str:
    """The token of a link for this Recipient about `subject` (an id, or a few plain values), valid until `until`."""
    given = [recipient.key, mark_of(purpose, recipient.address), subject, int(until.timestamp())]
    return _signer(purpose).sign_object(given)


def read(purpose: str, token: str) -> tuple:
    """(key of the recipient, mark of the address, subject).

    Raises NotFound if it was tampered with, has another purpose, or has expired.
    """
    try:
        key, mark, subject, until = _signer(purpose).unsign_object(token)
    except (signing.BadSignature, ValueError):
        raise NotFound from None
    if until <= clock.now().timestamp():
        raise NotFound
    return key, mark, subject


def was_sent_to(purpose: str, mark: str, address: str) -> bool:
    """Whether a link with this mark was sent to this address."""
    return constant_time_compare(mark, mark_of(purpose, address))


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=f"{_SALT}.{purpose}", sep=".")


def mark_of(purpose: str, address: str) -> str:
    """What a link says of the address that it went to."""
    return salted_hmac(f"{_SALT}.{purpose}.address", address.lower()).hexdigest()[:12]
