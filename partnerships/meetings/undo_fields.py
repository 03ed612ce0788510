"""Turns snapshot values of meetings, action items and check-ins back into arguments of their save actions, to undo a
change.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Field
from django.utils.translation import gettext, gettext_lazy

from partnerships.core.access import Author
from partnerships.core.errors import ValidationError
from partnerships.core.snapshots import deserialize_fields, undo_field
from partnerships.meetings.models import Action, AgendaItem, CheckInPlan, Meeting
from partnerships.registry.models import Partnership, Party
from partnerships.registry.undo_fields import party_index

_BY_HAND = {
    "participants": gettext_lazy(
        "People are invited by email, so undo doesn’t invite anyone again. Invite them on the edit page."
    ),
    "attendance": gettext_lazy("Change it on the page “Notes and decisions”."),
    "decisions": gettext_lazy("Change it on the page “Notes and decisions”."),
}
_PERSON = gettext_lazy("We know the person responsible only by name. Choose them again on the edit page.")


_ANSWERS = gettext_lazy("We know the person who answers only by name. Choose them again where you edit the check-ins.")


def of_meeting(
    record: Meeting, key: str, value: Any, *, wanted: dict[str, Any], find: Callable[[Field, str], Any], by: Author
) -> dict[str, Any]:
    """The arguments of `save_meeting` that make `key` of the snapshot `value` again.

    Raises ValidationError with a message.
    """
    if key in _BY_HAND:
        raise ValidationError(_BY_HAND[key])
    if key == "agenda":
        ids = list(record.agenda.values_list("pk", flat=True))
        rows = [_item(record, row, find) for row in value]
        return {key: [row | ({"id": ids[index]} if index < len(ids) else {}) for index, row in enumerate(rows)]}
    return undo_field(record, key, value, find=find)


def _item(meeting: Meeting, row: dict[str, Any], find: Callable[[Field, str], Any]) -> dict[str, Any]:
    values = deserialize_fields(AgendaItem, row, find, leave_out=("owner", "position"))
    return values | {"owner": _party(meeting.partnership, row.get("owner"))}


def of_action(
    record: Action, key: str, value: Any, *, wanted: dict[str, Any], find: Callable[[Field, str], Any], by: Author
) -> dict[str, Any]:
    """The arguments of `save_action` that make `key` of the snapshot `value` again.

    Raises ValidationError with a message.
    """
    if key == "owner_person" and value is not None:
        raise ValidationError(_PERSON)
    if key == "activity" and value is not None:
        value = record.partnership.activities.filter(public_id=value).first()
        if value is None:
            raise ValidationError(gettext("This activity no longer exists."))
        return {"fields": {key: value}}
    if key == "owner_party":
        return {"fields": {key: _party(record.partnership, value)}}
    return undo_field(record, key, value, find=find)


def of_check_ins(
    record: CheckInPlan, key: str, value: Any, *, wanted: dict[str, Any], find: Callable[[Field, str], Any], by: Author
) -> dict[str, Any]:
    """The arguments of `save_check_in_plan` that make `key` of the snapshot `value` again.

    Raises ValidationError with a message.
    """
    if key in ("person", "contact", "party") or (key == "holder" and value is not None):
        raise ValidationError(_ANSWERS if key != "holder" else _PERSON)
    return undo_field(record, key, value, find=find)


def _party(partnership: Partnership, name: str | None) -> Party | None:
    """The party with this name in the partnership. Raises ValidationError when none or several have it."""
    if name is None:
        return None
    parties = list(partnership.parties.all())
    return parties[party_index(name, [str(party) for party in parties])]
