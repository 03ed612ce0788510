"""Answers on paper, by phone or in a conversation: staff record them without reading them, until the person confirms them."""

import pytest
from django.core.exceptions import ValidationError

from partnerships.assessment import answering
from partnerships.assessment.choices import ScoreState
from partnerships.assessment.eligibility import mailboxes_of_other_sides, person_refusal
from partnerships.core.errors import NotAllowed, NotFound
from partnerships.mail.message import mailbox_of
from partnerships.models import (
    Answer,
    Change,
    Email,
    Membership,
    Party,
    PendingAnswer,
    Respondent,
    Round,
    RoundSide,
    SideScore,
)
from partnerships.registry.actions import save_partnership
from tests.assessment.conftest import Board, days_later, scores
from tests.factories import make_jurisdiction, make_organization
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def table(people, board):
    """A board with the lead agency's editor, and an editor of the first organization."""
    board.staff, board.colleague = people.member, people.partner
    Membership.objects.filter(person__in=[board.staff, board.colleague]).delete()
    Membership.objects.create(person=board.staff, jurisdiction=board.lead, role="editor")
    Membership.objects.create(person=board.colleague, organization=board.organizations[0], role="editor")
    return board


def record(respondent, by, level=4, item="decisions"):
    answering.record_answers(respondent=respondent, by=by, way="phone", was_read_back=True, answers={item: level})


def test_what_another_side_recorded_counts_only_once_its_author_confirms_it(table):
    survey_round = table.ask(1, 1)
    respondent = table.respondents_of(1)[0]
    record(respondent, table.staff, 0)
    record(respondent, table.staff, 1, item="influence")
    table.all_say(0, 3)
    table.say(respondent, item="influence", level=2)
    table.close()
    assert scores(survey_round, "influence")["community"] == (ScoreState.SHOWN, 2.0)
    assert scores(survey_round)["community"] == (
        ScoreState.SHOWN,
        2.0,
    )  # what they answered, not the 0 that was recorded
    assert PendingAnswer.objects.count() == 0


def test_confirmed_ones_join_the_median_and_not_the_three_that_it_needs(table):
    survey_round = table.ask(1, 4)
    levels = (1, 1, 1)
    for respondent, level in zip(table.respondents_of(1), levels, strict=False):
        table.say(respondent, "decisions", level)
    for respondent in table.respondents_of(1)[:2]:
        table.say(respondent, "influence", 1)
    for item in ("decisions", "influence"):
        record(table.respondents_of(1)[2 if item == "influence" else 3], table.staff, 3, item)
    for respondent in table.respondents_of(1)[2:]:
        answering.confirm_answers(respondent=respondent)
    table.close()
    row = SideScore.objects.get(side__key="community", item="decisions")
    assert (row.standing, row.answered) == (ScoreState.SHOWN, 4)
    assert scores(survey_round, "influence")["community"] == (ScoreState.KEPT_BACK, None)


def test_staff_read_no_ones_answer_by_writing_for_others(people, table):
    """An attack that once worked: staff record two of three answers, so the third is the one that is shown."""
    survey_round = table.ask(1, 3)
    victim, *shams = table.respondents_of(1)
    table.all_say(0, 3)
    table.say(victim, level=1)
    answering.finish(respondent=victim)
    for respondent, level in zip(shams, (0, 4), strict=True):
        record(respondent, table.staff, level)
        answering.confirm_answers(respondent=respondent)
    table.close()
    assert scores(survey_round)["community"] == (ScoreState.KEPT_BACK, None)


def test_recording_looks_the_same_whatever_someone_has_answered(table):
    table.ask(1, 3)
    fresh, answered, declined = table.respondents_of(1)
    table.say(answered, level=2)
    answering.finish(respondent=answered)
    answering.decline(respondent=declined)
    for respondent in (fresh, answered, declined):
        record(respondent, table.staff)
    assert PendingAnswer.objects.count() == 3
    assert list(Answer.objects.values_list("respondent", "level")) == [(answered.pk, 2)]
    emails = Email.objects.filter(kind="round_taken").values_list("subject_id", flat=True)
    assert sorted(emails) == sorted(respondent.pk for respondent in (fresh, answered, declined))
    assert RoundSide.objects.get(key="community").has_recorded


def test_what_they_answer_themselves_always_comes_first(table):
    survey_round = table.ask(1, 1)
    respondent = table.respondents_of(1)[0]
    record(respondent, table.staff, 4)
    table.say(respondent, level=1)
    answering.confirm_answers(respondent=respondent)
    table.close()
    assert scores(survey_round)["community"] == (ScoreState.SHOWN, 1.0)


def test_a_decline_holds_against_the_phone(table):
    survey_round = table.ask(1, 1)
    respondent = table.respondents_of(1)[0]
    record(respondent, table.staff)
    answering.decline(respondent=respondent)
    for by in (table.staff, table.colleague):
        record(respondent, by)
    assert Respondent.objects.get(pk=respondent.pk).declined_at is not None
    table.all_say(0, 3)
    assert Round.objects.get().opened_at
    assert scores(survey_round)["community"] == (ScoreState.DECLINED, None)


def test_only_the_person_who_declined_undoes_it(table):
    table.ask(1, 1)
    respondent = table.respondents_of(1)[0]
    answering.decline(respondent=respondent)
    record(respondent, table.colleague)
    answering.confirm_answers(respondent=respondent)
    assert Respondent.objects.get(pk=respondent.pk).declined_at is None
    assert Answer.objects.get().level == 4


def test_a_colleague_of_their_own_side_records_for_them(table):
    survey_round = table.ask(1, 1)
    respondent = table.respondents_of(1)[0]
    for item in survey_round.items:
        record(respondent, table.colleague, 1, item)
    assert set(PendingAnswer.objects.values_list("by_other_side", flat=True)) == {False}
    assert not RoundSide.objects.get(key="community").has_recorded
    table.close()
    assert scores(survey_round)["community"] == (ScoreState.SHOWN, 1.0)


@pytest.mark.parametrize("double", ["government", "administrator"])
def test_who_belongs_to_another_side_too_records_as_the_other_side(table, double):
    table.ask(1, 1)
    if double == "government":
        Membership.objects.create(person=table.colleague, jurisdiction=table.lead, role="reader")
    else:
        table.colleague.is_administrator = True
        table.colleague.save()
    record(table.respondents_of(1)[0], type(table.colleague).objects.get(pk=table.colleague.pk))
    assert PendingAnswer.objects.get().by_other_side


def test_what_two_sides_recorded_stays_separate_and_the_last_of_each_counts(table):
    table.ask(1, 1)
    respondent = table.respondents_of(1)[0]
    for by, level in ((table.staff, 4), (table.colleague, 1), (table.staff, 3)):
        record(respondent, by, level)
    rows = PendingAnswer.objects.order_by("by_other_side").values_list("level", "by_other_side")
    assert list(rows) == [(1, False), (3, True)]
    answering.confirm_answers(respondent=respondent)
    assert Answer.objects.get().level == 1


def test_the_history_says_who_recorded_and_never_what(table):
    table.ask(1, 1)
    record(table.respondents_of(1)[0], table.staff, 3)
    entry = Change.objects.get(verb="record")
    assert (entry.by, entry.after) == (table.staff, {"recorded_for": "Neighbors 0", "way": "phone"})


def test_bad_input_is_refused_at_its_field(people, table):
    table.ask(1, 1)
    respondent = table.respondents_of(1)[0]
    for way, answers, where in (("pigeon", {"decisions": 1}, "way"), ("phone", {"decisions": 9}, "decisions")):
        with pytest.raises(ValidationError) as problem:
            answering.record_answers(
                respondent=respondent, by=table.staff, way=way, was_read_back=True, answers=answers
            )
        assert set(problem.value.error_dict) == {where}
    with pytest.raises(ValidationError, match="at least one"):
        answering.record_answers(respondent=respondent, by=table.staff, way="phone", was_read_back=True, answers={})
    with pytest.raises(NotAllowed):
        record(respondent, people.stranger)
    with days_later(16), pytest.raises(NotFound):
        record(respondent, table.staff)
    assert PendingAnswer.objects.count() == 0


@pytest.mark.parametrize(("recorded", "own"), [((0, 4), 2), ((0, 0, 4, 4), 3)])
def test_a_colleague_reads_no_ones_answer_by_recording_those_of_the_others(table, recorded, own):
    """A colleague's recorded answers count toward the three, but the colleague knows them.

    The remaining answer would be the median.
    """
    survey_round = table.ask(1, len(recorded) + 1)
    victim, *others = table.respondents_of(1)
    table.say(victim, level=own)
    answering.finish(respondent=victim)
    for respondent, level in zip(others, recorded, strict=True):
        record(respondent, table.colleague, level)
    table.close()
    assert scores(survey_round)["community"] == (ScoreState.KEPT_BACK, None)


def test_answers_that_a_colleague_recorded_for_all_make_a_score(table):
    survey_round = table.ask(1, 3)
    for respondent, level in zip(table.respondents_of(1), (3, 4, 4), strict=True):
        record(respondent, table.colleague, level)
    table.close()
    assert scores(survey_round)["community"] == (ScoreState.SHOWN, 3.0)


def test_a_partner_that_is_added_puts_the_lead_on_no_other_side_of_an_open_round(people):
    """An attack that once worked: staff add a community organization, which needs no yes, while a round compares the lead
    with the others. From then on they were of the others’ side, and what they recorded counted.
    """
    board = Board(organizations=0, others=[make_jurisdiction("City of Square Lake")])
    Membership.objects.create(person=people.member, jurisdiction=board.lead, role="editor")
    board.ask(1, 3)
    rows = [{"id": one.pk, **board._body(one), "roles": []} for one in board.parties]
    newcomer = {"organization": make_organization("Neighbors", "profiled"), "roles": []}
    save_partnership(partnership=board.partnership, by=people.member, fields={}, parties=[*rows, newcomer])
    respondent = board.respondents_of(1)[0]
    record(respondent, people.member)
    assert PendingAnswer.objects.get().by_other_side
    party = Party.objects.select_related("partnership__lead").get(pk=board.parties[1].pk)
    assert mailbox_of(board.desks[board.parties[0]][8].email) in mailboxes_of_other_sides(party)
    assert mailbox_of(board.desks[board.parties[1]][8].email) not in mailboxes_of_other_sides(party)


def test_staff_of_the_lead_agency_answer_for_no_organization_where_only_organizations_are_asked(people):
    """An attack that once worked: where all partners are organizations, the first of them is compared with the others, and
    staff of the government counted as of no side.
    """
    board = Board(organizations=2)
    board.seat(0, gone=True)
    for body in ({"jurisdiction": board.lead}, {"organization": board.organizations[0]}):
        Membership.objects.get_or_create(person=people.member, **body, defaults={"role": "editor"})
    party = Party.objects.select_related("partnership__lead").get(organization=board.organizations[0])
    assert person_refusal(people.member, party) != ""
