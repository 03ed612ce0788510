"""Meetings through the API: series, who is invited, and what came of them."""

from datetime import timedelta

import pytest

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.meetings.closing import close_meeting
from partnerships.models import Action, Change, Contact, Email, Meeting, MeetingSeries
from partnerships.registry.consent import withdraw_from_seat
from tests import factories
from tests.api.programs import Program, pointers
from tests.api.test_errors import problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(people):
    """A published partnership that the office leads, with the organization."""
    rows = [factories.party(people.office, "lead"), factories.party(people.organization)]
    return factories.make_partnership("Housing table", lead=people.office, parties=rows)


def path_of(meeting):
    return f"meetings/{meeting.public_id}/"


def send_step(program, meeting, step, body):
    return program.change(
        f"{path_of(meeting)}{step}/", body, "POST", program.get(path_of(meeting)).headers.get("ETag", '"none"')
    )


def ids(*records):
    return [record.public_id for record in records]


# Series


@pytest.mark.both
def test_a_series_is_planned_changed_and_canceled_from_one_of_its_meetings(program, people, table):
    body = {
        "partnership": table.public_id,
        "title": "Table",
        "date": "2031-01-07",
        "time": "18:30",
        "repeats": "weekly",
    }
    made = program.send("POST", "meetings/", body | {"every": 2, "times": 3}, **{"idempotency-key": "one"})
    assert (made.status_code, made.json()["date"]) == (201, "2031-01-07"), made.content
    again = program.send("POST", "meetings/", body | {"every": 2, "times": 3}, **{"idempotency-key": "one"})
    assert (again.content, MeetingSeries.objects.count()) == (made.content, 1)
    first, second, third = Meeting.objects.order_by("starts_at")
    assert [str(one.date) for one in (first, second, third)] == ["2031-01-07", "2031-01-21", "2031-02-04"]

    later = program.change(path_of(second), {"place": "Library", "scope": "following", "why": "More room"})
    assert later.status_code == 200, later.content
    assert list(Meeting.objects.order_by("starts_at").values_list("place", flat=True)) == ["", "Library", "Library"]
    alone = program.change(path_of(second), {"place": "City hall"})
    assert (alone.status_code, alone.json()["place"]) == (200, "City hall")
    gone = send_step(program, second, "cancel", {"scope": "all"})
    assert (gone.status_code, gone.json()["status"]) == (200, "cancelled"), gone.content
    assert set(Meeting.objects.values_list("status", flat=True)) == {"cancelled"}


def test_what_a_series_refuses(program, people, table):
    body = {"partnership": table.public_id, "title": "Table", "date": "2031-01-07", "time": "18:30"}

    def found(**more):
        return pointers(program.send("POST", "meetings/", body | more))

    assert found(repeats="weekly") == [("#/until", "endless")]
    assert found(repeats="weekly", times=2, until="2031-03-01") == [("#/until", "two_ends")]
    assert found(repeats="weekly", times=500) == [("#/times", "too_many")]
    assert found(repeats="weekly", times=3, every=0) == [("#/every", "bad_interval")]
    assert found(repeats="yearly", times=3) == [("#/repeats", "invalid_choice")]
    assert found(times=3) == [("#/times", "invalid")]
    assert found(scope="all") == [("#/scope", "read_only")]
    assert found(repeats="weekly", times=3, zone="Mars") == [("#/zone", "unknown_zone")]
    assert not MeetingSeries.objects.exists()
    meeting = factories.make_meeting(table)
    assert pointers(program.change(path_of(meeting), {"repeats": "weekly"})) == [("#/repeats", "read_only")]
    problem(Program(people.other_editor).send("POST", "meetings/", body | {"repeats": "weekly"}), 403, "not_allowed")


# Invitations


@pytest.mark.both
def test_contacts_of_partners_are_invited_without_naming_anyone(program, people, table):
    contact = Contact.objects.create(
        organization=people.organization, name="Desk", email="desk@example.org", visible_to="public"
    )
    body = {"partnership": table.public_id, "title": "Table", "date": "2031-01-07", "time": "18:30"}
    made = program.send("POST", "meetings/", body | {"invite": ids(people.organization)})
    assert made.status_code == 201, made.content
    meeting = Meeting.objects.get()
    assert [(one.contact, one.party.entity) for one in meeting.participants.all()] == [(contact, people.organization)]
    assert Email.objects.filter(subject_type="meeting", subject_id=meeting.pk).exists()
    assert "Desk" not in made.content.decode()
    # Again, they stay invited once. A partner without a contact that can be seen is said to have none.
    assert program.change(path_of(meeting), {"invite": ids(people.organization)}).status_code == 200
    assert program.change(path_of(meeting), {"title": "Renamed"}).status_code == 200
    assert meeting.participants.count() == 1
    assert pointers(program.change(path_of(meeting), {"invite": ids(people.office)})) == [("#/invite/0", "no_contacts")]
    assert pointers(program.change(path_of(meeting), {"invite": ids(people.organization, people.other_office)})) == [
        ("#/invite/1", "unknown_value")
    ]


# What came of it


@pytest.fixture
def held_meeting(people, table):
    return factories.make_meeting(table, days=-1, is_public=True)


@pytest.mark.both
def test_what_came_of_a_meeting_is_recorded_and_changed(program, people, table, held_meeting):
    agenda = [{"title": "Evictions"}, {"title": "Repairs"}]
    assert program.change(path_of(held_meeting), {"agenda": agenda}).status_code == 200
    office, group = ids(people.office, people.organization)
    decision = {"question": "Who speaks first?", "outcome": "The tenants.", "decided_by": [office, group]}
    body = {
        "notes": "Both sides came.",
        "agenda": [{"title": "Repairs", "notes": "They take long."}],
        "attendance": [{"id": office, "came": True, "people": 3}, {"id": group, "people": 2}],
        "decisions": [decision],
        "action_items": [{"title": "Send the notes", "owner": office, "due_on": "2031-01-01"}],
        "why": "From our minutes",
    }
    done = send_step(program, held_meeting, "close", body)
    assert done.status_code == 200, done.content
    document = done.json()
    assert (document["notes"], [one["notes"] for one in document["agenda"]]) == (
        "Both sides came.",
        ["", "They take long."],
    )
    assert [one["question"] for one in document["decisions"]] == ["Who speaks first?"]
    assert {row.party.entity: (row.came, row.people) for row in held_meeting.attendance.all()} == {
        people.office: (True, 3),
        people.organization: (True, 2),
    }
    assert [(one.title, one.owner_party.entity, one.meeting) for one in Action.objects.all()] == [
        ("Send the notes", people.office, held_meeting)
    ]
    latest = Change.objects.filter(record_type="meeting", record_id=held_meeting.pk).latest("id")
    assert (latest.verb, latest.why, latest.by) == ("close", "From our minutes", people.editor)
    # Only those who may read the notes get them. The public reads that there are none.
    elsewhere = Program(people.other_editor)
    assert elsewhere.get(path_of(held_meeting)).json()["notes"] is None

    # What is left out stays, and so do partners of a decision that are left out of it.
    kept = held_meeting.decisions.get()
    again = send_step(
        program, held_meeting, "close", {"decisions": [{"question": "Who speaks first?", "outcome": "The renters."}]}
    )
    assert (again.status_code, again.json()["notes"]) == (200, "Both sides came."), again.content
    assert [(one.pk, one.outcome) for one in held_meeting.decisions.all()] == [(kept.pk, "The renters.")]
    assert (kept.decided_by.count(), held_meeting.attendance.count(), Action.objects.count()) == (2, 2, 1)
    out = send_step(program, held_meeting, "close", {"notes_are_public": True})
    assert elsewhere.get(path_of(held_meeting)).json()["notes"] == "Both sides came."
    # What was read can be sent back.
    entries = Change.objects.count()
    whole = {name: out.json()[name] for name in ("notes", "agenda", "decisions")}
    assert send_step(program, held_meeting, "close", whole).status_code == 200
    assert Change.objects.count() == entries


def test_what_no_outcome_can_say(program, people, table, held_meeting):
    office, elsewhere = ids(people.office, people.other_office)

    def found(meeting=held_meeting, **body):
        return pointers(send_step(program, meeting, "close", body))

    assert found(attendance=[{"id": elsewhere}]) == [("#/attendance/0/id", "unknown_value")]
    assert found(attendance=[{"id": office, "people": -1}]) == [("#/attendance/0/people", "min_value")]
    assert found(attendance=[{"id": office}] * 2) == [("#/attendance/1", "unique_together")]
    assert found(decisions=[{"question": "Who?"}]) == [("#/decisions/0/outcome", "required")]
    wrong = {"question": "Who?", "outcome": "We.", "decided_by": [office, elsewhere]}
    assert found(decisions=[wrong]) == [("#/decisions/0/decided_by/1", "unknown_value")]
    assert found(agenda=[{"title": "Other", "notes": "x"}]) == [("#/agenda/0/title", "unknown_value")]
    assert found(action_items=[{"title": "x", "owner": elsewhere}]) == [("#/action_items/0/owner", "unknown_value")]
    assert found(action_items=[{"title": "x"}]) == [("#/action_items/0/owner", "required")]
    assert found(participants=[]) == [("#/participants", "unknown_field")]
    assert found(factories.make_meeting(table, days=3), notes="Soon") == [("#", "not_held")]
    inside = factories.make_meeting(table, days=-1, is_public=False)
    assert found(inside, notes_are_public=True) == [("#/notes_are_public", "not_public")]
    assert Action.objects.count() == held_meeting.attendance.count() == held_meeting.decisions.count() == 0
    for person in (people.other_editor, people.partner, people.reader):
        problem(send_step(Program(person), held_meeting, "close", {"notes": "Mine"}), 403, "not_allowed")


def test_what_names_a_partner_that_withdrew_stays(program, people, table, held_meeting):
    hidden, office = table.parties.get(organization=people.organization), people.office.public_id
    decision = {"question": "Who?", "outcome": "They.", "decided_by": [hidden]}
    attendance = [{"party": hidden, "came": True}]
    close_meeting(meeting=held_meeting, by=SYSTEM, fields={}, attendance=attendance, decisions=[decision])
    withdraw_from_seat(party=hidden, by=people.partner, may_count=True)
    body = {"attendance": [{"id": office, "came": True}]}
    body |= {"decisions": [{"question": "Who?", "outcome": "Both.", "decided_by": [office]}]}
    done = send_step(program, held_meeting, "close", body)
    assert done.status_code == 200, done.content
    assert {row.party.entity for row in held_meeting.attendance.all()} == {people.organization, people.office}
    assert {one.entity for one in held_meeting.decisions.get().decided_by.all()} == {people.organization, people.office}


def test_a_meeting_that_begins_now_can_be_closed(program, table):
    now = clock.now().astimezone(clock.zone("America/Chicago")) - timedelta(minutes=1)
    body = {"partnership": table.public_id, "title": "Now", "date": f"{now:%Y-%m-%d}", "time": f"{now:%H:%M}"}
    made = program.send("POST", "meetings/", body)
    assert made.status_code == 201, made.content
    assert send_step(program, Meeting.objects.get(), "close", {"notes": "Short."}).json()["notes"] == "Short."
