"""The periods that a measure is reported by: what they are called, which one a day lies in, and how people type them."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from partnerships.core.dates import FIRST_YEAR, LAST_YEAR
from partnerships.core.text import fold

MONTH, QUARTER, YEAR, SCHOOL_YEAR, FISCAL_YEAR = KINDS = "month", "quarter", "year", "school_year", "fiscal_year"
_LENGTHS = {MONTH: 1, QUARTER: 3, YEAR: 12, SCHOOL_YEAR: 12, FISCAL_YEAR: 12}  # months
FIRST_MONTH = 7  # of school and fiscal years, unless told otherwise
_NAMES = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"]
_NAMES += ["November", "December"]
_SPANISH = ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre"]
_SPANISH += ["noviembre", "diciembre"]
_SAMPLES = {
    MONTH: "“March 2024” or “3/2024”",
    QUARTER: "“2024 Q3”",
    YEAR: "“2024”",
    SCHOOL_YEAR: "“2024–25”",
    FISCAL_YEAR: "“FY 2025”",
}
_CALLED = {
    MONTH: "a month",
    QUARTER: "a quarter",
    YEAR: "a calendar year",
    SCHOOL_YEAR: "a school year",
    FISCAL_YEAR: "a fiscal year",
}


class PeriodError(ValueError):
    """What is wrong with a period that somebody typed, in plain words."""


@dataclass(frozen=True, order=True)
class Period:
    """`first`: its first day, which is the first of a month. Periods of one kind are ordered in time."""

    kind: str
    first: date

    @property
    def last(self) -> date:
        return _months_on(self.first, _LENGTHS[self.kind]) - timedelta(1)

    def __str__(self):
        return label(self)


def period_of(kind: str, day: date, first_month: int = FIRST_MONTH) -> Period:
    """The period of this kind that a day lies in. `first_month` (1 to 12): where school and fiscal years begin; not read of
    other kinds. Quarters are those of the calendar."""
    if kind not in KINDS or not 1 <= first_month <= 12:
        raise ValueError(f"There is no {kind} from month {first_month}.")
    if kind == MONTH:
        return Period(kind, day.replace(day=1))
    if kind == QUARTER:
        return Period(kind, date(day.year, (day.month - 1) // 3 * 3 + 1, 1))
    month = first_month if kind in (SCHOOL_YEAR, FISCAL_YEAR) else 1
    return Period(kind, date(day.year - (day.month < month), month, 1))


def next(period: Period, steps: int = 1) -> Period:
    """The period so many after this one; of steps below 0, before it."""
    return Period(period.kind, _months_on(period.first, steps * _LENGTHS[period.kind]))


def between(first: Period, last: Period) -> list[Period]:
    """All periods from one to another of the same kind, both among them."""
    found = [first] if first <= last else []
    while found and found[-1] < last:
        found.append(next(found[-1]))
    return found


def label(period: Period) -> str:
    """“March 2024”, “2024 Q3”, “2024”, “2024–25” (a school year) or “FY 2025”, which has the year in which it ends."""
    year = period.first.year
    if period.kind == MONTH:
        return f"{_NAMES[period.first.month - 1]} {year}"
    if period.kind == QUARTER:
        return f"{year} Q{period.first.month // 3 + 1}"
    if period.kind == SCHOOL_YEAR:
        return f"{year}–{period.last.year % 100:02}" if period.last.year > year else str(year)
    return f"FY {period.last.year}" if period.kind == FISCAL_YEAR else str(year)


def parse(text: str | int | float | date, kind: str, first_month: int = FIRST_MONTH) -> Period:
    """The period of this kind that somebody typed or a spreadsheet gave: its label and other ways to write it, or a day in it.
    Raises PeriodError in words, of another kind of period by its name."""
    if kind not in KINDS:
        raise ValueError(f"There is no {kind}.")
    year = _typed_year(text, kind)
    found = (YEAR, (year, 1)) if year else _day(text) or _read(str(text))
    if found is None:
        raise PeriodError(f"“{text}” cannot be read as {_CALLED[kind]}. Write it like {_SAMPLES[kind]}.")
    if isinstance(found, date):
        _require_year(found.year)
        return period_of(kind, found, first_month)
    for given, (year, month) in _as_kinds(found, first_month):
        if given == kind:
            _require_year(year)
            return Period(kind, date(year, month, 1))
    raise PeriodError(
        f"“{text}” is {_CALLED[found[0]]}, and here {_CALLED[kind]} is asked for. Write it like {_SAMPLES[kind]}."
    )


def _months_on(day, months):
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def _require_year(year):
    if not FIRST_YEAR <= year <= LAST_YEAR - 1:
        raise PeriodError(f"The year {year} is too far off. Write a year from {FIRST_YEAR} to {LAST_YEAR - 1}.")


def _typed_year(text, kind):
    """A number that is a year where a year is asked for: a spreadsheet gives it as a number."""
    plain = re.fullmatch(r"(\d{4})(\.0+)?", str(text).strip()) if not isinstance(text, date) else None
    return int(plain[1]) if plain else None


def _day(text):
    """The day that a spreadsheet or a person gave, or None. Spreadsheets count days from the end of 1899."""
    if isinstance(text, datetime):
        return text.date()
    if isinstance(text, date):
        return text
    text = str(text).strip()
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return date(1899, 12, 30) + timedelta(int(text.split(".")[0]))
    for pattern, order in (
        (r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]+Z?)?", (1, 2, 3)),
        (r"(\d{1,2})/(\d{1,2})/(\d{4})", (3, 1, 2)),
    ):
        found = re.fullmatch(pattern, text)
        if found:
            try:
                return date(*(int(found[n]) for n in order))
            except ValueError:
                raise PeriodError(f"There is no day “{text}”. Write it as year-month-day, like 2024-03-31.")
    return None


def _read(text):
    """(kind, what it says) of a text. Two years in a row are a school year, but may be another kind: see _as_kinds."""
    text = re.sub(r"[‐‑‒–—−]", "-", fold(text))
    text = re.sub(r"\s*([-/])\s*", r"\1", " ".join(text.replace(".", " ").replace(",", " ").split()))
    return _quarter(text) or _two_years(text) or _month(text) or _fiscal_year(text)


def _quarter(text):
    for pattern, year, part in (
        (r"(\d{4})[ -/]?(?:q|qtr|quarter|t)[ -]?([1-4])", 1, 2),
        (r"(?:q|qtr|quarter|t)[ -]?([1-4])[ -/]?(\d{4})", 2, 1),
        (r"([1-4])(?:st|nd|rd|th) (?:q|qtr|quarter) (?:of )?(\d{4})", 2, 1),
    ):
        found = re.fullmatch(pattern, text)
        if found:
            return QUARTER, (int(found[year]), int(found[part]) * 3 - 2)
    return None


def _two_years(text):
    found = re.fullmatch(r"(sy|school year|fy|fiscal year)?[ -]?(\d{4})[-/](\d{4}|\d{2})", text)
    if not found:
        return None
    first, second = int(found[2]), int(found[3])
    follows = second in (first + 1, (first + 1) % 100)
    if follows and (found[1] or "").startswith("f"):
        return FISCAL_YEAR, (first + 1, None)
    if follows and (found[1] or not 1 <= second <= 12):
        return SCHOOL_YEAR, (first, None)
    if 1 <= second <= 12 and len(found[3]) == 2 and not found[1]:  # “2011-12” can be either
        return MONTH, (first, second, follows)
    raise PeriodError(f"“{text}” names two years that do not follow each other. Write them like “2024–25”.")


def _month(text):
    found = re.fullmatch(r"(\d{1,2})[-/ ](\d{4})", text) or re.fullmatch(r"(?P<y>\d{4})[-/ ](?P<m>\d{1,2})", text)
    if found:
        year, month = (found["y"], found["m"]) if found.re.groupindex else (found[2], found[1])
        if not 1 <= int(month) <= 12:
            raise PeriodError(f"There is no month {int(month)}. Months go from 1 to 12.")
        return MONTH, (int(year), int(month))
    found = re.fullmatch(r"(\d{4})[ -]?([a-z]{3,})|([a-z]{3,})[ -/]?(?:de |of )?(\d{4})", text)
    name = found and (found[2] or found[3])
    for names in (_NAMES, _SPANISH):
        for n, full in enumerate(names, start=1):
            if name and full.lower().startswith(name):
                return MONTH, (int(found[1] or found[4]), n)
    return None


def _fiscal_year(text):
    found = re.fullmatch(r"(fy|fiscal year|sy|school year)[ -]?(\d{4}|\d{2})", text)
    if not found:
        return None
    year = int(found[2]) + (2000 if len(found[2]) == 2 else 0)
    return (FISCAL_YEAR, (year, None)) if found[1].startswith("f") else (SCHOOL_YEAR, None)


def _as_kinds(found, first_month):
    """(kind, (year, month) that it begins with) for each kind that a text can be."""
    kind, said = found
    before = first_month > 1  # such a year ends in the next calendar year
    if kind == SCHOOL_YEAR and not said:
        raise PeriodError("Write both years of a school year, like “2024–25”.")
    if kind == FISCAL_YEAR:
        yield kind, (said[0] - before, first_month)
    elif kind == YEAR:
        yield from ((YEAR, said), (FISCAL_YEAR, (said[0] - before, first_month)))
        if not before:
            yield SCHOOL_YEAR, said
    elif kind != SCHOOL_YEAR:
        yield kind, said[:2]
    if kind == SCHOOL_YEAR or said[2:] == (True,):
        yield from ((at, (said[0], first_month)) for at in (SCHOOL_YEAR, FISCAL_YEAR) if before)
