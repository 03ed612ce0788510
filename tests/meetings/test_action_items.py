"""Action items: who sees and changes them, which emails they plan, and which of these are refused when due."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict, NotAllowed, ValidationError
from partnerships.mail.choices import EmailKind, Pace
from partnerships.meetings import action_items
from partnerships.meetings.choices import ActionStatus
from partnerships.meetings.rules import actions_visible_to, may_note_action, owned_by
from partnerships.models import Action, Email, EmailPreference, Membership
from partnerships.notifications import planning, recipients
from tests.factories import make_organization, make_partnership, party
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 2, 1, 18, tzinfo=UTC)  # a Sunday; the office is in Chicago
DUE = date(2026, 2, 13)  # a Friday


@pytest.fixture(autouse=True)
def _first_of_february():
    with time_machine.travel(NOON, tick=False):
        yield


@snapshot_fixture
def seat(people, partnership):
    return partnership.parties.get(organization=people.organization)


def make_action(partnership, by=SYSTEM, **fields):
    fields = {"partnership": partnership, "title": "Send the lease data", "due_on": DUE} | fields
    return action_items.save_action(by=by, fields=fields)


def emails(**only):
    """Return (kind, recipient, state), soonest first."""
    rows = Email.objects.filter(subject_type="action", **only).order_by("due_at", "kind", "recipient")
    return [(row.kind.removeprefix("action_"), row.recipient, row.state) for row in rows]


def key(person):
    return f"person:{person.pk}"


def may_go(email):
    return recipients.find_audience(email).refusal == ""


def test_the_owner_is_notified_at_once_three_days_before_and_once_after(people, partnership, seat):
    make_action(partnership, by=people.editor, owner_party=seat)
    partner = key(people.partner)
    assert emails() == [(kind, partner, "planned") for kind in ("assigned", "due", "overdue")]
    assert list(Email.objects.filter(subject_type="action").order_by("due_at").values_list("due_at", flat=True)) == [
        NOON,
        datetime(2026, 2, 10, 15, tzinfo=UTC),  # 9 a.m. at the lead agency
        datetime(2026, 2, 17, 15, tzinfo=UTC),  # the Tuesday after, since Monday is a federal holiday
    ]
    assert planning.plan_all() == 0


def test_the_owner_is_notified_and_not_their_partner(people, partnership, seat):
    Membership.objects.create(person=people.stranger, organization=people.organization, role="editor")
    make_action(partnership, owner_party=seat, owner_person=people.partner, due_on=None)
    assert emails() == [("assigned", key(people.partner), "planned")]


def test_no_one_is_notified_of_their_own_action_item(people, partnership):
    make_action(partnership, by=people.editor, owner_person=people.editor)
    assert [row[0] for row in emails()] == ["due", "overdue"]


def test_a_new_owner_is_notified_and_the_former_one_gets_no_more_email(people, partnership, seat):
    action = make_action(partnership, owner_party=seat)
    action_items.save_action(action=action, by=SYSTEM, fields={"owner_party": None, "owner_person": people.reader})
    assert {row[2] for row in emails(recipient=key(people.partner))} == {"withdrawn"}
    assert emails(recipient=key(people.reader)) == [
        (kind, key(people.reader), "planned") for kind in ("assigned", "due", "overdue")
    ]


def test_a_moved_due_date_moves_its_emails_and_notifies_no_one_again(people, partnership, seat):
    action = make_action(partnership, owner_party=seat)
    action_items.save_action(action=action, by=SYSTEM, fields={"due_on": date(2026, 2, 20)})
    assert [row[0] for row in emails(state="planned")] == ["assigned", "due", "overdue"]
    assert {row.occurrence.split("/")[1] for row in Email.objects.filter(kind__in=["action_due"], state="planned")} == {
        "2026-02-20"
    }


def test_done_notifies_its_author_and_cancels_the_reminders(people, partnership, seat):
    action = make_action(partnership, by=people.editor, owner_party=seat)
    action_items.note_action(action=action, by=people.partner, status=ActionStatus.DONE, text="Sent today.")
    assert emails(state="planned") == [("done", key(people.editor), "planned")]
    action.refresh_from_db()
    assert (action.status, action.done_on) == ("done", date(2026, 2, 1))
    entry = action.log.get()
    assert (entry.by, entry.text, entry.status, entry.at) == (people.partner, "Sent today.", "done", NOON)


def test_done_notifies_the_staff_if_its_author_is_gone(people, partnership, seat):
    action = make_action(partnership, by=people.administrator, owner_party=seat)
    type(people.administrator).objects.filter(pk=people.administrator.pk).update(is_active=False)
    action_items.note_action(action=action, by=people.partner, status=ActionStatus.DONE)
    assert emails(kind="action_done") == [("done", key(people.editor), "planned")]


def test_a_reopened_action_is_reminded_of_again(people, partnership, seat):
    action = make_action(partnership, by=people.editor, owner_party=seat)
    action = action_items.note_action(action=action, by=people.partner, status=ActionStatus.DONE)
    action = action_items.note_action(
        action=action, by=people.editor, status=ActionStatus.OPEN, text="Half is missing."
    )
    assert action.done_on is None
    assert {row[0] for row in emails(state="planned")} >= {"due", "overdue"}
    assert emails(kind="action_done", state="planned") == []
    action_items.note_action(action=action, by=people.partner, status=ActionStatus.DONE)
    assert emails(kind="action_done", state="planned") == [("done", key(people.editor), "planned")]


def test_a_note_alone_is_kept_and_sends_nothing(people, partnership, seat):
    action = make_action(partnership, owner_party=seat)
    before = emails()
    noted = action_items.note_action(
        action=action, by=people.partner, status=ActionStatus.OPEN, text="Half of it is there."
    )
    assert emails() == before
    assert (noted.log.count(), noted.version) == (1, 2)
    with pytest.raises(ValidationError) as refused:
        action_items.note_action(action=noted, by=people.partner, status=ActionStatus.OPEN)
    assert refused.value.message_dict == {"text": ["Enter a note, or choose the new status."]}


def test_a_muted_kind_is_not_planned_and_refused_at_the_fence(people, partnership, seat):
    action = make_action(partnership, owner_party=seat)
    due = Email.objects.get(kind="action_due")
    assert may_go(due)
    EmailPreference.objects.create(person=people.partner, kind=EmailKind.ACTION_DUE, pace=Pace.NEVER, at=clock.now())
    assert not may_go(due)
    assert may_go(Email.objects.get(kind="action_overdue"))
    Email.objects.all().delete()
    action_items.save_action(action=action, by=SYSTEM, fields={"title": "Send the newer lease data"})
    assert [row[0] for row in emails()] == ["overdue"]


def test_the_fence_refuses_what_no_longer_holds(people, partnership, seat):
    action = make_action(partnership, owner_party=seat)
    late, assigned = Email.objects.get(kind="action_overdue"), Email.objects.get(kind="action_assigned")
    assert (may_go(late), may_go(assigned)) == (True, True)
    for changed in (
        {"due_on": date(2026, 3, 1)},
        {"status": "done"},
        {"owner_party": None, "owner_person": people.editor},
    ):
        Action.objects.filter(pk=action.pk).update(**changed)
        assert not may_go(late)
        Action.objects.filter(pk=action.pk).update(due_on=DUE, status="open", owner_party=seat, owner_person=None)
        assert may_go(late)
    people.partner.memberships.all().delete()
    assert (may_go(late), may_go(assigned)) == (False, False)


def test_the_sweep_adds_what_is_missing_with_a_fixed_number_of_queries(
    people, partnership, seat, django_assert_num_queries
):
    make_action(partnership, owner_person=people.editor, due_on=date(2026, 2, 5))  # three days before it, Monday
    Email.objects.all().delete()
    assert planning.plan_all() == 1
    assert emails() == [("due", key(people.editor), "planned")]
    for _ in range(3):
        make_action(partnership, owner_person=people.editor, due_on=date(2026, 2, 5))
    with django_assert_num_queries(8):
        assert planning.plan_all() == 0


def test_who_sees_an_action(people, partnership, seat):
    """The lead agency's staff and the person who has to do it, but never the public, another office or the other partners."""
    group = make_organization("Open coalition", "profiled")
    Membership.objects.create(person=people.stranger, organization=group, role="manager")
    table = make_partnership(
        lead=people.office, parties=[party(people.office, "lead"), party(people.organization), party(group)]
    )
    seats = {str(one): one for one in table.parties.all()}
    of_partner = make_action(table, owner_party=seats["Tenants' association"])
    personal = make_action(table, owner_person=people.stranger, owner_party=seats["Open coalition"])
    inner = make_action(table, owner_person=people.editor)
    seen = {
        name: set(actions_visible_to(person).filter(partnership=table))
        for name, person in {**people.as_roles(), "nobody": None}.items()
    }
    everyone = {of_partner, personal, inner}
    assert seen == {
        **dict.fromkeys(("editor", "reader", "administrator"), everyone),
        "partner": {of_partner},
        "stranger": {personal},
        **{
            name: set() for name in ("manager", "other_editor", "department", "other_department", "suspended", "nobody")
        },
        **{name: set() for name in ("member", "partner_reader", "other_partner")},
    }
    assert (set(owned_by(people.partner)), set(owned_by(people.stranger))) == ({of_partner}, {personal})
    assert [may_note_action(person, of_partner) for person in (people.editor, people.reader, people.partner)] == [
        True,
        False,
        True,
    ]


def test_a_draft_gives_nothing_away_and_those_who_left_see_nothing(people):
    draft = make_partnership(
        lead=people.office, parties=[party(people.office, "lead"), party(people.organization)], published=False
    )
    action = make_action(
        draft, owner_party=draft.parties.get(organization=people.organization), owner_person=people.partner
    )
    assert list(actions_visible_to(people.partner)) == []
    assert not may_go(Email.objects.filter(kind="action_assigned").first())
    assert list(actions_visible_to(people.reader)) == [action]


def test_an_action_item_names_an_owner_who_takes_part(people, partnership):
    elsewhere = make_partnership(lead=people.other_office)
    for owner, field in (
        ({}, "owner_party"),
        ({"owner_party": elsewhere.parties.first()}, "owner_party"),
        ({"owner_person": people.other_editor}, "owner_person"),
    ):
        with pytest.raises(ValidationError) as refused:
            make_action(partnership, **owner)
        assert list(refused.value.message_dict) == [field]
    assert Action.objects.count() == 0


def test_who_may_change_and_note_one(people, partnership, seat):
    action = make_action(partnership, owner_party=seat)
    for person in (people.reader, people.other_editor, people.partner):
        with pytest.raises(NotAllowed):
            action_items.save_action(action=action, by=person, fields={"title": "Other"})
    with pytest.raises(NotAllowed):
        action_items.note_action(action=action, by=people.reader, status="done")
    with pytest.raises(EditConflict):
        action_items.save_action(action=action, by=people.editor, fields={"title": "Other"}, version=action.version + 1)
