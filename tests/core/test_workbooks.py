"""XLSX exports: what each value becomes, and that none runs as a formula."""

from datetime import UTC, date, datetime, time

import pytest

from partnerships.core.workbooks import LONGEST, workbook
from tests import formulas, workbooks

ARCHIVE_ONLY = ("\x00", "\x0b", "\x1f", "\ud800", "\ufffe")  # XML can't contain these


def cell_of(value):
    """The cell that a value becomes."""
    return workbooks.book(workbook("list", ["column"], [[value]])).active["A2"]


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("plain", "s", "plain"),
        ("0012", "s", "0012"),
        ("2743000", "s", "2743000"),
        ("1e5", "s", "1e5"),
        ("TRUE", "s", "TRUE"),
        ("2026-01-02", "s", "2026-01-02"),
        ("#N/A", "s", "#N/A"),
        ("#REF!", "s", "#REF!"),
        ("https://example.org/", "s", "https://example.org/"),
        ("two\nlines", "s", "two\nlines"),
        (" spaced ", "s", " spaced "),
        ("<b>&amp;", "s", "<b>&amp;"),
        (5, "n", 5),
        (0, "n", 0),
        (True, "s", "True"),
        (date(2026, 1, 2), "d", datetime(2026, 1, 2)),
        (date(1900, 3, 1), "d", datetime(1900, 3, 1)),
        (date(1899, 12, 31), "s", "1899-12-31"),
        (date(1600, 1, 1), "s", "1600-01-01"),
        (time(18, 30), "d", time(18, 30)),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "s", "2026-01-02T03:04:00+00:00"),
        (None, "n", None),
        ("", "n", None),
    ],
)
def test_each_value_becomes_the_cell_that_it_is(value, kind, shown):
    cell = cell_of(value)
    assert (cell.data_type, cell.value) == (kind, shown)


def test_no_text_becomes_a_formula():
    content = workbook("list", ["column"], [[text] for text in formulas.TEXTS])
    cells = [row[0] for row in workbooks.book(content).active.iter_rows(min_row=2)]
    wrong = [
        text
        for text, cell in zip(formulas.TEXTS, cells, strict=True)
        if cell.data_type not in ("s", "n") or formulas.is_active(cell.value or "")
    ]
    assert wrong == []
    assert "<f" not in workbooks.text(content).replace("<font", "")


@pytest.mark.parametrize("sign", ARCHIVE_ONLY)
def test_what_the_file_cannot_hold_is_left_out(sign):
    assert cell_of(f"a{sign}b").value == "ab"


def test_a_sign_that_is_left_out_hides_no_formula():
    for sign in ARCHIVE_ONLY:
        cell = cell_of(f"{sign}=1+1")
        assert (cell.data_type, formulas.is_active(cell.value)) == ("s", False)


def test_a_text_that_is_too_long_says_that_it_goes_on():
    shown = cell_of("x" * (LONGEST + 1)).value
    assert (len(shown), shown[-2:]) == (LONGEST, "x…")
    assert cell_of("x" * LONGEST).value == "x" * LONGEST


def test_the_header_is_bold_and_stays_and_columns_are_as_wide_as_what_they_hold():
    rows = [["A" * 30, "x" * 500, n] for n in range(60)]
    sheet = workbooks.book(workbook("partnerships", ["title", "summary", "n"], rows)).active
    assert (sheet.title, sheet.freeze_panes, sheet.max_row) == ("partnerships", "A2", 61)
    assert [(cell.value, cell.font.bold) for cell in sheet[1]] == [("title", True), ("summary", True), ("n", True)]
    assert [sheet.column_dimensions[name].width for name in "ABC"] == [32, 60, 10]


def test_a_list_without_a_row_is_its_header():
    assert workbooks.cells(workbook("list", ["id", "name"], [])) == [["id", "name"]]
