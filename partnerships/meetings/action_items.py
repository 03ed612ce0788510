"""Saves action items: what has to be done, who does it, until when, and its status. Emails are planned in the same
transaction.

`by` is the person, or SYSTEM for a command. All functions raise ValidationError (by field), NotAllowed and, with a
version, EditConflict.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from partnerships.accounts.models import Person
from partnerships.assessment import hooks
from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.errors import ValidationError
from partnerships.core.snapshots import prefetch_rows, snapshot_fields, snapshot_rows
from partnerships.core.writing import apply_values, change
from partnerships.meetings.choices import ActionStatus
from partnerships.meetings.events import action_saved
from partnerships.meetings.models import Action, ActionNote
from partnerships.meetings.owners import owners_of
from partnerships.meetings.rules import may_note_action
from partnerships.registry.models import Party
from partnerships.registry.representatives import belongs_to
from partnerships.registry.rules import may_write_partnership

FIELDS = ("title", "detail", "activity", "owner_party", "owner_person", "due_on")


def read_for_snapshots(actions: Sequence[Action]) -> None:
    """Prefetch what the snapshots of these action items show."""
    prefetch_rows(actions, "log")


def snapshot(action: Action) -> dict:
    values = snapshot_fields(action, leave_out=("decision", "check_in"))
    return values | {"log": snapshot_rows(action.log.all(), leave_out=("action", "by"))}


@transaction.atomic
def save_action(
    *,
    action: Action | None = None,
    by: Author,
    fields: dict[str, Any],
    version: int | None = None,
    why: str = "",
    request_id: UUID | None = None,
) -> Action:
    """Add or change an action item.

    `fields`: `partnership` (for a new one), FIELDS, and where it comes from (`meeting`, `decision`, `check_in`).
    """
    partnership = action.partnership if action else fields["partnership"]
    require(by is SYSTEM or may_write_partnership(by, partnership))
    action = action or Action()
    verb = "update" if action.pk else "create"
    with change(
        action, by=by, verb=verb, snapshot=snapshot, why=why, version=version, request_id=request_id
    ) as writing:
        current = writing.record
        before = owners_of(current) if current.pk else []
        apply_values(current, fields)
        _check_owner(current)
        _check_activity(current)
    if writing.changed:
        action_saved(current, owners_before=before, by=by)
    return writing.record


hooks.save_action.register(save_action)


def require_owner(party: Party | None, person: Person | None) -> None:
    """Refuse an action item that no one is responsible for. Forms ask too, to show all of their errors at once."""
    if party is None and person is None:
        words = gettext("Choose who is responsible: a partner, a person, or both.")
        raise ValidationError({"owner_party": ValidationError(words, code="no_owner")})


def _check_owner(action: Action) -> None:
    party, person = action.owner_party, action.owner_person
    require_owner(party, person)
    if party and party.partnership_id != action.partnership_id:
        words = gettext("This partner isn’t in this partnership.")
        raise ValidationError({"owner_party": ValidationError(words, code="other_table")})
    if person and not belongs_to(person, action.partnership, clock.today()):
        words = gettext("They don’t have a role at an office or organization in this partnership.")
        raise ValidationError({"owner_person": ValidationError(words, code="not_at_the_table")})


def _check_activity(action: Action) -> None:
    if action.activity and action.activity.partnership_id != action.partnership_id:
        words = gettext("This activity isn’t part of this partnership.")
        raise ValidationError({"activity": ValidationError(words, code="other_table")})


@transaction.atomic
def note_action(*, action: Action, by: Author, status: str, text: str = "", version: int | None = None) -> Action:
    """Update an action item: a note, done, dropped, or open again. Each update is an entry of its log."""
    require(by is SYSTEM or may_note_action(by, action))
    with change(action, by=by, verb="note", snapshot=snapshot, version=version) as writing:
        current = writing.record
        if status == current.status and not text:
            words = gettext("Enter a note, or choose the new status.")
            raise ValidationError({"text": ValidationError(words, code="nothing_said")})
        is_done_now = status == ActionStatus.DONE != current.status
        today = clock.today(clock.zone(current.partnership.lead.zone))
        done_on = (current.done_on or today) if status == ActionStatus.DONE else None
        apply_values(current, {"status": status, "done_on": done_on})
        entry = ActionNote(action=current, at=clock.now(), by=account_of(by), text=text, status=status)
        entry.full_clean(exclude=["by"])
        entry.save()
    action_saved(current, owners_before=owners_of(current), is_done_now=is_done_now, by=by)
    return writing.record
