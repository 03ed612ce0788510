"""Disparities on the page of a measure: ratio and gap with intervals, and which group fares worse if that's certain."""

import csv
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from partnerships.core.access import SYSTEM
from partnerships.measurement.actions import save_measure
from partnerships.measurement.number_actions import save_points
from partnerships.measurement.number_queries import numbers_of
from partnerships.web.measures.shown import pictures_of
from tests.factories import make_measure

pytestmark = pytest.mark.django_db
GROUPS = [
    {"dimension": "race", "key": key, "name": key.title(), "is_reference": key == "white"} for key in ("black", "white")
]


def disparity_picture(direction="down", *, black=(200, 1000), white=(100, 1000), **fields):
    measure = make_measure(groups=GROUPS, direction=direction, **fields)
    cells = (("race=black", black), ("race=white", white))
    rows = [{"starts_on": date(2024, 1, 1), "cell": cell, "numerator": a, "denominator": b} for cell, (a, b) in cells]
    save_points(measure=measure, by=SYSTEM, rows=rows)
    return next(one.picture for one in pictures_of(measure, numbers_of(None, measure)) if one.key == "apart-race")


def test_the_gap_is_shown_with_its_interval():
    """Newcombe's method 10 gives 6.9 to 13.1, from Wilson's 17.64 to 22.59 and 8.29 to 12.02.

    Since counts can be off by 2.5, it becomes 6.3 to 13.7, rounded outward to whole points.
    """
    (row,) = disparity_picture().rows
    assert row == ("2024", "2 (range 1.54 to 2.61)", "10 percentage points more (from 6 more to 14 more)")


@pytest.mark.parametrize(
    ("direction", "more", "less"), [("down", "Black", "White"), ("up", "White", "Black"), ("neither", "", "")]
)
def test_who_fares_worse_depends_on_which_direction_is_better(direction, more, less):
    for counts, worse in ((200, more), (40, less)):
        sentence = disparity_picture(direction, black=(counts, 1000)).sentence
        assert [name for name in ("Black", "White") if f"{name} is worse off." in sentence] == (
            [worse] if worse else []
        )


def test_if_the_gap_may_be_reversed_no_group_is_said_to_fare_worse():
    picture = disparity_picture(black=(105, 1000))
    assert "fares worse" not in picture.sentence
    assert picture.rows[0][2] == "1 percentage point more (from 3 less to 4 more)"


def test_of_what_is_kept_back_nothing_is_said_of_a_gap():
    picture = disparity_picture(black=(3, 1000))
    assert "fares worse" not in picture.sentence
    assert picture.rows == (("2024", "Not shown, too few people", ""),)


def test_the_page_says_when_the_definition_changed_after_the_first_number(client):
    measure = make_measure(is_published=True)
    type(measure.result).objects.update(is_published=True)
    words = (
        "The description of what is counted changed on June 1, 2029. Numbers from before may follow the earlier one."
    )
    shown = []
    for year, definition in ((2025, "All families"), (2027, ""), (2029, "Families who rent")):
        with time_machine.travel(datetime(year, 6, 1, 18, tzinfo=UTC)):
            if definition:
                save_measure(measure=measure, by=SYSTEM, fields={"definition": definition})
            else:
                save_points(measure=measure, by=SYSTEM, rows=[{"starts_on": date(2026, 1, 1), "value": 41}])
            text = " ".join(client.get(measure.get_absolute_url()).content.decode().split())
            shown.append((words in text, "The description of what" in text))
    assert shown == [(False, False), (False, False), (True, True)]


def test_a_chart_elsewhere_and_the_files_say_so_too(client):
    words = "The description of what is counted changed on June 1, 2029."
    measure = make_measure(is_published=True)
    type(measure.result).objects.update(is_published=True)
    for year, definition in ((2027, ""), (2029, "Families who rent"), (2030, "")):
        with time_machine.travel(datetime(year, 6, 1, 18, tzinfo=UTC)):
            if definition:
                save_measure(measure=measure, by=SYSTEM, fields={"definition": definition})
            else:
                row = {"starts_on": date(year - 1, 1, 1), "numerator": 400, "denominator": 1000}
                save_points(measure=measure, by=SYSTEM, rows=[row])
    of_lead = [measure.lead.public_id]
    assert client.get(reverse("jurisdiction_dashboard", args=of_lead)).content.decode().count(words) == 1
    assert words in client.get(reverse("measure_svg", args=[measure.public_id, "trend"])).content.decode()
    file = b"".join(client.get(reverse("measure_numbers_csv", args=[measure.public_id])).streaming_content)
    rows = list(csv.DictReader(file.decode("utf-8-sig").splitlines()))
    assert [(row["period"], row["definition_changed_on"]) for row in rows] == [("2026", "2029-06-01"), ("2029", "")]


def test_a_number_is_rounded_the_same_in_words_and_in_pictures(client):
    measure = make_measure(is_published=True)
    save_measure(measure=measure, by=SYSTEM, fields={"baseline_value": "51.25", "baseline_on": date(2023, 1, 1)})
    save_points(measure=measure, by=SYSTEM, rows=[{"starts_on": date(2024, 1, 1), "numerator": 41, "denominator": 80}])
    type(measure.result).objects.update(is_published=True)
    text = client.get(f"/measures/{measure.public_id}/").content.decode()
    assert "51%, 2023" in text
    assert "it was 50 percent in 2024" in text  # 40 of 80
    assert "51.2" not in text


def trend(period, *numbers):
    """The rows of the trend of these numbers: (first day, numerator of 1000)."""
    measure = make_measure(period=period)
    rows = [{"starts_on": on, "numerator": above, "denominator": 1000} for on, above in numbers]
    save_points(measure=measure, by=SYSTEM, rows=rows)
    return next(one.picture for one in pictures_of(measure, numbers_of(None, measure)) if one.key == "trend")


def test_a_trend_begins_with_its_first_number_after_years_without_any():
    picture = trend("year", (date(2013, 1, 1), 200), (date(2024, 1, 1), 100))
    assert picture.sentence.startswith("Families who own their home: from 2013 to 2024 it fell from 20 to 10 percent.")
    assert [row[0] for row in picture.rows] == [str(year) for year in range(2013, 2025)]


def test_a_trend_of_months_decades_apart_has_only_those_with_numbers():
    picture = trend("month", *((date(year, 3, 1), 200) for year in (2004, 2014, 2024)))
    assert picture.rows == tuple((f"March {year}", "20 (range 17 to 23), 200 of 1,000") for year in (2004, 2014, 2024))


@pytest.mark.parametrize(("today", "ahead"), [(date(2026, 12, 31), ["2025", "2026"]), (date(2027, 1, 2), [])])
def test_nothing_is_forecast_for_periods_that_are_over(today, ahead):
    with time_machine.travel(today):
        picture = trend("year", *((date(2022 + n, 1, 1), 200 + 100 * n) for n in range(3)))
    assert [row[0] for row in picture.rows][3:] == ahead
    assert ("The forecast says" in picture.sentence) == bool(ahead)
