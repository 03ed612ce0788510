"""`manage.py doctor` reports nothing on the sample and finds each kind of damage that manual changes can cause."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from partnerships.core import clock
from partnerships.core.models import FacetCount
from partnerships.directory.models import Department, Jurisdiction
from partnerships.mail.models import Email
from partnerships.meetings.models import Meeting
from partnerships.registry.models import Partnership, PartyRole, Publication
from partnerships.registry.publication import RESOURCE
from partnerships.webhooks.models import Webhook
from tests.cached_rows import once
from tests.snapshots import snapshot_fixture

pytestmark = [pytest.mark.django_db, pytest.mark.unpublished_writes, pytest.mark.both]


def doctor():
    out, code = StringIO(), 0
    try:
        call_command("doctor", stdout=out)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue()


@snapshot_fixture
def sample(db):
    once("sample", lambda: call_command("load_sample", stdout=StringIO()))
    Email.objects.all().delete()


def misplace(sample):
    department = Department.objects.first()
    Department.objects.filter(pk=department.pk).update(path="/0/")
    return department.public_id


def stamp_ahead(sample):
    partnership = Partnership.objects.first()
    Partnership.objects.filter(pk=partnership.pk).update(stamp=2**50)
    return partnership.public_id


def take_contractor(sample):
    role = PartyRole.objects.filter(role="contractor", partnership__is_published=True).first()
    PartyRole.objects.filter(pk=role.pk).delete()
    return f"{role.partnership.public_id}: A contract needs a contractor."


def alter_document(sample):
    publication = Publication.objects.exclude(body=None).first()
    Publication.objects.filter(pk=publication.pk).update(body=publication.body.replace("a", "b", 1))
    return publication.public_id


def miscount(sample):
    count = FacetCount.objects.filter(resource=RESOURCE).first()
    FacetCount.objects.filter(pk=count.pk).update(count=count.count + 1)
    return f"{count.facet}:{count.value}"


def move_clock(sample):
    meeting = Meeting.objects.filter(starts_at__gt=clock.now()).first()
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=meeting.starts_at + timedelta(hours=1))
    return meeting.public_id


def leave_email(sample):
    due = clock.now() - timedelta(hours=7)
    email = Email.objects.create(
        kind="meeting_reminder", occurrence="x", recipient="person:1", due_at=due, next_attempt_at=due, message_id="<x>"
    )
    return f"email {email.pk}"


def leave_message(sample):
    fields = {"name": "Channel", "url": "https://hooks.example.org/x", "format": "slack", "kinds": ["status"]}
    webhook = Webhook.objects.create(jurisdiction=Jurisdiction.objects.first(), made_at=clock.now(), **fields)
    due = clock.now() - timedelta(hours=7)
    return f"webhook delivery {webhook.deliveries.create(occurrence='change/1', made_at=due, next_attempt_at=due).pk}"


@pytest.mark.slow
def test_nothing_is_found_in_the_sample(sample):
    assert doctor() == (0, "No problems found in 10 checks.\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage", [misplace, stamp_ahead, take_contractor, alter_document, miscount, move_clock, leave_email, leave_message]
)
def test_damage_is_found(sample, damage):
    name = damage(sample)
    code, output = doctor()
    assert code == 1
    assert name in output
