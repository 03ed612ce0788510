"""Accounts: find one by email address, see its memberships, suspend and reinstate it.

Only for administrators; others get a 404.
"""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.accounts import actions, queries
from partnerships.accounts.rules import people_visible_to
from partnerships.core.access import is_administrator
from partnerships.core.errors import NotFound
from partnerships.records.retention import NO_OFFICE_DAYS
from partnerships.web.components.forms.members import FindForm, WhyForm
from partnerships.web.components.members import people_url
from partnerships.web.frame.history import changes_in_words
from partnerships.web.frame.steps import Step, posted_data, take_step
from partnerships.web.office.merging_people import merged_accounts

MOST = 100
DELETED_WORDS = {
    "letters": _("emails"),
    "claims": _("claims"),
    "suggestions": _("suggestions"),
    "addresses": _("email addresses of decided suggestions"),
    "invitations": _("invitations"),
    "tokens": _("expired API tokens"),
    "sessions": _("expired sign-ins"),
    "accounts": _("accounts that were never used"),
}
SUSPENDING = (
    _("They’re signed out everywhere from their next click on, and can’t sign in."),
    _("Their unsaved text is lost. What they saved stays."),
    _("We’ll email them about it, without your reason."),
)


@never_cache
@require_http_methods(["GET", "POST"])
def find(request):
    """Find an account. By POST, so that no email address is in a URL or a log."""
    if not is_administrator(request.user):
        raise NotFound
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        found = people_visible_to(request.user).filter(email=form.cleaned_data["email"].strip().lower()).first()
        if found:
            return redirect("person", found.pk)
        form.add_error(
            "email",
            gettext(
                "No account has this email address. Check the spelling, or invite them to an office or organization."
            ),
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
        "crumbs": [(gettext("People"), reverse("people"))],
    }
    return render(request, "office/people/person.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def suspend(request, pk):
    found = queries.account(request.user, pk)
    left = queries.bodies_managed_only_by(found)
    points = [*SUSPENDING, *(gettext("%(body)s would have no manager.") % {"body": body} for body in left)]
    form = WhyForm(posted_data(request), asks_twice=bool(left))
    texts = {
        "title": gettext("Suspend %(name)s?"),
        "text": gettext("Their account is blocked until it’s reinstated."),
        "button": gettext("Suspend"),
        "done": gettext("Suspended."),
    }
    return _step(request, found, form, actions.suspend, points, texts)


@never_cache
@require_http_methods(["GET", "POST"])
def reinstate(request, pk):
    found = queries.account(request.user, pk)
    points = (gettext("They can sign in again, with the roles they had."), gettext("We’ll email them about it."))
    form = WhyForm(posted_data(request))
    texts = {
        "title": gettext("Reinstate %(name)s?"),
        "text": gettext("Their account is open again."),
        "button": gettext("Reinstate"),
        "done": gettext("Reinstated."),
    }
    return _step(request, found, form, actions.reinstate, points, texts)


def _step(request, found, form, change, points, texts):
    page_url, name = reverse("person", args=[found.pk]), str(found)

    def act(data):
        change(by=request.user, person=found, **{key: value for key, value in data.items() if key != "was"})
        return texts["done"]

    def page(_):
        return Step(
            title=texts["title"] % {"name": name},
            text=f"{found.email}. {texts['text']}",
            points=points,
            points_title=gettext("What this means"),
            button=texts["button"],
            back=page_url,
            crumbs=[(gettext("People"), reverse("people")), (name, page_url)],
        )

    return take_step(request, form, act, page, to=page_url)
