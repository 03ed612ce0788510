"""Where no letter may go any more, and why. The list knows addresses only by a digest under the registry's own key.

A mailbox that is gone gets nothing. Who complained, and whoever an administrator put on the list, still gets what they ask
for themself (letters of sign-in) and what keeps them from a trip in vain (a meeting that is called off).
"""

from django.utils.crypto import salted_hmac

from partnerships.communication.choices import Bounce, LetterKind
from partnerships.communication.mail import plain_address
from partnerships.communication.reader_models import Suppression
from partnerships.core.access import is_administrator

DESPITE = (LetterKind.SIGN_IN_CODE, LetterKind.UNKNOWN_ADDRESS, LetterKind.MEETING_CANCELLED)
WORDS = {
    Bounce.GONE: "There is no such mailbox: an earlier letter came back.",
    Bounce.COMPLAINT: "The reader said that an earlier letter was unwanted.",
    Bounce.BY_HAND: "An administrator stopped letters to this address.",
}


def digest_of(address: str) -> str:
    """Of an address as servers compare it. A new SECRET_KEY makes the list know none any more."""
    return salted_hmac("partnerships.suppression", plain_address(address), algorithm="sha256").hexdigest()


def why_not(address: str, kind: str) -> str:
    """Why no letter of this kind may go to this address, in words for staff; empty when it may."""
    reason = entries_of([address]).values_list("reason", flat=True).first()
    if reason is None or (reason != Bounce.GONE and kind in DESPITE):
        return ""
    return f"{WORDS[reason]} An administrator can take it off the list."


def entries_of(addresses):
    """What the list holds of these addresses."""
    return Suppression.objects.filter(digest__in=[digest_of(address) for address in addresses])


def forget_whose(addresses) -> None:
    """Once somebody is erased, the list still keeps letters from their addresses, and no longer says whose they were."""
    entries_of(addresses).update(recipient="", detail="")


def suppressions_visible_to(person):
    """The list is kept by administrators; nobody else sees it."""
    return Suppression.objects.all() if is_administrator(person) else Suppression.objects.none()
