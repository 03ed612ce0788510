"""Keeping on record what a party did: its row can't be removed from the partnership then."""

from collections.abc import Iterable

from django.utils.translation import gettext

from partnerships.core.errors import ValidationError
from partnerships.core.types import Text
from partnerships.registry.models import Party


def refuse_removal(parties: list[Party], kept: Iterable[int], what: Text) -> None:
    """Raise ValidationError if any of the parties that are about to be removed is among the `kept` ids.

    `what` says what they did, as in “came to meetings”. It disappears with the row, so a party that left gets a last
    day instead. For `events.parties_removed`.
    """
    kept = set(kept)
    names = ", ".join(str(party) for party in parties if party.pk in kept)
    if names:
        words = gettext(
            "%(names)s %(what)s, and that stays on record. Enter the last day in this partnership instead. If this was never "
            "a partner, correct those entries first."
        )
        raise ValidationError(words % {"names": names, "what": what}, code="took_part")
