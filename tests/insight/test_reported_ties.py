"""Reported ties: how closely partners work together, as both reported in rounds, and who sees it when."""

from datetime import timedelta

import pytest
import time_machine
from django.http import QueryDict

from partnerships.assessment import answering
from partnerships.core import clock
from partnerships.insight.network_queries import network
from partnerships.insight.reported_ties import ENOUGH_REPORTED, reported_pairs
from partnerships.models import Membership, Round
from tests.assessment.conftest import Board
from tests.factories import in_days, make_person
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def table(people):
    """The lead agency and two organizations. The lead and the first rate each other 3 and 1, and the second doesn't answer."""
    table = Board(lead=people.office)
    table.ask(1, 1, 1)
    answer_about(table, 0, 1, 3)
    answer_about(table, 1, 0, 1)
    answer_about(table, 0, 2, 4)
    finish(table)
    return table


def answer_about(table, number, about, level):
    for respondent in table.respondents_of(number):
        answering.save_tie_answers(respondent=respondent, party=table.parties[about], levels={"intensity": level})


def finish(table):
    for respondent in table.round.respondents.order_by("pk"):
        answering.finish(respondent=respondent)


def closeness_by_pair(person, query=""):
    found = network(person, QueryDict(query))
    return {(found.bodies[t.first].name, found.bodies[t.second].name): t.closeness for t in found.ties}


PAIR, OTHER, APART = (
    ("City of Minneapolis", "Neighbors 0"),
    ("City of Minneapolis", "Neighbors 1"),
    ("Neighbors 0", "Neighbors 1"),
)


def test_a_tie_has_the_lower_of_both_answers_and_nothing_for_one_alone(people, table):
    assert closeness_by_pair(people.editor) == {PAIR: 1.0, OTHER: None, APART: None}


def test_staff_of_elsewhere_see_the_tie_and_not_how_close_it_is(people, table):
    assert closeness_by_pair(people.other_editor) == {PAIR: None, OTHER: None, APART: None}


def test_a_member_of_the_table_sees_it(people, table):
    person = make_person("member@neighbors.example.org")
    Membership.objects.create(person=person, organization=table.organizations[1], role="reader")
    assert closeness_by_pair(person, "of=own") == {PAIR: 1.0, OTHER: None, APART: None}


def test_on_an_earlier_day_nothing_was_reported_yet(people, table):
    Round.objects.update(opened_at=clock.now() - timedelta(days=9))
    assert closeness_by_pair(people.editor, f"on={in_days(-12)}")[PAIR] is None
    assert closeness_by_pair(people.editor, f"on={in_days(-6)}")[PAIR] == 1.0


def test_a_later_round_counts_in_place_of_the_one_before(people, table):
    with time_machine.travel(clock.now() + timedelta(days=40), tick=False):
        table.ask(1, 1, title="Next", closes_on=in_days(20))
        answer_about(table, 0, 1, 4)
        answer_about(table, 1, 0, 3)
        finish(table)
        assert closeness_by_pair(people.editor)[PAIR] == 3.0


def test_the_filter_leaves_the_ties_that_are_so_close(people, table):
    table.ask(1, 1, title="Next", closes_on=in_days(20))
    answer_about(table, 0, 1, 2)
    answer_about(table, 1, 0, 3)
    finish(table)
    assert closeness_by_pair(people.editor, "close=2") == {PAIR: 2.0}
    assert closeness_by_pair(people.editor, "close=3") == {}
    assert network(people.editor, QueryDict("close=3")).bodies == []


def test_reciprocity_is_shown_from_five_ties_on():
    number = {name: n for n, name in enumerate("abcdef")}
    levels = {(1, "a", other): 2.0 for other in "bcde"} | {(1, "b", "a"): 1.0, (1, "c", "a"): 0.0}
    assert reported_pairs(levels, number) == []
    levels[1, "a", "f"] = 1.0
    found = reported_pairs(levels, number)
    assert (len(found), ENOUGH_REPORTED) == (6, 5)
    assert set(found) == {(0, 1), (0, 2), (0, 3), (0, 4), (0, 5), (1, 0)}
