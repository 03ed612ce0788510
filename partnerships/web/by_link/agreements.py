"""A partner without editors agrees to cancel a round, or to publish it, or says no, by the personal link of its contact."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.shortcuts import render
from django.utils.translation import gettext

from partnerships.assessment import canceling, publishing, queries
from partnerships.assessment.choices import Agreement
from partnerships.core.errors import ValidationError
from partnerships.notifications import link_queries, links
from partnerships.web.assessment.answering import results_of
from partnerships.web.assessment.forms import AgreeToCancelForm, PublishingForm
from partnerships.web.frame import page_language
from partnerships.web.frame.editing import add_errors, status_of
from partnerships.web.frame.idempotency import redirect_resubmissions
from partnerships.web.frame.private_pages import private_page

_FORMS: dict[str, type] = {Agreement.CANCEL: AgreeToCancelForm, Agreement.PUBLISH: PublishingForm}
_ACTIONS: dict[str, Callable] = {
    Agreement.CANCEL: canceling.answer_by_link,
    Agreement.PUBLISH: publishing.decide_by_link,
}


@private_page(links.AGREEMENT)
def by_link(request, link):
    asked = link_queries.agreement_of(link)
    if asked.is_used or not asked.is_asked:
        return _page(request, asked)
    is_sent, before = request.method == "POST", asked.answer
    initial = {"agrees": "yes" if before.agrees else "no", "reply": getattr(before, "reply", "")} if before else {}
    form = _FORMS[asked.question](request.POST if is_sent else None, initial=initial)
    if is_sent and page_language.SWITCH in request.POST:
        is_sent, form = False, _FORMS[asked.question](initial=page_language.typed(form))
    if is_sent and form.is_valid():
        given = {"partner": asked.partner, "contact": asked.contact, "mark": asked.mark}
        try:
            survey_round = _ACTIONS[asked.question](**given, **form.cleaned_data)
        except ValidationError as problem:
            now = link_queries.agreement_of(link)
            if now.is_used or not now.is_asked:  # in the meantime, by the same link
                return _page(request, now)
            add_errors(problem, form)
        else:
            redirect_resubmissions(request, request.path + page_language.query(request), shows_secret=False)
            done = {"agrees": form.cleaned_data["agrees"], "is_canceled": survey_round.cancelled_at is not None}
            done["is_same"] = not done["is_canceled"] and not link_queries.agreement_of(link).is_used
            return _page(request, asked, done=done)
    return _page(request, asked, form)


def _page(request, asked, form=None, **context):
    """The question with its form, or without: what was saved, or why it's no longer asked."""
    survey_round = asked.partner.side.round
    context |= {"asked": asked, "round": survey_round, "party": asked.partner.party, "form": form}
    if asked.question == Agreement.CANCEL:
        context["cancellation"] = queries.cancellation_seen(AnonymousUser(), survey_round)
    elif form:
        context["is_reader"] = link_queries.is_contact(asked.contact, request.user)
        if context["is_reader"]:
            context |= results_of(request, survey_round, asked.partner.side)
    context["switch_form"] = gettext("Save answer") if form else ""
    return render(request, "by_link/agreement.html", context, status=status_of(form) if form else 200)
