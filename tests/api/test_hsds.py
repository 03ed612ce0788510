"""Organizations as a file in HSDS 3.1: every row fits the published schema and holds what everyone may see."""

import json
from pathlib import Path

import jsonschema
import pytest

from partnerships.api.viewsets import ResourceViewSet
from partnerships.models import Contact, Identifier, IssueArea
from tests.api.test_errors import problem
from tests.factories import make_issue_area, make_organization, make_term
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
SCHEMA = json.loads((Path(__file__).parent / "hsds" / "organizations.json").read_text(encoding="utf-8"))
SITE = "https://registry.example.org"


@pytest.fixture(autouse=True)
def base_url(settings):
    settings.BASE_URL = SITE


@snapshot_fixture
def organizations(people):
    """One that opened its whole profile, one that opened nothing, one with its name only, and an unlisted one."""
    opened = make_organization(
        "Neighbors",
        "profiled",
        kept_by=people.office,
        other_names="NBR",
        aims="Homes",
        website="https://example.org/",
        address="1 Main St",
        kind=make_term("organization_kind", "grassroots"),
        open_fields={"address": "public", "led_by": "public", "communities": "public"},
        is_illustration=True,
    )
    opened.issue_areas.add(make_issue_area("rent", parent=make_issue_area()))
    opened.languages.add(make_term("language", "so", "Somali"))
    opened.led_by.add(make_term("community", "black", "Black people"))
    closed = make_organization(
        "Closed",
        "profiled",
        aims="Secret aims",
        address="2 Main St",
        open_fields=dict.fromkeys(("aims", "kind", "issue_areas"), "staff"),
    )
    for n, record in enumerate((opened, closed, make_organization("Named", "named", aims="Secret aims"))):
        Identifier.objects.create(organization=record, scheme="ein", value=f"12-345678{n}")
        Identifier.objects.create(organization=record, scheme="uei", value=f"ABCDEFGH123{n}")
        Contact.objects.create(
            organization=record, name="Desk", email="desk@example.org", phone="555-0100", visible_to="public"
        )
        Contact.objects.create(organization=record, name="Hidden desk", email="hidden@example.org")
    make_organization("Quiet neighbors", "unlisted", kept_by=people.office)
    return opened


def rows(get, **parameters):
    answer = get("organizations/", format="hsds", **parameters)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json"), answer.content
    found = json.loads(answer.getvalue())
    jsonschema.validate(found, SCHEMA, format_checker=jsonschema.FormatChecker())
    return {row["name"]: row for row in found}


def test_every_row_fits_the_schema_and_holds_what_is_open(get, organizations, monkeypatch):
    monkeypatch.setattr(ResourceViewSet, "file_page", 2)
    found = rows(get)
    assert sorted(found) == ["Closed", "Named", "Neighbors", "Tenants' association"]
    row = found["Neighbors"]
    values = {name: row[name] for name in ("alternate_name", "description", "website", "uri")}
    assert values == {
        "alternate_name": "NBR",
        "description": "Homes",
        "website": "https://example.org/",
        "uri": f"{SITE}/organizations/{organizations.public_id}/",
    }
    assert [(one["name"], one["email"], one["phones"][0]["number"]) for one in row["contacts"]] == [
        ("Desk", "desk@example.org", "555-0100")
    ]
    assert [
        (one.get("identifier_scheme"), one["identifier_type"], one["identifier"])
        for one in row["organization_identifiers"]
    ] == [
        ("US-EIN", "EIN", "12-3456780"),
        (None, "UEI", "ABCDEFGH1230"),
    ]
    assert [one["description"] for one in row["locations"]] == ["1 Main St"]
    assert [(one["label"], one.get("taxonomy_term", {}).get("code")) for one in row["attributes"]] == [
        ("Side", "community"),
        ("Issue areas", "rent"),
        ("Kind of organization", "grassroots"),
        ("Languages", "so"),
        ("Led by", "black"),
        ("Illustration", None),
    ]
    text = json.dumps(found)
    assert [word for word in ("Secret", "hidden@", "Hidden", "2 Main", "12-3456782", "Quiet") if word in text] == []
    assert sorted(found["Named"]) == ["attributes", "description", "id", "name", "uri"]


def test_a_term_leads_to_the_one_above_it(get, organizations):
    (area,) = [one for one in rows(get)["Neighbors"]["attributes"] if one.get("link_type") == "issue_areas"]
    organizations.issue_areas.set([IssueArea.objects.get(key="housing")])
    (above,) = [one for one in rows(get)["Neighbors"]["attributes"] if one.get("link_type") == "issue_areas"]
    assert area["taxonomy_term"]["parent_id"] == above["taxonomy_term"]["id"]


def test_it_is_the_same_for_everyone_and_for_every_file(get, client, people, organizations):
    before = get("organizations/", format="hsds").getvalue()
    client.force_login(people.editor)
    assert get("organizations/", format="hsds").getvalue() == before
    assert sorted(rows(get, side="institution")) == []
    assert sorted(rows(get, q="neighbors")) == ["Neighbors"]


def test_it_takes_as_many_queries_whatever_its_rows(get, organizations, django_assert_num_queries):
    def ask(n):
        with django_assert_num_queries(n):
            assert get("organizations/", format="hsds").getvalue()

    ask(9)
    make_organization("One more", "profiled").issue_areas.add(IssueArea.objects.get(key="rent"))
    ask(9)


def test_what_hsds_has_no_place_for_is_refused(get):
    for name, value in (("fields", "id"), ("after_id", "G-7KQ4MX-2"), ("page_size", "5"), ("updated_since", "start")):
        problem(get("organizations/", format="hsds", **{name: value}), 400, "invalid_parameter")
    problem(get("partnerships/", format="hsds"), 400, "invalid_parameter")
