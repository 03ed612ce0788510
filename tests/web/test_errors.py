"""Error pages in plain words, problems below /api/, and requests that no page can parse."""

import json
import re

import pytest
from django.test import Client

from partnerships.records import finding

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.refusing_urls")]

PAGES = {
    "missing": (404, "We can’t find this page."),
    "no-page": (404, "We can’t find this page."),
    "mistyped": (404, "This ID looks mistyped."),
    "not-allowed": (403, "You can read this, but you can’t change it."),
    "denied": (403, "You can read this, but you can’t change it."),
    "unknown": (400, "We can’t read this request."),
    "invalid": (400, "We can’t read this request."),
    "plain-invalid": (400, "We can’t read this request."),
    "broken": (500, "Something went wrong on our end. Nothing was changed."),
}


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def heading(response):
    return re.search(r"<h1>(.*?)</h1>", response.content.decode(), re.S).group(1)


@pytest.mark.parametrize("what", PAGES)
def test_each_refusal_is_a_page_in_plain_words(client, what):
    response = client.get(f"/refuse/{what}/")
    assert (response.status_code, heading(response)) == PAGES[what]
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert response["Cache-Control"] == "no-store"
    assert "secret words" not in response.content.decode()


def test_a_page_that_breaks_says_so_in_its_own_language(client, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("secret words")

    monkeypatch.setattr(finding, "find", fail)
    for language, words in (("en", PAGES["broken"][1]), ("es", "Algo falló de nuestro lado. No se cambió nada.")):
        response = client.get("/search/picker/?q=homes", headers={"Accept-Language": language})
        assert (response.status_code, heading(response)) == (500, words)
        assert f'<html lang="{language}"' in response.content.decode()


@pytest.mark.parametrize("what", PAGES)
def test_below_the_api_the_same_refusal_is_a_problem(client, what):
    response = client.get(f"/api/refuse/{what}/")
    document = json.loads(response.content)
    status, title = PAGES[what]
    assert response.status_code == document["status"] == status
    assert response["Content-Type"] == "application/problem+json"
    assert document["title"] == title
    assert "secret words" not in response.content.decode()


def test_a_record_that_one_may_not_know_of_looks_like_none_at_all(client):
    """Except for the address to return to after signing in."""
    missing, no_page, nowhere = (
        client.get(url).content.decode().replace(f"?next={url}", "")
        for url in ("/refuse/missing/", "/refuse/no-page/", "/there-is-no-such-page/")
    )
    assert missing == no_page == nowhere


def test_unknown_parameters_are_named_and_escaped_and_the_known_ones_offered(client):
    page = client.get("/refuse/unknown/").content.decode()
    assert "“kidn” isn’t a filter of this list." in page
    assert "“&lt;b&gt;” isn’t a filter" in page
    assert "kind, status" in page


def test_an_invalid_parameter_is_named(client):
    assert "starts after: “x” is not a day." in client.get("/refuse/invalid/").content.decode()
    assert "The end date is before the start date." in client.get("/refuse/plain-invalid/").content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/partnerships/?q=%00",
        "/partnerships/?q=%ff",
        "/partnerships/?%ff=1",
        "/partnerships/%00/",
        "/partnerships/%ff/",
    ],
)
def test_an_address_with_unreadable_characters_is_refused_before_any_page(client, address):
    path, _, query = address.partition("?")
    # Without the test client's own quoting: bytes as a server passes them on.
    response = client.get(path, QUERY_STRING=query)
    assert (response.status_code, heading(response)) == (400, "We can’t read this request.")
    assert "characters that we can’t read" in response.content.decode()


def test_words_of_any_script_are_readable(client):
    assert client.get("/refuse/missing/", {"q": "Đặt câu hỏi, سؤال, 🤝"}).status_code == 404


def test_an_unknown_host_is_refused_in_plain_words(client):
    response = client.get("/partnerships/", headers={"host": "elsewhere.example.org"})
    assert (response.status_code, heading(response)) == (400, "We can’t read this request.")
    assert "doesn’t use that web address" in response.content.decode()


def test_too_much_is_refused_in_plain_words(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = client.post("/sign-in/", {"login": "x" * 2000}, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400
    assert "too large" in response.content.decode()


def test_too_many_fields_are_refused_in_plain_words(client, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    body = "&".join(f"f{n}=1" for n in range(20))
    response = client.post("/sign-in/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400
    assert "more fields than we can save" in response.content.decode()


def test_a_form_from_elsewhere_is_refused_and_says_what_to_do():
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"login": "editor@example.org"})
    assert response.status_code == 403
    assert heading(response) == "We couldn’t check this form. Reload the page and submit it again."


def test_refusals_carry_the_security_headers(client):
    for address in ("/refuse/missing/", "/refuse/broken/", "/there-is-no-such-page/?q=%00"):
        response = client.get(address)
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "DENY"
        assert response["X-Content-Type-Options"] == "nosniff"


def test_no_page_here_has_script_or_style_attributes(client):
    for what in PAGES:
        page = client.get(f"/refuse/{what}/").content.decode()
        assert re.findall(r"<script(?! src=)", page) == []
        assert not re.search(r"<[^>]+\sstyle=", page)


def test_nothing_from_another_site_is_shown_as_if_it_was_typed_here(db):
    """Neither at our addresses, which check forms, nor at one that doesn't exist."""
    client = Client(enforce_csrf_checks=True)
    for path in ("/partnerships/new/", "/no-such-page/"):
        answer = client.post(path, {"title": "Planted by another site"})
        assert answer.status_code in (403, 404)
        assert "Planted" not in answer.content.decode()
