"""Where partnerships are missing: counts of what each reader may see, and the same rows in downloads."""

import csv
import io
import re

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from partnerships.insight import coverage as room
from partnerships.insight.coverage import coverage
from partnerships.models import Department, Organization
from tests.factories import in_days, make_issue_area, make_organization, make_partnership, make_plan, party
from tests.snapshots import snapshot_fixture

pytestmark = [pytest.mark.django_db, pytest.mark.unpublished_writes]


def coverage_of(person, query=""):
    return coverage(person, QueryDict(query))


def areas(person, query=""):
    return {
        area.key: (area.partnership_count, area.with_community) for area in coverage_of(person, query).issue_areas()
    }


@snapshot_fixture
def subarea(town):
    """A subarea of housing with a partnership of governments alone, and an area without partnerships."""
    make_issue_area("food")
    renting = make_issue_area("renting", parent=town.housing_area)
    seats = [party(town.people.office, "lead"), party(town.people.other_office), party(town.college)]
    return make_partnership("Rents", lead=town.people.office, parties=seats, issue_areas=[renting])


def test_issue_areas_count_what_is_at_or_below_them(town, subarea):
    assert areas(None) == {"housing": (2, 1), "renting": (1, 0), "food": (0, 0)}


def test_community_is_the_side_alone(town, subarea):
    """The college in the second partnership is an institution, not community."""
    assert areas(None)["renting"] == (1, 0)
    Organization.objects.filter(pk=town.college.pk).update(side="community")
    subarea.parties.filter(organization=town.college).update(side="community")
    assert areas(None)["renting"] == (1, 1)


def test_an_unlisted_partner_counts_for_who_may_see_it_alone(town, subarea):
    town.add_quiet(subarea)
    assert areas(None)["renting"] == (1, 0)
    assert areas(town.people.other_editor)["renting"] == (1, 0)
    assert areas(town.people.editor)["renting"] == (1, 1)


def test_drafts_and_what_has_ended_do_not_count(town, subarea):
    subarea.is_published = False
    subarea.save()
    assert areas(None)["renting"] == (0, 0)
    assert areas(town.people.editor)["renting"] == (1, 0)
    type(subarea).objects.filter(pk=subarea.pk).update(is_published=True, status="ended", ends_on=in_days(-1))
    assert areas(town.people.editor)["renting"] == (0, 0)


def test_who_has_left_counts_no_more(town):
    town.seat(town.tenants, town.housing, ends_on=in_days(-1))
    assert areas(None)["housing"] == (1, 0)


def test_departments_of_one_jurisdiction_those_without_partners_first(town):
    found = coverage_of(None, f"jurisdiction={town.people.office.public_id}").departments()
    assert [(one.name, one.partnership_count, one.with_community) for one in found] == [
        ("Parks", 0, 0),
        ("Department of Housing", 2, 2),
    ]
    assert coverage_of(None).departments() == []


@pytest.mark.both
def test_departments_count_tables_that_others_lead(town):
    elsewhere = Department.objects.get(name="Parks")
    seats = [party(town.people.other_office, "lead"), party(elsewhere)]
    make_partnership("Led from elsewhere", lead=town.people.other_office, parties=seats)
    found = coverage_of(None, f"jurisdiction={town.people.office.public_id}").departments()
    assert {one.name: one.partnership_count for one in found}["Parks"] == 1


def organization_rows(person, query=""):
    return [(row["name"], row["partnership_count"], row["leads"]) for row in coverage_of(person, query).organizations()]


def test_who_is_asked_by_many(town):
    for lead, title in ((town.people.office, "Second table"), (town.people.other_office, "Third table")):
        make_partnership(title, lead=lead, parties=[party(lead, "lead"), party(town.tenants), party(town.college)])
    town.add_quiet(town.housing)
    town.add_quiet(town.parks)
    common = [("Tenants' association", 3, 2), ("Community college", 3, 2)]
    assert sorted(organization_rows(None)) == sorted(common)
    assert sorted(organization_rows(town.people.editor)) == sorted([*common, ("Quiet neighbors", 2, 1)])
    assert organization_rows(None, f"jurisdiction={town.people.other_office.public_id}") == [
        ("Community college", 2, 1)
    ]


@pytest.mark.both
def test_the_twenty_most_asked(town):
    office, groups = town.people.office, [make_organization(f"Group {n:02}") for n in range(22)]
    for n in range(2):
        make_partnership(f"Table {n}", lead=office, parties=[party(office, "lead"), *map(party, groups)])
    assert len(organization_rows(None)) == 20


@pytest.mark.both
@pytest.mark.parametrize("more", [0, 3])
def test_each_table_asks_the_same_whatever_its_size(town, more):
    for n in range(more):
        area, group = make_issue_area(f"area_{n}"), make_organization(f"Group {n}")
        seats = [party(town.people.office, "lead"), party(group), party(town.tenants)]
        make_partnership(f"Table {n}", lead=town.people.office, parties=seats, issue_areas=[area])
    found = coverage_of(None, f"jurisdiction={town.people.office.public_id}")
    # The areas with their tags and community partners, named or counted, and the departments with their lead partner.
    for table, asked in (("issue_areas", 4), ("departments", 2), ("organizations", 1)):
        with CaptureQueriesContext(connection) as queries:
            getattr(found, table)()
        assert (table, len(queries)) == (table, asked)


# The page


def page_text(client, query=""):
    page = client.get(f"/coverage/{query}")
    assert page.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.content.decode()))


def rows_of_file(client, name, query=""):
    """The rows of a list of coverage as CSV, without the header, and without the first and the last column (ID and URL)."""
    text = b"".join(client.get(f"/coverage/{name}.csv{query}").streaming_content).decode("utf-8-sig")
    return [row[1:-1] for row in csv.reader(io.StringIO(text))][1:]


def test_words_tables_and_files(client, town, subarea):
    query = f"?jurisdiction={town.people.office.public_id}"
    words = page_text(client, query)
    assert "1 of 2 issue areas with partnerships has no community partner yet: Renting." in words
    assert "1 of 2 departments partners with no one yet." in words
    assert "Led by City of Minneapolis" in words
    assert sorted(rows_of_file(client, "issue-areas", query)) == [
        ["Food", "0", "0", "no"],
        ["Housing", "2", "1", "no"],
        ["Renting", "1", "0", "no"],
    ]
    assert rows_of_file(client, "departments", query)[0] == ["Parks", "City of Minneapolis", "0", "0", "no"]
    assert rows_of_file(client, "organizations", query) == []


def test_an_unlisted_organization_appears_nowhere(client, town, subarea):
    for at in (subarea, town.parks, town.housing):
        town.add_quiet(at)
    assert "Quiet" not in page_text(client)
    assert rows_of_file(client, "organizations") == [["Community college", "institution", "2", "2"]]
    client.force_login(town.people.editor)
    assert "Quiet neighbors" in page_text(client)


def test_nothing_yet_says_what_to_do(client, db):
    words = page_text(client)
    assert "No current partnership here has an issue area. See all partnerships" in words
    assert "No organization is in two or more partnerships here." in words


def test_too_many_to_count_are_not_counted(client, town, monkeypatch):
    monkeypatch.setattr(room, "CAP", 2)
    assert "Choose a lead agency" in page_text(client)
    assert rows_of_file(client, "issue-areas") == []
    assert "Choose a lead agency" not in page_text(client, f"?jurisdiction={town.people.other_office.public_id}")


@pytest.mark.parametrize("query", ["?jurisdiction=J-0", "?lead=x", "?issue=housing"])
def test_wrong_parameters_are_named(client, town, query):
    assert client.get(f"/coverage/{query}").status_code == 400
    assert client.get(f"/coverage/departments.csv{query}").status_code == 400


@pytest.mark.both
def test_outcomes_without_community_are_first_as_far_as_the_reader_sees(people):
    both = make_partnership("Both", lead=people.office, parties=[party(people.office), party(people.organization)])
    alone = make_partnership("Alone", lead=people.office, parties=[party(people.office)])
    quiet = make_organization("Quiet", "unlisted", kept_by=people.office)
    hidden = make_partnership("Hidden", lead=people.office, parties=[party(quiet)])
    draft = make_partnership("Draft", lead=people.office, published=False)
    rows = [
        {"title": "With community", "partnerships": [both]},
        {"title": "Alone", "partnerships": [alone]},
        {"title": "Nobody"},
        {"title": "Quiet", "partnerships": [hidden]},
        {"title": "Of a draft", "partnerships": [draft]},
    ]
    make_plan(lead=people.office, outcomes=rows, is_published=True)
    make_plan("Inner", lead=people.office, outcomes=[{"title": "Inside"}])

    def seen(person, query=""):
        return {one.title: (one.partnership_count, one.with_community) for one in coverage_of(person, query).outcomes()}

    public = {"Nobody": (0, 0), "Of a draft": (0, 0), "Alone": (1, 0), "Quiet": (1, 0), "With community": (1, 1)}
    assert list(seen(None).items()) == [
        *(("Nobody", (0, 0)), ("Of a draft", (0, 0)), ("Alone", (1, 0)), ("Quiet", (1, 0)), ("With community", (1, 1)))
    ]
    assert seen(people.editor) == public | {"Inside": (0, 0), "Of a draft": (1, 1), "Quiet": (1, 1)}
    assert seen(None, f"jurisdiction={people.other_office.public_id}") == {}
