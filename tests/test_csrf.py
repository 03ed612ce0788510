"""CSRF, host headers, open redirects and framing: a share of what bench/figures/qa17.py tries everywhere."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from tests import access, csrf
from tests.shares import share_of
from tests.snapshots import snapshot_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FEW = ("anonymous", "editor")


@pytest.fixture
def world(people, settings):
    settings.API_RATE_ANONYMOUS = settings.API_RATE_PERSON = 1_000_000
    return snapshot_of(World, people)


def test_forms_without_the_browsers_own_token_or_from_another_site_are_refused(world):
    found = csrf.forged(world, ["editor"], share_of(csrf.addresses(world), 32))
    assert found.wrong == []
    assert found.tried > 120


def test_forms_of_our_own_pages_are_taken(world):
    assert csrf.honest(world, ["editor"], share_of(csrf.addresses(world, (access.WRITE,)), 16)).wrong == []


def test_what_was_written_is_given_back_to_our_own_page_and_to_no_other(client):
    client.handler.enforce_csrf_checks = True
    data, words = (
        {"name": "One", "parties-0-contribution": "Rooms & <b>hours</b>"},
        "Rooms &amp; &lt;b&gt;hours&lt;/b&gt;",
    )
    for url in ("/organizations/missing/", "/sign-in/"):
        own = client.post(url, data, headers={"origin": "http://testserver"}).content.decode()
        assert re.findall(r"<textarea[^>]*>([^<]*)<", own) == [words]
        for origin in ("http://elsewhere.example.org", "null", "http://testserver:81"):
            assert words not in client.post(url, data, headers={"origin": origin}).content.decode()


def test_another_host_is_refused_and_said_nowhere(world):
    found = csrf.other_hosts(world, ["anonymous"], share_of(csrf.addresses(world), 32))
    assert found.wrong == []
    assert found.tried > 180


def test_no_address_leads_to_another_site(world):
    some = share_of(csrf.addresses(world, csrf.PAGES), 32)
    assert csrf.ways_out(world, FEW, csrf.WAYS_OUT[:1], some).wrong == []


def test_no_way_out_after_signing_in(world):
    found = csrf.ways_out_of_sign_in(world, share_of(csrf.WAYS_OUT, 4))
    assert found.wrong == []
    assert found.tried > 100


def test_no_path_leads_to_another_site():
    assert csrf.paths_out().wrong == []


@pytest.mark.parametrize(("location", "out"), [
    ("/", False), ("/account/", False), ("?next=//x", False), ("http://testserver/a", False), ("%2f%2fx", False), ("//x", True),
    ("/\\x", True), ("\\\\x", True), ("http:x", True), ("https:///x", True), ("/\t/x", True), (" //x", True),
    ("javascript:x", True), ("http://testserver@x", True), ("http://testserver.x", True), ("/%5cx", False), ("data:x", True),
])  # fmt: skip
def test_a_location_is_read_as_browsers_read_it(location, out):
    assert csrf.leads_out(location) == out


def test_every_answer_refuses_to_be_framed(world):
    assert csrf.framed(world, FEW, share_of(csrf.addresses(world), 32)).wrong == []


def test_the_way_to_https_and_another_host_there_refuse_to_be_framed(settings):
    settings.SECURE_SSL_REDIRECT = True
    for host in ("testserver", csrf.ELSEWHERE):
        answer = Client(raise_request_exception=False).get("/partnerships/", headers={"host": host})
        assert (answer.status_code, csrf.is_unframed(answer)) == ({"testserver": 301}.get(host, 400), True)


@pytest.mark.parametrize(
    "headers", [{}, {"X-Frame-Options": "DENY"}, {"Content-Security-Policy": "default-src 'none'"}]
)
def test_an_answer_that_may_be_framed_is_found(headers):
    assert not csrf.is_unframed(HttpResponse(headers=headers))
