"""Seats whose name is removed after it was public: figures may still count them only if their holder agreed.

A seat that was never public leaves no trace here: no one outside the office may learn that it existed.
"""

from collections.abc import Sequence

from django.db.models import QuerySet

from partnerships.core.listing import Listing
from partnerships.directory.models import Organization
from partnerships.directory.rules import LISTED
from partnerships.registry import seats
from partnerships.registry.choices import WithheldName
from partnerships.registry.models import Party
from partnerships.registry.rules import PUBLIC_IF_LISTED, PUBLIC_PARTY


def remove_name(party: Party, *, may_count: bool) -> None:
    """Call before this seat loses its name through its holder's own answer."""
    rows = Party.objects.filter(PUBLIC_PARTY, pk=party.pk, partnership__is_published=True)
    _withhold(rows, may_count)


def restore_name(party: Party) -> None:
    """Call after its holder confirmed again. An unlisted organization stays without a name."""
    if party.organization is None or party.organization.listing in LISTED:
        Party.objects.filter(pk=party.pk).exclude(unnamed="").update(unnamed="")


def follow_listing(organization: Organization, *, was: Listing | str, may_count: bool) -> None:
    """After an organization was saved whose old listing was `was`: its seats lose their names, or get them back."""
    own = Party.objects.filter(organization=organization)
    if was in LISTED and organization.listing not in LISTED:
        _withhold(own.filter(PUBLIC_IF_LISTED, seats.NAMED, partnership__is_published=True), may_count)
    elif was not in LISTED and organization.listing in LISTED:
        shown = own.filter(PUBLIC_IF_LISTED, seats.NAMED).exclude(unnamed="")
        Party.objects.filter(pk__in=list(shown.values_list("pk", flat=True))).update(unnamed="")


def public_among(parties: QuerySet[Party]) -> list[int]:
    """The primary keys of those of these parties that everyone sees by name now."""
    return list(parties.filter(PUBLIC_PARTY, partnership__is_published=True).values_list("pk", flat=True))


def hidden_of(pks: Sequence[int]) -> list[Party]:
    """Of seats that were public by name, those no longer shown for a reason that isn't an answer of their holder.

    Their holders weren't asked whether the seats may count.
    """
    rows = Party.objects.filter(seats.NAMED, pk__in=pks, unnamed="")
    shown = Party.objects.filter(PUBLIC_PARTY, pk__in=pks)
    return list(rows.exclude(pk__in=shown.values("pk")))


def shown_again(parties: QuerySet[Party]) -> list[Party]:
    """Those of these seats that everyone sees by name again."""
    return list(parties.filter(PUBLIC_PARTY).exclude(unnamed=""))


def exclude_from_figures(seats_hidden: Sequence[Party]) -> None:
    """Figures don't count these seats, and say so."""
    Party.objects.filter(pk__in=[one.pk for one in seats_hidden]).update(unnamed=WithheldName.WITHHELD)


def _withhold(rows: QuerySet[Party], may_count: bool) -> None:
    pks = list(rows.values_list("pk", flat=True))
    Party.objects.filter(pk__in=pks).update(unnamed=WithheldName.COUNTED if may_count else WithheldName.WITHHELD)
