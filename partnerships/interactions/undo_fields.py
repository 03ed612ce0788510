"""Turns snapshot values of interactions back into arguments of `save_interaction`, to undo a change."""

from collections.abc import Callable
from typing import Any

from django.db.models import Field
from django.utils.translation import gettext_lazy

from partnerships.core.access import Author
from partnerships.core.errors import ValidationError
from partnerships.core.snapshots import undo_field
from partnerships.interactions.models import Interaction

_BY_HAND = {
    "contacts": gettext_lazy("We know contacts only by name. Choose them again on the edit page."),
    "staff": gettext_lazy("We know people only by name. Choose them again on the edit page."),
    "follow_up_by": gettext_lazy("We know people only by name. Choose them again on the edit page."),
    "remarks": gettext_lazy("Remarks stay as they were written."),
    "followed_up_on": gettext_lazy("Set a new follow-up on the edit page."),
}


def of_interaction(
    record: Interaction, key: str, value: Any, *, wanted: dict[str, Any], find: Callable[[Field, str], Any], by: Author
) -> dict[str, Any]:
    """The arguments of `save_interaction` that make `key` of the snapshot `value` again.

    Raises ValidationError with a message.
    """
    if key in _BY_HAND and (value or key == "remarks"):
        raise ValidationError(_BY_HAND[key])
    return undo_field(record, key, value, find=find)
