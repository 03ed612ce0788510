"""Accounts: find one by email address, see its memberships, suspend and reinstate it.

Only for administrators; others get a 404.
"""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.accounts import actions, queries
from partnerships.accounts.rules import people_visible_to
from partnerships.core.access import is_administrator
from partnerships.core.errors import NotFound
from partnerships.records.retention import NO_OFFICE_DAYS
from partnerships.web.forms.members import FindForm, WhyForm
from partnerships.web.history import changes_in_words
from partnerships.web.office.members import people_url
from partnerships.web.office.merging_people import merged_accounts
from partnerships.web.steps import Step, posted_data, take_step

MOST = 100
DELETED_WORDS = {
    "letters": "emails",
    "claims": "claims",
    "suggestions": "suggestions",
    "addresses": "email addresses of decided suggestions",
    "invitations": "invitations",
    "tokens": "expired API tokens",
    "sessions": "expired sign-ins",
    "accounts": "accounts that were never used",
}
SUSPENDING = (
    "They’re signed out everywhere from their next click on, and can’t sign in.",
    "Their unsaved text is lost. What they saved stays.",
    "We’ll email them about it, without your reason.",
)


def _only_administrators(request):
    if not is_administrator(request.user):
        raise NotFound


@never_cache
@require_http_methods(["GET", "POST"])
def find(request):
    """Find an account. By POST, so that no email address is in a URL or a log."""
    _only_administrators(request)
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        found = people_visible_to(request.user).filter(email=form.cleaned_data["email"].strip().lower()).first()
        if found:
            return redirect("person", found.pk)
        form.add_error(
            "email",
            "No account has this email address. Check the spelling, or invite them to an office or organization.",
        )
    context = {
        "form": form,
        "administrators": queries.administrators(request.user)[:MOST],
        "suspended": queries.suspended(request.user)[:MOST],
        "let_go": [
            (row.at, [(DELETED_WORDS[kind], n) for kind, n in row.after.items()])
            for row in queries.retention_log(request.user)
        ],
        "no_office_days": NO_OFFICE_DAYS,
    }
    return render(request, "office/people/find.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_safe
def person(request, pk):
    if kept := queries.account_merged_into(request.user, pk):
        return redirect("person", kept.pk)
    found = queries.account(request.user, pk)
    memberships = [(membership, people_url(membership.body)) for membership in queries.memberships_of(found)]
    context = {
        "person": found,
        "name": str(found),
        "is_self": found.pk == request.user.pk,
        "places": memberships,
        "invitations": queries.invitations_for(found),
        "made_one": merged_accounts(found),
        "changes": changes_in_words(queries.account_changes(request.user, found)),
        "crumbs": [("People", reverse("people"))],
    }
    return render(request, "office/people/person.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def suspend(request, pk):
    found = queries.account(request.user, pk)
    left = queries.bodies_managed_only_by(found)
    points = [*SUSPENDING, *(f"{body} would have no manager." for body in left)]
    form = WhyForm(posted_data(request), asks_twice=bool(left))
    return _step(
        request, found, form, actions.suspend, "Suspend", "Their account is blocked until it’s reinstated.", points
    )


@never_cache
@require_http_methods(["GET", "POST"])
def reinstate(request, pk):
    found = queries.account(request.user, pk)
    points = ("They can sign in again, with the roles they had.", "We’ll email them about it.")
    form = WhyForm(posted_data(request))
    return _step(request, found, form, actions.reinstate, "Reinstate", "Their account is open again.", points)


def _step(request, found, form, change, word, text, points):
    page_url, name = reverse("person", args=[found.pk]), str(found)

    def act(data):
        change(by=request.user, person=found, **{key: value for key, value in data.items() if key != "was"})
        return f"{word}ed." if word == "Suspend" else f"{word}d."

    def page(_):
        return Step(
            title=f"{word} {name}?",
            text=f"{found.email}. {text}",
            points=points,
            points_title="What this means",
            button=word,
            back=page_url,
            crumbs=[("People", reverse("people")), (name, page_url)],
        )

    return take_step(request, form, act, page, to=page_url)
