"""The home page of staff and of partners: what needs them now, in order, each with its next step."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from partnerships.assessment import answering, catalog
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.insight.expected_seats import expect_seat
from partnerships.insight.queries import empty_seats_of
from partnerships.meetings.check_ins import save_check_in_plan
from partnerships.models import Respondent, Round
from partnerships.registry.actions import save_partnership
from tests.assessment.conftest import later
from tests.factories import in_days, make_department, make_organization, make_term, party
from tests.web.test_rounds import board  # noqa: F401 (the fixture)

pytestmark = pytest.mark.django_db


def today(person):
    client = Client()
    if person:
        client.force_login(person)
    page = client.get("/").content.decode()
    return page.partition('id="today"')[2].partition("Types of partnership")[0]


def groups(person):
    return re.findall(r'id="(?:need-(\w+)|asked|opened)"', today(person))


def test_strangers_meet_the_open_front_page(people):
    assert today(None) == ""
    assert "You’re all caught up" in today(people.reader)


def test_staff_see_what_their_office_has_to_do_in_order(board, people):  # noqa: F811
    board.ask(1, 1)
    board.all_say(0, 4)
    board.all_say(1, 1)
    survey_round = board.round
    board.ask(1, 1, title="Next round", closes_on=in_days(7))
    Round.objects.filter(pk=survey_round.pk).update(opened_at=clock.now())
    rhythm = {"anchor_on": clock.today() - timedelta(days=3), "zone": "UTC", "skips_holidays": False}
    asked = {"partnership": board.partnership, "contact": board.desks[board.parties[1]][0]}
    save_check_in_plan(by=SYSTEM, fields=rhythm | asked)
    fields = {"partnership": board.partnership, "department": make_department(people.office), "circle": "decides"}
    expect_seat(office=people.office, by=SYSTEM, fields=fields)
    assert groups(people.editor) == ["owed", "check_in_late", "closing", "seats", ""]
    page = today(people.editor)
    assert f'href="/rounds/{survey_round.public_id}/respond/decisions/"' in page
    assert "Decisions and power" in page
    assert "Department of Housing: decides" in page
    assert groups(people.other_editor) == []
    with later(40):
        assert re.search(r'class="due late">By ', today(people.editor))


def test_a_partner_meets_what_is_asked_of_them_and_what_was_said(board, people):  # noqa: F811
    survey_round = board.ask(1)
    place = Respondent.objects.create(
        round=survey_round, side=survey_round.sides.get(key="community"), party=board.parties[1], person=people.partner
    )
    survey_round.sides.filter(key="community").update(asked=1)
    page = today(people.partner)
    link = re.search(r'href="(/by-link/round/[^"]+)"', page)[1]
    assert "You answer for Neighbors 0." in page
    assert "How is the work going, from where you sit?" in Client().get(link).content.decode()
    assert "/by-link/round/" not in today(people.editor) + today(people.partner_reader)
    board.say(place, level=3)
    answering.finish(respondent=place)
    assert "/by-link/round/" not in today(people.partner)
    board.all_say(0, 3)
    assert "New survey results" in today(people.partner)
    assert "New survey results" not in today(people.other_partner)


def test_a_seat_is_empty_until_a_partner_of_a_public_kind_takes_it(board, people):  # noqa: F811
    union = make_term("organization_kind", "labor_union")
    expect_seat(
        office=people.office,
        by=SYSTEM,
        fields={"partnership": board.partnership, "term": union, "circle": "co_designs"},
    )
    assert groups(people.editor) == ["seats"]
    rows = [party(board.lead, "lead"), *(party(one, "member") for one in board.organizations)]

    def join(**fields):
        name = f"Hall {len(rows)}"
        rows.append(party(make_organization(name, kind=union, **fields), "member"))
        save_partnership(partnership=board.partnership, by=SYSTEM, fields={}, parties=rows)

    join(listing="named")
    assert groups(people.editor) == ["seats"]
    join(listing="profiled")
    assert groups(people.editor) == []


def test_communities_that_an_organization_keeps_to_itself_fill_no_seat(board, people):  # noqa: F811
    renters = make_term("community", "renters")
    fields = {"partnership": board.partnership, "term": renters, "circle": "co_designs"}
    expect_seat(office=people.office, by=SYSTEM, fields=fields)
    group = make_organization("Group", "profiled", communities=[renters], kept_by=people.other_office)
    rows = [party(board.lead, "lead"), *(party(one, "member") for one in [*board.organizations, group])]
    save_partnership(partnership=board.partnership, by=SYSTEM, fields={}, parties=rows)
    assert groups(people.editor) == ["seats"]
    group.open_fields = {"communities": "public"}
    group.save()
    assert groups(people.editor) == []


def test_the_one_question_is_named_and_seats_take_one(board, people, django_assert_num_queries):  # noqa: F811
    survey_round = board.ask(1, asks="engagement")
    side = survey_round.sides.get(key="community")
    Respondent.objects.create(round=survey_round, side=side, party=board.parties[1], person=people.partner)
    page = today(people.partner)
    assert re.findall(r">([^<>]*Homes for all)<", page) == [f"{catalog.SAY.question} Homes for all"]
    fields = {"partnership": board.partnership, "department": make_department(people.office), "circle": "decides"}
    expect_seat(office=people.office, by=SYSTEM, fields=fields)
    empty_seats_of(people.editor, most=5)  # loads the person's memberships
    with django_assert_num_queries(1):
        assert len(empty_seats_of(people.editor, most=5)) == 1
