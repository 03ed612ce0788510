"""Filters of partnerships for strangers: by jurisdiction, and by values so common that their total is stored."""

from datetime import date
from itertools import product

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.core.filters import MOST_VALUES
from partnerships.core.listing import CAP
from partnerships.directory.actions import save_department, save_jurisdiction
from partnerships.models import FacetCount
from partnerships.registry import facet_queries, queries
from partnerships.registry.actions import save_partnership
from tests.factories import (
    make_department,
    make_issue_area,
    make_jurisdiction,
    make_organization,
    make_partnership,
    party,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def tree():
    state = make_jurisdiction("Minnesota", "state")
    city = make_jurisdiction("Duluth", parent=state)
    health = make_department(city, "Department of Health")
    return state, city, health, make_department(city, "Office of Care", parent=health)


def titles(**params):
    query = QueryDict(mutable=True)
    query.update(params)
    return sorted(row.title for row in queries.partnership_list(None, query).rows)


def test_a_jurisdiction_finds_everything_below_it(tree):
    state, city, health, office = tree
    elsewhere = make_jurisdiction("Ramsey County", "county")
    make_partnership("Led by the city", lead=city)
    make_partnership("With the office", lead=elsewhere, parties=[party(office, "lead"), party(make_organization())])
    make_partnership("Elsewhere", lead=elsewhere)
    both = ["Led by the city", "With the office"]
    assert titles(jurisdiction=state.public_id) == titles(jurisdiction=city.public_id) == both
    assert titles(department=health.public_id) == titles(department=office.public_id) == ["With the office"]
    assert titles(jurisdiction=elsewhere.public_id) == ["Elsewhere", "With the office"]


def test_a_place_that_moves_takes_its_partnerships_along(tree):
    state, city, health, office = tree
    other = make_jurisdiction("Wisconsin", "state")
    make_partnership("Led by the city", lead=city)
    make_partnership("With the office", lead=other, parties=[party(office, "lead"), party(make_organization())])
    save_jurisdiction(jurisdiction=city, by=SYSTEM, fields={"parent": other})
    assert titles(jurisdiction=state.public_id) == []
    assert titles(jurisdiction=other.public_id) == ["Led by the city", "With the office"]
    save_department(department=office, by=SYSTEM, fields={"parent": None})
    assert titles(department=health.public_id) == []
    save_department(department=office, by=SYSTEM, fields={"jurisdiction": state})
    assert titles(jurisdiction=state.public_id) == ["With the office"]


def test_a_state_finds_what_its_governments_lead():
    group = make_organization()
    for name, state in (
        ("Duluth", "MN"),
        ("Hennepin County", "MN"),
        ("Madison", "WI"),
        ("San Juan", "PR"),
        ("None", ""),
    ):
        lead = make_jurisdiction(name, state=state)
        make_partnership(name, lead=lead, parties=[party(lead, "lead"), party(group)])
    assert titles(state="MN") == ["Duluth", "Hennepin County"]
    assert titles(state="WI,PR") == ["Madison", "San Juan"]
    assert titles(state="MN", side="community", q="Duluth") == ["Duluth"]
    with pytest.raises(ValidationError, match="“XX” isn’t an option here"):
        titles(state="XX")


def test_a_facet_without_a_stored_count_is_left_out():
    """As after an upgrade, until a worker has rewritten the documents."""
    make_partnership("One")
    FacetCount.objects.filter(facet="status").delete()
    counts = facet_queries.facet_counts(queries.partnership_list(None, QueryDict("q=one")))
    assert (counts["status"], counts["kind"]) == ({}, {"joint_project": 1})


@pytest.mark.parametrize(
    "params", [{"side": "government"}, {"kind": "joint_project"}, {"q": "one"}, {"q": "one", "kind": "joint_project"}]
)
def test_total_counts_and_rows_agree(params):
    for number in range(3):
        make_partnership(f"One of three, {number}")
    query = QueryDict(mutable=True)
    query.update(params)
    found = queries.partnership_list(None, query)
    assert facet_queries.facet_counts(found)["status"] == {"active": 3}
    assert found.total() == (3, False)
    assert len(found.page(25).rows) == 3


@pytest.mark.parametrize(("name", "value"), [("side", "government"), ("kind", "joint_project")])
def test_of_a_very_common_value_the_stored_count_says_that_there_are_more(name, value):
    make_partnership("The only one")
    FacetCount.objects.filter(facet=name, value=value).update(count=CAP + 1)
    found = queries.partnership_list(None, QueryDict(f"{name}={value}"))
    assert facet_queries.facet_counts(found) == {name: {value: CAP + 1} | ({"community": 1} if name == "side" else {})}
    assert found.total() == (CAP, True)
    assert [row.title for row in found.page(25).rows] == ["The only one"]


DAYS = [date(2024, 12, 31), date(2025, 1, 1), date(2025, 6, 15), date(2026, 2, 28), None]


BOUNDS = [("2025-01-01", ""), ("", "2025-06-15"), ("2025-01-01", "2025-06-15"), ("2026-03-01", "2026-01-01")]


@pytest.mark.parametrize("field", ["starts", "ends"])
def test_times_match_the_same_by_rows_and_by_facets(field):
    lead = make_jurisdiction()
    for day in DAYS:
        make_partnership(str(day), lead=lead, **{f"{field}_on": day})
    for bounds, beside in product(BOUNDS, [{}, {"side": "government"}, {"kind": "joint_project"}]):
        first, last = (date.fromisoformat(bound) if bound else None for bound in bounds)
        wanted = sorted(str(day) for day in DAYS if day and (not first or day >= first) and (not last or day <= last))
        params = {f"{field}_after": bounds[0], f"{field}_before": bounds[1]} | beside
        assert titles(**{name: value for name, value in params.items() if value}) == wanted


@pytest.mark.parametrize("counted", [False, True])
def test_pages_chosen_by_facets_go_on_and_back_in_the_order_of_the_latest_change(counted):
    """It doesn't matter how rows are sorted: by the table's index, or in memory if there are few."""
    for number in range(5):
        make_partnership(f"Number {number}")
    query, seen = QueryDict("side=government", mutable=True), []
    while True:
        found = queries.partnership_list(None, query)
        assert not counted or found.total() == (5, False)
        with CaptureQueriesContext(connection) as asked:
            page = found.page(2, "title")
        assert ("COALESCE" in asked[-1]["sql"]) == counted
        seen.append([row[2] for row in page.rows])
        if not page.next:
            break
        query["cursor"] = page.next
    assert seen == [["Number 4", "Number 3"], ["Number 2", "Number 1"], ["Number 0"]]
    query["cursor"] = page.previous
    assert [row[2] for row in queries.partnership_list(None, query).page(2, "title").rows] == seen[1]


def test_a_change_that_no_facet_shows_moves_a_partnership_to_the_front():
    first, _ = make_partnership("First"), make_partnership("Second")
    save_partnership(partnership=first, by=SYSTEM, fields={"summary": "Another text"})
    rows = queries.partnership_list(None, QueryDict("side=government")).page(2, "title").rows
    assert [row[2] for row in rows] == ["First", "Second"]


@pytest.mark.parametrize("ordering", ["-updated", "updated", "title", "-starts"])
@pytest.mark.parametrize("size", [2, 3, 25])
def test_the_first_page_is_the_same_where_counting_has_found_its_rows_already(ordering, size):
    for number in (2, 0, 1):
        make_partnership(f"Number {number}", starts_on=date(2026, 1, 1 + number))
    asked = QueryDict(f"side=government&ordering={ordering}")
    plain, counted = (queries.partnership_list(None, asked) for _ in range(2))
    counted.total()
    assert counted.page(size, "title") == plain.page(size, "title")
    assert len(counted.page(size, "title").rows) == min(size, 3)
    assert (counted._first is not None) == (ordering == "-updated")


def test_times_beyond_what_is_published_find_nothing_and_cost_nothing():
    make_partnership("Now", starts_on=date(2026, 5, 1))
    make_partnership("Later, not shown", starts_on=date(2031, 5, 1), published=False)
    assert titles(starts_after="2030-01-01", side="government") == []
    assert titles(starts_before="1999-01-01", side="government") == []
    found = queries.partnership_list(None, QueryDict("starts_after=2025-11-01&side=government"))
    assert [row.title for row in found.rows] == ["Now"]
    assert len(found.filters._facet_conditions[1].facets) == 3  # 2025-11, 2025-12, 2026, and no year after that


def test_a_filter_takes_fifty_values_and_no_more(tree):
    make_partnership("Led by the city", lead=tree[1])
    keys = [make_issue_area(f"area_{n}").key for n in range(MOST_VALUES + 1)]
    assert titles(issue=",".join(keys[1:])) == []
    with pytest.raises(ValidationError):
        titles(issue=",".join(keys))
