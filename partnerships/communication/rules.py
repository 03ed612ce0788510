"""Which meetings, check-ins and letters a person may see, and which she may change."""

from django.db.models import Q

from partnerships.communication.models import CheckInPlan, Letter, Meeting
from partnerships.core.access import is_administrator, is_staff, jurisdictions_read_by
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
    """Letters for registry staff; those about a partnership only for the staff who see that partnership whole."""
    if is_administrator(person):
        return Letter.objects.all()
    if not is_staff(person):
        return Letter.objects.none()
    own = jurisdictions_read_by(person)
    return Letter.objects.filter(lead_id__in=own)


def may_write_meeting(person, meeting) -> bool:
    return may_write_partnership(person, meeting.partnership)
