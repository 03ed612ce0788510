"""Partnerships without recent activity, or known only to people who left: in the filter, on its page, and on the home page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict

from partnerships.accounts.actions import suspend
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.meetings import action_items, action_queries, check_ins
from partnerships.meetings.attention import QUIET_AFTER, last_contact_on
from partnerships.meetings.owners import owners_of
from partnerships.models import Action, Agreement, Ask, CheckInPlan, Meeting, Membership, Partnership, Party, Seat
from partnerships.registry import attention, publication, queries, statements
from tests.factories import (
    cancel_meeting,
    in_days,
    make_jurisdiction,
    make_meeting,
    make_organization,
    make_partnership,
    make_person,
    party,
)
from tests.snapshots import snapshot_fixture

# These tests set dates directly, without rebuilding stored documents.
pytestmark = [pytest.mark.django_db, pytest.mark.unpublished_writes]


@snapshot_fixture
def record(people):
    """A partnership recorded long ago, with no activity since."""
    made = make_partnership(
        "The table", lead=people.office, parties=[party(people.office, "lead"), party(people.organization)]
    )
    Partnership.objects.update(created_at=datetime(2020, 1, 1, tzinfo=UTC))
    return made


def titles_found(person, need):
    return [row.title for row in queries.partnership_list(person, QueryDict(f"needs={need}")).page(25).rows]


def rhythm(people, record, rhythm="weekly", **fields):
    fields = {"partnership": record, "rhythm": rhythm, "anchor_on": in_days(3), "zone": "UTC"} | fields
    return check_ins.save_check_in_plan(by=SYSTEM, fields={"person": people.editor} | fields)


def test_without_a_sign_of_life_it_is_quiet_for_the_staff_who_keep_it(people, record):
    assert titles_found(people.editor, "quiet") == titles_found(people.administrator, "quiet") == ["The table"]
    assert titles_found(people.other_editor, "quiet") == []


def hold_meeting(record, days):
    meeting = make_meeting(record, days=1)
    Meeting.objects.filter(pk=meeting.pk).update(date=in_days(-days), starts_at=clock.now() - timedelta(days=days))


def test_a_meeting_that_was_held_within_the_rhythm_keeps_it_from_being_quiet(people, record):
    hold_meeting(record, 93)
    assert titles_found(people.editor, "quiet") == ["The table"]
    hold_meeting(record, 92)
    assert titles_found(people.editor, "quiet") == []


def test_a_meeting_counts_from_when_it_starts(people, record):
    meeting = make_meeting(record, days=1)
    assert attention.needs_among(people.editor, record, ("quiet",)) == {"quiet"}
    assert [keys for _, keys in attention.needing(people.editor, ("quiet",), most=9)] == [["quiet"]]
    Meeting.objects.filter(pk=meeting.pk).update(date=clock.today(), starts_at=clock.now())
    assert attention.needs_among(people.editor, record, ("quiet",)) == set()
    assert attention.needing(people.editor, ("quiet",), most=9) == []


def test_what_is_ahead_or_was_called_off_is_no_sign_of_life(people, record):
    make_meeting(record, days=1)
    cancel_meeting(meeting=make_meeting(record, days=-1))
    assert titles_found(people.editor, "quiet") == ["The table"]


@pytest.mark.parametrize("name", QUIET_AFTER)
def test_the_rhythm_of_its_check_ins_counts(people, record, name):
    plan = rhythm(people, record, name)
    check_in = check_ins.record_check_in(plan=plan, by=SYSTEM, done_on=in_days(-QUIET_AFTER[name]))
    assert titles_found(people.editor, "quiet") == []
    type(check_in).objects.update(done_on=in_days(-QUIET_AFTER[name] - 1))
    assert titles_found(people.editor, "quiet") == ["The table"]


def test_of_two_rhythms_the_shorter_counts_and_one_that_is_over_does_not(people, record):
    hold_meeting(record, 20)
    rhythm(people, record, "yearly")
    weekly = rhythm(people, record, "weekly")
    assert titles_found(people.editor, "quiet") == ["The table"]
    CheckInPlan.objects.filter(pk=weekly.pk).update(is_active=False)
    assert titles_found(people.editor, "quiet") == []


def test_the_word_of_a_party_is_a_sign_of_life(people, record):
    statements.confirm_record(party=record.parties.get(organization=people.organization), by=people.partner)
    assert titles_found(people.editor, "quiet") == []
    assert last_contact_on(record) == clock.today()


@pytest.mark.parametrize("status", ["paused", "ended"])
def test_a_paused_or_ended_one_is_not_quiet(people, record, status):
    Partnership.objects.update(status=status)
    assert titles_found(people.editor, "quiet") == []


def test_a_new_record_is_not_quiet_yet(people, record):
    Partnership.objects.update(created_at=clock.now())
    assert titles_found(people.editor, "quiet") == []


@pytest.mark.parametrize("how", ["left", "suspended", "moved"])
@pytest.mark.parametrize("what", ["answers", "holds", "does"])
def test_what_one_person_alone_holds_is_to_be_handed_over_when_they_leave(people, record, how, what):
    leaving = make_person("leaving@example.org")
    place = Membership.objects.create(person=leaving, jurisdiction=people.office, role="editor")
    if what == "does":
        action_items.save_action(by=SYSTEM, fields={"partnership": record, "title": "Call", "owner_person": leaving})
    else:
        rhythm(people, record, **({"person": leaving} if what == "answers" else {"holder": leaving}))
    assert titles_found(people.editor, "hand_over") == []
    if how == "left":
        place.delete()
    elif how == "moved":
        Membership.objects.filter(pk=place.pk).update(jurisdiction=people.other_office)
    else:
        suspend(person=leaving, by=people.administrator, why="Left")
    assert titles_found(people.editor, "hand_over") == ["The table"]
    assert titles_found(people.other_editor, "hand_over") == []
    Partnership.objects.update(status="ended")
    assert titles_found(people.editor, "hand_over") == []


def test_what_a_party_owns_too_or_is_done_needs_no_other_hands(people, record):
    leaving = make_person("leaving@example.org")
    Membership.objects.create(person=leaving, jurisdiction=people.office, role="editor")
    fields = {"partnership": record, "title": "Call", "owner_person": leaving}
    action_items.save_action(by=SYSTEM, fields=fields | {"owner_party": record.parties.first()})
    action_items.note_action(action=action_items.save_action(by=SYSTEM, fields=fields), by=SYSTEM, status="done")
    leaving.memberships.all().delete()
    assert titles_found(people.editor, "hand_over") == []


@pytest.mark.parametrize("how", ["left", "suspended", "moved"])
def test_what_someone_did_for_a_party_goes_to_its_editors_when_they_leave(people, record, how):
    leaving, seat = make_person("leaving@example.org"), record.parties.get(organization=people.organization)
    place = Membership.objects.create(person=leaving, organization=people.organization, role="editor")
    fields = {
        "partnership": record,
        "title": "Call",
        "owner_person": leaving,
        "owner_party": seat,
        "due_on": in_days(20),
    }
    action = action_items.save_action(by=SYSTEM, fields=fields)
    assert (owners_of(action), action_queries.open_actions_of(people.partner)) == ([leaving], [])
    if how == "left":
        place.delete()
    elif how == "moved":
        Membership.objects.filter(pk=place.pk).update(organization=None, jurisdiction=people.other_office)
    else:
        suspend(person=leaving, by=people.administrator, why="Left")
    action = Action.objects.get()
    assert (owners_of(action), action_queries.open_actions_of(people.partner)) == ([people.partner], [action])
    assert titles_found(people.editor, "hand_over") == []


@pytest.mark.parametrize("what", ["answers", "does"])
def test_what_a_party_held_is_to_be_handed_over_when_it_has_left(people, record, what):
    seat = record.parties.get(organization=people.organization)
    if what == "does":
        action_items.save_action(by=SYSTEM, fields={"partnership": record, "title": "Call", "owner_party": seat})
    else:
        rhythm(people, record, party=seat)
    assert titles_found(people.editor, "hand_over") == []
    Party.objects.filter(pk=seat.pk).update(ends_on=in_days(-1))
    assert titles_found(people.editor, "hand_over") == ["The table"]


def test_an_agreement_that_has_ended_is_due_until_it_is_renewed_or_the_partnership_ends(client, people, record):
    Agreement.objects.create(partnership=record, ends_on=in_days(0))
    assert titles_found(people.editor, "agreement_ending") == ["The table"]
    assert titles_found(people.editor, "agreement_over") == []
    Agreement.objects.update(ends_on=in_days(-2))  # for everyone's clock
    assert titles_found(people.editor, "agreement_ending") == []
    assert titles_found(people.editor, "agreement_over") == ["The table"]
    publication.publish({record.pk})
    client.force_login(people.editor)
    assert "Edit agreement" in next_steps(client)
    assert "Agreement ended" in text(client, f"{record.get_absolute_url()}agreement/")
    Partnership.objects.update(status="ended")
    assert titles_found(people.editor, "agreement_over") == []
    assert "Edit agreement" not in next_steps(client)


def test_nothing_is_due_in_a_partnership_that_has_ended(client, people, record):
    Agreement.objects.create(partnership=record, ends_on=in_days(9))
    plan = rhythm(people, record)
    CheckInPlan.objects.filter(pk=plan.pk).update(next_due_on=in_days(-9))
    fields = {"partnership": record, "title": "Call", "owner_person": people.editor, "due_on": in_days(-5)}
    action_items.save_action(by=SYSTEM, fields=fields)
    found = {"agreement_ending": 1, "check_in_late": 1, "not_verified": 1, "quiet": 1, "overdue_actions": 1}
    assert dict(attention.needs_of(people.editor, [record.pk])[record.pk]) == found
    Partnership.objects.update(status="ended")
    publication.publish({record.pk})
    assert attention.needs_of(people.editor, [record.pk]) == {record.pk: []}
    client.force_login(people.editor)
    page = text(client, record.get_absolute_url())
    assert ("oldest due" in page, "No meeting is scheduled" in page) == (False, False)


def test_the_term_of_a_seat_that_has_ended_is_due_until_a_later_row_fills_it(client, people):
    group = make_organization("Youth council", "profiled")
    seats = [
        {"title": "Chair", "held_by": 1, "ends_on": in_days(-2)},
        {"title": "Youth", "held_by": 2, "ends_on": in_days(400)},
    ]
    rows = [party(people.office, "lead"), party(people.organization), party(group, ends_on=in_days(-2))]
    made = make_partnership("Board", kind="advisory_body", lead=people.office, parties=rows, facts={"seats": seats})
    assert titles_found(people.editor, "seat_over") == ["Board"]
    client.force_login(people.editor)
    assert "Edit seats" in next_steps(client)
    notes = [seat["note"] for seat in client.get(f"{made.get_absolute_url()}agreement/").context["kind_facts"]["seats"]]
    assert notes == ["The term has ended", "No longer a partner"]
    Seat.objects.create(partnership=made, title="Chair", starts_on=in_days(0))
    assert titles_found(people.editor, "seat_over") == []


def test_an_ask_without_an_answer_is_due_after_its_day(client, people):
    asks = [{"text": "Fund the center", "answer_due_on": in_days(-1)}]
    made = make_partnership("Push", kind="organizing", lead=people.office, facts={"asks": asks})
    assert titles_found(people.editor, "ask_overdue") == ["Push"]
    client.force_login(people.editor)
    assert "Enter the answer" in next_steps(client)
    for change in ({"answer": "declined"}, {"answer": "", "answer_due_on": in_days(0)}):
        Ask.objects.filter(partnership=made).update(**change)
        assert titles_found(people.editor, "ask_overdue") == []


def text(client, url="/"):
    return client.get(url).content.decode()


def next_steps(client):
    """Return the next steps that the home page names."""
    groups = client.get("/").context.get("groups") or []
    return {line.step for group in groups for line in group["lines"]}


@pytest.mark.slow
def test_its_page_and_the_home_page_show_it_to_its_staff_alone(client, people, record):
    rhythm(people, record, holder=people.suspended)
    page = f"/partnerships/{record.public_id}/"
    for person in (None, people.partner, people.other_editor):
        if person:
            client.force_login(person)
        shown = text(client, page) + text(client)
        assert ("gone quiet" in shown, "has left" in shown) == (False, False)
        assert next_steps(client) <= {"Review record"}
    client.force_login(people.editor)
    shown = " ".join(text(client, page).split())
    assert "No meeting, check-in or answer is recorded yet. A call may be enough." in shown
    assert "Someone who held this has left" in shown
    assert next_steps(client) >= {"Schedule a meeting", "Name who takes over"}
    hold_meeting(record, 200)
    assert "No meeting, check-in or answer since" in text(client, page)


def test_the_public_cannot_filter_by_what_needs_attention(client):
    make_partnership(lead=make_jurisdiction())
    assert client.get("/partnerships/?needs=quiet").status_code == 400
