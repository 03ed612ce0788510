"""An office invites a partner to confirm its seat, and the partner answers through a link or with a code.

The link or code gives access. Since email scanners open links, these pages change something only on POST.
"""

from django.db import transaction
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.core import record_types
from partnerships.core.access import SYSTEM, require
from partnerships.core.errors import NotFound, ValidationError
from partnerships.directory.models import body_key
from partnerships.notifications import link_queries, links
from partnerships.registry import inviting, queries
from partnerships.registry.choices import ConsentWay, SeatState
from partnerships.registry.consent_words import consent_text
from partnerships.registry.representatives import representatives_by_party, representatives_of
from partnerships.registry.rules import (
    contacts_who_confirmed,
    latest_answers,
    may_write_partnership,
    parties_visible_to,
)
from partnerships.web.components.claiming import claim_url
from partnerships.web.components.partnerships import crumbs_to_partnership, partnership_url
from partnerships.web.frame import page_language
from partnerships.web.frame.editing import add_errors, page_status, redirect_after_save, status_of
from partnerships.web.frame.idempotency import redirect_resubmissions
from partnerships.web.frame.private_pages import private_page
from partnerships.web.frame.steps import Step, posted_data, take_step
from partnerships.web.partnerships.forms.seats import InviteAllForm, InviteForm, PrintCodeForm
from partnerships.web.partnerships.our_seat import SAVED, answer, shown

_PARTY = ("partnership__lead", "jurisdiction", "department__jurisdiction", "organization")


@require_http_methods(["GET", "POST"])
@never_cache
def invite(request, pk):
    party = parties_visible_to(request.user).select_related(*_PARTY).filter(pk=pk).first()
    if party is None:
        raise NotFound
    record = queries.partnership(request.user, party.partnership.public_id)
    require(may_write_partnership(request.user, record))
    contacts = inviting.contacts_to_invite(party, request.user)
    sent = request.POST.get("what", "")
    has_editors = representatives_of(party).exists()
    email = InviteForm(request.POST if sent == "email" else None, contacts=contacts, has_editors=has_editors)
    letter = PrintCodeForm(request.POST if sent == "letter" else None, auto_id="id_letter_%s")
    back = partnership_url(record, "office")
    form = letter if sent == "letter" else email
    if form.is_bound and form.is_valid():
        source = form.cleaned_data["source"]
        try:
            if form is email:
                contact = form.cleaned_data["contact"]
                note = form.cleaned_data["note"]
                inviting.invite_by_email(party=party, by=request.user, source=source, contact=contact, note=note)
                return redirect_after_save(
                    request, gettext("We’ll email %(name)s an invitation.") % {"name": contact or party}, back
                )
            invitation, code = inviting.print_code(party=party, by=request.user, source=source)
            redirect_resubmissions(request, request.path)
            return _printed_invitation(request, party, invitation, code, back)
        except ValidationError as problem:
            add_errors(problem, form)
    context = {
        "title": gettext("Invite %(party)s: %(partnership)s") % {"party": party, "partnership": record.title},
        "record": record,
        "party": party,
        "why_not": (why_not := inviting.refusal(party)),
        "hides_form": bool(why_not),
        "is_reachable": bool(contacts) or has_editors,
        "words": consent_text(party),
        "email": email,
        "letter": letter,
        "form": form,
        "back": back,
        "crumbs": crumbs_to_partnership(record),
    }
    status = status_of(form) if form.is_bound else 422 if request.method == "POST" else 200
    return render(request, "partnerships/seat_invite.html", context, status=status)


@require_http_methods(["GET", "POST"])
@never_cache
def invite_all(request, public_id):
    """Invite the partners of a partnership that aren't invited yet, each by a contact or its own editors."""
    record = queries.partnership(request.user, public_id)
    require(may_write_partnership(request.user, record))
    waiting = inviting.not_invited_yet(
        parties_visible_to(request.user).select_related(*_PARTY).filter(partnership=record)
    )
    contacts = inviting.contacts_by_party(waiting, request.user)
    editors, answers = representatives_by_party(waiting), latest_answers([record.pk])
    offered = [
        (party, contacts[party.pk], bool(editors[party.pk]), (record.pk, *body_key(party)) in answers)
        for party in waiting
        if contacts[party.pk] or editors[party.pk]
    ]
    form = InviteAllForm(posted_data(request), offered=offered)
    back = partnership_url(record, "partners")

    def act(data):
        invited = inviting.invite_all(
            partnership=record, by=request.user, contacts=form.contacts(), source=data["source"], note=data["note"]
        )
        if not invited:
            return gettext("We didn’t email anyone. Each of these partners was invited or answered a moment ago.")
        return gettext("We’ll email an invitation to: %(names)s.") % {"names": ", ".join(map(str, invited))}

    def page(_current):
        return Step(
            title=gettext("Invite partners to confirm: %(partnership)s") % {"partnership": record.title},
            text=gettext(
                "Only the partner itself can confirm its seat. If it doesn’t answer in 90 days, the seat stays recorded by your "
                "office."
            ),
            button=gettext("Send invitations"),
            back=back,
            crumbs=crumbs_to_partnership(record),
            template_name="partnerships/seats_invite.html",
            more={
                "offered": offered,
                "hides_form": not offered,
                "unreachable": [
                    (party, _edit_url(request.user, party.entity))
                    for party in waiting
                    if not contacts[party.pk] and not editors[party.pk]
                ],
            },
        )

    return take_step(request, form, act, page, to=back)


def _edit_url(person, entity) -> str:
    """Where this person can add a contact to an office or organization, "" if they may not."""
    kind = record_types.for_record(entity)
    return reverse(f"{kind.key}_edit", args=[entity.public_id]) if kind.may_write(person, entity) else ""


def _printed_invitation(request, party, invitation, code, back):
    context = {"party": party, "until": invitation.until, "code": code, "words": consent_text(party), "back": back}
    context["address"] = request.build_absolute_uri(reverse("code"))
    return render(request, "partnerships/seat_letter.html", context)


@private_page(links.SEAT)
def by_link(request, link):
    invitation, party = link_queries.invitation_of(link)
    return _seat_page(
        request, party, way=ConsentWay.LINK, contact=invitation.contact, ended=inviting.ended_reason(invitation)
    )


def _claim_url(request, party) -> str:
    """Where someone who used a code asks to represent the organization, if no one does yet. It's never a new organization."""
    organization = party.organization
    if party.state != SeatState.CONFIRMED or organization is None or representatives_of(party).exists():
        return ""
    asked = page_language.query(request)
    return f"{claim_url(organization)}{asked.replace('?', '&')}"


def by_code(request, invitation, party, ticket):
    """The page of a seat after its code was entered (web/by_link/codes.py)."""
    return _seat_page(request, party, way=ConsentWay.CODE, invitation=invitation, ticket=ticket)


def _seat_page(request, party, *, way, contact=None, invitation=None, ticket="", ended=""):
    """The page of a seat, with a message after an answer was saved.

    `ended` is the reason why the seat can no longer be confirmed here. It can always be declined.
    """
    problem, message = None, ""
    if request.method == "POST" and "answer" in request.POST:
        try:
            if ended and request.POST["answer"] == SeatState.CONFIRMED:
                raise ValidationError(ended)
            with transaction.atomic():
                if invitation:
                    inviting.use_code(invitation)
                party = answer(party, request.POST, by=SYSTEM, way=way, contact=contact)
            message = SAVED[request.POST["answer"]]
            redirect_resubmissions(
                request,
                (reverse("code") if invitation else request.path) + page_language.query(request),
                shows_secret=False,
            )
        except ValidationError as refused:
            problem = refused
    party = party if problem is None else type(party).objects.select_related(*_PARTY).get(pk=party.pk)
    seat = shown(party, None)
    if ended:
        seat["answers"] = [one for one in seat["answers"] if one[0] != SeatState.CONFIRMED]
    context = {
        "seat": seat,
        "ended": ended,
        "record": party.partnership,
        "message": message,
        "errors": problem.messages if problem else [],
        "ticket": "" if message else ticket,
        "is_link": invitation is None,
        "claim_url": _claim_url(request, party) if invitation else "",
        "may_sign_in": bool(contact and party.organization) and party.state == SeatState.CONFIRMED,
        "statement_token": link_queries.link_to_statement(party, contact) if contact else "",
        "is_emailed_later": bool(message and contact)
        and party.state == SeatState.CONFIRMED
        and contacts_who_confirmed([party]).get(party.pk) == contact
        and not representatives_of(party).exists(),
    }
    status = page_status(is_stale=problem and problem.code == "stale", has_errors=problem)
    return render(request, "by_link/seat.html", context, status=status)
