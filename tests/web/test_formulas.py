"""Downloads hold no cell that a spreadsheet would run."""

import pytest

from partnerships.web.csv import safe
from tests import formulas


def test_a_cell_is_never_active_and_keeps_its_text():
    cells = {text: safe(text) for text in formulas.TEXTS}
    assert [text for text, cell in cells.items() if formulas.is_active(cell)] == []
    assert [text for text, cell in cells.items() if cell.removeprefix("'") != text.removeprefix("'")] == []


@pytest.mark.parametrize("text", ["plain", "1+1", "a=b", "", "5", "2026-01-01", "Nguyễn", "…", "–5", "« oui »"])
def test_other_cells_stay_as_they_are(text):
    assert safe(text) == text


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
