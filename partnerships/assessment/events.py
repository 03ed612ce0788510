"""What others may want to know of rounds, in the transaction that changed them."""

from partnerships.assessment.models import Respondent, Round
from partnerships.core.hooks import event


@event
def round_changed(round: Round) -> None:
    """A round was started, moved or canceled, or its roll closed."""


@event
def roll_opened(round: Round) -> None:
    """Partners are asked who answers for them."""


@event
def round_opened(round: Round) -> None:
    """The answers of both sides were opened."""


@event
def cancellation_asked(round: Round) -> None:
    """Someone wants to cancel a round, and needs the yes of its partners."""


@event
def round_canceled(round: Round) -> None: ...


@event
def respondent_answered(respondent: Respondent) -> None:
    """Someone finished or declined, or took that back."""


@event
def answers_recorded(respondent: Respondent) -> None:
    """Someone else wrote down answers for them, which they confirm or discard."""
