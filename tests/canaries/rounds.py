"""Canaries of rounds: one that has opened, with comments and a response, and one that is open, with an answer."""

from datetime import timedelta

from partnerships.assessment import answering, canceling, notes, publishing, rounds
from partnerships.assessment.portfolios import start_portfolio
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.models import Contact, Portfolio, Respondent, Round, SharedWord
from tests.factories import answer_the_rest, in_days


def plant(world):
    world.to |= dict.fromkeys(Contact.objects.filter(name="Asked desk").values_list("email", flat=True), "asked")
    world.to["desk@example.org"] = "asked"  # of the unlisted organization, which has no users to tell
    table, desk = world["table"], world["round place"].contact
    office = table.parties.get(jurisdiction=world.people.office)
    partner = table.parties.get(organization=world.people.organization)
    asked = [(office, world.people.editor), (partner, desk)]
    opened = _start(table, world.put("round.title") or "Spring round", asked)
    first, second = opened.respondents.order_by("pk")
    shown = {"comment": world.put("sharedword.text"), "evidence": world.put("sharedword.evidence")}
    answering.save_answer(respondent=first, item="decisions", fields={"level": 4})
    answering.save_answer(respondent=second, item="decisions", fields={"level": 1})
    for place in (first, second):
        answer_the_rest(place)
        answering.finish(respondent=place)
    if world.has("responsenote.text"):
        opened.refresh_from_db()
        notes.save_response(survey_round=opened, by=SYSTEM, item="decisions", text=world.put("responsenote.text"))
    Round.objects.filter(pk=opened.pk).update(source=world.put("round.source"))
    # As if five people of the side had chosen to show them.
    SharedWord.objects.create(
        side=opened.sides.first(), item="decisions", text=shown["comment"], evidence=shown["evidence"]
    )
    opened.refresh_from_db()
    publishing.decide(
        survey_round=opened, by=SYSTEM, party=partner, agrees=False, reply=world.put("publishingword.reply")
    )
    world.records["round of the table"], world.partners_party = opened, partner
    together = {
        "title": world.put("portfolio.title") or "Many rounds",
        "closes_on": in_days(20),
        "erases_answers": True,
    }
    portfolio = start_portfolio(partnerships=[table], by=world.people.editor, fields=together)
    Portfolio.objects.filter(pk=portfolio.pk).update(source=world.put("portfolio.source"), finished_at=clock.now())
    portfolio.places.update(problem=world.put("portfolioplace.problem") or "Why not", done_at=clock.now())
    world.records["portfolio of the table"] = portfolio
    Round.objects.filter(pk=opened.pk).update(opened_at=clock.now() - timedelta(days=61))
    again = _start(table, "Fall round", asked)
    kept = {name: world.put(f"answer.{name}") for name in ("comment", "evidence")}
    place = again.respondents.get(person=world.people.editor)
    answering.save_answer(respondent=place, item="decisions", fields={"level": 2, **kept})
    world.records["open round of the table"] = again
    asked_by_code = again.respondents.exclude(contact=None).first()
    name = world.put("respondent.name") or "Porch"
    Respondent.objects.create(
        round=again, side=asked_by_code.side, party=asked_by_code.party, name=name, mark="0" * 40, of_party=1
    )
    why = world.put("cancellation.why") or "Too early"
    canceling.cancel_round(survey_round=again, by=world.people.editor, why=why)


def _start(table, title, asked):
    fields = {"title": title, "closes_on": in_days(20)}
    return rounds.start_round(partnership=table, by=SYSTEM, fields=fields, asked=asked)
