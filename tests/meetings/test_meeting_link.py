"""The link to join a public meeting: for participants, and for everyone only where the office chose so."""

from datetime import time, timedelta

import pytest
import time_machine
from django.test import Client

from partnerships.accounts.token_actions import make_token
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotFound
from partnerships.meetings.feeds import make_feed
from partnerships.meetings.meetings import save_meeting
from partnerships.meetings.queries import invited_people, participants_from
from partnerships.meetings.queries import meeting as meeting_seen
from partnerships.meetings.rules import meetings_visible_to
from partnerships.meetings.series import change_series, plan_series
from partnerships.models import Contact, Membership
from partnerships.notifications.link_queries import open_seat
from partnerships.notifications.meetings import seat_lost_reason, seats
from partnerships.registry.actions import save_partnership
from partnerships.registry.consent import withdraw_from_seat
from tests import factories
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
LINK = "https://join.example/secret"
# Which of tests.people take part in a meeting of the office, with the organization as a partner.
TAKES_PART = {"editor": True, "reader": True, "partner": True, "administrator": True, "asked": True}
TAKES_PART |= dict.fromkeys(("anonymous", "stranger", "other_editor", "other_partner", "suspended"), False)


class Table:
    def __init__(self, people):
        self.people = people
        parties = [factories.party(people.office, "lead"), factories.party(people.organization, "member")]
        self.partnership = factories.make_partnership(lead=people.office, parties=parties)
        other = factories.make_organization("Neighbors", "named")
        Membership.objects.create(person=people.other_partner, organization=other, role="editor")
        self.asked = factories.make_person("asked@example.org")
        contact = Contact.objects.create(organization=people.organization, name="Desk", email="desk@example.org")
        seats = {"people": [self.asked, contact]}
        self.meeting = factories.make_meeting(self.partnership, title="Open table", is_public=True, link=LINK, **seats)

    def person(self, role):
        return None if role == "anonymous" else self.asked if role == "asked" else getattr(self.people, role)

    def client(self, role):
        client = Client()
        if role != "anonymous":
            client.force_login(self.person(role))
        return client


@snapshot_fixture
def table(people):
    return Table(people)


def page(table, role):
    return table.client(role).get(f"/meetings/{table.meeting.public_id}/")


def pages(table, role):
    return table.client(role).get("/meetings/")


def csv(table, role):
    return table.client(role).get("/meetings.csv")


def public_feed(table, role):
    return table.client(role).get(f"/partnerships/{table.partnership.public_id}/meetings.ics")


def api(table, role):
    """Return an API client with a token that reads everything its person can read."""
    client = table.client("anonymous")
    headers = {}
    if (person := table.person(role)) is not None and person.is_active and person.memberships.exists():
        _, secret = make_token(by=person, name="Sheet", memberships=list(person.memberships.all()), days=30)
        headers = {"authorization": f"Bearer {secret}"}
    return client.get(f"/api/v1/meetings/{table.meeting.public_id}/", headers=headers)


def text_of(answer):
    return (b"".join(answer) if answer.streaming else answer.content).decode().replace("\r\n ", "")


@pytest.mark.parametrize("channel", [page, csv, api])
@pytest.mark.parametrize("role", TAKES_PART)
def test_those_who_take_part_see_it_and_strangers_do_not(table, role, channel):
    by_token = channel is api and (role in ("administrator", "asked"))  # not by a membership
    shown = text_of(channel(table, role))
    assert "Open table" in shown
    assert (LINK in shown) == (TAKES_PART[role] and not by_token)


@pytest.mark.parametrize("channel", [page, csv, api, public_feed])
def test_everyone_sees_it_where_the_office_chose_so(table, channel):
    save_meeting(meeting=table.meeting, by=table.people.editor, fields={"link_is_public": True})
    assert LINK in text_of(channel(table, "anonymous"))


@pytest.mark.parametrize("role", TAKES_PART)
def test_shared_answers_never_contain_it(table, role):
    for channel in (public_feed, pages):
        assert LINK not in text_of(channel(table, role))


@pytest.mark.parametrize(
    "role", [role for role in TAKES_PART if role not in ("anonymous", "suspended", "administrator")]
)
def test_ones_own_calendar_has_it_for_what_one_takes_part_in(table, role):
    _, secret = make_feed(by=table.person(role))
    assert (LINK in text_of(Client().get(f"/by-link/calendar/{secret}.ics"))) == TAKES_PART[role]


def test_a_stranger_learns_who_to_ask(table):
    shown = text_of(page(table, "anonymous"))
    assert "People who take part get the link. To join, contact City of Minneapolis." in shown


@pytest.mark.unpublished_writes
def test_a_party_that_is_no_longer_at_the_table_loses_it(table):
    table.partnership.parties.filter(organization=table.people.organization).delete()
    assert meeting_seen(table.people.partner, table.meeting.public_id).link_shown == ""


@pytest.mark.both
@pytest.mark.parametrize("ending", ["withdrew", "left", "membership"])
def test_who_was_asked_for_a_partner_loses_it_with_the_seat(table, ending):
    partner, seat = table.people.partner, table.partnership.parties.get(organization=table.people.organization)
    table.meeting.participants.create(person=partner, party=seat)
    assert LINK in text_of(page(table, "partner"))
    if ending == "withdrew":
        withdraw_from_seat(party=seat, by=partner)
    elif ending == "left":
        ended = factories.party(table.people.organization, "member", ends_on=factories.in_days(-1))
        rows = [factories.party(table.people.office, "lead"), ended]
        save_partnership(partnership=table.partnership, by=SYSTEM, fields={}, parties=rows)
    else:
        partner.memberships.all().delete()
    assert LINK not in text_of(page(table, "partner"))


@pytest.mark.both
def test_one_question_answers_for_all(table, django_assert_num_queries):
    for n in range(3):
        factories.make_meeting(table.partnership, title=f"Table {n}", is_public=True, link=LINK)
    with django_assert_num_queries(2):  # memberships, meetings
        assert [row.link_shown for row in meetings_visible_to(table.people.partner)] == [LINK] * 4


def test_the_form_keeps_what_the_office_chose(table):
    client = table.client("editor")
    record = table.meeting
    sent = {name: getattr(record, name) for name in ("title", "date", "zone", "minutes_long", "link", "version")}
    sent |= {"time": "10:00", "is_public": "on", "link_is_public": "on"}
    answer = client.post(f"/meetings/{table.meeting.public_id}/edit/", sent)
    table.meeting.refresh_from_db()
    assert (answer.status_code, table.meeting.link_is_public) == (302, True)


@pytest.mark.both
def test_a_place_ends_when_its_partner_is_removed_from_the_record(table):
    """It doesn't become the place of an individual participant.

    Not even when the lead agency's staff save the meeting again.
    """
    partner, seat = table.people.partner, table.partnership.parties.get(organization=table.people.organization)
    place = table.meeting.participants.create(person=partner, party=seat)
    contact = table.meeting.participants.get(contact__name="Desk")
    contact.party = seat
    contact.save()
    rows = [factories.party(table.people.office, "lead"), factories.party(table.people.other_office)]
    save_partnership(partnership=table.partnership, by=SYSTEM, fields={}, parties=rows)
    asked = participants_from([f"person:{partner.pk}", f"contact:{contact.contact_id}"], table.meeting)
    save_meeting(meeting=table.meeting, by=SYSTEM, fields={"place": "Room 2"}, participants=asked)
    place.refresh_from_db()
    assert place.party is None
    assert LINK not in text_of(page(table, "partner"))
    for one in (place, contact):
        key = f"person:{partner.pk}" if one == place else f"contact:{contact.contact_id}"
        assert seat_lost_reason(seats(key, table.meeting.pk).get()) != ""
        with pytest.raises(NotFound):
            open_seat(key, table.meeting.pk)
    assert "A partner that was removed" in text_of(page(table, "editor"))
    assert invited_people(table.people.editor, table.meeting) == []


def test_a_past_meeting_keeps_who_was_asked_for_a_removed_partner(table):
    seat = table.partnership.parties.get(organization=table.people.organization)
    table.meeting.participants.create(person=table.people.partner, party=seat, answer="yes")
    rows = [factories.party(table.people.office, "lead"), factories.party(table.people.other_office)]
    save_partnership(partnership=table.partnership, by=SYSTEM, fields={}, parties=rows)
    with time_machine.travel(table.meeting.starts_at + timedelta(days=1)):
        [row] = [row for row in invited_people(table.people.editor, table.meeting) if row["yes"]]
        assert (row["asked"] >= 1, LINK in text_of(page(table, "partner"))) == (True, False)


@pytest.mark.unpublished_writes
def test_a_partner_that_comes_back_brings_its_places_along_when_it_is_asked_again(table):
    seat = table.partnership.parties.get(organization=table.people.organization)
    place = table.meeting.participants.get(contact__name="Desk")
    place.party = seat
    place.save()
    seat.delete()
    back = table.partnership.parties.create(organization=table.people.organization, side="community", position=3)
    key = f"contact:{place.contact_id}"
    asked = participants_from([key], table.meeting, [(key, "Desk", back.pk)])
    save_meeting(meeting=table.meeting, by=SYSTEM, fields={}, participants=asked)
    place.refresh_from_db()
    assert place.party == back


def test_other_meetings_of_a_series_take_the_partner_of_a_place_along(table):
    first = plan_series(
        by=SYSTEM,
        fields={"partnership": table.partnership, "title": "Weekly", "date": factories.in_days(7), "time": time(10)}
        | {"zone": "America/Chicago"},
        rule="FREQ=WEEKLY;COUNT=2",
    )
    later = first.series.meetings.exclude(pk=first.pk).get()
    seat = table.partnership.parties.get(organization=table.people.organization)
    contact = Contact.objects.get(name="Desk")
    first.participants.create(contact=contact, party=seat)
    asked = participants_from([f"contact:{contact.pk}", f"person:{table.asked.pk}"], first)
    change_series(meeting=first, by=SYSTEM, scope="all", fields={}, participants=asked)
    assert later.participants.get(contact=contact).party == seat


@pytest.mark.parametrize("memberships", [True, False])
def test_a_token_reads_no_link_that_its_person_was_given_by_themselves(table, memberships):
    """A token reads what is public, and what its person can read through the memberships that it names."""
    person = table.people.other_editor
    table.meeting.participants.create(person=person)
    own = list(person.memberships.all()) if memberships else []
    _, secret = make_token(by=person, name="Sheet", memberships=own, days=30)
    answer = Client().get(f"/api/v1/meetings/{table.meeting.public_id}/", headers={"authorization": f"Bearer {secret}"})
    assert "Open table" in text_of(answer)
    assert LINK not in text_of(answer)
    assert LINK in text_of(page(table, "other_editor"))
