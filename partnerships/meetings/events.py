"""Events about meetings, check-ins and action items, called in the transaction that changed them."""

from partnerships.accounts.models import Person
from partnerships.core.access import System
from partnerships.core.hooks import event
from partnerships.meetings.models import Action, CheckInPlan, Meeting


@event
def meeting_saved(meeting: Meeting, before: Meeting | None = None, already_informed: set[str] | None = None) -> None:
    """A meeting was saved.

    `before`: the meeting as it was (its local time is enough), None for a new one. `already_informed`: keys of people who already
    got the news with another meeting of the series; listeners add to it.
    """


@event
def check_in_plan_changed(plan: CheckInPlan) -> None:
    """The plan was saved, or one of its check-ins was recorded."""


@event
def action_saved(
    action: Action, *, owners_before: list[Person], is_done_now: bool = False, by: Person | System
) -> None:
    """An action item was saved. `owners_before`: its owners until now. `is_done_now`: this change has completed it."""
