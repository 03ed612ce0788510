"""Reads spreadsheets for tests: the cells as a program reads them, and the whole text of a file."""

import io
import zipfile

from openpyxl import load_workbook

SHEET = "xl/worksheets/sheet1.xml"


def is_workbook(content: bytes) -> bool:
    return content.startswith(b"PK\x03\x04")


def book(content: bytes):
    return load_workbook(io.BytesIO(content))


def cells(content: bytes) -> list[list]:
    """The values of all rows, with the header first. An empty cell is an empty text."""
    return [
        ["" if value is None else value for value in row] for row in book(content).active.iter_rows(values_only=True)
    ]


def text(content: bytes) -> str:
    """The XML of the sheet as it's written in the file."""
    return zipfile.ZipFile(io.BytesIO(content)).read(SHEET).decode()
