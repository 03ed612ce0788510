"""Closing a meeting: attendance, notes, decisions, action items, and whether everyone may read them."""

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, require
from partnerships.core.children import errors_by_field, replace_rows
from partnerships.core.errors import ValidationError
from partnerships.core.snapshots import clear_prefetched
from partnerships.core.writing import apply_values, change
from partnerships.meetings.action_items import save_action
from partnerships.meetings.events import meeting_saved
from partnerships.meetings.meetings import snapshot, update_sync_and_search
from partnerships.meetings.models import Meeting
from partnerships.meetings.rules import is_public, may_write_meeting, was_held
from partnerships.registry.models import Partnership, Party

FIELDS = ("notes", "notes_are_public")


@transaction.atomic
def close_meeting(
    *,
    meeting: Meeting,
    by: Author,
    fields: dict[str, Any],
    attendance: Sequence[dict[str, Any]] | None = None,
    decisions: Sequence[dict[str, str]] | None = None,
    agenda_notes: dict[int, str] | None = None,
    actions: Iterable[dict[str, Any]] = (),
    version: int | None = None,
    why: str = "",
    now: datetime | None = None,
) -> Meeting:
    """Record the outcome of a meeting that has begun; again, to change it.

    `fields`: keys from FIELDS. `attendance`: dicts of party, came, people. `decisions`: dicts of Decision fields.
    `agenda_notes`: primary key of an agenda item → notes. `actions`: dicts of new action items. None leaves the current
    values. When notes become public, participants get one email. Raises ValidationError, NotAllowed and, with a
    version, EditConflict.
    """
    require(by is SYSTEM or may_write_meeting(by, meeting))
    # so that the partnership isn't published or unpublished in between
    Partnership.objects.select_for_update(no_key=True).get(pk=meeting.partnership_id)
    with change(meeting, by=by, verb="close", snapshot=snapshot, why=why, version=version) as writing:
        current = writing.record
        _check(current, fields)
        before, was_public = copy(current), is_public(current)
        apply_values(current, fields | {"closed_at": current.closed_at or now or clock.now()})
        if attendance is not None:
            replace_rows(current.attendance, _require_parties_of(current, attendance, "attendance"), name="attendance")
        if decisions is not None:
            rows = [row | {"position": index} for index, row in enumerate(decisions)]
            replace_rows(current.decisions, _require_parties_of(current, rows, "decisions"), name="decisions")
        if agenda_notes:
            for item in current.agenda.all():
                apply_values(item, {"notes": agenda_notes.get(item.pk, item.notes)})
        clear_prefetched(current)
    _add_actions(writing.record, by, actions)
    if writing.changed:
        update_sync_and_search(writing.record, was_public=was_public)
        meeting_saved(writing.record, before)
    return writing.record


def _check(meeting: Meeting, fields: dict[str, Any]) -> None:
    if not was_held(meeting):
        raise ValidationError(
            gettext("You can add notes once a meeting has begun, unless it was canceled."), code="not_held"
        )
    if fields.get("notes_are_public") and not is_public(meeting):
        words = gettext(
            "Only a public meeting of a published partnership can have public notes. Make the meeting public first."
        )
        raise ValidationError({"notes_are_public": ValidationError(words, code="not_public")})


_PARTIES = ("party", "decided_by", "could_block", "owner_party")


def _require_parties_of(meeting: Meeting, rows: Iterable[dict[str, Any]], name: str) -> list[dict]:
    """These rows, after checking that all their parties belong to the meeting's partnership."""
    party_ids = set(Party.objects.filter(partnership=meeting.partnership_id).values_list("pk", flat=True))
    for index, row in enumerate(rows):
        for key in _PARTIES:
            named = row.get(key) or ()
            if {party.pk for party in (named if isinstance(named, (list, tuple)) else [named])} - party_ids:
                words = ValidationError(gettext("This partner isn’t in this partnership."), code="other_table")
                raise ValidationError({f"{name}-{index}-{key}": words})
    return list(rows)


def _add_actions(meeting: Meeting, by: Author, rows: Iterable[dict[str, Any]]) -> None:
    about = {"partnership": meeting.partnership, "meeting": meeting}
    about |= {name: getattr(meeting, name) for name in ("is_sample", "is_illustration")}
    for index, row in enumerate(_require_parties_of(meeting, rows, "actions")):
        try:
            save_action(by=by, fields=about | row)
        except ValidationError as problem:
            found = {f"actions-{index}-{key}": errors for key, errors in errors_by_field(problem).items()}
            raise ValidationError(found) from None
