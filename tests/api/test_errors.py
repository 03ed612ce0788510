"""Errors: RFC 9457 with a code, the same for missing and hidden records, and never a 5xx for odd input."""

import pytest
import time_machine
from django.db import connection

from partnerships.api.resources import RESOURCES
from partnerships.core import ids as public_ids
from partnerships.core.quotas import client_address
from tests import factories

pytestmark = pytest.mark.django_db


def problem(answer, status, code):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    found = answer.json()
    assert answer["Cache-Control"] == "no-store"
    assert (found["status"], found["code"]) == (status, code)
    assert found["type"] == f"/developers/#error-{code}"
    assert found["title"]
    assert found["detail"]
    return found


def test_missing_draft_and_unlisted_records_answer_the_same(client, get, people):
    draft = factories.make_partnership(lead=people.office, published=False)
    meeting = factories.make_meeting(factories.make_partnership("Out", lead=people.office), is_public=False)
    hidden = factories.make_organization("Canary", listing="unlisted", kept_by=people.office)
    missing = get(f"partnerships/{public_ids.from_body('P', '000000')}/")
    problem(missing, 404, "not_found")
    hidden_paths = [
        f"partnerships/{draft.public_id}/",
        f"meetings/{meeting.public_id}/",
        f"organizations/{hidden.public_id}/",
    ]
    for path in hidden_paths:
        answer = get(path)
        assert (answer.status_code, answer.content) == (404, missing.content)
        headers = {name: answer[name] for name in answer.headers if name != "RateLimit"}  # what is left of a minute
        assert headers == {name: missing[name] for name in missing.headers if name != "RateLimit"}
    for person in (people.stranger, people.other_editor, people.partner):
        client.force_login(person)
        for path in hidden_paths:
            assert get(path).content == missing.content
    client.force_login(people.reader)
    assert [get(path).status_code for path in hidden_paths] == [200, 200, 200]


def test_a_mistyped_id_has_an_error_of_its_own(get):
    partnership = factories.make_partnership()
    wrong = partnership.public_id[:-1] + ("A" if partnership.public_id[-1] != "A" else "B")
    problem(get(f"partnerships/{wrong}/"), 404, "mistyped_id")
    problem(get("partnerships/nonsense/"), 404, "mistyped_id")
    assert get(f"partnerships/{partnership.public_id.lower()}/").status_code == 200


@pytest.mark.parametrize("path", ["/api/", "/api/v2/partnerships/", "/api/partnerships/"])
def test_who_guesses_where_the_api_is_is_told(client, path):
    found = problem(client.get(path), 404, "not_found")
    assert found["detail"] == "The lists of the API are at /api/v1/, and /developers/ describes them."
    assert [client.get(known).status_code for known in ("/api/v1/", "/developers/")] == [200, 200]


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["nothing/", "nothing/else/here/", "partnerships/P-000000-0/more/"])
def test_unknown_addresses(client, path, method):
    problem(getattr(client, method)(f"/api/v1/{path}"), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "status"), [("get", 301), ("head", 301), ("post", 308), ("put", 308), ("patch", 308), ("delete", 308)]
)
def test_an_address_without_its_slash_leads_to_the_one_with(client, method, status):
    """Programs turn a POST into a GET where 301 leads them, and would take the list for what they have created."""
    answer = getattr(client, method)("/api/v1/partnerships?dry_run=yes")
    assert (answer.status_code, answer["Location"]) == (status, "/api/v1/partnerships/?dry_run=yes")


@pytest.mark.parametrize("path", ["partnerships/", "organizations/", "meetings/"])
def test_unknown_parameters_are_refused_by_name(get, path):
    found = problem(get(path, kindd="x", q="y"), 400, "unknown_parameter")
    assert [error["parameter"] for error in found["errors"]] == ["kindd"]
    assert "page_size" in found["errors"][0]["detail"]
    assert "needs" not in found["errors"][0]["detail"]


def test_staff_filters_do_not_exist_for_others(client, get, people):
    problem(get("partnerships/", draft="yes"), 400, "unknown_parameter")
    problem(get("organizations/", listing="unlisted"), 400, "unknown_parameter")
    client.force_login(people.reader)
    assert get("partnerships/", draft="yes").status_code == 200


def test_details_and_root_take_no_filters(get):
    partnership = factories.make_partnership()
    problem(get(f"partnerships/{partnership.public_id}/", kind="contract"), 400, "unknown_parameter")
    problem(get("", kind="contract"), 400, "unknown_parameter")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("page_size", "0", "invalid"),
        ("page_size", "251", "invalid"),
        ("page_size", "abc", "invalid"),
        ("page_size", "-1", "invalid"),
        ("page_size", "٣", "invalid"),
        ("page_size", "1_0", "invalid"),
        ("page_size", "9" * 5000, "invalid"),
        ("page_size", "", "empty"),
        ("kind", "", "empty"),
        ("kind", "nonsense", "unknown_value"),
        ("kind", ",".join(["contract"] * 51), "too_many"),
        ("engagement", "6", "unknown_value"),
        ("jurisdiction", "J-000000-0", "unknown_value"),
        ("issue", "x" * 20000, "unknown_value"),
        ("ordering", "size", "unknown_value"),
        ("ordering", "match", "unknown_value"),
        ("cursor", "abc", "bad_cursor"),
        ("cursor", "~" * 9000, "bad_cursor"),
        ("fields", "title,secret", "unknown_field"),
        ("fields", "internal_notes", "unknown_field"),
        ("updated_since", "yesterday", "bad_token"),
        ("updated_since", "-5-20261124", "bad_token"),
        ("updated_since", "-9223372036854775809", "bad_token"),
        ("updated_since", f"{'9' * 5000}-20261124", "bad_token"),
        ("q", "x" * 201, "too_long"),
        ("exact", "no", "unknown_value"),
    ],
)
def test_values_that_cannot_be_used(get, name, value, code):
    found = problem(get("partnerships/", **{name: value}), 400, "invalid_parameter")
    assert [(error["parameter"], error["code"]) for error in found["errors"]] == [(name, code)]
    assert len(found["errors"][0]["detail"]) < 600


@pytest.mark.parametrize(
    "value", ["01/02/2026", "1/2/26", "2026-1-2", "20260102", "2026-W01-5", "Jan 2, 2026", "2026-02-30", "soon"]
)
@pytest.mark.parametrize(
    ("path", "name"),
    [(path, name) for path, view in RESOURCES.items() for name in view.days()],
)
def test_days_are_written_as_the_page_says(get, path, name, value):
    found = problem(get(f"{path}/", **{name: value}), 400, "invalid_parameter")
    words = "Give a day that exists, as year-month-day, such as 2026-03-31."
    assert found["errors"] == [{"parameter": name, "code": "invalid", "detail": words}]


def test_a_cursor_of_another_list_is_refused(get):
    lead = factories.make_jurisdiction()
    for n in range(3):
        factories.make_partnership(f"Row {n}", lead=lead, parties=[factories.party(lead, "lead")])
    cursor = get("partnerships/", page_size=1, ordering="title").json()["next"].split("cursor=")[1]
    problem(get("partnerships/", page_size=1, cursor=cursor), 400, "invalid_parameter")
    problem(get("partnerships/", page_size=1, updated_since="start", cursor=cursor), 400, "invalid_parameter")


def test_the_same_parameter_twice(client):
    answer = client.get("/api/v1/partnerships/?page_size=1&page_size=2")
    assert problem(answer, 400, "invalid_parameter")["errors"][0]["code"] == "twice"
    assert client.get("/api/v1/partnerships/?kind=contract&kind=training").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["q=%ff%fe", "q=%00", "q=a%00b", "kind=%ed%a0%80", "%00=1", "q=%F0%9F%98%80", "q=%E2%80%AE", "q=%27%22%3B--",
     "cursor=%F0%9F%98%80", "issue=%F0%9F%98%80", "updated_since=%C2%B2-20261124", "q=" + "%20" * 5000, "&&&=&"],
)  # fmt: skip
def test_odd_bytes_never_break_it(client, query):
    for path in ("partnerships", "organizations", "meetings"):
        answer = client.get(f"/api/v1/{path}/?{query}")
        assert answer.status_code in (200, 400), (answer.status_code, answer.content)
        if answer.status_code == 400:
            assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/api/v1/partnerships/%00/", "/api/v1/partnerships/%ff/", "/api/v1/issue-areas/%F0%9F/"]
)
def test_odd_bytes_in_the_path(client, path):
    answer = client.get(path)
    assert answer.status_code in (400, 404)
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_most_addresses_only_read(client, method):
    for path in ("", "agreements/", "agreements/P-000000-1/"):
        answer = getattr(client, method)(f"/api/v1/{path}")
        problem(answer, 405, "method_not_allowed")
        assert answer["Allow"] == "GET, HEAD, OPTIONS"


def test_forms_it_cannot_give(get):
    for accepts in ("text/html", "application/xml", "image/*", "text/html; a*=nope''x"):
        problem(get("partnerships/", headers={"HTTP_ACCEPT": accepts}), 406, "not_acceptable")
    for accepts in ("*/*", "application/json", "text/html,application/xhtml+xml,*/*;q=0.8", "application/*", ""):
        assert get("partnerships/", headers={"HTTP_ACCEPT": accepts}).status_code == 200


@time_machine.travel("2026-11-24T12:00:10Z", tick=False)  # each minute has its own count
def test_too_many_requests(get, client, settings, people):
    settings.API_RATE_ANONYMOUS, settings.API_RATE_PERSON = 2, 3
    assert [get().status_code for _ in range(3)] == [200, 200, 429]
    answer = get("partnerships/")
    problem(answer, 429, "too_many_requests")
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert get("partnerships/", headers={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200
    client.force_login(people.stranger)
    assert [get("partnerships/").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_the_address_of_a_client(settings):
    meta = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 192.0.2.1, 192.0.2.2"}
    for proxies, address in ((0, "10.0.0.1"), (1, "192.0.2.2"), (2, "192.0.2.1"), (5, "6.6.6.6")):
        settings.TRUSTED_PROXIES = proxies
        assert client_address(meta) == address
    assert client_address({"REMOTE_ADDR": "10.0.0.1"}) == "10.0.0.1"
    assert client_address({}) == "unknown"
    settings.TRUSTED_PROXIES = 0
    assert client_address({"REMOTE_ADDR": "2001:db8:1:2:3:4:5:6"}) == "2001:db8:1:2::"
    assert client_address({"REMOTE_ADDR": "::ffff:192.0.2.1"}) == "192.0.2.1"
    assert client_address({"REMOTE_ADDR": "not:an:address"}) == "not:an:address"


@pytest.mark.unpublished_writes
def test_what_breaks_says_so_without_a_trace(client):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE partnerships_publication RENAME TO canary")
    client.raise_request_exception = False
    answer = client.get("/api/v1/partnerships/")
    problem(answer, 500, "server_error")
    assert b"canary" not in answer.content
    assert b"partnerships_publication" not in answer.content
