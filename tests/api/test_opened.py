"""An address of the API that someone opens in a browser is a page with the same JSON; programs get JSON as always."""

import html
import json
import re

import pytest
from django.test import Client

from tests.factories import make_partnership

pytestmark = pytest.mark.django_db
BROWSER = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8",
    "Sec-Fetch-Dest": "document",
}


@pytest.fixture
def listed(db):
    return [make_partnership(f"Homes that last {n}") for n in range(3)]


def opened(path):
    return Client().get(path, headers=BROWSER)


def json_on(answer):
    shown = re.search(r'aria-label="JSON"><code\s*>(.*?)</code>', answer.content.decode(), re.DOTALL)[1]
    return json.loads(html.unescape(re.sub(r"</?a\b[^>]*>", "", shown)))


@pytest.mark.parametrize("path", ["", "partnerships/?page_size=2", "partnerships/{id}/", "vocabularies/"])
def test_it_holds_what_a_program_gets(listed, path):
    path = "/api/v1/" + path.format(id=listed[0].public_id)
    program, page = Client().get(path), opened(path)
    assert (program["Content-Type"], page["Content-Type"]) == ("application/json", "text/html; charset=utf-8")
    assert json_on(page) == program.json()


def test_ids_and_addresses_lead_on(listed):
    page = opened("/api/v1/partnerships/?page_size=2").content.decode()
    first = re.findall(r'href="(/api/v1/partnerships/P-[^"]*/)"', page)[0]
    assert json_on(opened(first))["id"] == first.split("/")[-2]
    (more,) = re.findall(r'rel="next" href="([^"]*)"', page)
    last = opened(html.unescape(more))
    assert len(json_on(last)["results"]) == 1
    assert re.findall(r'rel="(next|prev)"', last.content.decode()) == ["prev"]


def test_a_refusal_is_a_page_with_its_status(listed):
    answer = opened("/api/v1/partnerships/?kinf=contract")
    assert answer.status_code == 400
    assert json_on(answer)["code"] == "unknown_parameter"
    missing = opened("/api/v1/partnerships/P-000000-0/")
    assert (missing.status_code, json_on(missing)["status"]) == (404, 404)


def test_text_of_a_record_is_text_on_the_page(db):
    title = '</code><script>alert("1")</script> & "https://example.org/x'
    record = make_partnership(title)
    answer = opened(f"/api/v1/partnerships/{record.public_id}/")
    assert json_on(answer)["title"] == title
    assert "<script>alert" not in answer.content.decode()


def test_no_one_else_keeps_the_page_and_it_sets_no_cookie(listed):
    answer = opened("/api/v1/partnerships/")
    assert (answer["Cache-Control"], "ETag" in answer, answer.cookies.output()) == ("private, no-store", False, "")
    assert "Sec-Fetch-Dest" in Client().get("/api/v1/partnerships/")["Vary"]


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({"Accept": BROWSER["Accept"]}, 200, "application/json"),
        (BROWSER | {"Sec-Fetch-Dest": "empty"}, 200, "application/json"),
        ({"Accept": "text/html"}, 406, "application/problem+json"),
    ],
)
def test_programs_and_scripts_get_json_as_before(listed, headers, status, kind):
    answer = Client().get("/api/v1/partnerships/", headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (status, kind)


def test_no_format_in_the_address_makes_a_page(listed):
    answer = Client().get("/api/v1/partnerships/?format=page")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_a_format_in_the_address_comes_as_that_file(listed):
    answer = opened("/api/v1/partnerships/?format=csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert opened("/api/v1/partnerships/?format=json")["Content-Type"] == "application/json"
