"""The scores of a round, written once from its answers. From then on nothing reads an answer but its author."""

from partnerships.framework import catalogue
from partnerships.framework.gaps import Given, score
from partnerships.framework.models import Answer, SharedWord, SideScore


def write_scores(round) -> None:
    """Writes each side's score for each item, and the words that were to be shown; erases the answers where the round says so.

    Call it under the round's lock, once.
    """
    answers = list(Answer.objects.filter(respondent__round=round).select_related("respondent"))
    for side in round.sides.all():
        of_side = [answer for answer in answers if answer.respondent.side_id == side.pk]
        keeps_back = side.respondents.filter(keeps_back=True).exists()
        declined = [Given(None)] * side.respondents.filter(declined_at__isnull=False).count()
        SideScore.objects.bulk_create(
            [_row(side, item, of_side, declined, keeps_back) for item in catalogue.items(round.edition)]
        )
        is_kept = keeps_back and side.is_on_record
        SharedWord.objects.bulk_create([] if is_kept else _words(side, of_side))
    if round.erases_answers:
        Answer.objects.filter(respondent__round=round).delete()


def _row(side, item, answers, declined, keeps_back):
    given = [Given(answer.level, answer.by_other_side) for answer in answers if answer.item == item]
    found = score(side.asked, [*given, *declined], keeps_back=keeps_back)
    return SideScore(side=side, item=item, **vars(found))


def _words(side, answers):
    """In the order of the words themselves, so that their order says nothing of who wrote them."""
    shared = [a for a in answers if a.shares_words and (a.comment or a.evidence)]
    rows = sorted({(a.item, a.comment, a.evidence) for a in shared})
    return [SharedWord(side=side, item=item, text=text, evidence=evidence) for item, text, evidence in rows]
