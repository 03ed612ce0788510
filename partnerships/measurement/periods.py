"""Periods of a measure: months, quarters, years, school and fiscal years. A period is identified by its first day.

A school year is written with both its years (2024–25), a fiscal year with the one in which it ends (FY 2025).
"""

import re
from datetime import date, datetime, timedelta

from django.utils import dates
from django.utils.translation import gettext_noop as _

from partnerships.core.stored_texts import StoredText

MONTH, QUARTER, YEAR, SCHOOL_YEAR, FISCAL_YEAR = "month", "quarter", "year", "school_year", "fiscal_year"
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
LENGTHS = {MONTH: 1, QUARTER: 3, YEAR: 12, SCHOOL_YEAR: 12, FISCAL_YEAR: 12}
EXAMPLES = {  # in English
    MONTH: _("March 2024"),
    QUARTER: _("2024 Q3"),
    YEAR: "2024",
    SCHOOL_YEAR: "2024–25",
    FISCAL_YEAR: _("FY 2025"),
}
ENDED = _("This measure ended with %(period)s.")
_ANOTHER_KIND = {
    "year": _("“%(text)s” is a year. This measure uses periods like %(example)s."),
    MONTH: _("“%(text)s” is a month. This measure uses periods like %(example)s."),
    QUARTER: _("“%(text)s” is a quarter. This measure uses periods like %(example)s."),
    SCHOOL_YEAR: _("“%(text)s” is a school year. This measure uses periods like %(example)s."),
}
_FIRST, _LAST = 1900, 2199
LONGEST = 100  # characters of a text that may be a period
_ISO_MONTH = r"(\d{4})[-–/](\d{2})"
_EXCEL = date(1899, 12, 30)  # day 0 of spreadsheets


class OtherPeriod(ValueError):
    """The text is a period, but of another length than those of the measure."""


def start_of(kind: str, day: date, first_month: int = 1) -> date:
    """First day of the period that contains this day. `first_month`: of school and fiscal years."""
    if kind == MONTH:
        return day.replace(day=1)
    if kind == QUARTER:
        return date(day.year, day.month - (day.month - 1) % 3, 1)
    first = first_month if kind in (SCHOOL_YEAR, FISCAL_YEAR) else 1
    return date(day.year - (day.month < first), first, 1)


def after(kind: str, start: date, times: int = 1) -> date:
    """First day of the period so many later (or earlier, if negative)."""
    months = start.year * 12 + start.month - 1 + LENGTHS[kind] * times
    return date(months // 12, months % 12 + 1, 1)


def end_of(kind: str, start: date) -> date:
    """The last day of a period."""
    return after(kind, start) - timedelta(days=1)


def label(kind: str, start: date) -> str:
    if kind == MONTH:
        return StoredText.of_day(start, _("F Y"))
    if kind == QUARTER:
        return StoredText(_("%(year)s Q%(quarter)s"), year=start.year, quarter=(start.month + 2) // 3)
    if kind == SCHOOL_YEAR:
        return f"{start.year}–{(start.year + 1) % 100:02}" if start.month > 1 else str(start.year)
    if kind == FISCAL_YEAR:
        return StoredText(_("FY %(year)s"), year=end_of(kind, start).year)
    return str(start.year)


def parse(typed: str, kind: str, first_month: int = 1) -> date:
    """First day of the period that a person typed, or that a spreadsheet cell holds (a date, or its number).

    Raises ValueError with a message that says what is expected.
    """
    if isinstance(typed, datetime):
        typed = typed.date()
    if not isinstance(typed, date):
        typed = _first_day(str(typed).strip(), kind, first_month)
    if not _FIRST <= typed.year <= _LAST:
        raise ValueError(StoredText(_("Periods must be between %(first)s and %(last)s."), first=_FIRST, last=_LAST))
    return start_of(kind, typed, first_month)


def _first_day(text: str, kind: str, first_month: int) -> date:
    """The first day of the period that the text names. Raises ValueError if it names none, or one of another kind."""
    found = _kind_of(text, kind)
    if found is None:
        words = _("“%(text)s” isn’t a period that we can read. Enter it like %(example)s.")
        raise ValueError(StoredText(words, text=text[:40], example=StoredText(EXAMPLES[kind])))
    named, day = found
    if named == "day":
        return day
    if named == "year" and kind in (SCHOOL_YEAR, FISCAL_YEAR):
        # A year alone means a fiscal year by its end, and a school year by its beginning.
        named = kind
    if named != kind:
        words = _ANOTHER_KIND.get(named, _("“%(text)s” is a fiscal year. This measure uses periods like %(example)s."))
        raise OtherPeriod(StoredText(words, text=text[:40], example=StoredText(EXAMPLES[kind])))
    if kind == FISCAL_YEAR:
        return date(day.year - (first_month > 1), first_month, 1)
    return date(day.year, first_month, 1) if kind == SCHOOL_YEAR else day


def _kind_of(text: str, wanted: str) -> tuple[str, date] | None:
    """(kind, a day in it), or None.

    For a fiscal year, the year that names it. 2010-11 may be a month or a school year.
    """
    if len(text) > LONGEST:
        return None
    forms = reversed(_FORMS) if wanted == MONTH and re.fullmatch(_ISO_MONTH, text) else _FORMS
    for pattern, read in forms:
        if match := re.fullmatch(pattern, text, re.IGNORECASE):
            try:
                return read(*match.groups())
            except (ValueError, OverflowError):
                continue
    return None


def _years(one: str, other: str) -> tuple[str, date]:
    if int(other) % 100 != (int(one) + 1) % 100:
        raise ValueError
    return SCHOOL_YEAR, date(int(one), 1, 1)


def _month_named(name: str, year: str) -> tuple[str, date]:
    named = [*enumerate(MONTHS, 1), *dates.MONTHS.items()]  # in English, and in the language of the page
    place = next((n for n, month in named if str(month).lower().startswith(name.lower())), 0)
    return MONTH, date(_year(year), place, 1)


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def _quarter(number: str, year: str) -> tuple[str, date]:
    return QUARTER, date(_year(year), int(number) * 3 - 2, 1)


_BETWEEN, _YEAR = r"(?:\s*[-–—/]\s*|,?\s*)", r"'?(\d{4}|\d{2})"
_FORMS = (
    (r"(\d{4})", lambda year: (YEAR, date(int(year), 1, 1))),
    (r"(\d{5})", lambda days: ("day", _EXCEL + timedelta(days=int(days)))),
    (r"(\d{4})-(\d{1,2})-(\d{1,2})", lambda y, m, d: ("day", date(int(y), int(m), int(d)))),
    (r"(\d{1,2})/(\d{1,2})/(\d{4})", lambda m, d, y: ("day", date(int(y), int(m), int(d)))),
    (
        r"(?:FY|fiscal year|año fiscal)\s*(?:\d{2,4}\s*[-–—/]\s*)?" + _YEAR,
        lambda y: (FISCAL_YEAR, date(_year(y), 1, 1)),
    ),
    (r"(?:SY|school year)?\s*(\d{4})\s*[-–—/]\s*(\d{4}|\d{2})", _years),
    (r"[QT]\s*([1-4])" + _BETWEEN + _YEAR, _quarter),
    (r"(\d{4})" + _BETWEEN + r"[QT]\s*([1-4])", lambda y, q: _quarter(q, y)),
    (r"([a-z]{3,10})\.?(?:\s+de)?" + _BETWEEN + _YEAR, _month_named),
    (r"(\d{4})\s+([a-z]{3,10})\.?", lambda y, name: _month_named(name, y)),
    (r"(0?[1-9]|1[0-2])[/.](\d{4})", lambda m, y: (MONTH, date(int(y), int(m), 1))),
    (_ISO_MONTH, lambda y, m: (MONTH, date(int(y), int(m), 1))),
)
