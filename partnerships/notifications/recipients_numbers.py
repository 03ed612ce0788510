"""Who may have a letter about numbers of a measure: asked at the fence, as in `recipients`."""

from datetime import date

from partnerships.mail.choices import LetterKind
from partnerships.measurement.models import MeasureOwner, Reading
from partnerships.measurement.owed import owed
from partnerships.registry import seats
from partnerships.registry.speakers import keepers, speakers_of

_BODIES = ("partnership", "jurisdiction", "department__jurisdiction", "organization")
OWNER = ("measure__lead", *(f"party__{name}" for name in _BODIES))
READING = ("measure__lead", *(f"party__{name}" for name in _BODIES))
_NOT_THEIRS = "They no longer speak for this party."


def _of_owner(letter):
    """Numbers that are due."""
    owner = MeasureOwner.objects.select_related(*OWNER).filter(pk=letter.subject_id).first()
    if owner is None or not owner.supplies or not seats.is_seated(owner.party):
        return None, owner, "The party is not asked for these numbers any more."
    if not owed([(owner, period_of(letter))]):
        return None, owner, "The numbers are there already."
    person = _person(letter, speakers_of(owner.party))
    return person, owner, "" if person else _NOT_THEIRS


def period_of(letter) -> date:
    """The first day of the period that a letter asks for, as its occurrence names it."""
    return date.fromisoformat(letter.occurrence.split("/")[1])


def _of_reading(letter):
    """A number that a party sees differently, or the answer to it."""
    said = Reading.objects.select_related(*READING).filter(pk=letter.subject_id).first()
    if said is None:
        return None, None, "The party took its words back."
    if letter.kind == LetterKind.NUMBER_ANSWERED:
        person = _person(letter, speakers_of(said.party))
        return person, said, "" if person else _NOT_THEIRS
    if said.settled_at:
        return None, said, "It was answered already."
    person = _person(letter, keepers([said.measure.lead_id]))
    return person, said, "" if person else "They no longer keep the records of this office."


def _person(letter, memberships):
    member = memberships.filter(person=letter.recipient.partition(":")[2]).select_related("person").first()
    return member.person if member else None


NUMBERS = {"measureowner": _of_owner, "reading": _of_reading}
