"""Whether everyone may read what both sides said: each party that was asked says so for itself, and can take it back."""

from django.db import transaction

from partnerships.assessment.models import PublishingWord
from partnerships.assessment.rounds import snapshot as of_round
from partnerships.assessment.rules import may_agree_to_publish
from partnerships.core import clock
from partnerships.core.access import require
from partnerships.core.plain import fields_of
from partnerships.core.withdrawals import withdrawn
from partnerships.core.writing import change


def snapshot(round) -> dict:
    words = round.publishing_words.order_by("party").select_related("party")
    return of_round(round) | {
        f"publishing {word.party_id}": fields_of(word, leave_out=("round", "by", "at")) for word in words
    }


@transaction.atomic
def say(*, round, by, party, agrees, reply="", version=None):
    """What a party says: that everyone may read the round or not, and its own words beside it. Again, to say it anew."""
    require(by is None or may_agree_to_publish(by, round, party))
    with change(round, by=by, verb="publish", snapshot=snapshot, version=version) as writing:
        word = PublishingWord.objects.filter(round=writing.record, party=party).first()
        word = word or PublishingWord(round=writing.record, party=party)
        if (word.pk, word.agrees, word.reply) != (word.pk or 0, agrees, reply):
            word.agrees, word.reply, word.by, word.at = agrees, reply, by, clock.now()
            word.full_clean(exclude=["by"])
            word.save()
    withdrawn(round=[writing.record.pk])
    return writing.record
