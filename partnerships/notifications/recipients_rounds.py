"""Who may have a letter about a round: asked at the fence, as in `recipients`."""

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
    """Asked, reminded, told of what was written down, or that answers are open."""
    place = Respondent.objects.select_related(*PLACE).filter(pk=letter.subject_id).first()
    if place is None or place.mark:
        return None, None, "They are not asked in this round any more."
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
            return "The last day was moved after this letter was planned."
    return ""


def _of_round(letter):
    """To those who keep the lead's records or speak for a partner: answers are open, someone wants to cancel the round, or it
    was canceled."""
    round = Round.objects.select_related("partnership__lead").filter(pk=letter.subject_id).first()
    if round is None:
        return None, None, "The round is gone."
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
    """To an editor of a partner that has not named its people yet."""
    partner = AskedParty.objects.filter(pk=letter.subject_id).select_related(*PARTNER).first()
    if partner is None or partner.party is None:
        return None, None, "The partner has left the partnership."
    person = Person.objects.filter(pk=letter.recipient.partition(":")[2], is_active=True).first()
    if person is None or not names_for(person, partner.party):
        return None, partner, "They no longer speak for this partner."
    round = partner.side.round
    closed = not round.is_open or round.answering_at or partner.named_at
    return person, partner, "The partner has named its people, or the roll is closed." if closed else ""


PARTNER = ("side__round__partnership__lead", *(name for name in PLACE if name.startswith("party__")))
ROUNDS = {"respondent": _of_respondent, "round": _of_round, "askedparty": _of_partner}
