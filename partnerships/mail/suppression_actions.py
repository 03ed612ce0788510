"""Changes the list of addresses that get no emails. The change log records who did it and when, never which address.

`by` is an administrator, or None for a bounce from a mail server. The functions raise ValidationError (by field) and
NotAllowed.
"""

from django.db import transaction

from partnerships.core import clock
from partnerships.core.access import is_administrator, require
from partnerships.core.errors import ValidationError
from partnerships.core.models import Change
from partnerships.core.text import clean, without_addresses
from partnerships.mail import audience
from partnerships.mail.choices import Bounce
from partnerships.mail.message import plain_address
from partnerships.mail.models import Suppression
from partnerships.mail.suppressions import digest_of


@transaction.atomic
def suppress(*, address: str, reason: str, by=None, detail: str = "", recipient: str = "") -> Suppression:
    """Stop emails to this address. `recipient`: the recipient key of its owner, if known.

    An address that is on the list already stays as it is, unless it turns out that the mailbox doesn't exist.
    """
    require(by is None or is_administrator(by))
    if not plain_address(address):
        raise ValidationError({"address": "Write a whole mail address."})
    detail = without_addresses(clean(detail))[:300]
    values = {"recipient": recipient, "reason": reason, "detail": detail, "at": clock.now()}
    entry, is_new = Suppression.objects.get_or_create(digest=digest_of(address), defaults=values)
    if not is_new and (reason != Bounce.GONE or entry.reason == Bounce.GONE):
        return entry
    if not is_new:
        Suppression.objects.filter(pk=entry.pk).update(reason=reason, detail=detail)
        entry.refresh_from_db()
    _note("suppress", entry, by)
    return entry


def suppress_manually(*, by, address: str, why: str) -> Suppression:
    """Stop emails to this address for an administrator.

    Raises ValidationError with code “there_already” if it is on the list.
    """
    require(is_administrator(by))
    if Suppression.objects.filter(digest=digest_of(address)).exists():
        words = "This address is on the list already."
        raise ValidationError({"address": ValidationError(words, code="there_already")})
    return suppress(address=address, reason=Bounce.BY_HAND, by=by, detail=why, recipient=audience.owner_of(address))


@transaction.atomic
def allow_again(*, by, entry: Suppression, was: str) -> None:
    """Allow emails to this address again, starting with the next one. What failed in between stays failed.

    `was`: the reason that the administrator saw. If it is a different one now, ValidationError with code “decided” is
    raised.
    """
    require(is_administrator(by))
    if not Suppression.objects.filter(pk=entry.pk, reason=was).delete()[0]:
        words = "This entry was changed or taken off meanwhile. Look at it again, then decide."
        raise ValidationError(words, code="decided")
    _note("unsuppress", entry, by)


def _note(verb, entry, by):
    Change.objects.create(
        at=clock.now(),
        by=by,
        verb=verb,
        record_type="suppression",
        record_id=entry.pk,
        after={"reason": entry.reason},
    )
