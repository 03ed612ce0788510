"""A page with a refused form says so first: in its title, and by the focus on the summary of what to fix."""

import re

import pytest

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
