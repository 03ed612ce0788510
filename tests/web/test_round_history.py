"""The history of a round: who did what, for those at the table, and never who was asked, who answered or declined, or what."""

import re

import pytest
from django.test import Client

from partnerships.assessment import answering, canceling, publishing, respondent_lists, round_codes, rounds
from partnerships.models import Change, Membership, Organization, Party, Respondent, Round
from tests.factories import in_days, make_person
from tests.web.test_naming_by_link import board, link, name, others_name, start_round
from tests.web.test_round_codes import client_of, page_text

pytestmark = pytest.mark.django_db
__all__ = ["board"]


def history(board, person):
    page = client_of(person).get(f"/rounds/{board.round.public_id}/history/")
    return page_text(page) if page.status_code == 200 else page.status_code


def headings(board, person):
    page = client_of(person).get(f"/rounds/{board.round.public_id}/history/").content.decode()
    return re.findall(r"<h3[^>]*>\s*(.*?)\s*</h3>", page, re.DOTALL)


def current(board):
    return Round.objects.get(pk=board.round.pk)


def log_everything(board):
    """All that is logged about a round, from its start to its publishing."""
    start_round(board)
    round_codes.print_partner_code(
        survey_round=current(board), party=board.seat, by=board.staff, source="The director, by phone."
    )
    name(link(board), board.others[0], board.others[1])
    others_name(board, 2, 2)
    respondent = board.respondents_of(1)[0]
    respondent_lists.object_by_link(
        respondent=respondent, pk=respondent.side.parties.get(party=board.seat).pk, contact=board.director
    )
    rounds.send_reminders(survey_round=current(board), by=board.staff)
    rounds.move_round(survey_round=current(board), by=board.staff, closes_on=in_days(40))
    answering.record_answers(
        respondent=board.respondents_of(1)[1], by=board.staff, way="phone", was_read_back=True, answers={"backbone": 1}
    )
    board.all_say(0, 3, 4)
    board.all_say(1, 0, 1)
    answering.decline(respondent=board.respondents_of(2)[0])
    board.close()
    publishing.decide(survey_round=current(board), by=board.first, party=board.parties[1], agrees=True, reply="Ours.")
    assert set(Change.objects.filter(record_type="round").values_list("verb", flat=True)) == {
        *("create", "code", "name", "roll", "object", "remind", "update", "record", "open", "publish")
    }
    return board


OF_ALL = ("started this round", "Answering began", "changed the deadline", "sent reminders", "Answers opened")


def test_partners_and_the_office_read_who_did_what(board):
    log_everything(board)
    partner_history, office_history = history(board, board.first), history(board, board.staff)
    for words in OF_ALL:
        assert (words in partner_history, words in office_history) == (True, True), words
    assert (partner_history.count("named who answers"), office_history.count("named who answers")) == (3, 3)
    assert ("By a contact of the partner" in partner_history, "printed a code for a partner" in partner_history) == (
        True,
        True,
    )
    assert "Name of the round" in partner_history
    assert "decided for a partner whether everyone may read the round" in office_history


@pytest.mark.unpublished_writes
@pytest.mark.parametrize("is_earlier", [False, True])
def test_another_name_of_a_partner_hides_no_code_that_was_printed_for_it(board, is_earlier):
    """The office that prints a code can keep the partner's record, too."""
    log_everything(board)
    if is_earlier:  # these entries have the name
        Change.objects.filter(verb="code").update(after={"code_for": str(board.seat)})
    else:
        Organization.objects.filter(pk=board.seat.organization_id).update(name="Another name")
    for person in (board.first, board.staff):
        assert "printed a code for a partner" in history(board, person)


@pytest.mark.unpublished_writes
def test_no_one_else_knows_of_the_round(board):
    log_everything(board)
    assert history(board, make_person("someone@example.org")) == 404
    assert Client().get(f"/rounds/{board.round.public_id}/history/").status_code in (302, 404)
    Party.objects.filter(pk=board.parties[1].pk).update(ends_on=in_days(-1))
    assert history(board, board.first) == 404


def test_it_says_nothing_of_respondents_answers_or_who_has_finished(board):
    log_everything(board)
    people = [one.who for one in Respondent.objects.all()] + [one.email for one in board.desks[board.seat]]
    for person in (board.staff, board.first):
        page = history(board, person)
        found = [words for words in (*people, "Recorded", "recorded", "phone:", "asked:", "Roll") if words in page]
        assert found == []
        assert "Ours." not in page


def test_it_is_the_same_whatever_anyone_answers_or_declines(board):
    start_round(board)
    name(link(board), board.others[0])
    others_name(board, 2, 1)
    before = {person.pk: headings(board, person) for person in (board.staff, board.first)}
    board.all_say(0, 3)
    answering.decline(respondent=board.respondents_of(1)[0])
    answering.record_answers(
        respondent=board.respondents_of(2)[0], by=board.staff, way="phone", was_read_back=True, answers={"backbone": 1}
    )
    assert {person.pk: headings(board, person) for person in (board.staff, board.first)} == before


def test_what_a_side_does_about_itself_is_for_that_side(board):
    log_everything(board)
    assert "objected to someone on their side" in history(board, board.first)
    assert "objected to someone on their side" not in history(board, board.staff)


def test_an_answer_to_a_cancellation_is_for_its_own_side(board):
    start_round(board)
    name(link(board), board.others[0])
    others_name(board, 1, 1)
    canceling.cancel_round(survey_round=current(board), by=board.staff, why="Too early.")
    canceling.agree_to_cancel(survey_round=current(board), by=board.first)
    partner_history, office_history = history(board, board.first), history(board, board.staff)
    assert ("canceled the round, or asked for that" in partner_history, "Too early." in partner_history) == (True, True)
    assert (
        "answered for a partner whether" in partner_history,
        "answered for a partner whether" in office_history,
    ) == (True, False)


@pytest.mark.unpublished_writes
def test_entries_about_a_partner_that_the_reader_may_not_know_of_are_left_out(board):
    log_everything(board)
    other = make_person("hidden@example.org", name="Hidden editor")
    Membership.objects.create(person=other, organization=board.organizations[1], role="editor")
    publishing.decide(survey_round=current(board), by=other, party=board.seat, agrees=False)
    assert "Hidden editor" in history(board, board.first)
    Organization.objects.filter(pk=board.organizations[1].pk).update(listing="unlisted")
    page = history(board, board.first)
    assert ("Hidden editor" in page, page.count("named who answers"), "printed a code" in page) == (False, 2, False)
    assert "objected" not in page
    # The lead agency's staff see its seat, and what it did.
    assert "Hidden editor" in history(board, board.staff)
    assert history(board, other).count("named who answers") == 3


def test_no_change_of_a_round_is_undone(board):
    log_everything(board)
    change = Change.objects.filter(record_type="round", verb="update").latest("pk")
    assert client_of(board.staff).get(f"/rounds/{board.round.public_id}/history/{change.pk}/undo/").status_code == 404
    assert "/undo/" not in history(board, board.staff)


def test_the_page_of_the_round_leads_to_it(board):
    start_round(board)
    for person in (board.staff, board.first):
        page = client_of(person).get(f"/rounds/{board.round.public_id}/")
        assert f"/rounds/{board.round.public_id}/history/" in page.content.decode()
