"""“Office”: where a person finds the people and settings of their offices and organizations."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.accounts.queries import memberships_of
from partnerships.core.access import belongs_somewhere, is_administrator, is_staff, manages, may_write_somewhere
from partnerships.core.errors import NotFound
from partnerships.core.models import type_key
from partnerships.web.components.members import people_url
from partnerships.web.frame.words import label

# Each is (label, name of its URL, what it is for).
_FOR_STAFF = (
    (_("Outbox"), "outbox", _("Every email that was sent or is scheduled, and its status.")),
    (_("Types of email"), "email_kinds", _("What each kind of email says, and when it goes out.")),
)
_FOR_EDITORS = (
    (_("Possible duplicates"), "organization_duplicates", _("Organizations that may be in the registry twice.")),
)
_FOR_ALL = (
    (_("Suggestions"), "suggestions", _("Changes that people suggest to your records.")),
    (_("Claims"), "claims", _("People who say that they speak for an organization.")),
)
_FOR_ADMINISTRATORS = (
    (_("Users"), "people", _("Find an account, suspend it, or merge two of them.")),
    (_("List options"), "word_lists", _("What people choose from in forms, and our labels.")),
    (_("Pages about this site"), "site_texts", _("Contact, privacy, accessibility, terms and data license.")),
    (_("Sample data"), "sample_data", _("Load it into an empty registry, or remove it.")),
    (_("Blocked email addresses"), "suppressions", _("Addresses that we don’t write to.")),
    (_("Add a jurisdiction"), "jurisdiction_new", _("A government that isn’t in the registry yet.")),
)


@never_cache
@require_safe
def overview(request):
    person = request.user
    if not belongs_somewhere(person):
        raise NotFound
    shared = [*(_FOR_STAFF if is_staff(person) else ()), *_FOR_ALL]
    shared += _FOR_EDITORS if may_write_somewhere(person) else ()
    shared += _FOR_ADMINISTRATORS if is_administrator(person) else ()
    context = {
        "bodies": [_body_row(person, membership) for membership in memberships_of(person)],
        "shared": [(title, reverse(name), text) for title, name, text in shared],
    }
    return render(request, "office/overview.html", context)


@login_required
@never_cache
@require_safe
def invite(request):
    """Redirect to the invitation of the only office or organization that the person manages, or to the list."""
    own = [one.body for one in memberships_of(request.user) if manages(request.user, one.body)]
    return redirect(f"{type_key(own[0])}_invite", own[0].public_id) if len(own) == 1 else redirect("office")


def _body_row(person, membership):
    """An office or organization of the person, with the links to what they may do there."""
    body, kind = membership.body, type_key(membership.body)
    links = [(gettext("Public page"), reverse(kind, args=[body.public_id])), (gettext("People"), people_url(body))]
    if kind == "organization":
        links.insert(1, (gettext("Edit what others see"), reverse("organization_mine", args=[body.public_id])))
    if manages(person, body):
        links.insert(2, (gettext("Invite someone"), reverse(f"{kind}_invite", args=[body.public_id])))
        if kind == "jurisdiction":
            links += [
                (gettext("Settings and retention"), reverse("keeping", args=[body.public_id])),
                (gettext("Our labels"), reverse("own_words", args=[body.public_id])),
            ]
        links.append((gettext("Webhooks"), reverse(f"{kind}_webhooks", args=[body.public_id])))
        links.append((gettext("Service accounts"), reverse(f"{kind}_services", args=[body.public_id])))
    return {"name": str(body), "role": label(membership.role, "member_role"), "links": links}
