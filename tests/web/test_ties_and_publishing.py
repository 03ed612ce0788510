"""The page about each other partner, opened from the email, and the pages on which partners publish a round together."""

import pytest
from django.test import Client
from django.utils.html import escape

from partnerships.assessment import answering, publishing
from partnerships.core.access import SYSTEM
from partnerships.models import Membership, Person, PublishingWord, Round, TieAnswer
from tests.web.test_rounds import board, link_of, send_answer  # noqa: F401 (the fixture)

pytestmark = pytest.mark.django_db
MORE = "One more page, if you like"


def tie_fields(party, **levels):
    return {"party": party.pk} | {f"{party.pk}-{item}": level for item, level in levels.items()}


# The second page


def test_from_the_email_one_says_something_of_each_partner_as_much_as_one_likes(board):  # noqa: F811
    board.ask(1, 1)
    link, someone = link_of(board.respondents_of(1)[0]), Client(enforce_csrf_checks=True)
    assert MORE in someone.get(link).content.decode()
    page = someone.get(f"{link}partners/").content.decode()
    assert [escape(str(party)) in page for party in board.parties] == [True, True, True]
    first = send_answer(
        f"{link}partners/", someone, **tie_fields(board.parties[0], intensity="2", mission="4", power="")
    )
    assert (first.status_code, first["Location"]) == (302, f"{link}partners/#party-2")
    last = send_answer(f"{link}partners/", someone, **tie_fields(board.parties[2]))
    assert (last.status_code, last["Location"]) == (302, f"{link}partners/#end")
    assert list(TieAnswer.objects.values_list("about", "item", "level")) == [
        (board.parties[0].pk, "intensity", 2),
        (board.parties[0].pk, "mission", 4),
    ]
    assert MORE in send_answer(link, someone, press="finish").content.decode()


def test_what_was_said_is_read_only_after_a_code(board):  # noqa: F811
    board.ask(1, 1)
    respondent, place_link = board.respondents_of(1)[0], link_of(board.respondents_of(1)[0])
    answering.save_tie_answers(respondent=respondent, party=board.parties[0], levels={"intensity": 4})
    checked = f'value="4" id="id_{board.parties[0].pk}-intensity_5" checked'
    other = Client()
    page = other.get(f"{place_link}partners/").content.decode()
    assert ("Saved. You can change it." in page, checked in page) == (True, False)
    reader = Person.objects.create_user(respondent.contact.email)
    other.force_login(reader)
    assert checked in other.get(f"{place_link}partners/").content.decode()


@pytest.mark.parametrize("levels", [{"intensity": "9"}, {"mission": "0"}, {"power": "much"}, {"openness": "4.5"}])
def test_a_level_that_was_not_offered_is_refused_and_other_choices_stay(board, levels):  # noqa: F811
    board.ask(1, 1)
    link = f"{link_of(board.respondents_of(1)[0])}partners/"
    sent = send_answer(link, **tie_fields(board.parties[0], **{"reliability": "3"} | levels))
    page = sent.content.decode()
    assert (sent.status_code, "We haven’t saved this yet" in page, TieAnswer.objects.count()) == (422, True, 0)
    assert '<option value="3" selected>Quite a bit</option>' in page


@pytest.mark.parametrize("party", ["", "x", "999999"])
def test_a_partner_that_is_not_there_changes_nothing(board, party):  # noqa: F811
    board.ask(1, 1)
    assert send_answer(f"{link_of(board.respondents_of(1)[0])}partners/", party=party).status_code == 200
    own = board.parties[1]
    assert (
        send_answer(f"{link_of(board.respondents_of(1)[0])}partners/", **tie_fields(own, mission="4")).status_code
        == 200
    )
    assert not TieAnswer.objects.exists()


def test_once_the_round_has_opened_the_link_leads_nowhere_and_says_no_more_than_any_other(board):  # noqa: F811
    board.ask(1, 1)
    link = f"{link_of(board.respondents_of(1)[0])}partners/"
    for respondent in board.round.respondents.order_by("pk"):
        answering.finish(respondent=respondent)
    gone, never = Client().get(link), Client().get("/by-link/round/bm8.bGluaw/partners/")
    assert (gone.status_code, never.status_code) == (404, 404)
    assert send_answer(link, **tie_fields(board.parties[0], mission="4")).status_code == 404
    assert not TieAnswer.objects.exists()


def test_both_sides_read_it_on_the_page_of_the_round(board, people, client):  # noqa: F811
    board.ask(1, 1)
    levels = dict.fromkeys(("reliability", "mission", "openness"), 2) | {"intensity": 3}
    answering.save_tie_answers(respondent=board.respondents_of(0)[0], party=board.parties[1], levels=levels)
    answering.save_tie_answers(
        respondent=board.respondents_of(1)[0], party=board.parties[0], levels=levels | {"intensity": 1}
    )
    for respondent in board.round.respondents.order_by("pk"):
        answering.finish(respondent=respondent)
    for person in (people.editor, people.partner):
        client.force_login(person)
        page = client.get(f"/rounds/{board.round.public_id}/").content.decode()
        assert (page.count("2 of 4"), "Coordinate" in page, "Aware" in page) == (2, True, True)


# Publishing


@pytest.fixture
def opened_board(board):  # noqa: F811
    board.ask(1, 1)
    for number, level in ((0, 4), (1, 1)):
        board.all_say(number, level, comment="Between us", shares_words=True)
    board.round = Round.objects.get(pk=board.round.pk)
    return board


def agreeing(board, number, client, **fields):  # noqa: F811
    data = {"agrees": "yes", "reply": "", "version": Round.objects.get().version} | fields
    return client.post(f"/rounds/{board.round.public_id}/publish/{board.parties[number].pk}/", data)


def is_shown(record):
    """Whether everyone reads a round on this page of the partnership."""
    return "Both sides answered the same questions" in Client().get(record).content.decode()


def test_both_sides_agree_and_everyone_reads_it_at_once(opened_board, people, client):
    page, record = (
        f"/rounds/{opened_board.round.public_id}/published/",
        f"/partnerships/{opened_board.partnership.public_id}/power/",
    )
    client.force_login(people.editor)
    assert agreeing(opened_board, 0, client, reply="We will share it.").status_code == 302
    assert (
        Client().get(page).status_code,
        is_shown(record),
    ) == (404, False)
    client.force_login(people.partner)
    assert f"Publish “{opened_board.round.title}”?" in client.get("/").content.decode()
    assert agreeing(opened_board, 1, client, reply="<b>We</b> want a say.").status_code == 302
    text = Client().get(page).content.decode()
    assert ("We will share it." in text, "&lt;b&gt;We&lt;/b&gt; want a say." in text) == (True, True)
    assert ("three levels higher" in text, "Between us" in text) == (True, False)
    assert ("Our records suggest" in text, "written down by" in text) == (False, False)
    assert is_shown(record)
    assert agreeing(opened_board, 1, client, agrees="no").status_code == 302
    assert (
        Client().get(page).status_code,
        is_shown(record),
    ) == (404, False)


def test_a_refused_word_keeps_what_was_typed(opened_board, people, client):
    client.force_login(people.partner)
    long = "Our words " * 200
    answer = agreeing(opened_board, 1, client, reply=long)
    assert (answer.status_code, long.strip() in answer.content.decode()) == (422, True)
    answer = agreeing(opened_board, 1, client, agrees="", reply="Ours")
    assert (answer.status_code, ">Ours</textarea>" in answer.content.decode().replace("\n", "")) == (422, True)
    assert not PublishingWord.objects.exists()


def test_a_word_on_a_page_that_others_have_changed_is_not_saved_over_theirs(opened_board, people, client):
    version = opened_board.round.version
    publishing.decide(survey_round=opened_board.round, by=SYSTEM, party=opened_board.parties[0], agrees=True)
    client.force_login(people.partner)
    answer = agreeing(opened_board, 1, client, version=version, reply="Ours")
    assert (answer.status_code, "Ours" in answer.content.decode()) == (409, True)
    assert not PublishingWord.objects.filter(party=opened_board.parties[1]).exists()


@pytest.mark.parametrize("role", ["stranger", "other_editor", "reader", "partner_reader", None])
def test_no_one_else_says_it_for_a_party(opened_board, people, client, role):
    if role:
        client.force_login(getattr(people, role))
    answer = agreeing(opened_board, 1, client)
    assert answer.status_code == (403 if role in ("reader", "partner_reader") else 404)
    assert not PublishingWord.objects.exists()


def test_a_partner_who_is_not_listed_is_named_nowhere(opened_board, people, client):
    hidden = opened_board.organizations[1]
    Membership.objects.create(person=people.other_partner, organization=hidden, role="editor")
    opened_board.ask(1, 1, 1, title="With three")
    for number in range(3):
        opened_board.all_say(number, 2)
    opened_board.hide(1)
    client.force_login(people.partner)
    page = client.get(f"/rounds/{opened_board.round.public_id}/").content.decode()
    assert ("Neighbors 1" in page, "1 more partner was asked" in page) == (False, True)
