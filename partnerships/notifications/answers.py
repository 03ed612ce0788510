"""What readers of emails answer by a personal link, without an account: the link is their right to answer."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from partnerships.core import clock
from partnerships.core.errors import NotFound, ValidationError
from partnerships.mail.choices import Pace
from partnerships.meetings.check_ins import close_check_in, locked_plan
from partnerships.meetings.choices import AttendanceReply, RecordIsRight
from partnerships.meetings.models import CheckIn, CheckInPlan, Meeting, Participant
from partnerships.notifications import check_ins
from partnerships.notifications.link_queries import can_be_answered
from partnerships.notifications.models import EmailPreference


@transaction.atomic
def answer_meeting(*, seat: Participant, answer: str, at: datetime | None = None) -> None:
    """Record whether someone comes; the last answer before the start counts. Raises NotFound when it is too late.

    `at`: when it was said, if not now; an answer older than the current one is too late. The meeting's record doesn't
    change: its version and its history stay.
    """
    if answer not in AttendanceReply.values:
        raise ValidationError({"answer": gettext("Choose one of the three.")})
    meeting = Meeting.objects.select_for_update(no_key=True, of=("self",)).get(pk=seat.meeting_id)
    if not can_be_answered(meeting):
        raise NotFound
    rows = Participant.objects.filter(pk=seat.pk)
    rows = rows.exclude(answered_at__gt=at) if at else rows
    if not rows.update(answer=answer, answered_at=at or clock.now()):
        raise NotFound


ANSWERS = ("going", "changed", "needs", "record_is_right", "wants_call")


@transaction.atomic
def answer_check_in(*, plan: CheckInPlan, fields: dict) -> CheckIn:
    """Answer the check-in that is due, for the person who answers it. The schedule sets the next due date.

    `fields`: some of ANSWERS. Raises NotFound when it was answered or moved in the meantime, and ValidationError when
    all fields are empty.
    """
    due_on, plan = plan.next_due_on, locked_plan(plan)
    if plan.next_due_on != due_on or not plan.is_active:
        raise NotFound
    if not fields.get("going") and not fields.get("wants_call"):
        raise ValidationError({"going": gettext("Choose one, or ask for a call.")})
    check_in = CheckIn(
        plan=plan,
        due_on=due_on,
        done_on=clock.today(clock.zone(plan.zone)),
        answered_at=clock.now(),
        answered_by=plan.contact,
        recorded_by=plan.person,
        **{name: fields[name] for name in ANSWERS if name in fields},
    )
    close_check_in(check_in)
    if check_in.wants_call:
        check_ins.ask_for_call(check_in)
    if check_in.record_is_right == RecordIsRight.NO:
        check_ins.report_wrong_record(check_in)
    return check_in


def unsubscribe(*, reader: dict, kind: str) -> None:
    """Stop emails of this kind to this reader (`person_id` or `contact_id`), from the next one on."""
    EmailPreference.objects.update_or_create(**reader, kind=kind, defaults={"pace": Pace.NEVER, "at": clock.now()})


def resubscribe(*, reader: dict, kind: str) -> None:
    """Resume emails of this kind, as soon as there is something new."""
    EmailPreference.objects.filter(**reader, kind=kind, pace=Pace.NEVER).delete()
