"""Lists what waits for a person, for the pages of their account and of their organization."""

from django.urls import reverse

from partnerships.accounts.claim_rules import claims_waiting_for
from partnerships.assessment import catalog, publishing_queries, queries
from partnerships.directory.queries import suggestions_waiting_for
from partnerships.notifications import link_queries
from partnerships.registry import sides
from partnerships.web.partnerships.tabs import partnership_url
from partnerships.web.words import day


def requests_to(person, organization=None) -> list[dict]:
    """What is asked of the person, for all memberships or for one organization only.

    Rows have title, url, line and is_illustration, and for the home page what (the title without the partnership),
    partnership, whose, step (the words of a button), and due_on or since.
    """
    body = {"organization": organization} if organization else {}
    rows = [_answers(respondent) for respondent in queries.rounds_to_answer(person)] if organization is None else []
    to_state, invited = sides.asked_of(person, **body)
    rows += [_word(party) for party in to_state] + [_seat(party) for party in invited]
    rows += [_reply(reply) for reply in sides.statements_before(person, **body)]
    rows += [_publishing(*one) for one in publishing_queries.asked_to_publish(person, **body)]
    rows += _waiting(suggestions_waiting_for(person, **body), "suggestion")
    if organization is None:
        rows += _waiting(claims_waiting_for(person), "claim")
    return rows


def _about(party, what, url, line, *, step, due_on=None, since=None):
    partnership = party.partnership
    return {
        "title": f"{what} {partnership.title}",
        "what": what.rstrip(":"),
        "partnership": partnership,
        "whose": f"For {party}",
        "url": url,
        "line": line,
        "step": step,
        "due_on": due_on,
        "since": since,
        "is_illustration": partnership.is_illustration,
    }


def _answers(respondent):
    url = reverse("answer_round", args=[link_queries.link_to(respondent)])
    closes_on = respondent.round.closes_on
    line = f"Until {day(closes_on)}. You answer for {respondent.party}."
    is_short = respondent.round.asks == catalog.ENGAGEMENT
    what = catalog.SAY.question if is_short else "How is the work going?"
    return _about(respondent.party, what, url, line, step="Answer questions", due_on=closes_on)


def _word(party):
    url = partnership_url(party.partnership, "partners", "ours")
    asked_on = party.confirm_asked_on
    line = f"{party} was asked on {day(asked_on)}."
    return _about(party, "Is this record right?", url, line, step="Review record", since=asked_on)


def _seat(party):
    url = reverse("partnership_our_seat", args=[party.partnership.public_id])
    line = f"{party.partnership.lead} invited {party}."
    return _about(party, "Confirm or decline your seat:", url, line, step="Answer invitation")


def _reply(reply):
    lead, public_on = reply.party.partnership.lead, reply.remark.public_on
    line = f"Everyone can read it from {day(public_on)}, with your reply next to it."
    url = reverse("remark_reply", args=[reply.remark.pk])
    return _about(reply.party, f"Reply to {lead}:", url, line, step="Write a reply", due_on=public_on)


def _publishing(survey_round, party):
    url = reverse("round_publish", args=[survey_round.public_id, party.pk])
    line = f"{party} hasn’t answered yet."
    return _about(party, f"Publish “{survey_round.title}”?", url, line, step="Decide")


def _waiting(waiting, what):
    """A row for what waits for a decision, which leads to it if it's the only one."""
    number, oldest = waiting
    if not number:
        return []
    if number == 1:
        words, step, url = f"1 {what} to decide", f"Review {what}", reverse(what, args=[oldest])
    else:
        words, step, url = f"{number} {what}s to decide", f"Review {what}s", reverse(f"{what}s")
    row = {"title": words, "what": words, "url": url, "line": "", "step": step, "whose": ""}
    return [row | {"partnership": None, "due_on": None, "since": None}]
