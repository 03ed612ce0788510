"""Tables that people bring, with all that spreadsheets do to them: read as meant, or refused at the place with what to do."""

import io
import struct
import zipfile
from datetime import datetime

import openpyxl
import pytest
from django.core.exceptions import ValidationError

from partnerships.core import table_files, tables
from partnerships.core.table_files import read
from tests.importing.files import as_csv, as_xlsx

NAMES = ("name", "ein", "website", "day")
HEAD = ["Name", "EIN", "Website"]


def known(heading):
    return tables.folded(heading) in NAMES


def table(content, **more):
    return read(content, known, **more)


def remarks(found):
    return " ".join(words for _, words in found.remarks)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_whatever_stands_between_cells_and_whatever_the_letters(mark, encoding):
    found = table(as_csv(HEAD, ["Ñandú, and others", "01", "x"], mark=mark, encoding=encoding))
    assert found.headings == HEAD
    assert found.rows == [(2, ["Ñandú, and others", "01", "x"])]


def test_latin_letters_of_old_spreadsheets_are_read_and_said():
    found = table(as_csv(HEAD, ["Société", "1", "x"], mark=";", encoding="cp1252"))
    assert found.rows[0][1][0] == "Société"
    assert "Windows-1252" in remarks(found)


def test_the_line_that_excel_writes_for_itself_is_no_row():
    found = table(b"sep=;\r\nName;EIN\r\nx;2\r\n")
    assert (found.headings, found.headings_at, found.rows) == (["Name", "EIN"], 2, [(3, ["x", "2"])])


def test_titles_above_and_headings_twice_are_not_read_as_records():
    rows = [
        ["Our partners"],
        [],
        ["Organization", "", "Web"],
        HEAD,
        ["x", "1", "y"],
        HEAD,
        ["Name", "", ""],
        ["z", "", ""],
    ]
    found = table(as_xlsx(*rows))
    assert (found.headings, found.headings_at) == (HEAD, 4)
    assert [(number, cells[0]) for number, cells in found.rows] == [(5, "x"), (7, "Name"), (8, "z")]
    assert "Row 1 was not read" in remarks(found)
    assert "Row 6 holds headings" in remarks(found)


def test_a_row_number_is_the_one_that_the_spreadsheet_shows():
    found = table(b'Name,EIN\n\n"two\nlines",1\n\nlast,2\n')
    assert [(number, cells[0]) for number, cells in found.rows] == [(3, "two\nlines"), (5, "last")]


def test_a_comma_too_many_is_said_at_its_row():
    found = table(b"Name,EIN\nParks, and Lakes,1\n")
    assert [row for row, _, _ in found.troubles] == [2]
    assert "quotation marks" in found.troubles[0][2]


def test_a_missing_quotation_mark_is_found_with_its_row():
    with pytest.raises(ValidationError, match=r"Row 3.*quotation mark"):
        table(b'Name,EIN\nx,1\n"y,2\nz,3\n')


def test_a_formula_gives_its_stored_value_or_is_refused_at_its_cell():
    found = table(as_xlsx(HEAD, ["x", "=1+1", "#REF!"]))
    ein, website = found.rows[0][1][1:]
    assert "paste it as values" in ein.words
    assert "#REF!" in website.words
    content = _with_stored_value(as_xlsx(HEAD, ["x", "=1+1", "y"]), b"</f><v />", b"</f><v>2</v>")
    found = table(content)
    assert found.rows[0][1][1] == 2
    assert "Row 2 holds a formula" in remarks(found)


def _with_stored_value(content, old, new):
    before, out = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for info in before.infolist():
            part = before.read(info)
            after.writestr(info.filename, part.replace(old, new) if "sheet1" in info.filename else part)
    return out.getvalue()


def test_merged_cells_are_refused_where_they_would_lose_something():
    def merge(book):
        book.active.merge_cells("A1:C1")
        book.active.merge_cells("A3:A5")

    found = table(
        as_xlsx(["A title over all"], HEAD, ["x", "1", "y"], [None, "2", "z"], [None, None, None], change=merge)
    )
    assert [number for number, _ in found.rows] == [3, 4]
    assert found.headings == HEAD
    assert "A3:A5" in found.rows[1][1][0].words


def test_hidden_sheets_are_left_out_and_hidden_rows_said():
    def hide(book):
        secret = book.create_sheet("Secret", 0)
        secret.append(HEAD)
        secret.append(["hidden", "", ""])
        secret.sheet_state = "veryHidden"
        book.create_sheet("Notes").append(["only words"])
        book.active = 1
        book.worksheets[1].row_dimensions[2].hidden = True
        book.worksheets[1].column_dimensions["C"].hidden = True

    found = table(as_xlsx(HEAD, ["x", "1", "y"], change=hide))
    assert found.rows == [(2, ["x", "1", "y"])]
    assert found.sheets == ["Sheet", "Notes"]
    assert "“Secret” is hidden" in remarks(found)
    assert "hidden rows, such as row 2" in remarks(found)
    assert "hidden columns" in remarks(found)
    assert table(as_xlsx(HEAD, ["x", "1", "y"], change=hide), sheet="Notes").headings == ["only words"]


def test_days_and_numbers_keep_what_they_are():
    found = table(as_xlsx(["Name", "Day"], [12, datetime(2026, 3, 31)], [True, 1.5]))
    assert found.rows == [(2, [12, datetime(2026, 3, 31)]), (3, [True, 1.5])]


def test_too_many_rows_or_columns_are_refused():
    found = table(as_csv(["Name"], *([f"x{n}"] for n in range(tables.MOST_ROWS + 1)), mark=";") + b"")
    assert "10,000 rows" in found.troubles[0][2]
    found = table(as_csv([*HEAD, *(f"h{n}" for n in range(120))], ["x"]))
    assert "100 columns" in found.troubles[0][2]


def test_a_long_text_is_refused_at_its_cell():
    found = table(as_csv(HEAD, ["x", "y" * (tables.LONGEST_CELL + 1), ""]))
    assert "Shorten it" in found.rows[0][1][1].words


def test_an_empty_table_says_so():
    assert "empty" in table(as_xlsx()).troubles[0][2]


# Files that are made to do harm


def packed(parts, **more):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in parts.items():
            book.writestr(name, part)
    return out.getvalue()


def with_part(name, part):
    before, out = zipfile.ZipFile(io.BytesIO(as_xlsx(HEAD, ["x", "1", "y"]))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for info in before.infolist():
            if info.filename != name:
                after.writestr(info.filename, before.read(info))
        after.writestr(name, part)
    return out.getvalue()


def refused(content):
    with pytest.raises(ValidationError) as problem:
        table(content)
    return problem.value.messages[0]


def test_a_zip_bomb_is_never_unpacked(monkeypatch):
    monkeypatch.setattr(table_files, "_start_of", lambda *given: pytest.fail("it was unpacked"))
    bomb = with_part("xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * (90 * 2**20))
    assert len(bomb) < 2**20
    assert "far too large" in refused(bomb)
    many = packed({"xl/workbook.xml": b"x", **{f"xl/media/{n}.png": b"" for n in range(table_files.MOST_PARTS)}})
    assert "far too large" in refused(many)


def test_a_part_that_lies_about_its_size_gives_no_more_than_it_said():
    content = bytearray(with_part("xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * (3 * 2**20) + b"</worksheet>"))
    name = b"xl/worksheets/sheet1.xml"
    for place in (content.find(name) - 30, content.rfind(name) - 46):
        at = place + (22 if content[place : place + 4] == b"PK\x03\x04" else 24)
        content[at : at + 4] = struct.pack("<I", 100)
    assert "cannot read" in refused(bytes(content))


def test_entities_passwords_and_other_formats_are_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    assert "cannot read" in refused(with_part("xl/worksheets/sheet1.xml", bomb))
    assert "cannot read" in refused(with_part("xl/sharedStrings.xml", bomb.decode().encode("utf-16")))
    assert "OpenDocument" in refused(packed({"content.xml": b"<x/>", "mimetype": b"x"}))
    assert "cannot read" in refused(packed({"word/document.xml": b"<x/>"}))
    assert "cannot read" in refused(with_part("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"))


def test_a_workbook_that_declares_entities_is_refused_even_where_it_uses_none():
    content = as_xlsx(HEAD, ["x", "1", "y"])
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert table(with_part("xl/worksheets/sheet1.xml", sheet)).rows
    for declared in (b"<!DOCTYPE worksheet>", b'<!DOCTYPE worksheet [<!ENTITY a "aaaa">]>'):
        changed = sheet.replace(b"<worksheet", declared + b"<worksheet")
        assert "cannot read" in refused(with_part("xl/worksheets/sheet1.xml", changed))


def test_more_than_ten_megabytes_are_not_read():
    assert "10 MB" in refused(b"Name,EIN\n" + b"x" * tables.MOST_BYTES)


def test_a_sheet_that_says_it_is_endless_ends():
    content = as_xlsx(HEAD, ["x", "1", "y"], change=lambda book: book.active.cell(1_048_576, 1, "far below"))
    found = table(content)
    assert found.rows == [(2, ["x", "1", "y"])]
    assert "Nothing was read below row" in remarks(found)


def test_marks_without_an_end_take_no_time():
    sheet = b"<worksheet><sheetData>" + b"<row hidden=" * 100_000
    assert "cannot read" in refused(with_part("xl/worksheets/sheet1.xml", sheet))


def test_every_sheet_hidden_is_refused():
    content = with_part("xl/workbook.xml", _workbook_xml().replace(b'state="visible"', b'state="hidden"'))
    assert "no sheet that is shown" in refused(content)


def _workbook_xml():
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    return zipfile.ZipFile(content).read("xl/workbook.xml")
