"""A pasted table whose groups don't add up to its total is pointed out with both figures, and never refused."""

from types import SimpleNamespace

import pytest

from partnerships.measurement.choices import Race
from partnerships.measurement.group_sums import find_mismatches
from partnerships.measurement.pasted_tables import read_table

PLACES = [("place", "north", "North"), ("place", "south", "South")]
GENDERS = [("gender", "women", "Women"), ("gender", "men", "Men")]
RACES = [("race", key, label) for key, label in Race.choices]


def mismatches(table, groups=PLACES, unit="number"):
    measure = SimpleNamespace(unit=unit, period="year", first_month=1, get_unit_display=lambda: unit)
    rows = [SimpleNamespace(dimension=dimension, key=key, name=name) for dimension, key, name in groups]
    found = find_mismatches(measure, rows, read_table(measure, rows, table))
    return [(one.starts_on.year, one.dimension, one.part, int(one.together), int(one.total)) for one in found]


def test_each_dimension_of_each_period_is_compared_with_the_total():
    table = "Group\t2023\t2024\nTotal\t100\t120\nNorth\t40\t50\nSouth\t60\t60\nWomen\t70\t60\nMen\t45\t60"
    assert mismatches(table, [*PLACES, *GENDERS]) == [
        (2023, "gender", "value", 115, 100),
        (2024, "place", "value", 110, 120),
    ]


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("Group\t2024\nTotal\t100\nNorth\t40", []),  # another group is missing
        ("Group\t2024\nTotal\t100\nNorth\t40\nSouth\t", []),
        ("Group\t2024\nTotal\t100\nNorth\t140", [(2024, "place", "value", 140, 100)]),
        ("Group\t2024\nNorth\t40\nSouth\t60", []),  # no total
        ("Group\t2024\nTotal\t100\nNorth\t40\nSouth\tsixty", []),
    ],
)
def test_less_than_the_total_is_pointed_out_only_if_each_group_is_there(table, found):
    assert mismatches(table) == found


def test_groups_of_race_add_up_only_if_the_measure_has_all_of_the_standard():
    table = "Group\t2024\nTotal\t100\n" + "\n".join(f"{name}\t10" for _, _, name in RACES)
    assert mismatches(table, RACES) == [(2024, "race", "value", 80, 100)]
    some = [("race", "black", "Black"), ("race", "asian", "Asian")]
    assert mismatches("Group\t2024\nTotal\t100\nBlack\t10\nAsian\t10", some) == []


def test_of_a_rate_its_counts_are_compared_and_never_its_values():
    table = "Period\tGroup\tNumerator\tDenominator\n2024\tTotal\t50\t100\n2024\tNorth\t20\t45\n2024\tSouth\t30\t45"
    assert mismatches(table, unit="percent") == [(2024, "place", "denominator", 90, 100)]
    assert mismatches("Group\t2024\nTotal\t50\nNorth\t50\nSouth\t60", unit="percent") == []


@pytest.mark.parametrize("unit", ["money", "days", "score"])
def test_what_does_not_add_up_is_not_compared(unit):
    assert mismatches("Group\t2024\nTotal\t50\nNorth\t50\nSouth\t60", unit=unit) == []
