"""Snapshots of circles at the start of a quarter: stored once, and read without names that their reader may not see now."""

from datetime import datetime

import pytest
import time_machine

from partnerships import tasks
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.insight import queries, snapshots
from partnerships.models import CircleSnapshot, Heartbeat
from partnerships.registry.actions import end_partnership
from tests.factories import in_days, make_organization, make_partnership, party
from tests.insight.conftest import Board
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
JULY, OCTOBER, NOVEMBER = "2026-07-01", "2026-10-01", "2026-11-24"


def at_day(day):
    return time_machine.travel(f"{day}T18:00:00Z", tick=False)


def snapshot_rows(quarter=JULY):
    rows = CircleSnapshot.objects.filter(quarter_on=quarter).select_related("party")
    return {str(row.party): (row.side, row.circle) for row in rows}


@snapshot_fixture
def board(people):
    """A board that was published before the quarter began."""
    with at_day("2026-06-01"):
        return Board(people)


def test_the_first_look_in_a_quarter_keeps_every_ring(board):
    with at_day(JULY):
        tasks.take_snapshots()
    assert snapshot_rows() == {
        "Department of Housing": ("government", "decides"),
        "Renters together": ("community", "co_designs"),
        "Quiet circle of faith": ("community", "co_designs"),
        "Union hall": ("community", "consulted"),
    }


@pytest.mark.both
def test_twice_is_once_and_what_comes_later_waits_for_the_next_quarter(board):
    with at_day(JULY):
        tasks.take_snapshots()
        before = list(CircleSnapshot.objects.values())
        tasks.take_snapshots()
    with at_day("2026-08-01"):
        board.seat(board.group, circle="decides")
        board.seat(make_organization("Latecomers"), circle="informed")
        tasks.take_snapshots()
    assert list(CircleSnapshot.objects.values()) == before
    with at_day(OCTOBER):
        tasks.take_snapshots()
    assert snapshot_rows(OCTOBER)["Latecomers"] == ("community", "informed")
    assert snapshot_rows(OCTOBER)["Renters together"] == ("community", "decides")


def test_a_missed_first_day_is_caught_up_once(board):
    with at_day("2026-08-15"):
        tasks.take_snapshots()
        assert len(snapshot_rows()) == 4
        assert Heartbeat.objects.filter(name="circles of 2026-07-01").count() == 1


@pytest.mark.both
def test_two_workers_and_one_that_was_killed_write_no_seat_twice(board, monkeypatch):
    monkeypatch.setattr(snapshots, "BATCH", 2)
    with at_day(JULY):
        assert snapshots.take_snapshots() == 4
        first = list(CircleSnapshot.objects.order_by("pk").values_list("party", flat=True))
        # As another worker that hasn't read the mark, and as a worker that was killed after some of the rows.
        for is_killed in (False, True):
            Heartbeat.objects.all().delete()
            if is_killed:
                CircleSnapshot.objects.filter(party__in=first[1:]).delete()
            assert snapshots.take_snapshots() == 4
            assert sorted(CircleSnapshot.objects.values_list("party", flat=True)) == sorted(first)
        assert snapshots.take_snapshots() == 0


def test_who_left_and_what_has_ended_is_not_kept(board):
    with at_day("2026-06-20"):
        board.seat(board.hall, ends_on=in_days(-2))
        ended = make_partnership("Over", lead=board.office, parties=[party(board.planning, circle="decides")])
        end_partnership(partnership=ended, by=SYSTEM, ends_on=in_days(0), reason="Done")
    with at_day(JULY):
        tasks.take_snapshots()
    assert sorted(snapshot_rows()) == ["Department of Housing", "Quiet circle of faith", "Renters together"]


# Comparing


def moves(board, person=None, quarter=JULY):
    """Return the names of those who moved, and how many moved without a name."""
    table = queries.circles_of(person, board.partnership)
    quarters = queries.quarters_of(person, table.partnerships)
    day = next((one for one in quarters if one.isoformat() == quarter), None)
    if day is None:
        return None
    found, names = queries.changes_since(person, table, day)
    moved = {
        kind: sorted(str(names[row[0]]) for row in getattr(found, kind))
        for kind in ("closer", "outward", "came", "left")
    }
    return {kind: some for kind, some in moved.items() if some} | ({"gone": found.gone} if found.gone else {})


@pytest.fixture
def later_snapshot(board):
    """A snapshot of July, read in November."""
    with at_day(JULY):
        tasks.take_snapshots()
    with at_day(NOVEMBER):
        yield board


def test_who_moved_came_and_left(later_snapshot):
    assert moves(later_snapshot) == {}
    later_snapshot.seat(later_snapshot.group, circle="decides")
    later_snapshot.seat(later_snapshot.housing, circle="informed")
    later_snapshot.seat(later_snapshot.planning, circle="consulted")
    later_snapshot.seat(later_snapshot.hall, circle="")
    assert moves(later_snapshot) == {
        "closer": ["Renters together"],
        "outward": ["Department of Housing"],
        "came": ["Planning Office"],
        "left": ["Union hall"],
    }


def test_an_organization_that_was_never_listed_is_left_out_whole(later_snapshot):
    later_snapshot.seat(later_snapshot.quiet, circle="decides")
    assert moves(later_snapshot) == moves(later_snapshot, later_snapshot.people.partner) == {}
    assert moves(later_snapshot, later_snapshot.people.reader) == {"closer": ["Quiet circle of faith"]}
    later_snapshot.unseat(later_snapshot.quiet)
    assert moves(later_snapshot) == {}
    assert moves(later_snapshot, later_snapshot.people.reader) == {"gone": 1}


def test_of_one_that_withdrew_everyone_reads_that_something_was_and_no_name(later_snapshot):
    save_organization(organization=later_snapshot.hall, by=SYSTEM, fields={"aims": "Fair pay."})
    save_organization(organization=later_snapshot.hall, by=SYSTEM, fields={"listing": "unlisted"})
    assert moves(later_snapshot) == moves(later_snapshot, later_snapshot.people.partner) == {"gone": 1}
    assert moves(later_snapshot, later_snapshot.people.reader) == {}
    later_snapshot.unseat(later_snapshot.hall)
    assert moves(later_snapshot) == {}


def test_outside_organizing_does_not_show_a_seat_without_a_name(later_snapshot):
    later_snapshot.save(kind="organizing")
    save_organization(organization=later_snapshot.hall, by=SYSTEM, fields={"listing": "unlisted"})
    assert moves(later_snapshot) == {}


def test_a_partner_that_declined_since_is_shown_to_the_office_alone(later_snapshot):
    later_snapshot.seat(later_snapshot.hall, circle="declined")
    assert moves(later_snapshot) == {}
    assert moves(later_snapshot, later_snapshot.people.reader) == {"left": ["Union hall"]}


def test_circles_before_publication_are_for_the_office_alone(people):
    with at_day("2026-07-01"):
        board = Board(people)
        tasks.take_snapshots()
    with at_day(NOVEMBER):
        published = board.partnership
        type(published).objects.filter(pk=published.pk).update(published_at=datetime.fromisoformat("2026-08-01T12:00Z"))
        board.seat(board.group, circle="decides")
        assert moves(board) is None
        assert moves(board, people.partner) is None
        assert moves(board, people.editor) == {"closer": ["Renters together"]}


def test_a_quarter_can_be_compared_with_from_the_next_day_on(board):
    with at_day(JULY):
        tasks.take_snapshots()
        assert queries.quarters_of(None, [board.partnership]) == []
    with at_day("2026-07-02"):
        assert [day.isoformat() for day in queries.quarters_of(None, [board.partnership])] == [JULY]
