"""Rules of recurring meetings, compared with an oracle that checks every day of the calendar and every offset of the clock."""

import random
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from partnerships.core.errors import ValidationError
from partnerships.meetings import recurrence

ZONES = ("America/Chicago", "America/Phoenix", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "UTC")
TRIALS = 300


def oracle_days(repeats, first_on, every, times):
    """Check every day from the first one on."""
    found, day = [], first_on
    while len(found) < times:
        if is_one(repeats, first_on, every, day):
            found.append(day)
        day += timedelta(days=1)
    return found


def is_one(repeats, first_on, every, day):
    if repeats == recurrence.WEEKLY:
        return (day - first_on).days % (7 * every) == 0
    if ((day.year - first_on.year) * 12 + day.month - first_on.month) % every:
        return False
    last = monthrange(day.year, day.month)[1]
    if repeats == recurrence.MONTHLY_DAY:
        return day.day == min(first_on.day, last)
    if day.weekday() != first_on.weekday():
        return False
    if first_on.day > 28:
        return day.day + 7 > last
    return (day.day - 1) // 7 == (first_on.day - 1) // 7


def oracle_moment(day, at, zone):
    """The first moment at which a clock there shows this time. If none does, it's later by the length of the gap."""
    wall, place = datetime.combine(day, at), ZoneInfo(zone)
    around = [datetime.combine(day, time(), UTC) + timedelta(hours=hours) for hours in range(-36, 61)]
    offsets = {moment.astimezone(place).utcoffset() for moment in around}
    shown = [wall - offset for offset in offsets]
    real = sorted(m for m in shown if m.replace(tzinfo=UTC).astimezone(place).replace(tzinfo=None) == wall)
    return (real[0] if real else wall - min(offsets)).replace(tzinfo=UTC)


@pytest.mark.slow
def test_every_rule_gives_the_days_and_moments_of_the_oracle():
    chance, tried = random.Random(7), 0
    while tried < TRIALS:
        first_on = date(2024, 1, 1) + timedelta(days=chance.randrange(900))
        repeats = chance.choice([recurrence.WEEKLY, recurrence.MONTHLY_DAY, recurrence.MONTHLY_WEEKDAY])
        every, times = chance.randrange(1, 7), chance.randrange(2, recurrence.MOST + 1)
        expected = oracle_days(repeats, first_on, every, times)
        if expected[-1] > first_on + timedelta(days=1090):
            continue
        tried += 1
        rule = recurrence.build_rule(repeats, first_on, every=every, times=times)
        assert recurrence.days(rule, first_on) == expected, rule
        until = expected[-1] + timedelta(days=chance.randrange(0, 7))
        assert recurrence.build_rule(repeats, first_on, every=every, until=until) == rule
        at, zone = time(chance.randrange(24), chance.choice([0, 30])), chance.choice(ZONES)
        assert recurrence.moments(rule, first_on, at, zone) == [oracle_moment(day, at, zone) for day in expected]


REFUSED = {
    "endless": ({}, "until"),
    "two ends": ({"times": 5, "until": date(2026, 9, 1)}, "until"),
    "ends before it comes again": ({"until": date(2026, 3, 3)}, "until"),
    "comes once": ({"until": date(2026, 3, 5)}, "until"),
    "too often": ({"times": 61}, "times"),
    "too many until then": ({"until": date(2027, 9, 1)}, "until"),
    "too far": ({"times": 60, "every": 3}, "times"),
    "no step": ({"times": 5, "every": 0}, "every"),
    "absurd step": ({"times": 5, "every": 53}, "every"),
    "the end of the calendar": ({"until": date.max, "every": 52}, "until"),
    "less than nothing": ({"times": -1}, "times"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_endless_and_absurd_rules_are_refused_at_their_field(case):
    choices, field = REFUSED[case]
    with pytest.raises(ValidationError) as refused:
        recurrence.build_rule(recurrence.WEEKLY, date(2026, 3, 3), **choices)
    assert list(refused.value.error_dict) == [field]


def test_an_unknown_rhythm_is_refused():
    with pytest.raises(ValidationError):
        recurrence.build_rule("secondly", date(2026, 3, 3), times=5)


def test_the_caps_are_reached_and_not_passed():
    first_on = date(2026, 3, 3)
    assert len(recurrence.days(recurrence.build_rule(recurrence.WEEKLY, first_on, times=60), first_on)) == 60
    rule = recurrence.build_rule(recurrence.MONTHLY_DAY, first_on, every=12, times=4)
    assert recurrence.days(rule, first_on)[-1] == date(2029, 3, 3)


WORDS = {
    (recurrence.WEEKLY, 3, 1): "every week on Tuesday, 4 times until Tuesday, March 24, 2026",
    (recurrence.WEEKLY, 3, 2): "every 2 weeks on Tuesday, 4 times until Tuesday, April 14, 2026",
    (recurrence.MONTHLY_WEEKDAY, 3, 1): "every month on the first Tuesday, 4 times until Tuesday, June 2, 2026",
    (recurrence.MONTHLY_WEEKDAY, 31, 1): "every month on the last Tuesday, 4 times until Tuesday, June 30, 2026",
    (recurrence.MONTHLY_DAY, 3, 3): "every 3 months on day 3 of the month, 4 times until Thursday, December 3, 2026",
    (recurrence.MONTHLY_DAY, 31, 1): "every month on the last day of the month, 4 times until Tuesday, June 30, 2026",
    (
        recurrence.MONTHLY_DAY,
        30,
        1,
    ): "every month on day 30 of the month, or its last, 4 times until Tuesday, June 30, 2026",
}


@pytest.mark.parametrize("case", WORDS)
def test_a_rule_is_described_in_a_sentence(case):
    repeats, day, every = case
    first_on = date(2026, 3, day)
    rule = recurrence.build_rule(repeats, first_on, every=every, times=4)
    assert recurrence.rule_words(rule, first_on) == WORDS[case]
