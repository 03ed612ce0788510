"""What others may want to know of meetings, check-ins and actions, in the transaction that changed them."""

from partnerships.accounts.models import Person
from partnerships.core.hooks import event
from partnerships.meetings.models import Action, CheckInPlan, Meeting


@event
def meeting_saved(meeting: Meeting, before: Meeting | None = None, heard: set[str] | None = None) -> None:
    """`before`: the meeting as it was (its wall time is enough), None for a new one. `heard`: keys of those to whom this change
    is no news any more, since another meeting of the series told them; it grows."""


@event
def check_in_plan_changed(plan: CheckInPlan) -> None:
    """The plan was saved, or a check-in of it was recorded."""


@event
def action_saved(
    action: Action, *, owed_before: list[Person], is_done_now: bool = False, by: Person | None = None
) -> None:
    """`owed_before`: the people who owed it until now; `is_done_now`: this change has closed it."""
