"""A sender's lease on an email ends when another sender takes it over."""

from datetime import timedelta

import pytest

from partnerships.core import clock
from partnerships.mail import leases
from partnerships.mail.choices import EmailState
from partnerships.mail.models import Email
from tests.factories import make_meeting, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def claims():
    """Return the same email as a slow sender claimed it and as the sender after it did, and the time."""
    make_meeting(people=[make_person()])
    now = clock.now()
    Email.objects.exclude(pk=Email.objects.order_by("due_at", "pk").first().pk).delete()
    (slow,) = leases.claim(now, 20)
    assert leases.claim(now + leases.LEASE, 20) == []
    now += leases.LEASE + timedelta(seconds=1)
    (quick,) = leases.claim(now, 20)
    return slow, quick, now


def test_a_sender_that_lost_its_lease_changes_nothing(claims):
    slow, quick, now = claims
    assert (leases.keep_lease(slow, now), leases.start(slow, now)) == (False, False)
    leases.retry_later(slow, now, "Later.")
    leases.mark_ambiguous(slow, now, "Lost.")
    leases.postpone(slow, now, "Later.")
    assert not leases.close(slow, EmailState.FAILED, "No.")
    kept = Email.objects.get()
    assert (kept.state, kept.token, kept.last_reply) == (EmailState.CLAIMED, quick.token, "")


def test_the_sender_who_holds_it_starts_once(claims):
    _, quick, now = claims
    assert leases.keep_lease(quick, now)
    assert leases.start(quick, now)
    assert not leases.start(quick, now)
