"""JSON-LD on public pages: what programs read of each kind of record, and that no text can break out of it."""

import json
import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from partnerships.core.access import SYSTEM
from partnerships.models import Contact, Identifier
from partnerships.registry.actions import save_partnership
from tests.factories import make_issue_area, make_jurisdiction, make_meeting, make_organization, make_partnership, party
from tests.payloads import PAYLOADS
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
SITE = "https://registry.example.org"
_SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)


@pytest.fixture(autouse=True)
def base_url(settings):
    settings.BASE_URL = SITE


def linked_data(client, record) -> dict:
    (text,) = _SCRIPT.findall(client.get(record.get_absolute_url()).content.decode())
    return json.loads(text)


def reference(record, type_):
    url = SITE + record.get_absolute_url()
    return {"@type": type_, "@id": url, "url": url, "name": str(record)}


def expected_data(record, type_, **more):
    return {"@context": "https://schema.org"} | reference(record, type_) | more


@snapshot_fixture
def table(people):
    hidden = make_organization("Quiet neighbors", "unlisted")
    parties = [party(people.office, "lead"), party(people.organization, "member"), party(hidden, "member")]
    return make_partnership(
        lead=people.office,
        parties=parties,
        summary="Homes.",
        starts_on=date(2025, 1, 31),
        issue_areas=[make_issue_area()],
    )


def test_a_partnership_is_a_project_with_the_partners_that_everyone_sees(client, people, table):
    people.organization.listing = "named"
    people.organization.save()
    assert linked_data(client, table) == expected_data(
        table,
        "Project",
        description="Homes.",
        foundingDate="2025-01-31",
        knowsAbout=["Housing"],
        member=[
            reference(people.office, "GovernmentOrganization"),
            reference(people.organization, "Organization"),
        ],
    )


def test_an_organization_says_what_it_opened_to_everyone(client, people):
    record = make_organization(
        "Neighbors",
        "profiled",
        kept_by=people.office,
        other_names="NBR",
        aims="Homes",
        website="https://example.org/",
        address="1 Main St",
        open_fields={"website": "staff"},
    )
    record.area.add(people.office)
    record.issue_areas.add(make_issue_area())
    Identifier.objects.create(organization=record, scheme="ein", value="12-3456789")
    Identifier.objects.create(organization=record, scheme="uei", value="ABCDEFGH1234")
    Contact.objects.create(organization=record, name="Desk", email="desk@example.org", visible_to="public")
    assert linked_data(client, record) == expected_data(
        record,
        "Organization",
        alternateName="NBR",
        description="Homes",
        areaServed=[reference(people.office, "AdministrativeArea")],
        knowsAbout=["Housing"],
        taxID=["12-3456789"],
        identifier=[{"@type": "PropertyValue", "propertyID": "UEI", "value": "ABCDEFGH1234"}],
    )
    record.listing = "named"
    record.save()
    assert linked_data(client, record) == expected_data(record, "Organization")


def test_a_jurisdiction_is_a_government_organization(client):
    county = make_jurisdiction("Hennepin County", "county")
    city = make_jurisdiction(
        "Minneapolis", about="A city", website="https://example.org/", parent=county, latitude=44.98, longitude=-93.27
    )
    Identifier.objects.create(jurisdiction=city, scheme="geoid", value="2743000")
    assert linked_data(client, city) == expected_data(
        city,
        "GovernmentOrganization",
        description="A city",
        sameAs="https://example.org/",
        location={"@type": "Place", "geo": {"@type": "GeoCoordinates", "latitude": 44.98, "longitude": -93.27}},
        parentOrganization=reference(county, "GovernmentOrganization"),
        identifier=[{"@type": "PropertyValue", "propertyID": "GEOID", "value": "2743000"}],
    )


@pytest.mark.parametrize(
    ("query", "kept"), [("", ""), ("?utm_source=x&lang=es", "?lang=es"), ("?lang=en", ""), ("?lang=xx", "")]
)
def test_a_public_record_has_one_link_in_each_language(client, people, table, query, kept):
    for record in (table, people.organization, people.office):
        page = client.get(record.get_absolute_url() + query).content.decode()
        assert f'<link rel="canonical" href="{SITE}{record.get_absolute_url()}{kept}">' in page


@pytest.mark.parametrize(
    ("link_is_public", "url"),
    [(True, "https://example.org/join"), (False, None)],
    ids=["open link", "link for partners"],
)
def test_a_public_meeting_is_an_event(client, table, link_is_public, url):
    record = make_meeting(
        table,
        title="Open table",
        is_public=True,
        at=time(18),
        place="City hall",
        link="https://example.org/join",
        link_is_public=link_is_public,
        access_notes="Ramp",
    )
    starts_at, ends_at = (datetime.combine(record.date, time(hour), ZoneInfo("America/Chicago")) for hour in (18, 19))
    assert linked_data(client, record) == expected_data(
        record,
        "Event",
        startDate=starts_at.isoformat(),
        endDate=ends_at.isoformat(),
        eventStatus="https://schema.org/EventScheduled",
        eventAttendanceMode="https://schema.org/MixedEventAttendanceMode",
        location=[
            {"@type": "Place", "name": "City hall", "address": "City hall"},
            {"@type": "VirtualLocation", "url": url or SITE + record.get_absolute_url()},
        ],
        description="Ramp",
        organizer=reference(table, "Project"),
    )


@pytest.mark.unpublished_writes
def test_people_who_are_signed_in_and_made_up_records_have_none(client, people, table):
    table.is_illustration = True
    table.save()
    assert _SCRIPT.findall(client.get(table.get_absolute_url()).content.decode()) == []
    client.force_login(people.editor)
    page = client.get(people.office.get_absolute_url()).content.decode()
    assert _SCRIPT.findall(page) == []


def test_no_text_ends_the_script_element(client):
    """The payloads come back whole, and the element holds none of the characters that HTML reads."""
    text = "\n".join(PAYLOADS[:30])
    record = make_jurisdiction("Town & <i>", about=text)
    (inside,) = _SCRIPT.findall(client.get(record.get_absolute_url()).content.decode())
    assert not set("<>&") & set(inside)
    assert (json.loads(inside)["name"], json.loads(inside)["description"]) == ("Town & <i>", text)


def test_a_shared_page_has_a_preview(client, table):
    save_partnership(partnership=table, by=SYSTEM, fields={"summary": "Homes & <b>more</b>. " * 30}, parties=None)
    text = client.get(table.get_absolute_url()).content.decode()
    found = dict(re.findall(r'<meta property="og:([a-z_]+)" content="([^"]*)">', text))
    assert found.pop("description").startswith("Homes &amp; &lt;b&gt;more&lt;/b&gt;.")
    assert found.pop("image").startswith(f"{SITE}/static/registry/preview")
    assert found == {
        "title": table.title,
        "url": SITE + table.get_absolute_url(),
        "type": "website",
        "site_name": "Partnership Registry",
    }


def test_the_home_page_has_a_preview(client, db):
    text = client.get("/").content.decode()
    found = dict(re.findall(r'<meta property="og:([a-z_]+)" content="([^"]*)">', text))
    assert (found["title"], found["url"]) == ("Who works together, and is power shared?", f"{SITE}/")
    assert "racial equity" in found["description"]


def test_a_page_that_is_not_public_has_no_preview(client, people, table):
    client.force_login(people.editor)
    assert "og:" not in client.get(table.get_absolute_url()).content.decode()
