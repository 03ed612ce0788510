"""Texts in cells that spreadsheets would run."""

from decimal import Decimal

import pytest

from partnerships.core.cells import safe


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\u200b=1", " =1", "\uff1d1"])
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "cell"), [("a=1", "a=1"), ("", ""), (None, ""), (-1, "-1"), (Decimal("-0.5"), "-0.5")]
)
def test_other_values_stay_as_they_are(value, cell):
    assert safe(value) == cell
