"""Dry runs: everything is checked and answered, and nothing stays."""

import pytest

from partnerships.mail.models import Email
from partnerships.models import Change, Meeting, Organization, Partnership, Stamp, SubmittedForm
from tests import factories
from tests.api.programs import Program, pointers
from tests.api.test_errors import problem

pytestmark = [pytest.mark.django_db, pytest.mark.both]

DRY = "?dry_run=yes"
NAMES = ("version", "created_at", "updated_at", "id")


def rows():
    """How many rows there are of what a write adds."""
    kinds = (Organization, Partnership, Meeting, Change, Email, SubmittedForm)
    return [kind.objects.count() for kind in kinds] + list(Stamp.objects.values_list("value", flat=True))


@pytest.fixture
def record(people):
    return factories.make_partnership("Before", lead=people.office)


def test_a_new_record_is_checked_and_not_added(program, people):
    body = {"name": "Renters", "side": "community", "kept_by": people.office.public_id, "aims": "Fair rents"}
    before, keyed = rows(), {"idempotency-key": "one"}
    for headers in ({}, keyed, keyed):
        dry = program.send("POST", f"organizations/{DRY}", body, **headers)
        assert (dry.status_code, dry["Dry-Run"], "Location" in dry, "ETag" in dry) == (201, "yes", False, False)
        assert rows() == before
    real = program.send("POST", "organizations/", body, **keyed)
    assert "Dry-Run" not in real
    assert {**dry.json(), **dict.fromkeys(NAMES)} == {**real.json(), **dict.fromkeys(NAMES)}
    # Sent again, the key gives the record that it made; another body with it is refused, as it would be.
    again = program.send("POST", f"organizations/{DRY}", body, **keyed)
    assert (again.status_code, again.json()["id"]) == (201, real.json()["id"])
    problem(program.send("POST", f"organizations/{DRY}", body | {"name": "Other"}, **keyed), 422, "key_reused")


def test_a_change_is_checked_and_not_saved(program, record):
    path = f"partnerships/{record.public_id}/"
    read, before = program.get(path), rows()
    for method in ("PATCH", "PUT"):
        dry = program.change(f"{path}{DRY}", read.json() | {"title": "After"}, method, read["ETag"])
        assert (dry.status_code, dry.json()["title"], dry["Dry-Run"]) == (200, "After", "yes"), dry.content
        assert dry.json()["version"] == read.json()["version"] + 1
    unpublished = program.change(f"{path}unpublish/{DRY}", {}, "POST", read["ETag"])
    assert (unpublished.status_code, rows()) == (200, before)
    assert program.get(path).content == read.content
    assert program.change(path, {"title": "After"}, "PATCH", read["ETag"]).status_code == 200


def test_no_email_is_planned(program, people, record):
    contact = people.organization.contacts.create(name="Desk", email="desk@example.org")
    meeting = factories.make_meeting(record, people=[contact])
    path, before = f"meetings/{meeting.public_id}/", rows()
    etag = program.get(path)["ETag"]
    assert program.change(f"{path}{DRY}", {"place": "Library"}, "PATCH", etag).status_code == 200
    assert program.change(f"{path}cancel/{DRY}", {}, "POST", etag).json()["status"] == "cancelled"
    assert rows() == before
    program.change(path, {"place": "Library"}, "PATCH", etag)
    assert Email.objects.count() > before[4]


def test_what_would_be_refused_is_refused(program, people, record):
    path = f"partnerships/{record.public_id}/"
    answer = program.change(f"{path}{DRY}", {"title": ""}, etag="*")
    assert (pointers(answer), answer["Dry-Run"]) == ([("#/title", "blank")], "yes")
    problem(program.change(f"{path}{DRY}", {"title": "x"}, etag='"old"'), 412, "stale")
    problem(program.send("PATCH", f"{path}{DRY}", {"title": "x"}), 428, "if_match_needed")
    problem(Program(people.reader).change(f"{path}{DRY}", {"title": "x"}, etag="*"), 403, "not_allowed")
    for query, code in (("?dry_run=no", "invalid_parameter"), ("?dry_run=", "invalid_parameter"),
                        ("?dry_run=yes&dry_run=yes", "invalid_parameter"), ("?dryrun=yes", "unknown_parameter")):  # fmt: skip
        problem(program.change(f"{path}{query}", {"title": "Changed"}, etag="*"), 400, code)
    record.refresh_from_db()
    assert record.title == "Before"
