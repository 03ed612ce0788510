"""The state of a seat, and the link to its page, for the partner’s own users."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock
from partnerships.registry import consent
from partnerships.registry.choices import SeatState, Status
from partnerships.web.frame.words import day, on

STILL_CLOSED = _("Partners can read what you show to partners once you confirm the seat here yourself.")
_LINES = {  # without and with the day of the answer
    SeatState.CONFIRMED: (_("Confirmed."), _("Confirmed on %(day)s.")),
    SeatState.DECLINED: (_("Declined."), _("Declined on %(day)s.")),
    SeatState.WITHDRAWN: (_("Withdrawn."), _("Withdrawn on %(day)s.")),
    SeatState.INVITED: (
        _("%(lead)s invited you to confirm this seat."),
        _("%(lead)s invited you on %(day)s to confirm this seat."),
    ),
    SeatState.RECORDED: (_("%(lead)s recorded this seat. You haven’t answered yet."),) * 2,
}


def state_line(party, latest) -> str:
    """The status of a seat, for the partner's own users."""
    lead = party.partnership.lead
    words = {"lead": lead, "day": on(latest.at, lead.zone) if latest else ""}
    if has_ended(party):
        return _ended_line(party, words)
    line, more = _LINES[party.state][latest is not None] % words, ""
    if party.state == SeatState.CONFIRMED and consent.may_confirm_itself(party, latest):
        return f"{gettext('Confirmed on %(day)s with a printed code.') % words} {STILL_CLOSED}"
    if party.state == SeatState.DECLINED:
        more = gettext("Only %(lead)s’s staff know. They can’t ask you again, but you can still confirm.") % words
    if party.state == SeatState.WITHDRAWN:
        still, gone = gettext("Your seat still counts, without your name."), gettext("Your seat doesn’t count.")
        more = f"{still if latest and latest.may_count else gone} {gettext('You can confirm again at any time.')}"
    return f"{line} {more}".strip()


def has_ended(party) -> bool:
    """Whether the last day of the seat has passed, or the partnership has ended."""
    is_over = party.ends_on is not None and party.ends_on < clock.today()
    return is_over or party.partnership.status == Status.ENDED


def _ended_line(party, words) -> str:
    """What was, of a seat that has ended: nothing that holds only as long as someone has the seat."""
    if party.ends_on:
        line = gettext("This seat ended on %(day)s.") % {"day": day(party.ends_on)}
    else:
        line = gettext("This seat ended with the partnership.")
    if party.state == SeatState.CONFIRMED and words["day"]:
        return f"{line} {gettext('You confirmed it on %(day)s.') % words}"
    return line


def action_for(party) -> str:
    """The text of the link to the page of a seat."""
    if has_ended(party):
        return gettext("See our seat")
    words = {
        SeatState.CONFIRMED: gettext("See our seat or withdraw"),
        SeatState.DECLINED: gettext("Confirm it after all"),
        SeatState.WITHDRAWN: gettext("Confirm it again"),
    }
    return words.get(party.state, gettext("Confirm or decline"))
