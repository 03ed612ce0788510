"""Which partnerships and parties a person may see, and which she may change."""

from django.db.models import Q

from partnerships.core.access import (
    is_administrator,
    is_staff,
    jurisdictions_read_by,
    jurisdictions_written_by,
    may_write_somewhere,
)
from partnerships.directory.choices import Listing
from partnerships.registry.choices import OFFICE_ONLY_CIRCLES, Kind
from partnerships.registry.models import Partnership, Party

# What everyone may see of the parties of a published partnership. A government party always; an organization when it is
# listed, and on outside organizing only by its own yes. One that is not yet approached or declined has no name outside.
_OWN_YES = Q(consented_on__isnull=False) | Q(organization__listing=Listing.PROFILED)
PUBLIC_PARTY = (
    Q(organization__isnull=True)
    | Q(organization__listing__in=(Listing.PROFILED, Listing.NAMED))
    & (~Q(partnership__kind=Kind.ORGANIZING) | _OWN_YES)
) & ~Q(circle__in=OFFICE_ONLY_CIRCLES)


def partnerships_visible_to(person):
    """Published records for all, drafts for the staff of the lead jurisdiction."""
    if is_administrator(person):
        return Partnership.objects.all()
    own = jurisdictions_read_by(person)
    if not own:
        return Partnership.objects.filter(is_published=True)
    return Partnership.objects.filter(Q(is_published=True) | Q(lead__in=own))


def parties_visible_to(person):
    """Parties of the partnerships that the person may see; one she may not see is left out whole."""
    if is_administrator(person):
        return Party.objects.all()
    own = jurisdictions_read_by(person)
    public = Q(partnership__is_published=True) & PUBLIC_PARTY
    return Party.objects.filter(public | Q(partnership__lead__in=own) if own else public)


def sees_more_than_documents(person) -> bool:
    """Whether some partnerships show her drafts or parties that the stored documents leave out."""
    return is_staff(person)


def may_read_whole(person, partnership) -> bool:
    """May she read drafts, notes and unlisted parties: the staff of the lead jurisdiction."""
    return is_administrator(person) or partnership.lead_id in jurisdictions_read_by(person)


def may_write_partnership(person, partnership) -> bool:
    return is_administrator(person) or partnership.lead_id in jurisdictions_written_by(person)


def may_add_partnership(person) -> bool:
    return may_write_somewhere(person)


def may_lead_with(person, jurisdiction) -> bool:
    """May she keep records that this jurisdiction leads."""
    return is_administrator(person) or jurisdiction.pk in jurisdictions_written_by(person)
