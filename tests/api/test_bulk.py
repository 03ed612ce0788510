"""Many rows in one request: together or each on its own, with errors by row, and found again by their identifiers."""

import threading

import pytest
from django.db import OperationalError, connection, connections

from partnerships.api import bulk
from partnerships.api.writing import ChangeableViewSet
from partnerships.core import ids
from partnerships.directory.distinct_pairs import distinct_from
from partnerships.models import Change, Identifier, Membership, Organization, Partnership, SubmittedForm
from tests import factories
from tests.api.programs import Program, pointers
from tests.api.test_errors import problem
from tests.waiting import LIMIT

pytestmark = pytest.mark.django_db

PATH = "organizations/bulk/"


def send(program, rows, mode="all", path=PATH, **headers):
    return program.send("POST", path, {"mode": mode, "rows": rows}, **headers)


def outcomes(answer):
    assert answer.status_code == 200, answer.content
    return [row["outcome"] for row in answer.json()["rows"]]


def counts(answer):
    return [answer.json()["counts"][name] for name in ("created", "updated", "unchanged", "refused")]


def refusals(answer):
    return [(one["pointer"], one["code"]) for row in answer.json()["rows"] for one in row.get("errors", ())]


def group(people, n, **more):
    return {"name": f"Group {n}", "side": "community", "kept_by": people.office.public_id} | more


def ein(n):
    return [{"scheme": "ein", "value": f"12-{n:07}"}]


@pytest.fixture
def organizations(people):
    return [factories.make_organization(f"Kept {n}", "unlisted", kept_by=people.office) for n in range(3)]


def as_read(program, record, **values):
    document = program.get(f"organizations/{record.public_id}/").json()
    return {"id": document["id"], "version": document["version"]} | values


@pytest.mark.both
@pytest.mark.parametrize("mode", ["all", "each"])
def test_rows_add_and_change(program, people, organizations, mode):
    rows = [
        group(people, 1),
        as_read(program, organizations[0], aims="Fair rents"),
        as_read(program, organizations[1], name="Kept 1"),
    ]
    answer = send(program, rows, mode)
    assert (outcomes(answer), counts(answer)) == (["created", "updated", "unchanged"], [1, 1, 1, 0])
    made, changed, same = answer.json()["rows"]
    assert Organization.objects.get(public_id=made["id"]).name == "Group 1"
    organizations[0].refresh_from_db()
    assert (organizations[0].aims, changed["version"], changed["id"]) == (
        "Fair rents",
        organizations[0].public_version,
        organizations[0].public_id,
    )
    assert same["version"] == rows[2]["version"]
    assert Change.objects.filter(record_id=organizations[1].pk, record_type="organization").count() == 1


@pytest.mark.both
def test_all_or_nothing(program, people, organizations):
    before = Change.objects.count()
    rows = [
        group(people, 1),
        group(people, 2, name=""),
        as_read(program, organizations[0], aims="x", side="both"),
        {"why": "No"},
    ]
    answer = send(program, rows)
    assert sorted(pointers(answer)) == [
        ("#/rows/1/name", "blank"),
        ("#/rows/2/side", "invalid_choice"),
        ("#/rows/3/name", "required"),
    ]
    assert answer.json()["counts"] == {"created": 0, "updated": 0, "unchanged": 0, "refused": 3, "not_saved": 1}
    assert (Organization.objects.filter(name="Group 1").exists(), Change.objects.count()) == (False, before)


@pytest.mark.both
def test_each_on_its_own(program, people, organizations):
    rows = [
        group(people, 1),
        group(people, 2, name=""),
        as_read(program, organizations[0], aims="x") | {"version": 99},
        {"id": organizations[1].public_id, "aims": "x"},
        as_read(program, organizations[2], aims="y"),
    ]
    answer = send(program, rows, "each")
    assert outcomes(answer) == ["created", "refused", "refused", "refused", "updated"]
    assert refusals(answer) == [
        ("#/rows/1/name", "blank"),
        ("#/rows/2/version", "stale"),
        ("#/rows/3/version", "required"),
    ]
    assert (counts(answer), answer.json()["rows"][2]["current"]["name"]) == ([1, 1, 0, 3], "Kept 0")
    assert Organization.objects.filter(name="Group 1").count() == 1


@pytest.mark.parametrize("mode", ["all", "each"])
def test_a_row_that_is_stale_is_told_what_a_row_takes(program, organizations, mode):
    """It takes a version, and not the header that a request for one record takes."""
    answer = send(program, [as_read(program, organizations[0], aims="x") | {"version": 99}], mode).json()
    (error,) = answer["errors"] if mode == "all" else answer["rows"][0]["errors"]
    assert error["detail"] == (
        "The record has changed since you read it. Read it again, compare it with yours, and send its new version, or its "
        "new ETag as if_match."
    )


def test_an_etag_says_more_than_a_version(program, organizations):
    """The version moves with what everyone can see; the ETag with everything that the caller reads."""
    path = f"organizations/{organizations[0].public_id}/"
    row, etag = {"id": organizations[0].public_id, "aims": "New"}, program.get(path)["ETag"]
    program.change(path, {"address": "1 Main Street"})
    assert refusals(send(program, [row | {"if_match": etag}], "each")) == [("#/rows/0/version", "stale")]
    assert refusals(send(program, [row | {"if_match": 5}], "each")) == [("#/rows/0/version", "stale")]
    for aims, quotes in (("New", '"'), ("Newer", "")):  # in JSON, few write the quotation marks of an ETag
        tag = quotes + program.get(path)["ETag"].strip('"') + quotes
        assert outcomes(send(program, [row | {"if_match": tag, "aims": aims}])) == ["updated"]


def test_what_a_row_may_not_be(program, people, organizations):
    elsewhere = factories.make_organization("Elsewhere", "named", kept_by=people.other_office)
    hidden = factories.make_organization("Hidden", "unlisted", kept_by=people.other_office)
    missing = {"id": ids.from_body("G", "000000"), "version": 1}
    shown = as_read(program, organizations[0], aims="x")
    rows = [
        {"id": hidden.public_id, "version": 1, "name": "Mine"},
        {"id": factories.make_partnership().public_id, "version": 1},
        {"id": elsewhere.public_id, "version": 1, "name": "Mine"},
        missing,
        {"id": 5, "version": 1},
        {"version": 1, "name": "x"},
        shown,
        shown | {"aims": "y"},
        {"id": organizations[1].public_id, "version": True},
        group(people, 1, mood="good"),
        group(people, 2, identifiers=ein(1) * 4000),
        group(people, 3, identifiers="12-0000001"),
        group(people, 4, identifiers=[{"scheme": 5, "value": "x"}]),
    ]
    answer = send(program, rows, "each")
    (error,) = answer.json()["rows"][0]["errors"]
    assert error["detail"] == "Not found. Check the id, or look for the record in its list."
    assert refusals(answer) == [
        ("#/rows/0/id", "not_found"),
        ("#/rows/1/id", "not_found"),
        ("#/rows/2", "not_allowed"),
        ("#/rows/3/id", "not_found"),
        ("#/rows/4/id", "invalid"),
        ("#/rows/5/id", "required"),
        ("#/rows/7", "twice"),
        ("#/rows/8/version", "invalid"),
        ("#/rows/9/mood", "unknown_field"),
        ("#/rows/10/identifiers", "max_length"),
        ("#/rows/11/identifiers", "not_a_list"),
        ("#/rows/12/identifiers/0/scheme", "invalid_choice"),
    ]
    for body, found in (
        ({"mode": "some", "rows": [{}]}, [("#/mode", "invalid_choice")]),
        ({"rows": [{}]}, [("#/mode", "required")]),
        ({"mode": "all"}, [("#/rows", "required")]),
        ({"mode": "all", "rows": []}, [("#/rows", "min_length")]),
        ({"mode": "all", "rows": [{}] * 251}, [("#/rows", "max_length")]),
        ({"mode": "all", "rows": [5]}, [("#/rows/0", "not_a_dict")]),
        ({"mode": "all", "rows": {}}, [("#/rows", "not_a_list")]),
        ({"mode": "all", "rows": [{}], "dry_run": True}, [("#/dry_run", "unknown_field")]),
    ):
        assert pointers(program.send("POST", PATH, body)) == found


def test_who_may_send_many_rows(client, people):
    rows = {"mode": "all", "rows": [group(people, 1)]}
    client.force_login(people.editor)
    problem(client.post(f"/api/v1/{PATH}", rows, "application/json"), 401, "token_needed")
    problem(Program(people.editor, ["partnerships"]).send("POST", PATH, rows), 403, "not_for_writing")
    reader = Program(people.reader).send("POST", PATH, rows | {"mode": "each"})
    assert refusals(reader) == [("#/rows/0", "not_allowed")]
    problem(client.get(f"/api/v1/{PATH}"), 405, "method_not_allowed")
    assert not Organization.objects.filter(name="Group 1").exists()


@pytest.mark.both
def test_other_kinds_take_rows_too(program, people):
    factories.make_term()
    lead = people.office.public_id
    rows = [{"title": f"Table {n}", "kind": "joint_project", "purpose": "learning", "lead": lead} for n in range(3)]
    answer = send(program, rows, path="partnerships/bulk/")
    assert counts(answer) == [3, 0, 0, 0]
    first = Partnership.objects.get(public_id=answer.json()["rows"][0]["id"])
    published = factories.make_partnership("Published", lead=people.office)
    rows = [{"id": one.public_id, "version": one.public_version, "title": "New"} for one in (first, published)]
    assert counts(send(program, rows, path="partnerships/bulk/")) == [0, 2, 0, 0]
    assert program.get(f"partnerships/{published.public_id}/").json()["title"] == "New"


@pytest.mark.both
@pytest.mark.parametrize("mode", ["all", "each"])
def test_a_key_and_a_dry_run(program, people, mode):
    rows, key = [group(people, n) for n in range(3)], {"idempotency-key": "push"}
    before = Change.objects.count(), SubmittedForm.objects.count()
    dry = send(program, rows, mode, path=f"{PATH}?dry_run=yes", **key)
    assert (counts(dry), dry["Dry-Run"]) == ([3, 0, 0, 0], "yes")
    assert (Change.objects.count(), SubmittedForm.objects.count()) == before
    first = send(program, rows, mode, **key)
    again = send(program, rows, mode, **key)
    assert (first.json(), Organization.objects.filter(name__startswith="Group").count()) == (again.json(), 3)
    problem(send(program, rows[:2], mode, **key), 422, "key_reused")


# Upsert by identifier


@pytest.mark.slow
@pytest.mark.both
def test_the_same_spreadsheet_twice(program, people):
    """60 organizations: first all are new, then nothing changes: no version, no history."""
    factories.make_term("language", "so")
    rows = [
        group(people, n, identifiers=ein(n), aims="Homes", languages=["so"], area=[people.office.public_id], why="Push")
        for n in range(60)
    ]
    for mode in ("all", "each"):
        assert counts(send(program, rows[:30] if mode == "all" else rows[30:], mode)) == [30, 0, 0, 0]
    before = sorted(Organization.objects.values_list("public_id", "version", "public_version", "stamp"))
    entries = Change.objects.count()
    for mode in ("all", "each"):
        assert counts(send(program, rows, mode)) == [0, 0, 60, 0]
    assert sorted(Organization.objects.values_list("public_id", "version", "public_version", "stamp")) == before
    assert Change.objects.count() == entries
    rows[7]["aims"] = "Homes that last"
    assert counts(send(program, rows)) == [0, 1, 59, 0]


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["pgcode 40P01", "pgcode 55P03", "sqlite_errorname SQLITE_BUSY"])
def test_a_row_that_keeps_losing_to_others_is_refused_and_the_rest_is_saved(program, people, monkeypatch, name):
    save, (attribute, value) = ChangeableViewSet.save, name.split()

    def loses(view, record, data, **more):
        if data["name"] == "Group 2":
            cause = Exception("deadlock detected")
            setattr(cause, attribute, value)
            raise OperationalError from cause
        return save(view, record, data, **more)

    monkeypatch.setattr(ChangeableViewSet, "save", loses)
    rows, key = [group(people, n) for n in (1, 2, 3)], {"idempotency-key": "one"}
    answer = send(program, rows, "each", **key)
    assert outcomes(answer) == ["created", "refused", "created"]
    assert refusals(answer) == [("#/rows/1", "busy")]
    monkeypatch.setattr(ChangeableViewSet, "save", save)
    assert outcomes(send(program, rows, "each", **key)) == ["created"] * 3  # the same key saves what is missing
    assert sorted(Organization.objects.filter(name__startswith="Group").values_list("name", flat=True)) == [
        "Group 1",
        "Group 2",
        "Group 3",
    ]


@pytest.mark.parametrize("mode", ["all", "each"])
def test_the_items_in_all_rows_of_a_request_are_limited(program, people, monkeypatch, mode):
    """A request of 2 MB could hold 33,000 numbers, and no one else could save anything for a quarter of a minute."""
    monkeypatch.setattr(bulk, "MOST_ITEMS", 4)
    rows = [group(people, n, identifiers=ein(n), issue_areas=[]) for n in range(4)]
    assert counts(send(program, rows, mode)) == [4, 0, 0, 0]
    rows = [group(people, n, identifiers=ein(n)) for n in range(4, 9)]
    assert pointers(send(program, rows, mode)) == [("#/rows", "max_length")]
    assert not Organization.objects.filter(name="Group 4").exists()
    numbers = [{"id": "N-AAAAAA-A", "version": 1, "numbers": [{"starts_on": "2024-01-01", "value": 1}] * 5}]
    assert pointers(send(program, numbers, mode, "measures/numbers/")) == [("#/rows", "max_length")]


def test_which_record_an_identifier_finds(program, people, organizations):
    numbers = [("ein", "12-0000001"), ("uei", "ABC"), ("ein", "12-0000002")]
    for record, (scheme, value) in zip((organizations[0], organizations[0], organizations[1]), numbers, strict=True):
        Identifier.objects.create(organization=record, scheme=scheme, value=value)
    # In any spelling; other identifiers and everything that the row leaves out stay.
    row = {"identifiers": [{"scheme": "ein", "value": "120000001"}], "aims": "New", "name": "Kept 0"}
    answer = send(program, [row])
    assert [row["id"] for row in answer.json()["rows"]] == [organizations[0].public_id], answer.content
    assert {(one.scheme, one.value) for one in organizations[0].identifiers.all()} == {
        ("ein", "12-0000001"),
        ("uei", "ABC"),
    }
    # Several records, and one record by two rows.
    Identifier.objects.update(is_confirmed=True)
    answer = send(program, [{"identifiers": ein(1) + ein(2)}], "each")
    assert refusals(answer) == [("#/rows/0/identifiers", "several")]
    answer = send(program, [{"identifiers": ein(1)}, {"identifiers": [{"scheme": "uei", "value": "abc"}]}], "each")
    assert refusals(answer) == [("#/rows/1", "twice")]
    answer = send(program, [group(people, 9, identifiers=ein(9))] * 2)
    assert pointers(answer) == [("#/rows/1", "twice")]
    # One that the caller may read and not write is refused in words; a hidden one isn't revealed.
    readable = factories.make_organization("Readable", "profiled")
    Identifier.objects.create(organization=readable, scheme="ein", value="12-0000003", is_confirmed=True)
    hidden = factories.make_organization("Hidden", "unlisted", kept_by=people.other_office)
    Identifier.objects.create(organization=hidden, scheme="ein", value="12-0000004")
    answer = send(program, [group(people, n, identifiers=ein(n)) for n in (3, 4)], "each")
    assert (outcomes(answer), refusals(answer)) == (
        ["refused", "created"],
        [("#/rows/0/identifiers", "possible_duplicate")],
    )
    hidden.refresh_from_db()
    assert (hidden.name, hidden.version) == ("Hidden", 1)


@pytest.mark.both
@pytest.mark.parametrize("is_confirmed", [True, False])
def test_a_number_under_another_name_changes_nothing_and_asks(program, people, organizations, is_confirmed):
    """A squatter’s record isn’t overwritten by the row of the number’s owner."""
    squatter = organizations[0]
    Identifier.objects.create(organization=squatter, scheme="ein", value="12-0000001", is_confirmed=is_confirmed)
    owner = group(people, 1, identifiers=ein(1))
    answer = send(program, [owner], "each")
    (error,) = answer.json()["rows"][0]["errors"]
    candidates = [{"id": squatter.public_id, "name": "Kept 0"}]
    assert (refusals(answer), error["candidates"]) == (
        [("#/rows/0/identifiers", "possible_duplicate")],
        candidates,
    )
    assert send(program, [owner]).json()["errors"][0]["candidates"] == candidates
    squatter.refresh_from_db()
    assert (squatter.name, squatter.version) == ("Kept 0", 1)
    # It's a different one, with a reason. A confirmed number stays with the record that has it.
    assert refusals(send(program, [owner | {"not_duplicates": [squatter.public_id]}], "each")) == [
        ("#/rows/0/why", "required")
    ]
    answer = send(program, [owner | {"not_duplicates": [squatter.public_id], "why": "Two offices"}], "each")
    if is_confirmed:
        assert refusals(answer) == [("#/rows/0/identifiers/0/value", "taken")]
        return
    assert outcomes(answer) == ["created"]
    made = Organization.objects.get(public_id=answer.json()["rows"][0]["id"])
    entry = Change.objects.get(record_type="organization", record_id=made.pk)
    assert (entry.why, distinct_from("organization", [made.pk])) == (
        "Two offices",
        {made.pk: {squatter.pk}, squatter.pk: {made.pk}},
    )
    assert outcomes(send(program, [owner])) == ["unchanged"]  # by its name and number
    assert outcomes(send(program, [as_read(program, squatter, aims="Homes")])) == ["updated"]


def test_an_unconfirmed_number_alone_finds_nothing(program, people, organizations):
    row = Identifier.objects.create(organization=organizations[0], scheme="ein", value="12-0000001")
    alone = {"identifiers": ein(1), "aims": "New"}
    assert refusals(send(program, [alone], "each")) == [("#/rows/0/identifiers", "possible_duplicate")]
    Identifier.objects.filter(pk=row.pk).update(is_confirmed=True)
    assert outcomes(send(program, [alone])) == ["updated"]


def test_the_api_says_whether_a_number_is_confirmed_and_takes_it_back_as_it_was(program, people, organizations):
    Identifier.objects.create(organization=organizations[0], scheme="ein", value="12-0000001")
    path = f"organizations/{organizations[0].public_id}/"
    document = program.get(path).json()
    assert document["identifiers"] == [{"scheme": "ein", "value": "12-0000001", "confirmed": False}]
    sent = [row | {"confirmed": True} for row in document["identifiers"]]
    program.change(path, {"identifiers": sent, "aims": "Homes"})
    assert program.get(path).json()["identifiers"] == document["identifiers"]


def test_a_right_that_ended_finds_nothing_to_change(program, people, organizations):
    Identifier.objects.create(organization=organizations[0], scheme="ein", value="12-0000001")
    Membership.objects.create(person=people.partner, organization=organizations[0], role="editor")
    answer = send(program, [{"identifiers": ein(1), "name": "Ours"}], "each")
    assert outcomes(answer) == ["refused"]
    organizations[0].refresh_from_db()
    assert organizations[0].name == "Kept 0"


@pytest.mark.both
def test_departments_are_found_by_identifier(program, people):
    row = {
        "name": "Housing",
        "jurisdiction": people.office.public_id,
        "identifiers": [{"scheme": "uei", "value": "ABCD1234EFGH"}],
    }
    assert counts(send(program, [row], path="departments/bulk/")) == [1, 0, 0, 0]
    assert counts(send(program, [row], path="departments/bulk/")) == [0, 0, 1, 0]


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_two_pushes_of_the_same_identifier_at_once_add_one_record(people):
    program, start, answers = Program(people.editor), threading.Barrier(2), []
    rows = [group(people, n, identifiers=ein(n)) for n in range(4)]

    def push(turn):
        try:
            start.wait(LIMIT)
            answers.append(send(program, rows if turn else rows[::-1], "each" if turn else "all"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=push, args=[turn]) for turn in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert [answer.status_code for answer in answers] == [200, 200], [answer.content for answer in answers]
    assert Organization.objects.filter(name__startswith="Group").count() == 4
    found = [counts(answer) for answer in answers]
    assert [sum(column) for column in zip(*found, strict=True)] == [4, 0, 4, 0], connection.vendor
