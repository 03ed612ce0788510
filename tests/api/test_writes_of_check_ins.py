"""Check-ins through the API: a program sets when a partner is asked and notes one that was held, and never answers for it."""

from datetime import date

import pytest

from partnerships.models import CheckIn, CheckInPlan, Contact, Membership
from partnerships.notifications.answers import answer_check_in
from tests import factories
from tests.api.programs import Program, pointers
from tests.api.test_errors import problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(people):
    """A partnership that the office leads with the organization, which has one contact."""
    Contact.objects.create(organization=people.organization, name="Desk", email="desk@example.org", visible_to="public")
    parties = [factories.party(people.office, "lead"), factories.party(people.organization, "member")]
    return factories.make_partnership("Housing table", lead=people.office, parties=parties)


@pytest.fixture
def plan(table):
    return factories.make_check_ins(table)


def path_of(record):
    return f"check-ins/{record.public_id}/"


def note(program, plan, body):
    return program.change(f"{path_of(plan)}done/", body, "POST", program.get(path_of(plan))["ETag"])


def new_body(people, table, **more):
    body = {"partnership": table.public_id, "partner": people.organization.public_id, "first_due_on": "2099-01-05"}
    return body | more


@pytest.mark.both
def test_check_ins_are_set_changed_and_stopped(program, people, table):
    made = program.send("POST", "check-ins/", new_body(people, table, rhythm="monthly"))
    assert made.status_code == 201, made.content
    document, record = made.json(), CheckInPlan.objects.get()
    assert (record.contact.name, record.person, record.party.organization) == ("Desk", None, people.organization)
    assert {name: document[name] for name in ("partner", "rhythm", "next_due_on", "zone", "is_active", "log")} == {
        "partner": people.organization.public_id,
        "rhythm": "monthly",
        "next_due_on": "2099-01-05",
        "zone": people.office.zone,
        "is_active": True,
        "log": [],
    }
    again = program.change(path_of(record), program.get(path_of(record)).json(), "PUT")
    assert (again.status_code, CheckInPlan.objects.get().version) == (200, record.version), again.content
    answer = program.change(path_of(record), {"first_due_on": "2099-02-02", "is_active": False, "why": "They asked"})
    assert (answer.json()["next_due_on"], answer.json()["is_active"]) == ("2099-02-02", False), answer.content


def test_values_that_can_not_be_used(program, people, table, plan):
    other = factories.make_partnership("Other", lead=people.office)
    for body, found in (
        ({"first_due_on": "2020-01-06"}, ("#/first_due_on", "past")),
        ({"partner": people.other_office.public_id}, ("#/partner", "unknown_value")),
        ({"partner": people.office.public_id}, ("#/partner", "no_contacts")),
        ({"zone": "Nowhere"}, ("#/zone", "unknown_zone")),
        ({"partnership": other.public_id}, ("#/partnership", "read_only")),
        ({"next_due_on": "2099-09-09"}, ("#/next_due_on", "read_only")),
        ({"log": []}, None),
        ({"person": 1}, ("#/person", "unknown_field")),
    ):
        answer = program.change(path_of(plan), body)
        assert (body, pointers(answer) if found else answer.status_code) == (body, [found] if found else 200)
    Contact.objects.create(organization=people.organization, name="Two", email="two@example.org", visible_to="public")
    assert pointers(program.send("POST", "check-ins/", new_body(people, table))) == [("#/partner", "several")]


@pytest.mark.both
def test_one_that_was_held_is_noted_once(program, plan):
    etag = program.get(path_of(plan))["ETag"]
    done = program.change(f"{path_of(plan)}done/", {"note": "They need a room"}, "POST", etag)
    assert done.status_code == 200, done.content
    assert (done.json()["next_due_on"], CheckIn.objects.get().due_on) == ("2099-02-05", date(2099, 1, 5))
    (line,) = done.json()["log"]
    assert (line["note"], line["is_answer"], line["going"]) == ("They need a room", False, None)
    late = program.change(f"{path_of(plan)}done/", {"note": "Again"}, "POST", etag)
    assert problem(late, 412, "stale")["current"] == done.json()
    problem(program.send("POST", f"{path_of(plan)}done/", {}), 428, "if_match_needed")
    assert pointers(note(program, plan, {"done_on": "2098-01-01"})) == [("#/done_on", "future")]
    assert CheckIn.objects.count() == 1


def test_who_is_overtaken_while_noting_one_is_told(program, plan, monkeypatch):
    etag = program.get(path_of(plan))["ETag"]
    from partnerships.api import check_ins

    record = check_ins.record_check_in

    def overtaken(**given):
        record(**given | {"note": "First"})
        return record(**given)

    monkeypatch.setattr(check_ins, "record_check_in", overtaken)
    late = program.change(f"{path_of(plan)}done/", {"note": "Second"}, "POST", etag)
    problem(late, 412, "stale")


def test_a_program_never_answers_for_a_partner(program, people, plan):
    """Neither the office's program nor that of the partner itself: the answer is its own, by the link in its email."""
    answers = {"going": "well", "changed": "x", "needs": "x", "record_is_right": "yes", "wants_call": True}
    refused = note(program, plan, answers | {"note": "x"})
    assert sorted(pointers(refused)) == [(f"#/{name}", "of_the_partner") for name in sorted(answers)]
    assert "Only the partner can answer" in problem(refused, 400, "invalid_fields")["errors"][0]["detail"]
    partners = Program(people.partner)
    problem(partners.change(f"{path_of(plan)}done/", {}, "POST", '"any"'), 404, "not_found")
    assert CheckIn.objects.count() == 0
    answer_check_in(plan=plan, fields={"going": "hard", "needs": "Time"})
    (line,) = program.get(path_of(plan)).json()["log"]
    assert (line["is_answer"], line["going"], line["needs"]) == (True, "hard", "Time")


def test_only_staff_of_the_lead_agency_read_them(client, program, people, plan):
    Membership.objects.create(person=people.manager, organization=people.organization, role="manager")
    assert [row["id"] for row in program.get("check-ins/").json()["results"]] == [plan.public_id]
    for reader in (client, Program(people.manager).client, Program(people.other_editor).client):
        assert reader.get("/api/v1/check-ins/").json()["results"] == []
        assert reader.get(f"/api/v1/{path_of(plan)}").status_code == 404
    found = [row["id"] for row in program.get("check-ins/?due_before=2099-01-04").json()["results"]]
    assert found == []


def test_many_at_once(program, people, table, plan):
    version = program.get(path_of(plan)).json()["version"]
    rows = [
        {"id": plan.public_id, "version": version, "rhythm": "yearly"},
        new_body(people, table),
        {"rhythm": "monthly"},
    ]
    answer = program.send("POST", "check-ins/bulk/", {"mode": "each", "rows": rows}).json()
    assert [row["outcome"] for row in answer["rows"]] == ["updated", "created", "refused"]
    assert {error["pointer"] for error in answer["rows"][2]["errors"]} >= {"#/rows/2/partnership", "#/rows/2/partner"}
