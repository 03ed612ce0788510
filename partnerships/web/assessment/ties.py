"""The optional second page of a round, on which a respondent rates the other partners.

Also the words for what both sides said about each other.
"""

from django.shortcuts import redirect, render
from django.utils.translation import gettext

from partnerships.assessment import answering, tie_queries
from partnerships.assessment.rules import other_parties
from partnerships.core.errors import NotFound, ValidationError
from partnerships.notifications import link_queries, links
from partnerships.web.assessment.forms import TieForm
from partnerships.web.components.round_words import closeness_words, side_name
from partnerships.web.frame import page_language
from partnerships.web.frame.editing import add_errors
from partnerships.web.frame.private_pages import private_page


@private_page(links.ROUND)
def answer_ties(request, link):
    respondent = link_queries.respondent_of(link)
    others = other_parties(respondent) if answering.can_be_answered(respondent) else []
    if not others:
        raise NotFound
    refused, typed = None, {}
    about = next((party for party in others if str(party.pk) == request.POST.get("party")), None)
    if about is not None and page_language.SWITCH in request.POST:
        typed = page_language.typed(TieForm(request.POST, items=respondent.round.ties.values(), prefix=str(about.pk)))
    elif request.method == "POST" and about is not None:
        refused = _save(respondent, about, request.POST)
        if refused is None:
            numbers = [party.pk for party in others]
            following = numbers.index(about.pk) + 2
            here = f"{request.path}{page_language.query(request)}"
            return redirect(f"{here}#party-{following}" if following <= len(others) else f"{here}#end")
    answers: dict = {}
    for answer in respondent.tie_answers.all():
        answers.setdefault(answer.about_id, {})[answer.item] = str(answer.level)
    is_reader = link_queries.is_reader(respondent, request.user)
    first = next((party for party in others if party.pk not in answers), None)
    steps = [
        {
            "party": party,
            "is_said": party.pk in answers,
            "is_open": party == (about if refused or typed else first),
            "form": refused
            if refused and party == about
            else _form(
                respondent, party, typed if party == about and typed else answers.get(party.pk) if is_reader else None
            ),
        }
        for party in others
    ]
    context = {
        "respondent": respondent,
        "round": respondent.round,
        "steps": steps,
        "is_reader": is_reader,
        "form": refused,
    }
    context["switch_form"] = gettext("Save and go on") if any(step["is_open"] for step in steps) else ""
    context["token"] = request.resolver_match.kwargs["token"]
    return render(request, "by_link/ties.html", context, status=422 if refused else 200)


def _form(respondent, party, answers):
    return TieForm(items=respondent.round.ties.values(), answers=answers, prefix=str(party.pk))


def _save(respondent, party, data):
    """Save the answers about a party. Returns None, or the form if it has errors."""
    form = TieForm(data, items=respondent.round.ties.values(), prefix=str(party.pk))
    if form.is_valid():
        try:
            answering.save_tie_answers(respondent=respondent, party=party, levels=form.levels())
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            return None
    return form


def seen(person, seen_round, own_sides) -> dict:
    """Context for the page of an opened round: how each side rates a party, and pairs that work together."""
    names = {side.side.key: side_name(side) for side in seen_round.sides}
    found = tie_queries.ties_seen(person, seen_round.round, own_sides)
    return {
        "opinions": [
            (one.about, one.side, names[one.side], _rating_words(one.trust, one), _rating_words(one.value, one))
            for one in found.opinions
        ],
        "close": [
            (*one.parties, *(closeness_words(*pair) for pair in zip(one.levels, one.is_approximate, strict=True)))
            for one in found.close
        ],
    }


def _rating_words(number, opinion) -> str:
    if number is None:
        return gettext("Not enough answers")
    words = gettext("about %(number)s of 4") if opinion.is_approximate else gettext("%(number)s of 4")
    return words % {"number": f"{number:g}"}
