"""Users of an office or organization: the list, invite, change a role, remove, leave, hand over."""

from typing import Any

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.accounts import member_actions as actions
from partnerships.accounts import queries
from partnerships.accounts.choices import MemberRole
from partnerships.accounts.rules import may_end_membership, may_see_members
from partnerships.core import record_types
from partnerships.core.access import manages, manages_from_outside, require, role_in
from partnerships.core.errors import NotFound
from partnerships.core.filters import refuse_unknown
from partnerships.core.models import type_key
from partnerships.web.components.forms.members import HandOverForm, InviteForm, RoleForm, SeenForm
from partnerships.web.components.members import crumbs_to, people_url
from partnerships.web.frame.editing import seen_now, status_of
from partnerships.web.frame.history import member_changes_in_words, name_of_person
from partnerships.web.frame.steps import Step, posted_data, take_step
from partnerships.web.frame.words import label

SEARCHED_FROM = 10  # users; shorter lists have no search box
LEAVING = (
    _("You’ll no longer be able to read or change what isn’t public here."),
    _("What you wrote stays."),
    _("To come back, you’ll need a new invitation."),
)
REMOVING = (
    _("From their next click on, they can no longer read or change what isn’t public here."),
    _("What they wrote stays."),
    _("We’ll email them about it."),
    _("Their account stays, and you can invite them again."),
)


def _body(request, kind, public_id):
    """The office or organization, if the person may see its users. Raises NotFound."""
    body = record_types.get(kind).find(request.user, public_id)
    if not may_see_members(request.user, body):
        raise NotFound
    return body


def managed_body(request, kind, public_id):
    """The office or organization, if the person manages it. Raises NotFound."""
    body = record_types.get(kind).find(request.user, public_id)
    if not manages(request.user, body):
        raise NotFound
    return body


@never_cache
@require_safe
def people(request, kind, public_id):
    body, person = _body(request, kind, public_id), request.user
    refuse_unknown(request.GET, ("q",))
    every = queries.members_of(person, body)
    asked = request.GET.get("q", "").strip()
    rows = [row for row in every if asked.casefold() in f"{row.name} {row.address}".casefold()]
    is_manager, own = manages(person, body), next((row for row in every if row.person_pk == person.pk), None)
    context = {
        "body": body,
        "rows": rows,
        "own": own,
        "may_hand_over": own is not None and own.role == MemberRole.MANAGER,
        "is_manager": is_manager,
        "may_end": any(row.may_end for row in rows),
        "has_manager": any(row.role == MemberRole.MANAGER for row in every),
        "asked": asked,
        "is_long": len(every) > SEARCHED_FROM,
        "has_any": bool(every),
        "invite_url": reverse(f"{kind}_invite", args=[body.public_id]),
        "webhooks_url": reverse(f"{kind}_webhooks", args=[body.public_id]),
        "services_url": reverse(f"{kind}_services", args=[body.public_id]),
        "invitations": list(queries.invitations_to(body)) if is_manager else [],
        "changes": member_changes_in_words(queries.member_changes(person, body)),
        "crumbs": crumbs_to(body),
    }
    return render(request, "office/people/body.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def invite(request, kind, public_id):
    body = _body(request, kind, public_id)
    require(manages(request.user, body))
    form = InviteForm(request.POST or None, initial={"language": get_language()})

    def act(data):
        given = {"note": data["note"], "language": data["language"]}
        actions.invite(by=request.user, body=body, address=data["email"], role=data["role"], **given)
        return gettext("The invitation is on its way.")

    text = gettext(
        "We’ll email them a link to this page. The email has no password or code, and the link expires after 30 days."
    )
    title, text = gettext("Invite someone: %(body)s") % {"body": body}, f"{text}{_recipients_words(request, body)}"
    return _step(request, body, form, act, title, text, gettext("Send invitation"))


def _recipients_words(request, body) -> str:
    """A warning before a person gives access to an organization that they don't manage."""
    if type_key(body) != "organization" or role_in(request.user, body) == MemberRole.MANAGER:
        return ""
    words = gettext(
        "You don’t manage this organization: all of its users get an email, and each of them can end this access."
    )
    return f" {words}"


def _step(request, body, form, act, title, text, button, points=(), to="", compare=None, left=None):
    """A step that returns to the list of users.

    `compare` is called after an edit conflict. It returns the person's choice and the saved one as (label, text)
    pairs. `left`: the membership of someone who may have left, for who manages it.
    """
    member_page: dict[str, Any] = {"template_name": "office/people/member.html", "more": {"left": left}} if left else {}

    def page(_):
        both = compare() if compare and status_of(form) == 409 else ()
        return Step(
            title=title,
            text=text,
            button=button,
            back=people_url(body),
            both=both,
            points=points,
            points_title=gettext("What this means"),
            crumbs=crumbs_to(body),
            **member_page,
        )

    return take_step(request, form, act, page, to=to or people_url(body))


def _roles_in_conflict(request, pk, form, own):
    """After someone else changed the role, return both roles as (label, text) pairs, and update the form."""
    membership = queries.membership(request.user, pk)
    seen_now(form, was=membership.role)
    last = queries.member_changes(request.user, membership.body)[:1]
    changed = gettext("Changed in the meantime")
    if last and last[0].by:
        changed = gettext("Changed in the meantime by %(person)s") % {"person": name_of_person(last[0].by)}
    return [own, (changed, label(membership.role, "member_role"))]


def _find_membership(request, pk):
    """(membership, its office or organization, whether ending it would leave no manager there). Raises NotFound."""
    membership = queries.membership(request.user, pk)
    body = membership.body
    others = [row for row in queries.members_of(request.user, body) if row.pk != pk and not row.is_suspended]
    is_last = membership.role == MemberRole.MANAGER and not any(row.role == MemberRole.MANAGER for row in others)
    asks_twice = is_last and membership.person.is_active and manages_from_outside(request.user, body)
    return membership, body, asks_twice


@never_cache
@require_http_methods(["GET", "POST"])
def role(request, pk):
    membership, body, asks_twice = _find_membership(request, pk)
    require(manages(request.user, body))
    seen = {"role": membership.role, "was": membership.role}
    form = RoleForm(posted_data(request), initial=seen, asks_twice=asks_twice)

    def act(data):
        actions.change_role(by=request.user, membership=membership, **data)
        role = label(data["role"], "member_role")
        return gettext("%(person)s now has the role %(role)s.") % {"person": membership.person, "role": role}

    def compare():
        own = (gettext("You chose"), label(form.cleaned_data["role"], "member_role"))
        return _roles_in_conflict(request, pk, form, own)

    title = gettext("Change the role of %(person)s") % {"person": membership.person}
    words = gettext("We’ll email them what they can do now.")
    text = f"{membership.person.email}. {words}{_recipients_words(request, body)}"
    return _step(request, body, form, act, title, text, gettext("Change role"), compare=compare, left=membership)


@never_cache
@require_http_methods(["GET", "POST"])
def remove(request, pk):
    membership, body, asks_twice = _find_membership(request, pk)
    is_own = membership.person_id == request.user.pk
    require(is_own or may_end_membership(request.user, membership))
    form = SeenForm(posted_data(request), initial={"was": membership.role}, asks_twice=asks_twice)

    def act(data):
        end = actions.leave if is_own else actions.remove_member
        end(by=request.user, membership=membership, **data)
        if is_own:
            return gettext("You left %(body)s.") % {"body": body}
        return gettext("%(person)s was removed.") % {"person": membership.person}

    def compare():
        own = (gettext("When you opened this page"), label(form.cleaned_data["was"], "member_role"))
        return _roles_in_conflict(request, pk, form, own)

    if is_own:
        title = gettext("Leave %(body)s?") % {"body": body}
        words = (title, gettext("You’ll give up your role there."), gettext("Leave"))
        to = reverse("account")
    else:
        who = f"{membership.person.email}. " if manages(request.user, body) else ""
        title = gettext("Remove %(person)s?") % {"person": membership.person}
        ends = gettext("Their role at %(body)s ends right away.") % {"body": body}
        words = (title, f"{who}{ends}", gettext("Remove"))
        to = people_url(body)
    points, left = LEAVING if is_own else REMOVING, membership if manages(request.user, body) else None
    return _step(request, body, form, act, *words, points=points, to=to, compare=compare, left=left)


@never_cache
@require_http_methods(["GET", "POST"])
def hand_over(request, pk):
    membership, body, _asks_twice = _find_membership(request, pk)
    require(membership.person_id == request.user.pk and role_in(request.user, body) == MemberRole.MANAGER)
    others = [row for row in queries.members_of(request.user, body) if row.pk != pk and not row.is_suspended]
    form = HandOverForm(posted_data(request), members=others)

    def act(data):
        actions.hand_over(by=request.user, membership=membership, to=queries.membership(request.user, int(data["to"])))
        return gettext("Done. You’re now an editor here.")

    if not others and request.method == "GET":
        return redirect(reverse(f"{type_key(body)}_invite", args=[body.public_id]))
    title = gettext("Transfer manager role: %(body)s") % {"body": body}
    text = gettext("They become a manager and you become an editor at the same time.")
    return _step(request, body, form, act, title, text, gettext("Transfer role"))
