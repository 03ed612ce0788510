"""Counts of the members of advisory bodies, and of the people of places, through the API."""

import json

import pytest

from partnerships.models import Makeup, Population
from tests import factories
from tests.api.programs import pointers
from tests.api.test_errors import problem

pytestmark = pytest.mark.django_db

MEMBERS = {"members": 25, "prefer_not": 0, "no_answer": 2, "groups": {"women": 12, "men": 11, "another": 0}}


@pytest.fixture
def body(people):
    return factories.make_body("Committee", lead=people.office)


def path_of(record):
    return f"{ {'B': 'compositions', 'C': 'populations'}[record.public_id[0]] }/{record.public_id}/"


def new_body(body, **more):
    values = {"partnership": body.public_id, "dimension": "gender", "counted_on": "2024-03-01", "counts": MEMBERS}
    return values | more


@pytest.mark.both
def test_members_are_counted_exactly_and_shown_rounded(program, client, body):
    made = program.send("POST", "compositions/", new_body(body, asked_how="A form", source="Clerk"))
    assert made.status_code == 201, made.content
    record, document = Makeup.objects.get(), made.json()
    assert (record.members, record.counts, record.no_answer) == (25, MEMBERS["groups"], 2)
    assert (document["state"], document["members"], document["asked_how"], document["source"]) == (
        "shown",
        25,
        "A form",
        "Clerk",
    )
    shown = {row["key"]: row["members"] for row in document["groups"]}
    assert (shown["women"], shown["no-answer"], "counts" in document) == (10, None, False)
    assert client.get(f"/api/v1/{path_of(record)}").json() == document
    again = program.change(path_of(record), document, "PUT")
    assert (again.status_code, Makeup.objects.get().version) == (200, record.version), again.content
    answer = program.change(path_of(record), {"counts": {"groups": {"women": 10, "men": 13}}, "why": "Corrected"})
    record.refresh_from_db()
    assert (answer.status_code, record.counts, record.members) == (200, {"women": 10, "men": 13, "another": 0}, 25)


def test_no_answer_to_its_writer_tells_an_exact_count(program, people):
    small = factories.make_body("Small", lead=people.office)
    counts = {"members": 7, "prefer_not": 0, "no_answer": 0, "groups": {"women": 6, "men": 1, "another": 0}}
    made = program.send("POST", "compositions/", new_body(small, counts=counts))
    assert made.status_code == 201, made.content
    shown = {row["key"]: row["members"] for row in made.json()["groups"]}
    assert (shown["women"], shown["men"]) == (None, None)
    waits = program.send(
        "POST", "compositions/", new_body(small, counted_on="2024-09-01", note="Ana left", counts=counts)
    )
    document = waits.json()
    assert (document["state"], document["members"], document["groups"], document["note"]) == ("waiting", None, [], "")
    assert "Ana" not in json.dumps(program.get("compositions/").json())


def test_values_of_a_count_that_can_not_be_used(program, people, body):
    record = factories.make_composition(body)
    for more, found in (
        ({"counts": {"members": 30}}, [("#/counts/members", "invalid")]),
        ({"counts": {"groups": {"women": 99}}}, [("#/counts/groups/women", "invalid")]),
        ({"counts": {"groups": {"cats": 1}}}, [("#/counts/groups/cats", "unknown_value")]),
        ({"counts": {"groups": {"women": -1}}}, [("#/counts/groups/women", "min_value")]),
        ({"counts": {"people": 1}}, [("#/counts/people", "unknown_field")]),
        ({"counted_on": "2999-01-01"}, [("#/counted_on", "invalid")]),
        ({"dimension": "age"}, [("#/dimension", "read_only")]),
        ({"dimension": "place"}, [("#/dimension", "invalid_choice")]),
        ({"members": 30}, [("#/members", "read_only")]),
    ):
        assert (more, pointers(program.change(path_of(record), more))) == (more, found)
    plain = factories.make_partnership("No body", lead=people.office)
    problem(program.send("POST", "compositions/", new_body(plain)), 400, "invalid_fields")
    problem(program.send("POST", "compositions/", new_body(factories.make_body("Elsewhere"))), 403, "not_allowed")
    assert Makeup.objects.count() == 1


@pytest.mark.both
def test_people_of_a_place_are_added_and_changed(program, people):
    values = {"jurisdiction": people.office.public_id, "dimension": "gender", "year": 2024, "total": 1000}
    values |= {"counts": {"women": 500, "men": 480}, "source": "Census", "link": "https://example.org/table"}
    made = program.send("POST", "populations/", values)
    assert made.status_code == 201, made.content
    record, document = Population.objects.get(), made.json()
    assert {name: document[name] for name in values} == values
    again = program.change(path_of(record), document, "PUT")
    assert (again.status_code, Population.objects.get().version) == (200, record.version), again.content
    answer = program.change(path_of(record), {"counts": {"another": 20, "men": None}})
    assert answer.json()["counts"] == {"women": 500, "another": 20}, answer.content
    for more, found in (
        ({"counts": {"women": 2000}}, [("#/counts/women", "invalid")]),
        ({"counts": {"under-18": 1}}, [("#/counts/under-18", "unknown_value")]),
        ({"year": 2199}, [("#/year", "invalid")]),
        ({"total": 0}, [("#/total", "min_value")]),
        ({"source": ""}, [("#/source", "invalid")]),
        ({"jurisdiction": people.other_office.public_id}, [("#/jurisdiction", "read_only")]),
    ):
        assert (more, pointers(program.change(path_of(record), more))) == (more, found)
    elsewhere = values | {"jurisdiction": people.other_office.public_id}
    problem(program.send("POST", "populations/", elsewhere), 403, "not_allowed")
    twice = program.send("POST", "populations/", values)
    assert problem(twice, 400, "invalid_fields")["errors"][0]["detail"].startswith("There are already numbers")


def test_counts_of_many_at_once(program, people):
    place = {"jurisdiction": people.office.public_id, "dimension": "gender", "total": 1000, "source": "Census"}
    rows = [place | {"year": year, "counts": {"women": 500}} for year in (2020, 2021)]
    rows.append(place | {"year": 2022, "counts": {"women": 5000}})
    answer = program.send("POST", "populations/bulk/", {"mode": "each", "rows": rows}).json()
    assert [row["outcome"] for row in answer["rows"]] == ["created", "created", "refused"]
    assert [error["pointer"] for error in answer["rows"][2]["errors"]] == ["#/rows/2/counts/women"]
    found = program.get(f"populations/?jurisdiction={people.office.public_id}&ordering=-year").json()["results"]
    assert [row["year"] for row in found] == [2021, 2020]
