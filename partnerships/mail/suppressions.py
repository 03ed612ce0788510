"""The addresses that get no emails, and why. The list knows addresses only by a keyed digest.

A mailbox that doesn't exist gets nothing. People who complained, or were put on the list by an administrator, still get
what they ask for themselves (sign-in emails) and what saves them a trip (canceled meetings).
"""

from django.utils.crypto import salted_hmac

from partnerships.core.access import is_administrator
from partnerships.mail.choices import Bounce, EmailKind
from partnerships.mail.message import plain_address
from partnerships.mail.models import Suppression

DESPITE = (EmailKind.SIGN_IN_CODE, EmailKind.UNKNOWN_ADDRESS, EmailKind.MEETING_CANCELLED)
WORDS = {
    Bounce.GONE: "There is no such mailbox: an earlier letter came back.",
    Bounce.COMPLAINT: "The reader said that an earlier letter was unwanted.",
    Bounce.BY_HAND: "An administrator stopped letters to this address.",
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
    return f"{WORDS[reason]} An administrator can take it off the list."


def entries_stopping(digest: str, kind: str):
    """The entries of the list that keep an email of this kind from the address with this digest."""
    return Suppression.objects.filter(digest=digest, reason__in=_that_stop(kind)).order_by()


def _that_stop(kind) -> tuple[str, ...]:
    """The reasons that stop an email of this kind."""
    return (Bounce.GONE,) if kind in DESPITE else tuple(Bounce)


def reasons(addresses) -> dict[str, str]:
    """Address → why it is on the list; "" when it isn't."""
    digests = {address: digest_of(address) for address in addresses}
    rows = Suppression.objects.filter(digest__in=digests.values()).order_by()
    listed = dict(rows.values_list("digest", "reason"))
    return {address: listed.get(digest, "") for address, digest in digests.items()}


def entries_of(addresses):
    """The entries of the list for these addresses."""
    return Suppression.objects.filter(digest__in=[digest_of(address) for address in addresses])


def forget_recipients(addresses) -> None:
    """Remove from the entries whose addresses they were, after a person was erased.

    The addresses still get no emails.
    """
    entries_of(addresses).update(recipient="", detail="")


def suppressions_visible_to(person):
    """The list is for administrators; it is empty for everyone else."""
    return Suppression.objects.all() if is_administrator(person) else Suppression.objects.none()
