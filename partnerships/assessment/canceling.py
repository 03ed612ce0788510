"""Canceling a round, in a way that no one can erase the answers of others without their consent.

Until answering begins, the person who started it (or an administrator) can cancel it at once. After that, cancellation
is a request, whether or not anyone has answered, so that it doesn't reveal which. It needs a yes from more than half
of each side's partners that hold a seat; silence counts as no. Everyone is told. The answers stay unread for
UNREAD_DAYS and are then erased. A partner without editors answers by a personal link (`agreement_links`). All
functions raise ValidationError, NotAllowed and, with a version, EditConflict.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from partnerships.assessment import events
from partnerships.assessment.agreement_links import require_unanswered
from partnerships.assessment.choices import UNREAD_DAYS, Agreement, CanceledAs
from partnerships.assessment.models import (
    Answer,
    AskedParty,
    Cancellation,
    CancellationYes,
    PendingAnswer,
    Round,
    TieAnswer,
)
from partnerships.assessment.respondent_lists import require_running
from partnerships.assessment.respondent_lists import snapshot as of_round
from partnerships.assessment.round_codes import end_codes
from partnerships.assessment.rules import agrees_for, cancel_role, partners_of_side
from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.errors import NotAllowed, ValidationError
from partnerships.core.snapshots import snapshot_fields
from partnerships.core.writing import apply_values, change
from partnerships.directory.models import Contact
from partnerships.registry.models import Party
from partnerships.registry.statement_links import BY_LINK

_GIVEN = (Answer, TieAnswer, PendingAnswer)


def snapshot(survey_round: Round) -> dict:
    cancellation = Cancellation.objects.filter(round=survey_round).first()
    if cancellation is None:
        return of_round(survey_round)
    answers = sorted(cancellation.yeses.values_list("party", "agrees"))
    asked = snapshot_fields(cancellation, leave_out=("round", "by", "at"))
    return (
        of_round(survey_round)
        | {f"canceling {name}": value for name, value in asked.items()}
        | {
            "yeses": [party for party, agrees in answers if agrees],
            "noes": [party for party, agrees in answers if not agrees],
        }
    )


@transaction.atomic
def cancel_round(*, survey_round: Round, by: Author, why: str, version: int | None = None) -> Round:
    """Cancel a running round, or after answering has begun, ask the partners of each side for their yes.

    SYSTEM acts for the lead agency, and asks only if there are answers.
    """
    role = CanceledAs.LEAD if by is SYSTEM else cancel_role(by, survey_round)
    require(bool(role))
    with change(survey_round, by=by, verb="cancel", snapshot=snapshot, why=why[:300], version=version) as writing:
        current = writing.record
        require_running(current)
        if Cancellation.objects.filter(round=current).exists():
            raise ValidationError(gettext("A cancellation has been asked for already."), code="asked")
        party = current.started_by if role == CanceledAs.PARTNER else None
        cancellation = Cancellation(round=current, by=account_of(by), role=role, party=party, why=why, at=clock.now())
        cancellation.full_clean(exclude=["by", "party"])
        cancellation.save()
        if is_answered(current) if by is SYSTEM else current.is_answering:
            for one in agrees_for(by, current):
                _save_answer(cancellation, one, agrees=True, by=by)
            _cancel_if_agreed(current, cancellation)
        else:
            _cancel(current)
    _call_listeners(writing.record)
    return writing.record


@transaction.atomic
def agree_to_cancel(*, survey_round: Round, by: Author, version: int | None = None) -> Round:
    """Record the yes of the partners that the person speaks for. The last missing one cancels the round."""
    with change(survey_round, by=by, verb="agree", snapshot=snapshot, version=version) as writing:
        current = writing.record
        require_running(current)
        cancellation = Cancellation.objects.filter(round=current).first()
        parties = agrees_for(by, current)
        require(bool(parties))
        if cancellation is None:
            raise NotAllowed
        for party in parties:
            _save_answer(cancellation, party, agrees=True, by=by)
        _cancel_if_agreed(current, cancellation)
    if writing.record.cancelled_at:
        _call_listeners(writing.record)
    return writing.record


@transaction.atomic
def answer_by_link(*, partner: AskedParty, contact: Contact, mark: str, agrees: bool) -> Round:
    """Record the yes or no of a partner without editors, by the personal link of its contact (`agreement_links`)."""
    with change(partner.side.round, by=SYSTEM, verb="agree", snapshot=snapshot, why=BY_LINK) as writing:
        current = writing.record
        partner = require_unanswered(partner, contact, Agreement.CANCEL, mark)
        cancellation = Cancellation.objects.get(round=current)
        assert partner.party is not None  # it has a contact
        _save_answer(cancellation, partner.party, agrees=agrees, by=SYSTEM)
        _cancel_if_agreed(current, cancellation)
    if writing.record.cancelled_at:
        _call_listeners(writing.record)
    elif writing.changed:
        events.agreement_answered(partner, Agreement.CANCEL)
    return writing.record


def _save_answer(cancellation: Cancellation, party: Party, *, agrees: bool, by: Author) -> None:
    answer = CancellationYes.objects.filter(cancellation=cancellation, party=party).first()
    answer = answer or CancellationYes(cancellation=cancellation, party=party)
    if answer.pk is None or answer.agrees != agrees:
        answer.agrees, answer.by, answer.at = agrees, account_of(by), clock.now()
        answer.save()


def is_answered(survey_round: Round) -> bool:
    return any(model.objects.filter(respondent__round=survey_round).exists() for model in _GIVEN)


def _cancel_if_agreed(survey_round: Round, cancellation: Cancellation) -> None:
    """Cancel the round if more than half of the partners of each asked side said yes and hold a seat today.

    A partner that has left since counts as silent: otherwise, ending the seats of those who are against it would be a
    way to erase their answers.
    """
    yes = set(cancellation.yeses.filter(agrees=True).values_list("party", flat=True))
    for side in survey_round.sides.filter(asked__gt=0):
        partners = set(partners_of_side(side).values_list("pk", flat=True))
        if len(partners & yes) * 2 <= side.parties.count():
            return
    _cancel(survey_round)


def _cancel(survey_round: Round) -> None:
    apply_values(survey_round, {"cancelled_at": clock.now()})
    end_codes(survey_round)


def _call_listeners(survey_round: Round) -> None:
    if survey_round.cancelled_at:
        events.round_changed(survey_round)
        events.round_canceled(survey_round)
    else:
        events.cancellation_asked(survey_round)


def erase_answers_of_canceled() -> int:
    """Erase the answers of rounds that were canceled UNREAD_DAYS ago; no one has read them.

    Returns how many rounds had some.
    """
    before = clock.shared()() - timedelta(days=UNREAD_DAYS)
    due = Round.objects.filter(cancelled_at__lt=before)
    rounds = {pk for model in _GIVEN for pk in _rounds_of(model.objects.filter(respondent__round__in=due))}
    for model in _GIVEN:
        model.objects.filter(respondent__round__in=rounds).delete()
    return len(rounds)


def _rounds_of(answers: QuerySet) -> QuerySet:
    return answers.values_list("respondent__round", flat=True)
