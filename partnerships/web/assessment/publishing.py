"""Published rounds: the public page, and the page on which each party agrees to publish."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.assessment import publishing, publishing_queries, queries, rules
from partnerships.assessment.models import PublishingWord
from partnerships.core.access import require
from partnerships.core.errors import NotFound
from partnerships.registry.rules import parties_visible_to
from partnerships.web.assessment.forms import PublishingForm
from partnerships.web.components.round_words import shown
from partnerships.web.frame.editing import SAVED_NOW, version_of
from partnerships.web.frame.steps import Step, had_conflict, take_step


@require_safe
def published(request, public_id):
    one = publishing_queries.published_round(public_id)
    seen = publishing_queries.seen_by_all(one)
    context = {
        "round": one,
        "seen": seen,
        "replies": publishing_queries.replies_to(request.user, one),
        "is_public": True,
    }
    partnership = one.partnership
    context["crumbs"] = [
        (gettext("Partnerships"), reverse("partnerships")),
        (partnership.title, partnership.get_absolute_url()),
    ]
    return render(request, "assessment/round_published.html", context | shown(seen))


@require_http_methods(["GET", "POST"])
def agree(request, public_id, pk):
    one = queries.round_of(request.user, public_id)
    party = parties_visible_to(request.user).filter(partnership=one.partnership_id, pk=pk).first()
    if party is None:
        raise NotFound
    require(rules.may_agree_to_publish(request.user, one, party))
    word = one.publishing_words.filter(party=party).first()
    initial = {"agrees": "yes" if word.agrees else "no"} if word else {}
    form = PublishingForm(request.POST or None, instance=word or PublishingWord(), initial=initial)
    to = one.get_absolute_url()

    def act(data):
        publishing.decide(survey_round=one, by=request.user, party=party, version=version_of(request), **data)
        return gettext("Saved. You can change it at any time.")

    def page(one):
        both = ()
        if had_conflict(form):
            decisions = one.publishing_words.filter(party=party)
            both = [(SAVED_NOW, f"{gettext('Yes') if now.agrees else gettext('No')}. {now.reply}") for now in decisions]
        return Step(
            title=gettext("For %(party)s: may everyone read it?") % {"party": party},
            text=gettext(
                "Everyone can read the scores of both sides and the responses once every partner that was asked agrees. "
                "What individuals wrote is never shown. If one partner changes its mind, the round is removed from public "
                "pages right away."
            ),
            record=one,
            both=both,
            button=gettext("Save"),
            back=f"{to}#publishing",
            crumbs=[
                (one.partnership.title, one.partnership.get_absolute_url()),
                (one.title, to),
            ],
        )

    return take_step(request, form, act, page, one, to=f"{to}#publishing")


def publishing_context(person, survey_round) -> dict:
    """Context for the page of an opened round: who agreed to publish it."""
    decisions, hidden = publishing_queries.publishing_status(person, survey_round)
    is_public = bool(rules.published_among([survey_round.pk]))
    return {"decisions": decisions, "hidden": hidden, "is_public": is_public}
