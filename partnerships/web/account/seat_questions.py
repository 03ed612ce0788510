"""A person who confirmed a seat by the link in an email says whether they speak for the organization, once they sign in."""

from urllib.parse import urlencode

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.accounts.choices import ClaimState
from partnerships.core.access import organizations_of
from partnerships.core.errors import NotFound
from partnerships.registry import seat_questions
from partnerships.registry.models import SeatConsent
from partnerships.web.frame.editing import redirect_after_save, signed_in

YES, NO = "yes", "no"


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def question(request, pk):
    """One question, where a sign-in leads. Another press of a button that was pressed leads to the same page as the first."""
    data = request.POST if request.method == "POST" else request.GET
    on_to = _safe(data.get("next", ""))
    try:
        found = seat_questions.question_about(request.user, pk)
        if request.method == "POST" and data.get("answer") in (YES, NO):
            return _save(request, found, data["answer"], on_to)
    except NotFound:
        answered = _answered_page(request.user, pk)
        if not answered:
            raise
        return redirect(answered)
    context = {"questions": [found], "next": on_to}
    status = 422 if request.method == "POST" else 200
    return render(request, "account/seat_question.html", context, status=status)


def _save(request, found, answer, on_to):
    if answer == NO:
        seat_questions.do_not_speak_for(by=request.user, pk=found.answer.pk)
        return redirect_after_save(request, gettext("Thank you. We won’t ask you about this again."), on_to)
    names = {"organization": found.organization, "office": found.party.partnership.lead}
    claim = seat_questions.speak_for(by=request.user, pk=found.answer.pk)
    if claim.state == ClaimState.APPROVED:
        words = gettext("You’re the first manager of %(organization)s. We told %(office)s.") % names
        return redirect_after_save(request, words, reverse("organization_mine", args=[found.organization.public_id]))
    words = gettext("Thank you. We asked the people who decide about %(organization)s, and email you their answer.")
    return redirect_after_save(request, words % names, reverse("claim", args=[claim.pk]))


def _answered_page(person, pk) -> str:
    """Where the answer of this person led, "" if they didn't answer this question."""
    answer = SeatConsent.objects.select_related("organization").filter(pk=pk, organization__isnull=False).first()
    if answer is None or answer.organization is None:
        return ""
    if answer.organization_id in organizations_of(person):
        return reverse("organization_mine", args=[answer.organization.public_id])
    claim = person.claims.filter(organization=answer.organization_id, by_seat=True, made_at__gte=answer.at).first()
    return reverse("claim", args=[claim.pk]) if claim else ""


def _safe(address) -> str:
    """This path of our own, or the home page."""
    return address if address and url_has_allowed_host_and_scheme(address, allowed_hosts=None) else reverse("home")


def first_page(person, on_to) -> str:
    """The page of the first question to someone who has just signed in, "" if there's none. It leads on to `on_to`."""
    found = seat_questions.questions_for(person)
    if not found:
        return ""
    return f"{reverse('seat_question', args=[found[0].answer.pk])}?{urlencode({'next': on_to}, safe='/')}"
