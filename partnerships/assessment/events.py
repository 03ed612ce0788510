"""Events about rounds, called in the transaction that changed them."""

from partnerships.accounts.models import Person
from partnerships.assessment.models import AskedParty, Respondent, Round
from partnerships.core.hooks import event
from partnerships.directory.models import Contact


@event
def round_changed(survey_round: Round) -> None:
    """A round was started, moved or canceled, or its respondent list closed."""


@event
def naming_opened(survey_round: Round) -> None:
    """Partners are asked who answers for them."""


@event
def people_named(partner: AskedParty) -> None:
    """A partner named its people, or changed the list."""


@event
def round_opened(survey_round: Round) -> None:
    """The answers of both sides were opened."""


@event
def cancellation_asked(survey_round: Round) -> None:
    """A person wants to cancel a round and needs the yes of its partners."""


@event
def publishing_agreed(survey_round: Round) -> None:
    """A partner agreed that everyone may read a round."""


@event
def agreement_answered(partner: AskedParty, question: str) -> None:
    """A partner without editors answered a question (Agreement) by a personal link."""


@event
def round_canceled(survey_round: Round) -> None: ...


@event
def respondent_answered(respondent: Respondent) -> None:
    """A respondent finished or declined, or undid that."""


@event
def reminders_requested(survey_round: Round) -> None:
    """A person who runs a round wants those who haven't finished to be reminded now."""


@event
def answers_recorded(respondent: Respondent) -> None:
    """Another person recorded answers for a respondent, who confirms or discards them."""


@event
def place_left(respondent: Respondent, leaver: Contact | Person) -> None:
    """Someone left the place of a respondent. It may be another person's now, but whether it is stays sealed."""
