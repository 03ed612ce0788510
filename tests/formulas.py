"""Cells of the downloads: every text that can be exported, against what a spreadsheet would run.

What counts as active is said here anew, apart from the writer: the first sign that is seen is = + - @ in any width, or the
cell begins with a tab or a line end.
"""

import csv
import io
import unicodedata
from itertools import islice

from django.core.exceptions import ValidationError

from tests import make, workbooks
from tests.naughty import LINES, PARAGRAPHS

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "⁼", "⁺")
TEXTS = [*LINES, *PARAGRAPHS, *(f"{start}SUM(1,{n})" for n, start in enumerate(STARTS))]
TEXTS += [f" \u00a0\u200b{start}1" for start in STARTS]
DOWNLOADS = ("partnerships", "organizations", "jurisdictions", "departments", "meetings")


def is_active(cell: str) -> bool:
    if cell[:1] in ("\t", "\r", "\n"):
        return True
    seen = [char for char in cell if not char.isspace() and unicodedata.category(char) != "Cf"]
    return bool(seen) and unicodedata.normalize("NFKC", seen[0])[:1] in ("=", "+", "-", "@")


def plant(text, n) -> bool:
    """Records with this text wherever a download shows text of people's own; False when it is refused in a line."""
    try:
        city = make.make_jurisdiction(text)
    except ValidationError:
        return False
    office = make.make_department(city, text)
    group = make.make_organization(text, "profiled", aims=text, area_note=text, other_names=text)
    parties = [make.party(entity, "member", contribution=text) for entity in (group, office, city)]
    partnership = make.make_partnership(text, lead=city, parties=parties, summary=text)
    make.make_meeting(partnership, title=text, place=text, access_notes=text, is_public=True)
    return True


def cells(client):
    """(download, column, cell) of every cell of every download."""
    for name in DOWNLOADS:
        answer = client.get(f"/{name}.csv")
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        header, *rows = csv.reader(io.StringIO(text, newline=""))
        for row in rows:
            yield from ((name, column, cell) for column, cell in zip(header, row, strict=True))
        yield from _of_workbook(client, name)


def _of_workbook(client, name):
    """The texts of the same list as a spreadsheet; a cell that holds anything but text, a number or a day is active."""
    sheet = workbooks.book(client.get(f"/{name}.xlsx").content).active
    header, *rows = sheet.iter_rows()
    for row in rows:
        for column, cell in zip(header, row, strict=True):
            if cell.data_type not in ("s", "n", "d"):
                yield name, column.value, "="
            elif cell.data_type == "s":
                yield name, column.value, cell.value


def figure():
    """For bench/figures/qa11.py: over all texts, how many were planted, how many cells were read, and the active ones."""
    from django.test import Client

    planted = sum(plant(text, n) for n, text in enumerate(TEXTS))
    active, read, escaped = [], 0, 0
    for name, column, cell in cells(Client()):
        read += 1
        escaped += cell.startswith("'")
        active += [f"{name}.{column}: {cell[:40]!r}"] if is_active(cell) else []
    return {"texts": len(TEXTS), "planted": planted, "cells": read, "escaped": escaped, "active": active[:20]}


def some(most):
    """The texts that begin like a formula, as far as a line of text may hold them."""
    return list(islice((text for text in TEXTS if is_active(text) and not set(text) & set("\n\r")), most))
