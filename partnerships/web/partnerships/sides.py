"""Both sides of a record, for its page.

That's each partner's statement on the record, the lead agency's statements with replies, and the person's own part.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock
from partnerships.registry import sides
from partnerships.registry.choices import OFFICE_ONLY_CIRCLES, Verdict
from partnerships.web.frame.words import day

# Verdict → what the table says while the record is unchanged, and after it changed.
SAYS = {
    Verdict.CONFIRMED: (_("Confirms the record"), _("Confirmed on %(day)s; the record has changed since")),
    Verdict.DISPUTED: (_("Disagrees"), _("Disagreed on %(day)s; the record has changed since")),
}


def both_sides(page) -> dict:
    """Context for the templates of a partnership's page."""
    document, parties = page.document, page.parties
    shown = sides.both_sides(page.person, page.record, document, page.rows)
    statements = {statement["party"]: statement for statement in document["statements"]}
    other_parties = [p for p in parties if p["id"] != document["lead"]["id"] and p["circle"] not in OFFICE_ONLY_CIRCLES]
    positions = [
        _position(party, statements.get(party["id"]), shown.asked_on.get(party["id"])) for party in other_parties
    ]
    by_id = {party["id"]: party for party in parties}
    return {
        "positions": positions,
        "answered": [row for row in positions if row["verdict"] or row["since"]],
        "not_asked": [row for row in positions if not (row["verdict"] or row["since"])],
        "disputes": [row for row in positions if row["verdict"] == Verdict.DISPUTED],
        "remarks": [_remark(remark, by_id, page.record.lead) for remark in shown.remarks],
        "may_reply": any(part.may_state for part in shown.own),
        "own_parts": own_parts_shown(page, shown.own),
    }


def own_parts_shown(page, parts) -> list:
    """Staff of the lead agency can edit the whole record, so they see only what they can say for a party."""
    return [part for part in parts if not page.is_whole or part.may_state or part.note]


def _position(party, statement, asked_on) -> dict:
    """What a party says about the record: text for the table, the date, and its own words if it disagrees."""
    row = {"party": party, "verdict": "", "since": asked_on, "words": "", "is_current": True}
    if statement is None:
        return row | {"says": gettext("Invited, has not replied") if asked_on else gettext("Not asked yet")}
    row |= {"verdict": statement["verdict"], "since": statement["on"], "words": statement["words"]}
    now, then = SAYS[statement["verdict"]]
    says = now if statement["is_current"] else then % {"day": day(statement["on"])}
    return row | {"is_current": statement["is_current"], "says": says}


def _remark(shown, by_id, lead) -> dict:
    """A statement with its replies. Dates are in the time zone of the lead agency."""
    zone = clock.zone(lead.zone)

    def day_of(at):
        return at.astimezone(zone).date() if at else None

    def place(reply):
        party = by_id.get(reply.party.entity.public_id)
        return {"party": party, "reply": reply, "on": day_of(reply.at), "invited_on": day_of(reply.invited_at)}

    replies = [place(reply) for reply in shown.replies]
    silent = [place(reply) for reply in shown.silent]
    return {
        "remark": shown.remark,
        "lead": shown.remark.lead or lead,  # who said it
        "shown_on": day_of(shown.remark.shown_at),
        "is_public": shown.is_public,
        "replies": [row for row in replies if row["party"]],
        "silent": [row for row in silent if row["party"]],
    }
