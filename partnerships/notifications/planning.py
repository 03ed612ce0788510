"""Which letters a meeting, a check-in and an agreement call for. Called where one is saved, and, with those of actions and
rounds, again in a sweep.

The `follow_…` functions run in the transaction that saved the record and hold its lock: they plan what is to come and
withdraw what no longer fits. The sweep only adds what is missing, since it holds no lock; what is out of date in the
outbox is refused at the fence. What was already past when it is planned is left out.
"""

from datetime import datetime, time, timedelta

from partnerships.core import clock
from partnerships.mail import outbox, schedule
from partnerships.mail.choices import LetterKind, LetterState
from partnerships.mail.models import Letter
from partnerships.mail.schedule import (
    AGREEMENT_OFFSETS,
    CHECK_IN_OFFSETS,
    CHECK_IN_OPEN,
    MEETING_OFFSETS,
    MISSED_OFFSETS,
    MORNING,
    WEEK_AHEAD,
)
from partnerships.meetings import events
from partnerships.meetings.choices import ActionStatus, MeetingStatus
from partnerships.meetings.models import Action, CheckInPlan, Meeting
from partnerships.meetings.owners import OF_ACTION, owners_of
from partnerships.meetings.rules import notes_are_out
from partnerships.notifications import planned_numbers, planned_rounds
from partnerships.notifications.planned_actions import reminders
from partnerships.notifications.recipients import body_meets_often, days_near, keepers, key_of
from partnerships.registry.choices import Status
from partnerships.registry.models import Agreement

BATCH = 200
HORIZON = timedelta(days=2)  # how far the sweep looks ahead; what lies beyond was planned when it was saved
CONTACT_OWNERS = ("contact__organization", "contact__department", "contact__jurisdiction")
NOTES_STAY = timedelta(days=14)  # a letter that notes are ready is of no use later
NEWS = (LetterKind.MEETING_PLANNED, LetterKind.MEETING_CHANGED, LetterKind.MEETING_CANCELLED)


def _any_time(due_at):
    return True


# Meetings


@events.meeting_saved.register
def follow_meeting(meeting, before=None, heard=None) -> None:
    """After a meeting was saved: reminders for this sequence, one letter of news, none of an older sequence.

    `before` is the meeting as it was (its wall time is enough), None for a new one. `heard`: keys of those
    to whom this change is no news any more, since a letter about another meeting of the series told them; it grows.
    """
    now, people = clock.shared()(), _people(meeting.participants.select_related("person", *CONTACT_OWNERS))
    is_on = meeting.status == MeetingStatus.PLANNED and meeting.partnership.status != Status.ENDED
    letters = _reminders(meeting, people, body_meets_often(meeting)) if is_on else []
    letters += _news(meeting, people, before, now, set() if heard is None else heard)
    notes, told = _notes(meeting, people, now)
    outbox.replace(
        meeting,
        letters + notes,
        now=now,
        keep=[(_occurrence(meeting, kind), key_of(one)) for kind in NEWS for one in people] + told,
        why="The meeting or those who take part were changed after this letter was planned.",
    )


def _news(meeting, people, before, now, heard) -> list[Letter]:
    """One letter each: planned to those who knew nothing, changed or cancelled to those who knew of it differently."""
    known = outbox.told(meeting, LetterKind.values)
    # Whoever has a reminder of this sequence was told of it, be it with another meeting of the series.
    told = outbox.told(meeting, (*NEWS, LetterKind.MEETING_REMINDER), f"{meeting.public_id}/{meeting.sequence}/")
    until = max([meeting.starts_at] + [schedule.instant(m.date, m.time, m.zone) for m in [before] if m])
    letters = []
    for one in people:
        key = key_of(one)
        if meeting.status == MeetingStatus.CANCELLED:
            kind = LetterKind.MEETING_CANCELLED if key in known else None
        else:
            kind = LetterKind.MEETING_CHANGED if key in known else LetterKind.MEETING_PLANNED
        if kind and key not in told | heard:
            if until > now:
                heard.add(key)
            letters.append(_about_meeting(kind, meeting, one, _occurrence(meeting, kind), now, until))
    return letters


def _notes(meeting, people, now) -> tuple[list[Letter], list]:
    """Once what came of it is public: a letter to each who was asked and had none; and (occurrence, recipient) of those had."""
    if not notes_are_out(meeting):
        return [], []
    kind = LetterKind.MEETING_NOTES
    rows = Letter.objects.filter(subject_type="meeting", subject_id=meeting.pk, kind=kind)
    told = list(rows.exclude(state=LetterState.WITHDRAWN).values_list("occurrence", "recipient"))
    new = [one for one in people if key_of(one) not in {recipient for _, recipient in told}]
    occurrence = f"{meeting.public_id}/notes/{meeting.version}"
    return [_about_meeting(kind, meeting, one, occurrence, now, now + NOTES_STAY) for one in new], told


def _reminders(meeting, people, often, due=_any_time) -> list[Letter]:
    offsets = [offset for offset in MEETING_OFFSETS if not (often and offset is WEEK_AHEAD)]
    kind = LetterKind.MEETING_REMINDER
    return [
        _about_meeting(kind, meeting, one, _occurrence(meeting, offset.name), due_at, meeting.starts_at)
        for offset, due_at in schedule.due_instants(meeting.date, meeting.time, meeting.zone, offsets)
        if due(due_at)
        for one in people
    ]


def _about_meeting(kind, meeting, someone, occurrence, due_at, expires_at):
    return outbox.planned(kind, occurrence, someone, meeting, due_at, expires_at, meeting.partnership.lead_id)


def _occurrence(meeting, what) -> str:
    return f"{meeting.public_id}/{meeting.sequence}/{what}"


def _people(seats) -> list:
    return [seat.person or seat.contact for seat in seats]


# Check-ins


@events.check_in_plan_changed.register
def follow_check_in(plan) -> None:
    """After a check-in plan was saved or a check-in recorded."""
    why = "The check-in was done or moved after this letter was planned."
    letters = _check_in_letters(plan, _keepers([plan.partnership.lead_id]))
    outbox.replace(plan, letters, now=clock.shared()(), why=why)


def _check_in_letters(plan, people_by_lead, due=_any_time) -> list[Letter]:
    """A week ahead, on the day, three and seven days late to who answers; then one to who holds the relationship, one to the
    office, and no more. Each gives way to the next."""
    if not plan.is_active or plan.partnership.status == Status.ENDED:
        return []
    day, lead = plan.next_due_on, plan.partnership.lead_id
    occasion = f"check-in-{plan.pk}/{day}"
    dues = schedule.due_instants(day, MORNING, plan.zone, CHECK_IN_OFFSETS)
    missed = schedule.due_instants(day, MORNING, plan.zone, MISSED_OFFSETS)
    ends = [missed[1][1], schedule.before(day, time(0), plan.zone, days=-CHECK_IN_OPEN)]
    answers = plan.person or plan.contact
    letters = _series(
        LetterKind.CHECK_IN_DUE, plan, occasion, [answers], dues, dues[-1][1] + timedelta(days=7), lead, due
    )
    holder = [plan.holder] if plan.holder else []
    for offset, end, people in zip(missed, ends, (holder, people_by_lead.get(lead, [])), strict=True):
        others = [one for one in people if one != answers]
        letters += _series(LetterKind.CHECK_IN_MISSED, plan, occasion, others, [offset], end, lead, due)
    return letters


def ask_for_call(check_in) -> None:
    """Someone would rather talk: one letter to who holds the relationship, else to those who keep the lead's records."""
    plan, lead = check_in.plan, check_in.plan.partnership.lead
    holder = plan.holder if plan.holder and plan.holder.is_active and plan.holder != plan.person else None
    people = [holder] if holder else _keepers([lead.pk]).get(lead.pk, [])
    until = clock.now() + timedelta(days=CHECK_IN_OPEN)
    outbox.plan(LetterKind.CALL_ASKED, f"check-in/{check_in.pk}/call", people, check_in, expires_at=until, lead=lead)


# Agreements


def follow_agreement(agreement) -> None:
    """After an agreement was saved."""
    letters = _agreement_letters(agreement, _keepers([agreement.partnership.lead_id]))
    why = "The end of the agreement was moved after this letter was planned."
    outbox.replace(agreement, letters, now=clock.shared()(), why=why)


def _agreement_letters(agreement, people_by_lead, due=_any_time) -> list[Letter]:
    """To those who keep the lead jurisdiction's records, 90 and 30 days before the end."""
    lead = agreement.partnership.lead
    if agreement.ends_on is None or agreement.partnership.status == Status.ENDED:
        return []
    return _series(
        LetterKind.AGREEMENT_ENDING,
        agreement,
        f"agreement-{agreement.pk}/{agreement.ends_on}",
        people_by_lead.get(lead.pk, []),
        schedule.due_instants(agreement.ends_on, MORNING, lead.zone, AGREEMENT_OFFSETS),
        schedule.before(agreement.ends_on, time(0), lead.zone, days=-1),
        lead.pk,
        due,
    )


def _keepers(lead_ids) -> dict:
    people: dict[int, list] = {}
    for membership in keepers(lead_ids).select_related("person"):
        people.setdefault(membership.jurisdiction_id, []).append(membership.person)
    return people


# What they share


def _series(kind, subject, occasion, people, dues, end: datetime, lead_id, due) -> list[Letter]:
    """A letter at each due moment to each person; a letter that could not leave gives way to the next one."""
    ends = [due_at for _, due_at in dues[1:]] + [end]
    return [
        outbox.planned(kind, f"{occasion}/{offset.name}", one, subject, due_at, until, lead_id)
        for (offset, due_at), until in zip(dues, ends, strict=True)
        if due(due_at)
        for one in people
    ]


# The sweep


def plan_all() -> int:
    """Adds to the outbox every letter of the next two days that is missing there. Returns how many were missing."""
    moment = clock.shared()
    now = moment()
    until = now + HORIZON

    def soon(due_at):
        return now <= due_at <= until

    return sum(
        _add_missing(letters, moment)
        for sweep in (_meetings, _check_ins, _agreements, _actions, _rounds, _numbers)
        for letters in sweep(now, soon)
    )


def _add_missing(letters: list[Letter], moment) -> int:
    if not letters:
        return 0
    kind, subjects = letters[0].subject_type, {row.subject_id for row in letters}
    there = Letter.objects.filter(subject_type=kind, subject_id__in=subjects)
    have = set(there.values_list("kind", "occurrence", "recipient"))
    missing = outbox.wanted(row for row in letters if (row.kind, row.occurrence, row.recipient) not in have)
    for part in _in_parts(missing, BATCH):  # each a short transaction: SQLite lets one writer in at a time
        outbox.insert(part, now=moment())
    return len(missing)


def _in_parts(rows, size):
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _batches(rows):
    """The rows in batches by primary key, each batch read when it is its turn."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def _open(rows, field, day, first, last):
    """Rows of partnerships that have not ended, whose field lies so many days from `day`, and HORIZON."""
    days = {f"{field}__gte": day + timedelta(days=first), f"{field}__lte": day + timedelta(days=last) + HORIZON}
    return rows.filter(**days).exclude(partnership__status=Status.ENDED)


def _meetings(now, soon):
    asked = [f"participants__{name}" for name in ("person", *CONTACT_OWNERS)]
    rows = _open(Meeting.objects.filter(status=MeetingStatus.PLANNED), "starts_at", now, 0, 8)
    for batch in _batches(rows.select_related("partnership").prefetch_related(*asked)):
        days = _meeting_days(batch)
        letters = []
        for meeting in batch:
            often = schedule.meets_often(days_near(meeting.date, days[meeting.partnership_id]))
            letters += _reminders(meeting, _people(meeting.participants.all()), often, soon)
        yield letters


def _meeting_days(meetings) -> dict:
    """Partnership id → the days on which its meetings near these are planned."""
    first, last = min(m.date for m in meetings), max(m.date for m in meetings)
    days: dict[int, list] = {meeting.partnership_id: [] for meeting in meetings}
    near = Meeting.objects.filter(
        partnership_id__in=days,
        status=MeetingStatus.PLANNED,
        date__gte=first - timedelta(days=90),
        date__lte=last + timedelta(days=90),
    )
    for partnership_id, day in near.values_list("partnership_id", "date"):
        days[partnership_id].append(day)
    return days


def _check_ins(now, soon):
    rows = _open(CheckInPlan.objects.filter(is_active=True), "next_due_on", now.date(), -19, 9)
    for batch in _batches(rows.select_related("partnership", "person", "holder", *CONTACT_OWNERS)):
        people = _keepers({plan.partnership.lead_id for plan in batch})
        yield [letter for plan in batch for letter in _check_in_letters(plan, people, soon)]


def _agreements(now, soon):
    rows = _open(Agreement.objects.all(), "ends_on", now.date(), -1, 92)
    for batch in _batches(rows.select_related("partnership__lead")):
        people = _keepers({agreement.partnership.lead_id for agreement in batch})
        yield [letter for agreement in batch for letter in _agreement_letters(agreement, people, soon)]


def _actions(now, soon):
    rows = _open(Action.objects.filter(status=ActionStatus.OPEN), "due_on", now.date(), -4, 4)
    for batch in _batches(rows.select_related(*OF_ACTION)):
        yield [letter for action in batch for letter in reminders(action, owners_of(action), soon)]


def _rounds(now, soon):
    for batch in _batches(planned_rounds.may_be_reminded(now, now + HORIZON)):
        yield [letter for place in batch for letter in planned_rounds.reminders(place, soon)]


def _numbers(now, soon):
    for batch in _batches(planned_numbers.may_be_due()):
        yield planned_numbers.reminders(batch, now.date(), soon)
