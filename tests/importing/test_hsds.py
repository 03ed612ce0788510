"""Organizations as an HSDS file: what other directories publish becomes records, and what has no field here is shown."""

import json

import pytest

from partnerships.core.errors import ValidationError
from partnerships.core.tables import MOST_BYTES
from partnerships.models import Contact, Identifier, Organization
from partnerships.records.imports import files as importing
from partnerships.records.imports import hsds
from tests.factories import make_issue_area, make_organization, make_term
from tests.importing.files import bring, problems, result_of, states, write

pytestmark = pytest.mark.django_db

PANTRY = {
    "id": "b0ef2b3e-0000-4000-8000-000000000001",
    "name": "Eastside Food Pantry",
    "alternate_name": "The Pantry",
    "description": "Food for neighbors",
    "website": "https://pantry.example.org/",
    "email": "hello@pantry.example.org",
    "year_incorporated": 1998,
    "phones": [{"number": "612-555-0100"}, {"number": "612-555-0101"}],
    "contacts": [{"name": "Volunteer desk", "email": "desk@pantry.example.org", "phones": [{"number": "612-555-0102"}]}],
    "locations": [
        {"addresses": [{"address_1": "1 Main St", "address_2": "Suite 2", "city": "Minneapolis", "state_province": "MN",
                        "postal_code": "55401"}], "languages": [{"name": "Somali"}]},
        {"name": "Warehouse"},
    ],
    "organization_identifiers": [
        {"identifier_scheme": "US-EIN", "identifier_type": "EIN", "identifier": "12-3456789"},
        {"identifier_type": "County vendor number", "identifier": "V-17"},
    ],
    "services": [{"name": "Food shelf"}, {"name": "Home delivery"}],
}  # fmt: skip


def as_file(*organizations):
    return json.dumps(organizations).encode()


def upload(people, content, kind="organizations"):
    return importing.add_file(
        by=people.editor, jurisdiction=people.office, kind=kind, filename="organizations.json", content=content
    )


def test_a_file_of_another_directory_becomes_a_record_with_contacts(people):
    make_term("language", "so", "Somali")
    file_import = bring(people.editor, people.office, as_file(PANTRY | {"attributes": [side("Community")]}))
    assert (problems(file_import), states(file_import)) == ([], ["new"])
    write(people.editor, file_import)
    record = Organization.objects.get(name="Eastside Food Pantry")
    assert (record.other_names, record.aims, record.website, record.side, record.address) == (
        "The Pantry",
        "Food for neighbors",
        "https://pantry.example.org/",
        "community",
        "1 Main St\nSuite 2\nMinneapolis, MN 55401",
    )
    assert [term.key for term in record.languages.all()] == ["so"]
    assert list(Identifier.objects.values_list("scheme", "value")) == [("ein", "12-3456789")]
    contacts = Contact.objects.filter(organization=record).order_by("pk")
    assert list(contacts.values_list("name", "email", "phone", "note")) == [
        ("Main contact", "hello@pantry.example.org", "612-555-0100", "Also 612-555-0101"),
        ("Volunteer desk", "desk@pantry.example.org", "612-555-0102", ""),
    ]


def test_only_an_empty_text_and_null_are_empty(people):
    empty = {"alternate_name": None, "description": "", "contacts": []}
    texts = {
        "alternate_name": "None",
        "description": "?",
        "contacts": [{"name": "-", "email": "desk@pantry.example.org"}],
    }
    made = write(
        people.editor, bring(people.editor, people.office, as_file({"name": "Total"} | empty, {"name": "B"} | texts))
    )
    assert made.state == "done"
    assert [(one.name, one.other_names, one.aims) for one in Organization.objects.filter(kept_by=people.office)] == [
        ("B", "None", "?"),
        ("Total", "", ""),
    ]
    assert [contact.name for contact in Contact.objects.filter(organization__name="B")] == ["-"]


def side(name):
    return {"link_type": "side", "taxonomy_term": {"name": name}}


def test_what_has_no_field_here_is_a_column_that_is_not_imported(people):
    file_import = upload(people, as_file(PANTRY))
    headings, sample = result_of(file_import)["headings"], result_of(file_import)["samples"][0]
    left = {heading: sample[place] for place, heading in enumerate(headings) if str(place) not in file_import.columns}
    assert left == {
        "Services": "Food shelf; Home delivery",
        "Other identifiers": "V-17",
        "Other locations": "Warehouse",
        "HSDS id": PANTRY["id"],
        "HSDS year_incorporated": "1998",
    }


def test_one_organization_and_a_page_of_an_api_are_read_too(people):
    named = {"name": "Eastside Food Pantry"}
    one, page = (json.dumps(content).encode() for content in (named, {"total_items": 1, "contents": [named]}))
    first, second = (upload(people, content).result for content in (one, page))
    assert first == second == upload(people, b"\xef\xbb\xbf" + as_file(named)).result
    assert (first["headings"], first["samples"]) == (["Name"], [["Eastside Food Pantry"]])


def test_our_own_file_can_be_imported(people, client):
    values = {
        "other_names": "NBR",
        "aims": "Homes",
        "website": "https://neighbors.example.org/",
        "address": "1 Main St",
        "kind": make_term("organization_kind", "grassroots"),
    }
    everyone = dict.fromkeys(("address", "led_by", "communities"), "public")
    record = make_organization("Neighbors", "profiled", kept_by=people.office, open_fields=everyone, **values)
    record.issue_areas.add(make_issue_area("rent", parent=make_issue_area()))
    record.languages.add(make_term("language", "so", "Somali"))
    content = client.get("/api/v1/organizations/?format=hsds").getvalue()
    wanted = [row for row in json.loads(content) if row["name"] == "Neighbors"]
    record.delete()

    file_import = bring(people.editor, people.office, as_file(*wanted))
    assert (problems(file_import), states(file_import)) == ([], ["new"])
    write(people.editor, file_import)
    made = Organization.objects.get(name="Neighbors")
    assert {name: getattr(made, name) for name in values} == values
    assert (made.side, [area.key for area in made.issue_areas.all()], [one.key for one in made.languages.all()]) == (
        "community",
        ["rent"],
        ["so"],
    )


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b'[{"name": "A"},\n oops]', "We can’t read this JSON file. It’s broken at line 2, column 2."),
        (b"[" * 100_000, "We can’t read this JSON file. It’s broken at line 1, column 1026."),
        (b"[]", "This JSON file has no organizations. HSDS writes them as a list."),
        (b'{"contents": {"name": "A"}}', "This JSON file has no organizations. HSDS writes them as a list."),
        (b'["A"]', "Organization 1 in this file has no name. HSDS gives each one a name."),
        (as_file({"name": "A"}, {"email": "a@b.org"}), "Organization 2 in this file has no name. HSDS gives each one a name."),
        (as_file({"name": "A", "website": ["x"]}), "Organization 1 in this file: “website” must be text."),
        (as_file({"name": "A", "contacts": "desk"}), "Organization 1 in this file: “contacts” must be a list of objects."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(people, content, error):
    with pytest.raises(ValidationError) as refused:
        upload(people, content)
    assert refused.value.messages == [error]


@pytest.mark.parametrize(
    "organization",
    [
        {"description": "x" * 100_000, "contacts": [{"name": "Desk"}] * 9_000},
        {"contacts": [{"name": "Desk"}] * 20_000},
        {f"key-{n}": 1 for n in range(200)},
    ],
    ids=["large", "rows", "columns"],
)
def test_a_small_file_never_becomes_a_large_table(organization):
    content = as_file({"name": "A"} | organization)
    assert len(content) < MOST_BYTES
    with pytest.raises(ValidationError) as refused:
        hsds.as_csv(content)
    assert refused.value.messages[0].endswith(("Import its organizations in parts.", "Import it in parts."))


def test_other_records_do_not_come_as_json(people):
    with pytest.raises(ValidationError) as refused:
        upload(people, as_file(PANTRY), kind="contacts")
    assert refused.value.messages == ["This is a JSON file. We read JSON only for organizations. Upload XLSX or CSV."]
