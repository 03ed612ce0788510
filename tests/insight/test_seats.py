"""Expecting a seat, removing it, and expecting it again."""

import pytest

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict, NotAllowed, ValidationError
from partnerships.insight import expected_seats, queries
from partnerships.insight.rules import expected_seats_visible_to
from partnerships.models import Change, ExpectedSeat
from tests.factories import make_issue_area, make_jurisdiction, make_term

pytestmark = pytest.mark.django_db


def today(board):
    """Today's date at the office."""
    return clock.today(clock.zone(board.office.zone))


def test_the_offices_editors_and_administrators_alone_expect_seats(board):
    allowed = {"editor", "administrator"}
    for name, person in board.people.as_roles().items():
        term = make_term("community", name)
        if name in allowed:
            board.expect(term, by=person)
        else:
            with pytest.raises(NotAllowed):
                board.expect(term, by=person)
    assert sorted(ExpectedSeat.objects.values_list("term__key", flat=True)) == sorted(allowed)


def test_an_office_expects_no_one_in_the_partnership_of_another(board):
    with pytest.raises(NotAllowed):
        expected_seats.expect_seat(
            office=board.people.other_office,
            by=board.people.other_editor,
            fields={"partnership": board.partnership, "term": board.union, "circle": "decides"},
        )
    assert ExpectedSeat.objects.count() == 0


def test_the_seat_and_the_log_have_who_and_when(board):
    seat = board.expect(board.union, by=board.people.editor, why="They build the homes.")
    assert (seat.declared_by, seat.declared_on, seat.taken_back_on) == (board.people.editor, today(board), None)
    entry = Change.objects.get(record_type="expectedseat")
    assert (entry.by, entry.verb, entry.public_id) == (board.people.editor, "create", seat.public_id)
    assert (entry.after["term"], entry.after["why"]) == ("labor_union", "They build the homes.")
    assert seat.public_id.startswith("E-")


def test_a_removed_seat_is_gone_for_all_but_its_office_and_can_be_expected_again(board):
    seat = board.expect(board.faith, by=board.people.editor)
    seat = expected_seats.stop_expecting(seat=seat, by=board.people.editor, version=1)
    assert (seat.taken_back_on, seat.version) == (today(board), 2)
    sees = {name for name, one in board.people.as_roles().items() if expected_seats_visible_to(one).exists()}
    assert sees == {"editor", "reader", "administrator"}
    table = queries.circles_of(board.people.editor, board.partnership)
    assert (table.seats, [one.seat for one in table.taken_back]) == ([], [seat])
    assert queries.circles_of(board.people.reader, board.partnership).taken_back == []
    seat = expected_seats.expect_again(seat=seat, by=board.people.editor, version=2)
    assert [str(one.wanted) for one in queries.circles_of(None, board.partnership).empty] == ["Faith body"]
    assert list(Change.objects.filter(record_type="expectedseat").order_by("pk").values_list("verb", flat=True)) == [
        "create",
        "take_back",
        "expect_again",
    ]
    expected_seats.expect_again(seat=seat, by=board.people.editor)
    assert Change.objects.filter(record_type="expectedseat").count() == 3


def test_seats_that_cannot_be_expected(board):
    own, purpose = board.office, make_term("purpose", "learning")
    for seat in ({}, {"term": board.union, "department": board.housing}, {"jurisdiction": own}, {"term": purpose}):
        with pytest.raises(ValidationError) as refused:
            expected_seats.expect_seat(
                office=own, by=SYSTEM, fields={"partnership": board.partnership, "circle": "decides"} | seat
            )
        assert list(refused.value.error_dict) == ["who"]
    for circle in ("declined", "not_approached", ""):
        with pytest.raises(ValidationError) as refused:
            board.expect(board.union, circle)
        assert list(refused.value.error_dict) == ["circle"]
    assert ExpectedSeat.objects.count() == 0


def test_the_same_seat_is_expected_once_at_a_table(board):
    seat = board.expect(board.union)
    board.expect(board.union, issue_area=make_issue_area())
    with pytest.raises(ValidationError, match="already expected here"):
        board.expect(board.union, "informed")
    expected_seats.stop_expecting(seat=seat, by=SYSTEM)
    board.expect(board.union, "informed")
    with pytest.raises(ValidationError, match="already expected here"):
        expected_seats.expect_again(seat=seat, by=SYSTEM)
    seat.refresh_from_db()
    assert seat.taken_back_on == today(board)


def test_a_stale_version_is_refused(board):
    seat = board.expect(board.union)
    expected_seats.stop_expecting(seat=seat, by=SYSTEM, version=1)
    with pytest.raises(EditConflict):
        expected_seats.expect_again(seat=seat, by=SYSTEM, version=1)


def test_a_table_has_no_more_seats_than_can_be_read(board, monkeypatch):
    monkeypatch.setattr(expected_seats, "MOST_SEATS", 2)
    for n in range(2):
        board.expect(make_term("community", f"community_{n}"))
    with pytest.raises(ValidationError, match="at most 2 expected seats"):
        board.expect(board.union)
    board.expect(board.union, issue_area=make_issue_area())


def test_after_a_change_of_the_lead_the_new_lead_keeps_the_seats(board):
    seat = board.expect(board.union, is_public=False)
    board.save(lead=board.people.other_office)
    seat = queries.seat_of(board.people.other_editor, seat.public_id)
    assert expected_seats.stop_expecting(seat=seat, by=board.people.other_editor).taken_back_on == today(board)
    with pytest.raises(NotAllowed):
        expected_seats.expect_again(seat=seat, by=board.people.editor)


def test_the_current_lead_is_asked_to_fill_a_seat_as_long_as_the_partnership_goes_on(board):
    def asked():
        people = (board.people.editor, board.people.other_editor)
        return [[str(one.term) for one in queries.empty_seats_of(person, most=9)] for person in people]

    board.expect(make_term("community", "youth", "Youth"))
    assert asked() == [["Youth"], []]
    board.save(lead=board.people.other_office)
    assert asked() == [[], ["Youth"]]
    board.save(status="ended", status_reason="Done", ends_on=today(board))
    assert asked() == [[], []]


def test_a_partner_of_a_partnership_that_has_ended_fills_no_seat_on_an_issue_area(board):
    area = make_issue_area()
    board.save(issue_areas=[area])
    board.seat(board.group, circle="decides")
    board.expect(board.renters, issue_area=area)
    assert queries.empty_seats_of(board.people.editor, most=9) == []
    board.save(status="ended", status_reason="Done", ends_on=today(board))
    assert [str(one.term) for one in queries.empty_seats_of(board.people.editor, most=9)] == ["Renters"]


def test_who_an_office_may_expect(board):
    county = make_jurisdiction("Ramsey County", "county")
    retired = make_term("community", "old_word")
    retired.is_retired = True
    retired.save()
    board.office.parent = county
    groups = dict(queries.who_may_be_expected(board.office))
    assert [str(row) for row in groups["Departments of City of Minneapolis"]] == [
        "Department of Housing",
        "Planning Office",
    ]
    assert groups["Neighboring governments"] == [county]
    assert [row.key for row in groups["A kind of organization"]] == ["faith_body", "labor_union"]
    assert [row.key for row in groups["A community"]] == ["renters"]
