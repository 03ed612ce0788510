"""Pages of rounds: a partner answers from the email without an account, both sides read the scores, staff respond."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils.formats import date_format

from partnerships.assessment import answering, catalog, rounds
from partnerships.core import clock
from partnerships.models import (
    Action,
    Answer,
    Email,
    Membership,
    Party,
    PendingAnswer,
    Person,
    Respondent,
    ResponseNote,
    Round,
    SeatConsent,
)
from partnerships.notifications import emails, recipients
from tests.assessment.conftest import Board
from tests.factories import in_days, make_person
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
KEYS = list(catalog.items())


@snapshot_fixture
def board(people):
    """A board with the editor of the office that leads it, and the partner of its first organization."""
    board = Board(lead=people.office)
    Membership.objects.create(person=people.partner_reader, organization=board.organizations[0], role="reader")
    Membership.objects.create(person=people.partner, organization=board.organizations[0], role="editor")
    return board


def link_of(respondent, kind="round_asked"):
    someone = respondent.contact or respondent.person
    email = Email.objects.filter(kind=kind, subject_type="respondent", subject_id=respondent.pk).first()
    text = emails.render(email, recipients.read_recipient(someone), {}).text
    return re.search(r"http://127.0.0.1:8000(/by-link/round/\S+)", text)[1]


def send_answer(link, client=None, **data):
    return (client or Client(enforce_csrf_checks=True)).post(link, data)


def page_text(answer):
    """Return the text of a page without line breaks."""
    return " ".join(answer.content.decode().split())


def answer_fields(key, level, **more):
    fields = {"item": key, f"{key}-level": level} | {f"{key}-{name}": value for name, value in more.items()}
    return fields


# From the email


def test_ten_answers_from_the_email_without_an_account_each_saved_at_once(board):
    board.ask(1, 1)
    link, someone = link_of(board.respondents_of(1)[0]), Client(enforce_csrf_checks=True)
    assert "How is the work going, from where you sit?" in someone.get(link).content.decode()
    for number, key in enumerate(KEYS, 1):
        response = send_answer(link, someone, **answer_fields(key, 2, evidence="Minutes", comment="Words"))
        ending = f"#item-{number + 1}" if number < len(KEYS) else "#end"
        assert (response.status_code, response["Location"]) == (302, link + ending)
        assert Answer.objects.count() == number
        assert f"<title>{number} of 10 done. How is the work going? | " in someone.get(link).content.decode()
    done = send_answer(link, someone, press="finish").content.decode()
    assert ("Your answers are in." in done, "You left out" in done) == (True, False)
    assert Respondent.objects.get(pk=board.respondents_of(1)[0].pk).finished_at
    assert someone.cookies == {}


def test_an_earlier_answer_opens_only_after_a_code_to_the_same_address(board):
    board.ask(1, 1)
    respondent = board.respondents_of(1)[0]
    link = link_of(respondent)
    send_answer(link, **answer_fields("decisions", 1, comment="Nobody asked us"))
    signed_in, another = Client(), Client()
    signed_in.force_login(make_person(respondent.contact.email))
    another.force_login(make_person("another@example.org"))
    for client, reads in ((Client(), False), (another, False), (signed_in, True)):
        page = client.get(link).content.decode()
        assert ("Nobody asked us" in page, "Saved: 1." in page) == (reads, reads)


def test_typed_values_stay_after_an_error(board):
    board.ask(1, 1)
    link = link_of(board.respondents_of(1)[0])
    response = send_answer(
        link, item="decisions", **{"decisions-comment": "A long thought", "decisions-evidence": "x" * 400}
    )
    page = response.content.decode()
    assert (response.status_code, Answer.objects.count()) == (422, 0)
    assert "A long thought" in page
    assert "x" * 400 in page
    assert "Choose a level" in page
    for data in ({"item": "nothing"}, {"press": "nothing"}, {}):
        assert send_answer(link, **data).status_code == 200
    assert send_answer(link, **answer_fields("decisions", 9)).status_code == 422
    assert Answer.objects.count() == 0


def test_an_item_and_the_round_can_be_declined_and_taken_up_again(board):
    board.ask(1, 2)
    respondent = board.respondents_of(1)[0]
    link = link_of(respondent)
    answer = {"decisions-level": "3", "decisions-comment": "Ask us in person"}
    send_answer(link, item="decisions", press="rather_not", **answer)
    assert list(Answer.objects.values_list("item", "level", "comment")) == [("decisions", None, "Ask us in person")]
    assert "You won’t take part this time" in send_answer(link, press="decline").content.decode()
    assert Answer.objects.count() == 0
    send_answer(link, **answer_fields("decisions", 3))
    assert Respondent.objects.get(pk=respondent.pk).declined_at is None


def test_a_small_side_learns_it_before_the_first_question_and_can_withhold_its_score(board):
    board.ask(1, 2)
    link = link_of(board.respondents_of(1)[0])
    page = Client().get(link).content.decode()
    assert page.index("the other side will see this score as yours") < page.index('id="item-1"')
    assert "No single other person can work out your answer" not in page
    assert send_answer(link, press="keep_back")["Location"] == link
    assert "You chose to withhold your side’s score" in Client().get(link).content.decode()
    send_answer(link, press="let_be_seen")
    assert not Respondent.objects.filter(keeps_back=True).exists()


def test_a_side_of_three_reads_the_promise_before_the_first_item(board):
    board.ask(1, 3)
    page = Client().get(link_of(board.respondents_of(1)[0])).content.decode()
    promise = (
        "No single other person can work out your answer. If everyone else on your side compared theirs, they could."
    )
    assert page.index(promise) < page.index('id="item-1"')
    assert ("the other side will see this score as yours" in page, "Show these words" in page) == (False, False)


def test_words_can_be_shown_where_five_are_asked(board):
    board.ask(1, 5)
    link = link_of(board.respondents_of(1)[0])
    assert "Show these words" in Client().get(link).content.decode()
    send_answer(link, **answer_fields("decisions", 2, comment="Ask us", shares_words="on"))
    assert Answer.objects.get().shares_words


@pytest.mark.parametrize("spoil", ["party", "address", "token"])
def test_a_link_that_has_ended_says_no_more_than_one_that_never_was(board, spoil):
    board.ask(1, 1)
    respondent = board.respondents_of(1)[0]
    link = link_of(respondent)
    if spoil == "party":
        board.seat(1, ends_on=in_days(-1))
    elif spoil == "address":
        respondent.contact.email = "new@example.org"
        respondent.contact.save()
    else:
        link = link[:-9] + "xxxxxxxx/"
    gone = Client().get("/by-link/round/bm8.bGluaw/")
    for response in (
        Client().get(link),
        send_answer(link, **answer_fields("decisions", 3)),
        send_answer(link, press="finish"),
    ):
        assert response.status_code == 404
        assert response.content == gone.content
    assert Answer.objects.count() == 0


def test_someone_who_finished_and_left_reads_that_their_answers_count_and_removes_them(board):
    board.ask(1, 1)
    respondent = board.respondents_of(1)[0]
    link = link_of(respondent)
    board.say(respondent, level=1)
    answering.finish(respondent=respondent)
    board.seat(1, ends_on=in_days(-1))
    assert "Your answers still count" in Client().get(link).content.decode()
    assert "Your answers are removed." in send_answer(link, press="remove").content.decode()
    assert Answer.objects.count() == 0
    assert Client().get(link).status_code == 404


def test_after_the_last_day_nothing_is_taken_and_then_both_sides_are_read_after_a_code(board):
    survey_round = board.ask(1, 1)
    respondent = board.respondents_of(1)[0]
    link = link_of(respondent)
    board.say(respondent, level=1)
    board.complete(respondent)
    board.all_say(0, 4)
    with time_machine.travel(clock.now() + timedelta(days=16), tick=False):
        late = send_answer(link, **answer_fields("decisions", 4))
        assert "The deadline is over" in late.content.decode()
        rounds.open_due()
        page = Client().get(link).content.decode()
        assert "sign in with a code" in page
        assert "levels higher" not in page
        client = Client()
        client.force_login(make_person(respondent.contact.email))
        assert "Government sees this three levels higher. Community rates it low." in client.get(link).content.decode()
    assert Round.objects.get(pk=survey_round.pk).opened_at


# For staff and partners


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def as_shown(client, url):
    """Return a page without what differs with each request."""
    return re.sub(r'name="(?:csrfmiddlewaretoken|form_key)" value="[^"]+"', "", client.get(url).content.decode())


def test_staff_start_a_round_and_see_neither_who_has_answered_nor_what(people, board):
    editor = client_of(people.editor)
    url = f"/partnerships/{board.partnership.public_id}/rounds/new/"
    answer = editor.get(url)
    page, speaks = answer.content.decode(), f"speakers:{board.parties[1].pk}"
    everyone = [f"party:{one.pk}" for one in board.parties]
    assert answer.context["form"]["asked"].value() == everyone  # every partner, and no one is proposed
    assert f"{board.organizations[0]}: everyone who speaks for it here (1)" in page
    fields = {"title": "Fall", "closes_on": in_days(20).isoformat(), "erases_answers": "on"}
    refused = editor.post(url, fields)
    assert (refused.status_code, Round.objects.count()) == (422, 0)
    assert "Choose at least one person" in refused.content.decode()
    made = editor.post(url, fields | {"asked": [speaks, f"speakers:{board.parties[0].pk}"]})
    survey_round = Round.objects.get()
    assert made["Location"] == f"/rounds/{survey_round.public_id}/"
    page = page_text(editor.get(made["Location"]))
    assert ("hasn’t named anyone yet" in page, "Then answering begins" in page) == (True, True)
    names, partner = f"/rounds/{survey_round.public_id}/people/{board.parties[1].pk}/", client_of(people.partner)
    assert [client_of(one).get(names).status_code for one in (people.editor, people.partner_reader)] == [403, 403]
    assert partner.get(f"/rounds/{survey_round.public_id}/people/987654321/").status_code == 404
    proposed = f'value="person:{people.partner.pk}" id="id_asked_'
    assert proposed in partner.get(names).content.decode()
    named = partner.post(names, {"asked": [f"person:{people.partner.pk}"]})
    assert named["Location"] == made["Location"]
    assert partner.post(names, {"asked": [f"person:{people.partner.pk}"]}).status_code == 422  # the list is closed
    closed = partner.get(names, follow=True)
    assert closed.redirect_chain == [(made["Location"], 302)]
    assert "The respondent list is closed because people are answering." in page_text(closed)
    respondent = survey_round.respondents.get(person=people.partner)
    as_shown(editor, made["Location"])
    before = as_shown(editor, made["Location"])
    board.say(respondent, level=1, comment="Nobody asked us")
    answering.finish(respondent=respondent)
    assert as_shown(editor, made["Location"]) == before


def test_staff_read_which_partners_cannot_be_asked_yet_and_from_when(people, board):
    url = f"/partnerships/{board.partnership.public_id}/rounds/new/"
    first, second = board.parties[1], board.parties[2]
    Party.objects.filter(pk=first.pk).update(state="recorded")
    SeatConsent.objects.create(
        partnership=board.partnership, organization=second.organization, state="confirmed", way="link", at=clock.now()
    )
    day = date_format(clock.today() + timedelta(days=14), "F j, Y")
    page = client_of(people.editor).get(url)
    assert page.context["not_offered"] == [
        f"{first} hasn’t confirmed its seat yet.",
        f"{second} confirmed its seat less than 14 days ago. It can take part in rounds from {day} on.",
    ]
    assert "Partners who can’t be asked yet" in page.content.decode()
    assert (
        f'<a href="/partnerships/{board.partnership.public_id}/office/">See their seats and invite them</a>'
        in page_text(page)
    )
    Party.objects.filter(pk=first.pk).update(state="confirmed")
    assert "can’t be asked yet" not in client_of(people.partner).get(url).content.decode()


def test_a_round_of_one_side_alone_starts_only_after_the_form_has_said_what_that_means(people, board):
    url, editor = f"/partnerships/{board.partnership.public_id}/rounds/new/", client_of(people.editor)
    assert "Only one side would be asked" not in page_text(editor.get(url))
    office, *groups = (f"party:{party.pk}" for party in board.parties)
    fields = {"title": "Fall", "closes_on": in_days(20).isoformat(), "asked": groups}
    wrong = editor.post(url, fields | {"title": ""})  # together with what else is wrong
    assert (wrong.status_code, "Only one side would be asked: Community" in page_text(wrong)) == (422, True)
    told = editor.post(url, fields)
    assert (told.status_code, Round.objects.count()) == (200, 0)
    assert "Only one side would be asked: Community" in page_text(told)
    assert "select “Ask them” again" in page_text(told)
    other = editor.post(url, fields | {"asked": [office], "only_side": "community"})
    assert "Only one side would be asked: Government" in page_text(other)
    assert Round.objects.count() == 0
    assert editor.post(url, fields | {"only_side": "community"}).status_code == 302
    assert [side.key for side in Round.objects.get().sides.filter(parties__isnull=False).distinct()] == ["community"]


@pytest.mark.unpublished_writes
def test_where_only_one_side_can_be_asked_the_form_says_so_at_once_and_asks_once(people, board):
    url, editor = f"/partnerships/{board.partnership.public_id}/rounds/new/", client_of(people.editor)
    Party.objects.filter(pk__in=[party.pk for party in board.parties[1:]]).update(state="recorded")
    rename = {"name": "Round Lake Nation", "kind": "tribal_nation"}
    for fields, name, key in (
        ({}, "Government", "government"),
        (rename, "Round Lake Nation", f"nation-{people.office.pk}"),
    ):
        type(people.office).objects.filter(pk=people.office.pk).update(**fields)
        page = page_text(editor.get(url))
        assert f"Only one side would be asked: {name}" in page
        assert f'name="only_side" value="{key}"' in page
    sent = {"title": "Fall", "closes_on": in_days(20).isoformat(), "asked": [f"party:{board.parties[0].pk}"]}
    assert editor.post(url, sent | {"only_side": key}).status_code == 302


def test_a_partner_starts_one_too(people, board):
    url = f"/partnerships/{board.partnership.public_id}/rounds/new/"
    fields = {"title": "Ours", "closes_on": in_days(20).isoformat(), "asked": f"speakers:{board.parties[0].pk}"}
    assert client_of(people.partner).post(url, fields | {"only_side": "government"}).status_code == 302
    assert list(Round.objects.get().respondents.values_list("person", flat=True)) == [people.editor.pk]


@snapshot_fixture
def opened_round(people, board):
    board.ask(1, 1)
    board.all_say(0, 4, comment="Quite fine", evidence="Minutes", shares_words=True)
    board.all_say(1, 1)
    board.round.refresh_from_db()
    return board.round


def test_both_sides_read_the_same_page_in_words_picture_and_table(people, board, opened_round):
    for person in (people.editor, people.partner, people.partner_reader):
        page = page_text(client_of(person).get(f"/rounds/{opened_round.public_id}/"))
        assert "Government sees this three levels higher. Community rates it low." in page
        assert "<td>4, shared and lasting</td> <td>1, started</td>" in page
        assert page.count('<svg class="v dumbbell"') == 10
        assert "Quite fine" not in page  # from one person alone
        assert "1 person of 1 partner" in page
        assert "shows no scores" not in page
    assert Client().get(f"/rounds/{opened_round.public_id}/").status_code == 404
    assert client_of(people.stranger).get(f"/rounds/{opened_round.public_id}/").status_code == 404


@pytest.mark.slow
def test_the_page_of_the_partnership_shows_the_round_to_them_and_not_to_the_public(people, board, opened_round):
    url = f"/partnerships/{board.partnership.public_id}/power/"
    for person in (people.editor, people.partner):
        assert "1 of ten to talk about" in page_text(client_of(person).get(url))
    for client in (Client(), client_of(people.stranger), client_of(people.other_editor)):
        assert "Shared power" not in client.get(f"/partnerships/{board.partnership.public_id}/").content.decode()
        page = client.get(url).content.decode()
        assert "No round is published here yet." in page
        assert "Fall round" not in page


def test_a_score_of_too_few_answers_is_not_said_to_be_withheld_by_its_side(people, board):
    board.ask(1, 3)
    board.all_say(0, 3)
    board.all_say(1, 1, 1)
    board.close()
    page = page_text(client_of(people.editor).get(f"/rounds/{board.round.public_id}/"))
    assert page.count("Community shows no scores in this round: fewer than three people answered.") == 1
    assert "withheld" not in page


def test_the_page_of_the_partnership_shows_the_round_that_opened_last(people, board, opened_round):
    board.ask(1, 1, title="Winter round", closes_on=opened_round.closes_on - timedelta(days=7))
    board.all_say(0, 4)
    board.all_say(1, 1)
    page = page_text(client_of(people.editor).get(f"/partnerships/{board.partnership.public_id}/power/"))
    assert "Winter round</a>: both sides’ answers" in page


def test_staff_respond_with_an_action_and_the_partner_reads_it(people, board, opened_round):
    url, editor = f"/rounds/{opened_round.public_id}/respond/decisions/", client_of(people.editor)
    assert client_of(people.partner).get(url).status_code == 403
    assert editor.get(f"/rounds/{opened_round.public_id}/respond/backbone/").status_code == 404
    assert editor.get(f"/rounds/{opened_round.public_id}/respond/nothing/").status_code == 404
    owner = str(board.parties[0].pk)
    bad = editor.post(url, {"text": "We hear you.", "action": "Give a vote", "version": opened_round.version})
    assert (bad.status_code, ResponseNote.objects.count()) == (422, 0)
    fields = {"text": "We hear you.", "action": "Give a vote", "owner": owner, "due_on": in_days(40).isoformat()}
    assert editor.post(url, fields | {"version": opened_round.version}).status_code == 302
    assert Action.objects.get().title == "Give a vote"
    page = client_of(people.partner).get(f"/rounds/{opened_round.public_id}/").content.decode()
    assert "We hear you." in page
    assert "A response is due" not in page
    again = {"text": "We hear you, and stop first.", "version": opened_round.version + 1}  # without an action item
    assert editor.post(url, again).status_code == 302
    assert ResponseNote.objects.get().action == Action.objects.get()
    stale = editor.post(url, fields | {"version": opened_round.version, "text": "Another"})
    assert stale.status_code == 409
    assert "Another" in stale.content.decode()


def test_one_response_answers_several_questions(people, board):
    board.ask(1, 1)
    for number, level in ((0, 4), (1, 1)):
        for item in ("backbone", "influence"):
            board.say(board.respondents_of(number)[0], item, level)
        board.all_say(number, level)
    board.round.refresh_from_db()
    url, editor = f"/rounds/{board.round.public_id}/respond/decisions/", client_of(people.editor)
    form = editor.get(url).context["form"]
    keys = [key for key, _ in form.fields["also"].choices]
    assert (len(keys), "decisions" in keys) == (2, False)
    sent = {"text": "We stop first.", "version": board.round.version}
    assert editor.post(url, sent | {"also": ["nothing"]}).status_code == 422
    assert editor.post(url, sent | {"also": keys}).status_code == 302
    assert set(ResponseNote.objects.values_list("item", "text")) == {
        (key, "We stop first.") for key in ("decisions", *keys)
    }
    assert "also" not in editor.get(url).context["form"].fields


def test_one_page_has_all_flagged_questions_and_one_response_for_several(people, board):
    board.ask(1, 1)
    for number, level in ((0, 4), (1, 1)):
        for item in ("backbone", "influence"):
            board.say(board.respondents_of(number)[0], item, level)
        board.all_say(number, level)
    board.round.refresh_from_db()
    url, editor = f"/rounds/{board.round.public_id}/respond/", client_of(people.editor)
    assert f'href="{url}"' in page_text(editor.get(f"/rounds/{board.round.public_id}/"))
    assert client_of(people.partner).get(url).status_code == 403
    form = editor.get(url).context["form"]
    assert {key for key, _ in form.fields["also"].choices} == {"backbone", "decisions", "influence"}
    sent = {"text": "We stop first.", "version": board.round.version}
    for wrong in ({}, {"also": ["nothing"]}, {"also": ["decisions"], "text": ""}):
        assert editor.post(url, sent | wrong).status_code == 422
    assert editor.post(url, sent | {"also": ["backbone", "influence"]}).status_code == 302
    assert set(ResponseNote.objects.values_list("item", flat=True)) == {"backbone", "influence"}
    assert [key for key, _ in editor.get(url).context["form"].fields["also"].choices] == ["decisions"]
    last = {"text": "By vote.", "also": ["decisions"], "version": board.round.version + 1}
    assert editor.post(url, last).status_code == 302
    page = page_text(editor.get(url))
    assert ("Every question to talk about has a response." in page, page.count("We stop first.")) == (True, 2)
    assert f'href="{url}"' not in page_text(editor.get(f"/rounds/{board.round.public_id}/"))


def test_a_round_without_flags_has_no_page_to_respond(people, board):
    board.ask(1, 1)
    assert client_of(people.editor).get(f"/rounds/{board.round.public_id}/respond/").status_code == 404


def test_staff_remind_people_once_a_day_and_the_page_never_says_whom(people, board):
    board.ask(1, 1)
    page, editor = f"/rounds/{board.round.public_id}/", client_of(people.editor)
    url = f"{page}remind/"
    Round.objects.update(started_by_lead=True, started_by=None)
    assert client_of(people.partner).get(url).status_code == 403
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        editor = client_of(people.editor)
        assert f'href="{url}"' in page_text(editor.get(page))
        answer = editor.post(url, {"version": board.round.version}, follow=True)
        shown = page_text(answer)
        assert "We’ll remind the people who were asked and haven’t finished." in shown
        assert "Reminders were sent today to the people who were asked and hadn’t finished." in shown
        assert f'href="{url}"' not in shown
        again = editor.post(url, {"version": 0})
        assert (again.status_code, "You can send them again tomorrow." in page_text(again)) == (422, True)
        assert Email.objects.filter(kind="round_reminder", occurrence__contains="/on-").count() == 2


def test_staff_record_what_someone_says_by_phone_and_they_confirm_it_with_a_code(people, board):
    survey_round = board.ask(1, 1)
    respondent = board.respondents_of(1)[0]
    url, editor = f"/rounds/asked/{respondent.pk}/record/", client_of(people.editor)
    assert client_of(people.stranger).get(url).status_code == 404
    assert editor.get("/rounds/asked/987654321/record/").status_code == 404
    before = as_shown(editor, url)
    recorded = {"way": "phone", "was_read_back": "on", "decisions": "0", "backbone": "none"}
    for wrong in ({"way": "phone", "was_chosen": "on"}, recorded):
        assert (editor.post(url, wrong).status_code, PendingAnswer.objects.count()) == (422, 0)
    sent = editor.post(url, recorded | {"was_chosen": "on"})
    assert sent["Location"] == f"/rounds/{survey_round.public_id}/"
    assert (PendingAnswer.objects.count(), Answer.objects.count()) == (2, 0)
    editor.get(f"/rounds/{survey_round.public_id}/")
    assert as_shown(editor, url) == before
    link = link_of(respondent, "round_taken")
    page = Client().get(link).content.decode()
    assert ("Someone recorded answers for you" in page, "by staff of another side" in page) == (True, False)
    send_answer(link, press="confirm")
    assert Answer.objects.count() == 0  # the link alone isn't a code
    themselves = Client()
    themselves.force_login(make_person(respondent.contact.email))
    assert "by staff of another side" in themselves.get(link).content.decode()
    read = {"press": "confirm", "recorded": ",".join(str(one.pk) for one in PendingAnswer.objects.all())}
    assert themselves.post(link, read)["Location"] == link
    rows = Answer.objects.order_by("item").values_list("item", "level", "by_other_side", "was_read_back")
    assert list(rows) == [("backbone", None, True, True), ("decisions", 0, True, True)]
    assert "Someone recorded" not in themselves.get(link).content.decode()


def test_what_was_recorded_can_be_discarded(people, board):
    board.ask(1, 1)
    respondent = board.respondents_of(1)[0]
    answering.record_answers(
        respondent=respondent, by=people.editor, way="paper", was_read_back=False, answers={"decisions": 4}
    )
    themselves = Client()
    themselves.force_login(make_person(respondent.contact.email))
    themselves.post(link_of(respondent), {"press": "discard", "recorded": str(PendingAnswer.objects.get().pk)})
    assert (PendingAnswer.objects.count(), Answer.objects.count()) == (0, 0)


def test_a_round_is_moved_and_canceled_by_the_partner_that_started_it(people, board):
    desks = [(one, board.desks[one][0]) for one in board.parties[:2]]
    fields = {"title": "Ours", "closes_on": in_days(14)}
    fields["closes_on"] = in_days(20)
    survey_round = rounds.start_round(partnership=board.partnership, by=people.partner, fields=fields, asked=desks)
    url, partner = f"/rounds/{survey_round.public_id}/", client_of(people.partner)
    for person in (people.partner_reader, people.editor):
        assert [client_of(person).get(url + step).status_code for step in ("move/", "cancel/")] == [403, 403]
    wrong = partner.post(f"{url}move/", {"closes_on": "2020-01-01", "version": 1})
    assert (wrong.status_code, "The deadline only moves later" in wrong.content.decode()) == (422, True)
    assert partner.post(f"{url}move/", {"closes_on": in_days(25).isoformat(), "version": 1}).status_code == 302
    assert Round.objects.get().closes_on == in_days(25)
    stale = partner.post(f"{url}cancel/", {"version": 1, "why": "Too early"})
    assert (stale.status_code, "Too early" in stale.content.decode()) == (409, True)
    empty = partner.post(f"{url}cancel/", {"version": 2, "why": " "})
    assert (empty.status_code, "Give a reason." in empty.content.decode()) == (422, True)
    assert partner.post(f"{url}cancel/", {"version": 2, "why": "Too early"}).status_code == 302
    assert Round.objects.get().cancelled_at
    for page in (url, f"/partnerships/{board.partnership.public_id}/power/"):
        shown = client_of(people.editor).get(page).content.decode()
        assert ("Neighbors 0" in shown, "Too early" in shown) == (True, True)
    assert partner.post(f"{url}move/", {"closes_on": in_days(28).isoformat(), "version": 3}).status_code == 422


def test_once_someone_has_answered_a_cancellation_asks_the_partners_on_their_page(people, board):
    survey_round = board.ask(1, 1)
    link = link_of(board.respondents_of(1)[0])
    board.all_say(0, 3)
    url, editor, partner = f"/rounds/{survey_round.public_id}/", client_of(people.editor), client_of(people.partner)
    assert partner.get(f"{url}cancel/").status_code == 403
    asked = editor.post(f"{url}cancel/", {"version": 1, "why": "Too early"}, follow=True).content.decode()
    assert "once most partners of each side have agreed" in asked
    page = partner.get(url).content.decode()
    assert ("City of" in page, "Too early" in page, "Read and decide" in page) == (True, True, True)
    page = partner.get(f"{url}cancel/").content.decode()
    assert "Agree to cancel" in page
    assert f">Why {board.partnership.lead} wants to cancel it</h2>" in page
    assert "<li>Too early</li>" in page
    assert "wants to cancel this round" not in Client().get(link).content.decode()
    assert partner.post(f"{url}cancel/", {"version": 2}).status_code == 302
    assert Round.objects.get().cancelled_at
    closed = Client().get(link).content.decode()
    assert ("canceled this round" in closed, "Too early" in closed) == (True, True)


def test_who_answers_has_no_account_made(board):
    board.ask(1, 1)
    before = Person.objects.count()
    send_answer(link_of(board.respondents_of(1)[0]), **answer_fields("decisions", 3))
    assert Person.objects.count() == before
