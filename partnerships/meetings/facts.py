"""What meetings and check-ins of a partnership say about how it works: numbers, never which."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from partnerships.assessment import hooks
from partnerships.meetings.choices import MeetingStatus
from partnerships.meetings.models import Attendance, CheckIn, CheckInPlan, Meeting, Participant
from partnerships.registry.models import Partnership

IN_TIME = timedelta(days=14)  # a check-in done this long after its day still counts as regular


@hooks.meeting_facts.register
def meeting_facts(partnership: Partnership, first: list[int], second: list[int], since: date, on: date) -> dict:
    """Fields of `suggested_levels.Facts` for the days from `since` to `on`.

    `first`, `second`: primary keys of each side's parties.
    """
    return _check_ins(partnership, since, on) | _meetings(partnership, first, second, since, on)


def _check_ins(partnership: Partnership, since: date, on: date) -> dict[str, int]:
    """Check-ins that were due and those kept. An open one counts as missed once it is later than IN_TIME."""
    done = CheckIn.objects.filter(plan__partnership=partnership, due_on__range=(since, on))
    days = list(done.values_list("due_on", "done_on"))
    plans = list(
        CheckInPlan.objects.filter(partnership=partnership, is_active=True).values_list("next_due_on", flat=True)
    )
    kept = sum(done_on <= due_on + IN_TIME for due_on, done_on in days)
    missed = sum(since <= due_on < on - IN_TIME for due_on in plans)
    return {"has_rhythm": bool(plans), "due": len(days) + missed, "kept": kept}


def _meetings(
    partnership: Partnership, first: Sequence[int], second: Sequence[int], since: date, on: date
) -> dict[str, int]:
    rows = Meeting.objects.filter(partnership=partnership, status=MeetingStatus.PLANNED, date__range=(since, on))
    asked, came = (
        Participant.objects.filter(meeting=OuterRef("pk")),
        Attendance.objects.filter(meeting=OuterRef("pk"), came=True),
    )
    rows = rows.filter(Exists(asked.filter(party__in=first)), Exists(asked.filter(party__in=second)))
    rows = rows.annotate(met=Exists(came.filter(party__in=first)) & Exists(came.filter(party__in=second)))
    found = list(rows.annotate(noted=~Q(notes="")).values_list("met", "noted"))
    return {"meetings": len(found), "met": sum(met for met, _ in found), "noted": sum(noted for _, noted in found)}
