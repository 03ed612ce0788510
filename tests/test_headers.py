"""Headers of answers over https, by the rules of Mozilla's HTTP Observatory (bench/figures/qa14.py asks a production set-up)."""

from dataclasses import replace

import pytest
from django.core.cache import cache
from django.test import Client

from bench.observatory import Answer, score
from bench.production import answer

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
    cache.clear()
    reached, given = score(answer(Client(), address))
    assert reached >= 130, given
