"""Emails about a meeting that moved say from when to when, by what their reader last knew."""

from datetime import UTC, date, datetime, time

import pytest
import time_machine

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.mail.choices import EmailKind, EmailState
from partnerships.meetings import meetings
from partnerships.models import Email
from partnerships.notifications import emails, recipients
from tests.factories import make_meeting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hours():
    with time_machine.travel(datetime(2026, 2, 1, 18, tzinfo=UTC), tick=False) as traveler:
        yield traveler


@pytest.fixture
def meeting(people, partnership):
    return make_meeting(
        partnership, title="Housing table", people=[people.editor], date=date(2026, 4, 13), time=time(10)
    )


def mark_sent(hours, kind=EmailKind.MEETING_PLANNED):
    """Mark the waiting email of this kind as sent, and let an hour pass."""
    found = Email.objects.filter(kind=kind, state=EmailState.PLANNED)
    assert found.update(state=EmailState.SENT, sent_at=clock.now()) == 1
    hours.shift(3600)


def save_later(hours, meeting, **fields):
    meetings.save_meeting(meeting=meeting, by=SYSTEM, fields=fields)
    hours.shift(3600)


def mail():
    """Return (subject, text) of the email about the change that waits."""
    (email,) = Email.objects.filter(kind=EmailKind.MEETING_CHANGED, state=EmailState.PLANNED)
    found = emails.render(email, recipients.find(email.recipient), {})
    return found.subject, " ".join(found.text.split())


def test_it_says_from_when_to_when(hours, meeting):
    mark_sent(hours)
    save_later(hours, meeting, date=date(2026, 3, 14))
    subject, text = mail()
    assert subject == "Moved from April 13 to March 14: Housing table"
    assert (
        "It moved from Monday, April 13, 2026, 10 a.m. Central Time (America/Chicago) to Saturday, March 14, 2026"
        in text
    )


def test_it_starts_from_what_the_reader_knew_and_not_from_a_time_in_between(hours, meeting):
    mark_sent(hours)
    save_later(hours, meeting, date=date(2026, 5, 20))
    save_later(hours, meeting, place="Room 3")
    save_later(hours, meeting, date=date(2026, 3, 14), time=time(14))
    assert mail()[0] == "Moved from April 13 to March 14: Housing table"
    mark_sent(hours, EmailKind.MEETING_CHANGED)
    save_later(hours, meeting, time=time(15))
    subject, text = mail()
    assert subject.startswith("Changed: Housing table, Saturday, March 14, 2026, 3 p.m.")
    assert "It moved from Saturday, March 14, 2026, 2 p.m. Central Time" in text


def test_a_meeting_that_did_not_move_is_not_said_to_have_moved(hours, meeting):
    mark_sent(hours)
    save_later(hours, meeting, date=date(2026, 5, 20))
    save_later(hours, meeting, date=date(2026, 4, 13), place="Room 3")
    subject, text = mail()
    assert (subject.startswith("Changed: Housing table"), "moved" in text) == (True, False)
