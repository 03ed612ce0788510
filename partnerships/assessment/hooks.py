"""What assessment asks of the meetings package (`core.hooks`)."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from partnerships.accounts.models import Person
from partnerships.core.access import System, Viewer
from partnerships.core.hooks import question
from partnerships.directory.models import Contact
from partnerships.registry.models import Partnership


@question
def meeting_facts(partnership: Partnership, first: list[int], second: list[int], since: date, on: date) -> dict:
    """What meetings and check-ins of these days add to `suggested_levels.Facts`.

    `first`, `second`: primary keys of each side's parties.
    """


@question
def save_action(*, by: Person | System, fields: dict) -> Any:
    """Add an action item. Raises ValidationError by field."""


@question
def actions_visible_to(person: Viewer) -> QuerySet:
    """The action items that the person may see, as a queryset."""


@question
def mark_of_link(someone: Contact | Person) -> str:
    """What identifies the personal links of rounds that went to this contact or person, at their address of today."""
