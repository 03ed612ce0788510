"""Recurring meetings in the calendars of invited people: one invitation, and each change of it."""

from datetime import UTC, datetime, time

import icalendar
import pytest

from partnerships.core.access import SYSTEM
from partnerships.meetings import feeds
from partnerships.meetings.meetings import save_meeting
from partnerships.meetings.series import FOLLOWING, ONE, cancel_series, change_series
from partnerships.models import Email, Meeting
from partnerships.notifications import emails, recipients
from tests.factories import cancel_meeting
from tests.meetings.recurrences import read_by_python
from tests.meetings.test_series import plan, rows
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


def invited(kind, meeting, someone) -> tuple[str, str]:
    """Return (method, text) of the calendar part of the email of this kind about this meeting."""
    mail = emails.render(Email(kind=kind, subject_id=meeting.pk), recipients.read_recipient(someone), {})
    return mail.method, mail.calendar


def events(text):
    return icalendar.Calendar.from_ical(text).walk("VEVENT")


def named(event):
    """Return (date from the rule, or None for the series itself; sequence)."""
    on = event.get("recurrence-id")
    return on.dt.date() if on else None, event["sequence"]


def begins(meetings):
    return sorted(meeting.starts_at for meeting in meetings if meeting.status == "planned")


@snapshot_fixture
def first_meeting(people):
    return plan(people, days=20, times=5)


def test_all_of_a_series_is_one_invitation(people, first_meeting):
    method, text = invited("meeting_planned", first_meeting, people.editor)
    (event,) = events(text)
    assert (method, str(event["uid"])) == ("REQUEST", f"series-{first_meeting.series_id}@127.0.0.1")
    assert sorted(event["rrule"].to_ical().decode().split(";")) == sorted(first_meeting.series.rule.split(";"))
    assert (event["dtstart"].dt.hour, event["dtstart"].params["TZID"]) == (18, "America/Chicago")
    assert str(event["attendee"]) == f"mailto:{people.editor.email}"
    assert "exdate" not in event
    assert read_by_python(text) == begins(rows(first_meeting))


def test_one_that_is_moved_and_one_that_is_called_off_are_exceptions(people, first_meeting):
    _, moved, off, *_ = rows(first_meeting)
    change_series(meeting=moved, by=SYSTEM, scope=ONE, fields={"time": time(9)})
    cancel_series(meeting=off, by=SYSTEM, scope=ONE)
    _, moved, off, *_ = rows(first_meeting)
    method, text = invited("meeting_changed", moved, people.editor)
    assert [named(event) for event in events(text)] == [(None, 0), (moved.original_on, 1)]
    assert [day.dt.date() for day in events(text)[0]["exdate"].dts] == [off.original_on]
    assert read_by_python(text) == begins(rows(first_meeting))
    method, text = invited("meeting_cancelled", off, people.editor)
    assert (method, [named(event) for event in events(text)]) == ("CANCEL", [(off.original_on, 1)])
    assert {str(event["status"]) for event in events(text)} == {"CANCELLED"}


def test_those_that_follow_are_called_off_by_one_email(people, first_meeting):
    third = rows(first_meeting)[2]
    cancel_series(meeting=third, by=SYSTEM, scope=FOLLOWING)
    method, text = invited("meeting_cancelled", rows(first_meeting)[2], people.editor)
    assert method == "CANCEL"
    assert [named(event) for event in events(text)] == [(one.original_on, 2) for one in rows(first_meeting)[2:]]


def test_who_is_not_asked_to_all_learns_nothing_of_the_others(people, first_meeting):
    for meeting in rows(first_meeting)[:2]:
        save_meeting(meeting=meeting, by=SYSTEM, fields={}, participants=[{"person": people.reader}])
    third = rows(first_meeting)[2]
    method, text = invited("meeting_planned", third, people.editor)
    assert (method, [named(event)[0] for event in events(text)]) == (
        "REQUEST",
        [one.original_on for one in rows(first_meeting)[2:]],
    )
    assert {str(event["uid"]) for event in events(text)} == {f"series-{first_meeting.series_id}@127.0.0.1"}
    assert "RRULE" not in text.split("BEGIN:VEVENT", 1)[1]


def test_a_feed_holds_a_series_as_one_where_its_reader_sees_all_of_it(people, first_meeting):
    def public():
        return feeds.public_feed(first_meeting.partnership)

    Meeting.objects.update(is_public=True)
    (event,) = events(public())
    assert named(event) == (None, 0)
    assert str(event["url"]).endswith(f"/partnerships/{first_meeting.partnership.public_id}/")
    cancel_meeting(meeting=rows(first_meeting)[1])
    assert read_by_python(public()) == begins(rows(first_meeting))
    hidden = rows(first_meeting)[2]
    save_meeting(meeting=hidden, by=SYSTEM, fields={"is_public": False})
    text = public()
    assert "RRULE" not in text.split("BEGIN:VEVENT", 1)[1]
    assert read_by_python(text) == begins(one for one in rows(first_meeting) if one.is_public)
    assert f"{hidden.original_on:%Y%m%d}" not in text
    feed, _ = feeds.make_feed(by=people.editor)
    own = feeds.own_feed(feed)
    assert named(events(own)[0])[0] is None
    assert read_by_python(own) == begins(rows(first_meeting))
    assert datetime.now(UTC) < read_by_python(own)[0]
