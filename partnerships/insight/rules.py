"""Which expected seats and past circles a person may see, and who manages expected seats."""

from django.db.models import F, Q, QuerySet
from django.db.models.functions import TruncDate

from partnerships.core.access import (
    Viewer,
    belongs_somewhere,
    is_administrator,
    jurisdictions_read_by,
    jurisdictions_written_by,
)
from partnerships.directory.models import Jurisdiction
from partnerships.insight.models import CircleSnapshot, ExpectedSeat
from partnerships.registry.rules import partnerships_visible_to, seated_partnership_ids


def expected_seats_visible_to(person: Viewer) -> QuerySet[ExpectedSeat]:
    """Seats in a partnership for its lead's staff and its parties' people; on an issue area for the staff of the
    office.

    Public ones are for everyone, in a partnership after it is published. Withdrawn ones are for their office only.
    """
    if is_administrator(person):
        return ExpectedSeat.objects.all()
    shown = Q(is_public=True) & (Q(partnership__isnull=True) | Q(partnership__is_published=True))
    if not belongs_somewhere(person):
        return ExpectedSeat.objects.filter(shown, taken_back_on__isnull=True)
    own = jurisdictions_read_by(person)
    office = Q(partnership__lead__in=own) | Q(partnership__isnull=True, office__in=own)
    has_seat = Q(partnership__in=seated_partnership_ids(person))
    return ExpectedSeat.objects.filter(office | (Q(taken_back_on__isnull=True) & (shown | has_seat)))


def may_expect(person: Viewer, office: Jurisdiction) -> bool:
    """Whether the person may add and withdraw expected seats: the office's editors.

    For a partnership, the office is its lead.
    """
    return is_administrator(person) or office.pk in jurisdictions_written_by(person)


def office_of(seat: ExpectedSeat) -> Jurisdiction:
    """The office that keeps a seat: for a partnership, its current lead."""
    return seat.partnership.lead if seat.partnership else seat.office


def snapshots_visible_to(person: Viewer) -> QuerySet[CircleSnapshot]:
    """Snapshots of partnerships that the person sees: all for their leads' staff, for others those since publication.

    The holder of a seat is looked up among the parties that the person sees now.
    """
    if is_administrator(person):
        return CircleSnapshot.objects.all()
    rows = CircleSnapshot.objects.filter(partnership__in=partnerships_visible_to(person).order_by().values("pk"))
    was_out = Q(partnership__is_published=True, quarter_on__gte=TruncDate(F("partnership__published_at")))
    return rows.filter(was_out | Q(partnership__lead__in=jurisdictions_read_by(person)))
