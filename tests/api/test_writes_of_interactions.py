"""Interactions through the API: logged, changed, followed up, many at once, and read by the side that they are shared with."""

import pytest

from partnerships.core import clock
from partnerships.models import Contact, Interaction
from tests import factories
from tests.api.programs import pointers
from tests.factories import in_days, make_interaction, party

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(people):
    parties = [party(people.office, "lead"), party(people.organization, "member")]
    return factories.make_partnership("Housing table", lead=people.office, parties=parties)


def new_body(people, **more):
    values = {"office": people.office.public_id, "organization": people.organization.public_id}
    return values | {"date": in_days(-1).isoformat(), "summary": "Lease data"} | more


@pytest.mark.both
def test_a_call_is_logged_changed_and_followed_up(program, people, table):
    Contact.objects.create(organization=people.organization, name="Front desk", visible_to="public")
    more = {"time": "10:30", "direction": "to_us", "contacts": ["Front desk"], "partnerships": [table.public_id]}
    made = program.send("POST", "interactions/", new_body(people, **more, follow_up_on=in_days(3).isoformat()))
    assert made.status_code == 201, made.content
    document, record = made.json(), Interaction.objects.get()
    assert (record.logged_by, record.kind, [*record.partnerships.all()]) == (people.editor, "call", [table])
    assert {name: document[name] for name in (*more, "department", "followed_up_on", "remarks")} == more | {
        "department": None,
        "followed_up_on": None,
        "remarks": [],
    }
    path = f"interactions/{record.public_id}/"
    again = program.change(path, program.get(path).json(), "PUT")
    assert (again.status_code, Interaction.objects.get().version) == (200, 1), again.content
    changed = program.change(path, {"text": "They send it on Monday", "is_shared": True, "why": "After the call"})
    assert (changed.json()["text"], changed.json()["is_shared"]) == ("They send it on Monday", True), changed.content
    done = program.change(f"{path}follow-up/", {}, "POST", program.get(path)["ETag"])
    assert done.json()["followed_up_on"] == clock.today(clock.zone(people.office.zone)).isoformat(), done.content


def test_what_is_wrong_is_said_where_it_is(program, people):
    wrong = {"summary": "x" * 201, "contacts": ["Front desk"], "kind": "coffee"}
    answer = program.send("POST", "interactions/", new_body(people, **wrong))
    assert sorted(pointers(answer)) == [("#/kind", "invalid_choice"), ("#/summary", "max_length")]
    answer = program.send("POST", "interactions/", new_body(people, contacts=["Front desk"]))
    assert pointers(answer) == [("#/contacts/0", "unknown_value")]
    answer = program.send("POST", "interactions/", new_body(people, date=in_days(2).isoformat()))
    assert pointers(answer) == [("#/date", "future")]
    both = new_body(people, jurisdiction=people.other_office.public_id)
    assert program.send("POST", "interactions/", both).status_code == 400
    without = new_body(people)
    del without["organization"]
    assert program.send("POST", "interactions/", without).status_code == 400
    assert not Interaction.objects.exists()


def test_an_interaction_stays_with_its_office_and_the_other_side(program, people):
    made = make_interaction(people.office, organization=people.organization)
    path, other = f"interactions/{made.public_id}/", factories.make_organization("Other").public_id
    assert pointers(program.change(path, {"organization": other})) == [("#/organization", "read_only")]


def test_two_contacts_with_one_name_are_no_choice(program, people):
    for _ in range(2):
        Contact.objects.create(organization=people.organization, name="Front desk", visible_to="public")
    answer = program.send("POST", "interactions/", new_body(people, contacts=["Front desk"]))
    assert pointers(answer) == [("#/contacts/0", "several")]


def test_another_office_may_not_log_for_this_one(program, people):
    answer = program.send("POST", "interactions/", new_body(people, office=people.other_office.public_id))
    assert (answer.status_code, Interaction.objects.exists()) == (403, False)


def test_many_are_logged_at_once_and_once(program, people):
    rows = [new_body(people, summary=f"Call {n}") for n in range(3)] + [new_body(people, summary="")]
    key = {"idempotency-key": "calls-of-april"}
    for _ in range(2):
        answer = program.send("POST", "interactions/bulk/", {"mode": "each", "rows": rows}, **key).json()
        assert answer["counts"] == {"created": 3, "updated": 0, "unchanged": 0, "refused": 1}, answer
    assert Interaction.objects.count() == 3


def test_the_other_side_reads_what_is_shared_without_the_follow_up(client, people):
    make_interaction(people.office, organization=people.organization)
    shared = make_interaction(people.office, organization=people.organization, is_shared=True, follow_up_on=in_days(3))
    client.force_login(people.partner)
    (row,) = client.get("/api/v1/interactions/").json()["results"]
    assert (row["id"], "follow_up_on" in row, "followed_up_on" in row) == (shared.public_id, False, False)
    client.logout()
    assert client.get("/api/v1/interactions/").json()["results"] == []
    assert client.get(f"/api/v1/interactions/{shared.public_id}/").status_code == 404
