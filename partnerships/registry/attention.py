"""The conditions behind the filter “needs attention”, which depend on dates alone (docs/words.md).

For the staff who keep a record.
"""

from collections.abc import Callable
from datetime import date, timedelta

from django.db.models import Expression, Q

from partnerships.core import clock
from partnerships.core.access import is_administrator, jurisdictions_read_by
from partnerships.registry.choices import Status
from partnerships.registry.models import Partnership

NEEDS = {
    "agreement_ending": "Agreement ends within 90 days",
    "past_its_end": "Past its end date, not ended",
    "check_in_late": "Check-in overdue",
    "not_verified": "Not checked for a year",
    "quiet": "Gone quiet",
    "hand_over": "Held by someone who has left",
}


def in_need(person, keys):
    """The partnerships of the person's own offices that need attention for any of these reasons."""
    rows, today, any_of = Partnership.objects.all(), clock.today(), Q()
    if not is_administrator(person):
        rows = rows.filter(lead__in=jurisdictions_read_by(person))
    for key in keys:
        any_of |= CONDITIONS[key](today)
    return rows.annotate(**{name: of(today) for name, of in ANNOTATIONS.items()}).filter(any_of)


def _agreement_ending(today):
    return Q(agreement__ends_on__range=(today, today + timedelta(days=90)))


def _past_its_end(today):
    return Q(ends_on__lt=today) & ~Q(status=Status.ENDED)


def _not_verified(today):
    year_ago = today - timedelta(days=365)
    return Q(last_verified_on__lt=year_ago) | Q(last_verified_on__isnull=True, created_at__date__lt=year_ago)


# Higher packages add the conditions for what they know: key of NEEDS → function of today. ANNOTATIONS: name → function
# of today, for what these conditions need of each partnership.
ANNOTATIONS: dict[str, Callable[[date], Expression]] = {}
CONDITIONS: dict[str, Callable[[date], Q]] = {
    "agreement_ending": _agreement_ending,
    "past_its_end": _past_its_end,
    "not_verified": _not_verified,
}


def is_in_need(person, partnership, key) -> bool:
    return in_need(person, (key,)).filter(pk=partnership.pk).exists()
