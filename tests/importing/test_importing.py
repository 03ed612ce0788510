"""Files brought in by an office: compared, looked over and written whole or not at all."""

import pytest

from partnerships.models import Change, Organization
from tests.importing.files import as_csv, bring, now, problems, states, write

pytestmark = pytest.mark.django_db

ROWS = (
    ["Name", "Side", "Website"],
    ["East side readers", "Community", "readers.example.org"],
    ["Lake school", "institution", ""],
)


def test_new_records_are_written_under_one_request_and_the_same_file_again_changes_nothing(people):
    one = bring(people.editor, people.office, as_csv(*ROWS))
    assert states(one) == ["new", "new"], now(one).result
    done = write(people.editor, one)
    assert done.state == "done", done.result
    assert [row[:2] for row in done.result["written"]] == [["added", "organization"]] * 2
    assert bytes(done.content) == b""
    made = Organization.objects.get(name="East side readers")
    assert (made.listing, made.kept_by, made.website) == ("unlisted", people.office, "https://readers.example.org")
    assert Change.objects.filter(request_id=one.request_id).count() == 2
    before = Change.objects.count()
    again = bring(people.editor, people.office, as_csv(*ROWS))
    assert states(again) == ["same", "same"]
    assert Change.objects.count() == before


def test_one_bad_row_of_many_stops_all_of_them(people):
    rows = [["Name", "Side", "EIN"], *([f"Group number {n}", "Community", ""] for n in range(60))]
    rows[30] = ["Group", "Comunity", "1234567"]
    one = bring(people.editor, people.office, as_csv(*rows))
    assert [(row, column) for row, column, _ in problems(one)] == [(31, "Side"), (31, "EIN")]
    assert "leading zero" in problems(one)[1][2]
    with pytest.raises(Exception, match="stands in the way"):
        write(people.editor, one)
    assert not Organization.objects.filter(name__startswith="Group").exists()
