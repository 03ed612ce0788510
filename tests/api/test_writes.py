"""Writes through the API: who may make them, with which ETag, once, and what is refused without changing anything."""

import gzip
from datetime import date

import pytest
from django.db import OperationalError
from django.test import Client

from partnerships.api.writing import ChangeableViewSet
from partnerships.core import ids
from partnerships.core.retry import DEADLOCK_TRIES
from partnerships.models import Change, Membership, Organization, Partnership, SubmittedForm
from partnerships.registry.choices import Circle
from partnerships.registry.consent import withdraw_from_seat
from tests import factories
from tests.api.programs import Program, pointers
from tests.api.test_errors import problem
from tests.people import ROLES

pytestmark = pytest.mark.django_db

NEW = {"title": "Homes that last", "kind": "joint_project", "purpose": "learning"}
GROUP = {"name": "Renters together", "side": "community"}


@pytest.fixture
def new_values(people):
    factories.make_term()
    return NEW | {"lead": people.office.public_id}


@pytest.fixture
def record(people):
    return factories.make_partnership(lead=people.office)


def path_of(record):
    return f"partnerships/{record.public_id}/"


# Effects


@pytest.mark.both
def test_a_partnership_is_added_changed_published_and_ended(program, new_values, people):
    made = program.send("POST", "partnerships/", new_values | {"summary": "For renters.", "why": "From our own system"})
    assert made.status_code == 201, made.content
    document = made.json()
    assert made["Location"] == f"http://testserver/api/v1/partnerships/{document['id']}/"
    assert (made["Cache-Control"], made["ETag"]) == (
        "private, no-store",
        program.get(f"partnerships/{document['id']}/")["ETag"],
    )
    record = Partnership.objects.get(public_id=document["id"])
    assert (record.title, record.summary, record.is_published) == ("Homes that last", "For renters.", False)
    assert Change.objects.get(record_type="partnership", record_id=record.pk).why == "From our own system"

    parties = [{"id": people.office.public_id, "roles": ["lead"]}, {"id": people.organization.public_id, "roles": ["backbone"],
        "backbone_hours_per_month": 12, "circle": "decides"}]  # fmt: skip
    changed = program.change(path_of(record), {"parties": parties, "issue_areas": [], "starts_on": "2026-03-01"})
    assert changed.status_code == 200, changed.content
    assert [(party["id"], party["roles"], party["circle"]) for party in changed.json()["parties"]] == [
        (people.office.public_id, ["lead"], None),
        (people.organization.public_id, ["backbone"], "decides"),
    ]
    assert changed.json()["parties"][1]["backbone_hours_per_month"] == 12

    assert program.change(f"{path_of(record)}publish/", {}, "POST", changed["ETag"]).status_code == 200
    assert Client().get(f"/api/v1/{path_of(record)}").status_code == 200
    ended = program.change(
        f"{path_of(record)}end/",
        {"ends_on": "2026-10-01", "status_reason": "Done."},
        "POST",
        program.get(path_of(record))["ETag"],
    )
    assert (ended.status_code, ended.json()["status"], ended.json()["ends_on"]) == (200, "ended", "2026-10-01")
    gone = program.change(f"{path_of(record)}unpublish/", {"why": "Again"}, "POST", ended["ETag"])
    assert (gone.status_code, Client().get(f"/api/v1/{path_of(record)}").status_code) == (200, 404)
    verbs = Change.objects.filter(record_type="partnership", record_id=record.pk).order_by("id")
    assert [change.verb for change in verbs] == ["create", "update", "publish", "update", "withdraw"]
    assert {change.by for change in verbs} == {people.editor}


def test_what_a_partner_is_sent_without_stays(program, record, people):
    """A partner sent with its id alone keeps its roles and hours. A list of roles replaces them."""
    seat = record.parties.get(jurisdiction=people.office)
    seat.roles.update_or_create(partnership=record, role="backbone", defaults={"hours_per_month": 12})
    before = {role.role: role.hours_per_month for role in seat.roles.all()}
    rows = [{"id": party.entity.public_id} for party in record.parties.order_by("position")]
    assert program.change(path_of(record), {"parties": rows}).status_code == 200
    assert {role.role: role.hours_per_month for role in seat.roles.all()} == before
    rows = [row | ({"roles": ["backbone"]} if row["id"] == people.office.public_id else {}) for row in rows]
    assert program.change(path_of(record), {"parties": rows}).status_code == 200
    assert {role.role: role.hours_per_month for role in seat.roles.all()} == {"backbone": 12}


def test_what_a_record_keeps_without_showing_it_stays(program, people):
    """A partner that withdrew and a link to a draft are in no JSON, so a list that is sent back can't mean to remove them."""
    draft = factories.make_partnership("Not yet shown", lead=people.office, published=False)
    rows = [
        factories.party(people.office, "lead"),
        factories.party(people.organization, "advisor"),
        factories.party(people.other_office),
    ]
    record = factories.make_partnership(lead=people.office, parties=rows, grew_out_of=[draft])
    withdraw_from_seat(party=record.parties.get(organization=people.organization), by=people.partner, may_count=True)
    as_read = program.get(path_of(record)).json()
    ids = [party["id"] for party in as_read["parties"]]
    assert (ids, as_read["all_partners_listed"]) == ([people.office.public_id, people.other_office.public_id], False)
    assert as_read["grew_out_of"] == []

    body = {"parties": [{"id": people.office.public_id}], "grew_out_of": [factories.make_partnership().public_id]}
    changed = program.change(path_of(record), body)
    assert changed.status_code == 200, changed.content
    assert changed.json()["all_partners_listed"] is False
    seats = {seat.entity: (seat.state, seat.unnamed) for seat in record.parties.all()}
    assert seats == {people.office: ("confirmed", ""), people.organization: ("withdrawn", "counted")}
    assert [role.role for role in record.roles.filter(party__organization=people.organization)] == ["advisor"]
    assert draft.pk in record.links_earlier.values_list("earlier", flat=True)


@pytest.mark.both
def test_an_organization_is_added_and_changed(program, people):
    factories.make_term("language", "so")
    made = program.send("POST", "organizations/", GROUP | {"kept_by": people.office.public_id, "languages": ["so"]})
    assert (made.status_code, made.json()["languages"]) == (201, ["so"]), made.content
    path = f"organizations/{made.json()['id']}/"
    changed = program.change(
        path, {"aims": "Fair rents", "area": [people.office.public_id], "address": "1 Main Street"}
    )
    assert (changed.status_code, changed.json()["aims"]) == (200, "Fair rents"), changed.content
    record = Organization.objects.get(public_id=made.json()["id"])
    assert (list(record.area.all()), record.address, record.listing) == ([people.office], "1 Main Street", "unlisted")
    assert pointers(program.change(path, {"listing": "profiled"})) == [("#/listing", "not_yours")]
    assert pointers(program.send("POST", "organizations/", GROUP)) == [("#/kept_by", "required")]


def test_what_was_read_can_be_sent_back_and_changes_nothing(program, record):
    before, entries = program.get(path_of(record)), Change.objects.count()
    answer = program.send("PUT", path_of(record), before.content, **{"if-match": before["ETag"]})
    assert (answer.status_code, answer.content) == (200, before.content), answer.content
    record.refresh_from_db()
    assert Change.objects.count() == entries
    sent = before.json() | {"title": "Another"}
    answer = program.send("PUT", path_of(record), sent, **{"if-match": before["ETag"]})
    assert answer.json()["title"] == "Another"
    latest = Change.objects.filter(record_type="partnership", record_id=record.pk).order_by("id").last()
    assert set(latest.after) == {"title"}


def test_put_needs_what_is_required_and_patch_does_not(program, record):
    etag = program.get(path_of(record))["ETag"]
    answer = program.send("PUT", path_of(record), {"title": "Another"}, **{"if-match": etag})
    assert sorted(pointers(answer)) == [("#/kind", "required"), ("#/lead", "required"), ("#/purpose", "required")]
    body = {"title": "Another"}
    answer = program.send("PATCH", path_of(record), body, "application/merge-patch+json", **{"if-match": etag})
    assert answer.status_code == 200


# Rights: each role with each write


def write_attempts(record, group):
    """Return (name, function of a client that tries it) for every write."""
    yield "add", lambda p: p.send("POST", "partnerships/", NEW | {"lead": record.lead.public_id})
    yield "change", lambda p: p.change(path_of(record), {"summary": "By a program"})
    yield (
        "end",
        lambda p: p.change(
            f"{path_of(record)}end/",
            {"ends_on": str(date.today()), "status_reason": "Done."},
            "POST",
            p.get(path_of(record)).headers.get("ETag"),
        ),
    )
    yield "add a group", lambda p: p.send("POST", "organizations/", GROUP | {"kept_by": record.lead.public_id})
    yield "change a group", lambda p: p.change(f"organizations/{group.public_id}/", {"aims": "By a program"})


# Role → the statuses of these writes, for a published partnership and an organization that its lead agency keeps.
OFFICE = {"editor": [201, 200, 200, 201, 200]}
READS = [403, 403, 403, 403, 403]
STATUSES = OFFICE | {
    "reader": READS,
    "other_editor": [400, 403, 403, 400, 403],
    "partner": READS,
    "stranger": [403, 403, 403, 403, 403],
    "administrator": [403, 403, 403, 403, 403],
}


@pytest.mark.parametrize("role", STATUSES)
def test_each_role_writes_what_its_pages_let_it_write(people, record, role):
    factories.make_term()
    group = factories.make_organization("Kept by the office", "named", kept_by=people.office)
    program, found = Program(getattr(people, role)), []
    for _, do in write_attempts(record, group):
        before = Change.objects.count()
        answer = do(program)
        found.append(answer.status_code)
        assert answer.status_code < 300 or Change.objects.count() == before
    assert (role, found) == (role, STATUSES[role])
    assert set(STATUSES) <= set(ROLES)


def test_a_record_that_may_not_be_seen_is_a_missing_one(people):
    draft = factories.make_partnership(lead=people.office, published=False)
    hidden = factories.make_organization("Hidden", "unlisted", kept_by=people.office)
    program = Program(people.other_editor)
    missing = f"partnerships/{ids.from_body('P', '000000')}/"
    for body in ({"title": "Mine"}, {"nothing": 1}, "{"):
        first = program.send("PATCH", missing, body)
        problem(first, 404, "not_found")
        for path in (path_of(draft), f"organizations/{hidden.public_id}/", f"{path_of(draft)}publish/"):
            answer = program.send("POST" if "publish" in path else "PATCH", path, body)
            assert (answer.status_code, answer.content) == (404, first.content)
    for field, hidden_id in (("parties", hidden.public_id), ("grew_out_of", draft.public_id)):
        value = [{"id": hidden_id}] if field == "parties" else [hidden_id]
        body = NEW | {"lead": people.other_office.public_id, field: value}
        factories.make_term()
        assert pointers(program.send("POST", "partnerships/", body))[0][1] == "unknown_value"


def test_only_a_token_that_was_made_for_it_changes_anything(client, people, record, new_values):
    problem(client.post("/api/v1/partnerships/", new_values, "application/json"), 401, "token_needed")
    client.force_login(people.editor)
    answer = client.post("/api/v1/partnerships/", new_values, "application/json")
    assert answer["WWW-Authenticate"] == 'Bearer realm="Partnership Registry"'
    problem(answer, 401, "token_needed")
    reads = Program(people.editor, writes=["organizations"])
    for path in (path_of(record), f"partnerships/{ids.from_body('P', '000000')}/"):
        problem(reads.send("PATCH", path, {}), 403, "not_for_writing")
    problem(reads.send("POST", "partnerships/", new_values), 403, "not_for_writing")
    assert reads.get(path_of(record)).status_code == 200


def test_a_right_that_ends_ends_for_the_token(program, people, record):
    assert program.change(path_of(record), {"summary": "One"}).status_code == 200
    Membership.objects.filter(person=people.editor).update(role="reader")
    problem(program.change(path_of(record), {"summary": "Two"}), 403, "not_allowed")


# Two clients that write at once


def test_a_change_needs_the_etag_that_was_read(program, record):
    problem(program.send("PATCH", path_of(record), {"title": "Blind"}), 428, "if_match_needed")
    first = program.get(path_of(record))["ETag"]
    assert program.change(path_of(record), {"title": "First"}, etag=first).status_code == 200
    for etag in (first, '"x"'):
        found = problem(program.change(path_of(record), {"title": "Second"}, etag=etag), 412, "stale")
        assert found["current"]["title"] == "First"
        assert found["etag"] == program.get(path_of(record))["ETag"]
    now = program.get(path_of(record))["ETag"]
    assert program.change(path_of(record), {"title": "Third"}, etag=f'"x", {now}').status_code == 200
    assert program.change(path_of(record), {"title": "Fourth"}, etag="*").status_code == 200


def test_the_version_of_a_row_of_a_list_says_what_was_read(program, record):
    (row,) = [row for row in program.get("partnerships/").json()["results"] if row["id"] == record.public_id]
    as_read = f'"{row["version"]}"'
    assert program.change(path_of(record), {"title": "First"}, etag=as_read).status_code == 200
    found = problem(program.change(path_of(record), {"title": "Second"}, etag=as_read), 412, "stale")
    assert found["current"]["version"] == row["version"] + 1


def test_an_etag_that_is_no_strong_one_is_not_called_stale(program, record):
    """Who reads the record again would send the same again, as one without its quotation marks."""
    now = program.get(path_of(record))["ETag"]
    for etag in (now.strip('"'), f"W/{now}", "nonsense", str(record.version)):
        found = problem(program.change(path_of(record), {"title": "Second"}, etag=etag), 400, "invalid_header")
        assert found["errors"] == [
            {
                "header": "If-Match",
                "code": "invalid",
                "detail": "Send the ETag that you read, with its quotation marks and without W/, or * to save without comparing.",
            }
        ]
    assert program.get(path_of(record))["ETag"] == now


@pytest.mark.both
def test_who_is_overtaken_after_the_comparison_is_stale_too(program, record, monkeypatch):
    from partnerships.api.writing import WritableViewSet

    compare = WritableViewSet.record_to_change

    def slowly(view, public_id, may=None):
        found = compare(view, public_id, may)
        Partnership.objects.filter(pk=record.pk).update(version=record.version + 1)
        return found

    monkeypatch.setattr(WritableViewSet, "record_to_change", slowly)
    problem(program.change(path_of(record), {"title": "Slow"}), 412, "stale")


@pytest.mark.both
def test_a_key_makes_one_record(program, new_values, people):
    first = program.send("POST", "partnerships/", new_values, **{"idempotency-key": "one"})
    again = program.send("POST", "partnerships/", new_values, **{"idempotency-key": "one"})
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert (again["Location"], Partnership.objects.count()) == (first["Location"], 1)
    other = program.send("POST", "partnerships/", new_values | {"title": "Other"}, **{"idempotency-key": "one"})
    problem(other, 422, "key_reused")
    assert Partnership.objects.count() == 1
    assert program.send("POST", "partnerships/", new_values, **{"idempotency-key": "two"}).status_code == 201
    # The key counts per person and per list.
    factories.make_term()
    other_program = Program(people.other_editor)
    body = NEW | {"lead": people.other_office.public_id}
    assert other_program.send("POST", "partnerships/", body, **{"idempotency-key": "one"}).status_code == 201
    # A refused request doesn't use up its key.
    wrong = program.send("POST", "partnerships/", new_values | {"kind": "none"}, **{"idempotency-key": "three"})
    assert (wrong.status_code, SubmittedForm.objects.count()) == (400, 3)
    assert program.send("POST", "partnerships/", new_values, **{"idempotency-key": "three"}).status_code == 201
    for key in ("x" * 256, ""):
        problem(program.send("POST", "partnerships/", new_values, **{"idempotency-key": key}), 400, "invalid_header")


# Unreadable input


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"nothing": 1}, [("#/nothing", "unknown_field")]),
        ({"a/b~c": 1}, [("#/a~1b~0c", "unknown_field")]),
        ({"id": "P-000000-0"}, [("#/id", "read_only")]),
        ({"statements": [{}]}, [("#/statements", "read_only")]),
        ({"facts": []}, [("#/facts", "invalid")]),
        ({"facts": {"asks": 5}}, [("#/facts/asks", "not_a_list")]),
        ({"facts": {"asks": [{}]}}, [("#/facts/asks/0/text", "required")]),
        ({"facts": {"mood": 1}}, [("#/facts/mood", "unknown_field")]),
        ({"facts": {"agreement": {"amount": "much"}}}, [("#/facts/agreement/amount", "invalid")]),
        ('{"facts": {"agreement": {"amount": 1e400}}}', [("#/facts/agreement/amount", "invalid")]),
        ({"facts": {"agreement": {"amount": -1}}}, [("#/facts/agreement/amount", "min_value")]),
        ({"facts": {"asks": [{"text": "x"}]}}, [("#/facts/asks", "other_kind")]),
        ({"led_to": [{}]}, [("#/led_to/0", "invalid")]),
        ({"led_to": [{"id": "P-000000-0"}]}, [("#/led_to/0/id", "unknown_value")]),
        ({"internal_notes": "x"}, [("#/internal_notes", "unknown_field")]),
        ({"is_published": True}, [("#/is_published", "unknown_field")]),
        ({"title": 5}, [("#/title", "invalid")]),
        ({"title": ""}, [("#/title", "blank")]),
        ({"title": None}, [("#/title", "null")]),
        ({"title": "x" * 300}, [("#/title", "max_length")]),
        ({"kind": "none"}, [("#/kind", "invalid_choice")]),
        ({"kind": {}}, [("#/kind", "invalid_choice")]),
        ({"kind": ["contract"]}, [("#/kind", "invalid_choice")]),
        ({"engagement": 9}, [("#/engagement", "invalid_choice")]),
        ('{"engagement": 1e400}', [("#/engagement", "invalid_choice")]),
        ({"starts_on": "soon"}, [("#/starts_on", "invalid")]),
        ({"starts_on": 20260101}, [("#/starts_on", "invalid")]),
        ({"starts_on": "0001-01-01"}, [("#/starts_on", "year")]),
        ({"lead": 5}, [("#/lead", "invalid")]),
        ({"lead": "J-000000-0"}, [("#/lead", "unknown_value")]),
        ({"lead": {"name": "City"}}, [("#/lead", "invalid")]),
        ({"purpose": "none"}, [("#/purpose", "unknown_value")]),
        ({"purpose": []}, [("#/purpose", "invalid")]),
        ({"issue_areas": "housing"}, [("#/issue_areas", "invalid")]),
        ({"issue_areas": ["none"]}, [("#/issue_areas", "unknown_value")]),
        ({"issue_areas": [1]}, [("#/issue_areas", "invalid")]),
        ({"issue_areas": ["x"] * 51}, [("#/issue_areas", "too_many")]),
        ({"parties": {}}, [("#/parties", "not_a_list")]),
        ({"parties": [5]}, [("#/parties/0", "invalid")]),
        ({"parties": [{}]}, [("#/parties/0/id", "required")]),
        ({"parties": [{"id": "G-000000-0"}]}, [("#/parties/0/id", "unknown_value")]),
        ({"parties": [{"id": "P-000000-0"}]}, [("#/parties/0/id", "unknown_value")]),
        ({"grew_out_of": ["P-000000-0"]}, [("#/grew_out_of", "unknown_value")]),
        ({"documents": [{"title": "x"}]}, [("#/documents/0/url", "required")]),
        ({"documents": [{"title": "x", "url": "javascript:alert(1)"}]}, [("#/documents/0/url", "invalid")]),
        ({"title": 1, "kind": "x"}, [("#/title", "invalid"), ("#/kind", "invalid_choice")]),
        ('{"title": "a", "title": "b"}', [("#/title", "twice")]),
        ('{"documents": [{}, {"url": "a", "url": "b"}]}', [("#/documents/1/url", "twice")]),
        ("[]", [("#", "not_an_object")]),
        ('"x"', [("#", "not_an_object")]),
        ("null", [("#", "not_an_object")]),
    ],
)
def test_values_that_cannot_be_used(program, record, body, found):
    before = program.get(path_of(record))
    answer = program.change(path_of(record), body)
    assert pointers(answer) == found
    assert program.get(path_of(record)).content == before.content


def test_a_key_that_is_no_option_is_told_which_there_are(program, record):
    """`engagement` has its choices from the model, `circle` from the serializer."""
    errors = program.change(path_of(record), {"engagement": 9, "parties": [{"id": "J", "circle": "near"}]}).json()[
        "errors"
    ]
    assert {one["pointer"]: one["detail"] for one in errors if one["code"] == "invalid_choice"} == {
        "#/engagement": "“9” isn’t an option here. Known: 0, 1, 2, 3, 4, 5.",
        "#/parties/0/circle": f"“near” isn’t an option here. Known: {', '.join(Circle.values)}.",
    }


def test_a_key_of_an_open_vocabulary_is_looked_up_in_the_list_of_them(client, program, record):
    (error,) = program.change(path_of(record), {"purpose": "none"}).json()["errors"]
    assert error["detail"] == "“none” isn’t an option here. The keys are in the list “vocabularies”, under “purpose”."
    assert "purpose" in [one["id"] for one in client.get("/api/v1/vocabularies/").json()["results"]]


def test_an_action_names_the_value_of_a_row(program, record, people):
    party = {"id": people.office.public_id, "roles": ["lead"], "starts_on": "2026-02-01", "ends_on": "2026-01-01"}
    answer = program.change(path_of(record), {"parties": [party, {"id": people.organization.public_id}]})
    assert [pointer for pointer, _ in pointers(answer)] == ["#/parties/0/ends_on"]
    answer = program.change(
        path_of(record), {"parties": [{"id": people.office.public_id, "roles": ["lead", "none"], "mood": 1}]}
    )
    assert sorted(pointers(answer)) == [
        ("#/parties/0/mood", "unknown_field"),
        ("#/parties/0/roles/1", "invalid_choice"),
    ]
    answer = program.change(path_of(record), {"parties": []})
    assert [pointer for pointer, _ in pointers(answer)] == ["#/parties"]


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"\xff", b'{"title": NaN}', b"[" * 100_000, b'{"a":' * 50_000, b'{"title": "a\\u0000b"}', b'{"title": "\\ud800"}',
     b'{"a": ' + b"[" * 12 + b"]" * 12 + b"}", b'{"engagement": ' + b"9" * 5000 + b"}", "\ufeff{}".encode()],
)  # fmt: skip
def test_bodies_that_cannot_be_read(program, record, body):
    answer = program.change(path_of(record), body)
    if body:
        problem(answer, 400, "unreadable_body")
    else:
        assert answer.status_code == 200  # nothing to change


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ('{"title": "a",\n "kind": }', [("#", "syntax", "Line 2, column 10 isn’t JSON.")]),
        (b'{"title": "\xff"}', [("#", "encoding", "Byte 12 isn’t UTF-8.")]),
        ('{"parties": [{"id": "a"}, {"id": "b\\u0000"}]}', [("#/parties/1/id", "control_character", None)]),
        ('{"parties": [{"\\ud800": "b"}]}', [("#/parties/0", "control_character", None)]),
        ("[" * 12 + "]" * 12, None),
    ],
)
def test_a_body_that_cannot_be_read_says_where(program, record, body, errors):
    found = problem(program.change(path_of(record), body), 400, "unreadable_body")
    odd = "It has a character that can’t be saved: U+0000, or half of a surrogate pair. Remove it."
    expected = errors and [{"pointer": at, "code": code, "detail": words or odd} for at, code, words in errors]
    assert found.get("errors") == expected


def test_errors_do_not_speak_python(program, record):
    body = {"parties": 5, "facts": [], "documents": ["x"], "kind": None, "engagement": [None, True]}
    found = problem(program.change(path_of(record), body), 400, "invalid_fields")["errors"]
    assert {one["pointer"]: one["detail"] for one in found} == {
        "#/parties": "Give a list.",
        "#/facts": "Give a JSON object.",
        "#/documents/0": "Give a JSON object.",
        "#/kind": "This field may not be null.",
        "#/engagement": "“[null, true]” isn’t an option here. Known: 0, 1, 2, 3, 4, 5.",
    }


def test_a_field_that_does_not_exist_is_told_which_do(program, record):
    answer = program.change(path_of(record), {"note": "Done"}, "POST")
    assert answer.status_code == 405
    (error,) = program.send("POST", f"{path_of(record)}publish/", {"note": "Done"}, **{"if-match": "*"}).json()[
        "errors"
    ]
    assert error == {
        "pointer": "#/note",
        "code": "unknown_field",
        "detail": "There’s no such field. You can send: why.",
    }


def test_a_compressed_body_is_refused_by_its_header(program, record):
    answer = program.send("POST", "partnerships/", gzip.compress(b"{}"), **{"content-encoding": "gzip"})
    (error,) = problem(answer, 415, "unsupported_media_type")["errors"]
    assert (error["header"], error["detail"]) == ("Content-Encoding", "Send JSON as it is, without compression.")
    assert program.send("POST", "partnerships/", {}, **{"content-encoding": "identity"}).status_code == 400


def test_bodies_of_another_type_and_too_large(program, record, settings):
    for kind in (
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
    ):
        problem(program.send("POST", "partnerships/", b"title=x", kind), 415, "unsupported_media_type")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = program.change(path_of(record), {"summary": "x" * 2000})
    problem(answer, 413, "too_large")


def test_addresses_say_which_methods_they_answer(program, record):
    for path, allowed in (
        ("partnerships/", "GET, POST, HEAD, OPTIONS"),
        (path_of(record), "GET, PUT, PATCH, HEAD, OPTIONS"),
        (f"{path_of(record)}publish/", "POST, OPTIONS"),
        ("agreements/", "GET, HEAD, OPTIONS"),
    ):
        answer = program.send("DELETE", path, "")
        problem(answer, 405, "method_not_allowed")
        assert (path, answer["Allow"]) == (path, allowed)
        assert program.send("OPTIONS", path, "")["Access-Control-Allow-Methods"] == allowed


# A transaction that PostgreSQL ended because of another one


@pytest.mark.django_db(transaction=True)
def test_a_write_that_keeps_losing_says_so(program, record, monkeypatch):
    tries = []

    def loses(*given, **more):
        tries.append(given)
        cause = Exception("deadlock detected")
        cause.pgcode = "40P01"
        raise OperationalError from cause

    monkeypatch.setattr(ChangeableViewSet, "save", loses)
    answer = program.send("PATCH", path_of(record), {"summary": "Again"}, **{"if-match": "*"})
    problem(answer, 503, "busy")
    assert len(tries) == DEADLOCK_TRIES
    assert Partnership.objects.get().version == record.version


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("query", ["", "?dry_run=yes"])
def test_a_write_that_lost_a_deadlock_is_done_again(program, record, monkeypatch, query):
    """Every kind of write goes through one place, so the caller notices nothing. An error of another kind isn't retried."""
    save, lost, client = ChangeableViewSet.save, [], program.client
    client.raise_request_exception = False

    def loses_once(code):
        def saves(*given, **more):
            saved = save(*given, **more)
            if not lost:
                lost.append(saved)
                cause = Exception("deadlock detected")
                cause.pgcode = code
                raise OperationalError from cause
            return saved

        return saves

    factories.make_term()
    new = NEW | {"lead": record.lead.public_id}
    writes = [
        lambda: program.send("POST", f"partnerships/{query}", new, **{"idempotency-key": "one"}),
        lambda: program.send("PATCH", f"{path_of(record)}{query}", {"summary": "Again"}, **{"if-match": "*"}),
        lambda: program.send("POST", f"partnerships/bulk/{query}", {"mode": "all", "rows": [new]}),
        lambda: program.send("POST", f"partnerships/bulk/{query}", {"mode": "each", "rows": [new]}),
    ]
    before, added = Partnership.objects.count(), 0 if query else 3
    for code in ("40P01", "40001"):
        monkeypatch.setattr(ChangeableViewSet, "save", loses_once(code))
        for write in writes if code == "40P01" else writes[1:2]:
            lost.clear()
            answer = write()
            assert (answer.status_code in (200, 201), len(lost)) == (True, 1), answer.content
    assert Partnership.objects.count() - before == added
    monkeypatch.setattr(ChangeableViewSet, "save", loses_once("57014"))
    lost.clear()
    assert (writes[1]().status_code, len(lost)) == (500, 1)
