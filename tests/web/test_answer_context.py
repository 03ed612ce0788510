"""What is shown next to answers: the level that records suggest, the promised engagement, and the age of answers."""

import re

import pytest
from django.test import Client

from partnerships.assessment import answering
from partnerships.core.access import SYSTEM
from partnerships.models import Answer, Email, Respondent, Round, SideScore
from partnerships.notifications import emails, recipients
from partnerships.registry.actions import save_partnership
from tests.assessment.conftest import days_later
from tests.factories import in_days, make_partnership, party
from tests.web.test_rounds import answer_fields, board, link_of, send_answer  # noqa: F401 (the fixture)

pytestmark = pytest.mark.django_db
ASKS = "Would you say in a few words what you see?"


def test_far_from_the_records_a_comment_is_asked_for_once_and_never_required(board):  # noqa: F811
    """The record says that no one does backbone support, and the answer is a 3."""
    board.ask(1, 1)
    link = link_of(board.respondents_of(1)[0])
    page = send_answer(link, **answer_fields("backbone", 3)).content.decode()
    assert (ASKS in page, Answer.objects.get().level) == (True, 3)
    assert "autofocus" in page.split(ASKS)[0].rsplit('role="status"', 1)[1].split(">")[0]
    assert send_answer(link, was_asked="1", **answer_fields("backbone", 3)).status_code == 302
    assert send_answer(link, **answer_fields("backbone", 3, comment="Mai does it, unpaid.")).status_code == 302
    assert Answer.objects.get().comment == "Mai does it, unpaid."


@pytest.mark.parametrize(("item", "level"), [("backbone", 1), ("decisions", 4), ("communication", 0)])
def test_near_the_records_or_where_they_say_nothing_nothing_is_asked(board, item, level):  # noqa: F811
    board.ask(1, 1)
    assert send_answer(link_of(board.respondents_of(1)[0]), **answer_fields(item, level)).status_code == 302


def test_the_page_of_a_round_states_the_level_its_reasons_and_the_rule(board, people, client):  # noqa: F811
    save_partnership(partnership=board.partnership, by=SYSTEM, fields={"common_agenda": "Homes for all."})
    board.ask(1, 1)
    for number in (0, 1):
        board.all_say(number, 2)
    client.force_login(people.editor)
    page = client.get(f"/rounds/{board.round.public_id}/").content.decode()
    assert page.count("Our records suggest") == 4  # three questions, and the table's header
    assert "A common agenda is recorded. The other side hasn’t confirmed the record within a year." in page
    assert "2: an agenda is recorded." in page
    client.force_login(people.partner)
    assert "No one is named as the backbone." in client.get(f"/rounds/{board.round.public_id}/").content.decode()


def test_old_answers_say_how_old_they_are(board, people, client):  # noqa: F811
    board.ask(1, 1)
    for number in (0, 1):
        board.all_say(number, 2)
    ages = {0: "", 100: "These answers are 3 months old.", 400: "These answers are over a year old."}
    for days, words in ages.items():
        with days_later(days):
            client.force_login(people.editor)
            page = client.get(f"/rounds/{board.round.public_id}/").content.decode()
            assert ("These answers are" in page) == bool(words)
            assert words in page


# The community's influence


def ask_say(board, *counts):  # noqa: F811
    save_partnership(partnership=board.partnership, by=SYSTEM, fields={"engagement": 4})
    return board.ask(*counts, asks="engagement", title="Notes and decisions")


def test_one_question_on_the_scale_of_what_was_promised(board, people, client):  # noqa: F811
    ask_say(board, 1, 1)
    link = link_of(board.respondents_of(1)[0])
    page = Client().get(link).content.decode()
    assert "How much influence did the community have?" in page
    assert page.count('type="radio"') == 6
    assert send_answer(link, **answer_fields("engagement", 6)).status_code == 422
    assert send_answer(link, **answer_fields("decisions", 2)).status_code == 200
    assert Answer.objects.count() == 0
    assert send_answer(link, **answer_fields("engagement", 1))["Location"] == f"{link}#end"
    answering.finish(respondent=board.respondents_of(1)[0])
    board.all_say(0, 5, item="engagement")
    assert list(SideScore.objects.order_by("pk").values_list("item", "median")) == [
        ("engagement", 5.0),
        ("engagement", 1.0),
    ]
    client.force_login(people.partner)
    page = client.get(f"/rounds/{board.round.public_id}/").content.decode()
    assert "The community was promised: <strong>collaborate</strong>." in page
    assert "Government sees this four levels higher. Community rates it low." in page
    assert "scale 0 to 5" in page
    assert "Our records suggest" not in page
    page = client.get(f"/partnerships/{board.partnership.public_id}/power/").content.decode()
    assert "Promised: collaborate." in page


def test_it_is_next_to_a_round_of_ten_and_has_its_own_earlier_ones(board, people, client):  # noqa: F811
    ten, say = board.ask(1, 1), ask_say(board, 1, 1)
    assert Round.objects.filter(opened_at=None).count() == 2
    client.force_login(people.editor)
    page = client.get(f"/partnerships/{board.partnership.public_id}/power/").content.decode()
    assert " ".join(page.split()).count(": open and sealed") == 2
    assert "Ask both sides</a>" not in page
    for respondent in Respondent.objects.filter(round=say):
        board.say(respondent, "engagement", 3)
        answering.finish(respondent=respondent)
    for respondent in Respondent.objects.filter(round=ten):
        board.say(respondent, "decisions", 3)
        answering.finish(respondent=respondent)
    assert (
        "Notes and decisions" not in client.get(f"/rounds/{ten.public_id}/").content.decode().split("Other rounds")[0]
    )


def test_its_emails_speak_of_one_question(board):  # noqa: F811
    ask_say(board, 1, 1)
    respondent = board.respondents_of(1)[0]
    for kind, words in (("round_asked", "one short question"), ("round_reminder", "one short question")):
        email = Email.objects.filter(kind=kind, subject_id=respondent.pk).first()
        mail = emails.render(email, recipients.read_recipient(respondent.contact), {})
        for text in (mail.text, mail.html):
            assert words in text
            assert "ten short questions" not in text.lower()


def end(client, record, wants="on"):
    record.refresh_from_db()
    fields = {"ends_on": in_days(0).isoformat(), "reason": "Done.", "asks_say": wants, "version": record.version}
    return client.post(f"/partnerships/{record.public_id}/end/", fields)


@pytest.mark.parametrize(("wants", "rounds"), [("on", ["engagement"]), ("", [])])
def test_where_a_partnership_ends_both_sides_are_asked_unless_staff_say_no(board, people, client, wants, rounds):  # noqa: F811
    client.force_login(people.editor)
    page = client.get(f"/partnerships/{board.partnership.public_id}/end/").content.decode()
    assert re.search(r'<input type="checkbox" name="asks_say"[^>]* checked', page)
    assert end(client, board.partnership, wants).status_code == 302
    assert list(Round.objects.values_list("asks", flat=True)) == rounds
    asked = set(Respondent.objects.values_list("party", flat=True))
    assert asked == ({party.pk for party in board.parties[:2]} if wants else set())  # not the third one's contacts
    assert end(client, board.partnership, wants).status_code == 302
    assert Round.objects.count() == len(rounds)


def test_ending_without_anyone_to_ask_asks_no_one(people, client):
    record = make_partnership("Alone", lead=people.office, parties=[party(people.office, "lead")])
    client.force_login(people.editor)
    assert end(client, record).status_code == 302
    assert Round.objects.count() == 0
