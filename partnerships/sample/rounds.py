"""Loads the rounds of the made-up case.

One is answered and published and has a response, one is open, and in one the partners still name their respondents.
"""

from datetime import timedelta

from partnerships.accounts.models import Person
from partnerships.assessment import answering, catalog, notes, publishing, rounds
from partnerships.assessment.asking_queries import NO_PROPOSAL
from partnerships.assessment.models import Round
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.registry.models import SeatConsent
from partnerships.sample import illustration
from partnerships.sample.calendar import answerer, party_of
from partnerships.sample.run import MADE_UP, Run


def load_rounds(run: Run) -> None:
    strategy = run.records[illustration.STRATEGY["key"]]
    if Round.objects.filter(partnership=strategy, is_sample=True).exists():
        return
    # Respondents only count if their partner confirmed its seat long before the round (`eligibility`).
    agreed_at = clock.now() - timedelta(days=illustration.ROUND["agreed_days_ago"])
    SeatConsent.objects.filter(partnership=strategy).update(at=agreed_at)
    answered = _start_round(run, strategy, illustration.ROUND)
    for respondent, levels in zip(answered.respondents.order_by("pk"), illustration.ANSWERS, strict=True):
        for item, level in zip(catalog.items(), levels, strict=True):
            answering.save_answer(respondent=respondent, item=item, fields={"level": level})
    _rate_other_partners(run, strategy, answered)
    for respondent in answered.respondents.order_by("pk"):
        answering.finish(respondent=respondent)
    answered.refresh_from_db()
    for key, reply in illustration.PUBLISHED_BY:
        publishing.decide(
            survey_round=answered, by=SYSTEM, party=party_of(run, strategy, key), agrees=True, reply=reply
        )
    answered.refresh_from_db()
    item, text = illustration.RESPONSE
    notes.save_response(survey_round=answered, by=SYSTEM, item=item, text=text)
    # The same questions can be asked again 60 days after the answers of a round opened.
    opened_at = clock.now() - timedelta(days=illustration.ROUND["opened_days_ago"])
    Round.objects.filter(pk=answered.pk).update(opened_at=opened_at)
    _start_round(run, strategy, illustration.NEXT_ROUND)
    _open_naming(run, strategy)


def _rate_other_partners(run, strategy, survey_round):
    respondents = list(survey_round.respondents.order_by("pk"))
    for numbers, key, *columns in illustration.TIE_ANSWERS:
        for number, levels in zip(numbers, zip(*columns, strict=True), strict=True):
            levels_by_item = dict(zip(catalog.TIE_ITEMS, levels, strict=True))
            answering.save_tie_answers(
                respondent=respondents[number], party=party_of(run, strategy, key), levels=levels_by_item
            )


def _start_round(run, strategy, row):
    asked = []
    for email, key in illustration.ASKED:
        (someone,) = answerer(email).values()
        asked.append((party_of(run, strategy, key), someone))
    fields = {"title": row["title"], "closes_on": run.day(row["closes"])}
    run.new["rounds"] += 1
    return rounds.start_round(partnership=strategy, by=SYSTEM, fields=fields | MADE_UP, asked=asked)


def _open_naming(run, strategy):
    """Start a round as a member of the city's staff, so that the partners' own editors name their respondents."""
    row = illustration.ROLL
    asked = [(party_of(run, strategy, key), *answerer(email).values()) for email, key in illustration.ROLL_NAMED]
    asked += [(party_of(run, strategy, key), NO_PROPOSAL) for key in illustration.ROLL_ASKED]
    fields = {"title": row["title"], "asks": row["asks"], "closes_on": run.day(row["closes"])}
    by = Person.objects.get(email=row["by"])
    run.new["rounds"] += 1
    rounds.start_round(partnership=strategy, by=by, fields=fields | MADE_UP, asked=asked)
