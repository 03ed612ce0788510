"""Filters of partnerships for strangers: by place, and where a value is so common that the total is known beforehand."""

import pytest
from django.http import QueryDict

from partnerships.core.listing import CAP
from partnerships.directory.actions import save_department, save_jurisdiction
from partnerships.models import FacetCount
from partnerships.registry import queries
from tests.make import make_department, make_jurisdiction, make_organization, make_partnership, party

pytestmark = pytest.mark.django_db


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


def test_a_place_finds_what_stands_anywhere_below_it(tree):
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
    save_jurisdiction(jurisdiction=city, by=None, fields={"parent": other})
    assert titles(jurisdiction=state.public_id) == []
    assert titles(jurisdiction=other.public_id) == ["Led by the city", "With the office"]
    save_department(department=office, by=None, fields={"parent": None})
    assert titles(department=health.public_id) == []
    save_department(department=office, by=None, fields={"jurisdiction": state})
    assert titles(jurisdiction=state.public_id) == ["With the office"]


@pytest.mark.parametrize(
    "params", [{"side": "government"}, {"kind": "joint_project"}, {"q": "one"}, {"q": "one", "kind": "joint_project"}]
)
def test_total_counts_and_rows_agree(params):
    for number in range(3):
        make_partnership(f"One of three, {number}")
    query = QueryDict(mutable=True)
    query.update(params)
    found = queries.partnership_list(None, query)
    assert queries.facet_counts(found)["status"] == {"active": 3}
    assert found.total() == (3, False)
    assert len(found.page(25).rows) == 3


@pytest.mark.parametrize(("name", "value"), [("side", "government"), ("kind", "joint_project")])
def test_of_a_very_common_value_the_stored_count_says_that_there_are_more(name, value):
    make_partnership("The only one")
    FacetCount.objects.filter(facet=name, value=value).update(count=CAP + 1)
    found = queries.partnership_list(None, QueryDict(f"{name}={value}"))
    assert queries.facet_counts(found) == {name: {value: CAP + 1} | ({"community": 1} if name == "side" else {})}
    assert found.total() == (CAP, True)
    assert [row.title for row in found.page(25).rows] == ["The only one"]
