"""Which meetings, check-ins and letters a person may see, and which she may change."""

from django.db.models import Q

from partnerships.communication.models import CheckInPlan, Letter, Meeting
from partnerships.core.access import is_administrator, jurisdictions_read_by, jurisdictions_written_by
from partnerships.registry.rules import may_write_partnership


def meetings_visible_to(person):
    """Public meetings of published partnerships for all; all meetings of a partnership for its lead's staff."""
    if is_administrator(person):
        return Meeting.objects.all()
    public = Q(is_public=True, partnership__is_published=True)
    own = jurisdictions_read_by(person)
    return Meeting.objects.filter(public | Q(partnership__lead__in=own) if own else public)


def check_in_plans_visible_to(person):
    if is_administrator(person):
        return CheckInPlan.objects.all()
    return CheckInPlan.objects.filter(partnership__lead__in=jurisdictions_read_by(person))


def letters_visible_to(person):
    """The letters of an office for its staff; those about claims and suggestions for its writing staff, who decide these."""
    if is_administrator(person):
        return Letter.objects.all()
    to_read = Q(lead__in=jurisdictions_read_by(person)) & ~Q(subject_type__in=("claim", "suggestion"))
    return Letter.objects.filter(to_read | Q(lead__in=jurisdictions_written_by(person)))


def may_write_meeting(person, meeting) -> bool:
    return may_write_partnership(person, meeting.partnership)
