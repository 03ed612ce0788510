"""Pasted tables: read in either direction, and refused with an error if they can be read in two ways."""

from types import SimpleNamespace

import pytest

from partnerships.measurement.choices import Race, Race1997
from partnerships.measurement.pasted_tables import read_table

RACES = [("race", key, label) for key, label in Race.choices]
OLD_RACES = [("race1997", key, label) for key, label in Race1997.choices]


def read_rows(text, groups=RACES, unit="percent", period="year"):
    measure = SimpleNamespace(unit=unit, period=period, first_month=1, get_unit_display=lambda: unit.capitalize())
    rows = [SimpleNamespace(dimension=d, key=key, name=name) for d, key, name in groups]
    return read_table(measure, rows, text)


def pasted_values(text, **more):
    """Return (year, cell, value) of each number, or its error message."""
    return [one.wrong or (one.starts_on.year, one.cell, float(one.numbers["value"])) for one in read_rows(text, **more)]


def refusal_of(text, **more):
    with pytest.raises(ValueError) as problem:  # noqa: PT011
        read_rows(text, **more)
    return str(problem.value)


ACROSS = [(2023, "", 12.5), (2024, "", 13.0), (2023, "race=asian", 7.0)]


@pytest.mark.parametrize("mark", ["\t", ";", ","])
def test_it_is_the_same_table_either_way_round(mark):
    across = [["Group", "2023", "2024"], ["Everyone together", "12.5", "13%"], ["Asian", "7", ""]]
    down = [list(row) for row in zip(*across, strict=True)]
    for rows in (across, down):
        text = "\r\n".join(mark.join(row) for row in rows)
        assert sorted(pasted_values(text)) == sorted(ACROSS)


def test_a_long_table_has_one_number_a_row_with_counts_and_words():
    (one,) = read_rows("Period;Group;Numerator;Denominator;Source\n2024;Asian;45;360;Survey")
    assert (one.row, one.cell, {k: int(v) for k, v in one.numbers.items()}, one.description) == (
        2,
        "race=asian",
        {"numerator": 45, "denominator": 360},
        {"source": "Survey"},
    )


def test_groups_are_found_by_name_key_and_two_of_them_by_both_names():
    groups = [*RACES, ("gender", "women", "Women")]
    text = "Group\t2024\nASIAN\t1\nrace=black\t2\nBlack or African American, Women\t3\nWomen, White\t4"
    cells = ["race=asian", "race=black", "race=black&gender=women", "race=white&gender=women"]
    assert [one.cell for one in read_rows(text, groups)] == cells


WRITTEN = {
    "american-indian": ["AIAN", "AI/AN", "Native American", "American Indian / Alaska Native"],
    "asian": ["Asian American", "Asian, non-Hispanic", "Asian alone"],
    "black": ["Black", "African American", "African-American", "Black (non-Hispanic)", "BLACK/AFRICAN AMERICAN"],
    "hispanic": ["Latino", "Hispanic", "Latina/o", "Latinx", "Hispanic / Latino", "Hispanic or Latino"],
    "pacific-islander": ["NHPI", "Pacific Islander", "Native Hawaiian or Other Pacific Islander"],
    "white": ["White non-Hispanic", "Non-Hispanic White", "White, not Hispanic or Latino", "White (NH)"],
    "several": ["Multiracial"],
}


@pytest.mark.parametrize(("key", "name"), [(key, name) for key, names in WRITTEN.items() for name in names])
def test_groups_of_race_are_found_as_people_write_them_and_kept_by_the_standard_of_the_measure(key, name):
    for dimension, groups in (("race", RACES), ("race1997", OLD_RACES)):
        assert pasted_values(f"Group\t2024\n{name}\t2", groups=groups) == [(2024, f"{dimension}={key}", 2.0)]
    assert (
        "is in more than one list of groups" in pasted_values(f"Group\t2024\n{name}\t2", groups=[*RACES, *OLD_RACES])[0]
    )
    assert pasted_values(f"Group\t2024\n{name}\t2\nMENA\t3", groups=[*RACES, *OLD_RACES])[0] == (
        2024,
        f"race={key}",
        2.0,
    )
    assert "doesn’t have the group" in pasted_values(f"Group\t2024\n{name}\t2", groups=[("place", key, "East")])[0]


def test_a_group_of_the_measure_with_that_very_name_comes_first():
    groups = [*RACES, ("race", "latina", "Latina"), ("race", "islander", "API")]
    text = "Group\t2024\nLatina\t1\nLatino\t2\nAsian/Pacific Islander\t3\nAPI\t4"
    cells = ["race=latina", "race=hispanic", "race=islander", "race=islander"]
    assert [one.cell for one in read_rows(text, groups)] == cells
    groups = [*OLD_RACES, ("gender", "other", "Other")]
    assert pasted_values("Group\t2024\nOther\t1\nOther race\t2", groups=groups) == [
        (2024, "gender=other", 1.0),
        (2024, "race1997=other", 2.0),
    ]


def test_two_categories_together_and_names_of_one_group_twice_are_refused():
    assert "counts two groups together" in pasted_values("Group\t2024\nAPI\t2")[0]
    assert "already in row 2" in pasted_values("Group\t2024\nWhite\t2\nWhite non-Hispanic\t1")[1]
    assert "two groups of the same kind" in pasted_values("Group\t2024\nAsian, White\t2")[0]


def test_a_name_with_a_comma_is_one_group():
    text = "Group\t2024\nHispanic or Latino, of any race\t9"
    assert pasted_values(text, groups=OLD_RACES) == [(2024, "race1997=hispanic", 9.0)]


def test_two_standards_for_race_are_refused():
    text = "Group\t2024\nMiddle Eastern or North African\t1\nTwo or more races\t2"
    for groups in (RACES, OLD_RACES, [*RACES, *OLD_RACES]):
        assert refusal_of(text, groups=groups).startswith("This table mixes the 2024 and 1997 standards")


def test_a_name_that_both_standards_have_is_of_the_one_that_the_table_uses():
    text = "Group\t2024\nAsian\t1\n{}\t2"
    both = [*RACES, *OLD_RACES]
    assert pasted_values(text.format("Two or more races"), groups=both)[0] == (2024, "race1997=asian", 1.0)
    assert pasted_values(text.format("More than one"), groups=both)[0] == (2024, "race=asian", 1.0)
    assert "is in more than one list of groups" in pasted_values(text.format("White"), groups=both)[0]


def test_a_group_of_the_other_standard_gets_an_error():
    assert pasted_values("Group\t2024\nSome other race\t2") == [
        "“Some other race” belongs to the 1997 standard for race, and this measure uses the other one. "
        "Leave it out, or count its people in the groups of this measure."
    ]


@pytest.mark.parametrize(
    ("cell", "error"),
    [
        ("=B2*2", "This is a formula"),
        ("12,5", "can be read in two ways"),
        ("$12", "“$12” is dollars"),
        ("twelve", "“twelve” isn’t a number"),
        ("1e40", "too large"),
    ],
)
def test_what_is_no_number_is_refused_at_its_row_and_column(cell, error):
    (one,) = read_rows(f"Group;2023;2024\nAsian;;{cell}")
    assert (one.row, one.column) == (2, "Column C (2024)")
    assert error in one.wrong


def test_what_says_that_there_is_no_number_changes_nothing():
    assert pasted_values("Group\t2023\t2024\t2025\t2022\nAsian\t*\tn/a\t–\t") == []


def test_percents_with_and_without_their_sign_are_not_mixed():
    assert pasted_values("Group\t2024\nAsian\t45%\nWhite\t0.45")[1].startswith("Other cells have a percent sign")
    assert pasted_values("Group\t2024\nAsian\t45%\nWhite\t45") == [
        (2024, "race=asian", 45.0),
        (2024, "race=white", 45.0),
    ]


def test_a_period_and_group_twice_is_refused_with_both_places():
    error = "2024 of this group is already in row 2, column B (2024). Keep only one."
    assert pasted_values("Group\t2024\t2024\nAsian\t1\t2") == [(2024, "race=asian", 1.0), error]
    assert pasted_values("Group\t2024\nAsian\t1\nasian\t1")[1] == error


def test_periods_of_another_kind_get_an_error():
    assert "is a month. This measure uses periods like 2024." in refusal_of("Group\tMarch 2024\nAsian\t1")
    assert pasted_values("Group\tMarch 2024\nAsian\t1", period="month") == [(2024, "race=asian", 1.0)]


@pytest.mark.parametrize("text", ["", "12", "a\nb", "\t\t", "Group\t2024"])
def test_what_is_no_table_is_refused(text):
    assert refusal_of(text or " ").startswith("This isn’t a table yet")


def test_tables_that_are_too_large_are_refused():
    assert "more than 100 columns" in refusal_of(
        "Group\t" + "\t".join(str(1900 + n) for n in range(1000)) + "\nAsian\t1"
    )
    assert "more than 1,000 rows" in refusal_of("Group\t2024\n" + "Asian\t1\n" * 1001)


def test_a_line_without_a_name_is_refused_and_all_together_is_named():
    assert pasted_values("Group\t2024\n\t5") == [
        "This row doesn’t have a name. Enter the group in its first cell, or “Everyone together”."
    ]
    assert pasted_values("Group\t2024\nTotal\t5") == [(2024, "", 5.0)]
