"""Calendars that programs subscribe to: what they contain for each person, and that only a changed meeting changes them."""

from datetime import timedelta

import icalendar
import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.meetings import feeds, meetings
from partnerships.models import CalendarFeed
from partnerships.records import privacy
from tests.factories import cancel_meeting, make_meeting, make_partnership, party
from tests.snapshots import snapshot_fixture

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def titles(response):
    assert response.status_code == 200, response.status_code
    return [str(event["summary"]) for event in icalendar.Calendar.from_ical(response.content).walk("VEVENT")]


def address(secret):
    return f"/by-link/calendar/{secret}.ics"


@snapshot_fixture
def calendar(people, partnership, contact):
    """An open meeting, an internal one that invites the contact and the editor, and one of other people."""
    make_meeting(partnership, title="Open table", is_public=True, days=10)
    make_meeting(partnership, title="Inner table", people=[people.editor, contact], days=11)
    other = make_partnership("Elsewhere", lead=people.other_office, parties=[party(people.other_office, "lead")])
    make_meeting(other, title="Far table", days=12)
    make_meeting(other, title="Far open table", is_public=True, days=13)
    return partnership


def test_the_public_calendar_holds_open_meetings_and_stays_the_same_until_one_changes(client, people, calendar):
    url = f"/partnerships/{calendar.public_id}/meetings.ics"
    first = client.get(url)
    assert titles(first) == ["Open table"]
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert first["Cache-Control"] == "no-cache"
    client.force_login(people.editor)
    with time_machine.travel(clock.now() + timedelta(hours=5), tick=False):
        again = client.get(url, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        meeting = calendar.meetings.get(title="Open table")
        cancel_meeting(meeting=meeting)
        changed = client.get(url, headers={"if-none-match": first["ETag"]})
    (event,) = icalendar.Calendar.from_ical(changed.content).walk("VEVENT")
    assert (str(event["status"]), event["sequence"]) == ("CANCELLED", 1)


def test_a_persons_own_calendar(client, people, calendar):
    secrets = {name: feeds.make_feed(by=getattr(people, name))[1] for name in ("editor", "partner", "stranger")}
    found = {name: titles(client.get(address(secret))) for name, secret in secrets.items()}
    assert found == {"editor": ["Open table", "Inner table"], "partner": ["Open table"], "stranger": []}
    response = client.get(address(secrets["editor"]))
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("private, no-store", "no-referrer")
    assert client.get(address(secrets["editor"]), headers={"if-none-match": response["ETag"]}).status_code == 304
    assert client.cookies == {}
    # A person who leaves the office no longer has meetings that only its staff see.
    people.editor.memberships.all().delete()
    assert titles(client.get(address(secrets["editor"]))) == []


def test_a_person_asked_for_a_party_has_it_in_theirs(client, people, calendar):
    meeting = calendar.meetings.get(title="Inner table")
    meetings.save_meeting(meeting=meeting, by=SYSTEM, fields={}, participants=[{"person": people.partner}])
    _, secret = feeds.make_feed(by=people.partner)
    assert titles(client.get(address(secret))) == ["Open table", "Inner table"]


def test_nothing_is_kept_of_a_secret_and_an_ended_one_reads_as_none(client, people, calendar):
    feed, secret = feeds.make_feed(by=people.editor)
    assert secret not in str(CalendarFeed.objects.values())
    never = client.get(address("a" * 40))
    assert feeds.revoke_feed(by=people.editor, feed=feed)
    ended = client.get(address(secret))
    assert (ended.status_code, ended.content) == (never.status_code, never.content) == (404, never.content)
    assert not feeds.revoke_feed(by=people.editor, feed=feed)
    _, secret = feeds.make_feed(by=people.editor)
    people.editor.is_active = False
    people.editor.save()
    assert client.get(address(secret)).status_code == 404


def test_the_last_visit_is_noted_once_a_day(client, people, calendar, django_assert_num_queries):
    feed, secret = feeds.make_feed(by=people.editor)
    with django_assert_num_queries(8 if _is_sqlite() else 5):
        client.get(address(secret))
    with django_assert_num_queries(4):
        client.get(address(secret))
    feed.refresh_from_db()
    assert feed.last_used_on == clock.today()


def _is_sqlite():
    return connection.vendor == "sqlite"


def test_a_feed_asks_as_often_whatever_its_rows(client, people, calendar, django_assert_num_queries):
    _, secret = feeds.make_feed(by=people.editor)
    client.get(address(secret))
    for i in range(3):
        make_meeting(calendar, title=f"Table {i}", people=[people.editor], is_public=True)
    with django_assert_num_queries(4):
        client.get(address(secret))
    with django_assert_num_queries(3):
        client.get(f"/partnerships/{calendar.public_id}/meetings.ics")


def test_the_page_shows_an_address_once_and_ends_it(client, people):
    client.force_login(people.editor)
    page = client.post("/account/calendars/").content.decode()
    secret = page.partition("/by-link/calendar/")[2].partition(".ics")[0]
    assert len(secret) == 40
    assert secret not in client.get("/account/calendars/").content.decode()
    feed = people.editor.feeds.get()
    client.force_login(people.stranger)
    assert client.post(f"/account/calendars/{feed.pk}/end/").status_code == 404
    client.force_login(people.editor)
    assert client.post(f"/account/calendars/{feed.pk}/end/").status_code == 302
    assert client.get(address(secret)).status_code == 404


def test_ten_live_ones_are_enough_and_an_erased_account_has_none(people):
    for _ in range(feeds.MOST_LIVE):
        feeds.make_feed(by=people.stranger)
    with pytest.raises(ValidationError, match="10 calendar links"):
        feeds.make_feed(by=people.stranger)
    assert len(privacy.own_data(people.stranger)["calendars"]) == 10
    assert "digest" not in privacy.own_data(people.stranger)["calendars"][0]
    privacy.erase_person(person=people.stranger, by=people.stranger)
    assert not CalendarFeed.objects.exists()
