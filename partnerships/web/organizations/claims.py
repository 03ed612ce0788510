"""Claims: claim an organization, see your own claims, and the queue of claims to decide."""

from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
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
from partnerships.core.access import get_or_not_found, is_administrator, jurisdictions_written_by, organizations_of
from partnerships.core.errors import NotAllowed, NotFound, ValidationError
from partnerships.directory import queries
from partnerships.directory.models import Organization
from partnerships.registry.seat_questions import questions_for, seat_behind
from partnerships.web.components import similar
from partnerships.web.components.claiming import SEAT, seat_confirmed
from partnerships.web.frame import limits, page_language
from partnerships.web.frame.editing import add_errors, redirect_after_save, signed_in, status_of
from partnerships.web.frame.forms.fields import field_of
from partnerships.web.frame.idempotency import prepared_by
from partnerships.web.organizations.forms.claim import ClaimForm, OwnProposalForm, VerdictForm, clean_upload

SHOWN = 50  # claims of one sort on a page
IS_HERE = "is-"  # and the public ID of an organization: the verdict that the proposal is about it
APPROVE, DENY, REVOKE, WITHDRAW = "approve", "deny", "revoke", "withdraw"
DIFFERENT = "different"  # approve a proposal although it's like an organization that is here
WORDS = {
    APPROVE: _("Approve"),
    DENY: _("Don’t approve"),
    DIFFERENT: _("It’s a different organization: approve"),
    REVOKE: _("Revoke approval"),
    WITHDRAW: _("Withdraw claim"),
}
DONE = {
    APPROVE: _("Approved."),
    DENY: _("Decided."),
    DIFFERENT: _("Approved."),
    REVOKE: _("Revoked."),
    WITHDRAW: _("You withdrew your claim."),
}


def _clean_file(request):
    if "file" in request.FILES:
        clean_upload(request.FILES["file"])


@prepared_by(_clean_file)
@signed_in
@require_http_methods(["GET", "POST"])
def claim_organization(request, public_id):
    record = _organization_to_claim(request, public_id)
    if found := [one for one in questions_for(request.user) if one.organization.pk == record.pk]:
        return redirect("seat_question", found[0].answer.pk)
    form = ClaimForm(request.POST or None, request.FILES or None, person=request.user)
    text = gettext(
        "If you represent this organization, you can manage its profile and listing. Tell us how we can verify that."
    )
    title = gettext("Claim %(organization)s") % {"organization": record.name}
    back = reverse("organizations") if SEAT in request.GET else reverse("organization", args=[public_id])
    return _make(request, form, title, text, back, record)


def _organization_to_claim(request, public_id):
    """One that this person sees, or whose seat they just confirmed with a code. Raises NotFound."""
    named = seat_confirmed(request)
    if not named:
        return queries.organization(request.user, public_id)
    if named != public_id:
        raise NotFound
    return get_or_not_found(Organization.objects.all(), public_id)


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
    crumbs = [(gettext("Organizations"), reverse("organizations"))]
    crumbs += [(organization.name, back)] if back != reverse("organizations") else []
    context = {"title": title, "text": text, "form": form, "back": back, "crumbs": crumbs}
    context["similar"] = similar.rows_of(duplicates)
    context["questions"] = questions_for(request.user) if organization is None else []
    return limits.render_form(
        render(request, "organizations/claim_form.html", context, status=422 if form.is_bound else 200), form
    )


@signed_in
@require_safe
@never_cache
def queue(request):
    """The person's own claims, and those that they can decide or have decided. SHOWN of each sort, then the next ones."""
    seen = claims_visible_to(request.user).select_related("organization", "person", "office")
    others, own = seen.exclude(person=request.user), seen.filter(person=request.user)
    context = {
        "own": _page(request, own, "own"),
        "waiting": _page(request, others.filter(state=ClaimState.PENDING), "waiting", oldest_first=True),
        "decided": _page(request, others.exclude(state=ClaimState.PENDING), "decided"),
    }
    rows = [row for page in context.values() for row in page["rows"]]
    names = claimed_names(request.user, rows)
    for row in rows:
        row.about = names[row.pk]
    return render(request, "organizations/claims.html", context)


def _page(request, claims, name, *, oldest_first=False):
    """The rows of one sort after the one that the link names (`name`: its primary key), and the query of the next ones."""
    after = request.GET.get(name, "")
    if after.isdecimal() and len(after) < 19:
        claims = claims.filter(pk__gt=int(after)) if oldest_first else claims.filter(pk__lt=int(after))
    rows = list(claims.order_by("pk" if oldest_first else "-pk")[: SHOWN + 1])
    query = f"?{urlencode({name: rows[SHOWN - 1].pk})}#{name}" if len(rows) > SHOWN else ""
    return {"rows": rows[:SHOWN], "next": query}


def _claim(request, pk):
    """A claim that this person may see. Raises NotFound."""
    rows = claims_visible_to(request.user).select_related("organization__kept_by", "person", "office", "reviewed_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


@require_http_methods(["GET", "POST"])
@never_cache
def claim(request, pk):
    record = _claim(request, pk)
    decides = may_decide_claim(request.user, record)
    duplicates = _similar(request.user, record) if decides else []
    verdicts, here = _verdicts(record, decides, duplicates), _already_here(request.user, record, duplicates)
    # A form that was sent accepts all verdicts, so that one that is no longer possible gets a clear error.
    offered = WORDS if request.method == "POST" else verdicts
    form = VerdictForm(request.POST or None, verdicts=_worded(offered, here))
    if claims.is_first_manager(record):
        form.fields["reason"].help_text = gettext("Optional. The person can read it.")
    elif record.state != ClaimState.PENDING:
        form.fields["reason"].help_text = gettext("Required. The person who made the claim can read it.")
    if request.method == "POST" and form.is_valid():
        try:
            done = _apply_verdict(request, record, here, duplicates, **form.cleaned_data)
        except ValidationError as problem:
            add_errors(problem, form)
            record = _claim(request, pk)
            verdicts = _verdicts(record, decides, duplicates)
            here = _already_here(request.user, record, duplicates)
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
        "is_first_manager": claims.is_first_manager(record),
        "seat": seat_behind(record.person, record.organization) if record.by_seat else None,
        "members": record.organization.memberships.select_related("person") if decides and record.organization else [],
        "is_member": record.organization_id in organizations_of(request.user),
        "next_role": _next_role(record),
        "crumbs": [(gettext("Claims"), reverse("claims"))],
    }
    return render(request, "organizations/claim.html", context, status=status_of(form))


def _worded(verdicts, here):
    """The choices, the safest and likeliest first: a proposal that is like an organization here is most likely about it."""
    words = gettext("It’s %(organization)s, which is here already")
    return [(key, words % {"organization": one}) for key, one in here.items()] + [(key, WORDS[key]) for key in verdicts]


def _already_here(person, record, duplicates):
    """Verdict → the organization that a proposal may be about, the likeliest first: those whose claims this person decides."""
    if record.state != ClaimState.PENDING:
        return {}
    offices, decides_all = jurisdictions_written_by(person), is_administrator(person)
    found = [one.record for one in duplicates if decides_all or one.record.kept_by_id in offices]
    return {f"{IS_HERE}{one.public_id}": one for one in found}


def _verdicts(record, decides, duplicates):
    if record.state == ClaimState.PENDING and decides and duplicates:
        return (DENY, DIFFERENT)
    if record.state == ClaimState.PENDING:
        return (APPROVE, DENY) if decides else (WITHDRAW,)
    return (REVOKE,) if decides and record.state == ClaimState.APPROVED else ()


def _apply_verdict(request, record, here, duplicates, verdict, reason):
    """Returns the success message."""
    person = request.user
    if verdict in here:
        claims.identify_organization(claim=record, by=person, organization=here[verdict])
        return gettext("Saved. Now decide about this claim of the existing record.")
    if verdict == APPROVE and duplicates and record.state == ClaimState.PENDING:
        raise ValidationError(
            gettext("This may be an organization that is here already. Choose one of the answers below.")
        )
    if verdict == DIFFERENT and not reason.strip():
        raise ValidationError({"reason": gettext("Say how you know that it’s a different organization.")})
    if verdict in (APPROVE, DIFFERENT):
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


@page_language.english_only
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
