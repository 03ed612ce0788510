"""Answering a round: item by item, each saved at once, by whoever holds the place or by staff who write down what they said.

Everything here takes the round's lock first, so that an answer comes before the scores or not at all. All raise Missing when
the round has closed or the place is lost: what is told of a closed round is no more than of one that never was.
"""

from django.db import transaction

from partnerships.communication import planned_rounds
from partnerships.core import clock
from partnerships.core.access import require
from partnerships.core.errors import Missing, ValidationError
from partnerships.framework.choices import TAKEN_DOWN, Way
from partnerships.framework.models import Answer, Respondent, Round, TieAnswer
from partnerships.framework.rounds import open_if_complete
from partnerships.framework.rules import lost_place, may_take_down, others_of, sides_read_by

FIELDS = ("level", "comment", "evidence", "shares_words")


def can_be_answered(place) -> bool:
    return place.round.is_open and place.round.closes_at > clock.now() and not lost_place(place)


def _locked(place, can=can_be_answered) -> Respondent:
    """The place, read again under its round's lock. Raises Missing."""
    Round.objects.select_for_update(no_key=True, of=("self",)).get(pk=place.round_id)
    rows = Respondent.objects.select_related("round__partnership__lead", "side", "party__partnership")
    current = rows.select_related("party__department", "person", "contact").filter(pk=place.pk).first()
    if current is None or not can(current):
        raise Missing
    return current


@transaction.atomic
def save_answer(*, place, item, fields) -> Answer:
    """Saves the answer to one item; again, to change it. `fields`: of FIELDS; a `level` of None is “I would rather not”."""
    return _save(_locked(place), item, fields)


def _save(place, item, fields, **more):
    if item not in place.round.items:
        raise Missing
    if fields.get("level") is not None and fields["level"] > place.round.items[item].top:
        raise ValidationError({"level": ValidationError("Pick one of the levels.", code="invalid_choice")})
    answer = Answer.objects.filter(respondent=place, item=item).first() or Answer(respondent=place, item=item)
    by_themselves = {"way": Way.SELF, "taken_by": None, "by_other_side": False, "was_read_back": False}
    for name, value in {**by_themselves, **fields, **more, "at": clock.now()}.items():
        setattr(answer, name, value)
    answer.full_clean()
    answer.save()
    if place.declined_at:
        _is(place, declined_at=None)
    return answer


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
    """Whether the score of a side of two or fewer stays with them. Raises ValidationError for a larger side."""
    current = _locked(place)
    if not current.side.is_on_record:
        raise ValidationError("Only a side of one or two can keep its score back.", code="not_small")
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
    current.answers.all().delete()
    current.tie_answers.all().delete()
    _is(current, finished_at=None)


@transaction.atomic
def decline(*, place) -> bool:
    """Would rather not take part: what was answered so far is erased."""
    current = _locked(place)
    current.answers.all().delete()
    current.tie_answers.all().delete()
    return _done(current, finished_at=None, declined_at=clock.now())


def _done(place, **moments):
    _is(place, **moments)
    return open_if_complete(place.round)


def _is(place, **moments):
    """Finished, or declined, or neither any more; reminders follow."""
    Respondent.objects.filter(pk=place.pk).update(**moments)
    for name, value in moments.items():
        setattr(place, name, value)
    planned_rounds.follow_place(place)


@transaction.atomic
def take_down(*, place, by, way, was_read_back, answers) -> None:
    """Writes down what somebody said on paper, by phone or in a talk. `answers`: item → fields, of FIELDS.

    What they answered themselves stands. They are told, and can correct it until the round closes; so it never finishes
    their place for them. Staff of another side are marked as such wherever the score shows.
    """
    require(by is None or may_take_down(by, place))
    current = _locked(place)
    if way not in TAKEN_DOWN:
        raise ValidationError({"way": ValidationError("Say how they answered.", code="required")})
    own = set(current.answers.filter(way=Way.SELF).values_list("item", flat=True))
    kept = sorted(own & answers.keys())
    if kept:
        names = ", ".join(current.round.items[item].name for item in kept)
        raise ValidationError(f"They have answered this themselves, and that stands: {names}.", code="answered")
    if not answers:
        raise ValidationError("Write down at least one answer.", code="nothing_said")
    by_other_side = by is not None and current.side.key not in sides_read_by(by, current.round)
    more = {"way": way, "taken_by": by, "was_read_back": was_read_back, "by_other_side": by_other_side}
    for item, fields in answers.items():
        _save(current, item, fields, **more)
    planned_rounds.tell_taken_down(current)
