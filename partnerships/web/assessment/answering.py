"""Answers in a survey round through the link in an email, without an account.

Each item is saved at once. web/frame/private_pages.py handles the link.
"""

from django.contrib.auth.models import AnonymousUser
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from partnerships.assessment import (
    answering,
    entered_organizations,
    queries,
    respondent_queries,
    score_queries,
    suggested_levels,
)
from partnerships.assessment.choices import MEDIAN_FROM
from partnerships.assessment.models import Answer
from partnerships.assessment.rules import compared_sides, other_parties
from partnerships.core.errors import ValidationError
from partnerships.core.ids import primary_key
from partnerships.notifications import link_queries, links
from partnerships.web.assessment import ties
from partnerships.web.assessment.forms import AnswerForm
from partnerships.web.components.round_words import shown
from partnerships.web.frame import page_language
from partnerships.web.frame.editing import add_errors
from partnerships.web.frame.private_pages import private_page


@private_page(links.ROUND)
def answer(request, link):
    respondent = link_queries.respondent_of(link)
    return _answering_page(request, respondent, is_reader=link_queries.is_reader(respondent, request.user))


def with_code(request, respondent, ticket):
    """The same page for a person without an email address (by_link/codes.py).

    The form sends their code, signed, as `ticket`. It shows what others recorded for them, but not their own answers,
    since a printed code is easier to find than a sign-in code.
    """
    return _answering_page(request, respondent, is_reader=False, ticket=ticket)


def _answering_page(request, respondent, *, is_reader, ticket=""):
    if answering.has_left(respondent):
        return _left_page(request, respondent)
    if not answering.can_be_answered(respondent):
        return _closed_page(request, respondent, is_reader)
    press = request.POST.get("press", "")
    if press in _WITH_CODE and (is_reader or ticket):
        _WITH_CODE[press](respondent=respondent, seen=_recorded_keys(request.POST))
        return _current_page(request, respondent, is_reader, ticket)
    if press in _KEEPING and answering.may_withhold_score(respondent):
        answering.withhold_score(respondent=respondent, wanted=_KEEPING[press])
        return _current_page(request, respondent, is_reader, ticket)
    if press in _PRESSES:
        return _PRESSES[press](request, respondent, ticket)
    key, refused = request.POST.get("item", ""), None
    if page_language.SWITCH in request.POST:
        return _show(request, respondent, is_reader, as_typed=key, ticket=ticket)
    if request.method == "POST" and key in respondent.round.items:
        refused = _save(respondent, respondent.round.items[key], request.POST, prefers_not_to_say=press == "rather_not")
        if refused is None:
            if _asks_why(respondent, key, request.POST):
                return _show(request, respondent, is_reader, asked_why=key, ticket=ticket)
            following = _first_open(_answers_by_item(respondent), respondent, after=key)
            return _current_page(request, respondent, is_reader, ticket, f"#item-{following}" if following else "#end")
    return _show(request, respondent, is_reader, refused, ticket=ticket)


def _current_page(request, respondent, is_reader, ticket, where=""):
    """Show the current page. A link is redirected to, but a code must not be in a URL, so its page is rendered."""
    if not ticket:
        return redirect(f"{request.path}{page_language.query(request)}{where}")
    respondent = answering.reload_respondent(respondent)
    return _show(request, respondent, is_reader, ticket=ticket)


def _recorded_keys(data) -> list[int]:
    """The primary keys of the recorded answers that the page showed."""
    return [key for text in data.get("recorded", "").split(",") if (key := primary_key(text))]


def _save(respondent, item, data, *, prefers_not_to_say):
    """Save the answer to an item. Returns None, or the form if it has errors. A comment is saved even without a level."""
    form = AnswerForm(
        data, item=item, instance=Answer(), prefers_not_to_say=prefers_not_to_say, may_share=_may_share(respondent)
    )
    if form.is_valid():
        try:
            fields = {name: form.cleaned_data[name] for name in answering.FIELDS if name in form.cleaned_data}
            answering.save_answer(respondent=respondent, item=item.key, fields=fields)
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            return None
    return form


def _may_share(respondent) -> bool:
    """Whether comments may be shown.

    Not on a side that is so small that they would identify a person, and not with a code that another side printed.
    """
    return respondent.side.asked >= MEDIAN_FROM and not respondent.code_by_other_side


def _asks_why(respondent, key, data) -> bool:
    """Whether to ask once for an explanation, since an answer without a comment is far from the suggested level."""
    saved = respondent.answers.filter(item=key, comment="").exclude(level=None).first()
    if saved is None or data.get("was_asked") or key not in suggested_levels.RULES:
        return False
    return suggested_levels.is_far_from_suggestion(saved.level, score_queries.suggestions_of(respondent.round)[key])


def _answers_by_item(respondent) -> dict:
    return {answer.item: answer for answer in respondent.answers.all()}


def _first_open(answers, respondent, after="") -> int | None:
    """The number of the next item without an answer, from the one after `after` on. Starts over at the first."""
    keys = list(respondent.round.items)
    start = keys.index(after) + 1 if after else 0
    for key in keys[start:] + keys[:start]:
        if key not in answers:
            return keys.index(key) + 1
    return None


def _show(request, respondent, is_reader, refused=None, asked_why="", as_typed="", ticket=""):
    """The page with the questions. One is open: that of the `refused` form, the one that is `asked_why`, the one that is
    shown `as_typed` in another language, or the first without an answer.
    """
    if as_typed and "was_asked" in request.POST:
        asked_why = as_typed
    answers, may_share = _answers_by_item(respondent), _may_share(respondent)
    items = list(respondent.round.items.values())
    first = _first_open(answers, respondent)
    open_key = refused.item.key if refused else asked_why or as_typed or (items[first - 1].key if first else "")
    steps = []
    for number, item in enumerate(items, 1):
        answer = answers.get(item.key)
        is_open, is_asked_why = item.key == open_key, item.key == asked_why
        if refused and is_open:
            form = refused
        else:
            shown_answer = answer if answer and (is_reader or is_asked_why) else Answer()
            typed = {}
            if item.key == as_typed:
                typed = page_language.typed(AnswerForm(request.POST, item=item, may_share=may_share))
            form = AnswerForm(item=item, instance=shown_answer, initial=typed, may_share=may_share)
        # After a code the page is rendered without a redirect, which could jump to the next item.
        is_followed = bool(ticket) and number < len(items)
        steps.append(
            {
                "item": item,
                "form": form,
                "answer": answer,
                "is_open": is_open,
                "has_words": is_asked_why or any(one.errors or one.value() for one in form if one.name != "level"),
                "is_asked_why": is_asked_why,
                "goes_to": f"#item-{number}" if is_asked_why else f"#item-{number + 1}" if is_followed else "",
                "look": _css_class(answer, is_reader, is_open),
            }
        )
    context = {
        "respondent": respondent,
        "round": respondent.round,
        "steps": steps,
        "done": len(answers),
        "is_reader": is_reader,
        "named_respondents": respondent_queries.side_respondents(
            respondent.person or AnonymousUser(),
            respondent.round,
            respondent.side,
            by_name=not respondent.code_by_other_side,
        ),
        "entered_by": entered_organizations.unvouched_parties(respondent.round).get(respondent.party_id, ""),
        "first_side": compared_sides(respondent.round)[0],
        "may_share": may_share,
        "pending": [(respondent.round.items[one.item], one) for one in answering.recorded_for(respondent)],
        "reads_recorded": is_reader or bool(ticket),
        "may_keep_back": answering.may_withhold_score(respondent),
        "minutes": max(1, (len(steps) - len(answers) + 1) // 2),
        "form": refused,
        "switch_form": gettext("Save and go on") if any(step["is_open"] for step in steps) else "",
        "has_others": bool(other_parties(respondent)),
        "token": request.resolver_match.kwargs.get("token", ""),
        "ticket": ticket,
    }
    return render(request, "by_link/round.html", context, status=422 if refused else 200)


def _css_class(answer, is_reader, is_open) -> str:
    """The CSS class for the status of an item. Only the person themselves sees that they chose not to answer."""
    if answer is None:
        return "open" if is_open else ""
    return "passed" if is_reader and answer.level is None else "done"


def _finish(request, respondent, ticket):
    left = len(respondent.round.items) - len(_answers_by_item(respondent))  # counted first: opening erases answers
    return _done_page(request, respondent, answering.finish(respondent=respondent), "finished", ticket, left)


def _decline(request, respondent, ticket):
    return _done_page(request, respondent, answering.decline(respondent=respondent), "declined", ticket)


def _done_page(request, respondent, is_open_now, what, ticket, left=0):
    """The page after “finished” or “declined” (`what`).

    `is_open_now`: this opened the answers of both sides. `left`: how many questions have no answer.
    """
    context = {
        "respondent": respondent,
        "what": what,
        "left": left,
        "is_open_now": is_open_now,
        "token": request.resolver_match.kwargs.get("token", ""),
        "ticket": ticket,
    }
    context["has_others"] = what == "finished" and not is_open_now and bool(other_parties(respondent))
    return render(request, "by_link/round_done.html", context)


def _left_page(request, respondent):
    """The page for a person who finished and no longer answers for the partner.

    Their answers count unless they remove them.
    """
    if request.POST.get("press") == "remove":
        answering.remove_answers(respondent=respondent)
        return render(request, "by_link/round_done.html", {"respondent": respondent, "what": "removed"})
    return render(request, "by_link/round_left.html", {"respondent": respondent, "round": respondent.round})


# Actions that need a sign-in code to the person's own email address, or a printed code.
_WITH_CODE = {"confirm": answering.confirm_answers, "discard": answering.discard_answers}
_KEEPING = {"keep_back": True, "let_be_seen": False}
_PRESSES = {"finish": _finish, "decline": _decline}


def _closed_page(request, respondent, is_reader):
    """The page of a round that is closed to answers.

    Once answers have opened, a person who signed in sees what both sides said.
    """
    context = {"respondent": respondent, "round": respondent.round, "is_reader": is_reader}
    context["cancellation"] = queries.cancellation_seen(respondent.person or AnonymousUser(), respondent.round)
    if respondent.round.opened_at and is_reader:
        context |= results_of(request, respondent.round, respondent.side)
    return render(request, "by_link/round_closed.html", context)


def results_of(request, survey_round, side):
    """The context of assessment/round/_items.html and _ties.html: what both sides said, for a reader of this side."""
    seen = score_queries.seen_by_sides(survey_round, {side.key}, person=request.user)
    return shown(seen) | {"seen": seen, "ties": ties.seen(request.user, seen, {side.key})}
