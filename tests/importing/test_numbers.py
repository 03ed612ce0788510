"""Importing numbers of many measures: found, compared with existing numbers, and saved completely or not at all."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from partnerships import tasks
from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.measurement.number_actions import save_points
from partnerships.models import DataPoint, Import, Measure, Result
from partnerships.records.imports import files as importing
from tests.factories import make_measure, make_partnership, make_result
from tests.importing.files import as_csv, as_xlsx, bring, fresh, problems, result_of, states, write
from tests.markup import one_line
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
HEAD = ["Measure", "Period", "Group", "Value", "Numerator", "Denominator", "Source"]
RACES = [{"dimension": "race", "key": "black", "name": "Black"}, {"dimension": "race", "key": "white", "name": "White"}]


@snapshot_fixture
def home_ownership(people):
    return make_measure("Who owns a home", result=make_result(lead=people.office), groups=RACES)


@snapshot_fixture
def answered(people):
    return make_measure("Answered in time", partnership=make_partnership(lead=people.office), unit="number", counted="")


def bring_numbers(people, *rows, head=HEAD):
    return bring(people.editor, people.office, as_csv(head, *rows), kind="numbers")


def current_values():
    rows = DataPoint.objects.filter(replaced_at=None)
    return {(row.measure.title, row.starts_on.year, row.cell): float(row.value) for row in rows}


def test_numbers_of_several_measures_are_written_and_the_same_file_changes_nothing(people, home_ownership, answered):
    rows = [
        [home_ownership.public_id, "2024", "", "", "40", "80", "Survey"],
        ["who owns a HOME", "2024", "Black", "", "10", "40", ""],
        ["Answered in time", "2023", "Everyone together", "1,200", "", "", ""],
    ]
    file_import = bring_numbers(people, *rows)
    assert states(file_import) == ["new"] * 3, problems(file_import)
    done = write(people.editor, file_import)
    assert sorted(row[:2] for row in result_of(done)["written"]) == [["changed", "measure"]] * 2
    assert current_values() == {
        ("Who owns a home", 2024, ""): 50,
        ("Who owns a home", 2024, "race=black"): 25,
        ("Answered in time", 2023, ""): 1200,
    }
    assert DataPoint.objects.get(cell="", measure=home_ownership).source == "Survey"
    assert states(bring_numbers(people, *rows)) == ["same"] * 3
    assert DataPoint.objects.count() == 3


def test_what_changes_can_be_left_as_it_is(people, home_ownership):
    save_points(measure=home_ownership, by=SYSTEM, rows=[{"starts_on": date(2024, 1, 1), "value": 40, "source": "Old"}])
    file_import = bring_numbers(people, [home_ownership.public_id, "2024", "", "41", "", "", "New"])
    (item,) = result_of(file_import)["items"]
    assert [(part["key"], part["there"], part["given"]) for part in item["differences"]] == [
        ("number", "40", "41"),
        ("source", "Old", "New"),
    ]
    importing.pick(one=fresh(file_import), by=people.editor, shown=[(item["key"], "number"), (item["key"], "source")],
                   take={(item["key"], "source")})  # fmt: skip
    write(people.editor, file_import)
    row = DataPoint.objects.get(replaced_at=None)
    assert (float(row.value), row.source, row.why.startswith("Import of")) == (40, "New", True)


def test_a_column_for_each_kind_of_group(people, home_ownership):
    head = ["Indicator", "Year", "Race and ethnicity (2024 standard)", "Percent", "Numerator", "Denominator"]
    white = [home_ownership.public_id, "2024", "White", "45%", "90", "200"]
    file_import = bring_numbers(people, white, [home_ownership.public_id, "2024", "Green", "2", "2", "100"], head=head)
    assert [row[:2] for row in problems(file_import)] == [(3, "Race and ethnicity (2024 standard)")]
    file_import = bring_numbers(people, white, head=head)
    write(people.editor, file_import)
    assert current_values() == {("Who owns a home", 2024, "race=white"): 45}


def test_every_refused_row_has_an_error_by_row_and_column(people, home_ownership, answered):
    elsewhere = make_measure(
        "Elsewhere", result=make_result(lead=people.other_office, is_published=True), is_published=True
    )
    for _ in range(2):
        make_measure("Twin", result=home_ownership.result)
    own = home_ownership.public_id
    rows = [
        ["", "2024", "", "1", "", "", ""],
        ["Unknown", "2024", "", "1", "", "", ""],
        ["Twin", "2024", "", "1", "", "", ""],
        [elsewhere.public_id, "2024", "", "1", "", "", ""],
        [own, "", "", "1", "", "", ""],
        [own, "March 2024", "", "1", "", "", ""],
        [own, "2190", "", "1", "", "", ""],
        [own, "2024", "Green", "1", "", "", ""],
        [own, "2024", "White", "=1+1", "", "", ""],
        [own, "2024", "White", "", "", "", "Words alone"],
        [own, "2020", "White", "101", "", "", ""],
        [own, "2021", "White", "", "9", "8", ""],
        [answered.public_id, "2024", "", "45%", "", "", ""],
        [own, "2019", "", "1", "", "", ""],
        [own, "2019", "total", "2", "", "", ""],
    ]
    found = problems(bring_numbers(people, *rows))
    columns = (
        ["Measure"] * 4 + ["Period"] * 3 + ["Group", "Value", "Value", "Value", "Numerator", "Value"] + ["Period"] * 2
    )
    assert [(row, column) for row, column, _ in found] == list(zip(range(2, 17), columns, strict=True))
    assert DataPoint.objects.count() == 0


def test_two_standards_for_race_are_refused(people, home_ownership):
    rows = [
        [home_ownership.public_id, "2024", name, "1", "", "", ""] for name in ("Two or more races", "More than one")
    ]
    errors = {errors for _, _, errors in problems(bring_numbers(people, *rows))}
    assert errors == {"This table mixes the 2024 and 1997 standards for race and ethnicity. Paste the two separately."}


def test_percents_with_and_without_a_sign_are_refused_and_parts_of_one_remarked(people, home_ownership):
    rows = [
        [home_ownership.public_id, "2023", "", "45%", "", "", ""],
        [home_ownership.public_id, "2024", "", "0.45", "", "", ""],
    ]
    assert [row[:2] for row in problems(bring_numbers(people, *rows))] == [(3, "Value")]
    file_import = bring_numbers(people, rows[1])
    remark = "We read 0.45 as 0.45 percent. If you mean 45 percent, write it with the percent sign."
    assert [2, remark] in result_of(file_import)["remarks"]


def test_a_workbook_with_days_and_numbers(people, home_ownership):
    rows = [
        HEAD,
        [home_ownership.public_id, datetime(2024, 1, 1), None, 41.25, None, None, None],
        [home_ownership.public_id, 2023, "White", 7, 7, 100],
    ]
    file_import = bring(people.editor, people.office, as_xlsx(*rows), kind="numbers")
    assert states(file_import) == ["new", "new"], problems(file_import)
    write(people.editor, file_import)
    assert current_values() == {("Who owns a home", 2024, ""): 41.25, ("Who owns a home", 2023, "race=white"): 7}


def test_a_thousand_columns_are_refused(people, home_ownership):
    with pytest.raises(ValidationError, match="more than 100 columns"):
        bring_numbers(people, [home_ownership.public_id], head=[*HEAD, *(f"c{n}" for n in range(1000))])


def test_what_was_saved_since_stops_all_of_it(people, home_ownership, answered):
    file_import = bring_numbers(
        people,
        [home_ownership.public_id, "2024", "", "41", "", "", ""],
        [answered.public_id, "2024", "", "4", "", "", ""],
    )
    save_points(measure=home_ownership, by=SYSTEM, rows=[{"starts_on": date(2023, 1, 1), "value": 40}])
    assert fresh(write(people.editor, file_import)).state == "failed"
    assert current_values() == {("Who owns a home", 2023, ""): 40}


def test_the_queries_hardly_grow_with_the_rows(people, home_ownership, django_assert_max_num_queries):
    rows = [
        [home_ownership.public_id, str(1930 + n), name, "1", "1", "100", ""]
        for n in range(60)
        for name in ("", "Black", "White")
    ]
    with django_assert_max_num_queries(40):
        file_import = bring_numbers(people, *rows)
    assert set(states(file_import)) == {"new"}


def test_a_source_with_a_hidden_count_is_refused(people, home_ownership):
    counts = {"Black": ("3", "40"), "White": ("27", "50")}
    rows = [[home_ownership.public_id, "2024", name, "", *given, "3 cases"] for name, given in counts.items()]
    file_import = write(people.editor, bring_numbers(people, *rows))
    error = "This text contains 3, a count that we hide to protect people. Remove it."
    assert result_of(file_import)["failed"] == [[2, "Source", error], [3, "Source", error]]
    assert DataPoint.objects.count() == 0


# Undoing the whole


def undo(people, file_import):
    importing.start_undoing(one=fresh(file_import), by=people.editor)
    tasks.process_imports()
    return result_of(file_import)["undone"]


def test_an_import_of_numbers_is_undone_as_a_whole(client, people, home_ownership, answered):
    former = {"starts_on": date(2024, 1, 1), "value": 40, "source": "Old"}
    save_points(measure=home_ownership, by=SYSTEM, rows=[former])
    before = current_values()
    rows = [
        [home_ownership.public_id, "2024", "", "41", "", "", "New"],
        [home_ownership.public_id, "2023", "Black", "", "10", "40", ""],
        ["Answered in time", "2023", "", "1,200", "", "", ""],
    ]
    file_import = write(people.editor, bring_numbers(people, *rows))
    assert len(current_values()) == 3
    client.force_login(people.editor)
    url = reverse("import_undoing", args=[file_import.pk])
    assert "Numbers that someone changed after the import stay" in one_line(client.get(url).content.decode())
    assert client.post(url, {"was": "done"}).status_code == 302
    tasks.process_imports()
    assert current_values() == before
    row = DataPoint.objects.get(replaced_at=None)
    assert (row.source, row.why) == ("Old", "Undid the import of list.csv")
    assert DataPoint.objects.filter(replaced_at__isnull=False).count() == 4
    shown = one_line(client.get(reverse("import_file", args=[file_import.pk])).content.decode())
    assert ("3 numbers were removed or restored." in shown, "Records that stay" in shown) == (True, False)
    assert client.post(url, {"was": "undone"}).status_code == 409


def test_a_number_that_was_changed_since_stays_and_the_others_go(people, home_ownership):
    save_points(measure=home_ownership, by=SYSTEM, rows=[{"starts_on": date(2021, 1, 1), "value": 40}])
    rows = [[home_ownership.public_id, str(year), "", "41", "", "", ""] for year in (2021, 2022, 2023, 2024)]
    file_import = write(people.editor, bring_numbers(people, *rows))
    save_points(measure=home_ownership, by=SYSTEM, rows=[{"starts_on": date(2023, 1, 1), "value": 60}])
    for year in (2021, 2022):  # removed by hand: of 2022, that was all there was to undo
        save_points(measure=home_ownership, by=SYSTEM, rows=[{"starts_on": date(year, 1, 1)}])
    undone = undo(people, file_import)
    left = sorted((name, why) for _, _, name, why in undone["left"])
    names = [f"Who owns a home: {year}, Everyone together" for year in (2021, 2023)]
    assert (undone["done"], left) == (2, [(name, "It was changed after the import.") for name in names])
    assert current_values() == {("Who owns a home", 2023, ""): 60}


@pytest.mark.unpublished_writes
def test_a_restored_number_is_its_suppliers_again(people, home_ownership):
    place = home_ownership.result.partnerships.first() or make_partnership(lead=people.office)
    row = {"starts_on": date(2024, 1, 1), "value": 40}
    save_points(measure=home_ownership, by=SYSTEM, rows=[row])
    supplier = place.parties.first()
    DataPoint.objects.update(supplied_by=supplier)
    file_import = write(people.editor, bring_numbers(people, [home_ownership.public_id, "2024", "", "41", "", "", ""]))
    undone = undo(people, file_import)  # the partner doesn't supply this measure now
    assert (undone["done"], current_values()) == (0, {("Who owns a home", 2024, ""): 41})
    assert "doesn’t provide data" in undone["left"][0][3]


def test_an_import_of_numbers_from_before_is_not_undone(people, home_ownership):
    file_import = write(people.editor, bring_numbers(people, [home_ownership.public_id, "2024", "", "41", "", "", ""]))
    Import.objects.update(result={key: part for key, part in file_import.result.items() if key != "points"})
    with pytest.raises(ValidationError, match="can’t be undone as a whole"):
        importing.start_undoing(one=fresh(file_import), by=people.editor)


def test_numbers_of_a_measure_that_one_may_no_longer_change_stay(people, home_ownership, monkeypatch):
    file_import = write(people.editor, bring_numbers(people, [home_ownership.public_id, "2024", "", "41", "", "", ""]))
    Result.objects.update(lead=people.other_office)
    Measure.objects.update(lead=people.other_office)
    undone = undo(people, file_import)
    assert [why for *_, why in undone["left"]] == ["You can no longer change it."]
    assert current_values() == {("Who owns a home", 2024, ""): 41}
