"""Periods as people write them, and their order."""

import re
from datetime import date, datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from partnerships.measurement import periods

KINDS = list(periods.LENGTHS)
days = st.dates(date(1950, 1, 1), date(2150, 12, 31))


@pytest.mark.parametrize(
    ("typed", "kind", "first", "start", "shown"),
    [
        ("2024 Q3", "quarter", 1, date(2024, 7, 1), "2024 Q3"),
        ("Q3 2024", "quarter", 1, date(2024, 7, 1), "2024 Q3"),
        ("q3-24", "quarter", 1, date(2024, 7, 1), "2024 Q3"),
        ("3/2024", "month", 1, date(2024, 3, 1), "March 2024"),
        ("Sept. 2024", "month", 1, date(2024, 9, 1), "September 2024"),
        ("Mar-24", "month", 1, date(2024, 3, 1), "March 2024"),
        ("2010-11", "month", 1, date(2010, 11, 1), "November 2010"),
        ("2010-11", "school_year", 9, date(2010, 9, 1), "2010–11"),
        ("1999–2000", "school_year", 7, date(1999, 7, 1), "1999–00"),
        ("2024", "school_year", 9, date(2024, 9, 1), "2024–25"),
        ("FY25", "fiscal_year", 7, date(2024, 7, 1), "FY 2025"),
        ("FY 2024-25", "fiscal_year", 7, date(2024, 7, 1), "FY 2025"),
        ("2025", "fiscal_year", 1, date(2025, 1, 1), "FY 2025"),
        ("2024", "year", 1, date(2024, 1, 1), "2024"),
        ("45000", "month", 1, date(2023, 3, 1), "March 2023"),
        (datetime(2024, 8, 15, 12), "quarter", 1, date(2024, 7, 1), "2024 Q3"),
        ("8/15/2024", "fiscal_year", 10, date(2023, 10, 1), "FY 2024"),
    ],
)
def test_what_people_write_is_read(typed, kind, first, start, shown):
    assert periods.parse(typed, kind, first) == start
    assert periods.label(kind, start) == shown


@pytest.mark.parametrize("kind", KINDS)
@given(day=days)
def test_what_a_spanish_page_shows_is_read_there(kind, day):
    start = periods.start_of(kind, day)
    with translation.override("es"):
        assert periods.parse(periods.label(kind, start), kind) == start


@pytest.mark.parametrize(
    ("typed", "month"), [("enero de 2024", 1), ("ago. 2024", 8), ("diciembre 24", 12), ("Aug 2024", 8)]
)
def test_months_are_read_in_the_language_of_the_page_and_in_english(typed, month):
    with translation.override("es"):
        assert periods.parse(typed, "month") == date(2024, month, 1)


@pytest.mark.parametrize(
    ("typed", "kind", "error"),
    [
        ("2024", "quarter", "“2024” is a year. This measure uses periods like 2024 Q3."),
        ("March 2024", "year", "“March 2024” is a month. This measure uses periods like 2024."),
        ("FY 25", "month", "“FY 25” is a fiscal year. This measure uses periods like March 2024."),
        ("Q5 2024", "quarter", "“Q5 2024” isn’t a period that we can read. Enter it like 2024 Q3."),
        ("2024-27", "school_year", "“2024-27” isn’t a period that we can read. Enter it like 2024–25."),
        ("13/45/2024", "month", "“13/45/2024” isn’t a period that we can read. Enter it like March 2024."),
        ("", "year", "“” isn’t a period that we can read. Enter it like 2024."),
        ("=A1", "year", "“=A1” isn’t a period that we can read. Enter it like 2024."),
        ("0031", "year", "Periods must be between 1900 and 2199."),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(typed, kind, error):
    with pytest.raises(ValueError, match=f"^{re.escape(error)}$"):
        periods.parse(typed, kind)


@given(days, st.sampled_from(KINDS), st.integers(1, 12))
def test_every_day_lies_in_one_period_that_its_label_names(day, kind, first):
    start = periods.start_of(kind, day, first)
    assert start <= day <= periods.end_of(kind, start)
    assert periods.start_of(kind, start, first) == start
    assert periods.start_of(kind, periods.end_of(kind, start), first) == start
    assert periods.after(kind, periods.after(kind, start, 7), -7) == start
    assert periods.parse(periods.label(kind, start), kind, first) == start
