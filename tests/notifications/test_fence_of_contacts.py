"""A contact's email is checked in the statement that marks its data as started. A change before then stops it.

The tests change rows without actions, so that only this check can stop the email.
"""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db.models import F

from partnerships.core import clock
from partnerships.mail import outbox, suppressions
from partnerships.models import Contact, Email, EmailPreference, Meeting, Participant, Partnership, Party, Suppression
from partnerships.notifications import emails
from tests.factories import make_meeting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(datetime(2026, 2, 1, 18, tzinfo=UTC), tick=False):
        yield


def invite(partnership, contact):
    make_meeting(partnership, people=[contact])
    Participant.objects.update(party=partnership.parties.exclude(organization=None).get())
    Email.objects.exclude(kind="meeting_planned").delete()


def meeting_changed():
    Meeting.objects.update(sequence=F("sequence") + 1, version=F("version") + 1)


def partnership_ended():
    Partnership.objects.update(status="ended")


def party_left():
    Party.objects.exclude(organization=None).update(ends_on=clock.today())


def seat_gone():
    Participant.objects.all().delete()


def address_changed():
    Contact.objects.update(email="new@example.org")


def emails_stopped():
    contact = Contact.objects.get()
    EmailPreference.objects.create(contact=contact, kind="meeting_planned", pace="never", at=clock.now())


def address_suppressed():
    Suppression.objects.create(digest=suppressions.digest_of("desk@example.org"), reason="gone", at=clock.now())


EVENTS = [
    (meeting_changed, "withdrawn"),
    (partnership_ended, "withdrawn"),
    (party_left, "withdrawn"),
    (seat_gone, "withdrawn"),
    (address_changed, "planned"),
    (emails_stopped, "withdrawn"),
    (address_suppressed, "failed"),
]


@pytest.mark.parametrize(("event", "ends"), EVENTS, ids=lambda value: getattr(value, "__name__", value))
def test_what_changed_while_it_was_handed_over_keeps_it_from_going(sink, contact, partnership, event, ends):
    invite(partnership, contact)
    outbox.send_due(render=emails.render, at=lambda step: event() if step == "body" else None)
    # Restored for the check of stored documents, which weren't rebuilt.
    Partnership.objects.update(status=partnership.status)
    Party.objects.update(ends_on=None)
    assert sink.emails == []
    assert Email.objects.get().state == ends
    assert Email.objects.get().last_reply.endswith(".")


def test_where_nothing_changed_it_goes(sink, contact, partnership):
    invite(partnership, contact)
    outbox.send_due(render=emails.render)
    assert [to for to, _ in sink.emails] == ["desk@example.org"]
