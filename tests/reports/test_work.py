"""Workers that start and stop, reports that can't be made, schedules, and emails."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from partnerships import tasks
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict, NotAllowed, ValidationError
from partnerships.models import Email, IssueArea, Report, ReportDefinition, ReportName
from partnerships.reports import actions as reports
from partnerships.reports import pdf as report_pdf
from partnerships.reports import queries as report_queries
from partnerships.reports import work as report_work
from tests.factories import in_days
from tests.reports.conftest import fresh
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def requested(desk):
    return reports.request_report(definition=desk.define(), by=desk.people.editor)


def test_the_task_makes_all_that_wait(desk, requested):
    other = reports.request_report(definition=desk.define(title="Another"), by=desk.people.editor)
    tasks.make_reports()
    assert [fresh(one).state for one in (requested, other)] == ["ready", "ready"]


def test_a_report_of_a_worker_that_died_is_begun_again_once_its_lease_is_over(requested):
    Report.objects.update(state="making", claimed_until=clock.now() + timedelta(seconds=60), progress=40, tries=1)
    assert not report_work.make_next()
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert report_work.make_next()
    assert fresh(requested).state == "ready"


def test_a_report_that_ends_its_worker_every_time_fails_with_a_reason(requested):
    past = clock.now() - timedelta(seconds=1)
    Report.objects.update(state="making", claimed_until=past, tries=report_work.MOST_TRIES)
    report_work.make_next()
    assert (fresh(requested).state, fresh(requested).problem) == ("failed", report_work.LOST)


def test_a_worker_that_lost_its_claim_writes_nothing(requested, monkeypatch):
    build, claimed_until = report_work.content_of, clock.now() + timedelta(minutes=9)

    def be_overtaken(*given):
        built = build(*given)
        Report.objects.update(claimed_until=claimed_until)
        return built

    monkeypatch.setattr(report_work, "content_of", be_overtaken)
    assert report_work.make_next()
    assert (fresh(requested).content, fresh(requested).state) == (None, "making")


def test_a_report_whose_emails_could_not_be_planned_waits_for_another_try_at_once(requested, monkeypatch):
    def fail(report):
        raise RuntimeError

    monkeypatch.setattr(report_work.emails, "email_recipients", fail)
    assert report_work.make_next()
    assert (fresh(requested).state, fresh(requested).claimed_until, fresh(requested).tries) == ("waiting", None, 1)


def test_a_report_whose_content_could_not_be_stored_waits_for_another_try_at_once(requested, monkeypatch):
    monkeypatch.setattr(ReportName.objects, "bulk_create", lambda rows, **given: 1 / 0)
    assert report_work.make_next()
    one = fresh(requested)
    assert (one.state, one.content, one.claimed_until, one.tries) == ("waiting", None, None, 1)


@pytest.mark.parametrize(("busy", "state"), [(3, "ready"), (10**6, "waiting")])
def test_what_is_being_changed_is_waited_for_and_not_for_ever(requested, monkeypatch, busy, state):
    left, lock, slept = [busy], report_work._lock, []

    def locked(names):
        left[0] -= 1
        if left[0] >= 0:
            raise report_work._Busy
        lock(names)

    monkeypatch.setattr(report_work, "_lock", locked)
    monkeypatch.setattr(report_work.time, "sleep", slept.append)
    report_work.make_next()
    assert (fresh(requested).state, len(slept)) == (state, min(busy, report_work.MOST_LOCK_TRIES))


def test_what_breaks_is_tried_again_and_then_reported(requested, monkeypatch):
    monkeypatch.setattr(report_work, "content_of", lambda *given: 1 / 0)
    states = []
    for _ in range(report_work.MOST_TRIES):
        report_work.make_next()
        states.append(fresh(requested).state)
    assert states == ["waiting", "waiting", "failed"]
    assert fresh(requested).problem == report_work.LOST
    assert not report_work.make_next()


@pytest.mark.unpublished_writes
def test_filters_that_are_no_longer_valid_get_an_error(desk):
    definition = desk.define(query="issue=housing")
    IssueArea.objects.filter(key="housing").update(key="homes")
    made = desk.make(definition)
    assert (made.state, made.content) == ("failed", None)
    assert made.problem.startswith("Its filters no longer work.")


def test_nothing_that_fits_is_a_report_and_no_failure(desk):
    made = desk.make(query="status=ended")
    assert (made.state, made.content["total"], made.content["partnerships"]) == ("ready", 0, [])


@pytest.mark.unpublished_writes
def test_a_profile_of_a_partnership_that_is_a_draft_by_now(desk):
    definition = desk.define(kind="profile", partnership=desk.partnership)
    type(desk.partnership).objects.update(is_published=False)
    made = desk.make(definition)
    assert (made.state, made.problem.split(" or ")[0]) == ("failed", "The partnership no longer exists,")


def test_a_partnership_that_is_deleted_takes_its_profile_along(desk):
    asked = reports.request_report(definition=desk.define(kind="profile", partnership=desk.partnership), by=SYSTEM)
    desk.partnership.report_definitions.all().delete()
    assert not report_work.make_next()
    assert not Report.objects.filter(pk=asked.pk).exists()


def test_without_pango_the_page_is_there_to_be_printed(desk, monkeypatch):
    monkeypatch.setattr(report_pdf, "render_in_child", lambda page: None)
    made = desk.make()
    assert (made.state, made.has_no_pdf, made.pdf) == ("ready", True, None)
    seen = report_queries.report_seen(desk.people.reader, made.pk)
    assert seen.content["total"] == 1
    assert not seen.has_file


def test_an_old_report_goes_when_there_are_too_many(desk, monkeypatch):
    monkeypatch.setattr(reports, "MOST_KEPT", 2)
    monkeypatch.setattr(report_pdf, "render_in_child", lambda page: None)
    definition = desk.define()
    made = [desk.make(definition).pk for _ in range(3)]
    assert [report.pk for report in report_queries.reports_of(definition)] == made[:0:-1]


# Schedules


def test_a_report_is_due_on_its_day_and_once(desk):
    definition = desk.define(rhythm="monthly", next_on=in_days(3), mailed_to=[desk.people.reader])
    with time_machine.travel(clock.now() + timedelta(days=2)):
        assert reports.request_due() == 0
    with time_machine.travel(clock.now() + timedelta(days=4)):
        assert [reports.request_due(), reports.request_due()] == [1, 0]
        definition.refresh_from_db()
        assert definition.next_on > clock.today()
        assert definition.version == 1


def test_after_a_long_silence_one_is_made_and_not_many(desk):
    definition = desk.define(rhythm="monthly", next_on=in_days(1))
    with time_machine.travel(clock.now() + timedelta(days=400)):
        assert reports.request_due() == 1
        assert ReportDefinition.objects.get(pk=definition.pk).next_on > clock.today()
    assert Report.objects.count() == 1


def test_the_31st_stays_the_last_day_of_each_month(desk):
    """Over a year with a leap day: a shorter month doesn't move later ones, and neither does a save of another field."""
    with time_machine.travel("2027-10-01T18:00:00Z", tick=False):
        one = desk.define(rhythm="monthly", next_on=date(2027, 10, 31))
    days = []
    for _ in range(12):
        one.refresh_from_db()
        days.append(f"{one.next_on:%m-%d}")
        with time_machine.travel(datetime.combine(one.next_on, time(18), UTC), tick=False):
            assert reports.request_due() == 1
            one.refresh_from_db()
            one = reports.save_report(
                definition=one, by=SYSTEM, fields={"title": f"After {days[-1]}", "next_on": one.next_on}
            )
    assert days == [
        "10-31", "11-30", "12-31", "01-31", "02-29", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "month_day", "months", "today", "then"),
    [
        ("2026-01-30", 30, 1, "2026-01-30", "2026-02-28"),
        ("2026-02-28", 30, 1, "2026-02-28", "2026-03-30"),
        ("2026-02-28", 28, 1, "2026-02-28", "2026-03-28"),
        ("2026-11-30", 31, 3, "2026-11-30", "2027-02-28"),
        ("2027-02-28", 31, 3, "2027-02-28", "2027-05-31"),
        ("2028-02-29", 29, 12, "2028-02-29", "2029-02-28"),
        ("2031-02-28", 29, 12, "2031-02-28", "2032-02-29"),
        ("2026-01-31", 31, 1, "2027-06-29", "2027-06-30"),
        ("2026-12-31", 31, 1, "2026-12-31", "2027-01-31"),
    ],
)
def test_the_next_day_by_hand(day, month_day, months, today, then):
    found = reports.next_day(date.fromisoformat(day), month_day, months, date.fromisoformat(today))
    assert found.isoformat() == then


def test_another_day_that_is_chosen_counts_from_then_on(desk):
    with time_machine.travel("2027-01-01T18:00:00Z", tick=False):
        one = desk.define(rhythm="monthly", next_on=date(2027, 1, 31))
        one = reports.save_report(definition=one, by=SYSTEM, fields={"next_on": date(2027, 2, 28)})
    with time_machine.travel("2027-02-28T18:00:00Z", tick=False):
        assert reports.request_due() == 1
    assert ReportDefinition.objects.get(pk=one.pk).next_on == date(2027, 3, 28)


@pytest.mark.unpublished_writes
def test_the_day_is_of_the_offices_calendar(desk):
    type(desk.people.office).objects.filter(pk=desk.people.office.pk).update(zone="Pacific/Honolulu")
    with time_machine.travel("2026-05-01T08:00:00Z", tick=False):  # the last evening of April there
        desk.define(rhythm="monthly", next_on=date(2026, 5, 1))
        assert reports.request_due() == 0
    with time_machine.travel("2026-05-01T11:00:00Z", tick=False):
        assert reports.request_due() == 1


def test_who_is_named_gets_one_email_with_a_link_and_no_file(desk):
    people = desk.people
    desk.define(rhythm="monthly", next_on=in_days(0, people.office), mailed_to=[people.reader, people.editor])
    people.editor.memberships.all().delete()
    tasks.request_scheduled_reports()
    tasks.make_reports()
    emails = Email.objects.filter(kind="report_ready")
    assert [(email.recipient, email.lead_id) for email in emails] == [(f"person:{people.reader.pk}", people.office.pk)]
    assert emails[0].subject_id == Report.objects.get().pk


@pytest.mark.slow
def test_reports_made_by_hand_or_again_send_no_email(desk):
    definition = desk.define(rhythm="monthly", next_on=in_days(0, desk.people.office), mailed_to=[desk.people.reader])
    desk.make(definition, by=desk.people.editor)
    assert not Email.objects.filter(kind="report_ready").exists()
    tasks.request_scheduled_reports()
    tasks.make_reports()
    Report.objects.update(pdf=None, state="waiting")
    tasks.make_reports()
    assert Email.objects.filter(kind="report_ready").count() == 1


def test_settings_are_changed_by_their_own_editors_and_never_over_another_edit(desk):
    people, definition = desk.people, desk.define()
    reports.save_report(definition=definition, by=people.editor, fields={"title": "New"}, version=1)
    with pytest.raises(EditConflict):
        reports.save_report(definition=definition, by=people.editor, fields={"title": "Newer"}, version=1)
    for person in (people.reader, people.other_editor, people.administrator):
        with pytest.raises(NotAllowed):
            reports.save_report(definition=definition, by=person, fields={"title": "Newer"})
        with pytest.raises(NotAllowed):
            reports.end_report(definition=definition, by=person)


def test_a_report_that_has_ended_is_not_made(desk):
    definition = reports.end_report(
        definition=desk.define(rhythm="monthly", next_on=in_days(0, desk.people.office)), by=desk.people.editor
    )
    assert reports.request_due() == 0
    with pytest.raises(ValidationError):
        reports.request_report(definition=definition, by=desk.people.editor)
    reports.resume_report(definition=definition, by=desk.people.editor)
    assert reports.request_report(definition=definition, by=desk.people.editor).state == "waiting"
