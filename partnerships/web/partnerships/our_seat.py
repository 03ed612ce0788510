"""Your seat in a partnership: its meaning, and buttons to confirm, decline or withdraw."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.errors import ValidationError
from partnerships.registry import consent, queries, seats, sides
from partnerships.registry.choices import GIVEN_UP, ConsentWay, SeatState
from partnerships.registry.consent_words import consent_text
from partnerships.registry.inviting import ended_reason, refusal
from partnerships.registry.rules import may_answer_seat
from partnerships.web.components.partnerships import crumbs_to_partnership
from partnerships.web.components.seats import state_line
from partnerships.web.frame.editing import redirect_after_save

SAVED = {
    SeatState.CONFIRMED: _("You confirmed this seat."),
    SeatState.DECLINED: _("You declined this seat. Your name is off the page."),
    SeatState.WITHDRAWN: _("You withdrew. Your name is off the page."),
    SeatState.RECORDED: _("You withdrew your confirmation. The record still names your office."),
}
BUTTONS = {
    SeatState.CONFIRMED: _("Confirm seat"),
    SeatState.DECLINED: _("Decline seat"),
    SeatState.WITHDRAWN: _("Withdraw"),
    SeatState.RECORDED: _("Undo confirmation"),
}


@require_http_methods(["GET", "POST"])
@never_cache
def our_seat(request, public_id):
    record = queries.partnership(request.user, public_id)
    rows = [row for row in sides.seats_of(request.user, partnership=record) if may_answer_seat(request.user, row[0])]
    require(bool(rows))
    errors = {}
    if request.method == "POST":
        chosen = [party for party, _ in rows if party.entity.public_id == request.POST.get("party")]
        try:
            if not chosen:
                raise ValidationError(consent.NOT_OPEN)
            answer(chosen[0], request.POST, by=request.user)
        except ValidationError as problem:
            errors[request.POST.get("party")] = problem
            rows = [
                row for row in sides.seats_of(request.user, partnership=record) if may_answer_seat(request.user, row[0])
            ]
        else:
            return redirect_after_save(
                request, SAVED[request.POST["answer"]], reverse("partnership_our_seat", args=[public_id])
            )
    back = reverse("partnership", args=[public_id])
    context = {
        "title": gettext("Your seat: %(partnership)s") % {"partnership": record.title},
        "record": record,
        "seats": [shown(party, latest) for party, latest in rows],
        "errors": [word for problem in errors.values() for word in problem.messages],
        "back": back,
        "crumbs": crumbs_to_partnership(record, back),
    }
    status = 200
    if errors:
        status = 409 if any(one.code == "stale" for problem in errors.values() for one in problem.error_list) else 422
    return render(request, "partnerships/our_seat.html", context, status=status)


def answer(party, data, **who):
    """Save the answer to a seat from POST data (`answer`, `seen`, `may_count`). Raises ValidationError."""
    state, more = data.get("answer"), {"seen": data.get("seen"), "text": "\n\n".join(consent_text(party)), **who}
    if state == SeatState.CONFIRMED:
        return consent.confirm_seat(party=party, **more)
    if state == SeatState.DECLINED:
        return consent.decline_seat(party=party, **more)
    if state in (SeatState.WITHDRAWN, SeatState.RECORDED) and seats.may_decline(party) == (
        state == SeatState.WITHDRAWN
    ):
        return consent.withdraw_from_seat(party=party, may_count=data.get("may_count") != "no", **more)
    raise ValidationError(consent.NOT_OPEN, code="not_open")


def shown(party, latest) -> dict:
    """A seat for templates/components/_seat.html."""
    answers = seats.possible_answers(party)
    if consent.may_confirm_itself(party, latest):
        answers = (SeatState.CONFIRMED, *answers)
    return {
        "party": party,
        "key": party.entity.public_id,
        "state": party.state,
        "line": state_line(party, latest),
        "roles": [row.role for row in party.roles.all()],
        "words": consent_text(party),
        "answers": [(state, BUTTONS[state]) for state in answers if state != SeatState.WITHDRAWN],
        "may_withdraw": SeatState.WITHDRAWN in answers,
    }


def _way_words(party, latest) -> str:
    if party.state == SeatState.INVITED and ended_reason(latest):
        return gettext("The person who invited them no longer works on this record. Invite them again.")
    if party.state == SeatState.INVITED and latest.way in (ConsentWay.LINK, ConsentWay.CODE):
        return gettext("Not answered yet")
    return latest.get_way_display()


def _who_words(party, latest) -> str:
    if party.state == SeatState.INVITED:  # its contact is who was invited
        return gettext("Invited by %(name)s") % {"name": latest.by} if latest.by else ""
    return str(latest.by or latest.contact or gettext("Not known"))


def answer_row(party, latest) -> dict:
    """What the office may know about a partner's answer: its state, how, who and when."""
    is_current = latest is not None and latest.state == party.state
    return {
        "party": party,
        "state": party.get_state_display(),
        "how": _way_words(party, latest) if is_current else "",
        "who": _who_words(party, latest) if is_current else "",
        "on": latest.at if is_current else None,
        "counts": is_current and party.state == SeatState.WITHDRAWN and latest.may_count,
        "is_invited": party.state == SeatState.INVITED,
        "is_withdrawn": party.state == SeatState.WITHDRAWN,
        "may_invite": not refusal(party),
        "why_not_invited": _why_not_invited(party),
    }


def _why_not_invited(party) -> str:
    """Why this partner can't be invited (`refusal`), in few words."""
    if party.state == SeatState.CONFIRMED:
        return gettext("Already confirmed")
    if party.state in GIVEN_UP:
        return gettext("Don’t ask again")
    return gettext("Not needed") if party.partnership.is_published else gettext("Once it’s published")
