"""Partners that only the office recorded are marked wherever they are listed."""

import csv
import io

import pytest

from partnerships.core.access import SYSTEM
from partnerships.registry import confirmation_status, publication
from partnerships.registry.consent import confirm_seat
from partnerships.registry.document import build
from tests.factories import make_department, make_jurisdiction, make_organization, make_partnership, party

pytestmark = pytest.mark.django_db
MARK = "Recorded by the office"


@pytest.fixture
def record(people):
    """Its lead agency and a department of it need no confirmation. Another government and an organization were only named."""
    lead = people.office
    bodies = [lead, make_department(lead), make_jurisdiction("Ramsey County", "county"), make_organization()]
    rows = [party(body, "member", circle="decides") for body in bodies]
    return make_partnership("Homes", lead=lead, parties=rows, confirmed=False)


@pytest.mark.both
def test_the_document_says_of_each_partner_whether_it_confirmed(client, record):
    url = f"/api/v1/partnerships/{record.public_id}/"
    assert [one["confirmed"] for one in client.get(url).json()["parties"]] == [True, True, False, False]
    confirm_seat(party=record.parties.last(), by=SYSTEM)
    assert [one["confirmed"] for one in client.get(url).json()["parties"]] == [True, True, False, True]


def test_a_yes_to_a_seat_leaves_what_partners_said_of_the_record_current(record):
    marks = publication.fingerprints([record.pk])
    document = build([record.pk])[record.pk]
    for one in document["parties"]:
        del one["confirmed"]
    assert (
        confirmation_status.fingerprint(document) == marks[record.pk]
    )  # as documents were before they said who confirmed
    confirm_seat(party=record.parties.last(), by=SYSTEM)
    assert publication.fingerprints([record.pk]) == marks


# The tab has the key, a label and a note on the large picture, a label on the small one, and the table.
@pytest.mark.parametrize(("page", "before", "after"), [("", 2, 1), ("partners/", 9, 5)])
def test_pages_mark_them(client, record, page, before, after):
    url = f"/partnerships/{record.public_id}/{page}"
    assert _marks(client, url) == before
    confirm_seat(party=record.parties.last(), by=SYSTEM)
    assert _marks(client, url) == after


def _marks(client, url):
    return " ".join(client.get(url).content.decode().lower().split()).count(MARK.lower())


def test_a_downloaded_list_marks_them(client, record):
    answer = client.get("/partnerships.csv")
    (row,) = csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    assert row["parties"].split("; ")[0] == "City of Minneapolis (government: member)"
    assert row["parties"].count("; recorded by the office)") == 2
