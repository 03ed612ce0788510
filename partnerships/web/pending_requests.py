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
    """Rows (title, url, line, is_illustration) for all memberships of the person, or for one organization only."""
    body = {"organization": organization} if organization else {}
    rows = [_answers(respondent) for respondent in queries.rounds_to_answer(person)] if organization is None else []
    rows += [_word(party) for party in sides.open_requests_of(person, **body)]
    rows += [_seat(party) for party in sides.invited_seats_of(person, **body)]
    rows += [_reply(reply) for reply in sides.statements_before(person, **body)]
    rows += [_publishing(*one) for one in publishing_queries.asked_to_publish(person, **body)]
    rows += _waiting(suggestions_waiting_for(person, **body), "suggestion", "suggestions")
    if organization is None:
        rows += _waiting(claims_waiting_for(person), "claim", "claims")
    return rows


def _about(party, what, url, line):
    partnership = party.partnership
    title = f"{what} {partnership.title}"
    return {"title": title, "url": url, "line": line, "is_illustration": partnership.is_illustration}


def _answers(respondent):
    url = reverse("answer_round", args=[link_queries.link_to(respondent)])
    line = f"Until {day(respondent.round.closes_on)}. You answer for {respondent.party}."
    is_short = respondent.round.asks == catalog.ENGAGEMENT
    return _about(respondent.party, catalog.SAY.question if is_short else "How is the work going?", url, line)


def _word(party):
    url = partnership_url(party.partnership, "partners", "ours")
    return _about(party, "Is this record right?", url, f"{party} was asked on {day(party.confirm_asked_on)}.")


def _seat(party):
    url = reverse("partnership_our_seat", args=[party.partnership.public_id])
    return _about(party, "Confirm or decline your seat:", url, f"{party.partnership.lead} invited {party}.")


def _reply(reply):
    lead, remark = reply.party.partnership.lead, reply.remark
    line = f"Everyone can read it from {day(remark.public_on)}, with your reply next to it."
    return _about(reply.party, f"Reply to {lead}:", reverse("remark_reply", args=[remark.pk]), line)


def _publishing(survey_round, party):
    url = reverse("round_publish", args=[survey_round.public_id, party.pk])
    return _about(party, f"Publish “{survey_round.title}”?", url, f"{party} hasn’t answered yet.")


def _waiting(number, what, page):
    words = f"{number} {what}{'s' if number > 1 else ''} to decide"
    return [{"title": words, "url": reverse(page), "line": ""}] if number else []
