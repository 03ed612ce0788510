"""Spreadsheets that people import, with all their quirks: read as meant, or refused with the place and what to do."""

import io
import random
import re
import struct
import zipfile
from contextlib import suppress
from datetime import datetime, timedelta

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from partnerships.core import tables, workbook_reader
from partnerships.core.table_files import read
from tests.hostile import workbooks
from tests.importing.files import as_csv, as_xlsx

NAMES = ("name", "ein", "website", "day")
HEAD = ["Name", "EIN", "Website"]


def known_heading(heading):
    return tables.normalize_heading(heading) in NAMES


def table(content, **more):
    return read(content, known_heading, **more)


def remarks(found):
    return " ".join(words for _, words in found.remarks)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_delimiter_and_any_encoding_is_read(mark, encoding):
    found = table(as_csv(HEAD, ["Ñandú, and others", "01", "x"], mark=mark, encoding=encoding))
    assert found.headings == HEAD
    assert found.rows == [(2, ["Ñandú, and others", "01", "x"])]


def test_old_latin_encodings_are_read_with_a_remark():
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
    assert "We didn’t read row 1" in remarks(found)
    assert "Row 6 has headings" in remarks(found)


def test_a_row_number_is_the_one_that_the_spreadsheet_shows():
    found = table(b'Name,EIN\n\n"two\nlines",1\n\nlast,2\n')
    assert [(number, cells[0]) for number, cells in found.rows] == [(3, "two\nlines"), (5, "last")]


def test_a_surplus_comma_is_reported_at_its_row():
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
    content = _with_stored_value(as_xlsx(HEAD, ["x", "=1+1", "y"]), rb"</f>(<v ?/>|<v></v>)", b"</f><v>2</v>")
    found = table(content)
    assert found.rows[0][1][1] == 2
    assert "Row 2 has a formula" in remarks(found)


def _with_stored_value(content, old, new):
    before, out = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for info in before.infolist():
            part = before.read(info)
            after.writestr(info.filename, re.sub(old, new, part) if "sheet1" in info.filename else part)
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


def test_cells_are_what_a_program_of_its_own_reads_of_them():
    """Compared with openpyxl, which is slower and takes more memory."""
    when = datetime(2026, 3, 31, 17, 30)
    rows = [
        ["Name", "A", "B", "C", "D", "E"],
        [when, when.date(), when.time(), timedelta(hours=30), 0.5, -7],
        [1e20, 1.5e-7, 12345678901234567890, True, False, "_x000D_"],
        ["  spaces  ", "a & <b>", "two\nlines", "\U0001f600", "'quoted", "0012"],
        [46_112, 46_112, 46_112.75, 46_112, 0, 2_958_466],
    ]

    def style(book):
        book.epoch = CALENDAR_MAC_1904
        formats = ("yyyy-mm-dd", "[h]:mm", "0.00", 'General" d"', "[Red]m/d/yy", "[$-409]mmm yy")
        for column, code in enumerate(formats, 1):
            book.active.cell(5, column).number_format = code

    for change in (None, style):
        content = as_xlsx(*rows, change=change)
        sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True).active
        known_rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        found = [cells for _, cells in table(content).rows]
        assert [[getattr(cell, "text", cell) for cell in row] for row in found] == known_rows


def test_texts_are_read_as_they_are_shown():
    texts = (
        "<x:sst xmlns:x='y'><x:si><x:r><x:t>Na</x:t></x:r><x:r><x:t>me</x:t></x:r><x:rPh><x:t>reading</x:t></x:rPh></x:si>"
        "<x:si><x:t>&amp;&#233;</x:t></x:si></x:sst>"
    )
    rows = '<row r="1"><c r="B1" t="s"><v>0</v></c></row><row r="3"><c r="B3" t="s"><v>1</v></c><c t="str"><v>z</v></c></row>'
    found = table(workbooks.book(workbooks.sheet(rows), texts=texts))
    assert found.headings == ["", "Name"]
    assert found.rows == [(3, [None, "&é"])]
    assert "more cells than there are headings" in found.troubles[0][2]


# Malicious files


def packed_workbook(parts, **more):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in parts.items():
            book.writestr(name, part)
    return out.getvalue()


SHARED = (
    "xl/worksheets/sheet1.xml",
    b'<worksheet><sheetData><row r="1"><c t="s"><v>0</v></c></row></sheetData></worksheet>',
)


def with_part(name, part, *others):
    before, out = zipfile.ZipFile(io.BytesIO(as_xlsx(HEAD, ["x", "1", "y"]))), io.BytesIO()
    changed = {name: part, **dict(others)}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for info in before.infolist():
            if info.filename not in changed:
                after.writestr(info.filename, before.read(info))
        for name, part in changed.items():
            after.writestr(name, part)
    return out.getvalue()


def refusal_of(content):
    with pytest.raises(ValidationError) as problem:
        table(content)
    return problem.value.messages[0]


def test_a_zip_bomb_is_never_unpacked(monkeypatch):
    bomb = with_part("xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * (90 * 2**20))
    many = packed_workbook(
        {"xl/workbook.xml": b"x", **{f"xl/media/{n}.png": b"" for n in range(workbook_reader.MOST_PARTS)}}
    )
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *given: pytest.fail("it was unpacked"))
    assert len(bomb) < 2**20
    for content in (bomb, many):
        assert "far too large" in refusal_of(content)


def test_a_part_that_lies_about_its_size_gives_no_more_than_it_said():
    content = bytearray(with_part("xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * (3 * 2**20) + b"</worksheet>"))
    name = b"xl/worksheets/sheet1.xml"
    for place in (content.find(name) - 30, content.rfind(name) - 46):
        at = place + (22 if content[place : place + 4] == b"PK\x03\x04" else 24)
        content[at : at + 4] = struct.pack("<I", 100)
    assert "can’t read" in refusal_of(bytes(content))


def test_entities_passwords_and_other_formats_are_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    assert "can’t read" in refusal_of(with_part("xl/worksheets/sheet1.xml", bomb))
    texts = bomb.decode().replace("worksheet", "sst").encode("utf-16")
    assert "can’t read" in refusal_of(with_part("xl/sharedStrings.xml", texts, SHARED))
    assert "OpenDocument" in refusal_of(packed_workbook({"content.xml": b"<x/>", "mimetype": b"x"}))
    assert "can’t read" in refusal_of(packed_workbook({"word/document.xml": b"<x/>"}))
    assert "can’t read" in refusal_of(with_part("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"))


def test_a_workbook_that_declares_entities_is_refused_even_where_it_uses_none():
    content = as_xlsx(HEAD, ["x", "1", "y"])
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert table(with_part("xl/worksheets/sheet1.xml", sheet)).rows
    document = b'<!DOCTYPE worksheet [<!ENTITY a "aaaa">]>'
    comment = b"<!--" + b"x" * 5_000 + b"-->"
    for declared in (b"<!DOCTYPE worksheet>", document, comment + document, b"<?x " + b"x" * 90_000 + b"?>" + document):
        changed = sheet.replace(b"<worksheet", declared + b"<worksheet")
        assert "can’t read" in refusal_of(with_part("xl/worksheets/sheet1.xml", changed))


def test_more_than_ten_megabytes_are_not_read():
    assert "10 MB" in refusal_of(b"Name,EIN\n" + b"x" * tables.MOST_BYTES)


def test_a_sheet_that_says_it_is_endless_ends():
    content = as_xlsx(HEAD, ["x", "1", "y"], change=lambda book: book.active.cell(1_048_576, 1, "far below"))
    found = table(content)
    assert found.rows == [(2, ["x", "1", "y"])]
    assert "We didn’t read anything below row" in remarks(found)


def test_marks_without_an_end_take_no_time():
    sheet = b"<worksheet><sheetData>" + b"<row hidden=" * 100_000
    assert "can’t read" in refusal_of(with_part("xl/worksheets/sheet1.xml", sheet))


def test_every_sheet_hidden_is_refused():
    content = with_part("xl/workbook.xml", _workbook_xml().replace(b'state="visible"', b'state="hidden"'))
    assert "All sheets in this file are hidden" in refusal_of(content)


def _workbook_xml():
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    return zipfile.ZipFile(content).read("xl/workbook.xml")


@pytest.mark.parametrize("what", workbooks.REFUSED)
def test_what_no_spreadsheet_program_writes_is_refused_in_words(what):
    assert refusal_of(workbooks.REFUSED[what]()).endswith(".")


@pytest.mark.parametrize("what", workbooks.READ)
def test_what_is_outside_the_rows_is_never_read(what):
    found = table(workbooks.READ[what]())
    assert found.headings == ["Name", "EIN"]


def test_any_cut_and_any_wrong_byte_of_a_workbook_is_survived():
    whole, chance = as_xlsx(HEAD, ["x", 1, datetime(2026, 3, 31)], ["y", "=1+1", "z"]), random.Random(18)
    for place in range(0, len(whole), 41):
        wrong = bytearray(whole)
        wrong[place] = chance.randrange(256)
        for content in (whole[:place], bytes(wrong), _with_stored_value(whole, rb'r="B2"', b'r="%c"' % wrong[place])):
            with suppress(ValidationError):
                table(content)


def test_a_part_that_is_said_to_lie_before_the_file_is_refused():
    assert "can’t read" in refusal_of(workbooks._patched(workbooks.book(), [(42, "<I", 0xFFFFFFF0)]))


def test_merged_cells_that_overlap_are_refused():
    assert "can’t read" in refusal_of(workbooks.WORKBOOKS["merged cells over each other"]())


def test_a_small_file_is_never_a_large_task():
    """A sheet of a million cells in two megabytes is larger than any office's. In a few kilobytes it's a bomb."""
    rows = workbooks._rows(10_000, 20)
    assert len(table(workbooks.padded(workbooks.book(workbooks.sheet(rows)))).rows) == 10_000
    assert "far too large" in refusal_of(workbooks.book(workbooks.sheet(workbooks._rows(10_000, 100))))
