"""Dates by the reader's clock: in the evening of an office in Chicago, it's tomorrow in UTC."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from partnerships.directory.actions import save_organization
from partnerships.models import Person
from tests.factories import make_organization

pytestmark = pytest.mark.django_db
EVENING = datetime(2026, 11, 28, 2, 30, tzinfo=UTC)  # 8:30 p.m. on the 27th in Chicago


@pytest.mark.parametrize(
    ("zone", "day"),
    [("America/Chicago", "November 27, 2026"), ("Pacific/Guam", "November 28, 2026"), (None, "November 28, 2026")],
)
def test_a_record_changed_in_the_evening_was_changed_today(client, people, zone, day):
    record = make_organization("Listed", "profiled", kept_by=people.office)
    with time_machine.travel(EVENING, tick=False):
        save_organization(organization=record, by=people.editor, fields={"aims": "Homes that last"})
        if zone:
            Person.objects.filter(pk=people.editor.pk).update(zone=zone)
            client.force_login(people.editor)
        page = client.get(reverse("organization", args=[record.public_id])).content.decode()
    assert f"Last changed on {day}." in page


def test_a_token_that_ends_in_the_evening_ends_on_that_day(client, people):
    client.force_login(people.editor)
    with time_machine.travel(EVENING, tick=False):
        client.post(reverse("account_token_new"), {"name": "Nightly copy", "days": "30"})
        page = client.get(reverse("account_tokens")).content.decode()
    assert 'data-l="Created">November 27, 2026<' in page
    assert 'data-l="Expires">December 27, 2026<' in page
