"""What the registry's records hold of a partnership over the year up to a day, counted for `observed`: how many, never which."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from partnerships.assessment.observed import Facts
from partnerships.assessment.rules import at_the_table, sides_of
from partnerships.meetings.choices import MeetingStatus
from partnerships.meetings.models import Attendance, CheckIn, CheckInPlan, Meeting, Participant
from partnerships.registry.choices import Role, Verdict
from partnerships.registry.models import PartyRole
from partnerships.registry.standing import latest

YEAR = timedelta(days=365)
IN_TIME = timedelta(days=14)  # a check-in done so long after its day still counts as kept


def facts_of(partnership, pair: tuple[str, str], on: date) -> Facts:
    """`pair`: the two sides of `rules.pair_of`, the second of which did not write the record. Six queries."""
    of_side: dict[str, list[int]] = {}
    for pk, key in sides_of(partnership, at_the_table(partnership))[0].items():
        of_side.setdefault(key, []).append(pk)
    first, second = (of_side.get(key, []) for key in pair)
    roles = PartyRole.objects.filter(partnership=partnership, role=Role.BACKBONE)
    roles = roles.exclude(ends_on__lt=on).values_list("hours_per_month", flat=True)
    since, hours = on - YEAR, list(roles)
    return Facts(
        has_agenda=bool(partnership.common_agenda),
        is_confirmed=_is_confirmed(partnership, second, since, on),
        has_backbone=bool(hours),
        has_hours=any(hours),
        **_check_ins(partnership, since, on),
        **_meetings(partnership, first, second, since, on),
    )


def _is_confirmed(partnership, parties, since, on):
    words = latest([partnership.pk]).get(partnership.pk, {})
    said = [words[pk] for pk in parties if pk in words and since <= words[pk]["at"].date() <= on]
    return bool(said) and all(one["verdict"] == Verdict.CONFIRMED for one in said)


def _check_ins(partnership, since, on):
    done = CheckIn.objects.filter(plan__partnership=partnership, due_on__range=(since, on))
    days = list(done.values_list("due_on", "done_on"))
    plans = list(
        CheckInPlan.objects.filter(partnership=partnership, is_active=True).values_list("next_due_on", flat=True)
    )
    kept = sum(done_on <= due_on + IN_TIME for due_on, done_on in days)
    missed = sum(since <= due_on < on - IN_TIME for due_on in plans)
    return {"has_rhythm": bool(plans), "due": len(days) + missed, "kept": kept}


def _meetings(partnership, first, second, since, on):
    rows = Meeting.objects.filter(partnership=partnership, status=MeetingStatus.PLANNED, date__range=(since, on))
    asked, came = (
        Participant.objects.filter(meeting=OuterRef("pk")),
        Attendance.objects.filter(meeting=OuterRef("pk"), came=True),
    )
    rows = rows.filter(Exists(asked.filter(party__in=first)), Exists(asked.filter(party__in=second)))
    rows = rows.annotate(met=Exists(came.filter(party__in=first)) & Exists(came.filter(party__in=second)))
    found = list(rows.annotate(noted=~Q(notes="")).values_list("met", "noted"))
    return {"meetings": len(found), "met": sum(met for met, _ in found), "noted": sum(noted for _, noted in found)}
