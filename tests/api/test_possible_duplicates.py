"""Programs are asked like people: a record that may be there already is a 409 with the candidates, until they say why not."""

import pytest

from partnerships.models import Change, DistinctPair, Organization
from tests.api.programs import Program
from tests.api.test_errors import problem
from tests.factories import make_department, make_organization

pytestmark = pytest.mark.django_db
NAME = "Riverbend Tenants Union"


@pytest.fixture
def here(people):
    return make_organization(NAME, "unlisted", kept_by=people.office)


def body_of(people, name=NAME, **more):
    return {"name": name, "side": "community", "kept_by": people.office.public_id, **more}


def test_a_new_organization_that_may_be_there(people, here):
    program = Program(people.editor)
    answer = program.send("POST", "organizations/", body_of(people, "Riverbend Tenаnts Union"))  # Cyrillic
    refused = problem(answer, 409, "possible_duplicate")
    assert refused["candidates"] == [
        {"id": here.public_id, "name": NAME, "score": 97, "reasons": ["The names look the same."]}
    ]
    assert [error["pointer"] for error in refused["errors"]] == ["#/name"]
    assert Organization.objects.filter(kept_by=people.office).count() == 1


def test_it_is_saved_with_a_reason_which_the_history_keeps(people, here):
    program, other = Program(people.editor), {"not_duplicates": [here.public_id]}
    assert program.send("POST", "organizations/", body_of(people, **other)).status_code == 409
    answer = program.send("POST", "organizations/", body_of(people, **other, why="Of the other bank"))
    made = Organization.objects.get(public_id=answer.json()["id"])
    assert (answer.status_code, Change.objects.latest("pk").why) == (201, "Of the other bank")
    pair = DistinctPair.objects.get()
    assert (pair.first_id, pair.second_id, pair.reason) == (here.pk, made.pk, "Of the other bank")
    again = program.change(f"organizations/{made.public_id}/", {"aims": "Rent"})
    assert again.status_code == 200


def test_a_new_name_is_asked_about_and_an_old_one_is_not(people, here):
    other = make_organization("Quartz band", "unlisted", kept_by=people.office)
    program = Program(people.editor)
    assert program.change(f"organizations/{other.public_id}/", {"name": NAME}).status_code == 409
    assert program.change(f"organizations/{here.public_id}/", {"name": NAME.upper()}).status_code == 200


def test_among_many_rows_only_that_row_is_refused(people, here):
    program = Program(people.editor)
    rows = [body_of(people), body_of(people, "Quartz band")]
    answer = program.send("POST", "organizations/bulk/", {"mode": "each", "rows": rows}).json()
    assert answer["counts"] == {"created": 1, "updated": 0, "unchanged": 0, "refused": 1}
    refused = answer["rows"][0]
    assert [error["code"] for error in refused["errors"]] == ["possible_duplicate"]
    assert [one["id"] for one in refused["candidates"]] == [here.public_id]


def test_departments_within_their_jurisdiction(people):
    there = make_department(people.office, "Department of Housing")
    program = Program(people.editor)
    body = {"name": "Housing Dept.", "kind": "department", "jurisdiction": people.office.public_id}
    refused = problem(program.send("POST", "departments/", body), 409, "possible_duplicate")
    assert [one["id"] for one in refused["candidates"]] == [there.public_id]
    body |= {"not_duplicates": [there.public_id], "why": "Of the county"}
    assert program.send("POST", "departments/", body).status_code == 201


def test_it_names_no_one_whom_the_program_may_not_know_of(people, here):
    program = Program(people.other_editor)
    body = body_of(people) | {"kept_by": people.other_office.public_id}
    assert program.send("POST", "organizations/", body).status_code == 201
    unknown = program.send("POST", "organizations/", body | {"not_duplicates": [here.public_id]})
    assert [error["code"] for error in problem(unknown, 400, "invalid_fields")["errors"]] == ["unknown_value"]
