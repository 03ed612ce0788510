"""Invitations: answer your own, or withdraw one that you sent."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.accounts import member_actions as actions
from partnerships.accounts import queries
from partnerships.core.errors import ValidationError
from partnerships.web.components.forms.members import AnswerForm, WithdrawInvitationForm
from partnerships.web.components.members import crumbs_to, people_url
from partnerships.web.frame.editing import add_errors, redirect_after_save, seen_now
from partnerships.web.frame.steps import Step, posted_data, take_step
from partnerships.web.frame.words import label, moment, on, zone_of


@never_cache
@require_http_methods(["GET", "POST"])
def answer(request, pk):
    """Only for the invited person. Raises NotFound for an invitation that was answered or has expired."""
    invitation = queries.invitation_for(request.user, pk)
    body = invitation.body
    form = AnswerForm(request.POST if request.method == "POST" else None, person=request.user)
    if form.is_bound and form.is_valid():
        try:
            words, to = _answer(request.user, invitation, form.cleaned_data)
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            return redirect_after_save(request, words, to)
    context = {
        "body": body,
        "role": label(invitation.role, "member_role"),
        "until": on(invitation.expires_at, zone_of(request.user)),
        "by": invitation.by.name if invitation.by else "",
        "note": invitation.note,
        "form": form,
        "waits": actions.waiting_reason(invitation),
        "crumbs": [(gettext("Your account"), reverse("account"))],
    }
    return render(request, "office/people/invitation.html", context, status=422 if form.is_bound else 200)


def _answer(person, invitation, data):
    if data["answer"] == "decline":
        actions.decline_invitation(by=person, invitation=invitation)
        return gettext("You declined the invitation."), reverse("account")
    actions.accept_invitation(by=person, invitation=invitation, name=data.get("name", ""))
    body = invitation.body
    return gettext("You now have a role at %(body)s.") % {"body": body}, body.get_absolute_url()


@never_cache
@require_http_methods(["GET", "POST"])
def withdraw(request, pk):
    invitation = queries.invitation_managed_by(request.user, pk)
    body = invitation.body
    form = WithdrawInvitationForm(posted_data(request), initial={"sent_at": invitation.sent_at.isoformat()})

    def act(data):
        actions.withdraw_invitation(by=request.user, invitation=invitation, **data)
        return gettext("The invitation was withdrawn.")

    def page(_):
        words = gettext(
            "%(address)s was invited to %(body)s. Role: %(role)s. They’ll no longer be able to accept. We won’t email "
            "them about it."
        )
        role = label(invitation.role, "member_role")
        return Step(
            title=gettext("Withdraw this invitation?"),
            text=words % {"address": invitation.person.email, "body": body, "role": role},
            button=gettext("Withdraw invitation"),
            back=people_url(body),
            crumbs=crumbs_to(body, (gettext("People"), people_url(body))),
            both=[(gettext("Sent again"), moment(invitation.sent_at))] if form.is_bound else [],
        )

    def refused():
        seen_now(form, sent_at=invitation.sent_at.isoformat())

    return take_step(request, form, act, page, to=people_url(body), refused=refused)
