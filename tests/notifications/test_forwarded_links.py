"""A personal link of each kind: opened twice, forwarded, used for another page, expired, or without its email address."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from partnerships.core import clock
from partnerships.mail.choices import EmailKind
from partnerships.models import Contact, Person
from tests.scanners import BY_LINK, emails_of_every_kind

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ENDED = "We can’t find this page."


@pytest.fixture
def links(people, settings, tmp_path):
    """Return path → recipient of every personal link in every kind of email."""
    settings.MAIL_DIR, settings.EMAIL_URL, settings.BASE_URL = tmp_path, "", settings.BASE_URL
    scanned = emails_of_every_kind(people, 80)
    assert {one.kind for one in scanned} == set(EmailKind.values)
    found = {path: one.reader for one in scanned for path in one.links if path.startswith(BY_LINK)}
    kinds = {"meeting", "check-in", "letters", "round", "seat", "people", "agreement"}
    assert {path.split("/")[2] for path in found} >= kinds
    return found


def statuses(client, paths):
    return {client.get(path).status_code for path in paths}


def test_a_link_opens_any_number_of_times_and_for_anyone_who_has_it(links, people):
    stranger = Client()
    stranger.force_login(people.stranger)
    for path in links:
        browser = Client()
        first, second = browser.get(path), browser.get(path)
        assert (first.status_code, second.status_code) == (200, 200), path
        # It signs no one in: there's no new session, and a signed-in person stays who they are.
        assert not browser.cookies.get("sessionid"), path
        assert stranger.get(path).status_code == 200, path
        assert stranger.get("/account/").context["user"] == people.stranger


def test_a_link_opens_only_what_it_was_made_for(links):
    kinds = sorted({path.split("/")[2] for path in links})
    for path in links:
        _, _, own, token, _ = path.split("/")
        for kind in kinds:
            if kind != own:
                answer = Client().get(f"{BY_LINK}{kind}/{token}/")
                assert (answer.status_code, ENDED in answer.content.decode()) == (404, True), (kind, path)


def test_every_link_ends_with_its_time(links):
    with time_machine.travel(clock.now() + timedelta(days=6 * 366), tick=False):
        assert statuses(Client(), links) == {404}


def test_every_link_ends_when_its_readers_address_is_another(links):
    for model in (Person, Contact):
        for row in model.objects.exclude(email=""):
            model.objects.filter(pk=row.pk).update(email=f"new-{row.pk}@example.org")
    assert statuses(Client(), links) == {404}


def test_every_link_to_a_person_ends_when_they_are_suspended(links):
    Person.objects.update(is_active=False)
    assert statuses(Client(), [path for path, reader in links.items() if reader]) <= {404}
