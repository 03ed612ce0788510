"""A partner without an account agrees to cancel a round, or to publish it, or says no, by a personal link to its contact."""

import re

import pytest
from django.test import Client

from partnerships.assessment import canceling, publishing, rounds
from partnerships.assessment.rules import published_rounds
from partnerships.core import clock
from partnerships.core.errors import NotAllowed, NotFound, ValidationError
from partnerships.models import (
    AskedParty,
    CancellationYes,
    Change,
    Contact,
    Email,
    Membership,
    Party,
    PublishingWord,
    Respondent,
    Round,
)
from partnerships.notifications import links, recipients
from partnerships.registry import events
from partnerships.registry.statement_links import BY_LINK
from tests.assessment.conftest import days_later
from tests.browser.forms import forms
from tests.factories import confirm_by_link, make_person
from tests.snapshots import snapshot_of
from tests.web.test_naming_by_link import (
    NEVER,
    _confirmed_lately,
    _merged_with_another_that_confirmed,
    _seat_ended,
    _unpublished,
    _withdrew,
    board,
    link,
    name,
    others_name,
    rendered,
    start_round,
)
from tests.web.test_round_codes import client_of, page_text, print_code, ticket_on

pytestmark = pytest.mark.django_db
__all__ = ["board"]
WHY = "The wrong people were asked."


def answering(board):
    """People answer. The contact of the second organization named someone else."""
    start_round(board)
    name(link(board), board.others[0])
    others_name(board, 1, 1)
    return board


def cancel_asked(board):
    """The lead agency, which started the round, wants to cancel it, and the first organization agrees."""
    answering(board)
    canceling.cancel_round(survey_round=board.round, by=board.staff, why=WHY)
    canceling.agree_to_cancel(survey_round=current(board), by=board.first)
    assert current(board).is_running
    return board


def opened(board):
    """Answers are open, and the first organization agrees to publish them."""
    answering(board)
    board.all_say(0, 3)
    board.all_say(1, 1)
    board.all_say(2, 1)
    board.close()
    publishing.decide(survey_round=current(board), by=board.first, party=board.parties[1], agrees=True)
    publishing.decide(survey_round=current(board), by=board.staff, party=board.parties[0], agrees=True)
    return board


def current(board):
    return Round.objects.get(pk=board.round.pk)


def email_of(kind, board):
    """The latest email of this kind to the contact that confirmed the seat."""
    return Email.objects.filter(kind=kind, recipient=f"contact:{board.director.pk}").latest("pk")


def path_in(email):
    return re.search(r"(/by-link/agreement/\S+/)", rendered(email).text)[1]


def send_answer(path, agrees, **fields):
    return Client().post(path, {"agrees": agrees} | fields)


def page_without_key(path):
    """The page without the one-time key of its form."""
    return re.sub(r'name="form_key" value="[^"]+"', "", page_text(Client().get(path)))


def words_of(email):
    """Its text without its links, which have a time."""
    return re.sub(r"/by-link/\S+", "", rendered(email).text)


def answers(board):
    """What the partner without an account answered to the cancellation, and to publishing."""
    canceled = CancellationYes.objects.filter(party=board.seat).values_list("agrees", flat=True)
    published = PublishingWord.objects.filter(party=board.seat).values_list("agrees", flat=True)
    return [*canceled], [*published]


ASKED = {"cancel": (cancel_asked, "round_cancel_asked"), "publish": (opened, "round_publish_asked")}
both_questions = pytest.mark.parametrize("question", ASKED)


def ask_for_link(question, board):
    """(path of the link, its email), once the contact is asked."""
    ask, kind = ASKED[question]
    vars(board).update(vars(snapshot_of(ask, board)))
    email = email_of(kind, board)
    return path_in(email), email


# What it is for


@pytest.mark.both
def test_the_yes_of_a_partner_without_an_account_is_the_one_that_cancels_a_round(board):
    path, email = ask_for_link("cancel", board)
    email_text = rendered(email).text
    for part in (WHY, "Yes means", "No means", "Answer by", "don’t forward it"):
        assert part in email_text.replace("\n", " ")
    assert "/rounds/" not in email_text
    page = page_text(Client().get(path))
    assert ("Do you agree to cancel this round?" in page, WHY in page, current(board).is_running) == (True, True, True)
    done = send_answer(path, "yes")
    assert ("Saved: yes" in page_text(done), "The round is canceled." in page_text(done)) == (True, True)
    assert current(board).cancelled_at is not None
    change = Change.objects.filter(verb="agree").latest("pk")
    assert (change.why, change.by, change.after["yeses"]) == (BY_LINK, None, [one.pk for one in board.parties])
    assert email_of("round_canceled", board)


@pytest.mark.both
def test_the_yes_of_a_partner_without_an_account_publishes_a_round_and_its_no_ends_that_at_once(board):
    path, email = ask_for_link("publish", board)
    assert "the link works until" in rendered(email).text.replace("\n", " ")
    assert published_rounds().count() == 0
    done = send_answer(path, "yes", reply="We see it another way.")
    assert "Saved: yes" in page_text(done)
    public = f"/rounds/{board.round.public_id}/published/"
    assert "We see it another way." in page_text(Client().get(public))
    again = path_in(email_of("round_agreement", board))
    assert "We see it another way." in Client().get(again).content.decode()
    assert "Saved: no" in page_text(send_answer(again, "no"))
    assert Client().get(public).status_code == 404
    assert "doesn’t agree that everyone may read" in rendered(email_of("round_agreement", board)).text


def test_a_no_is_kept_and_does_not_cancel(board):
    path, _ = ask_for_link("cancel", board)
    assert "Saved: no" in page_text(send_answer(path, "no"))
    assert (answers(board), current(board).is_running) == (([False], []), True)
    assert Change.objects.filter(verb="agree").latest("pk").after["noes"] == [board.seat.pk]
    # The other partners of its side can't outvote it, and no one else can give its yes.
    canceling.agree_to_cancel(survey_round=current(board), by=board.first)
    assert current(board).is_running
    # It changes its mind by the link that came after its no.
    receipt = email_of("round_agreement", board)
    assert "doesn’t agree to cancel" in rendered(receipt).text
    assert "The round is canceled." in page_text(send_answer(path_in(receipt), "yes"))


def test_no_one_is_asked_before_answering_begins_or_to_publish_before_another_partner_agrees(board):
    start_round(board)
    assert not Email.objects.filter(kind="round_cancel_asked").exists()
    name(link(board), board.director)
    others_name(board, 1, 1)
    board.close()
    assert not Email.objects.filter(kind="round_publish_asked").exists()
    publishing.decide(survey_round=current(board), by=board.first, party=board.parties[1], agrees=False)
    assert not Email.objects.filter(kind="round_publish_asked").exists()
    publishing.decide(survey_round=current(board), by=board.first, party=board.parties[1], agrees=True)
    publishing.decide(survey_round=current(board), by=board.staff, party=board.parties[0], agrees=True)
    assert Email.objects.filter(kind="round_publish_asked").values_list("recipient", flat=True).get() == (
        f"contact:{board.director.pk}"
    )


def test_a_partner_of_which_no_one_was_asked_is_not_asked_to_agree(board):
    start_round(board)
    Client().post(link(board), {"press": "name", "no_one": "on"})
    others_name(board, 1, 1)
    canceling.cancel_round(survey_round=board.round, by=board.staff, why=WHY)
    assert not Email.objects.filter(kind="round_cancel_asked", recipient__startswith="contact:").exists()
    partner = AskedParty.objects.get(party=board.seat)
    with pytest.raises(NotFound):
        canceling.answer_by_link(partner=partner, contact=board.director, mark="", agrees=True)


def test_scores_are_shown_only_after_a_code_to_the_same_address(board):
    path, _ = ask_for_link("publish", board)
    assert "sign in with a code" in page_text(Client().get(path))
    for person, reads in ((make_person("someone@example.org"), False), (make_person(board.director.email), True)):
        page = page_text(client_of(person).get(path))
        assert ("Common agenda" in page, "sign in with a code" in page) == (reads, not reads)


# One use, and nothing by opening it


@both_questions
def test_opening_a_link_changes_nothing_and_a_button_without_a_choice_neither(board, question):
    path, _ = ask_for_link(question, board)
    before, version = answers(board), current(board).version
    for method in ("get", "head", "options"):
        getattr(Client(), method)(path)
    assert Client().post(path, {}).status_code == 422
    assert Client().post(path, {"agrees": "perhaps"}).status_code == 422
    assert (answers(board), current(board).version) == (before, version)


@both_questions
def test_a_link_works_once_and_the_contact_is_told_what_it_was_used_for(board, question):
    """Someone who got it forwarded answers first, or again after the contact."""
    path, email = ask_for_link(question, board)
    send_answer(path, "no")
    first_answers = answers(board)
    again = send_answer(path, "yes")
    assert ("has answered this already" in page_text(again), answers(board)) == (True, first_answers)
    assert "agrees" not in next((form.fields for form in forms(Client().get(path).content.decode())), {})
    assert recipients.find_audience(email).refusal == "The partner has answered since."
    receipt = email_of("round_agreement", board)
    assert recipients.find_audience(receipt).refusal == ""
    second = path_in(receipt)
    send_answer(second, "yes")
    assert answers(board) != first_answers
    assert "has answered this already" in page_text(send_answer(second, "no")) or current(board).cancelled_at


@both_questions
def test_the_same_answer_again_writes_nothing(board, question):
    path, _ = ask_for_link(question, board)
    send_answer(path, "no")
    second, version = path_in(email_of("round_agreement", board)), current(board).version
    assert "nothing changed. This link still works." in page_text(send_answer(second, "no"))
    assert (current(board).version, Email.objects.filter(kind="round_agreement").count()) == (version, 1)


def test_two_presses_at_once_are_one(board):
    """Both read the page before either answered: under the lock of the round, the second link is used."""
    path, _ = ask_for_link("cancel", board)
    partner = AskedParty.objects.get(party=board.seat)
    canceling.answer_by_link(partner=partner, contact=board.director, mark="", agrees=False)
    with pytest.raises(ValidationError):
        canceling.answer_by_link(partner=partner, contact=board.director, mark="", agrees=True)
    assert answers(board) == ([False], [])
    assert "has answered this already" in page_text(send_answer(path, "yes"))


# After the round changed


def test_the_page_says_that_it_is_no_longer_asked(board):
    path, email = ask_for_link("cancel", board)
    with days_later(33):
        closed = send_answer(path, "yes")
        assert ("This is no longer asked." in page_text(closed), answers(board)) == (True, ([], []))
        rounds.open_due()
        assert "This is no longer asked." in page_text(send_answer(path, "yes"))
    assert (answers(board), current(board).cancelled_at) == (([], []), None)
    assert recipients.find_audience(email).refusal == "This is no longer asked."


def test_after_it_was_canceled_the_page_says_so(board):
    path, _ = ask_for_link("cancel", board)
    Round.objects.filter(pk=board.round.pk).update(cancelled_at="2026-03-01T12:00Z")
    page = page_text(send_answer(path, "yes"))
    assert ("because the round was canceled" in page, WHY in page, answers(board)) == (True, True, ([], []))


def test_a_link_to_cancel_does_not_publish_nor_name_anyone(board):
    path, _ = ask_for_link("cancel", board)
    token = path.split("/")[3]
    for other in ("people", "round", "seat"):
        assert Client().get(f"/by-link/{other}/{token}/").status_code == 404
    reader = recipients.read_recipient(board.director)
    partner = AskedParty.objects.get(party=board.seat)
    for subject in ([partner.pk, "publish", "x"], [partner.pk, "erase", ""], [0, "cancel", ""]):
        forged = links.make(links.AGREEMENT, reader, subject, board.round.closes_at)
        assert send_answer(f"/by-link/agreement/{forged}/", "yes").status_code in (200, 404)
    assert answers(board) == ([], [])


# Who gets it, and until when


@pytest.mark.unpublished_writes
@both_questions
@pytest.mark.parametrize("happens", [*NEVER, _confirmed_lately, _seat_ended, _withdrew, _unpublished])
def test_the_link_ends_with_each_reason_for_it(board, question, happens):
    path, email = ask_for_link(question, board)
    if (question, happens) == ("cancel", _merged_with_another_that_confirmed):  # refused while the round is open
        with pytest.raises(ValidationError):
            happens(board)
        return
    happens(board)
    ended = send_answer(path, "yes")
    assert (ended.status_code, "We can’t find this page." in ended.content.decode()) == (404, True)
    assert (Client().get(path).status_code, answers(board)) == (404, ([], []))
    email.refresh_from_db()  # merging reassigns it
    assert recipients.find_audience(email).refusal != ""


@both_questions
@pytest.mark.parametrize("happens", NEVER)
def test_no_contact_is_emailed_unless_the_seat_was_confirmed_at_its_own_address(board, question, happens):
    answering(board)
    if happens is _merged_with_another_that_confirmed:  # refused while the round is open
        board.close()
    happens(board)
    if question == "cancel" and current(board).is_running:
        canceling.cancel_round(survey_round=board.round, by=board.staff, why=WHY)
    else:
        board.close()
        publishing.decide(survey_round=current(board), by=board.first, party=board.parties[1], agrees=True)
    kind = ASKED[question][1]
    assert not Email.objects.filter(kind=kind, recipient__startswith="contact:").exists()


@both_questions
def test_one_mailbox_on_two_sides_gets_no_link(board, question):
    """The office enters the mailbox of the organization's director as a contact of its own, so that either could answer."""
    path, _ = ask_for_link(question, board)
    Contact.objects.create(jurisdiction=board.lead, name="Front desk", email=board.director.email)
    assert send_answer(path, "yes").status_code == 404
    assert answers(board) == ([], [])


def test_the_office_cannot_give_the_yes_of_that_partner(board):
    """By the same page as an editor, with a code that it printed, or by adding a contact of its own."""
    cancel_asked(board)
    with pytest.raises(NotAllowed):
        publishing.decide(survey_round=current(board), by=board.staff, party=board.seat, agrees=True)
    canceling.agree_to_cancel(survey_round=current(board), by=board.staff)
    sham = Contact.objects.create(organization=board.organizations[1], name="Sham", email="sham@example.org")
    confirm_by_link(board.seat, sham, days=15)
    partner = AskedParty.objects.get(party=board.seat)
    for contact in (sham, board.director, board.others[0]):
        with pytest.raises(NotFound):
            canceling.answer_by_link(partner=partner, contact=contact, mark="", agrees=True)
    assert (answers(board), current(board).is_running) == (([], []), True)


def test_people_named_with_a_code_of_the_office_leave_the_yes_with_the_contact(board):
    start_round(board)
    ticket = ticket_on(Client().post("/code/", {"code": print_code(board, board.staff)}))
    Client().post("/code/", {"ticket": ticket, "press": "name", "asked": [f"contact:{board.others[0].pk}"]})
    others_name(board, 1, 1)
    canceling.cancel_round(survey_round=current(board), by=board.staff, why=WHY)
    canceling.agree_to_cancel(survey_round=current(board), by=board.first)
    assert current(board).is_running
    assert Email.objects.filter(kind="round_cancel_asked", recipient=f"contact:{board.director.pk}").exists()


def test_a_partner_that_gets_an_editor_answers_with_the_account_and_changes_what_the_link_said(board):
    path, _ = ask_for_link("cancel", board)
    send_answer(path, "no")
    person = make_person("new@example.org")
    Membership.objects.create(person=person, organization=board.organizations[1], role="editor")
    assert Client().get(path_in(email_of("round_agreement", board))).status_code == 404
    canceling.agree_to_cancel(survey_round=current(board), by=person)
    assert (answers(board)[0], current(board).is_running) == ([True], False)


def test_nothing_of_it_is_in_the_outbox_of_the_office_or_the_change_log(board):
    path, _ = ask_for_link("cancel", board)
    send_answer(path, "no")
    assert not Email.objects.filter(recipient=f"contact:{board.director.pk}").exclude(lead=None).exists()
    assert path.split("/")[3] not in str([*Email.objects.values_list(), *Change.objects.values_list()])
    assert board.director.email not in str([*Change.objects.filter(verb="agree").values_list()])


def test_a_partner_that_answered_is_not_removed_from_the_record(board):
    path, _ = ask_for_link("cancel", board)
    send_answer(path, "no")
    with pytest.raises(ValidationError, match="had a part in survey rounds"):
        events.parties_removed([Party.objects.get(pk=board.seat.pk)])


def test_it_reveals_no_answer_of_anyone(board):
    """The page and the email are the same whether or not anyone has answered the questions."""
    path, email = ask_for_link("cancel", board)
    before = page_without_key(path), words_of(email)
    for number in (0, 1):
        board.all_say(number, 3)
    Respondent.objects.filter(party=board.seat).update(declined_at=clock.now())
    assert (page_without_key(path), words_of(email)) == before
