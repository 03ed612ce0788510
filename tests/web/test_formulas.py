"""CSV injection: no download has a cell that a spreadsheet would run."""

import pytest

from partnerships.core.cells import escape_formula, escape_formula_in_csv, unescape_formula
from tests import formulas


@pytest.mark.parametrize("make", [escape_formula, escape_formula_in_csv])
def test_a_cell_is_never_active_and_keeps_its_text(make):
    cells = {text: make(text) for text in formulas.TEXTS}
    assert [text for text, cell in cells.items() if formulas.is_active(cell)] == []
    assert [text for text, cell in cells.items() if unescape_formula(cell) != unescape_formula(text)] == []


def test_no_part_of_a_cell_is_active_where_a_program_separates_by_another_sign():
    active, changed = [], []
    for text in (*formulas.TEXTS, *formulas.CUT):
        cut = formulas.cells_as_cut(formulas.line_of(["P-1", text, "end"]))
        active += [(text, cell) for cell in cut if formulas.is_active(cell)]
        changed += [text] if unescape_formula(escape_formula_in_csv(text)) != unescape_formula(text) else []
    assert active == []
    assert changed == []


@pytest.mark.parametrize(
    "text", ["plain", "1+1", "a=b", "", "5", "2026-01-01", "Nguyễn", "…", "–5", "« oui »", "a; b", "1;2", "one\ntwo"]
)
def test_other_cells_stay_as_they_are(text):
    assert escape_formula(text) == escape_formula_in_csv(text) == text


@pytest.mark.slow
@pytest.mark.django_db
def test_no_column_of_any_download_is_forgotten(client):
    for n, text in enumerate(formulas.some(12)):
        assert formulas.plant(text, n)
    read = list(formulas.cells(client))
    assert [row for row in read if formulas.is_active(row[2])] == []
    escaped = {(name, column) for name, column, cell in read if cell.startswith("'")}
    assert escaped >= {
        *(("partnerships", column) for column in ("title", "lead", "parties", "summary")),
        *(("organizations", column) for column in ("name", "aims", "area_served")),
        *(("jurisdictions", "name"), ("departments", "name"), ("departments", "jurisdiction")),
        *(("meetings", column) for column in ("title", "place", "access_notes", "partnership")),
    }
