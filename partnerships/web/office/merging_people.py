"""Merging two accounts of the same person, and undoing that. Only for administrators; others get a 404."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.accounts import queries
from partnerships.core import merges
from partnerships.core.errors import NotFound, ValidationError
from partnerships.directory.merge_fields import OTHER
from partnerships.records import merging_people
from partnerships.web.components.forms.members import FindForm, WhyForm
from partnerships.web.components.forms.merging import PeopleForm, value_words
from partnerships.web.frame.editing import add_errors, redirect_after_save, seen_now, status_of
from partnerships.web.frame.words import label

_NOBODY = _("No other account has this email address. Check the spelling.")
_DONE = _("Merged. You can undo the merge for 90 days.")
_NOT_EMAILED = _("We couldn’t email the address that was merged in. Contact the person yourself.")
ENDS = (
    _(
        "The account that’s merged in is signed out everywhere. Its passkeys, second step, recovery codes, API tokens, "
        "calendar links and links in emails stop working permanently."
    ),
    _(
        "If both have a role at the same office or organization, the higher one stays. If both are due the same email, we "
        "send it once."
    ),
    _("Single answers in survey rounds aren’t moved to anyone. The scores stay."),
    _(
        "Managers of each office and organization see the new user in their history. The account you keep gets an email "
        "about each new role."
    ),
    _("We’ll email both addresses about it, without your reason."),
)
BACK = (
    _("It’s restored with its old email address, and with the roles that it had and that no one has ended since."),
    _("Passkeys, tokens and calendar links aren’t restored. They sign in with a code sent to their email address."),
    _(
        "Anything added since the merge stays with the account that was kept, and anything changed since then stays as it is."
    ),
)


@never_cache
@require_http_methods(["GET", "POST"])
def choose_other(request, pk):
    """Choose the other account, by POST as in `people.find`: the redirect contains its number, not its email address."""
    kept = queries.account(request.user, pk)
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        other = queries.account_by_address(request.user, form.cleaned_data["email"])
        if other is None or other.pk == kept.pk:
            form.add_error("email", _NOBODY)
        elif words := merging_people.refusal(request.user, kept, other):
            form.add_error("email", words)
        else:
            return redirect("person_merge_with", kept.pk, other.pk)
    context = {"person": kept, "form": form, **_context_of(kept)}
    return render(request, "office/people/merge.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def merge(request, pk, other):
    kept, lost = (queries.account(request.user, number) for number in (pk, other))
    refusal = merging_people.refusal(request.user, kept, lost)
    form = PeopleForm(request.POST if request.method == "POST" else None, kept=kept, lost=lost)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        gone = kept.email if form.take.get("email") == OTHER else lost.email
        try:
            merging_people.merge(
                kept=kept, lost=lost, by=request.user, seen=data["seen"], take=form.take, why=data["why"]
            )
        except ValidationError as problem:
            add_errors(problem, form)
            seen_now(form, seen=merging_people.seen_of(kept, lost))
        else:
            warning = "" if merging_people.email_closed_account(gone) else _NOT_EMAILED
            return redirect_after_save(
                request, " ".join(filter(None, [str(_DONE), str(warning)])), reverse("person", args=[kept.pk])
            )
    context = {
        "person": kept,
        "other": lost,
        "refusal": refusal,
        "hides_form": bool(refusal),
        "rows": [(name, value_words(name, kept), value_words(name, lost)) for name in merging_people.FIELDS],
        "places": [_memberships(one) for one in (kept, lost)],
        "along": merging_people.inherited_counts(lost),
        "ends": ENDS,
        "form": form,
        **_context_of(kept),
    }
    return render(request, "office/people/merge_with.html", context, status=status_of(form))


def _memberships(person):
    return [
        f"{membership.body}, {label(membership.role, 'member_role')}" for membership in queries.memberships_of(person)
    ]


@never_cache
@require_http_methods(["GET", "POST"])
def undo_merge(request, pk, merge):
    kept = queries.account(request.user, pk)
    found = merges.active_merges(kept).filter(pk=merge).first()
    if found is None:
        raise NotFound
    form = WhyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            back = merging_people.undo_merge(merge=found, kept=kept, by=request.user, why=form.cleaned_data["why"])
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            return redirect_after_save(request, gettext("The merge is undone."), reverse("person", args=[back.pk]))
    context = {
        "person": kept,
        "merge": found,
        "can_be": (can_be := merges.can_be_undone(found)),
        "hides_form": not can_be,
        "points": BACK,
        "form": form,
        **_context_of(kept),
    }
    return render(request, "office/people/merge_apart.html", context, status=422 if form.is_bound else 200)


def merged_accounts(person) -> list:
    """The merges of this account that can be undone, for its page."""
    return [row for row in merges.active_merges(person).select_related("by") if merges.can_be_undone(row)]


def _context_of(person):
    page = reverse("person", args=[person.pk])
    return {"back": page, "crumbs": [(gettext("People"), reverse("people")), (str(person), page)]}
