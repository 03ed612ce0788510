"""Who is needed for a purpose, which of them are in the directory, who is missing, and the form that starts with them."""

import re

import pytest
from django.urls import reverse

from partnerships.insight import needs
from partnerships.insight.candidates import MOST, PlannedPartnership, suggest_partners
from partnerships.models import JurisdictionRelation, Membership, Organization, Partnership
from tests.factories import (
    make_department,
    make_issue_area,
    make_jurisdiction,
    make_organization,
    make_partnership,
    make_term,
    party,
)

pytestmark = pytest.mark.django_db

# The cases in the guide: who is needed for a purpose. Everyone else is helpful or not now.
NEEDED = {
    "equity_tool": ["community"],
    "internal_policy": ["departments"],
    "cross_border": ["neighbors"],
    "law_or_policy": ["departments", "community"],
    "service": ["departments", "community"],
    "training": ["departments", "institutions"],
    "oversight": ["community"],
    "learning": [],
    "a purpose of the office's own": [],
}


@pytest.mark.parametrize("purpose", NEEDED)
def test_what_is_needed_depends_on_the_purpose(purpose):
    found = needs.needs(purpose)
    assert [need.group for need in found if need.verdict == needs.NEEDED] == NEEDED[purpose]
    assert sorted(need.group for need in found) == sorted(needs.GROUPS)
    assert [needs.VERDICTS.index(need.verdict) for need in found] == sorted(
        needs.VERDICTS.index(need.verdict) for need in found
    )


def test_a_neighbor_helps_wherever_it_is_not_needed():
    verdicts = {purpose: {need.group: need.verdict for need in needs.needs(purpose)} for purpose in NEEDED}
    assert {one["neighbors"] for purpose, one in verdicts.items() if purpose != "cross_border"} == {needs.HELPFUL}


@pytest.fixture
def housing():
    return make_issue_area("housing")


@pytest.fixture
def renting_area(housing):
    return make_issue_area("renting", parent=housing)


def names(person, table, group, purpose="service"):
    (found,) = [one for one in suggest_partners(person, purpose, table) if one.need.group == group]
    return [f"{one.body}: {', '.join(one.reasons)}" for one in found.candidates], found.missing


def test_departments_whose_work_touches_it(people, housing, renting_area):
    office = people.office
    make_department(office, "Department of Housing", issue_areas=[housing])
    make_department(office, "Rent board", issue_areas=[renting_area])
    make_department(office, "Office of Racial Equity", is_equity_office=True)
    works = make_department(office, "Public works")
    make_department(office, "Fleet")
    make_department(people.other_office, "Housing of another city", issue_areas=[housing])
    make_partnership(lead=office, parties=[party(office, "lead"), party(works)], issue_areas=[renting_area])
    table = PlannedPartnership(office, [renting_area], [])
    assert names(people.editor, table, needs.DEPARTMENTS) == (
        [
            "Department of Housing: works on it",
            "Rent board: works on it",
            "Public works: takes part in a partnership on it",
            "Office of Racial Equity: leads racial equity work",
        ],
        [],
    )


def test_what_no_department_does_is_said(people, housing, renting_area):
    food = make_issue_area("food")
    make_department(people.office, "Rent board", issue_areas=[renting_area])
    assert names(people.editor, PlannedPartnership(people.office, [housing, food], []), needs.DEPARTMENTS)[1] == [
        "No department of City of Minneapolis lists Food as an issue area.",
        "No office of City of Minneapolis is listed as leading racial equity work.",
    ]


def test_governments_next_door_and_those_that_are_not_named(people):
    county = make_jurisdiction("Hennepin County", "county", stage="organizing")
    pair = sorted([people.office, county], key=lambda one: one.pk)
    JurisdictionRelation.objects.create(first=pair[0], second=pair[1], kind="overlap")
    assert names(people.editor, PlannedPartnership(people.office, [], []), needs.NEIGHBORS) == (
        ["Hennepin County: county, overlaps, stage: organizing"],
        ["The directory doesn’t list a school district that City of Minneapolis borders or overlaps."],
    )


def test_community_that_serves_those_most_affected_comes_first(people, housing):
    renters, youth = make_term("community", "renters"), make_term("community", "youth")
    kept = {"listing": "profiled", "kept_by": people.office}
    make_organization("A of housing", issue_areas=[housing], area=[people.office], **kept)
    make_organization("B of renters", communities=[renters], **kept)
    make_organization("C of another city", issue_areas=[housing], area=[people.other_office], **kept)
    make_organization("D of nothing", area=[people.office], **kept)
    make_organization("E College", side="institution", issue_areas=[housing], **kept)
    table = PlannedPartnership(people.office, [housing], [renters, youth])
    assert names(people.editor, table, needs.COMMUNITY) == (
        ["B of renters: serves this community", "A of housing: works on it, works here"],
        ["No organization that you can see serves this community: Youth."],
    )
    assert names(people.editor, table, needs.INSTITUTIONS) == (["E College: works on it"], [])


def test_no_one_is_found_by_hidden_fields(people, housing):
    """Organizations of another office: unlisted, named only, and a profile that hides what it would be found by."""
    renters = make_term("community", "renters")
    facts = {"issue_areas": [housing], "communities": [renters], "kept_by": people.other_office}
    make_organization("Quiet", "unlisted", **facts)
    make_organization("Named", "named", **facts)
    closed = make_organization("Closed", "profiled", **facts)
    Organization.objects.filter(pk=closed.pk).update(open_fields={"issue_areas": "staff"})
    table = PlannedPartnership(people.office, [housing], [renters])
    assert names(people.editor, table, needs.COMMUNITY)[0] == []
    assert len(names(people.other_editor, table, needs.COMMUNITY)[0]) == 3


def test_a_group_names_so_many_and_says_that_there_are_more(people, housing):
    for number in range(MOST + 1):
        make_organization(f"Group {number:02}", "profiled", issue_areas=[housing])
    (found,) = [
        one
        for one in suggest_partners(people.editor, "equity_tool", PlannedPartnership(people.office, [housing], []))
        if one.need.group == needs.COMMUNITY
    ]
    assert (len(found.candidates), found.is_more) == (MOST, True)


def test_as_many_questions_whatever_there_is(people, housing, django_assert_num_queries):
    renters = make_term("community", "renters")
    for number in range(3):
        make_department(people.office, f"Department {number}", issue_areas=[housing])
        make_organization(f"Group {number}", "profiled", issue_areas=[housing], communities=[renters])
    table = PlannedPartnership(people.office, [housing], [renters])
    suggest_partners(people.editor, "service", table)  # loads the person's memberships
    with django_assert_num_queries(7):
        suggest_partners(people.editor, "service", table)


# Pages


def page(client, person, **asked):
    client.force_login(person)
    return client.get(reverse("partnership_new"), asked)


def test_the_form_begins_with_what_was_said(client, people, housing):
    make_term("purpose", "service")
    department = make_department(people.office, "Department of Housing", issue_areas=[housing])
    asked = {"purpose": "service", "lead": people.office.public_id, "issue": "housing"}
    answer = page(client, people.editor, **asked)
    assert answer.status_code == 200
    assert re.search(rf'name="party"\s+value="{department.public_id}"', answer.content.decode())
    asked |= {"kind": "strategy", "party": [department.public_id, people.office.public_id]}
    form = page(client, people.editor, **asked).context["form"]
    assert [form[name].value() for name in ("kind", "lead", "issue_areas")] == [
        "strategy",
        people.office.pk,
        [housing.pk],
    ]
    rows = page(client, people.editor, **asked).context["parties"].forms
    assert [(row["entity"].value(), row["roles"].value()) for row in rows[:3]] == [
        (f"City of Minneapolis ({people.office.public_id})", ["lead"]),
        (f"Department of Housing ({department.public_id})", None),
        (None, None),
    ]
    assert not Partnership.objects.exists()


def test_without_a_purpose_or_a_lead_it_is_said_what_lacks(client, people, housing):
    Membership.objects.create(person=people.editor, jurisdiction=people.other_office, role="editor")
    answer = page(client, people.editor, issue="housing")
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "purpose": ["Choose what it’s for, so we can suggest who is needed."],
        "lead": ["Choose who leads it."],
    }
    assert answer.context["form"]["issue"].value() == ["housing"]


@pytest.mark.parametrize(
    "asked",
    [
        {"purpose": "nothing"},
        {"purpose": "service", "lead": "J-0000000-0"},
        {"kind": "anything"},
        {"kind": "contract", "party": "G-0000000-0"},
        {"kind": "contract", "party": ["x"] * 2},
        {"kind": "contract", "party": [f"x{n}" for n in range(41)]},
    ],
)
def test_what_is_not_known_is_refused_in_words(client, people, asked):
    make_term("purpose", "service")
    answer = page(client, people.editor, **asked)
    assert answer.status_code == 422
    assert answer.context["form"].errors


def test_an_organization_that_the_reader_may_not_see_is_not_known(client, people):
    quiet = make_organization("Quiet neighbors", "unlisted", kept_by=people.other_office)
    answer = page(client, people.editor, kind="contract", party=quiet.public_id)
    assert answer.status_code == 422
    assert "Quiet" not in answer.content.decode()


def test_what_was_typed_stays_when_a_partner_left_the_directory_since(client, people):
    gone = make_organization("Gone soon", "named")
    asked = f"{reverse('partnership_new')}?kind=contract&party={gone.public_id}"
    client.force_login(people.editor)
    assert client.get(asked).status_code == 200
    Organization.objects.filter(pk=gone.pk).update(listing="unlisted")
    answer = client.post(asked, {"title": "Typed at length", "parties-TOTAL_FORMS": "0", "parties-INITIAL_FORMS": "0"})
    assert answer.status_code == 422
    assert answer.context["form"]["title"].value() == "Typed at length"
