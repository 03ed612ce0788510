"""The levels that records suggest: the rules by hand and on random facts, and how records are counted."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from partnerships.assessment.facts import facts_of
from partnerships.assessment.score_queries import suggestions_of
from partnerships.assessment.suggested_levels import RULES, Facts, is_far_from_suggestion, suggest_levels
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.meetings.check_ins import save_check_in_plan
from partnerships.models import (
    Attendance,
    CheckIn,
    CheckInPlan,
    Confirmation,
    Participant,
    Partnership,
    PartyRole,
    Round,
)
from tests.factories import make_meeting

KEPT = Facts(has_rhythm=True, due=4, kept=3, meetings=4, met=3, noted=2)
# (question, facts, level), by hand from the rules on the page.
BY_HAND = [
    ("common_agenda", Facts(), 0),
    ("common_agenda", Facts(meetings=1), 1),
    ("common_agenda", Facts(has_agenda=True), 2),
    ("common_agenda", Facts(has_agenda=True, is_confirmed=True), 3),
    ("common_agenda", Facts(is_confirmed=True), 0),
    ("communication", Facts(), 0),
    ("communication", Facts(meetings=1), 1),
    ("communication", Facts(due=5, kept=1), 1),
    ("communication", Facts(due=5), 0),
    ("communication", Facts(has_rhythm=True), 2),
    ("communication", KEPT, 3),
    ("communication", replace(KEPT, kept=2), 2),
    ("communication", replace(KEPT, met=2), 2),
    ("communication", replace(KEPT, noted=1), 2),
    ("communication", replace(KEPT, meetings=0, met=0, noted=0), 2),
    ("communication", replace(KEPT, due=0, kept=0), 2),
    ("communication", replace(KEPT, has_rhythm=False), 1),
    ("backbone", Facts(), 0),
    ("backbone", Facts(has_backbone=True), 2),
    ("backbone", Facts(has_backbone=True, has_hours=True), 3),
]


@pytest.mark.parametrize(("item", "facts", "level"), BY_HAND)
def test_levels_by_hand(item, facts, level):
    assert suggest_levels(facts)[item].level == level


def test_the_reasons_say_what_it_was_taken_from():
    found = suggest_levels(replace(KEPT, meetings=1, met=1, noted=0))
    assert found["communication"].reasons == (
        "A check-in schedule is agreed.",
        "3 of 4 check-ins were done on time.",
        "1 meeting of both sides within a year.",
        "Both sides came to 1. 0 have notes.",
    )
    assert found["common_agenda"].reasons[0] == "No common agenda is recorded."
    assert found["backbone"].reasons == ("No one is named as the backbone.",)


@pytest.mark.slow
def test_more_of_anything_never_suggests_less_and_never_four():
    """On 2,000 random records, an improvement in one fact never lowers a suggestion."""
    random = Random(5)
    for _ in range(2000):
        meetings, due = random.randrange(9), random.randrange(9)
        yes = {name: random.random() < 0.5 for name in ("has_agenda", "is_confirmed", "has_rhythm", "has_backbone")}
        facts = Facts(
            **yes,
            has_hours=yes["has_backbone"] and random.random() < 0.5,
            due=due,
            kept=random.randint(0, due),
            meetings=meetings,
            met=random.randint(0, meetings),
            noted=random.randint(0, meetings),
        )
        better = [replace(facts, **{name: True}) for name in yes]
        better += [replace(facts, kept=due), replace(facts, met=meetings), replace(facts, noted=meetings)]
        levels = {item: one.level for item, one in suggest_levels(facts).items()}
        assert set(levels) == set(RULES)
        assert all(0 <= level <= 3 for level in levels.values())
        for other in better:
            assert all(suggest_levels(other)[item].level >= level for item, level in levels.items()), (facts, other)


def test_a_distance_of_two_levels_is_far_and_no_answer_never_is():
    found = suggest_levels(Facts(has_agenda=True))["common_agenda"]
    assert [is_far_from_suggestion(level, found) for level in (0, 1, 2, 3, 4, None)] == [
        True,
        False,
        False,
        False,
        True,
        False,
    ]
    assert not is_far_from_suggestion(4, None)


@pytest.fixture
def facts(board):
    """Return the facts of the board's partnership as of today."""
    return lambda: facts_of(board.partnership, ("government", "community"), clock.today())


@pytest.mark.unpublished_writes
def test_meetings_count_once_both_sides_were_asked(board, facts):
    (lead, first, second), today = board.parties, clock.today()
    assert facts() == Facts()

    def held(days_ago, *asked, came=(), notes=""):
        desks = [board.desks[party][0] for party in asked]
        meeting = make_meeting(board.partnership, date=today - timedelta(days=days_ago), people=desks, notes=notes)
        for party, desk in zip(asked, desks, strict=True):
            Participant.objects.filter(meeting=meeting, contact=desk).update(party=party)
            Attendance.objects.create(meeting=meeting, party=party, came=party in came)

    held(10, lead, first, came=(lead, first), notes="We met.")
    held(20, lead, second, came=(lead,))
    held(30, lead, came=(lead,))
    held(40, first, second, came=(first, second))
    held(400, lead, first, came=(lead, first))
    assert facts() == Facts(meetings=2, met=1, noted=1)


def test_check_ins_are_kept_within_two_weeks_and_a_missed_one_is_due(board, facts):
    today = clock.today()
    rhythm = {"anchor_on": today - timedelta(days=15), "zone": "UTC", "skips_holidays": False}
    asked = {"partnership": board.partnership, "contact": board.desks[board.parties[1]][0]}
    plan = save_check_in_plan(by=SYSTEM, fields=rhythm | asked)
    for due, late in ((100, 0), (200, 14), (300, 15), (500, 0)):
        day = today - timedelta(days=due)
        CheckIn.objects.create(plan=plan, due_on=day, done_on=day + timedelta(days=late))
    assert facts() == Facts(has_rhythm=True, due=4, kept=2)
    CheckInPlan.objects.update(next_due_on=today - timedelta(days=14))
    assert facts() == Facts(has_rhythm=True, due=3, kept=2)


@pytest.mark.unpublished_writes
def test_the_other_side_confirms_and_a_later_dispute_ends_that(board, facts):
    _, first, second = board.parties
    board.partnership.common_agenda = "Homes for all."
    lead = board.parties[0]
    Confirmation.objects.create(party=lead, verdict="confirmed", fingerprint="x", at=clock.now())
    assert facts() == Facts(has_agenda=True)
    Confirmation.objects.create(party=first, verdict="confirmed", fingerprint="x", at=clock.now() - timedelta(days=30))
    assert facts() == Facts(has_agenda=True, is_confirmed=True)
    Confirmation.objects.create(party=second, verdict="disputed", words="No.", fingerprint="x", at=clock.now())
    assert facts() == Facts(has_agenda=True)


@pytest.mark.unpublished_writes
def test_a_backbone_counts_while_it_is_held(board, facts):
    role = PartyRole.objects.create(partnership=board.partnership, party=board.parties[1], role="backbone")
    assert facts() == Facts(has_backbone=True)
    PartyRole.objects.update(hours_per_month=10)
    assert facts() == Facts(has_backbone=True, has_hours=True)
    PartyRole.objects.filter(pk=role.pk).update(ends_on=clock.today() - timedelta(days=1))
    assert facts() == Facts()


@pytest.mark.unpublished_writes
def test_an_opened_round_keeps_what_its_records_suggested(board):
    partnership, first = board.partnership, board.parties[1]
    Partnership.objects.filter(pk=partnership.pk).update(common_agenda="Homes for all.")
    yes = Confirmation.objects.create(party=first, verdict="confirmed", fingerprint="x", at=clock.now())
    PartyRole.objects.create(partnership=partnership, party=first, role="backbone", hours_per_month=10)
    board.ask(1, 1)
    board.close()
    then = suggestions_of(Round.objects.get())
    assert {item: one.level for item, one in then.items()} == {"common_agenda": 3, "communication": 0, "backbone": 3}
    Partnership.objects.filter(pk=partnership.pk).update(common_agenda="")
    Confirmation.objects.filter(pk=yes.pk).update(verdict="disputed", words="No.", at=clock.now() + timedelta(days=700))
    PartyRole.objects.all().delete()
    assert suggestions_of(Round.objects.get()) == then
    Round.objects.update(facts=None)  # from before they were kept
    assert suggestions_of(Round.objects.get()) == {}


def test_facts_take_six_queries_whatever_there_is(board, facts, django_assert_num_queries):
    for n in range(3):
        desks = [board.desks[party][n] for party in board.parties]
        make_meeting(board.partnership, date=clock.today() - timedelta(days=n + 1), people=desks)
        with django_assert_num_queries(6):
            facts()
