"""Canceling a round: who may do it, who must agree, who is told, and what happens to the answers.

No side can erase them alone.
"""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from partnerships import tasks
from partnerships.assessment import answering, canceling, queries, respondent_lists, rounds, score_queries
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed
from partnerships.meetings.timeline import kinds_asked, timeline
from partnerships.models import Answer, Change, Email, Membership, Respondent, Round, SideScore
from partnerships.notifications import emails, recipients
from partnerships.registry.actions import save_partnership, withdraw_partnership
from tests.assessment.conftest import days_later
from tests.factories import in_days
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
TEN = 10  # answers of one person
WHY = "The wrong people were asked."


@snapshot_fixture
def table(people, board):
    """A board with an editor of each partner: the lead agency and two organizations."""
    board.keeper, board.first, board.second = people.member, people.partner, people.other_partner
    Membership.objects.create(person=board.keeper, jurisdiction=board.lead, role="editor")
    for person, organization in ((board.first, board.organizations[0]), (board.second, board.organizations[1])):
        Membership.objects.filter(person=person).delete()
        Membership.objects.create(person=person, organization=organization, role="editor")
    return board


def start_as(board, person):
    asked = [(party, desk) for party in board.parties for desk in board.desks[party][:1]]
    values = {"title": "Fall round", "closes_on": in_days(20)}
    board.round = rounds.start_round(partnership=board.partnership, by=person, fields=values, asked=asked)
    for party, desk in asked:
        if board.round.answering_at is None:
            board.round = respondent_lists.name_people(survey_round=board.round, by=SYSTEM, party=party, people=[desk])
            board.round.refresh_from_db()
    return board.round


def cancel(board, person):
    return canceling.cancel_round(survey_round=Round.objects.get(pk=board.round.pk), by=person, why=WHY)


def agree(board, person):
    return canceling.agree_to_cancel(survey_round=Round.objects.get(pk=board.round.pk), by=person)


def cancel_for_all(board, person):
    """Cancel with the agreement of all partners, since people have started to answer."""
    cancel(board, person)
    for one in (board.first, board.second, board.keeper):
        if not is_canceled(board):
            agree(board, one)


def is_canceled(board):
    return Round.objects.get(pk=board.round.pk).cancelled_at is not None


def test_only_the_partner_that_started_it_or_an_administrator_cancels_a_round(people, table):
    start_as(table, table.first)
    for person in (table.keeper, table.second, people.stranger):
        with pytest.raises(NotAllowed):
            cancel(table, person)
    assert not is_canceled(table)
    cancel_for_all(table, table.first)
    assert is_canceled(table)


def test_an_administrator_cancels_any(people, table):
    start_as(table, table.first)
    cancel_for_all(table, people.administrator)
    assert is_canceled(table)


def test_partners_do_not_cancel_what_the_lead_agency_started(table):
    survey_round = start_as(table, table.keeper)
    assert (survey_round.started_by, survey_round.started_by_lead) == (None, True)
    with pytest.raises(NotAllowed):
        cancel(table, table.first)


def test_a_partner_that_has_left_neither_cancels_nor_moves_nor_agrees(table):
    start_as(table, table.first)
    table.all_say(2, 1)
    table.seat(1, ends_on=clock.today() - timedelta(days=1))
    with pytest.raises(NotAllowed):
        cancel(table, table.first)
    with pytest.raises(NotAllowed):
        rounds.move_round(survey_round=table.round, by=table.first, closes_on=in_days(30))
    assert (Answer.objects.count(), is_canceled(table)) == (TEN, False)


@pytest.mark.parametrize("answers", [0, 1])
def test_asking_for_it_tells_no_one_whether_anyone_has_answered(client, table, answers):
    """The page is the same before, the message is the same after, and nothing is canceled once anyone has answered."""
    start_as(table, table.first)
    table.all_say(2, *([1] * answers))
    client.force_login(table.first)
    page = f"/rounds/{table.round.public_id}/cancel/"
    assert "whether or not anyone has answered" in client.get(page).content.decode()
    response = client.post(page, {"why": WHY, "version": Round.objects.get(pk=table.round.pk).version}, follow=True)
    assert "The round is canceled once most partners of each side have agreed." in response.content.decode()
    assert not is_canceled(table)


def test_until_answering_begins_it_is_canceled_at_once(table):
    asked = [(party, desk) for party in table.parties for desk in table.desks[party][:1]]
    values = {"title": "Fall round", "closes_on": in_days(20)}
    table.round = rounds.start_round(partnership=table.partnership, by=table.first, fields=values, asked=asked)
    cancel(table, table.first)
    assert is_canceled(table)


def test_once_anyone_has_answered_each_side_has_to_agree_and_silence_is_no(table):
    start_as(table, table.first)
    table.all_say(0, 3)
    cancel(table, table.first)
    assert (is_canceled(table), Answer.objects.count()) == (False, TEN)
    agree(table, table.keeper)  # all government partners, and one of two community partners
    assert not is_canceled(table)
    with pytest.raises(ValidationError, match="asked for already"):
        cancel(table, table.first)
    with days_later(22):
        rounds.open_due()
    assert SideScore.objects.filter(item="decisions", side__key="government").get().standing == "shown"
    assert not is_canceled(table)


def test_a_partner_whose_seat_ended_since_counts_as_silent(table):
    start_as(table, table.keeper)
    table.all_say(1, 1)
    table.seat(1, ends_on=in_days(-1))  # the lead agency ends the seat of a partner that disagrees
    cancel(table, table.keeper)
    agree(table, table.second)
    assert (is_canceled(table), Answer.objects.count()) == (False, TEN)


def test_most_partners_of_each_side_cancel_it_and_the_answers_go_unread_after_30_days(people, table):
    start_as(table, table.first)
    table.all_say(0, 3, comment="Ours alone")
    cancel(table, table.first)
    agree(table, table.second)
    agree(table, table.keeper)
    assert (is_canceled(table), Answer.objects.count()) == (True, TEN)
    assert score_queries.round_seen(people.administrator, Round.objects.get()).items == []
    with days_later(29):
        tasks.delete_expired_data()
        assert Answer.objects.count() == TEN
    with days_later(31):
        tasks.delete_expired_data()
    assert (Answer.objects.count(), SideScore.objects.count()) == (0, 0)
    assert "Ours alone" not in str(list(Change.objects.values_list("before", "after")))


def test_no_one_agrees_without_a_request_or_for_another_partner(people, table):
    start_as(table, table.first)
    with pytest.raises(NotAllowed):
        agree(table, table.second)
    table.all_say(0, 3)
    cancel(table, table.first)
    for person in (people.stranger, people.administrator):
        with pytest.raises(NotAllowed):
            agree(table, person)


def test_a_side_whose_partners_have_all_left_agrees_to_nothing(table):
    start_as(table, table.keeper)
    table.all_say(1, 1)
    for number in (1, 2):
        table.seat(number, ends_on=clock.today() - timedelta(days=1))
    cancel(table, table.keeper)
    assert not is_canceled(table)


def test_everyone_is_notified_who_canceled_it_and_why(table):
    start_as(table, table.first)
    cancel_for_all(table, table.first)
    cancellations = Email.objects.filter(kind="round_canceled")
    asked = {f"contact:{place.contact_id}" for place in table.round.respondents.all()}
    speakers = {f"person:{person.pk}" for person in (table.keeper, table.first, table.second)}
    assert set(cancellations.values_list("recipient", flat=True)) == asked | speakers
    for email in cancellations:
        text = emails.render(email, recipients.find(email.recipient), {}).text
        assert (WHY in text, "Neighbors 0 canceled this round" in text) == (True, True)
    assert not Email.objects.filter(kind__in=("round_asked", "round_reminder"), state="planned").exists()


def test_partners_are_asked_for_their_yes(table):
    start_as(table, table.first)
    table.all_say(0, 3)
    cancel(table, table.first)
    email = Email.objects.filter(kind="round_cancel_asked", recipient=f"person:{table.second.pk}").get()
    text = emails.render(email, recipients.find(email.recipient), {}).text
    assert "it needs a yes from most partners of each side" in text
    assert f"/rounds/{table.round.public_id}/" in text


def test_who_is_unlisted_is_not_named_to_others(table):
    table.hide(0)
    start_as(table, table.first)
    cancel_for_all(table, table.first)
    email = Email.objects.filter(kind="round_canceled", recipient=f"person:{table.keeper.pk}").get()
    assert "Neighbors 0" not in emails.render(email, recipients.find(email.recipient), {}).text
    survey_round = Round.objects.select_related("cancellation", "partnership__lead").get()
    seen = [queries.cancellation_seen(person, survey_round).who for person in (table.keeper, table.second)]
    assert seen == ["Neighbors 0", "A partner"]


def test_the_entry_stays_on_the_page_and_the_timeline(people, table):
    start_as(table, table.first)
    cancel_for_all(table, table.first)
    assert [one.pk for one in queries.rounds_of(table.second, table.partnership)] == [table.round.pk]
    entries = timeline(table.second, [table.partnership], kinds_asked(QueryDict("kind=round")))
    assert [(one.title, [(v.name, v.words) for v in one.voices]) for one in entries] == [
        ("Round started: Fall round", []),
        ("Round canceled: Fall round", [("Neighbors 0 canceled it", WHY)]),
    ]
    assert timeline(None, [table.partnership], ["round"]) == []


def test_no_new_round_starts_there_for_30_days(table):
    start_as(table, table.first)
    cancel_for_all(table, table.first)
    with days_later(29), pytest.raises(ValidationError, match="can’t start before"):
        rounds.start_round(partnership=table.partnership, by=table.keeper, fields={}, asked=[])
    with days_later(31):
        fields = {"title": "Again", "closes_on": in_days(14)}
        asked = [(table.parties[0], table.desks[table.parties[0]][0])]
        assert rounds.start_round(partnership=table.partnership, by=table.keeper, fields=fields, asked=asked).is_running


def test_a_round_that_has_closed_or_was_canceled_is_not_canceled(table):
    start_as(table, table.first)
    cancel_for_all(table, table.first)
    with pytest.raises(ValidationError, match="closed"):
        cancel(table, table.first)


def test_a_reason_is_required(table):
    start_as(table, table.first)
    with pytest.raises(ValidationError) as problem:
        canceling.cancel_round(survey_round=table.round, by=table.first, why=" ")
    assert set(problem.value.error_dict) == {"why"}
    assert not is_canceled(table)


def test_answering_is_closed_once_it_is_canceled(table):
    start_as(table, table.first)
    cancel_for_all(table, table.first)
    place = Respondent.objects.filter(round=table.round).first()
    assert not answering.can_be_answered(place)


@pytest.mark.parametrize("how", ["unpublished", "organizing"])
def test_no_keeper_of_the_record_shuts_out_the_others_while_a_round_is_open(table, how):
    """Both would take every partner's right to answer, object and read, and leave what was answered to the lead agency."""
    start_as(table, table.first)

    def shut_out():
        table.partnership.refresh_from_db()
        if how == "unpublished":
            return withdraw_partnership(partnership=table.partnership, by=table.keeper)
        return save_partnership(partnership=table.partnership, by=table.keeper, fields={"kind": "organizing"})

    with pytest.raises(ValidationError) as refused:
        shut_out()
    assert refused.value.code == "round_open"
    seats = table.partnership.parties.exclude(organization=None)
    assert [(seat.state, seat.partnership.is_published) for seat in seats] == [("confirmed", True)] * 2
    table.close()
    shut_out()
