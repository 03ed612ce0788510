"""The addresses that get no emails, and why. The list knows addresses only by a keyed digest.

A mailbox that doesn't exist gets nothing. People who complained, or were put on the list by an administrator, still get
what they ask for themselves (sign-in emails) and what saves them a trip (canceled meetings).

The audit log records who changed the list and when, never which address. `by` is an administrator, or SYSTEM for a bounce
from a mail server.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, Viewer, account_of, is_administrator, require
from partnerships.core.errors import ValidationError
from partnerships.core.models import Change
from partnerships.core.prepared import Placeholder
from partnerships.core.text import clean, without_addresses
from partnerships.core.types import Text
from partnerships.mail import audience
from partnerships.mail.choices import Bounce, EmailKind
from partnerships.mail.message import plain_address
from partnerships.mail.models import Suppression

DESPITE = (EmailKind.SIGN_IN_CODE, EmailKind.UNKNOWN_ADDRESS, EmailKind.MEETING_CANCELLED)
WORDS: dict[str, Text] = {
    Bounce.GONE: gettext_lazy("This mailbox doesn’t exist. An earlier email bounced."),
    Bounce.COMPLAINT: gettext_lazy("The recipient reported an earlier email as spam."),
    Bounce.BY_HAND: gettext_lazy("An administrator blocked this email address."),
}
# Why an email wasn't sent, as the outbox stores it.
_STOPPED: dict[str, str] = {
    Bounce.GONE: gettext_noop("This mailbox doesn’t exist. An earlier email bounced. An administrator can unblock it."),
    Bounce.COMPLAINT: gettext_noop("The recipient reported an earlier email as spam. An administrator can unblock it."),
    Bounce.BY_HAND: gettext_noop("An administrator blocked this email address. An administrator can unblock it."),
}


def digest_of(address: str) -> str:
    """The digest of an address in its compared form. With a new SECRET_KEY the list no longer matches any address."""
    return salted_hmac("partnerships.suppression", plain_address(address), algorithm="sha256").hexdigest()


def suppression_reason(address: str, kind: str, known: dict | None = None) -> str:
    """Why no email of this kind may go to this address, as a text for staff; "" when it may.

    `known`: as from `reasons`.
    """
    reason = (known if known and address in known else reasons([address]))[address]
    if reason not in _that_stop(kind):
        return ""
    return _STOPPED[reason]


def entries_stopping(digest: str | Placeholder, kind: str) -> QuerySet[Suppression]:
    """The entries of the list that keep an email of this kind from the address with this digest."""
    return Suppression.objects.filter(digest=digest, reason__in=_that_stop(kind)).order_by()


def _that_stop(kind: str) -> tuple[str, ...]:
    """The reasons that stop an email of this kind."""
    return (Bounce.GONE,) if kind in DESPITE else tuple(Bounce)


def reasons(addresses: Iterable[str]) -> dict[str, str]:
    """Address → why it is on the list; "" when it isn't."""
    digests = {address: digest_of(address) for address in addresses}
    rows = Suppression.objects.filter(digest__in=digests.values()).order_by()
    listed = dict(rows.values_list("digest", "reason"))
    return {address: listed.get(digest, "") for address, digest in digests.items()}


def entries_of(addresses: Iterable[str]) -> QuerySet[Suppression]:
    """The entries of the list for these addresses."""
    return Suppression.objects.filter(digest__in=[digest_of(address) for address in addresses])


def forget_recipients(addresses: set[str]) -> None:
    """Remove from the entries whose addresses they were, after a person was erased.

    The addresses still get no emails.
    """
    entries_of(addresses).update(recipient="", detail="")


def suppressions_visible_to(person: Viewer) -> QuerySet[Suppression]:
    """The list is for administrators; it is empty for everyone else."""
    return Suppression.objects.all() if is_administrator(person) else Suppression.objects.none()


@transaction.atomic
def suppress(*, address: str, reason: str, by: Author, detail: str = "", recipient: str = "") -> Suppression:
    """Stop emails to this address. `recipient`: the recipient key of its owner, if known.

    An address that is on the list already stays as it is, unless it turns out that the mailbox doesn't exist. Raises
    NotAllowed, and ValidationError for an address that isn't complete.
    """
    require(by is SYSTEM or is_administrator(by))
    if not plain_address(address):
        raise ValidationError({"address": gettext("Enter a full email address, like name@example.org.")})
    detail = without_addresses(clean(detail))[:300]
    values = {"recipient": recipient, "reason": reason, "detail": detail, "at": clock.now()}
    entry, is_new = Suppression.objects.get_or_create(digest=digest_of(address), defaults=values)
    if not is_new and (reason != Bounce.GONE or entry.reason == Bounce.GONE):
        return entry
    if not is_new:
        Suppression.objects.filter(pk=entry.pk).update(reason=reason, detail=detail)
        entry.refresh_from_db()
    _log("suppress", entry, by)
    return entry


def suppress_manually(*, by: Author, address: str, why: str) -> Suppression:
    """Stop emails to this address for an administrator.

    Raises NotAllowed, and ValidationError with code “there_already” if it is on the list.
    """
    require(is_administrator(by))
    if Suppression.objects.filter(digest=digest_of(address)).exists():
        words = gettext("This email address is already blocked.")
        raise ValidationError({"address": ValidationError(words, code="there_already")})
    return suppress(address=address, reason=Bounce.BY_HAND, by=by, detail=why, recipient=audience.owner_of(address))


@transaction.atomic
def allow_again(*, by: Author, entry: Suppression, was: str) -> None:
    """Allow emails to this address again, starting with the next one. What failed in between stays failed.

    `was`: the reason that the administrator saw. Raises NotAllowed, and ValidationError with code “decided” if it is a
    different one now.
    """
    require(is_administrator(by))
    if not Suppression.objects.filter(pk=entry.pk, reason=was).delete()[0]:
        words = gettext("This entry was changed or removed in the meantime. Review it, then decide.")
        raise ValidationError(words, code="decided")
    _log("unsuppress", entry, by)


def _log(verb: str, entry: Suppression, by: Author) -> None:
    Change.objects.create(
        at=clock.now(),
        by=account_of(by),
        verb=verb,
        record_type="suppression",
        record_id=entry.pk,
        after={"reason": entry.reason},
    )
