"""The scores of a round, written once from its answers. After that only its author reads an answer."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence

from django.db.models import Q, QuerySet

from partnerships.assessment.catalog import INTENSITY, Item
from partnerships.assessment.choices import ANSWERED, FEW, MEDIAN_FROM, SCORE_FROM, ScoreState
from partnerships.assessment.entered_organizations import unvouched_parties
from partnerships.assessment.gaps import Given, Score, one_standing, score
from partnerships.assessment.models import (
    Answer,
    PendingAnswer,
    Respondent,
    Round,
    RoundSide,
    SharedWord,
    SideScore,
    TieAnswer,
    TieScore,
)
from partnerships.assessment.rules import lost_reason
from partnerships.mail.message import mailbox_of
from partnerships.mail.suppressions import digest_of


def write_scores(survey_round: Round) -> None:
    """Write each side's score for each item and the comments to be shown. Erases the answers if the round says so.

    Call it once, under the lock of the round.
    """
    counting = _counting_respondents(survey_round)
    _take_over_recorded(counting)
    who = ("respondent__person", "respondent__contact", "taken_by")
    answers = list(
        Answer.objects.filter(respondent__in=counting).select_related(*who).prefetch_related("respondent__objections")
    )
    _mark_who_took_part(survey_round, counting)
    unvouched = set(unvouched_parties(survey_round))
    for side in survey_round.sides.all():
        side.bands_only = _has_hardly_changed(survey_round, side)
        side.has_unvouched = side.respondents.filter(party__in=unvouched).exists()
        of_side = [answer for answer in answers if answer.respondent.side_id == side.pk]
        keeps_back = side.respondents.filter(keeps_back=True).exists()
        declined = [Given(None)] * side.respondents.filter(declined_at__isnull=False).count()
        scores = {
            item.key: _side_score(side, item, of_side, declined, keeps_back, unvouched)
            for item in survey_round.items.values()
        }
        side.standing = ""
        if side.asked and len({answer.respondent_id for answer in of_side}) < SCORE_FROM:
            side.standing = one_standing(list(scores.values()), asked=side.asked, keeps_back=keeps_back)
        if side.standing not in ("", ScoreState.SHOWN):
            nothing = Score(ScoreState.NO_SCORE, answered=int(side.standing in ANSWERED))
            scores = dict.fromkeys(scores, nothing)
        side.save(update_fields=["bands_only", "has_unvouched", "standing"])
        SideScore.objects.bulk_create(SideScore(side=side, item=key, **vars(one)) for key, one in scores.items())
        SharedWord.objects.bulk_create([] if keeps_back else _comments_to_show(side, of_side))
    _write_tie_scores(survey_round, counting, unvouched)
    PendingAnswer.objects.filter(respondent__round=survey_round).delete()
    if survey_round.erases_answers:
        Answer.objects.filter(respondent__round=survey_round).delete()
        TieAnswer.objects.filter(respondent__round=survey_round).delete()


def _counting_respondents(survey_round: Round) -> list[int]:
    """The respondents whose answers count: of people who have left since, only those who had finished."""
    respondents = survey_round.respondents.exclude(person=None, contact=None, mark="", kept_for="").select_related(
        "party__partnership", "party__department", "contact"
    )
    return [respondent.pk for respondent in respondents if respondent.finished_at or not lost_reason(respondent)]


def _mark_who_took_part(survey_round: Round, counting: Sequence[int]) -> None:
    """Set `took_part` and `digest` of respondents with an answer. `counting`: those whose answers count, by primary key."""
    answers, of_ties = (
        model.objects.filter(respondent__in=counting).values("respondent") for model in (Answer, TieAnswer)
    )
    took_part = survey_round.respondents.filter(Q(pk__in=answers) | Q(pk__in=of_ties))
    for respondent in took_part.select_related("person", "contact"):
        digest = respondent.digest or respondent.mark or digest_of(respondent.address)
        Respondent.objects.filter(pk=respondent.pk).update(took_part=True, digest=digest)


def _has_hardly_changed(survey_round: Round, side: RoundSide) -> bool:
    """Whether only one or two people differ between this side and the side in an earlier round.

    Then two exact scores next to each other could reveal their answers.
    """
    sides = RoundSide.objects.filter(round__in=_earlier_rounds(survey_round), key=side.key)
    now = _who_took_part([side])[side.pk]
    return any(_differ_by_few(now, was) for was in _who_took_part(sides).values())


def _parties_hardly_changed(survey_round: Round) -> set[int]:
    """The keys of the partners whose people differ from those in an earlier round by only one or two.

    A partner's people report together how closely it works with others, so two of its scores could reveal answers as those of
    a side could (`_has_hardly_changed`).
    """
    respondents = Respondent.objects.filter(
        round__in=[survey_round, *_earlier_rounds(survey_round)], took_part=True
    ).exclude(party=None)
    people: dict = defaultdict(set)
    for respondent in respondents.select_related("person", "contact"):
        people[respondent.round_id, respondent.party_id].add(_same_person(respondent))
    return {
        party
        for (pk, party), was in people.items()
        if pk != survey_round.pk and _differ_by_few(people.get((survey_round.pk, party), set()), was)
    }


def _earlier_rounds(survey_round: Round) -> QuerySet[Round]:
    rows = Round.objects.filter(
        partnership=survey_round.partnership_id, asks=survey_round.asks, opened_at__isnull=False
    )
    return rows.exclude(pk=survey_round.pk)


def _differ_by_few(now: set[str], was: set[str]) -> bool:
    """Whether exactly one or two people differ between two small sets of people (from `_same_person`).

    An erased person, a number in `was`, may be any of the current ones, so the smallest possible difference counts.
    """
    differ, erased = len(now ^ was), sum(isinstance(one, int) for one in was)
    least = differ - 2 * min(erased, len(now - was))
    return min(len(now), len(was)) < FEW and differ >= 1 and least <= 2


def _who_took_part(sides: Iterable[RoundSide]) -> dict[int, set]:
    """Side's key → those who took part. A person who was a contact and later has an account is one person."""
    found: dict = {side.pk: set() for side in sides}
    respondents = Respondent.objects.filter(side__in=found, took_part=True).select_related("person", "contact")
    for respondent in respondents:
        found[respondent.side_id].add(_same_person(respondent))
    return found


def _same_person(respondent: Respondent) -> str | int:
    """The same value in two rounds for the same person, from their address or number at the time.

    For an erased person, the primary key of the respondent.
    """
    return (
        respondent.digest or respondent.mark or (digest_of(respondent.address) if respondent.address else respondent.pk)
    )


def erase_answers(respondents: QuerySet[Respondent]) -> None:
    """Erase a person's part in rounds.

    In rounds that haven't opened, the respondent is deleted with their answers. In opened rounds the row stays without
    the person, so that what everyone has read since doesn't change.
    """
    respondents.filter(round__opened_at=None).delete()
    for model in (Answer, TieAnswer):
        model.objects.filter(respondent__in=respondents).delete()
    respondents.update(person=None, contact=None, digest="")


def _as_given(answer: Answer, unvouched: Container[int]) -> Given:
    recorder = answer.taken_by
    who = {"by": answer.respondent.address, "recorded_by": mailbox_of(recorder.email) if recorder else ""}
    counts = not answer.by_other_side and not answer.respondent.objections.all()
    is_unvouched = answer.respondent.party_id in unvouched
    return Given(answer.level, counts=counts, was_recorded=answer.by_other_side, is_unvouched=is_unvouched, **who)


def _take_over_recorded(counting: Sequence[int]) -> None:
    """Count what a person's own side recorded for them, if they haven't answered themselves or declined.

    What another side recorded and they didn't confirm is dropped.
    """
    rows = PendingAnswer.objects.filter(respondent__in=counting, respondent__declined_at=None, by_other_side=False)
    rows = rows.select_related("respondent")
    own = set(Answer.objects.filter(respondent__in=counting).values_list("respondent", "item"))
    Answer.objects.bulk_create(
        Answer(
            respondent_id=one.respondent_id,
            item=one.item,
            level=one.level,
            way=one.way,
            taken_by_id=one.by_id,
            by_other_side=one.respondent.code_by_other_side,
            was_read_back=one.was_read_back,
            at=one.at,
        )
        for one in rows
        if (one.respondent_id, one.item) not in own
    )


def _side_score(
    side: RoundSide,
    item: Item,
    answers: Sequence[Answer],
    declined: Sequence[Given],
    keeps_back: bool,
    unvouched: Container[int],
) -> Score:
    given = [_as_given(answer, unvouched) for answer in answers if answer.item == item.key]
    return score(side.asked, [*given, *declined], keeps_back=keeps_back, bands_only=side.bands_only, top=item.top)


def _comments_to_show(side: RoundSide, answers: Sequence[Answer]) -> list[SharedWord]:
    """The comments to show, for items that MEDIAN_FROM people have answered.

    They are sorted by their text, so that the order doesn't reveal who wrote them. Comments given with a code that
    another side printed are left out, since that side could have written them.
    """
    answers = [a for a in answers if not a.by_other_side]
    many = Counter(a.item for a in answers if a.level is not None)
    shared = [a for a in answers if a.shares_words and (a.comment or a.evidence) and many[a.item] >= MEDIAN_FROM]
    rows = sorted({(a.item, a.comment, a.evidence) for a in shared})
    return [SharedWord(side=side, item=item, text=text, evidence=evidence) for item, text, evidence in rows]


def _write_tie_scores(survey_round: Round, counting: Sequence[int], unvouched: Container[int]) -> None:
    """A row for each side (for closeness, each party) and each party about which its people said anything."""
    given = defaultdict(list)
    sides = {side.pk: side for side in survey_round.sides.all()}
    kept = set(survey_round.respondents.filter(keeps_back=True).values_list("side", flat=True))
    answers = TieAnswer.objects.filter(respondent__in=counting).exclude(respondent__party=None)
    for answer in answers.select_related("respondent"):
        respondent = answer.respondent
        by = (
            (respondent.party_id, respondent.of_party)
            if answer.item == INTENSITY
            else (None, sides[respondent.side_id].asked)
        )
        one = Given(answer.level, is_unvouched=respondent.party_id in unvouched)
        given[respondent.side_id, *by, answer.about_id, answer.item].append(one)
    rows, hardly_changed = [], _parties_hardly_changed(survey_round) if given else set()
    for (side, by, asked, about, key), levels in sorted(given.items(), key=str):
        item = survey_round.ties[key]
        more = {"keeps_back": side in kept, "bands_only": sides[side].bands_only or by in hardly_changed}
        found = score(asked, levels, **more, top=item.top, bottom=item.bottom)
        rows.append(TieScore(side_id=side, by_id=by, about_id=about, item=key, **vars(found)))
    TieScore.objects.bulk_create(rows)
