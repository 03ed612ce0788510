"""Recurring meetings: planned as one series, and changed or canceled from one of them on.

Each meeting is a row of its own and keeps `original_on`, the day that the rule gave it. Together with the series' time
and zone, which never change, it identifies the meeting in calendars even after it is moved. Each change is one email
to each person, about the first meeting that it affects; reminders follow every meeting.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, require
from partnerships.core.children import errors_by_field
from partnerships.core.errors import ValidationError
from partnerships.mail import schedule
from partnerships.meetings import recurrence
from partnerships.meetings.choices import MeetingStatus
from partnerships.meetings.meetings import save_meeting
from partnerships.meetings.models import AgendaItem, Meeting, MeetingSeries, Participant
from partnerships.registry.models import Partnership
from partnerships.registry.rules import may_write_partnership

ONE, FOLLOWING, ALL = "one", "following", "all"
SCOPES = (
    (ONE, _("Only this meeting")),
    (FOLLOWING, _("This and all later meetings")),
    (ALL, _("All upcoming meetings")),
)

Row = TypeVar("Row", AgendaItem, Participant)


@transaction.atomic
def plan_series(
    *,
    by: Author,
    fields: dict[str, Any],
    rule: str,
    agenda: Sequence[dict[str, Any]] | None = None,
    participants: Sequence[dict[str, Any]] | None = None,
    why: str = "",
) -> Meeting:
    """Plan every meeting of a rule (`recurrence.build_rule`), the first on `fields["date"]`. Returns the first.

    Raises what `save_meeting` raises. A local time that doesn't exist on one of the days is refused for all.
    """
    require(by is SYSTEM or may_write_partnership(by, fields["partnership"]))
    partnership = Partnership.objects.select_for_update(no_key=True).get(pk=fields["partnership"].pk)
    first_on, meetings = fields["date"], []
    already_informed: set = set()
    schedule.check_zone(fields["zone"])
    series = MeetingSeries.objects.create(
        partnership=partnership, rule=rule, first_on=first_on, time=fields["time"], zone=fields["zone"]
    )
    for day in recurrence.days(rule, first_on):
        own = fields | {"partnership": partnership, "date": day, "series": series, "original_on": day}
        meetings.append(
            _save_one(
                day,
                by=by,
                fields=own,
                agenda=agenda,
                participants=participants,
                why=why,
                already_informed=already_informed,
            )
        )
    return meetings[0]


def meetings_in_scope(meeting: Meeting, scope: str) -> list[Meeting]:
    """The meetings of the series that a change of this one includes, soonest first, itself included.

    Meetings that have begun or were canceled stay as they are.
    """
    if scope == ONE or not meeting.series_id:
        return [meeting]
    rows = Meeting.objects.filter(series=meeting.series_id, status=MeetingStatus.PLANNED, starts_at__gt=clock.now())
    if scope == FOLLOWING:
        rows = rows.filter(original_on__gte=meeting.original_on)
    others = rows.exclude(pk=meeting.pk).select_related("partnership")
    return sorted([meeting, *others], key=lambda one: (one.starts_at, one.pk))


@transaction.atomic
def change_series(
    *,
    meeting: Meeting,
    by: Author,
    scope: str,
    fields: dict[str, Any],
    version: int | None = None,
    why: str = "",
    agenda: Sequence[dict[str, Any]] | None = None,
    participants: Sequence[dict[str, Any]] | None = None,
) -> Meeting:
    """Change this meeting, and others of its series by `scope` (of SCOPES). Returns this meeting.

    The others get the changed values and keep the rest of their own, including agenda and participants. A new day
    moves each by as many days. Raises EditConflict for this meeting only.
    """
    chosen = meetings_in_scope(meeting, scope)
    already_informed: set = set()
    if len(chosen) == 1:
        return save_meeting(
            meeting=meeting, by=by, fields=fields, version=version, why=why, agenda=agenda, participants=participants
        )
    Partnership.objects.select_for_update(no_key=True).get(pk=meeting.partnership_id)
    new_agenda = new_participants = None  # what the others get, too
    if agenda is not None and _points(map(_row_of(AgendaItem), agenda)) != _points(meeting.agenda.all()):
        new_agenda = agenda
    if participants is not None and _seats(map(_row_of(Participant), participants)) != _seats(
        meeting.participants.all()
    ):
        new_participants = participants
    by_days = fields["date"] - meeting.date if fields.get("date") else None
    changed = {name: value for name, value in fields.items() if getattr(meeting, name) != value}
    assert meeting.series is not None  # several meetings are of one series
    MeetingSeries.objects.filter(pk=meeting.series.pk).update(sequence=meeting.series.sequence + 1)
    shared = {"by": by, "why": why, "already_informed": already_informed}
    for one in chosen:
        if one.pk == meeting.pk:
            meeting = _save_one(
                fields.get("date", one.date),
                meeting=one,
                fields=fields,
                version=version,
                agenda=agenda,
                participants=participants,
                **shared,
            )
            continue
        day = recurrence.shift_day(one.date, by_days) if by_days else one.date
        _save_one(
            day,
            meeting=one,
            fields=changed | {"date": day} if by_days else changed,
            agenda=None if new_agenda is None else _same_points(one, new_agenda),
            participants=None if new_participants is None else _same_participants(one, new_participants),
            **shared,
        )
    return meeting


def cancel_series(*, meeting: Meeting, by: Author, scope: str, version: int | None = None, why: str = "") -> Meeting:
    """Cancel this meeting, and others of its series by `scope`. Each participant gets one email about all of them."""
    status = {"status": MeetingStatus.CANCELLED}
    return change_series(meeting=meeting, by=by, scope=scope, fields=status, version=version, why=why)


@transaction.atomic
def cancel_after(*, partnership: Partnership, day: date, by: Author, why: str = "") -> int:
    """Cancel the meetings that are planned after this day, such as the last one of a partnership. Returns how many.

    Each participant gets one email about each series, and one about each other meeting.
    """
    rows = Meeting.objects.filter(partnership=partnership, starts_at__gt=clock.now(), date__gt=day)
    rows = rows.filter(status=MeetingStatus.PLANNED).select_related("partnership", "series")
    found, seen = list(rows.order_by("original_on", "starts_at", "pk")), set()
    for meeting in found:
        if meeting.series_id is None or meeting.series_id not in seen:
            cancel_series(meeting=meeting, by=by, scope=FOLLOWING, why=why)
            seen.add(meeting.series_id)
    return len(found)


def _row_of(model: type[Row]) -> Callable[[dict[str, Any]], Row]:
    return lambda row: model(**{key: value for key, value in row.items() if key != "id"})


def _points(rows: Iterable[AgendaItem]) -> list[tuple]:
    return [(row.title, row.minutes, row.owner_id) for row in rows]


def _seats(rows: Iterable[Participant]) -> set[tuple]:
    return {(row.person_id, row.contact_id, row.party_id) for row in rows}


def _same_points(meeting: Meeting, agenda: Iterable[dict[str, Any]]) -> list[dict]:
    """The items of an agenda, keeping the other meeting's rows with the same title."""
    have = {item.title: item.pk for item in meeting.agenda.all()}
    rows = [{key: value for key, value in row.items() if key != "id"} for row in agenda]
    return [row | ({"id": have.pop(row["title"])} if row["title"] in have else {}) for row in rows]


def _same_participants(meeting: Meeting, participants: Iterable[dict[str, Any]]) -> list[dict]:
    """The rows of participants, keeping the other meeting's rows of the same people."""
    have = {(seat.person_id, seat.contact_id): seat.pk for seat in meeting.participants.all()}
    rows = []
    for row in participants:
        seat = _row_of(Participant)(row)
        pk = have.get((seat.person_id, seat.contact_id))
        rows.append({key: value for key, value in row.items() if key != "id"} | ({"id": pk} if pk else {}))
    return rows


def _save_one(day: date, **more: Any) -> Meeting:
    """Save one of the meetings. Errors say on which day."""
    try:
        return save_meeting(**more)
    except ValidationError as problem:
        found = {
            field: [ValidationError(f"{schedule.day_words(day)}: {text}", code="in_series") for text in error.messages]
            for field, errors in errors_by_field(problem).items()
            for error in [ValidationError(errors)]
        }
        raise ValidationError(found) from None
