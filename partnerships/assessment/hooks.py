"""What assessment asks of meetings, which know it (`core.hooks`)."""

from datetime import date
from typing import Any

from partnerships.accounts.models import Person
from partnerships.core.hooks import question
from partnerships.registry.models import Partnership


@question
def meeting_facts(partnership: Partnership, first: list[int], second: list[int], since: date, on: date) -> dict:
    """What meetings and check-ins of these days add to `observed.Facts`. `first`, `second`: keys of the parties of each side."""


@question
def save_action(*, by: Person | None, fields: dict) -> Any:
    """Adds an action. Raises ValidationError by field."""


@question
def actions_visible_to(person: Person | None) -> Any:
    """The actions that the person may see, as a queryset."""
