"""Who may get an email about a statement or a seat. `recipients` asks this when the email is due and again right before sending.

Each function gives (who gets it, what it is about, why it may not be sent).
"""

from partnerships.mail.choices import LetterKind
from partnerships.registry import seats
from partnerships.registry.choices import ConsentWay, SeatState
from partnerships.registry.models import Confirmation, Party, Reply, SeatConsent
from partnerships.registry.rules import is_backed
from partnerships.registry.speakers import keepers, people_of, speakers_of

_GONE = "The partner is no longer in this partnership."
_DRAFT = "The partnership was unpublished."
_NOT_THEIRS = "They no longer speak for this partner."
_NOT_KEPT = "They no longer keep the records of this office."
_PARTY = ("partnership__lead", "jurisdiction", "department", "organization")


def _person(letter, memberships):
    member = memberships.filter(person=letter.recipient.partition(":")[2]).select_related("person").first()
    return member.person if member else None


def _of_party(letter):
    """For the email that asks a partner whether the record is right."""
    party = Party.objects.select_related(*_PARTY).filter(pk=letter.subject_id).first()
    if party is None:
        return None, None, _GONE
    person, refusal = _person(letter, speakers_of(party)), _refused(party)
    if not refusal and letter.created_at and party.confirmations.filter(at__gte=letter.created_at).exists():
        refusal = "The partner has answered already."
    return person, party, refusal or ("" if person else _NOT_THEIRS)


def _refused(party) -> str:
    if not party.partnership.is_published:
        return _DRAFT
    return "" if seats.is_at_table(party) else _GONE


def _of_confirmation(letter):
    """For the email that says that a partner disputes the record."""
    said = (
        Confirmation.objects.select_related(*(f"party__{name}" for name in _PARTY)).filter(pk=letter.subject_id).first()
    )
    if said is None:
        return None, None, _GONE
    person = _person(letter, keepers([said.party.partnership.lead_id]))
    return person, said, "" if person else _NOT_KEPT


def _of_reply(letter):
    """For the emails that show a partner a statement, or the lead agency the reply to it."""
    reply = Reply.objects.select_related("remark", *(f"party__{name}" for name in _PARTY)).filter(pk=letter.subject_id)
    reply = reply.first()
    if reply is None:
        return None, None, _GONE
    if reply.remark.withdrawn_at:
        return None, reply, "The statement was withdrawn."
    if letter.kind == LetterKind.REMARK_REPLIED:
        person = _person(letter, keepers([reply.party.partnership.lead_id]))
        return person, reply, "" if person else _NOT_KEPT
    person = _person(letter, people_of(reply.party))
    return person, reply, _refused(reply.party) or ("" if person else _NOT_THEIRS)


def _of_seat(letter):
    """For the invitation to confirm a seat, and for the answer to it."""
    row = SeatConsent.objects.select_related("partnership__lead", "contact", "by").filter(pk=letter.subject_id).first()
    party = row and row.find_party()
    if not party:
        return None, None, _GONE
    if letter.kind == LetterKind.SEAT_ANSWERED:
        person = _person(letter, keepers([party.partnership.lead_id]))
        return person, row, "" if person else _NOT_KEPT
    someone = row.contact or _person(letter, speakers_of(party))
    refusal = _refused(party) or ("" if someone else _NOT_THEIRS)
    if party.state != SeatState.INVITED or not is_latest(row):
        refusal = "The partner has answered, or was invited again."
    if not refusal and not is_backed(row):
        refusal = _NOT_KEPT
    return someone, row, refusal


def is_latest(invitation) -> bool:
    """Whether this is the partner's latest invitation by email."""
    body = {f"{name}_id": getattr(invitation, f"{name}_id") for name in ("jurisdiction", "department", "organization")}
    rows = SeatConsent.objects.filter(partnership=invitation.partnership_id, state=SeatState.INVITED, **body)
    return not rows.filter(pk__gt=invitation.pk, way=ConsentWay.LINK).exists()


WORDS = {"party": _of_party, "confirmation": _of_confirmation, "reply": _of_reply, "seatconsent": _of_seat}
