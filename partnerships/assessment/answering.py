"""Answering a round: item by item, each saved at once, by the person who was asked; and recording what someone said on paper or
by phone, which they confirm themselves.

Everything here takes the round's lock first, so that an answer comes before the scores or not at all. All raise Missing when
the round has closed or the place is lost: what is told of a closed round is no more than of one that never was.
"""

from django.db import transaction

from partnerships.assessment import events
from partnerships.assessment.choices import RECORDED, Way
from partnerships.assessment.models import Answer, PendingAnswer, Respondent, Round, RoundSide, TieAnswer
from partnerships.assessment.rounds import open_if_complete
from partnerships.assessment.rules import is_of_side_alone, lost_place, may_record_for, others_of
from partnerships.core import clock
from partnerships.core.access import require
from partnerships.core.errors import Missing, ValidationError
from partnerships.core.writing import log

FIELDS = ("level", "comment", "evidence", "shares_words")


def can_be_answered(place) -> bool:
    return place.round.is_answering and place.round.closes_at > clock.now() and not lost_place(place)


def may_keep_back(place) -> bool:
    return can_be_answered(place) and not place.code_by_other_side


def _locked(place, can=can_be_answered) -> Respondent:
    """The place, read again under its round's lock. Raises Missing."""
    Round.objects.select_for_update(no_key=True, of=("self",)).get(pk=place.round_id)
    rows = Respondent.objects.select_related("round__partnership__lead", "side", "party__partnership")
    current = rows.select_related("party__department", "person", "contact").filter(pk=place.pk).first()
    if current is None or not can(current):
        raise Missing
    return current


@transaction.atomic
def fresh(place) -> Respondent:
    """The place as it is now. Raises Missing."""
    return _locked(place)


@transaction.atomic
def save_answer(*, place, item, fields) -> Answer:
    """Saves the answer to one item; again, to change it. `fields`: of FIELDS; a `level` of None is “I would rather not”."""
    return _save(_locked(place), item, fields)


def _save(place, item, fields, **more):
    _checked(place.round, item, fields.get("level"), at="level")
    answer = Answer.objects.filter(respondent=place, item=item).first() or Answer(respondent=place, item=item)
    by_themselves = {"way": Way.SELF, "taken_by": None, "by_other_side": False, "was_read_back": False}
    if place.mark:  # whoever printed the code of their partner could have named them and answered
        by_themselves |= {"way": Way.CODE, "taken_by": place.code_by, "by_other_side": place.code_by_other_side}
    for name, value in {**by_themselves, **fields, **more, "at": clock.now()}.items():
        setattr(answer, name, value)
    answer.full_clean()
    answer.save()
    if place.declined_at:
        _is(place, declined_at=None)
    return answer


def _checked(round, item, level, *, at):
    if item not in round.items:
        raise Missing
    if level is not None and not 0 <= level <= round.items[item].top:
        raise ValidationError({at: ValidationError("Pick one of the levels.", code="invalid_choice")})
    return level


@transaction.atomic
def say_of(*, place, party, levels) -> None:
    """Saves what they say of one other party, whole. `levels`: item → level, of `round.ties`; what is left out is not said."""
    current = _locked(place)
    if party not in others_of(current):
        raise Missing
    for item, level in levels.items():
        if item not in current.round.ties:
            raise Missing
        if not current.round.ties[item].bottom <= level <= current.round.ties[item].top:
            raise ValidationError({item: ValidationError("Pick one of the levels.", code="invalid_choice")})
    current.tie_answers.filter(about=party).delete()
    TieAnswer.objects.bulk_create(
        [TieAnswer(respondent=current, about=party, item=item, level=level) for item, level in levels.items()]
    )
    if levels and current.declined_at:
        _is(current, declined_at=None)


@transaction.atomic
def keep_back(*, place, wanted) -> None:
    """Whether their side's score stays with the side. One of them is enough, whatever its size; not by a code that someone of
    another side printed. Raises Missing."""
    current = _locked(place, can=may_keep_back)
    Respondent.objects.filter(pk=current.pk).update(keeps_back=wanted)


@transaction.atomic
def finish(*, place) -> bool:
    """Says that this is all. Gives whether the answers of both sides are open now, since it was the last."""
    return _done(_locked(place), finished_at=clock.now(), declined_at=None)


def has_left(place) -> bool:
    """Whether someone finished and has left since, in a round that is still open: their answers count unless they remove them."""
    is_open = place.round.is_open and place.round.closes_at > clock.now()
    return bool(is_open and place.finished_at and lost_place(place))


@transaction.atomic
def remove_answers(*, place) -> None:
    """Removes the answers of someone who has left since. Raises Missing once the round has closed."""
    current = _locked(place, can=has_left)
    _erase(current)
    _is(current, finished_at=None)


@transaction.atomic
def decline(*, place) -> bool:
    """Would rather not take part: what was answered so far, or recorded for them, is erased."""
    current = _locked(place)
    _erase(current)
    return _done(current, finished_at=None, declined_at=clock.now())


def _erase(place):
    for rows in (place.answers, place.tie_answers, place.pending_answers):
        rows.all().delete()


def _done(place, **moments):
    _is(place, **moments)
    return open_if_complete(place.round)


def _is(place, **moments):
    """Finished, or declined, or neither any more; reminders follow."""
    Respondent.objects.filter(pk=place.pk).update(**moments)
    for name, value in moments.items():
        setattr(place, name, value)
    if not place.mark:
        events.respondent_answered(place)


@transaction.atomic
def record_answers(*, place, by, way, was_read_back, answers) -> None:
    """Records what someone said on paper, by phone or in a talk. `answers`: item → level, or None for “rather not”.

    Write-only: nothing here, no error either, depends on what they have answered or whether they declined. They are told, and
    confirm or discard it with a code of their own. The round's history says who recorded for which partner, never what.
    """
    require(by is None or may_record_for(by, place))
    current = _locked(place)
    if way not in RECORDED:
        raise ValidationError({"way": ValidationError("Choose how they answered.", code="required")})
    if not answers:
        raise ValidationError("Record at least one answer.", code="nothing_said")
    by_other_side = not is_of_side_alone(by, current)
    rows = [
        PendingAnswer(
            respondent=current, item=item, level=_checked(current.round, item, level, at=item), way=way, by=by
        )
        for item, level in answers.items()
    ]
    current.pending_answers.filter(item__in=answers, by_other_side=by_other_side).delete()
    for row in rows:
        row.by_other_side, row.was_read_back, row.at = by_other_side, was_read_back, clock.now()
    PendingAnswer.objects.bulk_create(rows)
    if by_other_side:
        RoundSide.objects.filter(pk=current.side_id).update(has_recorded=True)
    log(current.round, by=by, verb="record", before={}, after={"recorded_for": str(current.party), "way": way})
    if not current.mark:
        events.answers_recorded(current)


def recorded_for(place):
    """What was recorded for someone, as their own code opens it. A code that someone of another side printed opens only what
    another side recorded: whoever printed it could read along."""
    rows = place.pending_answers.order_by("by_other_side", "pk")
    return rows.filter(by_other_side=True) if place.code_by_other_side else rows


@transaction.atomic
def confirm_answers(*, place, read=None) -> None:
    """Makes what was recorded for someone their own answers, where they have not answered themselves. Call it for who has a code
    of their own. It undoes a decline, as every answer of theirs does. `read`: the keys of the PendingAnswers that they read; what
    was recorded since waits for them. None: all."""
    current = _locked(place)
    own = set(current.answers.values_list("item", flat=True))
    rows = _read(current, read)
    for one in rows:
        if one.item not in own:
            by_other_side = one.by_other_side or current.code_by_other_side
            more = {"way": one.way, "taken_by": one.by, "by_other_side": by_other_side}
            _save(current, one.item, {"level": one.level}, **more, was_read_back=one.was_read_back)
            own.add(one.item)
    current.pending_answers.filter(pk__in=[one.pk for one in rows]).delete()


@transaction.atomic
def discard_answers(*, place, read=None) -> None:
    """Discards what was recorded for someone; `read` as above."""
    current = _locked(place)
    current.pending_answers.filter(pk__in=[one.pk for one in _read(current, read)]).delete()


def _read(place, read):
    rows = recorded_for(place)
    return list(rows if read is None else rows.filter(pk__in=read))
