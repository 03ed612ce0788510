"""What parties say about a measure's numbers: their interpretation, or that they dispute one; and the answer to a
dispute.

`by` is the person who speaks, or SYSTEM for a command. All functions raise ValidationError, NotAllowed and NotFound.
Nothing is written then.
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.errors import EditConflict, NotFound, ValidationError
from partnerships.core.writing import change
from partnerships.measurement import events
from partnerships.measurement.actions import snapshot_measure
from partnerships.measurement.choices import InterpretationKind
from partnerships.measurement.models import Measure, Reading
from partnerships.measurement.number_queries import SUPPRESSED, numbers_of
from partnerships.measurement.rules import may_answer_dispute, may_interpret_for
from partnerships.registry.models import Party

NOBODY_HERE = _("This partner isn’t an owner of this measure.")


@transaction.atomic
def save_interpretation(
    *,
    measure: Measure,
    party: Party,
    by: Author,
    words: str,
    kind: str = InterpretationKind.READING,
    starts_on: date | None = None,
    cell: str = "",
) -> Reading:
    """Save a party's interpretation of a number (`starts_on`, `cell`), or of the measure as a whole.

    A dispute is about one number that the party was shown; the number at the time is stored with it.
    """
    if by is not SYSTEM:
        require(party in may_interpret_for(by, measure))
    with change(measure, by=by, verb="said", snapshot=snapshot_measure) as writing:
        if not writing.record.owners.filter(party=party).exists():
            raise ValidationError({"party": ValidationError(NOBODY_HERE, code="no_owner")})
        interpretation = Reading(
            measure=writing.record, party=party, kind=kind, starts_on=starts_on, cell=cell, words=words
        )
        interpretation.number_then = _number_then(by, measure, kind, starts_on, cell)
        interpretation.by, interpretation.at = account_of(by), clock.now()
        interpretation.full_clean(exclude=["by", "answered_by"])
        interpretation.save()
    if kind == InterpretationKind.DISPUTE:
        events.number_disputed(interpretation)
    return interpretation


def _number_then(by: Author, measure: Measure, kind: str, starts_on: date | None, cell: str) -> str:
    if starts_on is None:
        if kind == InterpretationKind.DISPUTE:
            raise ValidationError({"starts_on": ValidationError(gettext("Choose a number."), code="required")})
        return ""
    number = numbers_of(by, measure, until=starts_on, last=1).number(starts_on, cell)
    if number.state == SUPPRESSED:
        words = gettext(
            "This number is hidden because it’s about too few people. Comment on everyone together instead."
        )
        raise ValidationError({"starts_on": ValidationError(words, code="suppressed")})
    if number.state or number.value is None:
        raise ValidationError({"starts_on": ValidationError(gettext("There’s no number there."), code="missing")})
    return format(number.value.normalize(), "f")


@transaction.atomic
def delete_interpretation(*, reading: Reading, by: Author) -> None:
    """Delete what a party said."""
    if by is not SYSTEM:
        require(reading.party in may_interpret_for(by, reading.measure))
    with change(reading.measure, by=by, verb="took_back", snapshot=snapshot_measure):
        if not Reading.objects.filter(pk=reading.pk).delete()[0]:
            raise NotFound


@transaction.atomic
def answer_dispute(*, reading: Reading, by: Author, answer: str) -> Reading:
    """Answer a dispute: what was checked, and the outcome. Raises EditConflict if it was settled already."""
    require(by is SYSTEM or may_answer_dispute(by, reading.measure))
    with change(reading.measure, by=by, verb="settled", snapshot=snapshot_measure) as writing:
        current = Reading.objects.select_for_update().filter(pk=reading.pk, kind=InterpretationKind.DISPUTE).first()
        if current is None:
            raise NotFound
        if current.settled_at:
            raise EditConflict(writing.record, 0)
        if not answer.strip():
            raise ValidationError({"answer": ValidationError(gettext("Enter what you found."), code="required")})
        current.answer, current.answered_by, current.settled_at = answer, account_of(by), clock.now()
        current.full_clean(exclude=["by", "answered_by"])
        current.save()
    events.number_answered(current)
    return current
