"""Claims: claim an organization, see your own claims, and the queue of claims to decide."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.accounts import claims
from partnerships.accounts.actions import set_name
from partnerships.accounts.choices import ClaimState, MemberRole
from partnerships.accounts.claim_rules import claimed_names, claims_visible_to, may_decide_claim
from partnerships.accounts.models import ClaimFile
from partnerships.core.errors import NotAllowed, NotFound, ValidationError
from partnerships.directory import queries
from partnerships.web import limits, page_language, similar
from partnerships.web.editing import add_errors, redirect_after_save, signed_in, status_of
from partnerships.web.forms.claim import ClaimForm, OwnProposalForm, VerdictForm, clean_upload
from partnerships.web.forms.fields import field_of
from partnerships.web.idempotency import prepared_by

SHOWN = 200
IS_HERE = "is-"  # and the public ID of an organization: the verdict that the proposal is about it
APPROVE, DENY, REVOKE, WITHDRAW = "approve", "deny", "revoke", "withdraw"
WORDS = {APPROVE: _("Approve"), DENY: _("Don’t approve"), REVOKE: _("Revoke approval"), WITHDRAW: _("Withdraw claim")}
DONE = {APPROVE: _("Approved."), DENY: _("Decided."), REVOKE: _("Revoked."), WITHDRAW: _("You withdrew your claim.")}


def _clean_file(request):
    if "file" in request.FILES:
        clean_upload(request.FILES["file"])


@page_language.translated
@prepared_by(_clean_file)
@signed_in
@require_http_methods(["GET", "POST"])
def claim_organization(request, public_id):
    record = queries.organization(request.user, public_id)
    form = ClaimForm(request.POST or None, request.FILES or None, person=request.user)
    text = gettext(
        "If you represent this organization, you can manage its profile and listing. Tell us how we can verify that."
    )
    title = gettext("Claim %(organization)s") % {"organization": record.name}
    return _make(request, form, title, text, reverse("organization", args=[public_id]), record)


@page_language.translated
@prepared_by(_clean_file)
@signed_in
@require_http_methods(["GET", "POST"])
def propose(request):
    named = {name: request.GET[name] for name in ("name", "office") if name in request.GET}
    form = OwnProposalForm(request.POST or None, request.FILES or None, person=request.user, initial=named)
    text = gettext(
        "Is your organization missing? Add it. It stays unlisted until you choose otherwise. If an office has an unlisted record "
        "of it already, it connects you with that."
    )
    return _make(request, form, gettext("Add your organization"), text, reverse("organizations"), None)


def _make(request, form, title, text, back, organization):
    duplicates = similar.of_proposal(request, form) if organization is None else []
    if request.method == "POST" and form.is_valid() and not duplicates:
        try:
            if form.cleaned_data.get("own_name"):
                set_name(by=request.user, name=form.cleaned_data["own_name"])
            made = claims.make_claim(
                by=request.user, organization=organization, fields=form.values(), file=form.cleaned_data["file"]
            )
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            by_rule = made.state == ClaimState.APPROVED
            words = (
                gettext(
                    "You’re an editor now: your email address is at the organization’s own domain. We let its users know."
                )
                if by_rule
                else gettext("Submitted. We’ll email you when it’s decided.")
            )
            return redirect_after_save(request, words, reverse("claim", args=[made.pk]))
    crumbs = [(gettext("Organizations"), reverse("organizations"))] + (
        [(organization.name, back)] if organization else []
    )
    context = {"title": title, "text": text, "form": form, "back": back, "crumbs": crumbs}
    context["similar"] = similar.rows_of(duplicates)
    return limits.render_form(
        render(request, "organizations/claim_form.html", context, status=422 if form.is_bound else 200), form
    )


@page_language.translated
@signed_in
@require_safe
@never_cache
def queue(request):
    """The person's own claims, and those that they can decide or have decided."""
    rows = list(claims_visible_to(request.user).select_related("organization", "person", "office")[:SHOWN])
    names = claimed_names(request.user, rows)
    for row in rows:
        row.about = names[row.pk]
    others = [row for row in rows if row.person_id != request.user.pk]
    context = {
        "own": [row for row in rows if row.person_id == request.user.pk],
        "waiting": [row for row in reversed(others) if row.state == ClaimState.PENDING],
        "decided": [row for row in others if row.state != ClaimState.PENDING],
    }
    return render(request, "organizations/claims.html", context)


def _claim(request, pk):
    """A claim that this person may see. Raises NotFound."""
    rows = claims_visible_to(request.user).select_related("organization__kept_by", "person", "office", "reviewed_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


@page_language.translated
@require_http_methods(["GET", "POST"])
@never_cache
def claim(request, pk):
    record = _claim(request, pk)
    decides = may_decide_claim(request.user, record)
    verdicts, duplicates = _verdicts(record, decides), _similar(request.user, record) if decides else []
    here = _already_here(record, duplicates)
    # A form that was sent accepts all verdicts, so that one that is no longer possible gets a clear error.
    offered = WORDS if request.method == "POST" else verdicts
    form = VerdictForm(request.POST or None, verdicts=_worded(offered, here))
    if request.method == "POST" and form.is_valid():
        try:
            done = _apply_verdict(request, record, here, **form.cleaned_data)
        except ValidationError as problem:
            add_errors(problem, form)
            record = _claim(request, pk)
            verdicts, here = _verdicts(record, decides), {}
        else:
            return redirect_after_save(request, done, reverse("claim", args=[pk]))
    field_of(form, "verdict", forms.ChoiceField).choices = _worded(verdicts, here)
    context = {
        "record": record,
        "about": claimed_names(request.user, [record])[record.pk],
        "form": form,
        "is_open": bool(verdicts),
        "hides_form": not verdicts,
        "decides": decides,
        "file": ClaimFile.objects.defer("content").filter(claim=record).first() if decides else None,
        "similar": similar.rows_of(duplicates),
        "members": record.organization.memberships.select_related("person") if decides and record.organization else [],
        "next_role": _next_role(record),
        "crumbs": [(gettext("Claims"), reverse("claims"))],
    }
    return render(request, "organizations/claim.html", context, status=status_of(form))


def _worded(verdicts, here):
    words = gettext("It’s %(organization)s, which is here already")
    return [(key, WORDS[key]) for key in verdicts] + [(key, words % {"organization": one}) for key, one in here.items()]


def _already_here(record, duplicates):
    """Verdict → the organization that a proposal may be about, of those whose claims go to the same office."""
    if record.state != ClaimState.PENDING:
        return {}
    found = [one.record for one in duplicates if one.record.kept_by_id == record.office_id]
    return {f"{IS_HERE}{one.public_id}": one for one in found}


def _verdicts(record, decides):
    if record.state == ClaimState.PENDING:
        return (APPROVE, DENY) if decides else (WITHDRAW,)
    return (REVOKE,) if decides and record.state == ClaimState.APPROVED else ()


def _apply_verdict(request, record, here, verdict, reason):
    """Returns the success message."""
    person = request.user
    if verdict in here:
        claims.identify_organization(claim=record, by=person, organization=here[verdict])
        return gettext("Saved. Now decide about this claim of the existing record.")
    if verdict == APPROVE:
        not_duplicates = similar.confirmed_distinct(request, _similar(person, record))
        claims.approve_claim(claim=record, by=person, reason=reason, not_duplicates=not_duplicates)
    elif verdict == DENY:
        claims.deny_claim(claim=record, by=person, reason=reason)
    elif verdict == REVOKE:
        claims.revoke_claim(claim=record, by=person, reason=reason)
    elif verdict == WITHDRAW:
        claims.withdraw_claim(claim=record, by=person)
    else:
        raise NotAllowed
    return DONE[verdict]


def _similar(person, record):
    return similar.of_proposed(person, record.name, record.website) if record.organization is None else []


def _next_role(record):
    members = record.organization.memberships.all() if record.organization else []
    return MemberRole.EDITOR if any(m.role == MemberRole.MANAGER for m in members) else MemberRole.MANAGER


@require_safe
@never_cache
def claim_file(request, pk):
    """The supporting document, for people who may decide the claim. Always a download, so that no browser opens it."""
    record = _claim(request, pk)
    if not may_decide_claim(request.user, record) or not hasattr(record, "file"):
        raise NotFound
    answer = HttpResponse(bytes(record.file.content), content_type=record.file.content_type)
    ending = record.file.name.rpartition(".")[2]
    answer["Content-Disposition"] = f'attachment; filename="claim-{record.pk}.{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return answer
