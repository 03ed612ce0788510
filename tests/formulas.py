"""CSV injection: every text that can be exported, against what a spreadsheet would run as a formula.

Which cells are active is defined here separately from the code that writes them: the first visible character is = + - @
    in any width or the minus sign, or the cell begins with a tab or a line end. A CSV file is also read as programs
    read it that separate by “;”, tab or “
” (as Excel does in many countries). There, each piece is a cell.
"""

import csv
import io
import unicodedata
from itertools import islice

from django.core.exceptions import ValidationError

from partnerships.core.cells import escape_formula_in_csv
from tests import factories, workbooks
from tests.naughty_list import LINES, PARAGRAPHS

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "⁼", "⁺")
STARTS += ("\u2212", "⁻", "\x1f=", "\x00=", "\x7f-")
CUT = tuple(
    f"{before}{cut}{start}1"
    for before in ("", "a", "'=a")
    for cut in (";", "; ", "|", "\t", "\n", ';"')
    for start in STARTS
)
TEXTS = [*LINES, *PARAGRAPHS, *(f"{start}SUM(1,{n})" for n, start in enumerate(STARTS))]
TEXTS += [f" \u00a0\u200b{start}1" for start in STARTS]
TEXTS += CUT[::5]
DOWNLOADS = ("partnerships", "organizations", "jurisdictions", "departments", "meetings")


def is_active(cell: str) -> bool:
    if cell[:1] in ("\t", "\r", "\n"):
        return True
    seen = [char for char in cell if not char.isspace() and unicodedata.category(char) not in ("Cf", "Cc")]
    return bool(seen) and unicodedata.normalize("NFKC", seen[0])[:1] in ("=", "+", "-", "\u2212", "@")


def line_of(cells) -> str:
    """Return a line of CSV as downloads write it."""
    out = io.StringIO()
    csv.writer(out).writerow([escape_formula_in_csv(cell) for cell in cells])
    return out.getvalue()


def cells_as_cut(text):
    """The cells of a CSV file for programs that separate by another character, and for those that ignore quotes.

    A leading tab or line end doesn't run anything by itself, so it's left out.
    """
    text = text.replace("\0", "")  # Python can't read NUL, and the files hold none
    for sign in (";", "\t", "|"):
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign, quoting=quoting):
                yield from (cell.lstrip("\t\r\n") for cell in row)


def plant(text, n) -> bool:
    """Save this text in every field that a download shows. Returns False if a one-line field refuses it."""
    try:
        city = factories.make_jurisdiction(text)
    except ValidationError:
        return False
    office = factories.make_department(city, text)
    group = factories.make_organization(text, "profiled", aims=text, area_note=text, other_names=text)
    parties = [factories.party(entity, "member", contribution=text) for entity in (group, office, city)]
    partnership = factories.make_partnership(text, lead=city, parties=parties, summary=text)
    factories.make_meeting(partnership, title=text, place=text, access_notes=text, is_public=True)
    return True


def cells(client):
    """Yield (download, column, cell) of every cell of every download."""
    for name in DOWNLOADS:
        answer = client.get(f"/{name}.csv")
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        header, *rows = csv.reader(io.StringIO(text, newline=""))
        for row in rows:
            yield from ((name, column, cell) for column, cell in zip(header, row, strict=True))
        yield from ((name, "cut", cell) for cell in cells_as_cut(text))
        yield from _of_workbook(client, name)


def _of_workbook(client, name):
    """The texts of the same list as a spreadsheet. A cell that holds anything but text, a number or a date is active."""
    sheet = workbooks.book(client.get(f"/{name}.xlsx").content).active
    header, *rows = sheet.iter_rows()
    for row in rows:
        for column, cell in zip(header, row, strict=True):
            if cell.data_type not in ("s", "n", "d"):
                yield name, column.value, "="
            elif cell.data_type == "s":
                yield name, column.value, cell.value


def figure():
    """Return the result for bench/figures/qa11.py.

    Over all texts: how many were saved, how many cells were read, and the active ones.
    """
    from django.test import Client

    planted = sum(plant(text, n) for n, text in enumerate(TEXTS))
    active, read, escaped = [], 0, 0
    for name, column, cell in cells(Client()):
        read += 1
        escaped += cell.startswith("'")
        active += [f"{name}.{column}: {cell[:40]!r}"] if is_active(cell) else []
    return {"texts": len(TEXTS), "planted": planted, "cells": read, "escaped": escaped, "active": active[:20]}


def some(most):
    """The texts that begin like a formula and that a one-line field can hold."""
    return list(islice((text for text in TEXTS if is_active(text) and not set(text) & set("\n\r")), most))
