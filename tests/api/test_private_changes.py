"""A colleague's change that not everyone sees is never undone by a program that read the record before, and no one else can
tell that there was one.
"""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from partnerships.core import record_types
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.measurement.actions import save_measure
from partnerships.measurement.number_actions import save_points
from partnerships.models import Measure, Organization, Person
from tests import factories, hidden_influence
from tests.api.programs import Program
from tests.api.test_errors import problem
from tests.snapshots import snapshot_fixture
from tests.web.test_drafts import form_values

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("generous_limits")]

LISTS = {
    "P": "partnerships", "G": "organizations", "J": "jurisdictions", "D": "departments", "M": "meetings",
    "V": "activities", "S": "results", "N": "measures", "K": "plans",
}  # fmt: skip
# Changes that belong to no record's version.
ELSEWHERE = {
    "a new unlisted one",
    "a new draft",
    "an internal meeting",
    "note of a party's own",
    "an invitation",
    "a claim",
}
CHANGES = sorted(hidden_influence.HIDDEN.keys() - ELSEWHERE)


@snapshot_fixture
def town(people):
    return hidden_influence.Town(people)


def path_of(record):
    kind = "compositions" if record._meta.model_name == "makeup" else LISTS[record.public_id[0]]
    return f"{kind}/{record.public_id}/"


def as_read(program, record):
    """(version, ETag), or None if the reader doesn't see the record."""
    answer = program.get(path_of(record))
    return (answer.json().get("version"), answer["ETag"]) if answer.status_code == 200 else None


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
def test_who_read_a_record_before_a_private_change_cannot_save_it(town, people, change):
    records = [type(one).objects.get(pk=one.pk) for one in (*town.records(), town.makeup)]
    stranger, moved = Program(people.stranger), []
    of_stranger = {record: as_read(stranger, record) for record in records}
    writable = {}  # (writer, record) → what they read of it
    for person in (people.editor, Person.objects.get(email="editor@homes.example")):
        writer = Program(person)
        for record in records:
            if record_types.for_record(record).may_write(person, record):
                writable[writer, record] = as_read(writer, record)
    with time_machine.travel(
        town.partnership.created_at + hidden_influence.DAY
    ):  # when the meeting of that day was held
        hidden_influence.HIDDEN[change](town)
    for (writer, record), (version, etag) in writable.items():
        now = type(record).objects.get(pk=record.pk)
        if now.version == record.version:
            assert as_read(writer, record)[0] == version
            continue
        moved.append(record)
        for tag in (etag, f'"{version}"'):
            stale = problem(writer.change(path_of(record), {"why": "Blind"}, etag=tag), 412, "stale")
            assert (stale["current"]["version"], stale["etag"]) == as_read(writer, record)
        assert as_read(writer, record)[0] == now.version != version
    assert moved
    assert {record: as_read(stranger, record) for record in records} == of_stranger


@pytest.fixture
def kept(people):
    """An organization that the office keeps, with a private address."""
    return factories.make_organization("Kept", "profiled", kept_by=people.office, aims="Homes")


def move(kept):
    save_organization(organization=Organization.objects.get(pk=kept.pk), by=SYSTEM, fields={"address": "1 Main Street"})


def address_of(kept):
    return Organization.objects.get(pk=kept.pk).address


@pytest.mark.both
@pytest.mark.parametrize("mode", ["all", "each"])
def test_a_row_with_the_version_from_before_is_refused(program, people, kept, mode):
    (row,) = [one for one in program.get("organizations/").json()["results"] if one["id"] == kept.public_id]
    etag = program.get(path_of(kept))["ETag"]
    move(kept)
    public = Client().get(f"/api/v1/{path_of(kept)}").json()["version"]
    for known in ({"version": row["version"]}, {"version": public}, {"if_match": etag}):
        body = {"mode": mode, "rows": [{"id": kept.public_id, "address": "9 Elm Street", **known}]}
        answer = program.send("POST", "organizations/bulk/", body)
        found = answer.json() if mode == "all" else answer.json()["rows"][0]
        assert [(error["pointer"], error["code"]) for error in found["errors"]] == [("#/rows/0/version", "stale")]
        assert address_of(kept) == "1 Main Street"
    read = program.get(path_of(kept)).json()["version"]
    body = {"mode": mode, "rows": [{"id": kept.public_id, "address": "9 Elm Street", "version": read}]}
    (saved,) = program.send("POST", "organizations/bulk/", body).json()["rows"]
    assert (saved["outcome"], address_of(kept)) == ("updated", "9 Elm Street")
    assert saved["version"] == program.get(path_of(kept)).json()["version"]


@pytest.mark.both
def test_lists_pulls_and_records_say_the_same_version_to_a_writer(program, town, people):
    """Pulls have what everyone reads."""
    town.save_party(town.unlisted, contribution="Ten rooms")
    town.save_meeting(link="https://join.example/another")
    for record in (town.partnership, town.meeting):
        kind = LISTS[record.public_id[0]]
        now = type(record).objects.get(pk=record.pk)
        for query in ("", "?ordering=-updated", "?page_size=1&ordering=id"):
            rows = program.get(f"{kind}/{query}").json()["results"]
            assert {row["version"] for row in rows if row["id"] == record.public_id} <= {now.version}
        assert program.get(path_of(record)).json()["version"] == now.version > now.public_version
        assert Client().get(f"/api/v1/{path_of(record)}").json()["version"] == now.public_version


YEAR = date(2024, 1, 1)


@pytest.fixture
def measure(people):
    """A count of people for which the organization enters numbers, too."""
    rows = [factories.party(people.office, "lead"), factories.party(people.organization)]
    table = factories.make_partnership(lead=people.office, parties=rows)
    party = table.parties.get(organization=people.organization)
    measure = factories.make_measure(
        partnership=table,
        kind="how_much",
        unit="number",
        owners=[{"party": party, "supplies": True}],
        is_published=True,
    )
    save_points(measure=measure, by=SYSTEM, rows=[{"starts_on": YEAR, "value": Decimal(101)}])
    return Measure.objects.get(pk=measure.pk)


@pytest.mark.both
@pytest.mark.parametrize("role", ["editor", "partner"])
def test_a_correction_that_is_not_shown_is_not_undone(people, measure, role):
    """Counts of people are rounded, so no one who reads them sees that 101 became 102."""
    program, stranger = Program(getattr(people, role)), Program(people.other_editor)
    (version, etag), of_stranger = as_read(program, measure), as_read(stranger, measure)
    save_points(measure=measure, by=SYSTEM, rows=[{"starts_on": YEAR, "value": Decimal(102)}])
    numbers, party = [{"starts_on": "2024-01-01", "value": 103}], people.organization.public_id
    body = {"numbers": numbers, "why": "Ours", "supplied_by": party}
    for tag in (etag, f'"{version}"'):
        problem(program.change(f"{path_of(measure)}numbers/", body, "POST", tag), 412, "stale")
    rows = [{"id": measure.public_id, "version": version, **body}]
    answer = program.send("POST", "measures/numbers/", {"mode": "each", "rows": rows}).json()
    assert [error["code"] for error in answer["rows"][0]["errors"]] == ["stale"]
    assert measure.points.get(replaced_at=None).value == 102
    assert as_read(stranger, measure) == of_stranger
    _, etag = as_read(program, measure)
    assert program.change(f"{path_of(measure)}numbers/", body, "POST", etag).status_code == 200


def test_a_partner_that_enters_numbers_learns_of_no_hidden_owner(people, measure):
    partner = Program(people.partner)
    before = as_read(partner, measure)
    unlisted = factories.make_organization("Hidden", "unlisted", kept_by=people.office)
    rows = [{"party": row.party, "supplies": row.supplies, "id": row.pk} for row in measure.owners.all()]
    measure.partnership.parties.create(organization=unlisted)
    rows.append({"party": measure.partnership.parties.get(organization=unlisted)})
    save_measure(measure=measure, by=SYSTEM, fields={}, owners=rows)
    now = Measure.objects.get(pk=measure.pk)
    assert now.version > measure.version
    assert as_read(partner, measure) == before


def test_a_form_from_before_a_private_change_is_an_edit_conflict(people, kept, client):
    client.force_login(people.editor)
    page = f"/organizations/{kept.public_id}/edit/"
    values = form_values(client.get(page))
    move(kept)
    answer = client.post(page, values | {"address": "9 Elm Street"})
    assert (answer.status_code, address_of(kept)) == (409, "1 Main Street")
    assert "1 Main Street" in answer.content.decode()
