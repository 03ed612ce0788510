"""Circles as each reader may see them: who takes part, which seats are empty, and who hasn't met for long."""

import pytest

from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.insight import queries
from partnerships.insight.circles import Share
from partnerships.meetings import check_ins
from partnerships.meetings.closing import close_meeting
from partnerships.registry.actions import end_partnership, withdraw_partnership
from tests.factories import (
    in_days,
    make_issue_area,
    make_jurisdiction,
    make_meeting,
    make_organization,
    make_partnership,
    party,
)

pytestmark = pytest.mark.django_db


def names_by_circle(table):
    """Return circle → names, from the center outward."""
    found: dict = {}
    for partner in table.partners:
        found.setdefault(partner.circle, []).append(str(partner.entity))
    return found


def seats(table):
    return {str(one.wanted): [str(partner.entity) for partner in one.filled_by] for one in table.seats}


def circles_of(board, person=None):
    return queries.circles_of(person, board.partnership)


# Who takes part


def test_each_reader_sees_the_parties_that_they_may_see(board):
    open_ones = {"decides": ["Department of Housing"], "co_designs": ["Renters together"], "consulted": ["Union hall"]}
    open_ones[""] = ["City of Minneapolis"]
    assert names_by_circle(circles_of(board)) == names_by_circle(circles_of(board, board.people.partner)) == open_ones
    whole = open_ones | {"co_designs": ["Quiet circle of faith", "Renters together"]}
    assert names_by_circle(circles_of(board, board.people.reader)) == whole
    assert names_by_circle(circles_of(board, board.people.administrator)) == whole


@pytest.mark.parametrize("circle", ["declined", "not_approached"])
def test_who_declined_or_was_not_asked_is_the_offices_alone_and_fills_no_seat(board, circle):
    board.expect(board.union, "consulted")
    board.seat(board.hall, circle=circle)
    for person in (None, board.people.partner):
        assert circle not in names_by_circle(circles_of(board, person))
        assert seats(circles_of(board, person)) == {"Labor union": []}
    assert names_by_circle(circles_of(board, board.people.reader))[circle] == ["Union hall"]
    assert seats(circles_of(board, board.people.reader)) == {"Labor union": []}


def test_a_party_that_left_is_gone_for_everyone_and_its_seat_is_empty(board):
    board.expect(board.union, "consulted")
    assert seats(circles_of(board)) == {"Labor union": ["Union hall"]}
    board.seat(board.hall, ends_on=in_days(-1))
    for person in (None, board.people.reader):
        assert "consulted" not in names_by_circle(circles_of(board, person))
        assert seats(circles_of(board, person)) == {"Labor union": []}
    board.seat(board.hall, ends_on=in_days(0))
    assert seats(circles_of(board)) == {"Labor union": ["Union hall"]}


# Empty seats


def test_an_unlisted_organization_fills_a_seat_for_its_office_alone(board):
    board.expect(board.faith)
    for person in (None, board.people.partner, board.people.stranger):
        assert seats(circles_of(board, person)) == {"Faith body": []}
        assert circles_of(board, person).share == Share(taken=2, community=1, empty=1, confirmed=1)
    assert seats(circles_of(board, board.people.editor)) == {"Faith body": ["Quiet circle of faith"]}
    assert circles_of(board, board.people.editor).share == Share(taken=3, community=2, empty=0, confirmed=2)


def test_a_community_fills_a_seat_only_if_the_organization_shows_who_it_serves(board):
    board.expect(board.renters)
    assert seats(circles_of(board)) == {"Renters": []}
    assert seats(circles_of(board, board.people.partner)) == {"Renters": ["Renters together"]}
    assert seats(circles_of(board, board.people.reader)) == {"Renters": ["Renters together"]}
    save_organization(organization=board.group, by=SYSTEM, fields={"open_fields": {"communities": "public"}})
    assert seats(circles_of(board)) == {"Renters": ["Renters together"]}
    save_organization(organization=board.group, by=SYSTEM, fields={"listing": "named"})
    assert seats(circles_of(board)) == {"Renters": []}


def test_a_kind_fills_a_seat_only_where_the_organization_shows_it(board):
    board.expect(board.union, "consulted")
    for fields, sees in (
        ({"open_fields": {"kind": "staff"}}, []),
        ({"open_fields": {"kind": "public"}}, ["Union hall"]),
    ):
        save_organization(organization=board.hall, by=SYSTEM, fields=fields)
        assert seats(circles_of(board)) == {"Labor union": sees}
    save_organization(organization=board.hall, by=SYSTEM, fields={"listing": "named", "listing_source": "A report"})
    assert names_by_circle(circles_of(board))["consulted"] == ["Union hall"]
    assert seats(circles_of(board)) == {"Labor union": []}
    assert seats(circles_of(board, board.people.reader)) == {"Labor union": ["Union hall"]}


def test_a_department_fills_its_own_seat_and_that_of_its_government(board):
    county = make_jurisdiction("Ramsey County", "county")
    board.expect(board.housing, "decides")
    board.expect(board.planning, "decides")
    board.expect(county, "informed")
    assert seats(circles_of(board)) == {
        "Department of Housing": ["Department of Housing"],
        "Planning Office": [],
        "Ramsey County": [],
    }
    board.seat(county)
    assert seats(circles_of(board))["Ramsey County"] == ["Ramsey County"]


def test_sides_of_seats(board):
    funder = board.expect(queries.ExpectedSeat._meta.get_field("term").related_model.objects.create(
        vocabulary="organization_kind", key="funder", label="Funder"))  # fmt: skip
    for wanted, side in ((board.planning, "government"), (board.union, "community"), (board.renters, "community")):
        assert queries.SeatSeen(board.expect(wanted), []).side == side
    assert queries.SeatSeen(funder, []).side == "institution"


def test_who_sees_a_seat(board):
    board.expect(board.union, is_public=False)
    sees_seat = {name: bool(circles_of(board, person).seats) for name, person in board.people.as_roles().items()}
    assert {name for name, sees in sees_seat.items() if sees} == {"editor", "reader", "partner", "administrator"}
    assert circles_of(board).seats == []
    board.expect(board.faith)
    assert seats(circles_of(board)) == {"Faith body": []}
    withdraw_partnership(partnership=board.partnership, by=SYSTEM)
    board.partnership.refresh_from_db()
    assert queries.expected_seats_visible_to(None).count() == 0
    assert queries.expected_seats_visible_to(board.people.editor).count() == 2


# Who hasn't met for long


def hold_meeting(board, days, came, **fields):
    meeting = make_meeting(board.partnership, days=days, is_public=True)
    table = [{"party": board.party(body), "came": is_there} for body, is_there in came.items()]
    close_meeting(meeting=meeting, by=SYSTEM, fields={"notes": "So it was."} | fields, attendance=table)


def quiet(table):
    return {str(partner.entity): partner.quiet_since for partner in table.partners if partner.quiet_since}


def test_not_met_since_is_shown_for_either_side_and_changes_no_circle(board):
    hold_meeting(board, -200, {board.housing: True, board.group: True, board.hall: True}, notes_are_public=True)
    hold_meeting(board, -20, {board.housing: False, board.group: False, board.hall: True}, notes_are_public=True)
    for person in (None, board.people.reader):
        assert quiet(circles_of(board, person)) == {
            "Department of Housing": in_days(-200),
            "Renters together": in_days(-200),
        }
        assert names_by_circle(circles_of(board, person))["co_designs"][-1] == "Renters together"
    end_partnership(partnership=board.partnership, by=SYSTEM, ends_on=in_days(0), reason="Done")
    board.partnership.refresh_from_db()
    assert quiet(circles_of(board)) == {}


def test_only_meetings_whose_notes_the_reader_may_read_count(board):
    hold_meeting(board, -200, {board.group: True}, notes_are_public=True)
    hold_meeting(board, -10, {board.group: True})
    assert quiet(circles_of(board)) == {"Renters together": in_days(-200)}
    assert quiet(circles_of(board, board.people.reader)) == {}


def test_the_shortest_rhythm_counts_for_those_who_see_it(board):
    hold_meeting(board, -40, {board.group: True}, notes_are_public=True)
    plan = {"partnership": board.partnership, "anchor_on": in_days(3), "zone": "UTC", "person": board.people.editor}
    for rhythm in ("yearly", "monthly"):
        check_ins.save_check_in_plan(by=SYSTEM, fields=plan | {"rhythm": rhythm})
    assert quiet(circles_of(board)) == {}
    assert quiet(circles_of(board, board.people.reader)) == {"Renters together": in_days(-40)}


# An issue area in a jurisdiction


@pytest.fixture
def area(board):
    area = make_issue_area()
    board.save(issue_areas=[make_issue_area("renting", parent=area)])
    return area


def test_an_area_shows_each_partner_once_in_its_innermost_circle_with_its_partnerships(board, area):
    second = make_partnership(
        "More homes",
        lead=board.office,
        issue_areas=[area],
        parties=[party(board.group, circle="decides"), party(board.hall, circle="declined"), party(board.planning)],
    )
    elsewhere = make_partnership(
        "Parks", lead=board.office, parties=[party(make_organization("Gardeners"), circle="decides")]
    )
    table = queries.circles_in(None, area, board.office)
    assert names_by_circle(table) == {
        "decides": ["Department of Housing", "Renters together"],
        "consulted": ["Union hall"],
        "": ["City of Minneapolis", "Planning Office"],
    }
    named = {str(partner.entity): {str(one.title) for one in partner.partnerships} for partner in table.partners}
    assert named["Renters together"] == {"Homes for all", "More homes"}
    # A partner that declined in one partnership isn't shown where it takes part in another, not even to its office.
    for person in (None, board.people.reader):
        hall = next(p for p in queries.circles_in(person, area, board.office).partners if str(p.entity) == "Union hall")
        assert [one.title for one in hall.partnerships] == ["Homes for all"]
    assert elsewhere not in table.partnerships
    end_partnership(partnership=second, by=SYSTEM, ends_on=in_days(0), reason="Done")
    assert names_by_circle(queries.circles_in(None, area, board.office))["co_designs"] == ["Renters together"]


def test_an_area_in_a_place_counts_what_is_led_there_or_within(board, area):
    state = make_jurisdiction("Minnesota", "state")
    district = make_jurisdiction("School district", "school_district", parent=state)
    make_partnership("Schools", lead=district, issue_areas=[area], parties=[party(district, circle="decides")])
    assert names_by_circle(queries.circles_in(None, area, state)) == {"decides": ["School district"]}
    assert names_by_circle(queries.circles_in(None, area, district)) == {"decides": ["School district"]}
    assert queries.circles_in(None, area, board.people.other_office).partners == []


def test_a_seat_of_an_area_belongs_to_its_place(board, area):
    board.expect(board.union, issue_area=area)
    board.expect(board.faith, issue_area=area)
    assert seats(queries.circles_in(None, area, board.office)) == {"Labor union": ["Union hall"], "Faith body": []}
    assert seats(queries.circles_in(board.people.reader, area, board.office))["Faith body"] == ["Quiet circle of faith"]
    assert seats(queries.circles_in(None, area, board.people.other_office)) == {}
    assert seats(circles_of(board)) == {}
