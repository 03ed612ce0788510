"""The rows of the tab of partners: each circle with its partners and its empty seats, and what an editor can do with each."""

from django.urls import reverse
from django.utils.translation import gettext

from partnerships.directory.models import is_closed
from partnerships.registry import inviting
from partnerships.registry.choices import OFFICE_ONLY_CIRCLES, SeatState
from partnerships.web.frame.words import closed_words

MOST_SHOWN = 5  # rows of a circle; the others are folded


def circles_with_rows(page, groups, may_expect) -> list[dict]:
    """Each circle with its rows: those of `circle_words.shown`, with what the record says of each partner.

    Partners whose term has ended come last.
    """
    listed = {party["id"]: party for party in page.parties}
    parties = {party.entity.public_id: party for party in page.rows} if page.may_write else {}
    for _, some in groups:
        for row in some:
            party = parties.get(row.get("public_id"))
            row["listed"] = listed.pop(row.get("public_id"), None)
            row["place"] = _seat_mark(row, party)
            row["actions"] = _of_partner(page.record, party) if party else _of_seat(row, may_expect)
    ended = [_ended(page.record, party, parties) for party in listed.values()]
    groups = groups + ([(gettext("No longer partners"), ended)] if ended else [])
    return [
        {"name": name, "count": len(some), "rows": some[:MOST_SHOWN], "more": some[MOST_SHOWN:]}
        for name, some in groups
    ]


def _ended(record, listed, parties) -> dict:
    party = parties.get(listed["id"])
    return {"party": listed, "listed": listed, "actions": _of_partner(record, party) if party else []}


def _seat_mark(row, party) -> tuple[str, str]:
    """The seat of a row: the class of its mark, and what it is in words. `party` is the partner's row, for an editor."""
    if row["seat"]:
        return "vacant", row["now"]
    if row["circle"] in OFFICE_ONLY_CIRCLES or row["listed"] is None:
        return "vacant", row["now"]
    if party and is_closed(party.entity):
        return "vacant", closed_words(party.entity)
    if row["is_own"]:
        return "own", gettext("Office of the lead agency")
    if row["listed"]["confirmed"]:
        return "confirmed", gettext("Confirmed by the partner")
    if party and party.state == SeatState.INVITED:
        return "invited", gettext("Invited, hasn’t answered")
    return "", gettext("Recorded by the office")


def _of_partner(record, party) -> list[dict]:
    url = reverse("partner_edit", args=[record.public_id, party.entity.public_id])
    actions = [{"name": gettext("Edit"), "url": url, "in_place": True}]
    if not inviting.refusal(party):
        actions.append({"name": gettext("Invite to confirm"), "url": reverse("seat_invite", args=[party.pk])})
    return actions


def _of_seat(row, may_expect) -> list[dict]:
    if not (row["seat"] and may_expect):
        return []
    return [{"name": gettext("Remove"), "url": reverse("expected_seat", args=[row["seat"].public_id])}]
