"""What changes in rounds when their partnership changes."""

from partnerships.accounts.models import Person
from partnerships.core.access import is_administrator
from partnerships.core.errors import ValidationError
from partnerships.mail import outbox, schedule
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


@events.partners_set_back.register
def keep_partners_in(partnership: Partnership, by: Person | None) -> None:
    """Refuse it while a round is open: its keeper could shut out the other sides and read what they answered."""
    if by is None or is_administrator(by):
        return
    open_one = partnership.rounds.filter(opened_at=None, cancelled_at=None).order_by("closes_at").last()
    if open_one:
        words = (
            f"A survey round is open here until {schedule.day_words(open_one.closes_on)}, and this would shut out its partners. "
            "Wait until it closes, or cancel the round first."
        )
        raise ValidationError(words, code="round_open")
