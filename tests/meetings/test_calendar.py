"""What calendar programs read: calendar parts of emails, with the rules of their time zones."""

from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.policy import default
from functools import partial
from zoneinfo import ZoneInfo

import icalendar
import pytest

from partnerships.core.access import SYSTEM
from partnerships.mail.message import compose
from partnerships.meetings import calendar as calendars
from partnerships.meetings import meetings
from partnerships.models import Email
from partnerships.notifications import emails, recipients
from tests.factories import make_meeting
from tests.meetings import recurrences

pytestmark = pytest.mark.django_db


def part_of(kind, meeting, someone, **context):
    """Return (message, its calendar) of the email of this kind about this meeting."""
    recipient = recipients.read_recipient(someone)
    mail = emails.render(Email(kind=kind, subject_id=meeting.pk), recipient, context)
    raw = compose(mail, name=recipient.name, address=recipient.address, message_id="<a@b>", at=datetime.now(UTC))
    message = message_from_bytes(raw, policy=default)
    return message, icalendar.Calendar.from_ical(mail.calendar) if mail.calendar else None


def test_an_invitation_is_made_as_mail_programs_want_it(people, meeting, contact):
    message, _ = part_of("meeting_planned", meeting, contact)
    assert message.get_content_type() == "multipart/mixed"
    body, file = message.iter_parts()
    assert body.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in body.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    part = list(body.iter_parts())[-1]
    assert dict(part["Content-Type"].params) == {"charset": "utf-8", "method": "REQUEST"}
    assert (file.get_content_type(), file.get_filename()) == ("application/ics", "invite.ics")
    lines = part.get_content().replace("\r\n", "\n")
    assert lines == file.get_content().decode().replace("\r\n", "\n")
    assert b"\r\n" in file.get_content()
    assert max(len(line.encode()) for line in lines.split("\n")) <= 75


def test_a_meeting_is_one_event_from_the_invitation_to_the_end(people, partnership, contact):
    meeting = make_meeting(
        partnership, people=[people.editor, contact], at=time(17, 30), minutes_long=90, place="Room 2"
    )
    seen = []
    for kind, change in (
        ("meeting_planned", {}),
        ("meeting_changed", {"place": "Room 3"}),
        ("meeting_cancelled", {"status": "cancelled"}),
    ):
        meeting = meetings.save_meeting(meeting=meeting, by=SYSTEM, fields=change)
        _, calendar = part_of(kind, meeting, contact)
        (event,) = calendar.walk("VEVENT")
        seen.append((str(calendar["method"]), str(event["uid"]), event["sequence"], str(event["status"])))
        assert event["dtstart"].dt == meeting.starts_at
        assert (event["dtstart"].dt.hour, event["dtstart"].params["TZID"]) == (17, "America/Chicago")
        assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=90)
        assert str(event["organizer"]) == "mailto:registry@example.org"
        assert str(event["attendee"]) == "mailto:desk@example.org"  # the recipient and no one else
        assert "editor@example.org" not in calendar.to_ical().decode()
    uid = calendars.secret_uid(meeting, "desk@example.org", "127.0.0.1")
    assert seen == [
        ("REQUEST", uid, 0, "CONFIRMED"),
        ("REQUEST", uid, 1, "CONFIRMED"),
        ("CANCEL", uid, 2, "CANCELLED"),
    ]


def test_a_reminder_carries_no_calendar(people, meeting):
    message, calendar = part_of("meeting_reminder", meeting, people.editor)
    assert (message.get_content_type(), calendar) == ("multipart/alternative", None)


def test_no_text_of_a_meeting_adds_a_line_of_its_own(people, partnership):
    people.editor.name = 'Zoë "Z"; CN=x\r\nATTENDEE:mailto:all@example.org'
    meeting = make_meeting(
        partnership, people=[people.editor], title="Rent; homes, health: “all”", access_notes="a\\nb"
    )
    _, calendar = part_of("meeting_planned", meeting, people.editor)
    (event,) = calendar.walk("VEVENT")
    assert str(event["summary"]) == "Rent; homes, health: “all”"
    assert not isinstance(event["attendee"], list)
    assert "Access, food, child care: a\\nb" in str(event["description"])


def test_emails_of_one_batch_share_the_event_and_name_each_their_own_reader(people, partnership, contact):
    meeting, shared = make_meeting(partnership, people=[people.editor, contact], title="END:VEVENT"), {}
    seen, uids = [], []
    for someone in (contact, people.editor, contact):
        _, calendar = part_of("meeting_planned", meeting, someone, subject=meeting, shared=shared)
        (event,) = calendar.walk("VEVENT")
        uids.append(str(event["uid"]))
        seen.append((str(event["summary"]), str(event["attendee"]), event["attendee"].params["CN"]))
    desk = ("END:VEVENT", "mailto:desk@example.org", contact.name)
    assert seen == [desk, ("END:VEVENT", f"mailto:{people.editor.email}", people.editor.name), desk]
    assert uids[0] == uids[2] != uids[1]


@pytest.mark.parametrize("key", ["America/Chicago", "America/Phoenix", "Europe/Dublin", "Australia/Lord_Howe"])
def test_the_rules_of_a_zone_give_its_own_offsets(key):
    """Read as RFC 5545 says: the observance that started last applies, and its start is in the local time before it."""
    first = datetime(2026, 1, 1, tzinfo=UTC)
    component = icalendar.Timezone.from_ical(calendars.zone_text(key, first.year, first.year))
    begins = sorted(
        ((part["dtstart"].dt - part["tzoffsetfrom"].td).replace(tzinfo=UTC), part["tzoffsetto"].td)
        for part in component.subcomponents
    )
    for hours in range(0, 366 * 24, 1):
        moment = first + timedelta(hours=hours)
        offset = [to for begin, to in begins if begin <= moment][-1]
        assert offset == moment.astimezone(ZoneInfo(key)).utcoffset(), moment


def test_the_end_in_a_doubled_hour_is_the_real_one(partnership, people):
    meeting = make_meeting(partnership, people=[people.editor], at=time(0, 30), minutes_long=90)
    meeting.starts_at = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 0:30 a.m., and the clocks change at 2
    event = calendars.event_of(meeting, link="", host="h", at=meeting.starts_at)
    parsed = icalendar.Calendar.from_ical(calendars.calendar_of([event])).walk("VEVENT")[0]
    assert parsed["dtend"].dt.astimezone(UTC) == datetime(2026, 11, 1, 7, tzinfo=UTC)


def test_a_series_is_read_as_its_meetings_are():
    make, wrong = partial(calendars.event_of, link="", host="h", at=datetime(2026, 1, 1, tzinfo=UTC)), []
    for seed in range(40):
        series, meetings, moments = recurrences.series(seed)
        events = calendars.series_events(series, meetings, host="h", make=make)
        if {str(event["uid"]) for event in events} != {f"series-{series.pk}@h"}:
            wrong.append((seed, "uid"))
        if recurrences.read_by_python(calendars.calendar_of(events)) != moments:
            wrong.append((seed, "moments"))
    assert wrong == []
