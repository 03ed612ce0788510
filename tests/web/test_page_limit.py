"""Pages for people who aren't signed in have a limit for each network, as the API has."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from tests.start.test_health import NoCache

pytestmark = pytest.mark.django_db
PAGES = ("/about/", "/partnerships.csv", "/partnerships.atom", "/robots.txt", "/nothing/here/")


@pytest.fixture(autouse=True)
def two_a_minute(settings):
    settings.PAGE_RATE_ANONYMOUS = 2
    settings.TRUSTED_PROXIES = 1
    with time_machine.travel(datetime(2026, 11, 24, 12, 0, 10, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def browser(network="192.0.2.1", **more):
    return Client(HTTP_X_FORWARDED_FOR=network, **more)


def used_up(network="192.0.2.1"):
    """A browser in a network that has opened as many pages as it may."""
    client = browser(network)
    assert [client.get("/robots.txt").status_code for _ in range(3)] == [200, 200, 429]
    return client


def statuses(client, *paths):
    return [client.get(path).status_code for path in paths]


def test_a_network_waits_until_the_minute_is_over(two_a_minute):
    client = used_up()
    page = client.get("/about/")
    assert (page.status_code, page["Retry-After"], page["Cache-Control"]) == (429, "50", "no-store")
    text = page.content.decode()
    assert "Too many pages were opened from your network. Wait a minute, then try again." in text
    assert '<a href="/sign-in/">Sign in</a>' in text
    two_a_minute.shift(50)
    assert client.get("/about/").status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_files_feeds_and_missing_pages_count_too(path):
    client = browser()
    first, *others = statuses(client, path, path, path, path)
    assert (first in (200, 404), others) == (True, [first, 429, 429])


def test_a_refused_page_costs_no_query(django_assert_num_queries):
    client = used_up()
    with django_assert_num_queries(0):
        assert client.get("/partnerships/").status_code == 429


def test_only_its_own_network_waits():
    used_up()
    assert statuses(browser("192.0.2.2"), "/robots.txt") == [200]
    used_up("2001:db8:1:2::1")
    assert statuses(browser("2001:db8:1:2:ffff::9"), "/robots.txt") == [429]
    assert statuses(browser("2001:db8:1:3::1"), "/robots.txt") == [200]


def test_people_who_are_signed_in_read_on(people):
    client = used_up()
    client.force_login(people.reader)
    assert statuses(client, "/about/", "/partnerships/", "/about/") == [200, 200, 200]


def test_an_invented_session_is_no_way_around(settings):
    client = used_up()
    client.cookies[settings.SESSION_COOKIE_NAME] = "invented"
    assert statuses(client, "/about/") == [429]


def test_health_checks_and_the_api_are_no_pages():
    client = used_up()
    assert statuses(client, "/healthz", "/api/v1/issue-areas/") == [200, 200]
    other = browser("192.0.2.3")
    assert statuses(other, *["/healthz", "/api/v1/"] * 3, "/robots.txt", "/robots.txt") == [200] * 8


def test_readers_keep_no_one_from_signing_in_or_answering():
    client = used_up()
    assert statuses(client, "/sign-in/", "/code/") == [200, 200]
    other = used_up("192.0.2.4")
    assert statuses(other, *["/by-link/meeting/wrong/"] * 3) == [404, 404, 429]
    assert client.post("/suggest/", {}).status_code == 429


SUGGESTION = {"words": "Typed with care"}


@pytest.mark.parametrize(
    ("headers", "is_given_back"),
    [
        ({"Origin": "http://testserver"}, True),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, True),  # from a page without a referrer
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "https://elsewhere.example.org"}, False),
        ({}, False),
    ],
)
def test_a_refused_form_gives_back_what_was_typed(headers, is_given_back):
    client = browser()
    sent = [client.post("/organizations/missing/", SUGGESTION, headers=headers) for _ in range(3)]
    assert [one.status_code == 429 for one in sent] == [False, False, True]
    text = sent[-1].content.decode()
    assert ("Typed with care" in text, "We didn’t change anything." in text) == (is_given_back, True)


def test_the_page_of_a_personal_link_names_no_way_to_sign_in():
    client = browser()
    page = [client.get("/by-link/meeting/wrong/") for _ in range(3)][-1]
    assert (page.status_code, page["Referrer-Policy"]) == (429, "no-referrer")
    assert "/sign-in/" not in page.content.decode()


def test_it_is_in_the_language_of_the_reader():
    page = used_up().get("/about/", headers={"accept-language": "es"})
    assert (page.status_code, page["Content-Language"]) == (429, "es")
    assert "Iniciar sesión" in page.content.decode()


def test_without_the_cache_each_process_counts(settings):
    settings.CACHES = settings.CACHES | {"default": {"BACKEND": f"{NoCache.__module__}.NoCache"}}
    used_up()
