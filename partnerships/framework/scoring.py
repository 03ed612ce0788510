"""The scores of a round, written once from its answers. From then on nothing reads an answer but its author."""

from collections import defaultdict

from partnerships.framework.catalogue import INTENSITY
from partnerships.framework.gaps import Given, score
from partnerships.framework.models import Answer, PendingAnswer, SharedWord, SideScore, TieAnswer, TieScore
from partnerships.framework.rules import lost_place


def write_scores(round) -> None:
    """Writes each side's score for each item, and the words that were to be shown; erases the answers where the round says so.

    Call it under the round's lock, once.
    """
    counting = _who_counts(round)
    _take_over_recorded(counting)
    answers = list(Answer.objects.filter(respondent__in=counting).select_related("respondent"))
    for side in round.sides.all():
        of_side = [answer for answer in answers if answer.respondent.side_id == side.pk]
        keeps_back = side.respondents.filter(keeps_back=True).exists()
        declined = [Given(None)] * side.respondents.filter(declined_at__isnull=False).count()
        SideScore.objects.bulk_create(
            [_row(side, item, of_side, declined, keeps_back) for item in round.items.values()]
        )
        is_kept = keeps_back and side.is_on_record
        SharedWord.objects.bulk_create([] if is_kept else _words(side, of_side))
    _write_tie_scores(round, counting)
    PendingAnswer.objects.filter(respondent__round=round).delete()
    if round.erases_answers:
        Answer.objects.filter(respondent__round=round).delete()
        TieAnswer.objects.filter(respondent__round=round).delete()


def _who_counts(round) -> list[int]:
    """The places whose answers count: of people who have left since, only those who had finished."""
    places = round.respondents.select_related("party__partnership", "party__department")
    return [place.pk for place in places if place.finished_at or not lost_place(place)]


def _take_over_recorded(counting):
    """What someone of their own side recorded counts where people have not answered themselves, and have not declined. What
    another side recorded and they didn't confirm goes."""
    rows = PendingAnswer.objects.filter(respondent__in=counting, respondent__declined_at=None, by_other_side=False)
    own = set(Answer.objects.filter(respondent__in=counting).values_list("respondent", "item"))
    Answer.objects.bulk_create(
        Answer(
            respondent_id=one.respondent_id,
            item=one.item,
            level=one.level,
            way=one.way,
            taken_by_id=one.by_id,
            was_read_back=one.was_read_back,
            at=one.at,
        )
        for one in rows
        if (one.respondent_id, one.item) not in own
    )


def _row(side, item, answers, declined, keeps_back):
    given = [Given(answer.level, counts=not answer.by_other_side) for answer in answers if answer.item == item.key]
    found = score(side.asked, [*given, *declined], keeps_back=keeps_back, top=item.top)
    return SideScore(side=side, item=item.key, **vars(found))


def _words(side, answers):
    """In the order of the words themselves, so that their order says nothing of who wrote them."""
    shared = [a for a in answers if a.shares_words and (a.comment or a.evidence)]
    rows = sorted({(a.item, a.comment, a.evidence) for a in shared})
    return [SharedWord(side=side, item=item, text=text, evidence=evidence) for item, text, evidence in rows]


def _write_tie_scores(round, counting):
    """A row for each side, or for closeness each party, and each party of which somebody there said something."""
    given = defaultdict(list)
    sides = {side.pk: side for side in round.sides.all()}
    kept = set(round.respondents.filter(keeps_back=True).values_list("side", flat=True))
    answers = TieAnswer.objects.filter(respondent__in=counting).exclude(respondent__party=None)
    for answer in answers.select_related("respondent"):
        place = answer.respondent
        by = (place.party_id, place.of_party) if answer.item == INTENSITY else (None, sides[place.side_id].asked)
        given[place.side_id, *by, answer.about_id, answer.item].append(Given(answer.level))
    rows = []
    for (side, by, asked, about, key), levels in sorted(given.items(), key=str):
        item = round.ties[key]
        keeps_back = side in kept and sides[side].is_on_record
        found = score(asked, levels, keeps_back=keeps_back, top=item.top, bottom=item.bottom)
        rows.append(TieScore(side_id=side, by_id=by, about_id=about, item=key, **vars(found)))
    TieScore.objects.bulk_create(rows)
