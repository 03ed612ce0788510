"""Whether everyone may read both sides' scores: each asked party decides for itself, and can change its mind."""

from django.db import transaction

from partnerships.assessment.models import PublishingWord, Round
from partnerships.assessment.rounds import snapshot as of_round
from partnerships.assessment.rules import may_agree_to_publish
from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.snapshots import snapshot_fields
from partnerships.core.withdrawals import withdrawn
from partnerships.core.writing import change
from partnerships.registry.models import Party


def snapshot(survey_round: Round) -> dict:
    words = survey_round.publishing_words.order_by("party").select_related("party")
    return of_round(survey_round) | {
        f"publishing {word.party_id}": snapshot_fields(word, leave_out=("round", "by", "at")) for word in words
    }


@transaction.atomic
def decide(
    *, survey_round: Round, by: Author, party: Party, agrees: bool, reply: str = "", version: int | None = None
) -> Round:
    """Save what a party decides: whether everyone may read the round, and its own words next to it.

    Again, to change it.
    """
    require(by is SYSTEM or may_agree_to_publish(by, survey_round, party))
    with change(survey_round, by=by, verb="publish", snapshot=snapshot, version=version) as writing:
        word = PublishingWord.objects.filter(round=writing.record, party=party).first()
        word = word or PublishingWord(round=writing.record, party=party)
        if (word.pk, word.agrees, word.reply) != (word.pk or 0, agrees, reply):
            word.agrees, word.reply, word.by, word.at = agrees, reply, account_of(by), clock.now()
            word.full_clean(exclude=["by"])
            word.save()
    withdrawn(round=[writing.record.pk])
    return writing.record
