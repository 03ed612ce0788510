"""The conditions of “needs attention” that depend on meetings, check-ins and action items (`registry.attention`)."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, DateField, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, TruncDate

from partnerships.core import clock
from partnerships.meetings.choices import ActionStatus, MeetingStatus, Rhythm
from partnerships.meetings.models import Action, CheckIn, CheckInPlan, Meeting
from partnerships.registry.attention import ANNOTATIONS, CONDITIONS, COUNTED
from partnerships.registry.choices import Status
from partnerships.registry.models import Confirmation, Partnership, Party
from partnerships.registry.representatives import has_left
from partnerships.registry.seats import at_table

# Days without a sign of activity, by the shortest rhythm of its check-ins.
QUIET_AFTER: dict[str, int] = {
    Rhythm.WEEKLY: 7,
    Rhythm.BIWEEKLY: 14,
    Rhythm.MONTHLY: 31,
    Rhythm.QUARTERLY: 92,
    Rhythm.HALF_YEARLY: 184,
    Rhythm.YEARLY: 366,
}
LIVELY = (Status.FORMING, Status.ACTIVE, Status.REPAIRING)  # a paused or ended partnership may be quiet
WITHOUT_RHYTHM = QUIET_AFTER[Rhythm.QUARTERLY]


def _check_in_late(today: date) -> Q:
    return Q(Exists(_plans(OuterRef("pk")).filter(next_due_on__lt=today))) & ~Q(status=Status.ENDED)


def _has_gone_quiet(today: date) -> Q:
    latest = [
        Coalesce(Subquery(signs.order_by(f"-{field}").values(field)[:1]), Value(date.min))
        for field, signs in _signs_of_activity(OuterRef("pk"), OuterRef("now"))
    ]
    # A record created since then hasn't had the time to go quiet.
    return Q(status__in=LIVELY, heard_since__gt=Greatest(TruncDate("created_at"), *latest))


def _first_day(today: date) -> Coalesce:
    """The day since which there should have been a sign of activity."""
    days_of = [When(rhythm=rhythm, then=Value(today - timedelta(days=days))) for rhythm, days in QUIET_AFTER.items()]
    plans = _plans(OuterRef("pk")).order_by().values("partnership")
    shortest = plans.annotate(day=Max(Case(*days_of, output_field=DateField()))).values("day")
    return Coalesce(Subquery(shortest), Value(today - timedelta(days=WITHOUT_RHYTHM)), output_field=DateField())


def _plans(partnership: OuterRef | Partnership) -> QuerySet[CheckInPlan]:
    return CheckInPlan.objects.filter(partnership=partnership, is_active=True)


def _signs_of_activity(partnership: OuterRef | Partnership, now: OuterRef | datetime) -> tuple:
    """What counts as a sign of activity of a partnership: (date field, rows)."""
    held = Meeting.objects.filter(partnership=partnership, status=MeetingStatus.PLANNED, starts_at__lte=now)
    return (
        ("date", held),
        ("done_on", CheckIn.objects.filter(plan__partnership=partnership)),
        ("at__date", Confirmation.objects.filter(party__partnership=partnership)),
    )


def orphaned(partnership: OuterRef | Partnership) -> tuple:
    """(check-in plans, open action items) held only by people and parties that have left, of one partnership or of the
    outer query's.
    """
    to_do = Action.objects.filter(partnership=partnership, status=ActionStatus.OPEN)
    no_party = Q(owner_party=None) | Q(owner_party__in=_left_parties())
    no_answer = has_left("person") | has_left("holder") | Q(party__in=_left_parties())
    return (
        _plans(partnership).filter(no_answer),
        to_do.filter(no_party, Q(owner_person=None) | has_left("owner_person")),
    )


def _left_parties() -> QuerySet[Party, Any]:
    """The parties that aren't at the table anymore, of the partnership of the outer query's row."""
    return Party.objects.filter(~at_table(), partnership=OuterRef("partnership")).values("pk")


def _needs_new_people(today: date) -> Q:
    """Someone must take over a check-in plan or an open action item, because the people who had it have left."""
    plans, to_do = orphaned(OuterRef("pk"))
    return (Q(Exists(plans)) | Q(Exists(to_do))) & ~Q(status=Status.ENDED)


def _overdue_actions(today: date) -> Coalesce:
    late = Action.objects.filter(partnership=OuterRef("pk"), status=ActionStatus.OPEN, due_on__lt=today)
    late = late.exclude(partnership__status=Status.ENDED)
    return Coalesce(Subquery(late.order_by().values("partnership").annotate(n=Count("pk")).values("n")), 0)


ANNOTATIONS["heard_since"] = _first_day
COUNTED["overdue_actions"] = _overdue_actions
CONDITIONS |= {"check_in_late": _check_in_late, "quiet": _has_gone_quiet, "hand_over": _needs_new_people}


def last_contact_on(partnership: Partnership) -> date | None:
    """The day of the last meeting, check-in or statement of a party; None when there was none."""
    days = [signs.aggregate(day=Max(field))["day"] for field, signs in _signs_of_activity(partnership, clock.now())]
    return max(filter(None, days), default=None)
