"""Pages of circles: picture, table and comparison agree, and show only what their reader may see."""

import re

import pytest
import time_machine

from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.insight import snapshots
from partnerships.models import ExpectedSeat
from tests.factories import make_issue_area, make_jurisdiction, make_partnership, party
from tests.insight.conftest import Board
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
NOVEMBER = "2026-11-24T18:00:00Z"


@snapshot_fixture
def board(people):
    with time_machine.travel("2026-06-01T18:00:00Z", tick=False):
        board = Board(people)
    with time_machine.travel("2026-07-01T18:00:00Z", tick=False):
        snapshots.take_snapshots()
    return board


@pytest.fixture(autouse=True)
def in_november():
    with time_machine.travel(NOVEMBER, tick=False):
        yield


def page(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def partners_url(board, more=""):
    return f"/partnerships/{board.partnership.public_id}/partners/{more}"


def expect(board):
    return f"/partnerships/{board.partnership.public_id}/circles/expect/"


def marks(text):
    """Return the name of each mark in the wide picture, and of each table row that a mark links to."""
    wide = re.search(r'<svg class="v circles only-wide".*?</svg>', text, re.S)[0]
    named = dict(re.findall(r'href="#([^"]+)" aria-label="([^"]+)"', wide))
    rows = set(re.findall(r'<tr id="([^"]+)"', text))
    assert set(named) == rows
    return sorted(named.values())


def test_picture_table_and_sentence_say_the_same(client, board):
    board.expect(board.faith)
    text = page(client, partners_url(board))
    assert (
        "The community holds 1 of 2 seats in the two inner circles; 1 is confirmed by the partner."
        " One more seat there is empty." in text
    )
    assert marks(text) == [
        "1 Department of Housing Lead partner, government, decides",
        "2 Renters together Participant, community, co-designs",
        "3 Faith body Empty seat, community, co-designs",
        "4 Union hall Participant, community, consulted",
    ]
    assert text.count("This seat is empty. No one has been asked yet.") == 1
    # An unknown circle is in the table alone.
    unsaid = text.split("Circle not recorded", 1)[1]
    assert "City of Minneapolis" in unsaid
    assert not [name for name in marks(text) if "Minneapolis" in name]


def test_what_a_stranger_may_not_see_is_nowhere(client, board):
    board.expect(board.faith)
    board.expect(board.renters, is_public=False, why="They pay the rents")
    for path in (partners_url(board), partners_url(board, "?since=2026-07-01")):
        text = page(client, path)
        for hidden in ("Quiet circle", "They pay", ">Renters<", "no longer shown", "Added by"):
            assert hidden not in text
    client.force_login(board.people.reader)
    text = page(client, partners_url(board))
    assert "Quiet circle of faith" in text
    assert "They pay the rents" in text
    assert "The community holds 2 of 3 seats" in text


def test_compared_with_an_earlier_quarter(client, board):
    assert "No one has moved, joined, or left" in page(client, partners_url(board, "?since=2026-07-01"))
    board.seat(board.group, circle="decides")
    save_organization(organization=board.hall, by=SYSTEM, fields={"listing": "unlisted"})
    text = page(client, partners_url(board, "?since=2026-07-01"))
    assert "Since July 1, 2026" in text
    assert "Renters together: co-designs, now decides" in text
    assert "A seat that is no longer shown" in text
    assert "Union hall" not in text


@pytest.mark.parametrize("query", ["?since=2026-04-01", "?since=x", "?at=J-000000-0", "?sinse=2026-07-01"])
def test_wrong_parameters_are_refused_with_an_error(client, board, query):
    assert "can’t read this request" in page(client, partners_url(board, query), 400)


def test_an_issue_area_in_a_place(client, board):
    area = make_issue_area()
    here = "/issue-areas/housing/circles/"
    assert "No partnerships on this issue area are recorded yet" in page(client, here)
    board.save(issue_areas=[area])
    second = make_partnership("More homes", lead=board.office, issue_areas=[area], parties=[party(board.group)])
    text = page(client, here)
    assert f'<a href="?at={board.office.public_id}"' in text
    text = page(client, f"{here}?at={board.office.public_id}")
    assert "2 Renters together 2 partnerships, community, co-designs" in marks(text)
    assert text.count(f"/partnerships/{second.public_id}/") == 1
    assert "Quiet circle" not in text
    away = make_jurisdiction("Elsewhere")
    assert "leads no partnership on housing that you may see" in page(client, f"{here}?at={away.public_id}")
    for asked in ("x", "J-000000-1", "D-000000-0"):
        page(client, f"{here}?at={asked}", 400)
    assert client.get(f"/issue-areas/{area.public_id}/circles/")["Location"] == here


def test_a_partnership_that_no_one_may_see_answers_as_missing(client, board):
    draft = make_partnership("Early", lead=board.office, published=False)
    page(client, f"/partnerships/{draft.public_id}/partners/", 404)
    client.force_login(board.people.reader)
    page(client, f"/partnerships/{draft.public_id}/partners/")


def test_a_table_without_anyone_says_what_to_do_next(client, board):
    hidden = make_partnership("Hidden", lead=board.office, parties=[party(board.quiet, circle="decides")])
    text = page(client, f"/partnerships/{hidden.public_id}/partners/")
    assert "No partner is recorded yet." in text
    assert '<svg class="v circles' not in text
    empty = make_partnership("Empty", lead=board.office, parties=[], published=False)
    client.force_login(board.people.editor)
    text = page(client, f"/partnerships/{empty.public_id}/partners/")
    assert "Add the first partner" in text
    assert "Add an expected seat" in text


# Expected seats


def test_an_editor_expects_a_seat_removes_it_and_expects_it_again(client, board):
    client.force_login(board.people.editor)
    sent = {"who": f"term:{board.faith.pk}", "circle": "decides", "why": "They know.", "is_public": "on"}
    response = client.post(expect(board), sent, follow=True)
    assert response.redirect_chain == [(partners_url(board), 302)]
    seat = ExpectedSeat.objects.get()
    assert (seat.term, seat.circle, seat.why, seat.is_public) == (board.faith, "decides", "They know.", True)
    assert "Added by Editor" in response.content.decode()
    path = f"/expected-seats/{seat.public_id}/"
    assert client.post(path, {"version": "0"}).status_code == 409
    assert client.post(path, {"version": "1"})["Location"] == partners_url(board)
    text = page(client, partners_url(board))
    assert "Expected seats that were removed" in text
    assert "This seat is empty." not in text
    assert "Add this expected seat again: Faith body?" in page(client, path)
    client.post(path, {"version": "2"})
    assert [seat.taken_back_on for seat in ExpectedSeat.objects.all()] == [None]


def test_typed_values_stay_after_an_error(client, board):
    client.force_login(board.people.editor)
    for sent in (
        {"who": "", "circle": "decides"},
        {"who": "G-000000-0", "circle": "x"},
        {"who": "term:0"},
    ):
        response = client.post(expect(board), sent | {"why": "They know the list."})
        assert response.status_code == 422
        assert "We haven’t saved this yet. Everything you typed is still here." in response.content.decode()
        assert "They know the list." in response.content.decode()
    sent = {"who": board.planning.public_id, "circle": "decides"}
    assert client.post(expect(board), sent).status_code == 302
    response = client.post(expect(board), sent)
    assert response.status_code == 422
    assert "This seat is already expected here." in response.content.decode()
    assert ExpectedSeat.objects.count() == 1


def test_a_seat_of_an_area_comes_back_to_its_place(client, board):
    area = make_issue_area()
    client.force_login(board.people.editor)
    path = f"/jurisdictions/{board.office.public_id}/circles/housing/expect/"
    back = f"/issue-areas/housing/circles/?at={board.office.public_id}"
    assert client.post(path, {"who": f"term:{board.renters.pk}", "circle": "decides"})["Location"] == back
    seat = ExpectedSeat.objects.get()
    assert (seat.issue_area, seat.office, seat.partnership) == (area, board.office, None)
    assert f"/expected-seats/{seat.public_id}/" in page(client, back)
    client.force_login(board.people.other_editor)
    assert client.get(path).status_code == 403
    page(client, f"/expected-seats/{seat.public_id}/", 404)


def test_the_pages_that_lead_here(client, board):
    board.save(issue_areas=[make_issue_area()])
    assert partners_url(board) in page(client, f"/partnerships/{board.partnership.public_id}/")
    assert "/issue-areas/housing/circles/" in page(client, "/issue-areas/housing/")
    place = f"/issue-areas/housing/circles/?at={board.office.public_id}"
    assert place in page(client, f"/jurisdictions/{board.office.public_id}/")
