"""Rounds: who is asked, when answers open, who sees what before and after, and what no one ever sees."""

from datetime import timedelta

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from partnerships.assessment import answering, canceling, portfolio_queries, respondent_guards, rounds, score_queries
from partnerships.assessment.choices import ScoreState
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed, NotFound
from partnerships.directory.actions import save_organization
from partnerships.mail.audience import find_audience
from partnerships.meetings.rules import emails_visible_to
from partnerships.models import (
    Answer,
    Change,
    Email,
    Membership,
    Respondent,
    Round,
    SideScore,
)
from partnerships.notifications import planning
from partnerships.records.privacy import erase_contact
from partnerships.registry.actions import save_partnership
from tests.assessment.conftest import Board, days_later, scores
from tests.factories import (
    answer_seats,
    in_days,
    make_department,
    make_jurisdiction,
    make_partnership,
    make_person,
    party,
)

pytestmark = pytest.mark.django_db


# Who is asked


def test_everyone_asked_has_a_side_and_gets_an_email(board):
    survey_round = board.ask(1, 2, 1)
    assert [(side.key, side.asked) for side in survey_round.sides.all()] == [("government", 1), ("community", 3)]
    asked = Email.objects.filter(kind="round_asked", state="planned")
    assert asked.count() == 4
    assert Email.objects.filter(kind="round_reminder").count() == 8


def test_a_party_is_represented_by_those_who_speak_for_it(board):
    speaker, reader = make_person("speaks@example.org"), make_person("reads@example.org")
    Membership.objects.create(person=speaker, organization=board.organizations[0], role="editor")
    Membership.objects.create(person=reader, organization=board.organizations[0], role="reader")
    survey_round = rounds.start_round(
        partnership=board.partnership,
        by=SYSTEM,
        fields={"title": "Fall", "closes_on": in_days(7)},
        asked=[(board.parties[1], None), (board.parties[2], speaker)],
    )
    assert list(survey_round.respondents.values_list("person", "party")) == [(speaker.pk, board.parties[1].pk)]


def test_a_tribal_nation_answers_as_a_side_of_its_own():
    nation = make_jurisdiction("Lower Sioux Indian Community", "tribal_nation")
    board = Board()
    save_partnership(
        partnership=board.partnership,
        by=SYSTEM,
        fields={},
        parties=[party(board.lead, "lead"), party(board.organizations[0]), party(make_department(nation))],
    )
    answer_seats(board.partnership)
    board.parties = list(board.partnership.parties.order_by("position"))
    board.desks |= {p: [board._desk(p, n) for n in range(3)] for p in board.parties}
    survey_round = board.ask(1, 1, 1)
    assert [side.key for side in survey_round.sides.all()] == ["government", "community", f"nation-{nation.pk}"]


def test_where_all_are_of_one_side_the_lead_is_compared_with_the_others():
    lead = make_jurisdiction("City of Round Lake")
    offices = [make_department(lead, name) for name in ("Housing", "Planning", "Health")]
    seats = [party(offices[0], "member"), party(offices[1], "lead"), party(offices[2], "member")]
    board = Board(lead, organizations=0)
    board.partnership = make_partnership("Strategy", kind="strategy", lead=lead, parties=seats)
    board.parties = list(board.partnership.parties.order_by("position"))
    board.desks = {p: [board._desk(p, n) for n in range(3)] for p in board.parties}
    survey_round = board.ask(1, 1, 1)
    assert survey_round.compares_lead
    assert [(side.key, side.asked) for side in survey_round.sides.all()] == [("lead", 1), ("others", 2)]
    for number, level in enumerate((1, 4, 1)):
        board.all_say(number, level)
    assert scores(survey_round) == {"lead": (ScoreState.SHOWN, 4.0), "others": (ScoreState.SHOWN, 1.0)}
    assert score_queries.flags_of(Round.objects.get()) == {"decisions"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"closes_on": clock.today(clock.zone("America/Chicago"))}, "closes_on"),
        ({"closes_on": in_days(-3)}, "closes_on"),
        ({"closes_on": in_days(400)}, "closes_on"),
        ({"closes_on": None}, "closes_on"),
        ({"title": ""}, "title"),
    ],
)
def test_a_round_that_cannot_be_is_refused_at_its_field(board, fields, field):
    with pytest.raises(ValidationError) as problem:
        board.ask(1, 1, **fields)
    assert set(problem.value.error_dict) == {field}
    assert (Round.objects.count(), Email.objects.filter(kind="round_asked").count()) == (0, 0)


def test_no_one_to_ask_or_a_party_that_left_is_refused(board):
    with pytest.raises(ValidationError, match="at least one person"):
        board.ask()
    other = Board()
    values = {"title": "Fall", "closes_on": in_days(7)}
    asked = [(other.parties[1], other.desks[other.parties[1]][0])]
    with pytest.raises(ValidationError, match="isn’t a partner in this partnership now"):
        rounds.start_round(partnership=board.partnership, by=SYSTEM, fields=values, asked=asked)
    assert Round.objects.count() == 0


def test_two_rounds_of_a_partnership_are_never_open_together(board):
    first = board.ask(1, 1)
    with pytest.raises(ValidationError, match="A round is already open here"):
        board.ask(1, 1)
    canceling.cancel_round(survey_round=first, by=SYSTEM, why="Too early")
    with days_later(31):
        assert board.ask(1, 1, closes_on=in_days(14)).is_running


def test_who_may_start_a_round(people, board):
    values = {"title": "Fall", "closes_on": in_days(15)}
    asked = [(board.parties[1], board.desks[board.parties[1]][0])]
    Membership.objects.create(person=people.member, organization=board.organizations[0], role="editor")
    Membership.objects.create(person=people.partner_reader, organization=board.organizations[0], role="reader")
    for person in (people.stranger, people.other_partner, people.editor, people.partner_reader):
        with pytest.raises(NotAllowed):
            rounds.start_round(partnership=board.partnership, by=person, fields=values, asked=asked)
    assert rounds.start_round(partnership=board.partnership, by=people.member, fields=values, asked=asked).is_running


# Sealed answers


def test_answers_open_when_the_last_has_answered_or_declined(board):
    survey_round = board.ask(1, 3)
    board.all_say(0, 3)
    board.all_say(1, 0, 2)
    assert (SideScore.objects.count(), Round.objects.get().opened_at) == (0, None)
    assert answering.decline(respondent=board.respondents_of(1)[2])
    assert Round.objects.get().opened_at
    assert scores(survey_round) == {"government": (ScoreState.SHOWN, 3.0), "community": (ScoreState.TOO_FEW, None)}
    opened = Email.objects.filter(kind="round_opened").values_list("recipient", flat=True)
    assert set(opened) == {f"contact:{respondent.contact_id}" for respondent in survey_round.respondents.all()}
    assert not Email.objects.filter(kind="round_reminder", state="planned").exists()


def test_answers_open_when_the_window_closes_and_only_then(board):
    survey_round = board.ask(1, 1)
    board.say(board.respondents_of(0)[0], level=4)
    board.complete(board.respondents_of(0)[0])
    with days_later(13):
        assert rounds.open_due() == 0
    with days_later(16):
        assert rounds.open_due() == 1
        assert rounds.open_due() == 0
    assert scores(survey_round) == {"government": (ScoreState.SHOWN, 4.0), "community": (ScoreState.NO_ANSWER, None)}


def test_those_who_count_in_a_score_have_answered_even_without_the_last_press(people, board):
    """Otherwise a round would show a score of a side, and say that no one there has answered."""
    board.ask(3, 3)
    board.all_say(0, 4, 4)
    board.say(board.respondents_of(0)[2], level=4)
    board.all_say(1, 1)
    for respondent in board.respondents_of(1)[1:]:
        board.say(respondent, level=2)
    survey_round = board.close()
    seen = score_queries.sides_seen([survey_round])[survey_round.pk]
    assert {one.side.key: (one.side.asked, one.finished) for one in seen} == {"government": (3, 3), "community": (3, 3)}
    (row,) = portfolio_queries._with_share(Round.objects.all(), people.administrator)
    assert (row.asked, row.finished) == (6, 6)


def test_a_late_answer_counts_in_the_next_round(board):
    board.ask(1, 1)
    respondent = board.respondents_of(0)[0]
    with days_later(16):
        for act in (
            lambda: board.say(respondent),
            lambda: answering.finish(respondent=respondent),
            lambda: answering.decline(respondent=respondent),
            lambda: answering.withhold_score(respondent=respondent, wanted=True),
        ):
            with pytest.raises(NotFound):
                act()
        rounds.open_due()
        with pytest.raises(NotFound):
            board.say(respondent)
    assert Answer.objects.count() == 0


def test_an_open_round_shows_only_rough_progress_of_sides_of_five_or_more(people, board):
    survey_round = board.ask(1, 2, 3)

    def progress_of_sides():
        seen = score_queries.round_seen(people.administrator, survey_round)
        assert seen.items == []
        return [(side.side.key, side.finished, side.declined, side.is_half_done) for side in seen.sides]

    sealed = ("government", 0, 0, None)
    assert progress_of_sides() == [sealed, ("community", 0, 0, False)]
    board.all_say(0, 3)
    board.all_say(1, 1, 1)
    assert progress_of_sides() == [sealed, ("community", 0, 0, False)]
    answering.decline(respondent=board.respondents_of(2)[0])
    assert progress_of_sides() == [sealed, ("community", 0, 0, True)]


def test_reminders_show_no_one_who_has_answered(people, board):
    """People who have answered get no reminder, and not even administrators can see who gets one.

    Other emails stay as they are.
    """
    board.ask(2, 1)
    first, second = board.respondents_of(0)
    answers = {"decisions": 2}
    answering.record_answers(respondent=first, by=SYSTEM, way="phone", was_read_back=True, answers=answers)
    before = list(emails_visible_to(people.administrator).order_by("pk").values())
    answering.confirm_answers(respondent=first)
    answering.finish(respondent=first)
    answering.decline(respondent=second)
    assert Email.objects.filter(kind="round_reminder", state="withdrawn").count() == 4
    assert list(emails_visible_to(people.administrator).order_by("pk").values()) == before
    assert {row["kind"] for row in before} >= {"round_asked", "round_taken"}
    assert "round_reminder" not in {row["kind"] for row in before}


def test_the_history_of_a_round_never_shows_an_answer(people, board):
    board.ask(1, 1, erases_answers=False)
    board.all_say(0, 3, comment="A secret word")
    board.all_say(1, 1, comment="A secret word")
    snapshots = str(list(Change.objects.values_list("before", "after")))
    assert "secret" not in snapshots
    assert list(Change.objects.filter(record_type="round").order_by("pk").values_list("verb", flat=True)) == [
        "create",
        "open",
    ]


def test_single_answers_are_erased_once_scores_exist_unless_they_are_kept(board):
    board.ask(1, 1)
    board.all_say(0, 3)
    board.all_say(1, 1)
    assert Answer.objects.count() == 0
    board.ask(1, 1, erases_answers=False)
    board.all_say(0, 3)
    board.all_say(1, 1)
    assert Answer.objects.count() == 20


# Partners and people who leave


def leave(board):
    """The second organization’s seat ends."""
    board.seat(2, ends_on=in_days(-1))


def test_a_place_that_is_lost_never_opens_a_round_early(board):
    board.ask(1, 1, 1)
    board.all_say(0, 3)
    board.all_say(1, 2)
    leave(board)
    answering.finish(respondent=board.respondents_of(1)[0])
    assert Round.objects.get().opened_at is None
    with days_later(16):
        assert rounds.open_due() == 1


def test_nor_does_someone_who_is_erased(board):
    board.ask(1, 2)
    board.desks[board.parties[1]][1].delete()
    board.all_say(0, 3)
    board.all_say(1, 2)
    assert Round.objects.get().opened_at is None


def test_an_unfinished_answer_of_someone_who_left_is_no_answer(board):
    survey_round = board.ask(1, 1, 1)
    board.all_say(0, 3)
    gone = board.respondents_of(2)[0]
    board.say(gone, level=0)
    leave(board)
    assert not answering.can_be_answered(Respondent.objects.get(pk=gone.pk))
    for act in (lambda: board.say(gone, level=4), lambda: answering.remove_answers(respondent=gone)):
        with pytest.raises(NotFound):
            act()
    board.all_say(1, 2)
    with days_later(16):
        rounds.open_due()
    assert scores(survey_round)["community"] == (ScoreState.SHOWN, 2.0)


def test_a_finished_answer_of_someone_who_left_counts_unless_they_remove_it(board):
    survey_round = board.ask(1, 1, 1)
    for number, level in ((0, 3), (2, 0)):
        board.all_say(number, level)
    gone = board.respondents_of(2)[0]
    leave(board)
    board.say(board.respondents_of(1)[0], level=1)
    with days_later(16):
        rounds.open_due()
    assert scores(survey_round)["community"] == (ScoreState.SHOWN, 0.5)
    assert gone.finished_at is not None


def test_a_person_who_left_removes_their_finished_answers(board):
    survey_round = board.ask(1, 1, 1)
    board.all_say(2, 0)
    gone = board.respondents_of(2)[0]
    leave(board)
    board.say(board.respondents_of(1)[0], level=1)
    board.complete(board.respondents_of(1)[0])
    answering.remove_answers(respondent=gone)
    assert Answer.objects.filter(respondent=gone).count() == 0
    with days_later(16):
        rounds.open_due()
    assert scores(survey_round)["community"] == (ScoreState.SHOWN, 1.0)


# Answering


def test_an_answer_is_saved_at_once_and_can_be_changed(board):
    board.ask(1, 1)
    respondent = board.respondents_of(0)[0]
    board.say(respondent, level=1)
    board.say(respondent, level=None, comment="I would rather not")
    assert list(Answer.objects.values_list("item", "level", "comment")) == [
        ("decisions", None, "I would rather not"),
    ]


@pytest.mark.parametrize("level", [5, -1, 100000])
def test_a_level_that_is_none_is_refused(board, level):
    board.ask(1, 1)
    with pytest.raises(ValidationError):
        board.say(board.respondents_of(0)[0], level=level)
    with pytest.raises(NotFound):
        board.say(board.respondents_of(0)[0], item="nothing")
    assert Answer.objects.count() == 0


def test_declining_erases_and_answering_again_comes_back(board):
    board.ask(1, 2)
    respondent = board.respondents_of(1)[0]
    board.say(respondent)
    answering.decline(respondent=respondent)
    assert (Answer.objects.count(), Respondent.objects.get(pk=respondent.pk).declined_at is None) == (0, False)
    board.say(respondent)
    assert Respondent.objects.get(pk=respondent.pk).declined_at is None
    assert Email.objects.filter(kind="round_reminder", subject_id=respondent.pk, state="planned").count() == 2


# Moving


@pytest.mark.parametrize("days", [-40, -1, 0, 13, 14, 45])
def test_the_end_moves_later_by_30_days_at_most(board, days):
    survey_round = board.ask(1, 1)
    with pytest.raises(ValidationError) as problem:
        rounds.move_round(survey_round=survey_round, by=SYSTEM, closes_on=in_days(days))
    assert (set(problem.value.error_dict), Round.objects.get().closes_on) == ({"closes_on"}, in_days(14))


def test_the_deadline_moves_once(board):
    survey_round = board.ask(1, 1)
    moved = rounds.move_round(survey_round=survey_round, by=SYSTEM, closes_on=in_days(20))
    assert (moved.closes_on, moved.moved_from) == (in_days(20), in_days(14))
    with pytest.raises(ValidationError, match="once already"):
        rounds.move_round(survey_round=moved, by=SYSTEM, closes_on=in_days(25))


def test_a_new_last_day_moves_the_reminders(board):
    survey_round = board.ask(1, 1)
    rounds.move_round(survey_round=survey_round, by=SYSTEM, closes_on=in_days(30))
    open_ones = Email.objects.filter(kind="round_reminder", state="planned")
    assert {email.occurrence.split("/")[1] for email in open_ones} == {in_days(30).isoformat()}
    assert Email.objects.filter(kind="round_asked").count() == 2
    with days_later(16):
        assert rounds.open_due() == 0


# Reminders on demand


def reminded(survey_round, day):
    sent = Email.objects.filter(kind="round_reminder", occurrence__contains=f"/on-{day}/")
    return set(sent.values_list("subject_id", flat=True))


def test_those_who_have_not_finished_are_reminded_on_demand_once_a_day(board):
    survey_round = board.ask(2, 1)
    done, waiting = board.respondents_of(0)
    answering.finish(respondent=done)
    with days_later(2):
        rounds.send_reminders(survey_round=survey_round, by=SYSTEM)
        with pytest.raises(ValidationError, match="again tomorrow"):
            rounds.send_reminders(survey_round=survey_round, by=SYSTEM)
        assert reminded(survey_round, in_days(0, board.partnership.lead)) == {waiting.pk, board.respondents_of(1)[0].pk}
    with days_later(3):
        rounds.send_reminders(survey_round=survey_round, by=SYSTEM)
        assert reminded(survey_round, in_days(0, board.partnership.lead)) == {waiting.pk, board.respondents_of(1)[0].pk}


@pytest.mark.parametrize("days", [0, 7])
def test_no_one_is_reminded_on_a_day_with_another_email_about_answering(board, days):
    """They are asked on the first day, and the schedule reminds them on the seventh."""
    survey_round = board.ask(1, 1)
    with days_later(days):
        rounds.send_reminders(survey_round=survey_round, by=SYSTEM)
        assert reminded(survey_round, in_days(0)) == set()


def test_sending_reminders_says_to_no_one_whether_anyone_was_left(people, board):
    """The outbox, the record and the history read the same if all but one have finished, and if no one has."""
    outcomes = []
    for finished in (0, 2):
        survey_round = board.ask(2, 1)
        for respondent in board.respondents_of(0)[:finished]:
            answering.finish(respondent=respondent)
        with days_later(2):
            saved = rounds.send_reminders(survey_round=survey_round, by=SYSTEM)
            last = Change.objects.filter(record_type="round").latest("pk")
            shown = emails_visible_to(people.administrator).filter(kind="round_reminder").count()
            outcomes.append((shown, saved.reminded_on == in_days(0), last.verb, last.after["reminded_on"]))
        canceling.cancel_round(survey_round=saved, by=SYSTEM, why="Another try")
        Round.objects.update(cancelled_at=clock.now() - timedelta(days=60))
    assert outcomes[0] == outcomes[1]


def test_only_who_runs_a_round_that_is_being_answered_sends_reminders(people, board):
    survey_round = board.ask(1, 1)
    with pytest.raises(NotAllowed):
        rounds.send_reminders(survey_round=survey_round, by=people.other_editor)
    Round.objects.update(answering_at=None)
    with pytest.raises(ValidationError, match="can’t answer yet"):
        rounds.send_reminders(survey_round=survey_round, by=SYSTEM)
    Round.objects.update(answering_at=clock.now(), cancelled_at=clock.now())
    with pytest.raises(ValidationError, match="has closed"):
        rounds.send_reminders(survey_round=survey_round, by=SYSTEM)


def test_a_reminder_on_demand_is_sent_like_a_scheduled_one(board):
    survey_round = board.ask(1, 1)
    with days_later(2):
        rounds.send_reminders(survey_round=survey_round, by=SYSTEM)
        one = Email.objects.get(occurrence__contains="/on-", subject_id=board.respondents_of(1)[0].pk)
        assert (one.state, find_audience(one).refusal) == ("planned", "")
        answering.finish(respondent=board.respondents_of(1)[0])
        one.refresh_from_db()
        assert (one.state, find_audience(one).refusal) == ("withdrawn", "They have answered already.")


# The daily task


def test_the_sweep_adds_a_reminder_that_is_missing_and_none_that_is_not_wanted(board):
    board.ask(2, 1)
    answering.finish(respondent=board.respondents_of(0)[1])
    reminders = Email.objects.filter(kind="round_reminder")
    assert reminders.filter(state="planned").count() == 4  # to two people, seven and two days ahead
    reminders.delete()
    assert planning.plan_all() == 0  # none is due within two days
    with days_later(6):
        assert planning.plan_all() == 2
        assert planning.plan_all() == 0
    assert {row.occurrence.split("/")[2] for row in reminders} == {"7d"}
    Round.objects.update(cancelled_at=clock.now())
    reminders.delete()
    with days_later(6):
        assert planning.plan_all() == 0


CONTACTS = {"another address": {"email": "elsewhere@example.org"}, "no address": {"email": ""}, "removed": None}


def rows_of_contacts(board, change):
    """Return form data for the first organization's contacts, with this change to the first one (None removes it)."""
    first, *rest = board.desks[board.parties[1]]
    return [*([] if change is None else [{"id": first.pk, **change}]), *({"id": one.pk} for one in rest)]


@pytest.mark.parametrize("change", CONTACTS)
def test_no_one_reads_or_erases_sealed_answers_by_changing_a_contact(board, change):
    board.ask(1, 3, 3)
    respondent = board.respondents_of(1)[0]
    board.say(respondent, level=3)
    answering.finish(respondent=respondent)
    organization, contacts = board.organizations[0], rows_of_contacts(board, CONTACTS[change])
    with pytest.raises(ValidationError) as refused:
        save_organization(organization=organization, by=SYSTEM, fields={}, contacts=contacts)
    where = NON_FIELD_ERRORS if change == "removed" else "contacts-0-email"
    error = respondent_guards.GONE.format(name=respondent.contact) if change == "removed" else respondent_guards.ADDRESS
    assert refused.value.message_dict == {where: [error]}
    assert Answer.objects.get().respondent == respondent
    board.close()
    save_organization(organization=organization, by=SYSTEM, fields={}, contacts=contacts)


def test_a_contact_who_is_asked_can_be_changed_otherwise_and_erased(board):
    board.ask(1, 3, 3)
    contact = board.respondents_of(1)[0].contact
    kept = rows_of_contacts(board, {"email": contact.email.upper(), "phone": "612-555-0123"})
    save_organization(organization=board.organizations[0], by=SYSTEM, fields={}, contacts=kept)
    contact.refresh_from_db()
    assert contact.phone == "612-555-0123"
    erase_contact(contact=contact, by=SYSTEM)
    assert len(board.respondents_of(1)) == 2
