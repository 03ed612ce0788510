"""Merging two accounts of the same person, and undoing that. Only for administrators; others get a 404."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.accounts import queries
from partnerships.core import merges
from partnerships.core.errors import NotFound, ValidationError
from partnerships.directory.merge_fields import OTHER
from partnerships.records import merging_people
from partnerships.web.editing import add_errors, redirect_after_save, seen_now, status_of
from partnerships.web.forms.members import FindForm, WhyForm
from partnerships.web.forms.merging import PeopleForm, value_words
from partnerships.web.words import label

_NOBODY = "No other account has this address. Check the spelling."
_DONE = "They are one account now. For 90 days you can take them apart again."
_NOT_TOLD = " The letter to the address that goes could not be sent. Tell them yourself."
ENDS = (
    "Whoever is signed in with the account that goes is signed out everywhere. Its passkeys, second step and recovery codes, its"
    " API tokens, the secret addresses of its calendars and the links in its letters end. They do not come back.",
    "Where both belong to one body, the higher role stays. Where both wait for a letter about the same thing, one letter goes.",
    "Single answers in rounds come along to nobody. The scores stay.",
    "The managers of each body see in their history who belongs there now. The kept account gets a letter about each new place.",
    "Both addresses get a letter that says so, without your reason.",
)
BACK = (
    "It comes back under its old address, with the places that it had and that nobody has ended since.",
    "No passkey, token or secret address comes back: they sign in by a letter to their address.",
    "What was added since stays with the kept account, and what was changed again since stays as it is.",
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
            told = "" if merging_people.email_closed_account(gone) else _NOT_TOLD
            return redirect_after_save(request, _DONE + told, reverse("person", args=[kept.pk]))
    context = {
        "person": kept,
        "other": lost,
        "refusal": refusal,
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
    found = merges.active_merges(kept).filter(pk=merge).first() if merge <= queries.LARGEST_ID else None
    if found is None:
        raise NotFound
    form = WhyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            back = merging_people.undo_merge(merge=found, kept=kept, by=request.user, why=form.cleaned_data["why"])
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            return redirect_after_save(request, "They are two accounts again.", reverse("person", args=[back.pk]))
    context = {
        "person": kept,
        "merge": found,
        "can_be": merges.can_be_undone(found),
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
    return {"back": page, "crumbs": [("People", reverse("people")), (str(person), page)]}
