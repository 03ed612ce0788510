"""One round over HTTP, as people use it.

The office picks partners, each partner names its people, they answer, both sides read the scores, and the office
responds.
"""

import re

import pytest
from django.test import Client

from partnerships import tasks
from partnerships.assessment.choices import ScoreState
from partnerships.models import Email, Membership, Objection, Respondent, Round
from partnerships.notifications import emails, recipients
from tests.assessment.conftest import Board, days_later, scores
from tests.factories import in_days
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
SENT = {"version": "1"}  # what a form without fields sends


@snapshot_fixture
def table(people):
    """The office has an editor, and so do the first and the second organization."""
    board = Board(lead=people.office)
    board.staff, board.first, board.second = people.editor, people.partner, people.other_partner
    for person, organization in zip((board.first, board.second), board.organizations, strict=True):
        Membership.objects.filter(person=person).delete()
        Membership.objects.create(person=person, organization=organization, role="editor")
    return board


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def page_text(answer):
    return " ".join(answer.content.decode().split()).replace("&#x27;", "'")


def start_round(table):
    url = f"/partnerships/{table.partnership.public_id}/rounds/new/"
    asked = [f"party:{seat.pk}" for seat in table.parties]
    fields = {"title": "Fall round", "closes_on": in_days(30).isoformat(), "erases_answers": "on", "asked": asked}
    made = client_of(table.staff).post(url, fields)
    table.round = Round.objects.get()
    assert made["Location"] == f"/rounds/{table.round.public_id}/"


def name(table, number, *, by, people):
    seat = table.parties[number]
    page = f"/rounds/{table.round.public_id}/people/{seat.pk}/"
    return client_of(by).post(page, {"asked": [f"contact:{desk.pk}" for desk in table.desks[seat][:people]]})


def name_all(table):
    for number, by, people in ((0, table.staff, 1), (1, table.first, 2), (2, table.second, 1)):
        assert name(table, number, by=by, people=people).status_code == 302
    table.round.refresh_from_db()


def link_of(respondent):
    email = Email.objects.get(kind="round_asked", subject_type="respondent", subject_id=respondent.pk)
    email_text = emails.render(email, recipients.read_recipient(respondent.contact), {}).text
    return re.search(r"http://127.0.0.1:8000(/by-link/round/\S+)", email_text)[1]


@pytest.mark.slow
def test_from_the_pick_to_the_response(table):
    start_round(table)
    page = f"/rounds/{table.round.public_id}/"
    asked = Email.objects.filter(kind="round_name", recipient=f"person:{table.first.pk}").get()
    email_text = emails.render(asked, recipients.read_recipient(table.first), {}).text
    assert f"{page}people/{table.parties[1].pk}/" in email_text  # the email links to the page for naming people
    own = page_text(client_of(table.first).get(page))
    assert ("Partners name their people" in own, "Name people" in own) == (True, True)
    assert not Email.objects.filter(kind="round_asked").exists()  # no one is asked before the list is closed

    name_all(table)
    assert table.round.is_answering
    assert [(side.key, side.asked) for side in table.round.sides.all()] == [("government", 1), ("community", 3)]
    assert "Open to answer, sealed" in page_text(client_of(table.first).get(page))

    levels = {"government": 4, "community": 1}
    respondents = list(Respondent.objects.order_by("pk").select_related("side", "contact"))
    for respondent in respondents:
        link = link_of(respondent)
        for item in table.round.items:
            field = {"item": item, f"{item}-level": str(levels[respondent.side.key] if item == "decisions" else 2)}
            assert Client().post(link, field).status_code in (200, 302)  # 200 asks why it is far from what records say
        if respondent != respondents[-1]:
            Client().post(link, {"press": "finish"})
            assert "Answers are open" not in page_text(client_of(table.staff).get(page))
    last = page_text(Client().post(link, {"press": "finish"}))
    assert "You were the last" in last

    assert scores(table.round) == {"government": (ScoreState.SHOWN, 4.0), "community": (ScoreState.SHOWN, 1.0)}
    for person in (table.staff, table.first, table.second):
        opened = page_text(client_of(person).get(page))
        assert ("Answers are open" in opened, "Community rates it low." in opened) == (True, True)
        assert "response" in opened
    note = f"{page}respond/decisions/"
    version = Round.objects.get().version
    assert client_of(table.first).get(note).status_code == 403
    sent = client_of(table.staff).post(note, {"text": "Two seats will decide with us from May.", "version": version})
    assert sent.status_code == 302
    assert "Two seats will decide with us from May." in page_text(client_of(table.second).get(page))


def test_a_partner_that_names_no_one_in_time_is_left_out_and_the_round_continues(table):
    start_round(table)
    name(table, 0, by=table.staff, people=1)
    name(table, 1, by=table.first, people=2)
    with days_later(8):
        tasks.open_rounds()
        page = page_text(client_of(table.second).get(f"/rounds/{table.round.public_id}/"))
        assert "Neighbors 1 named no one in time, so no one answers for it" in page
        assert name(table, 2, by=table.second, people=1).status_code == 422
    assert [side.asked for side in table.round.sides.all()] == [1, 2]


# Objecting to a respondent


def test_a_partner_objects_to_a_respondent_on_its_side_and_withdraws_the_objection(table):
    start_round(table)
    name_all(table)
    page, respondent = f"/rounds/{table.round.public_id}/", table.respondents_of(2)[0]
    url, first = f"/rounds/asked/{respondent.pk}/object/", client_of(table.first)
    assert url in page_text(first.get(page))
    assert url not in page_text(client_of(table.staff).get(page))
    assert "still answers" in page_text(first.get(url))
    assert not respondent.objections.exists()  # a GET changes nothing
    shown = page_text(first.post(url, SENT, follow=True))
    assert ("We saved your objection." in shown, "(a partner objects)" in shown) == (True, True)
    assert Objection.objects.get(respondent=respondent).party == table.parties[1]
    assert "(a partner objects" in page_text(
        Client().get(link_of(table.respondents_of(1)[0]))
    )  # its own side reads this before it answers
    assert "Withdraw your objection?" in page_text(first.get(url))
    shown = page_text(first.post(url, SENT, follow=True))
    assert "Your objection is withdrawn." in shown
    assert not Objection.objects.filter(respondent=respondent).exists()


def test_only_another_partner_of_the_side_objects(people, table):
    start_round(table)
    name_all(table)
    respondent = table.respondents_of(2)[0]
    url = f"/rounds/asked/{respondent.pk}/object/"
    for person, status in (
        (table.second, 403),  # of the partner that named them
        (table.staff, 403),  # of another side
        (people.administrator, 403),
        (people.stranger, 404),
    ):
        assert (client_of(person).get(url).status_code, client_of(person).post(url, SENT).status_code) == (
            status,
            status,
        )
    assert Client().post(url, SENT).status_code == 404
    assert client_of(table.first).get("/rounds/asked/987654321/object/").status_code == 404
    assert not Objection.objects.exists()


def test_an_answer_that_a_partner_objects_to_makes_no_third_and_no_objection_comes_late(table):
    start_round(table)
    name_all(table)
    url = f"/rounds/asked/{table.respondents_of(2)[0].pk}/object/"
    client_of(table.first).post(url, SENT)
    table.all_say(0, 3)
    table.all_say(1, 1, 1)
    table.all_say(2, 4)
    assert scores(table.round)["community"] == (ScoreState.KEPT_BACK, None)
    late = client_of(table.first).post(url, SENT)
    assert (late.status_code, "has closed" in page_text(late)) == (422, True)
