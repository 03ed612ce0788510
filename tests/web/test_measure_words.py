"""The text around pictures of measures: a sentence before, what is left out, and a table with the same values."""

from decimal import Decimal

import pytest

from partnerships.web.charts import measures as pictures
from tests.web.measures import ALL, panels, points, trend

D = Decimal


def test_the_sentence_says_from_when_to_when_and_where_to():
    assert pictures.trend_picture(trend(direction="lower")).sentence == (
        "Families who had to move: from 2017 to 2024 it fell from 15.1 to 11.0 percent; the target is 8 by 2027. "
        "The baseline is 14.2, in 2019. The forecast says 9.5 for 2027. Lower is better."
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2023=4 2024=5.50", "Calls: from 2023 to 2024 it rose from 4 to 5.50 calls."),
        ("2023=4 2024=4", "Calls: from 2023 to 2024 it started and ended at 4 calls."),
        ("2023=m 2024=4", "Calls: it was 4 calls in 2024."),
        ("2023=s 2024=4s", "Calls: all numbers are hidden, too few people."),
        ("2023=s 2024=m", "Calls: there are no numbers to show yet."),
        ("", "Calls: there are no numbers to show yet."),
    ],
)
def test_the_sentence_of_a_line(given, expected):
    lines = (pictures.Line("All", points(given)),)
    assert pictures.trend_picture(pictures.Trend("Calls", "calls", lines)).sentence == expected


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (
            ("20.6", "20.4", "20.8"),
            ("20.2", "20", "20.4"),
            "it stayed about the same: 20.6 and then 20.2 calls, which may only",
        ),
        (
            ("20.2", "20", "20.4"),
            ("20.6", "20.4", "20.8"),
            "it stayed about the same: 20.2 and then 20.6 calls, which may only",
        ),
        (("20.7", "20.5", "20.9"), ("20.2", "20", "20.4"), "it fell from 20.7 to 20.2 calls"),
        (("20.2", "20", "20.4"), ("20.7", "20.5", "20.9"), "it rose from 20.2 to 20.7 calls"),
        (("20.2",), ("20.3",), "it rose from 20.2 to 20.3 calls"),
    ],
)
def test_a_difference_that_rounding_can_make_is_no_change(first, last, words):
    made = []
    for year, (value, *ends) in zip(("2023", "2024"), (first, last), strict=True):
        least, most = map(D, ends) if ends else (None, None)
        made.append(pictures.Point(year, D(value), least=least, most=most))
    found = pictures.trend_picture(pictures.Trend("Calls", "calls", (pictures.Line("All", tuple(made)),)))
    assert words in found.sentence


def test_the_sentences_of_groups():
    assert [one.sentence for one in ALL[1:]] == [
        "Moves, by group, all on one scale. The latest numbers are between 8.2 for White in 2022 and 17.0 for "
        "Black or African American in 2022.",
        "Moves, Black families compared with White families: in 2023 the rate was 1.8 times that of White families, "
        "7.1 percentage points more. In 2019 it was 2.1 times that rate.",
        "Moves in 2024, by group: from 8.2 for White to 17.0 percent for American Indian or Alaska Native. "
        "The others are compared with White, 8.2.",
    ]


def test_what_is_not_drawn_is_named():
    assert [one.notes for one in ALL] == [
        ("No data: 2020.", "Not shown, too few people: 2023.", "Disputed by someone: 2021."),
        (
            "No data: Black or African American in 2020; White in 2020; All families in 2020.",
            "Not shown, too few people: Pacific Islander at all times.",
            "Disputed by someone: Black or African American in 2022.",
        ),
        (
            "The reference group: White families. “Same rate” is as high as theirs.",
            "Twice as high and half as high are equally far from it.",
            "No data: 2020.",
            "Not shown, too few people: 2022.",
            "Disputed by someone: 2023.",
        ),
        (
            "No data: Two or more races.",
            "Not shown, too few people: Pacific Islander.",
            "Disputed by someone: Black or African American.",
        ),
    ]


def test_a_scale_without_zero_says_so():
    lines = (pictures.Line("All", points("2023=61 2024=70")),)
    assert pictures.trend_picture(pictures.Trend("Calls", "", lines)).notes == (
        "The scale goes from 60 to 70, without zero.",
    )


def test_the_table_of_a_trend_has_all_its_numbers():
    picture = ALL[0]
    assert picture.head == ("Period", "Percent", "Forecast", "Baseline", "Target")
    assert picture.rows == (
        ("2017", "15.1", "", "", ""),
        ("2019", "14.2", "", "14.2", ""),
        ("2020", "No data", "", "", ""),
        ("2021", "13.0, disputed by someone", "", "", ""),
        ("2022", "12.4 (range 11.4 to 13.4)", "", "", ""),
        ("2023", "Not shown, too few people", "", "", ""),
        ("2024", "11.0", "", "", ""),
        ("2025", "", "10.5", "", ""),
        ("2026", "", "10.0", "", ""),
        ("2027", "", "9.5 (range 8.5 to 10.5)", "", "8"),
    )


def test_tables_next_to_pictures_of_groups():
    assert ALL[1].rows[1] == ("2020", "No data", "Not shown, too few people", "No data", "No data")
    assert ALL[2].rows[0] == ("2019", "2.1", "11.0 percentage points more")
    assert ALL[2].rows[3] == ("2022", "Not shown, too few people", "")
    assert ALL[3].rows[2:] == (
        ("Pacific Islander", "Not shown, too few people"),
        ("Two or more races", "No data"),
        ("White (reference group)", "8.2 (range 7.7 to 8.7)"),
    )


def test_a_name_from_right_to_left_turns_no_other_words_around():
    picture = pictures.panels_picture(panels(lines=(pictures.Line("الأسر", points("2024=4")),)))
    assert "4 for \u2068الأسر\u2069 in 2024" in picture.sentence
