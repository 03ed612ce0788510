"""Recurring meetings: planned, changed and canceled from one of them on, with one email to each person."""

from datetime import time, timedelta

import pytest

from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict, NotAllowed, ValidationError
from partnerships.mail.choices import OPEN_STATES, EmailKind
from partnerships.mail.models import Email
from partnerships.mail.schedule import day_words
from partnerships.meetings import recurrence
from partnerships.meetings.choices import MeetingStatus
from partnerships.meetings.models import Meeting, MeetingSeries
from partnerships.meetings.series import ALL, FOLLOWING, ONE, cancel_series, change_series, plan_series
from partnerships.notifications.emails import render
from partnerships.notifications.recipients import find, find_audience
from tests.factories import in_days, make_meeting, make_partnership
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
NEWS = (EmailKind.MEETING_PLANNED, EmailKind.MEETING_CHANGED, EmailKind.MEETING_CANCELLED)


@snapshot_fixture
def first_meeting(people):
    """Five meetings, one every two weeks, with two people invited."""
    return plan(people, days=20, times=5)


def plan(people, *, days, times, every=2, by=SYSTEM):
    fields = {"title": "Round", "date": in_days(days), "time": time(18), "zone": "America/Chicago"}
    fields["partnership"] = make_partnership(lead=people.office)
    rule = recurrence.build_rule(recurrence.WEEKLY, fields["date"], every=every, times=times)
    asked = [{"person": people.editor}, {"person": people.reader}]
    return plan_series(by=by, fields=fields, rule=rule, agenda=[{"title": "Data"}], participants=asked)


def rows(first):
    return list(Meeting.objects.filter(series=first.series_id).order_by("original_on"))


def news():
    return sorted(Email.objects.filter(kind__in=NEWS).values_list("kind", "recipient"))


def waiting_emails(meeting):
    found = Email.objects.filter(subject_type="meeting", subject_id=meeting.pk, state__in=OPEN_STATES)
    return sorted(found.exclude(kind__in=NEWS).values_list("occurrence", "recipient"))


def test_every_meeting_is_a_row_and_each_person_hears_once(people, first_meeting):
    days = [in_days(20 + 14 * step) for step in range(5)]
    assert [(m.date, m.original_on, m.time) for m in rows(first_meeting)] == [(day, day, time(18)) for day in days]
    keys = sorted(f"person:{person.pk}" for person in (people.editor, people.reader))
    assert news() == [("meeting_planned", key) for key in keys]
    for meeting in rows(first_meeting):
        sent = {occurrence.rsplit("/", 1)[1] for occurrence, _ in waiting_emails(meeting)}
        assert {"48h", "2h"} <= sent
        assert len({key for _, key in waiting_emails(meeting)}) == 2
    email = Email.objects.filter(kind=EmailKind.MEETING_PLANNED).first()
    mail = render(email, find(email.recipient))
    for day in days[1:]:
        assert day_words(day) in mail.text
        assert day_words(day) in mail.html


def test_one_is_moved_and_the_others_stay(people, first_meeting):
    third = rows(first_meeting)[2]
    moved = third.date + timedelta(days=1)
    change_series(meeting=third, by=people.editor, scope=ONE, fields={"date": moved}, version=third.version)
    now = rows(first_meeting)
    assert [m.date == m.original_on for m in now] == [True, True, False, True, True]
    assert [m.sequence for m in now] == [0, 0, 1, 0, 0]
    assert [kind for kind, _ in news()] == ["meeting_changed"] * 2 + ["meeting_planned"] * 2


def test_this_and_following_keep_single_moved_meetings(people, first_meeting):
    fourth = rows(first_meeting)[3]
    change_series(
        meeting=fourth, by=SYSTEM, scope=ONE, fields={"date": fourth.date + timedelta(days=2), "place": "Hall"}
    )
    second = rows(first_meeting)[1]
    fields = {"date": second.date + timedelta(days=1), "time": time(19), "place": second.place}
    change_series(meeting=second, by=people.editor, scope=FOLLOWING, fields=fields, version=second.version)
    now = rows(first_meeting)
    assert [(m.date - m.original_on).days for m in now] == [0, 1, 1, 3, 1]
    assert [m.time.hour for m in now] == [18, 19, 19, 19, 19]
    assert [m.place for m in now] == ["", "", "", "Hall", ""]
    changed = Email.objects.filter(kind=EmailKind.MEETING_CHANGED, subject_id=second.pk)
    assert changed.count() == 2
    assert (
        Email.objects.filter(kind=EmailKind.MEETING_CHANGED, state__in=OPEN_STATES, subject_id=now[2].pk).count() == 0
    )
    assert {occurrence.split("/")[1] for m in now[1:3] for occurrence, _ in waiting_emails(m)} == {"1"}
    assert MeetingSeries.objects.get().sequence == 1


def test_all_to_come_leave_what_was_held(people, first_meeting):
    held = rows(first_meeting)[0]
    Meeting.objects.filter(pk=held.pk).update(starts_at="2020-01-01T00:00Z")
    last = rows(first_meeting)[4]
    change_series(meeting=last, by=SYSTEM, scope=ALL, fields={"title": "Circle"})
    assert [m.title for m in rows(first_meeting)] == ["Round"] + ["Circle"] * 4


def test_a_change_of_the_agenda_alone_is_no_news(people, first_meeting):
    before = news()
    for one in rows(first_meeting)[:2]:
        change_series(
            meeting=one, by=SYSTEM, scope=FOLLOWING, fields={}, agenda=[{"title": "Data"}, {"title": f"{one.pk}"}]
        )
    assert news() == before
    agendas = [[item.title for item in m.agenda.all()] for m in rows(first_meeting)]
    assert agendas == [["Data", str(rows(first_meeting)[0].pk)]] + [["Data", str(rows(first_meeting)[1].pk)]] * 4


def test_a_person_invited_later_gets_one_email(people, first_meeting):
    third = rows(first_meeting)[2]
    asked = [{"person": people.editor}, {"person": people.manager}]
    change_series(meeting=third, by=SYSTEM, scope=FOLLOWING, fields={}, participants=asked)
    assert [key for kind, key in news() if key == f"person:{people.manager.pk}"] == [f"person:{people.manager.pk}"]
    seats = [sorted(seat.person.name for seat in m.participants.all()) for m in rows(first_meeting)]
    assert seats == [["Editor", "Reader"]] * 2 + [["Editor", "Manager"]] * 3
    email = Email.objects.get(kind=EmailKind.MEETING_PLANNED, recipient=f"person:{people.manager.pk}")
    assert day_words(rows(first_meeting)[4].date) in render(email, find(email.recipient)).text


def test_cancelled_from_one_on_with_one_email_that_names_the_days(people, first_meeting):
    third = rows(first_meeting)[2]
    cancel_series(meeting=third, by=people.editor, scope=FOLLOWING)
    planned, cancelled = MeetingStatus.PLANNED, MeetingStatus.CANCELLED
    assert [m.status for m in rows(first_meeting)] == [planned, planned, cancelled, cancelled, cancelled]
    assert [waiting_emails(m) for m in rows(first_meeting)[2:]] == [[], [], []]
    emails = Email.objects.filter(kind=EmailKind.MEETING_CANCELLED)
    assert [email.subject_id for email in emails] == [third.pk, third.pk]
    mail = render(emails[0], find(emails[0].recipient))
    assert (
        f"Also canceled: {day_words(rows(first_meeting)[3].date)}; {day_words(rows(first_meeting)[4].date)}"
        in mail.text
    )


def test_what_is_planned_after_the_last_day_of_a_partnership_is_canceled(people, first_meeting, client):
    """With one email to each person about each series, and one about each other meeting. What is before stays."""
    record = first_meeting.partnership
    single = make_meeting(record, days=60, people=[people.reader])
    third = rows(first_meeting)[2]
    client.force_login(people.editor)
    url = f"/partnerships/{record.public_id}/end/"
    sent = {"ends_on": third.date.isoformat(), "reason": "Done", "version": record.version}
    assert "cancels_meetings" in client.get(url).content.decode()
    assert client.post(url, sent | {"cancels_meetings": "on"}).status_code == 302
    planned, cancelled = MeetingStatus.PLANNED, MeetingStatus.CANCELLED
    assert [m.status for m in rows(first_meeting)] == [planned, planned, planned, cancelled, cancelled]
    assert Meeting.objects.get(pk=single.pk).status == cancelled
    news = Email.objects.filter(kind=EmailKind.MEETING_CANCELLED)
    editor, reader = (f"person:{person.pk}" for person in (people.editor, people.reader))
    assert sorted(news.values_list("subject_id", "recipient")) == sorted(
        [(rows(first_meeting)[3].pk, editor), (rows(first_meeting)[3].pk, reader), (single.pk, reader)]
    )
    assert {find_audience(email).refusal for email in news} == {""}


def test_where_no_meeting_is_ahead_closing_does_not_ask_about_them(people, client):
    record = make_partnership(lead=people.office)
    client.force_login(people.editor)
    assert "cancels_meetings" not in client.get(f"/partnerships/{record.public_id}/end/").content.decode()


def test_an_invalid_change_changes_no_meeting_of_the_series(people, first_meeting):
    last = rows(first_meeting)[4]
    before = [(m.date, m.time, m.version) for m in rows(first_meeting)]
    with pytest.raises(NotAllowed):
        change_series(meeting=last, by=people.reader, scope=ALL, fields={"time": time(9)})
    with pytest.raises(EditConflict):
        change_series(meeting=last, by=people.editor, scope=ALL, fields={"time": time(9)}, version=99)
    with pytest.raises(ValidationError) as refused:
        change_series(meeting=last, by=SYSTEM, scope=ALL, fields={"zone": "Nowhere/Land"})
    assert "Nowhere/Land" in str(refused.value)
    assert [(m.date, m.time, m.version) for m in rows(first_meeting)] == before


@pytest.mark.parametrize("role", ["reader", "other_editor", "partner"])
def test_a_series_is_planned_by_those_who_write_the_partnership(people, role):
    with pytest.raises(NotAllowed):
        plan(people, days=20, times=3, by=getattr(people, role))
    assert not Meeting.objects.exists()
    assert not MeetingSeries.objects.exists()
