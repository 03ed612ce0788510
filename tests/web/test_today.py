"""The home page of staff and of partners: what needs them, by urgency, each line with its next step."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client

from partnerships.assessment import answering, catalog, respondent_lists, rounds
from partnerships.assessment.asking_queries import NO_PROPOSAL
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.insight.expected_seats import expect_seat
from partnerships.insight.queries import empty_seats_of
from partnerships.meetings.action_items import save_action
from partnerships.meetings.check_ins import save_check_in_plan
from partnerships.meetings.closing import close_meeting
from partnerships.models import CheckIn, CheckInPlan, Membership, Respondent, Round
from partnerships.registry.actions import save_partnership
from tests.assessment.conftest import days_later
from tests.factories import (
    in_days,
    make_department,
    make_meeting,
    make_organization,
    make_partnership,
    make_term,
    party,
)
from tests.web.test_rounds import board  # noqa: F401 (the fixture)

pytestmark = pytest.mark.django_db


def page_of(person):
    client = Client()
    if person:
        client.force_login(person)
    return client.get("/")


def today(person):
    return page_of(person).content.decode()


def lines(person):
    """Group → (title, next step) of each line."""
    found = page_of(person).context.get("groups") or []
    return {group["key"]: [(line.title, line.step) for line in group["lines"]] for group in found}


def titles(person):
    return [title for rows in lines(person).values() for title, _ in rows]


def test_strangers_meet_the_open_front_page(people):
    assert "Who works together, and is power shared?" in today(None)
    assert "Nothing needs you today" in today(people.reader)
    assert "Recently published" not in today(people.reader)


def test_who_has_nothing_to_do_is_led_to_what_is_theirs(people):
    """A new organization is in no partnership yet, so it isn't sent to the list of all."""
    calm = [
        today(person).partition('id="calm"')[2].partition("</section>")[0] for person in (people.partner, people.reader)
    ]
    assert [re.findall(r'href="([^"]+)">\s*([^<]+?)\s*<', text) for text in calm] == [
        [(f"/organizations/{people.organization.public_id}/mine/", "See your organization")],
        [("/partnerships/", "See partnerships")],
    ]


def test_staff_see_what_their_office_has_to_do_by_urgency_with_the_next_step(board, people):  # noqa: F811
    board.ask(1, 1)
    board.all_say(0, 4)
    board.all_say(1, 1)
    survey_round = board.round
    board.ask(1, 1, title="Next round", closes_on=in_days(7, people.office))
    Round.objects.filter(pk=survey_round.pk).update(opened_at=clock.now())
    rhythm = {"anchor_on": in_days(-3, people.office), "zone": "UTC", "skips_holidays": False}
    asked = {"partnership": board.partnership, "contact": board.desks[board.parties[1]][0], "holder": people.editor}
    save_check_in_plan(by=SYSTEM, fields=rhythm | asked)
    fields = {"partnership": board.partnership, "department": make_department(people.office), "circle": "decides"}
    expect_seat(office=people.office, by=SYSTEM, fields=fields)
    assert lines(people.editor) == {
        "late": [(f"Check-in with {asked['contact']}", "Record check-in")],
        "soon": [("Next round", "Check round"), ("Respond to 1 gap", "Write responses")],
        "plan": [("Empty seat: Department of Housing", "Add a partner")],
    }
    page = today(people.editor)
    assert f"/partnerships/{board.partnership.public_id}/edit/partners/new/?circle=decides" in page
    assert f": Check-in with {asked['contact']}, {board.partnership.title}</span>" in page
    for words in ("3 days overdue", "Assigned to you", "2 people asked", "Closes in 7 days", "4 items. 1 overdue."):
        assert words in page
    assert lines(people.other_editor) == {}
    client = Client()
    client.force_login(people.editor)
    form = client.get(f"/rounds/{survey_round.public_id}/respond/").context["form"]
    assert form["also"].value() == [key for key, _ in form.fields["also"].choices]  # the only gap is chosen already
    with days_later(40):
        assert ("Respond to", "late") in {
            (title[:10], key) for key, rows in lines(people.editor).items() for title, _ in rows
        }


def test_a_rounds_line_never_says_how_many_answered(board, people):  # noqa: F811
    board.ask(3, 3, closes_on=in_days(7))
    before = re.sub(r'(?:csrf\w+|form_key)" value="[^"]+"', "", today(people.editor))
    board.say(board.round.respondents.first(), level=3)
    answering.finish(respondent=board.round.respondents.first())
    assert re.sub(r'(?:csrf\w+|form_key)" value="[^"]+"', "", today(people.editor)) == before


def test_internal_meetings_come_up_for_those_who_may_know_of_them(board, people):  # noqa: F811
    make_meeting(board.partnership, title="Closed table", days=3)
    assert [one["note"] for one in page_of(people.editor).context["coming"]] == ["Internal"]
    assert "Closed table" not in today(people.other_editor) + today(None)


def test_a_partner_meets_what_is_asked_of_them_and_what_was_said(board, people):  # noqa: F811
    survey_round = board.ask(1)
    place = Respondent.objects.create(
        round=survey_round, side=survey_round.sides.get(key="community"), party=board.parties[1], person=people.partner
    )
    survey_round.sides.filter(key="community").update(asked=1)
    page = today(people.partner)
    link = re.search(r'href="(/by-link/round/[^"]+)"', page)[1]
    assert "For Neighbors 0" in page
    assert "How is the work going, from where you sit?" in Client().get(link).content.decode()
    assert "/by-link/round/" not in today(people.editor) + today(people.partner_reader)
    board.say(place, level=3)
    answering.finish(respondent=place)
    assert "/by-link/round/" not in today(people.partner)
    own_answers = page_of(people.partner).context["own_answers"]
    assert [entry["words"] for entry in own_answers] == [f"You answered {survey_round.title}"]
    board.all_say(0, 3)
    came_of_it = page_of(people.partner).context["came_of_it"]
    assert [entry["words"] for entry in came_of_it] == [f"Answers opened: {survey_round.title}"]
    assert "Answers opened" not in today(people.other_partner)


def test_a_seat_is_empty_until_a_partner_of_a_public_kind_takes_it(board, people):  # noqa: F811
    union = make_term("organization_kind", "labor_union")
    expect_seat(
        office=people.office,
        by=SYSTEM,
        fields={"partnership": board.partnership, "term": union, "circle": "co_designs"},
    )
    assert [title[:10] for title in titles(people.editor)] == ["Empty seat"]
    rows = [party(board.lead, "lead"), *(party(one, "member") for one in board.organizations)]

    def join(**fields):
        name = f"Hall {len(rows)}"
        rows.append(party(make_organization(name, kind=union, **fields), "member"))
        save_partnership(partnership=board.partnership, by=SYSTEM, fields={}, parties=rows)

    join(listing="named")
    assert [title[:10] for title in titles(people.editor)] == ["Empty seat"]
    join(listing="profiled")
    assert titles(people.editor) == []


def test_communities_that_an_organization_keeps_to_itself_fill_no_seat(board, people):  # noqa: F811
    renters = make_term("community", "renters")
    fields = {"partnership": board.partnership, "term": renters, "circle": "co_designs"}
    expect_seat(office=people.office, by=SYSTEM, fields=fields)
    group = make_organization("Group", "profiled", communities=[renters], kept_by=people.other_office)
    rows = [party(board.lead, "lead"), *(party(one, "member") for one in [*board.organizations, group])]
    save_partnership(partnership=board.partnership, by=SYSTEM, fields={}, parties=rows)
    assert [title[:10] for title in titles(people.editor)] == ["Empty seat"]
    group.open_fields = {"communities": "public"}
    group.save()
    assert titles(people.editor) == []


@pytest.mark.parametrize(("due_in", "is_asked"), [(9, False), (6, True), (-20, True), (-22, False)])
def test_a_partner_answers_a_check_in_from_its_list_once_it_is_asked(board, people, due_in, is_asked):  # noqa: F811
    rhythm = {
        "rhythm": "yearly",
        "anchor_on": in_days(due_in, people.office),
        "zone": people.office.zone,
        "skips_holidays": False,
    }
    fields = rhythm | {"partnership": board.partnership, "person": people.partner}
    plan = save_check_in_plan(by=SYSTEM, fields=fields)
    CheckInPlan.objects.filter(pk=plan.pk).update(next_due_on=rhythm["anchor_on"])
    (line,) = [one for group in page_of(people.partner).context["groups"] for one in group["lines"]]
    assert (line.title, line.step) == ("Check-in", "Answer questions" if is_asked else "See partnership")
    answered = Client().post(line.step_url, {"going": "well"})  # the link needs no session
    assert (answered.status_code, CheckIn.objects.count()) == ((200, 1) if is_asked else (405, 0))


def test_a_partner_names_who_answers_from_its_list_until_it_has(board, people):  # noqa: F811
    fields = {"title": "Fall round", "closes_on": in_days(30)}
    asked = [(partner, NO_PROPOSAL) for partner in board.parties[:2]]
    survey_round = rounds.start_round(partnership=board.partnership, by=people.editor, fields=fields, asked=asked)
    (line,) = [one for group in page_of(people.partner).context["groups"] for one in group["lines"]]
    assert (line.title, line.step, line.due_on) == ("Who answers for you?", "Name people", in_days(7, people.office))
    assert line.step_url == f"/rounds/{survey_round.public_id}/people/{board.parties[1].pk}/"
    assert line.step_url not in today(people.editor)
    assert lines(people.partner_reader) == {}
    someone = [board.desks[board.parties[1]][0]]
    respondent_lists.name_people(survey_round=survey_round, by=people.partner, party=board.parties[1], people=someone)
    assert lines(people.partner) == {}


def test_the_one_question_is_named_and_seats_take_one(board, people, django_assert_num_queries):  # noqa: F811
    survey_round = board.ask(1, asks="engagement")
    side = survey_round.sides.get(key="community")
    Respondent.objects.create(round=survey_round, side=side, party=board.parties[1], person=people.partner)
    assert titles(people.partner) == [catalog.SAY.question]
    fields = {"partnership": board.partnership, "department": make_department(people.office), "circle": "decides"}
    expect_seat(office=people.office, by=SYSTEM, fields=fields)
    empty_seats_of(people.editor, most=5)  # loads the person's memberships
    with django_assert_num_queries(1):
        assert len(empty_seats_of(people.editor, most=5)) == 1


def test_meetings_without_notes_are_for_those_who_may_add_them(board, people):  # noqa: F811
    """For thirty days after the meeting, in the lead agency's offices alone, until its notes are there."""
    board.partnership.meetings.all().delete()
    for title, days in (("Held last week", -7), ("Held long ago", -40), ("Next week", 7)):
        make_meeting(board.partnership, title=title, days=days)
    steps = [step for rows in lines(people.editor).values() for title, step in rows if title == "Held last week"]
    assert steps == ["Add notes"]
    assert [title for title in titles(people.editor) if title in ("Held long ago", "Next week")] == []
    assert [one["title"] for one in page_of(people.editor).context["coming"]] == ["Next week"]
    assert "Held last week" not in titles(people.reader)
    assert "Held last week" not in titles(people.partner)
    held = board.partnership.meetings.get(title="Held last week")
    close_meeting(meeting=held, by=people.editor, fields={"notes": "We met."})
    assert "Held last week" not in titles(people.editor)


def test_what_one_changed_last_is_one_press_away(board, people):  # noqa: F811
    other = make_partnership("Street trees", lead=people.office, by=people.editor)
    save_partnership(partnership=board.partnership, by=people.editor, fields={"summary": "Better words."})
    make_partnership("Of a colleague", lead=people.office)
    recent = page_of(people.editor).context["recent"]
    assert [one.title for one in recent] == [board.partnership.title, other.title]
    assert page_of(people.reader).context["recent"] == []


def test_what_one_changed_is_not_shown_after_ones_role_ended(board, people):  # noqa: F811
    draft = make_partnership("Kept inside", lead=people.office, by=people.editor, published=False)
    assert draft in page_of(people.editor).context["recent"]
    people.editor.memberships.all().delete()
    Membership.objects.create(person=people.editor, organization=make_organization("Elsewhere"), role="editor")
    assert draft not in page_of(people.editor).context["recent"]


def test_days_are_those_of_the_readers_time_zone(people):
    """In the evening in Chicago it's tomorrow in UTC."""
    with time_machine.travel(datetime(2026, 3, 3, 2, tzinfo=UTC), tick=False):
        table = make_partnership(lead=people.office, parties=[party(people.office)], is_published=True)
        fields = {"partnership": table, "title": "Send the data", "owner_person": people.editor}
        save_action(by=SYSTEM, fields=fields | {"due_on": date(2026, 3, 2)})
        page = today(people.editor)
        assert ("Monday, March 2, 2026" in page, "Due today" in page, "overdue" in page) == (True, True, False)
        type(people.editor).objects.filter(pk=people.editor.pk).update(zone="Europe/Paris")
        page = today(people.editor)
        assert ("Tuesday, March 3, 2026" in page, "1 day overdue" in page) == (True, True)


def test_a_person_of_many_organizations_gets_three_cards_and_a_link_to_all(people):
    for number in range(5):
        one = make_organization(f"Tenants of block {number}")
        Membership.objects.create(person=people.reader, organization=one, role="editor")
    page = today(people.reader)
    assert page.count('<h2 class="h3" id="own-') == 3
    assert re.findall(r'<a class="go" href="/account/">([^<]*)<', page) == ["2 more organizations of yours"]
