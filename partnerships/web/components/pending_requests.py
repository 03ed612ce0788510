"""Lists what waits for a person, for the pages of their account and of their organization."""

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from partnerships.accounts.claim_rules import claims_waiting_for
from partnerships.accounts.models import Claim
from partnerships.assessment import catalog, queries
from partnerships.core.listing import count_and_oldest
from partnerships.directory.models import Identifier
from partnerships.directory.rules import identifiers_to_check, suggestions_waiting_for
from partnerships.notifications import link_queries
from partnerships.registry import sides
from partnerships.web.components.partnerships import partnership_url
from partnerships.web.frame.words import day


def requests_to(person, organization=None) -> list[dict]:
    """What is asked of the person, for all memberships or for one organization only.

    Rows have title, url, line and is_illustration, and for the home page what (the title without the partnership),
    partnership, whose, step (the words of a button), and due_on or since.
    """
    body = {"organization": organization} if organization else {}
    rows = [_round_row(respondent) for respondent in queries.rounds_to_answer(person)] if organization is None else []
    to_name, to_decide = queries.requests_to_partners(person, **body)
    rows += [_naming_row(partner) for partner in to_name]
    to_state, invited = sides.requests_to_seats(person, **body)
    rows += [_statement_row(party) for party in to_state] + [_seat_row(party) for party in invited]
    rows += [_reply_row(reply) for reply in sides.statements_to_reply_to(person, **body)]
    rows += [_publishing_row(partner) for partner in to_decide]
    claims = claims_waiting_for(person) if organization is None else Claim.objects.none()
    numbers = identifiers_to_check(person) if organization is None else Identifier.objects.none()
    waiting = count_and_oldest(suggestion=suggestions_waiting_for(person, **body), claim=claims, number=numbers)
    number, oldest = waiting["suggestion"]
    words = ngettext("%(number)s suggestion to decide", "%(number)s suggestions to decide", number)
    step = ngettext("Review suggestion", "Review suggestions", number)
    rows += _waiting_rows(number, _page_of(number, oldest, "suggestion"), words, step)
    number, oldest = waiting["claim"]
    words = ngettext("%(number)s claim to decide", "%(number)s claims to decide", number)
    step = ngettext("Review the claim", "Review the claims", number)
    rows += _waiting_rows(number, _page_of(number, oldest, "claim"), words, step)
    number, _oldest = waiting["number"]
    words = ngettext("%(number)s number to check", "%(number)s numbers to check", number)
    step = ngettext("Check the number", "Check the numbers", number)
    return rows + _waiting_rows(number, reverse("numbers_to_check"), words, step)


def _request_row(party, what, url, line, *, step, due_on=None, since=None):
    """A request to a party as a row of the home page."""
    partnership = party.partnership
    return {
        "title": f"{what} {partnership.title}",
        "what": what.rstrip(":"),
        "partnership": partnership,
        "whose": gettext("For %(party)s") % {"party": party},
        "url": url,
        "line": line,
        "step": step,
        "due_on": due_on,
        "since": since,
        "is_illustration": partnership.is_illustration,
    }


def _round_row(respondent):
    url = reverse("answer_round", args=[link_queries.link_to(respondent)])
    closes_on = respondent.round.closes_on
    line = gettext("Until %(day)s. You answer for %(party)s.") % {"day": day(closes_on), "party": respondent.party}
    is_short = respondent.round.asks == catalog.ENGAGEMENT
    what = str(catalog.SAY.question) if is_short else gettext("How is the work going?")
    return _request_row(respondent.party, what, url, line, step=gettext("Answer questions"), due_on=closes_on)


def _naming_row(partner):
    survey_round = partner.side.round
    url = reverse("round_name", args=[survey_round.public_id, partner.party_id])
    until = survey_round.roll_closes_on
    line = gettext("Until %(day)s. If you name no one, no one answers for %(party)s.")
    line = line % {"day": day(until), "party": partner.party}
    what = gettext("Who answers for you?")
    return _request_row(partner.party, what, url, line, step=gettext("Name people"), due_on=until)


def _statement_row(party):
    url = partnership_url(party.partnership, "partners", "ours")
    asked_on = party.confirm_asked_on
    line = gettext("%(party)s was asked on %(day)s.") % {"party": party, "day": day(asked_on)}
    return _request_row(
        party, gettext("Is this record right?"), url, line, step=gettext("Review record"), since=asked_on
    )


def _seat_row(party):
    url = reverse("partnership_our_seat", args=[party.partnership.public_id])
    line = gettext("%(lead)s invited %(party)s.") % {"lead": party.partnership.lead, "party": party}
    return _request_row(party, gettext("Confirm or decline your seat:"), url, line, step=gettext("Answer invitation"))


def _reply_row(reply):
    lead, public_on = reply.remark.lead or reply.party.partnership.lead, reply.remark.public_on
    line = gettext("Everyone can read it from %(day)s, with your reply next to it.") % {"day": day(public_on)}
    url = reverse("remark_reply", args=[reply.remark.pk])
    what = gettext("Reply to %(lead)s:") % {"lead": lead}
    return _request_row(reply.party, what, url, line, step=gettext("Write a reply"), due_on=public_on)


def _publishing_row(partner):
    survey_round, party = partner.side.round, partner.party
    url = reverse("round_publish", args=[survey_round.public_id, party.pk])
    line = gettext("%(party)s hasn’t answered yet.") % {"party": party}
    what = gettext("Publish “%(title)s”?") % {"title": survey_round.title}
    return _request_row(party, what, url, line, step=gettext("Decide"))


def _page_of(number, oldest, route) -> str:
    """Where to decide: the page of the only one, with this route and primary key, or with an “s” the list of all."""
    return reverse(route, args=[oldest]) if number == 1 else reverse(f"{route}s")


def _waiting_rows(number, url, words, step):
    """One row for all of this kind that wait for a decision, or none.

    `number`: how many wait. `words` has a place for the number. `step`: the words of the button, which leads to `url`.
    """
    if not number:
        return []
    what = words % {"number": number}
    row = {"title": what, "what": what, "url": url, "line": "", "step": step, "whose": ""}
    return [row | {"partnership": None, "due_on": None, "since": None}]
