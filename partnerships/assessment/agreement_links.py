"""Personal links with which a partner without editors agrees to cancel a round, or to publish it, or says no.

They go to the contact that names its people (`naming_links`), under the same conditions, which are checked at every
visit. A link has the mark of what the partner had answered when it was made, so it works once. After each answer, the
contact gets another one by email, with which it can change its mind while the question is asked.
"""

from partnerships.assessment.choices import Agreement
from partnerships.assessment.models import AskedParty, CancellationYes, PublishingWord
from partnerships.assessment.naming_links import OF_PARTNER, contact_who_acts
from partnerships.assessment.rules import compared_sides
from partnerships.core import clock
from partnerships.core.errors import NotFound, ValidationError
from partnerships.directory.models import Contact


def contact_who_agrees(partner: AskedParty, question: str) -> Contact | None:
    """The contact that answers this question (Agreement) for a partner (with OF_PARTNER), if people of it were asked."""
    if not partner.asked:
        return None
    if question == Agreement.PUBLISH and partner.side.key not in compared_sides(partner.side.round):
        return None
    return contact_who_acts(partner)


def partner_of_contact(pk: int, contact_id: int, question: str) -> tuple[AskedParty, Contact]:
    """The partner for which this contact answers a question, and the contact. Raises NotFound."""
    partner = AskedParty.objects.select_related(*OF_PARTNER).filter(pk=pk).first()
    contact = contact_who_agrees(partner, question) if partner else None
    if partner is None or contact is None or contact.pk != contact_id:
        raise NotFound
    return partner, contact


def is_asked(partner: AskedParty, question: str) -> bool:
    """Whether the question is asked now: someone wants to cancel the running round, or its answers are open."""
    survey_round = partner.side.round
    if question == Agreement.PUBLISH:
        return survey_round.opened_at is not None
    return survey_round.is_answering and survey_round.closes_at > clock.now() and hasattr(survey_round, "cancellation")


def answer_of(partner: AskedParty, question: str) -> CancellationYes | PublishingWord | None:
    """What the partner has answered so far, by a link or by an editor that it had."""
    rows = {"party": partner.party_id}
    if question == Agreement.PUBLISH:
        return PublishingWord.objects.filter(round=partner.side.round_id, **rows).first()
    return CancellationYes.objects.filter(cancellation__round=partner.side.round_id, **rows).first()


def mark_of(answer: CancellationYes | PublishingWord | None) -> str:
    """The mark of what a partner has answered so far; "" if nothing. Another answer has another mark."""
    return answer.at.isoformat() if answer else ""


def require_unanswered(partner: AskedParty, contact: Contact, question: str, mark: str) -> AskedParty:
    """The partner as it is now, if its contact may answer the question by a link with this mark. Call it under the lock
    of the round. Raises NotFound, or ValidationError if the question is no longer asked or the link was used.
    """
    partner, _ = partner_of_contact(partner.pk, contact.pk, question)
    if not is_asked(partner, question):
        raise ValidationError("This is no longer asked.", code="closed")
    if mark_of(answer_of(partner, question)) != mark:
        raise ValidationError("This link was used.", code="used")
    return partner
