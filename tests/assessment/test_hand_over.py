"""The lead agency hands a partnership over to another government while a round is open, or after one."""

from datetime import timedelta

import pytest

from partnerships.assessment import eligibility, rules
from partnerships.assessment.choices import LEAD, OTHERS, CanceledAs
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.models import Membership, Partnership, Respondent, Round
from partnerships.notifications import rounds as round_emails
from partnerships.registry import seats
from partnerships.registry.actions import save_partnership
from tests.assessment.conftest import Board
from tests.factories import in_days, make_department, make_jurisdiction

pytestmark = pytest.mark.django_db


def hand_over(board, lead):
    partnership = Partnership.objects.get(pk=board.partnership.pk)
    save_partnership(partnership=partnership, by=SYSTEM, fields={"lead": lead})


@pytest.fixture
def board(people):
    """A round that the lead agency started, which asks it, a department of it, and an organization."""
    lead = make_jurisdiction("City of Round Lake")
    board = Board(lead, 1, others=[make_department(lead, "Housing"), people.other_office], confirmed=False)
    board.partnership.parties.filter(organization__isnull=False).update(state="confirmed")
    Membership.objects.create(person=people.member, jurisdiction=lead, role="editor")
    board.ask(1, 1, 1)
    return board


def test_those_who_answer_for_the_former_lead_keep_their_places(people, board):
    hand_over(board, people.other_office)
    places = Respondent.objects.filter(round=board.round).select_related("party__partnership", "party__department")
    assert [(str(place.party), rules.lost_reason(place)) for place in places] == [
        ("City of Round Lake", ""),
        ("Neighbors 0", ""),
        ("Housing", ""),
    ]
    assert rules.rounds_visible_to(people.member).get().title == "Fall round"
    held = board.partnership.parties.filter(seats.holds_seat()).values_list("position", flat=True)
    assert [*held] == [0, 1, 2, 3]


def test_the_former_lead_can_be_asked_in_a_new_round_at_once(people, board):
    hand_over(board, people.other_office)
    rows = board.partnership.parties.select_related("partnership", "jurisdiction", "department", "organization")
    assert [*eligibility.partner_refusals(rows, clock.today()).values()] == ["", "", "", ""]


def test_handing_over_and_back_gives_no_department_a_seat_in_a_round_at_once(people, board):
    """An attack that once worked: an editor of two governments adds departments that no one asked, and lets the other one
    lead for a moment.
    """
    other = make_jurisdiction("Regional authority")
    Membership.objects.create(person=people.member, jurisdiction=other, role="editor")
    rows = [{"id": one.pk, **board._body(one), "roles": []} for one in board.parties]
    rows.append({"department": make_department(other, "Parks"), "roles": []})
    for fields, parties in (({}, rows), ({"lead": other}, None), ({"lead": board.lead}, None)):
        partnership = Partnership.objects.get(pk=board.partnership.pk)
        save_partnership(partnership=partnership, by=people.member, fields=fields, parties=parties)
    party = board.partnership.parties.select_related("partnership", "department").get(department__jurisdiction=other)
    refusals = [eligibility.partner_refusal(party, clock.today() + timedelta(days=days)) for days in (0, 15)]
    assert ["less than 14 days ago" in refusals[0], "Someone of another side" in refusals[1]] == [True, True]


@pytest.mark.both
def test_a_round_stays_that_of_the_office_that_started_it(people, board):
    hand_over(board, people.other_office)
    survey_round = Round.objects.get()
    roles = [rules.cancel_role(person, survey_round) for person in (people.member, people.other_editor)]
    assert roles == [CanceledAs.PARTNER, ""]
    assert round_emails._asker(survey_round)[0] == "City of Round Lake"


def test_where_the_former_lead_has_no_seat_the_new_lead_looks_after_its_rounds(people, board):
    board.partnership.parties.filter(position__in=(0, 2)).update(ends_on=in_days(-1))
    hand_over(board, people.other_office)
    survey_round = Round.objects.get()
    roles = [rules.cancel_role(person, survey_round) for person in (people.member, people.other_editor)]
    assert roles == ["", CanceledAs.LEAD]


def test_who_was_compared_with_the_lead_is_not_its_side_after_leading(people):
    board = Board(organizations=0, others=[people.other_office])
    board.ask(1, 1)
    hand_over(board, people.other_office)
    survey_round = Round.objects.get()
    assert rules.own_sides_of(people.other_editor, survey_round) == {OTHERS}
    Membership.objects.create(person=people.member, jurisdiction=board.lead, role="editor")
    assert rules.own_sides_of(people.member, survey_round) == {LEAD}
