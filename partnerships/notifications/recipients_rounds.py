"""Who may get an email about a round. `recipients` asks this when the email is due and again right before it is sent.

Each function gives (who gets it, what it is about, why it may not be sent).
"""

from partnerships.accounts.models import Person
from partnerships.assessment.models import AskedParty, Respondent, Round
from partnerships.assessment.rules import lost_place, rounds_visible_to
from partnerships.assessment.who_counts import names_for
from partnerships.core import clock
from partnerships.mail.choices import LetterKind
from partnerships.registry.speakers import keepers

PLACE = (
    "round__partnership__lead",
    "side",
    "person",
    "contact__organization",
    "contact__department",
    "contact__jurisdiction",
    "party__partnership",
    "party__jurisdiction",
    "party__department__jurisdiction",
    "party__organization",
)


def _of_respondent(letter):
    """For emails to someone who is asked: the first one, reminders, that answers were recorded, that answers are open."""
    place = Respondent.objects.select_related(*PLACE).filter(pk=letter.subject_id).first()
    if place is None or place.mark:
        return None, None, "They are no longer asked in this round."
    if letter.kind == LetterKind.ROUND_CANCELED:  # also to those who have left since: their answers were in it
        return place.person or place.contact, place, ""
    return place.person or place.contact, place, _refused(letter, place) or lost_place(place)


def _refused(letter, place) -> str:
    if place.round.cancelled_at:
        return "The round was canceled."
    if letter.kind == LetterKind.ROUND_OPENED:
        return ""
    if not place.round.is_answering or place.round.closes_at <= clock.now():
        return "The round has closed."
    if letter.kind == LetterKind.ROUND_REMINDER:
        if place.finished_at or place.declined_at:
            return "They have answered already."
        if letter.occurrence.split("/")[1] != place.round.closes_on.isoformat():
            return "The deadline changed after this email was planned."
    return ""


def _of_round(letter):
    """For emails to editors of the lead agency and of partners: answers are open, someone wants to cancel the round, or it was
    canceled."""
    round = Round.objects.select_related("partnership__lead").filter(pk=letter.subject_id).first()
    if round is None:
        return None, None, "This round was removed."
    person = Person.objects.filter(pk=letter.recipient.partition(":")[2], is_active=True).first()
    if person is None or not rounds_visible_to(person).filter(pk=round.pk).exists():
        return None, round, "They no longer see this round."
    if (
        letter.kind == LetterKind.ROUND_OPENED
        and not keepers([round.partnership.lead_id]).filter(person=person).exists()
    ):
        return None, round, "They no longer keep the records of this office."
    if letter.kind == LetterKind.ROUND_CANCEL_ASKED and not round.is_open:
        return person, round, "The round has closed."
    return person, round, ""


def _of_partner(letter):
    """For the email to editors of a partner that hasn't named its people yet."""
    partner = AskedParty.objects.filter(pk=letter.subject_id).select_related(*PARTNER).first()
    if partner is None or partner.party is None:
        return None, None, "The partner has left the partnership."
    person = Person.objects.filter(pk=letter.recipient.partition(":")[2], is_active=True).first()
    if person is None or not names_for(person, partner.party):
        return None, partner, "They no longer speak for this partner."
    round = partner.side.round
    closed = not round.is_open or round.answering_at or partner.named_at
    return person, partner, "The partner has named its people, or the seven days are over." if closed else ""


PARTNER = ("side__round__partnership__lead", *(name for name in PLACE if name.startswith("party__")))
ROUNDS = {"respondent": _of_respondent, "round": _of_round, "askedparty": _of_partner}
