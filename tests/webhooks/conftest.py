import pytest
import time_machine

from partnerships.core import clock
from partnerships.models import Membership
from partnerships.notifications.choices import NewsKind
from partnerships.webhooks import actions, delivery
from tests.factories import make_partnership, party
from tests.webhooks.receiver import running


@pytest.fixture
def receiver(settings):
    settings.WEBHOOKS_ALLOW_LOCAL = True
    with running() as found:
        yield found


@pytest.fixture
def travel():
    """Move the clock by keyword arguments of timedelta."""
    with time_machine.travel("2026-06-03 12:00Z", tick=False) as moved:
        yield moved


@pytest.fixture
def office(travel, people):
    """An office with a manager."""
    Membership.objects.create(person=people.manager, jurisdiction=people.office, role="manager")
    return people.office


@pytest.fixture
def partnership(people, office):
    return make_partnership(lead=office, parties=[party(office, "lead"), party(people.organization, "member")])


@pytest.fixture
def add(travel, people, office, receiver):
    """Add a webhook to the receiver, for the manager's office unless `body` is given. Returns it and its secret."""

    def add(body=None, by=None, **fields):
        travel.shift(1)  # so that what happened before it happened earlier
        given = {"name": f"Hook {clock.now():%H%M%S}", "url": receiver.url, "format": "registry", "reach": "own"}
        given |= {"kinds": NewsKind.values, "rights": "public"} | fields
        return actions.add_webhook(by=by or people.manager, body=body or people.office, fields=given)

    return add


def send_all():
    """Plan and send everything that is due now."""
    delivery.plan_due()
    count = 0
    while delivery.send_due():
        count += 1
        assert count < 100
