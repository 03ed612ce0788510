"""Saves expected seats: an office says who should have a seat in a partnership and how close, and withdraws that.

`by` is the person, or SYSTEM for a command. All functions raise ValidationError (by field), NotAllowed and, with a
version, EditConflict.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.choices import Vocabulary
from partnerships.core.errors import ValidationError
from partnerships.core.snapshots import snapshot_fields
from partnerships.core.writing import apply_values, change, lock
from partnerships.directory.models import Body, Jurisdiction, Term
from partnerships.insight.models import ExpectedSeat
from partnerships.insight.rules import may_expect, office_of

MOST_SEATS = 40  # that one office can expect in one partnership or issue area
_WHO = ("department", "jurisdiction", "term")


def snapshot(seat: ExpectedSeat) -> dict:
    return snapshot_fields(seat, leave_out=("declared_by",))


@transaction.atomic
def expect_seat(*, office: Jurisdiction, by: Author, fields: dict[str, Any]) -> ExpectedSeat:
    """Add an expected seat.

    `fields`: partnership or issue_area; department, jurisdiction or term; circle, why (the seat is expected),
    is_public. For a partnership, the office is its lead.
    """
    partnership = fields.get("partnership")
    require((by is SYSTEM or may_expect(by, office)) and (partnership is None or partnership.lead_id == office.pk))
    # locked, so that two saves at the same time are counted one after the other
    office = lock(Jurisdiction(pk=office.pk), None)
    scope = {name: fields.get(name) for name in ("partnership", "issue_area")}
    if ExpectedSeat.objects.filter(office=office, taken_back_on=None, **scope).count() >= MOST_SEATS:
        raise ValidationError(
            gettext("An issue area can have at most %(number)s expected seats. Remove one first.")
            % {"number": MOST_SEATS},
            code="many",
        )
    who = [(name, fields[name]) for name in _WHO if fields.get(name) is not None]
    _check(office, who)
    own = {"office": office, "declared_by": account_of(by), "declared_on": clock.today(clock.zone(office.zone))}
    seat = ExpectedSeat()
    with change(seat, by=by, verb="create", snapshot=snapshot) as writing:
        apply_values(seat, fields | own)
    return writing.record


def _check(office: Jurisdiction, who: list[tuple[str, Body | Term]]) -> None:
    """Raise ValidationError under “who”."""
    words = ""
    if len(who) != 1:
        words = gettext(
            "Choose who should take this seat: one department, government, kind of organization or community."
        )
    elif who[0] == ("jurisdiction", office):
        words = gettext(
            "An office already takes part in its own partnerships. Choose one of its departments or a neighbor."
        )
    elif isinstance(term := who[0][1], Term) and term.vocabulary not in (
        Vocabulary.ORGANIZATION_KIND,
        Vocabulary.COMMUNITY,
    ):
        words = gettext("Choose a kind of organization or a community.")
    if words:
        raise ValidationError({"who": ValidationError(words, code="who")})


@transaction.atomic
def stop_expecting(*, seat: ExpectedSeat, by: Author, version: int | None = None, why: str = "") -> ExpectedSeat:
    """Stop expecting the seat. It can be expected again."""
    return _set_taken_back(
        seat, by, version, why, verb="take_back", taken_back_on=clock.today(clock.zone(seat.office.zone))
    )


@transaction.atomic
def expect_again(*, seat: ExpectedSeat, by: Author, version: int | None = None, why: str = "") -> ExpectedSeat:
    """Expect a seat again after `stop_expecting`. Refused if the same seat was added again in between."""
    return _set_taken_back(seat, by, version, why, verb="expect_again", taken_back_on=None)


def _set_taken_back(
    seat: ExpectedSeat, by: Author, version: int | None, why: str, *, verb: str, taken_back_on: date | None
) -> ExpectedSeat:
    require(by is SYSTEM or may_expect(by, office_of(seat)))
    lock(seat.office, None)  # locked before the seat, as in expect_seat, so that one of two equal seats is refused
    with change(seat, by=by, verb=verb, snapshot=snapshot, why=why, version=version) as writing:
        if (writing.record.taken_back_on is None) == (taken_back_on is None):
            return writing.record
        apply_values(writing.record, {"taken_back_on": taken_back_on})
    return writing.record
