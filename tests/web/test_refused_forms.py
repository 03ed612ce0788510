"""A page with a refused form says so first: in its title, and by the focus on the summary of what to fix."""

import re

import pytest
from django.conf import settings

from tests.factories import make_partnership
from tests.web.test_editing import fields_of

pytestmark = pytest.mark.django_db


def title_of(answer):
    return re.search(r"<title>(.*?)</title>", answer.content.decode(), re.S)[1]


def takes_focus(answer):
    return re.findall(r'<section class="alert alert-care"[^>]* tabindex="-1" autofocus>', answer.content.decode())


@pytest.fixture
def record(client, people):
    client.force_login(people.editor)
    return make_partnership("Homes for all", lead=people.office)


def test_errors_and_edit_conflicts_are_in_the_title(client, record):
    url = f"/partnerships/{record.public_id}/edit/overview/"
    page = client.get(url)
    assert title_of(page) == "Edit the overview | Partnership Registry"
    refused = client.post(url, fields_of(page) | {"title": ""})
    assert title_of(refused) == "Error: Edit the overview | Partnership Registry"
    assert len(takes_focus(refused)) == 1
    assert client.post(url, fields_of(page) | {"title": "Homes for many"}).status_code == 302
    stale = client.post(url, fields_of(page) | {"title": "Homes for most"})
    assert stale.status_code == 409
    assert title_of(stale) == "Error: Edit the overview | Partnership Registry"
    assert len(takes_focus(stale)) == 1


def test_sign_in_says_so_too_in_the_language_of_the_page(client):
    page = client.post("/sign-in/", {"login": "nobody"})
    assert title_of(page).startswith("Error: ")
    assert len(takes_focus(page)) == 1
    assert not title_of(client.get("/sign-in/")).startswith("Error: ")


def test_a_search_that_finds_nothing_is_no_error(client):
    assert not title_of(client.get("/partnerships/?q=zzyzx")).startswith("Error: ")


def test_sending_again_forgets_the_field_that_an_error_led_to(client, record):
    """A form without an address of its own keeps “#id_title”, and the browser then goes there instead of to the errors."""
    url = f"/partnerships/{record.public_id}/edit/overview/?language=es&a=<b>"
    refused = client.post(url, fields_of(client.get(url)) | {"title": ""})
    action = re.search(r'<form\s+method="post"\s+action="([^"]*)"', refused.content.decode())[1]
    assert action == f"/partnerships/{record.public_id}/edit/overview/?language=es&amp;a=%3Cb%3E"


def test_each_form_below_an_error_summary_has_an_address():
    tag = re.compile(r"<form\b(?:\{%.*?%\}|\{\{.*?\}\}|[^>])*>", re.DOTALL)
    templates = {path: path.read_text() for path in (settings.BASE_DIR / "templates").rglob("*.html")}
    with_errors = {path: text for path, text in templates.items() if "components/_error_summary.html" in text}
    assert len(with_errors) > 50
    for path, text in with_errors.items():
        bare = [
            form for form in tag.findall(text) if 'method="post"' in form and " action=" not in " ".join(form.split())
        ]
        assert not bare, path
