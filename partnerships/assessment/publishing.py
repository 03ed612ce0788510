"""Whether everyone may read both sides' scores: each asked party decides for itself, and can change its mind.

A party without editors decides by a personal link (`agreement_links`).
"""

from django.db import transaction

from partnerships.assessment import events
from partnerships.assessment.agreement_links import require_unanswered
from partnerships.assessment.choices import Agreement
from partnerships.assessment.models import AskedParty, PublishingWord, Round
from partnerships.assessment.rounds import snapshot as of_round
from partnerships.assessment.rules import may_agree_to_publish
from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.snapshots import snapshot_fields
from partnerships.core.withdrawals import withdrawn
from partnerships.core.writing import ChangeContext, change
from partnerships.directory.models import Contact
from partnerships.registry.models import Party
from partnerships.registry.statement_links import BY_LINK


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
        _save_word(writing.record, party, by=by, agrees=agrees, reply=reply)
    _call_listeners(writing, agrees)
    return writing.record


@transaction.atomic
def decide_by_link(*, partner: AskedParty, contact: Contact, mark: str, agrees: bool, reply: str = "") -> Round:
    """`decide` for a partner without editors, by the personal link of its contact."""
    with change(partner.side.round, by=SYSTEM, verb="publish", snapshot=snapshot, why=BY_LINK) as writing:
        partner = require_unanswered(partner, contact, Agreement.PUBLISH, mark)
        assert partner.party is not None  # it has a contact
        _save_word(writing.record, partner.party, by=SYSTEM, agrees=agrees, reply=reply)
    _call_listeners(writing, agrees)
    if writing.changed:
        events.agreement_answered(partner, Agreement.PUBLISH)
    return writing.record


def _save_word(survey_round: Round, party: Party, *, by: Author, agrees: bool, reply: str) -> None:
    word = PublishingWord.objects.filter(round=survey_round, party=party).first()
    word = word or PublishingWord(round=survey_round, party=party)
    if (word.pk, word.agrees, word.reply) != (word.pk or 0, agrees, reply):
        word.agrees, word.reply, word.by, word.at = agrees, reply, account_of(by), clock.now()
        word.full_clean(exclude=["by"])
        word.save()


def _call_listeners(writing: ChangeContext[Round], agrees: bool) -> None:
    withdrawn(round=[writing.record.pk])
    if writing.changed and agrees:
        events.publishing_agreed(writing.record)
