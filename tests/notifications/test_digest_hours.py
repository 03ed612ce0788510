"""When daily and weekly emails are due and quiet hours end, in the reader's time zone, and concurrent workers."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.mail import outbox
from partnerships.models import DigestEntry, Email, EmailPreference, Person
from partnerships.notifications import digest_planning, digests, emails, following
from partnerships.registry import actions as registry
from tests.factories import make_partnership, make_person
from tests.waiting import at_once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CHICAGO = "America/Chicago"
MOMENTS = {
    "an hour that does not exist moves on by the gap": (CHICAGO, time(2, 30), (2026, 3, 8, 8, 30), date(2026, 3, 8)),
    "a minute before it": (CHICAGO, time(2, 30), (2026, 3, 8, 8, 29), date(2026, 3, 7)),
    "the first of a doubled hour": (CHICAGO, time(1, 30), (2026, 11, 1, 6, 30), date(2026, 11, 1)),
    "the second of a doubled hour is the same day's": (CHICAGO, time(1, 30), (2026, 11, 1, 7, 30), date(2026, 11, 1)),
    "before midnight": (CHICAGO, time(23, 59), (2026, 2, 3, 5, 58), date(2026, 2, 1)),
    "a zone that is ahead": ("Pacific/Auckland", time(8), (2026, 2, 2, 19, 0), date(2026, 2, 3)),
    "a zone that nobody knows counts as UTC": ("Mars/Base", time(8), (2026, 2, 2, 8, 0), date(2026, 2, 2)),
}


@pytest.mark.parametrize("case", MOMENTS)
def test_when_a_daily_email_was_last_due(case):
    zone, at, moment, day = MOMENTS[case]
    person = Person(zone=zone, digest_at=at, digest_weekday=0)
    assert digests.last_due(person, datetime(*moment, tzinfo=UTC))["daily"][0] == day


@pytest.mark.parametrize("at", [time(1, 30), time(2, 30)])
def test_every_day_of_a_year_has_one_email_whatever_the_clocks_do(at):
    person = Person(zone=CHICAGO, digest_at=at, digest_weekday=6)
    moments = [datetime(2026, 1, 1, 12, tzinfo=UTC) + n * timedelta(minutes=30) for n in range(365 * 48)]
    days = [digests.last_due(person, moment)["daily"][0] for moment in moments]
    assert days == sorted(days)
    assert len(set(days)) == (max(days) - min(days)).days + 1 == 366
    weeks = {digests.last_due(person, moment)["weekly"][0] for moment in moments}
    assert {day.weekday() for day in weeks} == {6}
    assert len(weeks) == 53


NIGHT = (time(22), time(7))
QUIET = {
    "before": (NIGHT, (2026, 2, 3, 3, 59), None),
    "its first minute": (NIGHT, (2026, 2, 3, 4, 0), (2026, 2, 3, 13)),
    "after midnight": (NIGHT, (2026, 2, 3, 9, 0), (2026, 2, 3, 13)),
    "its end": (NIGHT, (2026, 2, 3, 13, 0), None),
    "by day": ((time(12), time(14)), (2026, 2, 2, 19, 0), (2026, 2, 2, 20)),
    "until an hour that does not exist": ((time(22), time(2, 30)), (2026, 3, 8, 7, 0), (2026, 3, 8, 8, 30)),
    "only half said": ((time(22), None), (2026, 2, 3, 9, 0), None),
}


@pytest.mark.parametrize("case", QUIET)
def test_quiet_hours(case):
    (start, end), moment, until = QUIET[case]
    person = Person(zone=CHICAGO, quiet_from=start, quiet_until=end)
    found = digests.end_of_quiet_hours(
        Email(kind="followed", occurrence="change/1"), person, datetime(*moment, tzinfo=UTC)
    )
    assert found == (datetime(*until, tzinfo=UTC) if until else None)


@pytest.mark.parametrize(
    ("kind", "occurrence", "hours", "waits"),
    [
        ("meeting_planned", "M/0/meeting_planned", 48, True),
        ("meeting_planned", "M/0/meeting_planned", 3, False),  # it starts before the quiet hours end
        ("meeting_reminder", "M/0/48h", 48, True),
        ("meeting_reminder", "M/0/2h", 48, False),
        ("meeting_cancelled", "M/0/meeting_cancelled", 48, False),
        ("sign_in_code", "now/1", 48, False),
        ("invitation", "invitation/1", 48, True),
        ("digest", "digest/2026-02-03", 23, True),
    ],
)
def test_what_waits_in_quiet_hours(kind, occurrence, hours, waits):
    night = datetime(2026, 2, 3, 9, tzinfo=UTC)
    email = Email(kind=kind, occurrence=occurrence, expires_at=night + hours * HOUR)
    person = Person(zone=CHICAGO, quiet_from=NIGHT[0], quiet_until=NIGHT[1])
    assert bool(digests.end_of_quiet_hours(email, person, night)) == waits


# Many workers at once


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
@time_machine.travel("2026-02-02T18:00Z")  # noon in Chicago, so no email is due during the test
def test_sweeps_that_race_plan_one_email_a_reader(settings, tmp_path):
    settings.EMAIL_URL, settings.MAIL_DIR = "", tmp_path
    record = make_partnership()
    people = [make_person(f"reader{n}@example.org") for n in range(5)]
    for person in people:
        following.follow(by=person, record=record)
        following.follow(by=person, record=record.lead)
        EmailPreference.objects.create(person=person, kind="followed", pace="daily", at=clock.now())
    registry.save_partnership(partnership=record, by=SYSTEM, fields={"summary": "A new text"})
    wanted = {f"person:{person.pk}" for person in people}
    by_four(digest_planning.plan_all)
    rows = Email.objects.filter(kind="followed", recipient__in=wanted)
    assert (
        rows.values("occurrence", "recipient").distinct().count()
        == rows.count()
        == 5 * rows.values("occurrence").distinct().count()
    )
    by_four(lambda: sum(iter(lambda: outbox.send_due(render=emails.render), 0)))
    assert DigestEntry.objects.count() == rows.filter(last_reply=outbox.GATHERED).count() == 5
    with time_machine.travel(clock.now() + DAY):
        settings.SHARED_CLOCK = False
        by_four(digest_planning.plan_all)
        assert Email.objects.filter(kind="digest").count() == 5
        by_four(lambda: sum(iter(lambda: outbox.send_due(render=emails.render), 0)))
    assert set(Email.objects.filter(kind="digest").values_list("state", flat=True)) == {"sent"}
    assert not digests.waiting_entries().exists()


def by_four(act):
    """Let four workers do this at once. None may fail."""
    assert [one for one in at_once(*[act] * 4) if isinstance(one, Exception)] == []
