"""A partner's answer about its seat: yes, no, or no longer. Only the partner itself changes it.

`by` is the person who answers, or SYSTEM for a command. `seen`: the state that they saw, if they saw one. All functions
raise NotAllowed, NotFound when the seat was removed, and ValidationError when it was answered in between or this answer
isn't possible.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.writing import lock
from partnerships.directory.models import BODIES, Contact, body_key
from partnerships.registry import events, inviting, name_withholding, publication, seats
from partnerships.registry.choices import ConsentWay, SeatState
from partnerships.registry.models import Party, SeatConsent
from partnerships.registry.rules import latest_answers, may_answer_seat

MOVED = _("This seat was answered a moment ago. Check what it says now, then answer again.")
NOT_OPEN = _("You can’t give this answer now. Choose one of the answers on this page.")


def confirm_seat(
    *,
    party: Party,
    by: Author,
    seen: str | None = None,
    way: str = ConsentWay.ACCOUNT,
    text: str = "",
    contact: Contact | None = None,
) -> Party:
    """Confirm the seat. `text`: what the partner read before."""
    return _save_answer(party, SeatState.CONFIRMED, by=by, seen=seen, way=way, text=text, contact=contact)


def decline_seat(
    *,
    party: Party,
    by: Author,
    seen: str | None = None,
    way: str = ConsentWay.ACCOUNT,
    text: str = "",
    contact: Contact | None = None,
) -> Party:
    """Decline the seat: it leaves every list and figure outside the office at once."""
    return _save_answer(party, SeatState.DECLINED, by=by, seen=seen, way=way, text=text, contact=contact)


def withdraw_from_seat(
    *,
    party: Party,
    by: Author,
    may_count: bool = True,
    seen: str | None = None,
    way: str = ConsentWay.ACCOUNT,
    text: str = "",
    contact: Contact | None = None,
) -> Party:
    """Withdraw a confirmation. `may_count`: whether figures may still count the seat without its name.

    A government that can be named without a yes stays named, as recorded by the office, and loses the rights of its
    seat.
    """
    state = SeatState.WITHDRAWN if seats.may_decline(party) else SeatState.RECORDED
    return _save_answer(party, state, by=by, seen=seen, way=way, text=text, contact=contact, may_count=may_count)


@transaction.atomic
def _save_answer(party: Party, state: str, *, by: Author, seen: str | None, **more: Any) -> Party:
    require(by is SYSTEM or may_answer_seat(by, party))
    partnership = lock(party.partnership, None)
    current = (
        partnership.parties.select_related("jurisdiction", "department__jurisdiction", "organization")
        .filter(pk=party.pk)
        .first()
    )
    if current is None:
        raise NotFound
    if current.state == state and not _was_by_code(current, state, by):
        return current
    if seen is not None and current.state != seen:
        raise ValidationError(MOVED, code="stale")
    if current.state != state and state not in seats.possible_answers(current):
        raise ValidationError(NOT_OPEN, code="not_open")
    if state == SeatState.WITHDRAWN:
        name_withholding.remove_name(current, may_count=more["may_count"])
    current.state = state
    current.save(update_fields=["state"])
    if state == SeatState.CONFIRMED:
        name_withholding.restore_name(current)
    body = {name: getattr(current, name) for name in BODIES}
    consent = SeatConsent(partnership=partnership, state=state, by=account_of(by), at=clock.now(), **more, **body)
    if state == SeatState.CONFIRMED and more["way"] == ConsentWay.LINK and consent.contact:
        consent.mark_mailbox()
    consent.save()
    publication.publish({partnership.pk})
    inviting.withdraw_reminders(current)
    if by is not SYSTEM or more["way"] != ConsentWay.ACCOUNT:  # not by a command
        events.seat_answered(consent)
    return current


def may_confirm_itself(party: Party, latest: SeatConsent | None) -> bool:
    """Whether a seat was confirmed only with a printed code, so that its own people can still confirm it themselves."""
    return party.state == SeatState.CONFIRMED and latest is not None and latest.way == ConsentWay.CODE


def _was_by_code(party: Party, state: str, by: Author) -> bool:
    latest = latest_answers([party.partnership_id]).get((party.partnership_id, *body_key(party)))
    return by is not SYSTEM and state == SeatState.CONFIRMED and may_confirm_itself(party, latest)
