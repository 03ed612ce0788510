"""CSV injection: texts that spreadsheets would run as formulas."""

from decimal import Decimal

import pytest

from partnerships.core.cells import escape_formula, escape_formula_in_csv, unescape_formula


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\u200b=1", " =1", "\uff1d1", "\u22121", "\x1f=1"]
)
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert escape_formula(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "cell"), [("a=1", "a=1"), ("", ""), (None, ""), (-1, "-1"), (Decimal("-0.5"), "-0.5")]
)
def test_other_values_stay_as_they_are(value, cell):
    assert escape_formula(value) == cell


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        (";=1", ";'=1"),
        ("Title;=1+1", "Title;'=1+1"),
        ("Monthly; -2 in May", "Monthly;' -2 in May"),
        ('a;"=1', "a;'\"=1"),
        ("a\n@b", "a\n'@b"),
        ("=1;=2", "'=1;'=2"),
        ("a; b", "a; b"),
    ],
)
def test_in_a_file_of_plain_text_what_follows_a_separator_is_a_cell_of_its_own(text, cell):
    assert escape_formula_in_csv(text) == cell
    assert unescape_formula(cell) == text
