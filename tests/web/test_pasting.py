"""Pasting from a spreadsheet: previewed first, then saved completely or not at all, and only over what was shown."""

from datetime import date

import pytest

from partnerships.core.access import SYSTEM
from partnerships.measurement.actions import save_measure
from partnerships.measurement.number_actions import save_points
from partnerships.models import DataPoint
from tests.browser.forms import values
from tests.factories import make_measure, make_result

pytestmark = pytest.mark.django_db
RACES = [{"dimension": "race", "key": "black", "name": "Black"}, {"dimension": "race", "key": "white", "name": "White"}]
OWN = {"published_by": "", "link": ""}
TABLE = "Group\t2023\t2024\nEveryone together\t40\t41\nBlack\t\t35\n"


@pytest.fixture
def measure(client, people):
    client.force_login(people.editor)
    return make_measure(result=make_result(lead=people.office), groups=RACES)


def path(measure):
    return f"/measures/{measure.public_id}/paste/"


def preview(client, measure, cells, **more):
    """Preview the cells as a published table, since only those have rates by group without counts."""
    published = {"published_by": "Census Bureau", "link": "https://example.org/table"}
    sent = {"cells": cells, "party": "", "source": "", "story": "", "why": ""}
    return client.post(path(measure), sent | published | more)


def save_preview(client, measure, answer, **more):
    return client.post(path(measure), values(answer.content.decode()) | {"save": "yes"} | more)


def preview_counts(answer):
    return dict(answer.context["counts"])


def current_values():
    rows = DataPoint.objects.filter(replaced_at=None)
    return {(row.starts_on.year, row.cell): float(row.value) for row in rows}


def enter_number(measure, value, year=2024, **more):
    save_points(measure=measure, by=SYSTEM, rows=[{"starts_on": date(year, 1, 1), "value": value}], **more)


def test_the_page_shows_a_table_with_counts_that_it_then_reads(client, measure):
    page = client.get(path(measure))
    assert "This measure needs the counts of each group" in page.content.decode()
    assert page.context["example"].splitlines()[0] == "Period\tGroup\tNumerator\tDenominator"
    answer = preview(client, measure, page.context["example"].replace("Latino", "Black"), published_by="", link="")
    assert preview_counts(answer) == {"Errors": 0, "Changed": 0, "New": 1, "No change": 0}
    homes = make_measure("Homes built", result=measure.result, unit="number", counted="things")
    assert "needs the counts" not in client.get(path(homes)).content.decode()


def test_the_preview_says_which_group_a_heading_means(client, measure):
    answer = preview(client, measure, "Group\t2024\nAfrican American\t35\nwhite\t2")
    (rows,) = [rows for _, state, rows in answer.context["views"] if state == "new"]
    assert [row["group"] for row in rows] == ["Black (“African American” in your table)", "White"]


def test_it_is_shown_then_saved_and_the_same_again_changes_nothing(client, measure):
    answer = preview(client, measure, TABLE, source="Survey")
    assert (answer.status_code, preview_counts(answer), current_values()) == (
        200,
        {"Errors": 0, "Changed": 0, "New": 3, "No change": 0},
        {},
    )
    assert save_preview(client, measure, answer).status_code == 302
    assert current_values() == {(2023, ""): 40, (2024, ""): 41, (2024, "race=black"): 35}
    assert set(DataPoint.objects.values_list("source", flat=True)) == {"Survey"}
    again = preview(client, measure, TABLE)
    assert preview_counts(again)["No change"] == 3
    assert "Save all" not in again.content.decode()


def test_one_wrong_cell_saves_nothing(client, measure):
    answer = preview(client, measure, "Group\t2024\nEveryone together\t41\nPurple\t12\nWhite\t101")
    text = answer.content.decode()
    assert (answer.status_code, preview_counts(answer)["Errors"]) == (422, 2)
    assert "Row 3, Column B (2024)" in text
    assert "This measure doesn’t have the group “Purple”" in text
    assert "A percent of people can’t be more than 100" in text
    forced = values(text) | {"save": "yes", "mark": "x"}
    assert client.post(path(measure), forced).status_code == 422
    assert current_values() == {}


def test_changes_are_next_to_the_former_values_and_need_a_reason(client, measure):
    enter_number(measure, 40)
    answer = preview(client, measure, "Group\t2024\nEveryone together\t41")
    (row,) = next(rows for name, state, rows in answer.context["views"] if state == "changed")
    assert (row["period"], row["group"], row["was"], row["becomes"]) == ("2024", "Everyone together", "40%", "41%")
    assert save_preview(client, measure, answer).status_code == 422
    assert current_values() == {(2024, ""): 40}
    assert save_preview(client, measure, answer, why="Late answers").status_code == 302
    assert current_values() == {(2024, ""): 41}


def test_what_was_saved_since_is_previewed_again_first(client, measure):
    answer = preview(client, measure, TABLE)
    enter_number(measure, 39)
    met = save_preview(client, measure, answer, why="x")
    assert (met.status_code, preview_counts(met)["Changed"], current_values()) == (409, 1, {(2024, ""): 39})
    assert save_preview(client, measure, met, why="x").status_code == 302
    assert current_values()[2024, ""] == 41


def test_other_cells_than_were_shown_are_not_saved(client, measure):
    answer = preview(client, measure, TABLE)
    assert save_preview(client, measure, answer, cells=TABLE.replace("41", "14")).status_code == 409
    assert current_values() == {}


def test_a_rounded_value_of_existing_counts_is_no_change(client, measure):
    rows = [{"starts_on": date(2024, 1, 1), "numerator": 100, "denominator": 600}]
    save_points(measure=measure, by=SYSTEM, rows=rows)
    assert preview_counts(preview(client, measure, "Group\t2024\nEveryone together\t16.67", **OWN))["No change"] == 1
    assert preview_counts(preview(client, measure, "Group\t2024\nEveryone together\t16.6", **OWN))["Changed"] == 1


def test_a_period_that_has_not_begun_is_to_be_corrected(client, measure):
    answer = preview(client, measure, "Group\t2190\nEveryone together\t41")
    assert "This period hasn’t started yet." in answer.content.decode()


def test_a_period_after_the_last_one_of_a_measure_is_to_be_corrected(client, measure):
    save_measure(measure=measure, by=SYSTEM, fields={"last_on": date(2023, 1, 1)})
    answer = preview(client, measure, "Group\t2023\t2024\nEveryone together\t40\t41")
    assert "This measure ended with 2023." in answer.content.decode()
    assert preview_counts(answer)["New"] == 1


@pytest.mark.parametrize(
    "cells", ["", "   ", "nothing", "<script>alert(1)</script>\t2024\nx\t1", "\0\t2024\n\0\t1", "a" * 100_001]
)
def test_what_is_no_table_is_refused_and_kept(client, measure, cells):
    answer = preview(client, measure, cells)
    assert (answer.status_code, current_values()) == (422, {})
    assert "<script>alert" not in answer.content.decode()


def test_what_was_typed_is_kept_for_later(client, measure):
    kept = preview(client, measure, TABLE, draft="keep", draft_hand="hand", draft_heading="Paste")
    assert kept.status_code == 200
    text = client.post(path(measure), {"draft": "go_on"}).content.decode()
    assert values(text)["cells"] == [TABLE.replace("\n", "\r\n")]


def test_a_source_with_a_hidden_count_asks_before_it_is_saved(client, measure):
    table = "Period\tGroup\tAbove the line\tBelow the line\n2024\tBlack\t3\t40\n2024\tWhite\t27\t50"
    answer = preview(client, measure, table, source="Court list, 3 cases", **OWN)
    asked = save_preview(client, measure, answer)
    assert (asked.status_code, list(asked.context["form"].errors), current_values()) == (422, ["source"], {})
    assert "This text contains 3, a count that we hide" in asked.content.decode()
    assert save_preview(client, measure, asked, may_tell="on").status_code == 302
    assert set(DataPoint.objects.values_list("source", flat=True)) == {"Court list, 3 cases"}


def test_groups_that_do_not_add_up_are_pointed_out_and_can_be_saved(client, people):
    client.force_login(people.editor)
    places = [{"dimension": "place", "key": key, "name": key.capitalize()} for key in ("north", "south")]
    measure = make_measure(result=make_result(lead=people.office), groups=places, unit="number", counted="people")
    table = "Group\t2024\nEveryone together\t1200\nNorth\t500\nSouth\t600\n"
    answer = preview(client, measure, table, published_by="", link="")
    assert answer.status_code == 200
    assert answer.context["mismatches"] == ["2024, Place: the groups add up to 1,100, and the total is 1,200."]
    assert "Groups that don’t add up to the total" in answer.content.decode()
    assert save_preview(client, measure, answer).status_code == 302
    assert current_values()[2024, "place=south"] == 600
    right = preview(client, measure, table.replace("1200", "1100"), published_by="", link="", why="Corrected")
    assert "Groups that don’t add up to the total" not in right.content.decode()
