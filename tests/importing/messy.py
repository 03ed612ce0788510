"""A sheet of 320 made-up groups as an office could really send it, with the habits of spreadsheets and their authors.

`python -m tests.importing.messy FILE.xlsx` saves it. `WRONG`: row → column → the registry's error message.
`rows(corrected=True)`: the same sheet after someone corrected these.
"""

import io
import sys
from datetime import date, datetime, timedelta

import openpyxl

GROUPS = 320
HEADINGS = [
    "Organization name ",
    "E.I.N.",
    "Type",
    "Mission",
    "Web site",
    "Issues",
    "Area served",
    "Last verified",
    "Our notes",
]
COLUMNS = {0: "name", 1: "ein", 2: "side", 3: "aims", 4: "website", 5: "issue_areas", 6: "area", 7: "last_verified_on"}
FIRST = 4  # the row of the first group, below a title, headings of groups of columns, and headings
AGAIN = 160  # group with the headings above it again, as on a new page
BLANK = (40, 90, 91)  # groups with an empty row above them
WORDS = ("Lantern", "Harbor", "Meadow", "Copper", "Juniper", "Willow", "Granite", "Prairie")
DOES = ("readers", "tenants", "gardeners", "parents", "riders", "makers", "neighbors", "singers")

# Group → column → (what was typed, the registry's message, what it becomes).
MISTAKES = {
    12: {"E.I.N.": (12345678, "leading zero", "01-2345678")},
    35: {"Type": ("Goverment", "Community, Institution", "Community")},
    57: {"Last verified": ("spring 2025", "year, month and day", date(2025, 4, 1))},
    88: {"Web site": ("see our page", "full web address", "https://group-88.example.org")},
    120: {"Issues": ("Housing; Helth", "isn’t one of the options", "Housing; Health")},
    141: {"Area served": ("Mineapolis", "We can’t find", "City of Minneapolis")},
    177: {"Web site": ("#REF!", "shows the error", "https://group-177.example.org")},
    203: {"Last verified": (2025, "only a year", date(2025, 6, 30))},
    230: {"Area served": (667000, "enter 0667000", "0667000")},
    266: {"Mission": ("=A5&B5", "paste it as values", "Typed by hand")},
    301: {"Organization name ": ("", "A new record needs this", "Late arrival of block 301")},
}


def name(n):
    return f"{WORDS[n % 8]} {DOES[n // 8 % 8]} of block {n:03}"


def day(n):
    """The same date as different people write it."""
    on = date(2025, 1, 1) + timedelta(days=n)
    serial = (on - date(1899, 12, 30)).days
    ways = (
        on,
        serial,
        f"{on.month}/{on.day}/{on.year}",
        f"{on:%b} {on.day}, {on.year}",
        on.isoformat(),
        datetime(on.year, on.month, on.day),
    )
    return ways[n % len(ways)]


def group(n):
    """The cells of a group, correct except for the formats of dates and numbers."""
    side = ("Community", "community ", "INSTITUTION", "")[n % 4]
    ein = (f"9{n:08}", 900000000 + n, f"90-{n:07}", "")[n % 4]
    issues = ("Housing", "housing;Health", "", "Health ")[n % 4]
    area = ("City of Minneapolis", "", "City of Minneapolis; City of Seattle", "0667000")[n % 4]
    return [
        f" {name(n)}  ",
        ein,
        side,
        f"What group {n} is for\nSecond line",
        f"group-{n}.example.org",
        issues,
        area,
        day(n),
        "x",
    ]


def rows(corrected=False):
    """Yield (row of the sheet, cells) of everything in it."""
    yield 1, ["Partners of our office, spring list (made up)"]
    yield 2, ["Who they are", None, None, "What they do"]
    yield 3, HEADINGS
    at = FIRST
    for n in range(GROUPS):
        if n in BLANK:
            at += 1
        if n == AGAIN:
            yield at, HEADINGS
            at += 1
        cells = group(n)
        for column, (typed, _, right) in MISTAKES.get(n, {}).items():
            cells[HEADINGS.index(column)] = right if corrected else typed
        yield at, cells
        at += 1


def row_of(n) -> int:
    """The row of the sheet with this group."""
    return FIRST + n + sum(1 for blank in BLANK if blank <= n) + (n >= AGAIN)


WRONG = {row_of(n): {column: words for column, (_, words, _) in cells.items()} for n, cells in MISTAKES.items()}


def workbook(corrected=False) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "List"
    for at, cells in rows(corrected):
        for place, value in enumerate(cells, start=1):
            sheet.cell(at, place, value)
    sheet.merge_cells("A1:I1")
    sheet.merge_cells("A2:C2")
    sheet.merge_cells("D2:I2")
    sheet.row_dimensions[row_of(7)].hidden = True
    sheet.column_dimensions["I"].hidden = True
    old = book.create_sheet("Old list", 0)
    old.append(HEADINGS)
    old.append(["Gone long ago", "", "", "", "", "", "", "", ""])
    old.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


if __name__ == "__main__":
    with open(sys.argv[1], "wb") as file:
        file.write(workbook())
