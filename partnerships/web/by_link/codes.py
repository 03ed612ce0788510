"""The page for printed codes. A code gives access to a seat, a partner's part in a round, or one person's answers.

It is only ever in the body of a request, so it's in no URL and no log. After it was typed, forms send it signed, so
that only typed codes count against the rate limit.
"""

from django.core import signing
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from partnerships.assessment import queries, respondent_queries, round_codes
from partnerships.assessment.models import AskedParty
from partnerships.core.access import require
from partnerships.core.errors import NotFound, RateLimited, ValidationError
from partnerships.registry.inviting import invitation_by_code
from partnerships.web.assessment import answering
from partnerships.web.assessment.forms import PartnerCodeForm
from partnerships.web.by_link import respondents
from partnerships.web.frame import limits, page_language
from partnerships.web.frame.editing import add_errors, status_of
from partnerships.web.frame.idempotency import redirect_resubmissions
from partnerships.web.partnerships import inviting
from partnerships.web.partnerships.forms.seats import CodeForm

UNKNOWN = _(
    "This code isn’t valid, or it has expired. Check each character, or ask the person who gave it to you for a new one."
)
TOO_OFTEN = _("Many codes were typed in your network just now.")
_SALT = "partnerships.web.codes"


@page_language.by_link
@sensitive_post_parameters("code", "ticket")
@require_http_methods(["GET", "POST"])
@never_cache
def enter(request):
    form = CodeForm(request.POST if request.method == "POST" else None)
    if page_language.SWITCH in request.POST and "ticket" not in request.POST:
        form = CodeForm(initial=page_language.typed(form))
    code = _sent_code(request)
    if code or (form.is_bound and form.is_valid()):
        try:
            if not code:
                code = form.cleaned_data["code"]
                limits.count_attempt(request, "printed_code", TOO_OFTEN)
            return _page_for_code(request, code)
        except NotFound:
            form = _form_with_error(request, UNKNOWN)
        except (RateLimited, ValidationError) as problem:
            form = _form_with_error(request, problem)
    context = {"form": form, "switch_form": gettext("Continue")}
    return limits.render_form(render(request, "by_link/code.html", context, status=status_of(form)), form)


def _form_with_error(request, problem):
    form = CodeForm({"code": request.POST.get("code", "")})
    form.is_valid()
    form.add_error("code", problem)
    return form


def _sent_code(request) -> str:
    """The code that a form sends after it was typed, or ""."""
    try:
        return signing.Signer(salt=_SALT).unsign(request.POST.get("ticket", ""))
    except signing.BadSignature:
        return ""


def ticket_of(code) -> str:
    return signing.Signer(salt=_SALT).sign(code)


def _page_for_code(request, code):
    """The page for this code. Raises NotFound for an unknown one."""
    ticket = ticket_of(code)
    for find, show in (
        (invitation_by_code, _seat_page),
        (round_codes.respondent_by_code, _respondent_page),
        (round_codes.partner_by_code, _naming_page),
    ):
        try:
            found = find(code)
        except NotFound:
            continue
        return show(request, found, code, ticket)
    raise NotFound


def _seat_page(request, found, code, ticket):
    invitation, party = found
    return inviting.by_code(request, invitation, party, ticket=ticket)


def _respondent_page(request, respondent, code, ticket):
    return answering.with_code(request, respondent, ticket)


def _naming_page(request, partner, code, ticket):
    return respondents.with_code(request, partner, code, ticket)


@require_http_methods(["GET", "POST"])
@never_cache
def print_for_partner(request, public_id, pk):
    """Print a code for a partner that has no editors. Only this page shows it, once."""
    one = queries.round_of(request.user, public_id)
    partner = next((seen for seen in respondent_queries.partners_seen(request.user, one) if seen.party.pk == pk), None)
    if partner is None:
        raise NotFound
    require(partner.may_print)
    party, back = partner.party, one.get_absolute_url()
    form = PartnerCodeForm(request.POST or None)
    context = {"record": one, "round": one, "party": party, "form": form, "back": back}
    context["is_emailed"] = partner.is_emailed
    if request.method == "POST" and form.is_valid():
        try:
            code = round_codes.print_partner_code(
                survey_round=one, party=party, by=request.user, source=form.cleaned_data["source"]
            )
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            asked = AskedParty.objects.get(side__round=one, party=party)
            redirect_resubmissions(request, request.path)
            context |= {"code": code, "address": request.build_absolute_uri(reverse("code"))}
            return render(request, "assessment/round_code.html", context | {"by_other_side": asked.code_by_other_side})
    crumbs = [(gettext("Partnerships"), reverse("partnerships"))]
    crumbs += [(one.partnership.title, one.partnership.get_absolute_url()), (one.title, back)]
    context |= {"title": gettext("Print a code for %(party)s") % {"party": party}, "crumbs": crumbs}
    return render(request, "assessment/round_code_new.html", context, status=status_of(form))
