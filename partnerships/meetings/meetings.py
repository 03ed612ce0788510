"""Saves meetings. A change plans its emails in the same transaction.

`by` is the person, or SYSTEM for a command. All functions raise ValidationError (by field), NotAllowed and, with a
version, EditConflict.
"""

from collections.abc import Callable, Collection, Sequence
from copy import copy
from datetime import date, time
from typing import Any
from uuid import UUID

from django.db import transaction

from partnerships.core import search, sync
from partnerships.core.access import SYSTEM, Author, require
from partnerships.core.children import replace_rows
from partnerships.core.dates import require_years
from partnerships.core.errors import ValidationError
from partnerships.core.snapshots import prefetch_rows, snapshot_fields, snapshot_rows
from partnerships.core.withdrawals import withdrawn
from partnerships.core.writing import apply_values, change, public_snapshot
from partnerships.directory.models import BODIES
from partnerships.mail import schedule
from partnerships.meetings.events import meeting_saved
from partnerships.meetings.models import Meeting
from partnerships.meetings.rules import is_public
from partnerships.registry.document import names_shown
from partnerships.registry.models import Partnership
from partnerships.registry.rules import may_write_partnership

_PARTIES = (
    "agenda__owner",
    "participants__party",
    "attendance__party",
    "decisions__decided_by",
    "decisions__could_block",
)
_READ_AHEAD = [
    "participants__person",
    "participants__contact",
    *(f"{party}__{body}" for party in _PARTIES for body in BODIES),
]
# A change of one of these is news to the participants.
NEWS = ("date", "time", "zone", "place", "link", "minutes_long", "status", "title")


def read_for_snapshots(meetings: Sequence[Meeting]) -> None:
    """Prefetch what the snapshots of these meetings show."""
    prefetch_rows(meetings, *_READ_AHEAD)


def snapshot(meeting: Meeting) -> dict:
    read_for_snapshots([meeting])
    values = snapshot_fields(meeting, leave_out=("starts_at", "sequence", "series", "original_on"))
    values["agenda"] = snapshot_rows(meeting.agenda.all(), leave_out=("meeting",))
    values["participants"] = snapshot_rows(
        meeting.participants.all(), leave_out=("meeting", "is_for_party", "answer", "answered_at")
    )
    values["attendance"] = snapshot_rows(meeting.attendance.all(), leave_out=("meeting",))
    values["decisions"] = snapshot_rows(meeting.decisions.all(), leave_out=("meeting",))
    return values


@public_snapshot(Meeting)
def _shown_of_meeting(meeting: Meeting) -> Callable:
    """Of a public meeting, what its page says.

    That is the link if everyone gets it, the parties that everyone may see, and notes and decisions after they were
    published. Never the participants.
    """
    parties = names_shown(meeting.partnership_id)

    def shown(values: dict[str, Any]) -> dict[str, Any] | None:
        if not values["is_public"]:
            return None
        has_public_notes = values["closed_at"] and values["notes_are_public"]
        values = values | {
            "participants": [],
            "link": values["link"] if values["link_is_public"] else bool(values["link"]),
        }
        values["agenda"] = [_with_known_parties(row, ("owner",), parties) for row in values["agenda"]]
        values["decisions"] = [
            _with_known_parties(row, ("decided_by", "could_block"), parties) for row in values["decisions"]
        ]
        values["attendance"] = [row for row in values["attendance"] if has_public_notes and row["party"] in parties]
        if not has_public_notes:
            values |= {"notes": "", "closed_at": None, "decisions": [], "notes_are_public": False}
            values["agenda"] = [row | {"notes": ""} for row in values["agenda"]]
        return values

    return shown


def _with_known_parties(row: dict[str, Any], keys: tuple[str, ...], parties: Collection[str]) -> dict[str, Any]:
    """A row of a snapshot, without parties that aren't in `parties`."""
    kept = {}
    for key in keys:
        names = row[key] if isinstance(row[key], list) else [row[key]]
        kept[key] = [name for name in names if name and name in parties]
    return row | kept


@transaction.atomic
def save_meeting(
    *,
    meeting: Meeting | None = None,
    by: Author,
    fields: dict[str, Any],
    version: int | None = None,
    why: str = "",
    agenda: Sequence[dict[str, Any]] | None = None,
    participants: Sequence[dict[str, Any]] | None = None,
    request_id: UUID | None = None,
    already_informed: set | None = None,
) -> Meeting:
    """Plan or change a meeting.

    `agenda`: dicts of title, minutes, owner. `participants`: dicts of person or contact, party. `already_informed`: keys of
    people who got the news of this change with another meeting; they get no email here, and those who do are added to
    it. A local time that doesn't exist in the time zone is refused with an explanation.
    """
    partnership = meeting.partnership if meeting else fields["partnership"]
    require(by is SYSTEM or may_write_partnership(by, partnership))
    # Publishing and unpublishing the partnership changes its meetings too: the lock makes one of the two wait.
    partnership = Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
    if meeting is None:
        fields = fields | {"partnership": partnership}
    meeting = meeting or Meeting()
    verb = "update" if meeting.pk else "create"
    with change(
        meeting, by=by, verb=verb, snapshot=snapshot, why=why, version=version, request_id=request_id
    ) as writing:
        current = writing.record
        was_public = bool(current.pk) and is_public(current)
        before = copy(current) if current.pk else None
        apply_values(current, _with_instant(current, fields))
        if agenda is not None:
            rows = [row | {"position": index} for index, row in enumerate(agenda)]
            replace_rows(current.agenda, rows, name="agenda")
        if participants is not None:
            replace_rows(current.participants, participants, name="participants")
    if writing.changed:
        update_sync_and_search(current, was_public=was_public)
        meeting_saved(current, before, already_informed)
    return writing.record


def _with_instant(meeting: Meeting, fields: dict[str, Any]) -> dict[str, Any]:
    """These fields with `starts_at` from local date, time and zone, and the next sequence number if the change is
    news.
    """
    planned = copy(meeting)
    for name, value in fields.items():
        setattr(planned, name, value)
    planned.clean_fields(exclude=["partnership", "starts_at", "public_id"])
    require_years(planned)
    try:
        schedule.check_zone(planned.zone)
    except ValidationError as problem:
        raise ValidationError({"zone": problem}) from None
    require_wall_time(planned.date, planned.time, planned.zone)
    is_news = bool(meeting.pk) and any(getattr(planned, name) != getattr(meeting, name) for name in NEWS)
    instant = schedule.instant(planned.date, planned.time, planned.zone)
    return fields | {"starts_at": instant, "sequence": meeting.sequence + is_news}


def require_wall_time(day: date, at: time, zone: str) -> None:
    """Raise ValidationError under “time” if clocks in this zone skip this local time, or show it twice."""
    words = schedule.explain_wall_time(day, at, zone)
    if words:
        raise ValidationError({"time": ValidationError(words, code="no_such_time")})


def update_sync_and_search(meeting: Meeting, *, was_public: bool) -> None:
    """Update sync and search after a meeting was saved."""
    sync.update_tombstone("meeting", meeting.public_id, was_public=was_public, is_public=is_public(meeting))
    entry = search.Entry(meeting.pk, is_public(meeting), meeting.title, meeting.partnership.title, meeting.place)
    search.index("meeting", [entry])
    withdrawn(meeting=[meeting.pk])
