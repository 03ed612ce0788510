"""What names and types of new organizations tell: their side, and that some are governments. People decide on the page."""

import pytest
from django.urls import reverse

from partnerships.models import Department, Jurisdiction, Organization
from tests.factories import make_department, make_organization, make_term
from tests.importing.files import as_csv, bring, page, press_step, problems, result_of, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor_client(client, people):
    make_term("organization_kind", "funder", "Funder")
    make_term("organization_kind", "coalition", "Coalition")
    client.force_login(people.editor)
    return client


def bring_rows(people, *rows):
    return bring(people.editor, people.office, as_csv(*rows))


def sides_by_name(office):
    return dict(Organization.objects.filter(kept_by=office).values_list("name", "side"))


LIST = [
    ["Organization", "Category"],
    ["Lake readers", ""],
    ["Lake technical college", ""],
    ["Hill college", ""],
    ["Mill fund", "Funder"],
    ["River table", "Coalition"],
]


def test_a_side_is_suggested_by_name_or_type_and_shown_with_the_reason(editor_client, people):
    file_import = bring_rows(people, *LIST)
    shown = page(editor_client, file_import)
    for words in (
        "The file doesn’t say this for 5 organizations. By their names or types, we add 3 as institutions",
        "“college” in the name (2)",
        "Type: Funder (1)",
        "Nothing suggests an institution (2)",
    ):
        assert words in shown
    assert shown.count(" checked>") == 3
    assert "Side: Institution" in page(editor_client, file_import, "?show=new")
    write(people.editor, file_import)
    assert sides_by_name(people.office) == {
        "Lake readers": "community",
        "Lake technical college": "institution",
        "Hill college": "institution",
        "Mill fund": "institution",
        "River table": "community",
    }


def test_a_person_changes_the_sides_of_rows_and_of_a_whole_group_in_one_press(editor_client, people):
    file_import = bring_rows(people, *LIST)
    press_step(
        editor_client, file_import, do="sides", institution=["2", "4"]
    )  # a row more than we suggest, and without the funder and a college
    assert "Check which side" not in page(editor_client, file_import)
    assert page(editor_client, file_import, "?show=sides").count(" checked>") == 2
    press_step(editor_client, file_import, do="sides", institution=["2", "4"], all="community:name-college")
    press_step(editor_client, file_import, do="write")
    assert [name for name, side in sides_by_name(people.office).items() if side == "institution"] == ["Lake readers"]


def test_a_side_in_the_file_is_taken_and_known_organizations_keep_theirs(editor_client, people):
    make_organization("Hill college", "named", kept_by=people.office)
    file_import = bring_rows(people, ["Organization", "Side"], ["Lake college", "Community"], ["Hill college", ""])
    assert [row["side"] for row in result_of(file_import)["items"]] == [None, None]
    assert "?show=sides" not in page(editor_client, file_import)


@pytest.mark.parametrize(
    "name",
    [
        "City of Richfield", "Dane County", "Hennepin County Public Health", "Department of Health", "Osseo School District",
        "Minneapolis Public Schools", "ISD 279", "Police Department", "Housing Authority", "Office of Racial Equity",
    ],
)  # fmt: skip
def test_a_government_by_its_name_is_not_an_organization(editor_client, people, name):
    file_import = bring_rows(people, ["Organization"], [name])
    ((row, column, error),) = problems(file_import)
    assert (row, column, f"“{name}” looks like a government" in error) == (2, "Type", True)


@pytest.mark.parametrize(
    "name",
    [
        "Friends of the City of Richfield", "NAACP Dane County", "Habitat for Humanity of Dane County", "County Line Singers",
        "Osseo School District Parents", "Health Department Alumni Association", "Cityscape", "Office Workers Union",
    ],
)  # fmt: skip
def test_an_organization_that_names_a_government_stays_one(editor_client, people, name):
    assert problems(bring_rows(people, ["Organization"], [name])) == []


def test_governments_lead_to_where_they_are_added_or_are_already(editor_client, people):
    department = make_department(people.office, "Housing office")
    rows = ["City of Richfield"], ["Housing Office"], [people.other_office.name]
    file_import = bring_rows(people, ["Organization"], *rows)
    shown = page(editor_client, file_import)
    assert '<legend class="h4 break"> City of Richfield </legend>' in shown
    for url in (
        reverse("department_new", args=[people.office.public_id]), reverse("jurisdictions"),
        department.get_absolute_url(), people.other_office.get_absolute_url(),
    ):  # fmt: skip
        assert f'href="{url}"' in shown
    assert reverse("jurisdiction_new") not in shown  # which only administrators open
    press_step(editor_client, file_import, do="skip-errors")
    assert (Jurisdiction.objects.count(), Department.objects.count()) == (2, 1)
    assert {row["why"].partition(": ")[0] for row in editor_client.get(
        reverse("import_file", args=[file_import.pk]) + "?show=skipped").context["rows"]} == {"Type"}  # fmt: skip


def test_a_type_says_that_it_is_an_organization(editor_client, people):
    file_import = bring_rows(people, ["Organization", "Type"], ["City of Dreams", "Coalition"], ["Dane County", ""])
    assert [row for row, *_ in problems(file_import)] == [3]
    group = result_of(file_import)["groups"][0]
    press_step(editor_client, file_import, do="fix", **{f"use-{group['id']}": "Coalition"})
    assert problems(file_import) == []


def test_a_type_that_is_a_government_is_said_once_for_all_its_rows(editor_client, people):
    file_import = bring_rows(
        people, ["Organization", "Type"], ["Richfield", "County government"], ["Edina", "county government"]
    )
    (group,) = result_of(file_import)["groups"]
    assert (group["rows"], group["code"]) == ([2, 3], "government")
    assert "“County government” isn’t a type of organization." in group["words"]
    assert "2 rows: 2, 3" in page(editor_client, file_import)


def test_a_partner_that_no_one_added_leads_to_where_it_is_added(editor_client, people):
    rows = ["Title", "Purpose", "Type", "Partner"], ["Homes", "", "", "Lake readers"]
    file_import = bring(people.editor, people.office, as_csv(*rows), kind="partnerships")
    assert f'<a href="{reverse("organization_new")}">Add an organization</a>' in page(editor_client, file_import)
