"""A rate limit applies exactly, however many requests arrive at the same time."""

from datetime import UTC, datetime

import pytest
import time_machine

from partnerships.accounts.token_actions import make_token
from partnerships.api.throttling import counted


@time_machine.travel(datetime(2026, 11, 24, 12, 0, 10, tzinfo=UTC), tick=False)
def test_a_crowd_does_not_wash_away_who_has_asked_enough(settings):
    settings.API_RATE_ANONYMOUS = 1
    one = {"REMOTE_ADDR": "192.0.2.1"}
    assert [counted(one, None).wait for _ in range(2)] == [0, 50]
    crowd = ({"REMOTE_ADDR": f"198.51.{n // 250}.{n % 250}"} for n in range(3000))
    assert {counted(other, None).wait for other in crowd} == {0}
    assert counted(one, None).wait == 50


@time_machine.travel(datetime(2026, 11, 24, 12, 0, 10, tzinfo=UTC), tick=False)
@pytest.mark.django_db
def test_each_answer_says_what_is_left(settings, client, people):
    settings.API_RATE_ANONYMOUS, settings.API_RATE_PERSON = 2, 5

    def response_of(address="/api/v1/partnerships/", **headers):
        answer = client.get(address, headers=headers)
        return answer.status_code, answer["RateLimit-Policy"], answer["RateLimit"], answer.get("Retry-After")

    policy = '"address";q=2;w=60'
    assert response_of() == (200, policy, '"address";r=1;t=50', None)
    assert response_of("/api/v1/nothing/") == (404, policy, '"address";r=0;t=50', None)
    assert response_of() == (429, policy, '"address";r=0;t=50', "50")
    assert response_of("/api/v1/openapi.yaml") == (429, policy, '"address";r=0;t=50', "50")
    _, secret = make_token(by=people.editor, name="Copy", days=1)
    _, other = make_token(by=people.editor, name="Other", days=1)
    policy = '"person";q=5;w=60'
    assert response_of(authorization=f"Bearer {secret}") == (200, policy, '"person";r=4;t=50', None)
    assert response_of(authorization=f"Bearer {other}") == (200, policy, '"person";r=3;t=50', None)


@time_machine.travel(datetime(2026, 11, 24, 12, 0, 10, tzinfo=UTC), tick=False)
@pytest.mark.django_db
def test_a_token_can_have_a_limit_of_its_own(settings, client, people):
    settings.API_RATE_PERSON = 5
    _, limited = make_token(by=people.editor, name="Copy", days=1, rate=2)
    _, other = make_token(by=people.editor, name="Other", days=1)

    def asked(secret):
        answer = client.get("/api/v1/partnerships/", headers={"authorization": f"Bearer {secret}"})
        errors = answer.json().get("errors") if answer.status_code == 429 else None
        return answer.status_code, answer["RateLimit"], errors and [one["code"] for one in errors]

    policy = '"person";q=5;w=60, "token";q=2;w=60'
    first = client.get("/api/v1/partnerships/", headers={"authorization": f"Bearer {limited}"})
    assert (first["RateLimit-Policy"], first["RateLimit"]) == (policy, '"person";r=4;t=50, "token";r=1;t=50')
    assert asked(limited) == (200, '"person";r=3;t=50, "token";r=0;t=50', None)
    assert asked(limited) == (429, '"person";r=2;t=50, "token";r=0;t=50', ["token"])
    assert asked(other) == (200, '"person";r=1;t=50', None)
    assert asked(other) == (200, '"person";r=0;t=50', None)
    assert asked(limited) == (429, '"person";r=0;t=50', ["person"])
