"""“… left. Who follows?”: what depends on a contact or user who leaves, and who takes it over.

The first page asks who follows. The second one says what passes, ends and stays, before anything changes.
"""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.accounts import member_actions as actions
from partnerships.accounts import queries
from partnerships.accounts.choices import MemberRole, Outcome
from partnerships.accounts.hooks import Departure, holdings_of
from partnerships.accounts.rules import may_see_members
from partnerships.core.access import manages, manages_from_outside, require
from partnerships.core.errors import ValidationError
from partnerships.core.models import type_key
from partnerships.directory import queries as directory
from partnerships.directory.models import body_of
from partnerships.directory.rules import may_write_contacts_of
from partnerships.web.components.members import crumbs_to, people_url
from partnerships.web.frame.editing import version_of
from partnerships.web.frame.steps import Step, posted_data, take_step
from partnerships.web.office.forms.leaving import LeavingForm

TITLES = {
    Outcome.PASSES: _("Passes on"),
    Outcome.ENDS: _("Ends"),
    Outcome.STAYS: _("Stays as it is"),
}


@never_cache
@require_http_methods(["GET", "POST"])
def contact(request, pk):
    leaver = directory.contact(request.user, pk)
    body = body_of(leaver)
    require(may_write_contacts_of(request.user, body))
    return _leaving_page(request, leaver, leaver, body, back=body.get_absolute_url())


@never_cache
@require_http_methods(["GET", "POST"])
def member(request, pk):
    membership = queries.membership(request.user, pk)
    body = membership.body
    require(manages(request.user, body))
    members = [row for row in queries.members_of(request.user, body) if row.pk != pk and not row.is_suspended]
    is_last = membership.role == MemberRole.MANAGER and not any(row.role == MemberRole.MANAGER for row in members)
    asks_twice = is_last and membership.person.is_active and manages_from_outside(request.user, body)
    seen = {"was": membership.role}
    is_own = membership.person_id == request.user.pk
    back = people_url(body)
    to = reverse("account") if is_own else back
    return _leaving_page(
        request, membership, membership.person, body, back=back, to=to, seen=seen, asks_twice=asks_twice
    )


def _leaving_page(request, leaver, someone, body, *, back, to="", seen=None, asks_twice=False):
    """`leaver`: the contact, or the membership that ends. `someone`: the contact or person."""
    people = _who_can_follow(request.user, someone, body)
    form = LeavingForm(posted_data(request), people=people, body=body, initial=seen, asks_twice=asks_twice)
    departure = Departure(someone, body, request.user)

    def act(data):
        successor = form.successor()
        if request.POST.get("press") != "leave":
            if successor and (refusal := actions.successor_refusal(someone, successor, body)):
                raise ValidationError({"follows": ValidationError(refusal, code="not_possible")})
            return _preview(request, form, Departure(someone, body, request.user, successor), step(body))
        version = version_of(request) if someone is leaver else None
        given = {"was": data["was"] or None, "confirmed": data.get("confirmed", False)} if seen else {}
        found = actions.leave_to(by=request.user, leaver=leaver, successor=successor, version=version, **given)
        return _outcome_words(someone, successor, found)

    def step(record):
        return Step(
            title=gettext("%(name)s left. Who follows?") % {"name": someone},
            text=gettext(
                "Choose who takes over at %(body)s. Before anything changes, you’ll see what passes and what ends."
            )
            % {"body": body},
            button=gettext("Preview"),
            back=back,
            record=record,
            crumbs=crumbs_to(body),
            template_name="office/leaving.html",
            more={"holdings": holdings_of(departure)},
        )

    return take_step(request, form, act, step, body, to=to or back)


def _who_can_follow(reader, leaver, body) -> dict:
    """Key → Person or Contact: the contacts of the office or organization that the reader may see, and its users."""
    contacts = directory.contacts_of(reader, body)
    memberships = body.memberships.filter(person__is_active=True) if may_see_members(reader, body) else ()
    members = memberships.select_related("person").order_by("person__name", "pk") if memberships else ()
    people = [*(row.person for row in members), *contacts]
    return {f"{type_key(one)}:{one.pk}": one for one in people if one != leaver}


def _preview(request, form, departure, step):
    """What passes, ends and stays with this successor, and the button that does it."""
    found = holdings_of(departure)
    groups = [
        (title, rows) for outcome, title in TITLES.items() if (rows := [h for h in found if h.outcome == outcome])
    ]
    context = vars(step) | {"form": form, "groups": groups, "successor": departure.successor, "is_preview": True}
    context["title"] = gettext("%(name)s left: what happens") % {"name": departure.leaver}
    return render(request, step.template_name, context)


def _outcome_words(someone, successor, found) -> str:
    """What passed, ended and stayed, by kind with the number of things that the reader may see."""
    words = gettext("%(name)s left.") % {"name": someone}
    if successor:
        words = gettext("%(name)s left, and %(who)s follows.") % {"name": someone, "who": successor}
    parts = [words]
    lines = {
        Outcome.PASSES: gettext("Passed on: %(what)s."),
        Outcome.ENDS: gettext("Ended: %(what)s."),
        Outcome.STAYS: gettext("Left as it is: %(what)s."),
    }
    for outcome, line in lines.items():
        counts: dict = {}
        for one in found:
            if one.outcome == outcome and one.items and one.key != "rounds":
                counts[str(one.label)] = counts.get(str(one.label), 0) + len(one.items)
        if counts:
            parts.append(line % {"what": ", ".join(f"{label} ({count})" for label, count in counts.items())})
    if any(one.key == "rounds" for one in found):
        parts += dict.fromkeys(str(one.note) for one in found if one.key == "rounds")
    return " ".join(parts)
