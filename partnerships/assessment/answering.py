"""Answering a survey round: each item is saved at once by the respondent; or recorded for them from paper or phone.

What others record is confirmed by the respondent. Every function locks the round first, so that an answer is saved
before the scores are made or not at all. All raise NotFound when the round has closed or the respondent may no longer
answer: a closed round reveals no more than one that never existed.
"""

from collections.abc import Callable, Collection
from copy import copy
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from partnerships.assessment import events
from partnerships.assessment.choices import RECORDED, AnswerSource
from partnerships.assessment.eligibility import is_on_this_side_only
from partnerships.assessment.models import Answer, PendingAnswer, Respondent, Round, RoundSide, TieAnswer
from partnerships.assessment.rounds import open_if_complete
from partnerships.assessment.rules import lost_reason, may_record_for, other_parties
from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.writing import log_change
from partnerships.registry.models import Party

FIELDS = ("level", "comment", "evidence", "shares_words")


def can_be_answered(respondent: Respondent) -> bool:
    return respondent.round.is_answering and respondent.round.closes_at > clock.now() and not lost_reason(respondent)


def can_be_recorded(respondent: Respondent) -> bool:
    """Whether others may record answers for a respondent, or for who follows them.

    Also where the answer of the one who left stays: what is recorded then is dropped, so that no one learns of it.
    """
    return can_be_answered(respondent) or _is_kept_behind_follower(respondent)


def _is_kept_behind_follower(respondent: Respondent) -> bool:
    """Whether someone follows a person whose given answer stays, and could answer if it didn't."""
    follower = respondent.follower_person or respondent.follower_contact
    if not respondent.kept_for or follower is None:
        return False
    as_passed = copy(respondent)
    as_passed.person, as_passed.contact = respondent.follower_person, respondent.follower_contact
    return can_be_answered(as_passed)


def may_withhold_score(respondent: Respondent) -> bool:
    return can_be_answered(respondent) and not respondent.code_by_other_side


def _locked_respondent(respondent: Respondent, can: Callable[[Respondent], bool] = can_be_answered) -> Respondent:
    """The respondent, read again under the lock of the round. Raises NotFound unless `can` then allows it."""
    Round.objects.select_for_update(no_key=True, of=("self",)).get(pk=respondent.round_id)
    rows = Respondent.objects.select_related("round__partnership__lead", "side", "party__partnership")
    people = ("person", "contact", "follower_person", "follower_contact")
    current = rows.select_related("party__department", *people).filter(pk=respondent.pk).first()
    if current is None or not can(current):
        raise NotFound
    return current


@transaction.atomic
def reload_respondent(respondent: Respondent) -> Respondent:
    """The respondent as they are now in the database. Raises NotFound."""
    return _locked_respondent(respondent)


@transaction.atomic
def save_answer(*, respondent: Respondent, item: str, fields: dict[str, Any]) -> Answer:
    """Save or change the answer to one item.

    `fields`: keys from FIELDS; a `level` of None means “I would rather not say”.
    """
    return _save(_locked_respondent(respondent), item, fields)


def _save(respondent: Respondent, item: str, fields: dict[str, Any], **more: Any) -> Answer:
    _valid_level(respondent.round, item, fields.get("level"), at="level")
    answer = Answer.objects.filter(respondent=respondent, item=item).first() or Answer(respondent=respondent, item=item)
    by_themselves: dict[str, Any] = {
        "way": AnswerSource.SELF,
        "taken_by": None,
        "by_other_side": respondent.code_by_other_side,  # the person who printed the code could have named them
        "was_read_back": False,
    }
    if respondent.mark:  # the person who printed the code could have answered
        by_themselves |= {"way": AnswerSource.CODE, "taken_by": respondent.code_by}
    for name, value in {**by_themselves, **fields, **more, "at": clock.now()}.items():
        setattr(answer, name, value)
    answer.full_clean()
    answer.save()
    if respondent.declined_at:
        _set_moments(respondent, declined_at=None)
    return answer


def _valid_level(survey_round: Round, item: str, level: int | None, *, at: str) -> int | None:
    """The level. Raises NotFound if the round doesn't ask the item, and ValidationError under `at` for no level of it."""
    if item not in survey_round.items:
        raise NotFound
    if level is not None and not 0 <= level <= survey_round.items[item].top:
        raise ValidationError({at: ValidationError(gettext("Choose one of the levels."), code="invalid_choice")})
    return level


@transaction.atomic
def save_tie_answers(*, respondent: Respondent, party: Party, levels: dict[str, int]) -> None:
    """Save everything that the respondent says about one other party.

    `levels`: item → level, for items of `round.ties`. Items left out have no answer.
    """
    current = _locked_respondent(respondent)
    if party not in other_parties(current):
        raise NotFound
    for item, level in levels.items():
        if item not in current.round.ties:
            raise NotFound
        if not current.round.ties[item].bottom <= level <= current.round.ties[item].top:
            raise ValidationError({item: ValidationError(gettext("Choose one of the levels."), code="invalid_choice")})
    current.tie_answers.filter(about=party).delete()
    TieAnswer.objects.bulk_create(
        [TieAnswer(respondent=current, about=party, item=item, level=level) for item, level in levels.items()]
    )
    if levels and current.declined_at:
        _set_moments(current, declined_at=None)


@transaction.atomic
def withhold_score(*, respondent: Respondent, wanted: bool) -> None:
    """Set whether the score of the respondent's side stays with that side.

    One respondent is enough, no matter how large the side is, but not one whose code a person from another side
    printed. Raises NotFound.
    """
    current = _locked_respondent(respondent, can=may_withhold_score)
    Respondent.objects.filter(pk=current.pk).update(keeps_back=wanted)


@transaction.atomic
def finish(*, respondent: Respondent) -> bool:
    """Mark the respondent as finished.

    Returns whether that opened the answers of both sides, because they were the last.
    """
    return _mark_done(_locked_respondent(respondent), finished_at=clock.now(), declined_at=None)


def has_left(respondent: Respondent) -> bool:
    """Whether a respondent finished and then left, in a running round: their answers count unless they remove them."""
    is_running = respondent.round.is_running and respondent.round.closes_at > clock.now()
    return bool(is_running and respondent.finished_at and lost_reason(respondent))


@transaction.atomic
def remove_answers(*, respondent: Respondent) -> None:
    """Remove the answers of a respondent who has left. Raises NotFound after the round has closed."""
    current = _locked_respondent(respondent, can=has_left)
    _erase_answers(current)
    _set_moments(current, finished_at=None)


@transaction.atomic
def decline(*, respondent: Respondent) -> bool:
    """Decline to take part. Erases what was answered so far or recorded for them."""
    current = _locked_respondent(respondent)
    _erase_answers(current)
    return _mark_done(current, finished_at=None, declined_at=clock.now())


def _erase_answers(respondent: Respondent) -> None:
    for rows in (respondent.answers, respondent.tie_answers, respondent.pending_answers):
        rows.all().delete()


def _mark_done(respondent: Respondent, **moments: datetime | None) -> bool:
    """Set `finished_at` and `declined_at` of a respondent. Returns whether that opened the answers of both sides."""
    _set_moments(respondent, **moments)
    return open_if_complete(respondent.round)


def _set_moments(respondent: Respondent, **moments: datetime | None) -> None:
    """Set `finished_at` or `declined_at` of a respondent, or both, and plan their reminders again.

    A respondent with a `mark` has no email address, and so no reminders.
    """
    Respondent.objects.filter(pk=respondent.pk).update(**moments)
    for name, value in moments.items():
        setattr(respondent, name, value)
    if not respondent.mark:
        events.respondent_answered(respondent)


@transaction.atomic
def record_answers(
    *, respondent: Respondent, by: Author, way: str, was_read_back: bool, answers: dict[str, int | None]
) -> None:
    """Record what a respondent said on paper, by phone or in a talk. `answers`: item → level, or None for “rather not
    say”.

    This only writes: no result and no error depends on what the respondent has answered or whether they declined. They
    are told, and confirm or discard it with a code of their own. The round's history says who recorded for which
    partner, never what.
    """
    require(by is SYSTEM or may_record_for(by, respondent))
    current = _locked_respondent(respondent, can=can_be_recorded)
    if way not in RECORDED:
        raise ValidationError({"way": ValidationError(gettext("Choose how they answered."), code="required")})
    if not answers:
        raise ValidationError(gettext("Record at least one answer."), code="nothing_said")
    assert current.party is not None  # otherwise it could not be answered
    by_other_side = by is SYSTEM or not is_on_this_side_only(by, current.party)
    rows = [
        PendingAnswer(
            respondent=current,
            item=item,
            level=_valid_level(current.round, item, level, at=item),
            way=way,
            by=account_of(by),
        )
        for item, level in answers.items()
    ]
    is_kept = bool(current.kept_for)
    if not is_kept:
        current.pending_answers.filter(item__in=answers, by_other_side=by_other_side).delete()
        for row in rows:
            row.by_other_side, row.was_read_back, row.at = by_other_side, was_read_back, clock.now()
        PendingAnswer.objects.bulk_create(rows)
    if by_other_side:
        RoundSide.objects.filter(pk=current.side_id).update(has_recorded=True)
    log_change(current.round, by=by, verb="record", before={}, after={"recorded_for": str(current.party), "way": way})
    if not current.mark and not is_kept:
        events.answers_recorded(current)


def recorded_for(respondent: Respondent) -> QuerySet[PendingAnswer]:
    """What was recorded for a respondent, as their own code shows it.

    A code that a person from another side printed only shows what another side recorded, since that person could read
    along.
    """
    rows = respondent.pending_answers.order_by("by_other_side", "pk")
    return rows.filter(by_other_side=True) if respondent.code_by_other_side else rows


@transaction.atomic
def confirm_answers(*, respondent: Respondent, seen: Collection[int] | None = None) -> None:
    """Turn what was recorded for a respondent into their own answers, for items that they haven't answered themselves.

    Call it for a respondent who used a code of their own. Like every answer, it undoes a decline. `seen`: primary keys
    of the PendingAnswers that they saw; anything recorded since stays pending. None: all.
    """
    current = _locked_respondent(respondent)
    own = set(current.answers.values_list("item", flat=True))
    rows = _pending_of(current, seen)
    for one in rows:
        if one.item not in own:
            by_other_side = one.by_other_side or current.code_by_other_side
            more = {"way": one.way, "taken_by": one.by, "by_other_side": by_other_side}
            _save(current, one.item, {"level": one.level}, **more, was_read_back=one.was_read_back)
            own.add(one.item)
    current.pending_answers.filter(pk__in=[one.pk for one in rows]).delete()


@transaction.atomic
def discard_answers(*, respondent: Respondent, seen: Collection[int] | None = None) -> None:
    """Discard what was recorded for a respondent. `seen`: as in `confirm_answers`."""
    current = _locked_respondent(respondent)
    current.pending_answers.filter(pk__in=[one.pk for one in _pending_of(current, seen)]).delete()


def _pending_of(respondent: Respondent, seen: Collection[int] | None) -> list[PendingAnswer]:
    rows = recorded_for(respondent)
    return list(rows if seen is None else rows.filter(pk__in=seen))
