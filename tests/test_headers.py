"""Headers of HTTPS answers, by the rules of Mozilla's HTTP Observatory (bench/figures/qa14.py asks a production setup)."""

import html
import re
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from partnerships.models import IssueArea
from tests.factories import make_issue_area, make_jurisdiction, make_partnership
from tests.observatory import Answer, answer, loose_cookies, score
from tests.shares import share_of
from tests.snapshots import snapshot_fixture, snapshot_of
from tests.test_access import address, cells
from tests.world import World

GOOD = Answer(
    {
        "content-security-policy": "default-src 'none'; script-src 'self'; form-action 'self'; frame-ancestors 'none'",
        "strict-transport-security": "max-age=31536000; includeSubDomains",
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
    },
    {"sessionid": {"secure": True, "httponly": True, "samesite": "Lax"}},
    "<script src='/static/a.js'></script>",
    (301, "https://registry.example.org/"),
)


def without(name):
    return replace(GOOD, headers={key: value for key, value in GOOD.headers.items() if key != name})


def with_(name, value):
    return replace(GOOD, headers=GOOD.headers | {name: value})


def policy(text):
    return with_("content-security-policy", f"frame-ancestors 'none'; {text}")


@pytest.mark.parametrize(
    ("given", "points"),
    [
        (GOOD, 135),
        (Answer({}), 10),
        (without("content-security-policy"), 55),
        (without("strict-transport-security"), 80),
        (with_("strict-transport-security", "max-age=3600"), 125),
        (without("referrer-policy"), 130),
        (with_("referrer-policy", "unsafe-url"), 125),
        (without("x-content-type-options"), 130),
        (without("cross-origin-resource-policy"), 125),
        (with_("access-control-allow-origin", "*"), 135),
        (with_("access-control-allow-credentials", "true"), 50),
        (policy("default-src 'self'"), 130),
        (policy("default-src 'none'; form-action 'self'; style-src 'unsafe-inline'"), 125),
        (policy("default-src 'none'; script-src 'unsafe-inline'"), 80),
        (policy("default-src 'none'; script-src 'unsafe-eval'"), 115),
        (policy("default-src 'none'; img-src http:"), 115),
        (replace(GOOD, cookies={}), 130),
        (replace(GOOD, cookies={"sessionid": {"httponly": True, "samesite": "Lax"}}), 60),
        (replace(GOOD, cookies={"csrftoken": {"secure": True}}), 80),
        (replace(GOOD, plain=(200, "")), 80),
        (replace(GOOD, body="<script src='https://cdn.example.org/a.js'></script>"), 130),
        (replace(GOOD, body="<script src='//cdn.example.org/a.js'></script>"), 50),
    ],
)
def test_the_scorer_follows_the_published_rules(given, points):
    assert score(given)[0] == points


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["/", "/sign-in/", "/partnerships.csv", "/api/v1/partnerships/", "/api/v1/no/such/", "/no/such/", "/?%00"],
)
def test_every_sort_of_answer_scores_as_much_as_it_should(settings, address):
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.API_RATE_ANONYMOUS = 100_000
    settings.CSRF_COOKIE_NAME = "__Host-csrftoken"
    found = answer(Client(), address)
    reached, given = score(found)
    assert reached >= 130, given
    assert loose_cookies(found.cookies) == []


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("sessionid", {}),
        ("__Host-sessionid", {"secure": ""}),
        ("__Host-sessionid", {"path": "/account/"}),
        ("__Host-sessionid", {"domain": "example.org"}),
    ],
)
def test_a_cookie_that_others_can_set_is_found(name, attributes):
    bound = {"secure": True, "path": "/", "domain": ""}
    assert loose_cookies({"__Host-sessionid": bound}) == []
    assert loose_cookies({name: bound | attributes}) == [name]


EMBEDS = {"jurisdiction_embed", "issue_area_embed"}


def may_be_framed(response) -> bool:
    """Whether another site can show this answer in a frame."""
    policy = response.get("Content-Security-Policy", "")
    return "frame-ancestors *" in policy and "X-Frame-Options" not in response


def is_closed_to_frames(response) -> bool:
    return "frame-ancestors 'none'" in response["Content-Security-Policy"] and response["X-Frame-Options"] == "DENY"


@pytest.mark.slow
def test_dashboards_are_the_only_answers_that_other_sites_may_frame(people, settings):
    """A quarter of the routes of the table of rights, requested anonymously, with each record. Refusals count, too."""
    settings.API_RATE_ANONYMOUS = 1_000_000
    world, client, framed = snapshot_of(World, people), Client(), set()
    routes = share_of(sorted({route for _, route, _ in cells()}), 4)
    for _, route, record in cells():
        if route not in routes:
            continue
        response = client.get(address(world, route, record))
        if may_be_framed(response):
            framed.add(route)
        else:
            assert (route, record, is_closed_to_frames(response)) == (route, record, True)
    assert framed == EMBEDS & {*routes}


@snapshot_fixture
def embeds(people):
    make_partnership("Homes", lead=people.office, issue_areas=[make_issue_area()])
    return [
        reverse("jurisdiction_embed", args=[people.office.public_id]),
        reverse("jurisdiction_embed", args=[people.office.public_id]) + "?issue=housing",
        reverse("issue_area_embed", args=["housing"]),
    ]


@pytest.mark.django_db
def test_a_framed_answer_is_the_same_for_everyone(people, embeds, settings):
    """It has no cookie, no script and no form. Signed-in browsers get the same answer, and shared caches may keep it."""
    settings.SECOND_FACTOR_REQUIRED = True  # redirects staff without one from every page of theirs
    plain, signed_in = Client(), Client()
    signed_in.force_login(people.editor)
    for url in embeds:
        seen = [client.get(url) for client in (plain, signed_in)]
        assert [one.status_code for one in seen] == [200, 200]
        assert seen[0].content == seen[1].content
        for one in seen:
            body = one.content.decode()
            assert not one.cookies
            assert "Cookie" not in one.get("Vary", "")
            assert not any(word in body for word in ("<script", "<form", "<input", "<button", "csrf", "style="))
            assert one["Cache-Control"] == "no-cache"
            assert one["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert one["Cross-Origin-Embedder-Policy"] == "require-corp"
            assert {"script-src 'none'", "form-action 'none'", "connect-src 'none'", "base-uri 'none'"} <= {
                part.strip() for part in one["Content-Security-Policy"].split(";")
            }


@pytest.mark.django_db
def test_a_framed_answer_comes_again_only_when_it_is_another(people, embeds):
    client = Client()
    for url in embeds:
        etag = client.get(url)["ETag"]
        again = client.get(url, headers={"If-None-Match": etag})
        assert (again.status_code, again.content, may_be_framed(again)) == (304, b"", True)
    make_partnership("Trees", lead=people.office, issue_areas=[IssueArea.objects.get()])
    for url in embeds:
        assert client.get(url, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/embed/jurisdictions/{place}/?isue=housing", 400),
        ("/embed/jurisdictions/{place}/?issue=nothing", 400),
        ("/embed/issue-areas/housing/?jurisdiction={place}", 400),
        ("/embed/issue-areas/nothing/", 404),
        ("/embed/jurisdictions/J-7KQ4MX-Z/", 404),
        ("/embed/jurisdictions/x/?issue=housing", 404),
    ],
)
def test_what_is_refused_says_so_in_the_frame(people, embeds, path, status):
    response = Client().get(path.format(place=people.office.public_id))
    assert (response.status_code, may_be_framed(response), bool(response.cookies)) == (status, True, False)
    assert response["Cache-Control"] == "no-store"
    assert "copy the code again" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?issue=housing"])
def test_the_words_to_copy_lead_to_what_may_be_framed(embeds, settings, query):
    settings.BASE_URL = "https://registry.example.org"
    place = make_jurisdiction('City of "Two" <Rivers>')
    page = Client().get(reverse("jurisdiction_dashboard", args=[place.public_id]) + query).content.decode()
    copied = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)[1])
    (frame,) = re.findall(r'^<iframe src="([^"]*)" title="([^"]*)" width="100%" height="900" ', copied)
    assert html.unescape(frame[0]) == f"https://registry.example.org/embed/jurisdictions/{place.public_id}/{query}"
    assert html.unescape(frame[1]).endswith('City of "Two" <Rivers>: partnerships and results')
