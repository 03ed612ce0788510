"""/healthz and /readyz: their answers in each state, which contain nothing about people."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache.backends.base import BaseCache
from django.db import connection

from partnerships.core import clock
from partnerships.core.models import Heartbeat
from partnerships.mail import outbox
from partnerships.mail.models import Email
from partnerships.notifications import emails

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture(autouse=True)
def fixed_clock():
    with time_machine.travel("2026-02-02T18:00Z", tick=False):
        yield


def heartbeat(**ago):
    Heartbeat.objects.update_or_create(name="sender", defaults={"at": clock.now() - timedelta(**ago)})


def late_email(**ago):
    due = clock.now() - timedelta(**ago)
    return Email.objects.create(
        kind="meeting_reminder",
        occurrence="M-CANARY-0/0/48h",
        recipient="person:1",
        due_at=due,
        next_attempt_at=due,
        message_id="<canary@example.org>",
    )


def test_alive_asks_the_database_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
    assert "no-store" in answer["Cache-Control"]


def test_a_healthy_registry_is_ready(client):
    heartbeat(seconds=5)
    late_email(seconds=30)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert {name for name, check in answer.json()["checks"].items() if check["ok"]} == {
        "cache",
        "database",
        "migrations",
        "letters",
        "sender",
    }


@pytest.mark.parametrize(("ago", "says"), [(None, "has not reported yet"), ({"minutes": 6}, "360 seconds ago")])
def test_a_silent_sender_is_not_ready(client, ago, says):
    if ago:
        heartbeat(**ago)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert says in answer.json()["checks"]["sender"]["says"]


def test_an_email_that_waits_is_not_ready_and_stays_private(client):
    heartbeat(seconds=5)
    email = late_email(minutes=16)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "has waited 960 seconds" in answer.json()["checks"]["letters"]["says"]
    assert "canary" not in answer.content.decode().lower()
    for state in ("sent", "failed", "expired", "withdrawn"):
        Email.objects.filter(pk=email.pk).update(state=state)
        assert client.get("/readyz").status_code == 200


def test_a_mail_server_that_cannot_be_used_is_not_ready_until_it_accepts_an_email(client, people, settings, caplog):
    """A sign-in code is never sent again, so no email waits while no one can sign in."""
    heartbeat(seconds=5)
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    with pytest.raises(outbox.NotSent):
        outbox.send_now("sign_in_code", "editor@example.org", {"code": "K7Q2-MX9P"}, emails.render)
    assert "EMAIL_URL can’t be used: The mail server refused the connection." in caplog.text
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "couldn’t be used 0 seconds ago" in answer.json()["checks"]["letters"]["says"]
    row = late_email(minutes=2)
    Email.objects.filter(pk=row.pk).update(state="sent", sent_at=clock.now() + timedelta(seconds=1))
    assert client.get("/readyz").status_code == 200


class NoCache(BaseCache):
    """A cache server that is down."""

    def __init__(self, location, params):
        super().__init__(params)

    def get(self, key, default=None, version=None):
        raise ConnectionRefusedError("Connection refused.")

    def incr(self, key, delta=1, version=None):
        raise ConnectionRefusedError("Connection refused.")


def test_a_cache_that_is_down_is_not_ready_and_the_api_still_answers_and_limits(client, settings, caplog):
    settings.CACHES = settings.CACHES | {"default": {"BACKEND": f"{__name__}.NoCache"}}
    settings.API_RATE_ANONYMOUS = 2
    heartbeat(seconds=5)
    assert [client.get("/api/v1/issue-areas/").status_code for _ in range(3)] == [200, 200, 429]
    assert caplog.text.count("CACHE_URL can’t be used (Connection refused.)") == 1
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["cache"]["ok"] is False


def test_a_migration_that_waits_is_not_ready(client):
    heartbeat(seconds=5)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'partnerships'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "manage.py migrate" in answer.json()["checks"]["migrations"]["says"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_pages_only_read(client, path):
    assert client.post(path).status_code == 405
    assert client.head(path).status_code in (200, 503)
