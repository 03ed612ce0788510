"""Periods: each day lies in one, they follow each other without a gap, and what people type is read or refused in words."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from random import Random

import pytest

from partnerships.measurement import periods
from partnerships.measurement.periods import (
    FISCAL_YEAR,
    KINDS,
    MONTH,
    QUARTER,
    SCHOOL_YEAR,
    YEAR,
    Period,
    PeriodError,
    parse,
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("first_month", range(1, 13))
def test_every_day_lies_in_one_period_and_they_follow_without_a_gap(kind, first_month):
    random = Random(first_month)
    for _ in range(100):
        day = date(1990, 1, 1) + timedelta(random.randrange(20_000))
        found = periods.period_of(kind, day, first_month)
        assert found.first <= day <= found.last
        assert found.first.day == 1
        assert periods.period_of(kind, found.first, first_month) == found
        assert periods.period_of(kind, found.last, first_month) == found
        assert periods.next(found).first == found.last + timedelta(1)
        assert periods.next(periods.next(found, 5), -5) == found
        assert periods.next(found) > found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("first_month", range(1, 13))
def test_a_label_is_read_as_what_it_was_written_of(kind, first_month):
    period = periods.period_of(kind, date(1999, 11, 3), first_month)
    for _ in range(60):
        assert parse(str(period), kind, first_month) == period
        period = periods.next(period)


@pytest.mark.parametrize(
    ("kind", "day", "first_month", "label"),
    [
        (MONTH, date(2024, 3, 31), 7, "March 2024"),
        (QUARTER, date(2024, 9, 30), 7, "2024 Q3"),
        (QUARTER, date(2024, 12, 1), 7, "2024 Q4"),
        (YEAR, date(2024, 12, 31), 7, "2024"),
        (SCHOOL_YEAR, date(2024, 6, 30), 7, "2023–24"),
        (SCHOOL_YEAR, date(1999, 9, 1), 9, "1999–00"),
        (FISCAL_YEAR, date(2024, 6, 30), 7, "FY 2024"),
        (FISCAL_YEAR, date(2024, 7, 1), 7, "FY 2025"),
        (FISCAL_YEAR, date(2024, 10, 1), 10, "FY 2025"),
        (FISCAL_YEAR, date(2024, 7, 1), 1, "FY 2024"),
    ],
)
def test_what_a_period_is_called(kind, day, first_month, label):
    assert periods.label(periods.period_of(kind, day, first_month)) == label


READ = {
    "month": [
        ("March 2024", "3/2024", "03/2024", "2024-03", "2024/3", "Mar 2024", "mar. 2024", "MARCH, 2024", "2024 March"),
        (
            "Mar-2024",
            "marzo de 2024",
            "３/2024",
            "2024-03-31",
            "3/31/2024",
            "2024-03-05T00:00:00",
            45352,
            "45352",
            45352.5,
        ),
    ],
    "quarter": [
        ("2024 Q1", "Q1 2024", "q1-2024", "2024Q1", "2024-Q1", "1st quarter 2024", "Quarter 1 2024", "2024 T1"),
        ("2024-02-29", 45352),
    ],
    "year": [("2024", 2024, 2024.0, "2024.0", " 2024 ", "2024-03-31")],
    "school_year": [
        ("2023-24", "2023–24", "2023/24", "2023-2024", "2023 – 2024", "SY 2023-24", "School year 2023-24", "sy2023-24"),
        ("2024-03-31", 45352),
    ],
    "fiscal_year": [
        (
            "FY 2024",
            "FY24",
            "fy2024",
            "FY-24",
            "Fiscal year 2024",
            "2024",
            2024,
            "2023-24",
            "FY 2023-24",
            "FY2023–2024",
        ),
        ("2024-03-31", 45352),
    ],
}
BEGINS = {MONTH: (2024, 3), QUARTER: (2024, 1), YEAR: (2024, 1), SCHOOL_YEAR: (2023, 7), FISCAL_YEAR: (2023, 7)}


@pytest.mark.parametrize(
    ("text", "kind"), [(text, kind) for kind, rows in READ.items() for row in rows for text in row]
)
def test_what_people_type_is_read(text, kind):
    assert parse(text, kind) == Period(kind, date(*BEGINS[kind], 1))


def test_days_of_a_spreadsheet_are_read():
    assert str(parse(date(2024, 8, 1), FISCAL_YEAR)) == "FY 2025"
    assert str(parse(datetime(2024, 8, 1, 12, 30), MONTH)) == "August 2024"
    assert [str(parse(number, MONTH)) for number in (45291, 45292, 45351)] == [
        "December 2023",
        "January 2024",
        "February 2024",
    ]


def test_two_years_that_could_be_a_month_are_what_is_asked_for():
    assert str(parse("2011-12", MONTH)) == "December 2011"
    assert str(parse("2011-12", SCHOOL_YEAR)) == "2011–12"
    assert str(parse("2011-12", FISCAL_YEAR)) == "FY 2012"


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("2024-25", MONTH, "“2024-25” is a school year, and here a month is asked for."),
        ("Q3 2024", MONTH, "“Q3 2024” is a quarter, and here a month is asked for."),
        ("March 2024", QUARTER, "“March 2024” is a month, and here a quarter is asked for."),
        ("2024", QUARTER, "“2024” is a calendar year, and here a quarter is asked for."),
        ("2024", SCHOOL_YEAR, "“2024” is a calendar year, and here a school year is asked for."),
        ("FY25", YEAR, "“FY25” is a fiscal year, and here a calendar year is asked for."),
        ("2024-03", SCHOOL_YEAR, "“2024-03” is a month, and here a school year is asked for."),
        ("SY25", SCHOOL_YEAR, "Write both years of a school year"),
        ("2024-27", SCHOOL_YEAR, "two years that do not follow each other"),
        ("FY 2024-27", FISCAL_YEAR, "two years that do not follow each other"),
        ("13/2024", MONTH, "There is no month 13."),
        ("0/2024", MONTH, "There is no month 0."),
        ("2/30/2024", MONTH, "There is no day “2/30/2024”."),
        ("2024-02-30", MONTH, "There is no day “2024-02-30”."),
        ("0042", YEAR, "The year 42 is too far off."),
        ("3/0000", MONTH, "The year 0 is too far off."),
        ("2199-12", MONTH, "The year 2199 is too far off."),
        ("9999-12-31", FISCAL_YEAR, "The year 9999 is too far off."),
        ("May 24", MONTH, "cannot be read as a month. Write it like “March 2024”"),
        ("Ma 2024", MONTH, "cannot be read as a month"),
        ("Q5 2024", QUARTER, "cannot be read as a quarter. Write it like “2024 Q3”."),
        ("", YEAR, "cannot be read as a calendar year"),
        ("=2024", YEAR, "cannot be read as a calendar year"),
        (float("nan"), YEAR, "cannot be read as a calendar year"),
        (10**40, MONTH, "cannot be read as a month"),
        (True, MONTH, "cannot be read as a month"),
        (-5, MONTH, "cannot be read as a month"),
    ],
)
def test_what_is_refused_and_with_which_words(text, kind, words):
    with pytest.raises(PeriodError) as refused:
        parse(text, kind)
    assert words in str(refused.value)


def test_any_text_is_read_or_refused_and_breaks_nothing():
    random = Random(1)
    pieces = [
        "2024",
        "24",
        "Q",
        "3",
        "-",
        "/",
        " ",
        "FY",
        "SY",
        "Mar",
        "–",
        ".",
        "T",
        "０",
        "٣",
        "²",
        "\u200f",
        "'",
        "=",
        "0",
    ]
    was_read = 0
    for _ in range(5_000):
        text = "".join(random.choices(pieces, k=random.randint(0, 6)))
        for kind in KINDS:
            with suppress(PeriodError):
                assert parse(text, kind, random.randint(1, 12)).kind == kind
                was_read += 1
    assert was_read > 100


def test_periods_between_two():
    first, last = parse("11/2023", MONTH), parse("2/2024", MONTH)
    assert [str(one) for one in periods.between(first, last)] == [
        "November 2023",
        "December 2023",
        "January 2024",
        "February 2024",
    ]
    assert periods.between(last, first) == []


def test_a_kind_or_month_that_is_none_is_an_error_of_the_caller():
    for call in (lambda: periods.period_of("week", date(2024, 1, 1)), lambda: parse("2024", "week")):
        with pytest.raises(ValueError, match="week"):
            call()
    with pytest.raises(ValueError, match="month 13"):
        periods.period_of(YEAR, date(2024, 1, 1), 13)
