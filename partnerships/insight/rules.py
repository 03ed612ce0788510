"""Which expected seats and which earlier circles a person may see, and who says which seats should be taken."""

from django.db.models import F, Q
from django.db.models.functions import TruncDate

from partnerships.core.access import (
    belongs_somewhere,
    is_administrator,
    jurisdictions_read_by,
    jurisdictions_written_by,
)
from partnerships.insight.models import CircleSnapshot, ExpectedSeat
from partnerships.registry.rules import partnerships_visible_to, seats_held_by


def expected_seats_visible_to(person):
    """At a partnership: for its lead's staff and the people of its parties. On an issue area: for the staff of the office.
    One that is shown to everyone: for everyone, of a partnership once it is published. One that was taken back is its
    office's alone."""
    if is_administrator(person):
        return ExpectedSeat.objects.all()
    shown = Q(is_public=True) & (Q(partnership__isnull=True) | Q(partnership__is_published=True))
    if not belongs_somewhere(person):
        return ExpectedSeat.objects.filter(shown, taken_back_on__isnull=True)
    own = jurisdictions_read_by(person)
    office = Q(partnership__lead__in=own) | Q(partnership__isnull=True, office__in=own)
    at_the_table = Q(partnership__in=seats_held_by(person).values("partnership"))
    return ExpectedSeat.objects.filter(office | (Q(taken_back_on__isnull=True) & (shown | at_the_table)))


def may_expect(person, office) -> bool:
    """May she say which seats should be taken, and take that back: the office's editors. At a partnership it is its lead."""
    return is_administrator(person) or office.pk in jurisdictions_written_by(person)


def office_of(seat):
    """Who keeps a seat: at a partnership whoever leads it now."""
    return seat.partnership.lead if seat.partnership else seat.office


def snapshots_visible_to(person):
    """Where parties sat, in the partnerships that she sees: all of it for their leads' staff, for others from the day of
    publication on. Whose seat it was is looked up among the parties that she sees now."""
    if is_administrator(person):
        return CircleSnapshot.objects.all()
    rows = CircleSnapshot.objects.filter(partnership__in=partnerships_visible_to(person).order_by().values("pk"))
    was_out = Q(partnership__is_published=True, quarter_on__gte=TruncDate(F("partnership__published_at")))
    return rows.filter(was_out | Q(partnership__lead__in=jurisdictions_read_by(person)))
