"""Whole lists as one file: the rows of the list's pages, in the same memory however many there are."""

import csv
import gzip
import json
import re
import tracemalloc

import pytest

from partnerships.api.resources import RESOURCES
from partnerships.api.viewsets import ResourceViewSet
from partnerships.registry.models import Publication
from tests import factories
from tests.api.test_errors import problem
from tests.api.test_lists import make_all

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def lines(get):
    """(what the file says of itself, its rows, its last line) of a file in NDJSON."""

    def ask(path, **parameters):
        answer = get(f"{path}/", format="ndjson", **parameters)
        assert answer.status_code == 200, answer.content
        first, *rows, last = [json.loads(line) for line in answer.getvalue().splitlines()]
        return first["file"], rows, last["file"]

    return ask


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(ResourceViewSet, "file_page", 2)


def make_rows(count):
    lead = factories.make_jurisdiction()
    return [
        factories.make_partnership(f"Row {n}", lead=lead, parties=[factories.party(lead, "lead")]) for n in range(count)
    ]


@pytest.mark.slow
def test_a_file_holds_the_rows_of_the_list_and_says_what_it_is(get, lines, small_pages):
    make_all(1), make_all(2)
    for path in RESOURCES:
        about, rows, end = lines(path)
        assert rows == get(f"{path}/", page_size=250).json()["results"], path
        assert end == {"rows": len(rows), "is_whole": True}
        assert (about["list"], about["filters"]) == (path, {})
        assert about["address"] == f"http://testserver/api/v1/{path}/?format=ndjson"


def test_the_stored_documents_pass_through_as_they_are(get, small_pages):
    make_rows(5)
    stored = list(Publication.objects.order_by("partnership_id").values_list("body", flat=True))
    whole = get("partnerships/", format="ndjson").getvalue().decode()
    filtered = get("partnerships/", format="ndjson", kind="joint_project").getvalue().decode()
    assert whole.splitlines()[1:-1] == filtered.splitlines()[1:-1] == stored


def test_a_file_of_a_filtered_list_says_its_filters(lines, small_pages):
    rows = make_rows(3)
    factories.make_partnership("Other", kind="advisory_body", lead=rows[0].lead)
    about, found, _ = lines("partnerships", kind="joint_project", fields="id")
    assert about["filters"] == {"kind": ["joint_project"]}
    assert found == [{"id": row.public_id} for row in rows]
    assert [row["id"] for row in lines("partnerships", q="row")[1]] == [row.public_id for row in rows]
    assert [row["title"] for row in lines("partnerships", ordering="-title", q="row")[1]] == ["Row 2", "Row 1", "Row 0"]


def test_a_file_that_broke_off_goes_on_behind_its_last_row(get, lines, small_pages):
    rows = [row.public_id for row in make_rows(5)]
    assert [row["id"] for row in lines("partnerships", after_id=rows[2])[1]] == rows[3:]
    assert lines("partnerships", after_id=rows[4])[1:] == ([], {"rows": 0, "is_whole": True})
    for wrong in ("P-000000-0", "nonsense"):
        problem(get("partnerships/", format="csv", after_id=wrong), 400, "invalid_parameter")


def test_csv_has_a_column_for_each_field(get, small_pages):
    group = factories.make_organization("=cmd()", listing="profiled", area=[factories.make_jurisdiction()])
    answer = get("organizations/", format="csv")
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/csv; charset=utf-8", "no-cache")
    about, *table = answer.getvalue().decode().split("\r\n")
    assert re.fullmatch(r"# organizations, \d{4}-\d\d-\d\dT[0-9:.]+Z", about.rpartition(", ")[0])
    assert about.endswith("http://testserver/api/v1/organizations/?format=csv")
    (row,) = csv.DictReader(table)
    assert (row["id"], row["name"], row["is_illustration"]) == (group.public_id, "'=cmd()", "false")
    assert row["updated_at"] == get(f"organizations/{group.public_id}/").json()["updated_at"]
    assert row["updated_at"].endswith("Z")
    assert json.loads(row["area"]) == [place.public_id for place in group.area.all()]
    named = get("organizations/", format="csv", fields="name,id").getvalue().decode().split("\r\n")
    assert named[1:] == ["id,name", f"{group.public_id},'=cmd()", ""]


def test_the_header_asks_for_a_file_as_well(client):
    make_rows(1)
    kinds = {
        "text/csv": "text/csv; charset=utf-8",
        "application/x-ndjson": "application/x-ndjson",
        "application/json": "application/json",
        "*/*": "application/json",
        "text/html,*/*;q=0.8": "application/json",
    }
    for accept, kind in kinds.items():
        assert client.get("/api/v1/partnerships/", headers={"accept": accept})["Content-Type"] == kind
    one = client.get("/api/v1/partnerships/").json()["results"][0]["id"]
    assert client.get(f"/api/v1/partnerships/{one}/", headers={"accept": "text/csv"}).status_code == 406


@pytest.mark.slow
def test_a_file_is_compressed_for_who_asks(client):
    make_rows(30)
    plain = client.get("/api/v1/partnerships/?format=ndjson").getvalue()
    packed = client.get("/api/v1/partnerships/?format=ndjson", headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    body = packed.getvalue()
    assert gzip.decompress(body).splitlines()[1:] == plain.splitlines()[1:]
    assert len(body) * 4 < len(plain)


def test_what_a_file_cannot_be_asked_is_refused(get, client):
    for name, value in (
        ("page_size", "5"),
        ("count", "yes"),
        ("updated_since", "start"),
        ("kind", "x"),
        ("cursor", "x"),
    ):
        problem(get("partnerships/", format="csv", **{name: value}), 400, "invalid_parameter")
    assert problem(get("partnerships/", format="pdf"), 400, "invalid_parameter")["errors"][0]["parameter"] == "format"
    assert (
        problem(get("partnerships/", after_id="P-000000-0"), 400, "invalid_parameter")["errors"][0]["code"]
        == "not_in_pages"
    )
    head = client.head("/api/v1/partnerships/?format=csv")
    assert (head.status_code, head.getvalue()) == (200, b"")


def test_a_file_holds_what_its_reader_may_see(client, people):
    draft = factories.make_partnership("Draft", lead=people.office, published=False)
    address = "/api/v1/partnerships/?format=ndjson"
    assert draft.public_id.encode() not in client.get(address).getvalue()
    client.force_login(people.reader)
    answer = client.get(address)
    assert (draft.public_id.encode() in answer.getvalue(), answer["Cache-Control"]) == (True, "private, no-store")


@pytest.mark.slow
def test_a_long_file_takes_the_memory_of_a_page(monkeypatch, client):
    monkeypatch.setattr(ResourceViewSet, "file_page", 10)
    make_rows(40)

    def most(times):
        answer = client.get("/api/v1/partnerships/?format=ndjson")
        tracemalloc.start()
        for _ in zip(range(times), answer, strict=False):
            pass
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    most(9)
    assert most(9) < most(3) * 1.5


@pytest.mark.slow
def test_a_list_says_how_many_it_has(get):
    make_all(1), make_all(2)
    for path in RESOURCES:
        whole = get(f"{path}/", page_size=250).json()["results"]
        answer = get(f"{path}/", count="yes", page_size=1).json()
        assert (answer["count"], answer["count_is_exact"]) == (len(whole), True), path
        assert "count" not in get(f"{path}/").json()
