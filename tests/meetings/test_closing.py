"""Closing a meeting: who came, what was decided, and who may read it."""

import pytest

from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed, ValidationError
from partnerships.core.models import Change
from partnerships.mail.choices import EmailKind, EmailState
from partnerships.mail.models import Email
from partnerships.meetings.closing import close_meeting
from partnerships.meetings.meetings import save_meeting
from partnerships.meetings.queries import outcome_of, parties_seen
from partnerships.meetings.rules import meetings_visible_to, notes_visible_to
from partnerships.notifications.emails import render
from partnerships.notifications.recipients import find, find_audience
from partnerships.records.public_records import records_of
from partnerships.registry.actions import save_partnership
from tests.factories import cancel_meeting, in_days, make_meeting, make_organization, make_partnership, party
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def table(people):
    """A partnership of the office with two organizations."""
    group = make_organization("Quiet coalition", "unlisted", kept_by=people.office)
    sides = [party(people.office, "lead"), party(people.organization, "member"), party(group, "advisor")]
    return make_partnership("The table", lead=people.office, parties=sides)


def held_meeting(table, people=(), **fields):
    return make_meeting(table, days=-1, people=people, **fields)


def close_with(meeting, by=SYSTEM, *, notes="We talked.", public=False, **more):
    return close_meeting(meeting=meeting, by=by, fields={"notes": notes, "notes_are_public": public}, **more)


def test_the_outcome_of_a_meeting_is_kept_and_in_the_history(people, table):
    meeting = held_meeting(table, people=[people.editor])
    save_meeting(meeting=meeting, by=SYSTEM, fields={}, agenda=[{"title": "Data"}, {"title": "Next"}])
    first = meeting.agenda.first()
    office, group, other = table.parties.all()
    closed = close_with(
        meeting,
        people.editor,
        attendance=[{"party": office, "came": True, "people": 2}, {"party": group, "came": False}],
        agenda_notes={first.pk: "The numbers are late."},
        decisions=[
            {"question": "Which lot?", "outcome": "The first", "decided_by": [office, group], "could_block": [other]}
        ],
        actions=[{"title": "Send the map", "owner_party": group, "owner_person": people.editor}],
    )
    assert closed.closed_at is not None
    assert [(a.party, a.came, a.people) for a in closed.attendance.all()] == [(office, True, 2), (group, False, None)]
    assert [item.notes for item in closed.agenda.all()] == ["The numbers are late.", ""]
    decision = closed.decisions.get()
    assert (decision.question, [*decision.decided_by.all()], [*decision.could_block.all()]) == (
        "Which lot?", [office, group], [other],
    )  # fmt: skip
    action = closed.actions.get()
    assert (action.title, action.partnership, action.owner_party, action.public_id[0]) == (
        "Send the map",
        table,
        group,
        "A",
    )
    entry = Change.objects.filter(record_type="meeting", record_id=closed.pk).first()
    assert (entry.verb, sorted(entry.after)) == ("close", ["agenda", "attendance", "closed_at", "decisions", "notes"])
    again = close_with(closed, people.editor)
    assert (again.version, Change.objects.filter(record_type="meeting", record_id=closed.pk, verb="close").count()) == (
        closed.version, 1,
    )  # fmt: skip


def test_only_what_was_held_is_closed_and_only_by_those_who_plan_it(people, table):
    ahead = make_meeting(table, days=1)
    with pytest.raises(ValidationError):
        close_with(ahead)
    off = cancel_meeting(meeting=held_meeting(table))
    with pytest.raises(ValidationError):
        close_with(off)
    for person in (people.reader, people.other_editor, people.partner):
        with pytest.raises(NotAllowed):
            close_with(held_meeting(table), person)
    elsewhere = make_partnership("Elsewhere", lead=people.other_office).parties.first()
    with pytest.raises(ValidationError) as refused:
        close_with(held_meeting(table), attendance=[{"party": elsewhere, "came": True}])
    assert list(refused.value.error_dict) == ["attendance-0-party"]
    with pytest.raises(ValidationError) as refused:
        close_with(
            held_meeting(table), actions=[{"title": "Call them", "owner_person": people.editor}, {"title": "x" * 500}]
        )
    assert list(refused.value.error_dict) == ["actions-1-title"]


def test_notes_are_never_more_public_than_their_meeting(people, table):
    with pytest.raises(ValidationError):
        close_with(held_meeting(table), public=True)
    open_one = close_with(held_meeting(table, is_public=True), public=True)
    assert [*notes_visible_to(None)] == [open_one]
    save_meeting(meeting=open_one, by=SYSTEM, fields={"is_public": False})
    assert [*notes_visible_to(None)] == []


def test_who_may_read_the_notes(people, table):
    _office, group, _ = table.parties.all()
    asked = [{"person": people.partner, "party": group}]
    internal, public, alone = held_meeting(table), held_meeting(table, is_public=True), held_meeting(table)
    save_meeting(meeting=internal, by=SYSTEM, fields={}, participants=asked)
    for meeting in (internal, public, alone):
        close_with(meeting)
    out = close_with(held_meeting(table, is_public=True), public=True)
    everything = {internal, public, alone, out}
    assert set(notes_visible_to(people.reader)) == everything
    assert set(notes_visible_to(people.administrator)) == everything
    assert set(notes_visible_to(people.partner)) == {internal, out}
    assert set(meetings_visible_to(people.partner)) == {internal, public, out}
    for person in (None, people.stranger, people.other_editor):
        assert set(notes_visible_to(person)) == {out}
    # A participant without a party sees no more than everyone.
    save_meeting(meeting=internal, by=SYSTEM, fields={}, participants=[{"person": people.partner}])
    assert set(notes_visible_to(people.partner)) == {out}


def test_the_email_goes_once_when_notes_become_public_and_says_nothing_of_them(people, table):
    meeting = held_meeting(table, people=[people.editor], is_public=True)
    closed = close_with(meeting, notes="A secret word")
    assert not Email.objects.filter(kind=EmailKind.MEETING_NOTES).exists()
    closed = close_with(closed, notes="A secret word", public=True)
    email = Email.objects.get(kind=EmailKind.MEETING_NOTES)
    assert (email.state, email.recipient) == (EmailState.PLANNED, f"person:{people.editor.pk}")
    mail = render(email, find(email.recipient))
    assert mail.subject == "Meeting notes are ready: Housing table"
    assert "secret" not in mail.text + mail.html
    assert f"/meetings/{meeting.public_id}/" in mail.text
    close_with(closed, notes="Another word", public=True)
    assert Email.objects.filter(kind=EmailKind.MEETING_NOTES).count() == 1
    email.refresh_from_db()
    assert (email.state, find_audience(email).refusal) == (EmailState.PLANNED, "")


def test_withdrawn_notes_stop_their_email_and_new_ones_send_another(people, table):
    closed = close_with(held_meeting(table, people=[people.editor], is_public=True), public=True)
    email = Email.objects.get(kind=EmailKind.MEETING_NOTES)
    closed = close_with(closed, public=False)
    email.refresh_from_db()
    assert (email.state, find_audience(email).refusal) == (EmailState.WITHDRAWN, "The notes are no longer public.")
    close_with(closed, public=True)
    states = Email.objects.filter(kind=EmailKind.MEETING_NOTES).order_by("pk").values_list("state", flat=True)
    assert [*states] == [EmailState.WITHDRAWN, EmailState.PLANNED]


def test_a_records_request_gets_the_notes_only_where_they_are_public(people, table):
    meeting = held_meeting(table, is_public=True)
    save_meeting(meeting=meeting, by=SYSTEM, fields={}, agenda=[{"title": "Data", "owner": table.parties.last()}])
    decision = {"question": "Which lot?", "outcome": "The first", "could_block": [table.parties.last()]}
    closed = close_with(
        meeting, notes="Inner words", agenda_notes={meeting.agenda.get().pk: "Inner too"}, decisions=[decision]
    )
    shown = str(records_of(people.reader, table, private=False))
    assert "Inner" not in shown
    assert "Which lot" not in shown
    assert "Quiet" not in shown
    close_with(closed, notes="Inner words", public=True)
    shown = str(records_of(people.reader, table, private=False))
    assert "Inner words" in shown
    assert "Inner too" in shown
    assert "Which lot" in shown
    assert "Quiet coalition" not in shown


def test_who_came_or_decided_is_not_removed_from_the_record(people, table):
    """A party that left gets a last day, and what it did stays; one that was entered by mistake can go."""
    _, group, other = table.parties.all()
    closed = close_with(
        held_meeting(table),
        attendance=[{"party": group, "came": True, "people": 3}, {"party": other, "came": False}],
        decisions=[{"question": "Which lot?", "outcome": "The first", "could_block": [other]}],
    )
    rows = [{"jurisdiction": people.office}]
    both = [{"organization": one.organization} for one in (group, other)]
    hidden = [row | {"circle": circle} for row, circle in zip(both, ("declined", "not_approached"), strict=True)]
    for sent in (rows, [*rows, both[1]], [*rows, both[0], hidden[1]], [*rows, hidden[0], both[1]]):
        table.refresh_from_db()
        with pytest.raises(ValidationError) as refused:
            save_partnership(partnership=table, by=people.editor, fields={}, parties=sent, words_leave=True)
        assert refused.value.code == "took_part"
    assert "Tenants' association came to meetings" in refused.value.message

    left = [{"organization": group.organization, "ends_on": in_days(-1)}, {"organization": other.organization}]
    save_partnership(partnership=table, by=people.editor, fields={}, parties=rows + left)
    found = outcome_of(people.editor, closed, parties_seen(people.editor, table))
    assert [(party, came, many) for party, came, many in found["attendance"]] == [
        (group, True, 3),
        (other, False, None),
    ]

    close_with(closed, attendance=[{"party": other, "came": False}], decisions=[])
    save_partnership(partnership=table, by=people.editor, fields={}, parties=rows)
    assert [party.entity for party in table.parties.all()] == [people.office]
