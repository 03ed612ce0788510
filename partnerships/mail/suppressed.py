"""Where no letter may go any more, and why. The list knows addresses only by a digest under the registry's own key.

A mailbox that is gone gets nothing. Who complained, and whoever an administrator put on the list, still gets what they ask
for themself (letters of sign-in) and what keeps them from a trip in vain (a meeting that is called off).
"""

from django.utils.crypto import salted_hmac

from partnerships.core.access import is_administrator
from partnerships.mail.choices import Bounce, LetterKind
from partnerships.mail.message import plain_address
from partnerships.mail.models import Suppression

DESPITE = (LetterKind.SIGN_IN_CODE, LetterKind.UNKNOWN_ADDRESS, LetterKind.MEETING_CANCELLED)
WORDS = {
    Bounce.GONE: "There is no such mailbox: an earlier letter came back.",
    Bounce.COMPLAINT: "The reader said that an earlier letter was unwanted.",
    Bounce.BY_HAND: "An administrator stopped letters to this address.",
}


def digest_of(address: str) -> str:
    """Of an address as servers compare it. A new SECRET_KEY makes the list know none any more."""
    return salted_hmac("partnerships.suppression", plain_address(address), algorithm="sha256").hexdigest()


def why_not(address: str, kind: str, known: dict | None = None) -> str:
    """Why no letter of this kind may go to this address, in words for staff; empty when it may. `known`: as `reasons`."""
    reason = (known if known and address in known else reasons([address]))[address]
    if reason not in _that_stop(kind):
        return ""
    return f"{WORDS[reason]} An administrator can take it off the list."


def stopping(digest: str, kind: str):
    """The entries of the list that keep a letter of this kind from the address of this digest."""
    return Suppression.objects.filter(digest=digest, reason__in=_that_stop(kind)).order_by()


def _that_stop(kind) -> tuple[str, ...]:
    """The reasons for which no letter of this kind goes."""
    return (Bounce.GONE,) if kind in DESPITE else tuple(Bounce)


def reasons(addresses) -> dict[str, str]:
    """Address → why it is on the list; empty when it is not."""
    digests = {address: digest_of(address) for address in addresses}
    rows = Suppression.objects.filter(digest__in=digests.values()).order_by()
    listed = dict(rows.values_list("digest", "reason"))
    return {address: listed.get(digest, "") for address, digest in digests.items()}


def entries_of(addresses):
    """What the list holds of these addresses."""
    return Suppression.objects.filter(digest__in=[digest_of(address) for address in addresses])


def forget_whose(addresses) -> None:
    """Once somebody is erased, the list still keeps letters from their addresses, and no longer says whose they were."""
    entries_of(addresses).update(recipient="", detail="")


def suppressions_visible_to(person):
    """The list is kept by administrators; nobody else sees it."""
    return Suppression.objects.all() if is_administrator(person) else Suppression.objects.none()
