"""Wall times, time zones, offsets and schedules."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError

from partnerships.mail import schedule
from partnerships.mail.schedule import before, explain_wall_time, instant, meets_often
from partnerships.meetings.rhythms import next_due

CHICAGO, NEW_YORK = "America/Chicago", "America/New_York"


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_an_ordinary_time():
    assert instant(date(2026, 1, 15), time(10), CHICAGO) == utc(2026, 1, 15, 16)
    assert instant(date(2026, 7, 15), time(10), CHICAGO) == utc(2026, 7, 15, 15)


def test_a_time_that_does_not_exist_moves_forward_by_the_gap():
    assert instant(date(2026, 3, 8), time(2, 30), CHICAGO) == utc(2026, 3, 8, 8, 30)  # 3:30 a.m. daylight saving time
    assert instant(date(2026, 3, 8), time(3, 30), CHICAGO) == utc(2026, 3, 8, 8, 30)


def test_a_doubled_time_takes_the_first_whatever_fold_came_in():
    assert instant(date(2026, 11, 1), time(1, 30), NEW_YORK) == utc(2026, 11, 1, 5, 30)
    assert instant(date(2026, 11, 1), time(1, 30, fold=1), NEW_YORK) == utc(2026, 11, 1, 5, 30)


def test_days_are_calendar_days_and_hours_are_elapsed():
    day, at = date(2026, 3, 9), time(10)
    assert before(day, at, CHICAGO, days=2) == utc(2026, 3, 7, 16)  # 10 a.m. on Saturday, 47 hours before
    assert before(day, at, CHICAGO, hours=48) == utc(2026, 3, 7, 15)  # 9 a.m. on Saturday
    assert before(day, at, CHICAGO, days=-1) == utc(2026, 3, 10, 15)


def test_a_reminder_whose_own_wall_time_does_not_exist():
    assert before(date(2026, 3, 15), time(2, 30), CHICAGO, days=7) == utc(2026, 3, 8, 8, 30)


@pytest.mark.parametrize(
    "zone", ["", "Central", "america/chicago", "../etc/passwd", "localtime", "EST5EDT", "Etc/GMT+5"]
)
def test_zones_that_are_not_places_are_refused_by_name(zone):
    with pytest.raises(ValidationError) as refusal:
        schedule.check_zone(zone)
    assert refusal.value.code == "unknown_zone"
    assert refusal.value.messages == [f"“{zone}” isn’t a time zone that we know. Enter one like America/Chicago."]


@pytest.mark.parametrize("day", [date.min, date(1599, 12, 31), date(2200, 1, 1), date.max])
def test_days_out_of_range_are_refused_not_overflowed(day):
    with pytest.raises(ValidationError):
        instant(day, time(0), "Pacific/Auckland")


def test_a_missing_or_doubled_wall_time_is_explained():
    assert explain_wall_time(date(2026, 3, 8), time(2, 30), CHICAGO) == (
        "The clocks go forward on Sunday, March 8, 2026: 2:30 a.m. doesn’t exist in Central Time. Enter 3:30 a.m. instead."
    )
    assert explain_wall_time(date(2026, 11, 1), time(1, 30), NEW_YORK) == (
        "The clocks go back on Sunday, November 1, 2026: 1:30 a.m. happens twice in Eastern Time. Enter another time."
    )
    assert explain_wall_time(date(2026, 3, 8), time(1, 59), CHICAGO) is None
    assert explain_wall_time(date(2026, 3, 8), time(3), CHICAGO) is None
    assert explain_wall_time(date(2026, 11, 1), time(2), NEW_YORK) is None
    assert explain_wall_time(date(2026, 3, 8), time(2, 30), "America/Phoenix") is None


def test_meetings_in_most_weeks_are_often():
    weekly = [date(2026, 1, 5) + timedelta(days=7 * week) for week in range(6)]
    fortnightly = weekly[::2]
    assert meets_often(weekly)
    assert not meets_often(fortnightly)
    assert not meets_often([date(2026, 1, 5)])
    assert not meets_often([date(2026, 1, 5), date(2026, 1, 5)])  # two meetings on one day
    assert not meets_often([date(2026, 1, 5), date(2026, 2, 2), date(2026, 2, 9), date(2026, 3, 9)])  # one more


@pytest.mark.parametrize(
    ("anchor", "rhythm", "after", "due"),
    [
        (date(2026, 1, 31), "monthly", date(2026, 1, 31), date(2026, 2, 28)),
        (date(2026, 1, 31), "monthly", date(2026, 2, 28), date(2026, 3, 31)),
        (date(2028, 1, 31), "monthly", date(2028, 2, 1), date(2028, 2, 29)),
        (date(2024, 2, 29), "yearly", date(2026, 2, 28), date(2027, 2, 28)),
        (date(2024, 2, 29), "yearly", date(2027, 12, 1), date(2028, 2, 29)),
        (date(2026, 1, 15), "quarterly", date(2026, 4, 14), date(2026, 4, 15)),
        (date(2026, 1, 15), "half_yearly", date(2026, 7, 15), date(2027, 1, 15)),
        (date(2026, 1, 5), "weekly", date(2026, 1, 5), date(2026, 1, 12)),
        (date(2026, 1, 5), "biweekly", date(2026, 1, 18), date(2026, 1, 19)),
        (date(2026, 1, 5), "biweekly", date(2026, 1, 19), date(2026, 2, 2)),
        (date(2026, 5, 1), "monthly", date(2020, 1, 1), date(2026, 5, 1)),
    ],
)
def test_next_due(anchor, rhythm, after, due):
    assert next_due(anchor, rhythm, after) == due


def test_words_for_moments_and_times():
    assert schedule.moment_words(utc(2026, 3, 3, 16), CHICAGO) == (
        "Tuesday, March 3, 2026, 10 a.m. Central Time (America/Chicago)"
    )
    assert schedule.moment_words(utc(2026, 3, 3, 11, 5), "Europe/Paris") == (
        "Tuesday, March 3, 2026, 12:05 p.m. Paris time (Europe/Paris)"
    )
    assert [schedule.time_words(time(hour)) for hour in (0, 9, 12, 23)] == ["midnight", "9 a.m.", "noon", "11 p.m."]
