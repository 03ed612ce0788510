"""Saves check-ins: their rhythm, and that one was held. Emails are planned in the same transaction.

`by` is the person, or SYSTEM for a command. All functions raise ValidationError (by field), NotAllowed and, with a
version, EditConflict.
"""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.dates import require_years
from partnerships.core.errors import ValidationError
from partnerships.core.snapshots import snapshot_fields
from partnerships.core.writing import apply_values, change
from partnerships.mail import schedule
from partnerships.meetings.events import check_in_plan_changed
from partnerships.meetings.holidays import working_day
from partnerships.meetings.models import CheckIn, CheckInPlan
from partnerships.meetings.rhythms import next_due
from partnerships.registry.models import Partnership
from partnerships.registry.rules import may_write_partnership

OVER = _("This date is in the past. Enter the date when the next check-in is due.")
FIELDS = ("rhythm", "anchor_on", "zone", "skips_holidays", "is_active")


def snapshot(plan: CheckInPlan) -> dict:
    """The fields of a plan, without the next due day, which follows from the others."""
    return snapshot_fields(plan, leave_out=("next_due_on", "partnership"))


@transaction.atomic
def save_check_in_plan(
    *,
    checkinplan: CheckInPlan | None = None,
    by: Author,
    fields: dict[str, Any],
    version: int | None = None,
    why: str = "",
    request_id: UUID | None = None,
) -> CheckInPlan:
    """Set or change the rhythm of check-ins.

    `fields`: `partnership` (for a new plan), FIELDS, who answers (`person` or `contact`, for `party`) and `holder`, the
    relationship holder. A new first due day moves the next due day; a new rhythm counts from the next one on.
    """
    plan = checkinplan or CheckInPlan()
    partnership = plan.partnership if plan.pk else fields["partnership"]
    require(by is SYSTEM or may_write_partnership(by, partnership))
    verb = "update" if plan.pk else "create"
    with change(plan, by=by, verb=verb, snapshot=snapshot, why=why, version=version, request_id=request_id) as writing:
        current = writing.record
        apply_values(current, fields | _next_due_values(current, fields))
        _check_party(current)
    if writing.changed:
        check_in_plan_changed(writing.record)
    return writing.record


def require_ahead(partnership: Partnership, day: date) -> None:
    """Raise ValidationError if a person chose a first due day that has passed at the lead agency."""
    if day < clock.today(clock.zone(partnership.lead.zone)):
        raise ValidationError(OVER, code="past")


def _next_due_values(plan: CheckInPlan, fields: dict[str, Any]) -> dict:
    """The next due day if the first one changed. For an existing plan it is never in the past."""
    now = {name: fields.get(name, getattr(plan, name)) for name in FIELDS}
    schedule.check_zone(now["zone"])
    day = now["anchor_on"]
    if day is None or (plan.pk and day == plan.anchor_on):
        return {}
    today = clock.today(clock.zone(now["zone"]))
    if plan.pk and day < today:
        day = next_due(day, now["rhythm"], today - timedelta(days=1))
    return {"next_due_on": working_day(day) if now["skips_holidays"] else day}


def _check_party(plan: CheckInPlan) -> None:
    if plan.party and plan.party.partnership_id != plan.partnership_id:
        raise ValidationError({"party": gettext("This partner isn’t in this partnership.")})


@transaction.atomic
def record_check_in(
    *, plan: CheckInPlan, by: Author, note: str = "", done_on: date | None = None, due_on: date | str | None = None
) -> CheckIn:
    """Record that the due check-in was held. The rhythm gives the next one.

    `due_on` is the due day that the person saw (a date or ISO text): one that was recorded in between isn't recorded
    twice.
    """
    plan = locked_plan(plan)
    require(by is SYSTEM or may_write_partnership(by, plan.partnership))
    if due_on and str(due_on) != str(plan.next_due_on):
        words = gettext(
            "This check-in was recorded in the meantime, or its date was changed. Review the partnership, then decide."
        )
        raise ValidationError(words, code="noted_already")
    today = clock.today(clock.zone(plan.zone))
    if done_on and done_on > today:
        words = gettext("This date is in the future. Enter the date when the check-in was held.")
        raise ValidationError({"done_on": ValidationError(words, code="future")})
    check_in = CheckIn(
        plan=plan, due_on=plan.next_due_on, done_on=done_on or today, note=note, recorded_by=account_of(by)
    )
    close_check_in(check_in)
    return check_in


def locked_plan(plan: CheckInPlan) -> CheckInPlan:
    return CheckInPlan.objects.select_for_update(no_key=True, of=("self",)).get(pk=plan.pk)


def close_check_in(check_in: CheckIn) -> None:
    """Save a check-in of a plan (under `locked_plan`), and move the plan to the next due day that hasn't passed: those that
    were missed in between aren't asked for anymore.
    """
    plan = check_in.plan
    check_in.full_clean(exclude=["recorded_by", "answered_by"])
    require_years(check_in)
    check_in.save()
    yesterday = clock.today(clock.zone(plan.zone)) - timedelta(days=1)
    due = next_due(plan.anchor_on, plan.rhythm, max(plan.next_due_on, yesterday))
    plan.next_due_on = working_day(due) if plan.skips_holidays else due
    plan.save(update_fields=["next_due_on"])
    check_in_plan_changed(plan)
