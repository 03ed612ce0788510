"""What changes in rounds when their partnership changes."""

from partnerships.mail import outbox
from partnerships.registry import events
from partnerships.registry.models import Partnership


@events.lead_changed.register
def hand_over(partnership: Partnership, was: str) -> None:
    """Show the emails about its rounds to the new lead's staff."""
    about = {
        "round": partnership.rounds.values("pk"),
        "respondent": partnership.rounds.values("respondents__pk"),
    }
    outbox.hand_over(about, was=was, lead=partnership.lead)
