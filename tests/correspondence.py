"""Fixtures of meetings and emails: a partnership with a meeting, mail servers, and a frozen clock."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from partnerships.models import Email
from partnerships.notifications import following
from tests.factories import make_meeting, make_partnership, party
from tests.mail import sink as smtp
from tests.notifications.reading import sweep
from tests.snapshots import snapshot_fixture


@pytest.fixture
def sink(settings, tmp_path):
    """A mail server that the outbox sends to."""
    settings.MAIL_DIR = tmp_path / "mail"
    with smtp.running() as running:
        settings.EMAIL_URL = f"smtp://127.0.0.1:{running.port}"
        yield running


@pytest.fixture
def files(settings, tmp_path):
    """No mail server: emails go to files in this folder."""
    settings.EMAIL_URL, settings.MAIL_DIR = "", tmp_path / "mail"
    return settings.MAIL_DIR


@snapshot_fixture
def partnership(people):
    made = make_partnership(lead=people.office, parties=[party(people.office, "lead"), party(people.organization)])
    Email.objects.all().delete()  # tests/registry has the confirmation requests that publishing sends
    return made


@snapshot_fixture
def contact(people):
    return people.organization.contacts.create(name="Outreach desk", email="desk@example.org")


@snapshot_fixture
def meeting(people, partnership, contact):
    """A meeting in thirty days, with a person of the office and a contact of the organization."""
    return make_meeting(partnership, people=[people.editor, contact])


@pytest.fixture
def now():
    """The frozen clock: noon in Chicago on a Monday, until a test moves it."""
    with time_machine.travel(datetime(2026, 2, 2, 18, tzinfo=UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def reader(people, now, partnership, sink):
    """Someone who follows the partnership from now on."""
    sweep()
    now.shift(timedelta(hours=1))
    following.follow(by=people.stranger, record=partnership)
    return people.stranger
