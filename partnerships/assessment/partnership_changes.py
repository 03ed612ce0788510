"""What follows in rounds when their partnership changes."""

from partnerships.mail import outbox
from partnerships.registry import events
from partnerships.registry.models import Partnership


@events.lead_changed.register
def hand_over(partnership: Partnership, was: str) -> None:
    """The new lead's staff see the letters about its rounds."""
    about = {
        "round": partnership.rounds.values("pk"),
        "respondent": partnership.rounds.values("respondents__pk"),
    }
    outbox.hand_over(about, was=was, lead=partnership.lead)
