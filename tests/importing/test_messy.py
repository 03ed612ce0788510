"""A messy sheet of 320 groups, imported as an office would: previewed, corrected, saved, and imported again."""

import pytest

from partnerships.models import Change, Organization
from tests.factories import make_issue_area
from tests.importing import messy
from tests.importing.files import as_csv, bring, problems, result_of, states, write
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def office(people):
    make_issue_area("housing", "Housing")
    make_issue_area("health", "Health")
    people.other_office.identifiers.create(scheme="geoid", value="0667000", is_confirmed=True)
    return people.office


def brought(people, content):
    return bring(people.editor, people.office, content, name="spring list.xlsx", columns=messy.COLUMNS)


@pytest.mark.slow
def test_everything_wrong_in_it_is_located_and_nothing_is_written(people, office):
    before = Change.objects.count()
    file_import = brought(people, messy.workbook())
    found = {}
    for row, column, error in problems(file_import):
        found.setdefault(row, {})[column] = error
    assert found.keys() == messy.WRONG.keys()
    for row, columns in messy.WRONG.items():
        assert found[row].keys() == {column.strip() for column in columns}, (row, found[row])
        assert all(error in found[row][column.strip()] for column, error in columns.items()), found[row]
    assert len(states(file_import)) == messy.GROUPS
    assert Change.objects.count() == before
    noticed = " ".join(error for _, error in result_of(file_import)["remarks"])
    for error in (
        "“Old list” is hidden",
        "hidden rows",
        "hidden columns",
        "We didn’t read row 1",
        "has headings",
        "We read it as",
    ):
        assert error in noticed, error


@pytest.mark.slow
def test_corrected_it_is_written_whole_and_the_same_file_again_changes_nothing(people, office):
    file_import = brought(people, messy.workbook(corrected=True))
    assert problems(file_import) == []
    assert write(people.editor, file_import).state == "done"
    made = Organization.objects.filter(kept_by=office)
    assert made.count() == messy.GROUPS
    tenth = made.get(name=messy.name(10))
    assert (tenth.side, tenth.website, tenth.aims) == (
        "institution",
        "https://group-10.example.org",
        "What group 10 is for\nSecond line",
    )
    assert {str(place) for place in tenth.area.all()} == {"City of Minneapolis", "City of Seattle"}
    assert tenth.last_verified_on.isoformat() == "2025-01-11"
    assert tenth.identifiers.get().value == "90-0000010"
    changes = Change.objects.count()
    again = brought(people, messy.workbook(corrected=True))
    assert set(states(again)) == {"same"}
    as_text = [[cell if cell is not None else "" for cell in cells] for _, cells in messy.rows(corrected=True)]
    old_csv = as_csv(*as_text, mark=";", encoding="cp1252")
    assert set(states(brought(people, old_csv))) == {"same"}
    assert Change.objects.count() == changes
