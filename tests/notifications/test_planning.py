"""Which emails are in the outbox after a meeting, a check-in or an agreement was saved."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from partnerships.core.access import SYSTEM
from partnerships.meetings import check_ins, meetings
from partnerships.meetings.closing import close_meeting
from partnerships.models import CheckInPlan, Email
from partnerships.notifications import agreements, planning
from partnerships.notifications import meetings as meeting_emails
from partnerships.records import retention
from partnerships.registry import actions as registry
from tests.factories import cancel_meeting, make_meeting, make_partnership, party

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 2, 1, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _first_of_february():
    with time_machine.travel(NOON, tick=False):
        yield


def outbox(**only):
    """Return (occurrence without the public id, recipient's kind, state) of every email, soonest first."""
    rows = Email.objects.filter(**only).order_by("due_at", "recipient")
    return [(row.occurrence.partition("/")[2], row.recipient.partition(":")[0], row.state) for row in rows]


def save(meeting, **fields):
    return meetings.save_meeting(meeting=meeting, by=SYSTEM, fields=fields)


def seats(*people):
    return [{one._meta.model_name: one} for one in people]


def test_a_new_meeting_sends_one_email_and_three_reminders_to_each(people, partnership, contact):
    meeting = make_meeting(partnership, people=[people.editor, contact], days=35)  # March 8: DST starts
    both = ("contact", "person")
    assert outbox() == [
        (f"0/{what}", who, "planned") for what in ("meeting_planned", "7d", "48h", "2h") for who in both
    ]
    due = dict(Email.objects.filter(recipient=f"contact:{contact.pk}").values_list("occurrence", "due_at"))
    assert {key.rpartition("/")[2]: at for key, at in due.items()} == {
        "meeting_planned": NOON,
        "7d": datetime(2026, 3, 1, 16, tzinfo=UTC),  # 10 a.m. standard time
        "48h": datetime(2026, 3, 6, 15, tzinfo=UTC),
        "2h": datetime(2026, 3, 8, 13, tzinfo=UTC),
    }
    assert set(Email.objects.values_list("expires_at", "lead")) == {(meeting.starts_at, people.office.pk)}


def test_planning_again_changes_nothing(meeting):
    before = list(Email.objects.order_by("pk").values())
    meeting_emails.follow_meeting(meeting)
    assert planning.plan_all() == 0
    assert list(Email.objects.order_by("pk").values()) == before


def test_what_is_past_is_left_out(people, partnership):
    make_meeting(partnership, people=[people.editor], days=1)  # 22 hours ahead
    assert outbox() == [("0/meeting_planned", "person", "planned"), ("0/2h", "person", "planned")]


def test_a_meeting_in_the_past_sends_nothing(people, partnership):
    make_meeting(partnership, people=[people.editor], days=-1)
    assert outbox() == []


def test_a_moved_meeting_sends_the_change_and_never_the_old_reminder(meeting):
    save(meeting, time=time(14))
    assert outbox(recipient__startswith="person", state="planned") == [
        ("1/meeting_changed", "person", "planned"),
        ("1/7d", "person", "planned"),
        ("1/48h", "person", "planned"),
        ("1/2h", "person", "planned"),
    ]
    assert {row[0] for row in outbox(state="withdrawn")} == {"0/meeting_planned", "0/7d", "0/48h", "0/2h"}


def test_a_meeting_moved_into_the_past_still_notifies_participants(meeting):
    save(meeting, date=date(2026, 1, 20))
    assert outbox(state="planned") == [("1/meeting_changed", who, "planned") for who in ("contact", "person")]


def test_a_change_that_is_no_news_sends_nothing(meeting):
    before = outbox()
    save(meeting, access_notes="Child care in room 2")
    assert outbox() == before


def test_a_cancelled_meeting_sends_one_email_and_no_reminder(meeting):
    cancel_meeting(meeting=meeting)
    assert outbox(state="planned") == [("1/meeting_cancelled", who, "planned") for who in ("contact", "person")]


def test_a_cancelled_meeting_that_takes_place_after_all(meeting):
    cancel_meeting(meeting=meeting)
    save(meeting, status="planned")
    assert outbox(recipient__startswith="person", state="planned") == [
        (f"2/{what}", "person", "planned") for what in ("meeting_changed", "7d", "48h", "2h")
    ]


def test_joining_notifies_leaving_stops_emails_and_returning_reminds(people, meeting, contact):
    meetings.save_meeting(meeting=meeting, by=SYSTEM, fields={}, participants=seats(people.editor, people.reader))
    reader = f"person:{people.reader.pk}"
    assert outbox(recipient=reader) == [
        (f"0/{what}", "person", "planned") for what in ("meeting_planned", "7d", "48h", "2h")
    ]
    assert {state for _, _, state in outbox(recipient=f"contact:{contact.pk}")} == {"withdrawn"}
    assert {state for _, _, state in outbox(recipient=f"person:{people.editor.pk}")} == {"planned"}

    meetings.save_meeting(meeting=meeting, by=SYSTEM, fields={}, participants=seats(people.editor, contact))
    assert {state for _, _, state in outbox(recipient=f"contact:{contact.pk}")} == {"planned"}
    assert {state for _, _, state in outbox(recipient=reader)} == {"withdrawn"}


def test_notes_that_were_read_long_ago_are_no_news_again(people, partnership, contact):
    meeting = make_meeting(partnership, people=[people.editor, contact], days=-1, is_public=True)
    meeting = close_meeting(meeting=meeting, by=SYSTEM, fields={"notes": "We aggreed.", "notes_are_public": True})
    both = [("notes/2", who, "planned") for who in ("contact", "person")]
    assert outbox(kind="meeting_notes") == both
    Email.objects.update(state="sent")
    retention.set_rules(jurisdiction=people.office, by=SYSTEM, days={"letters": 30})
    with time_machine.travel(NOON + timedelta(days=400), tick=False):
        retention.apply_rules()
        save(meeting, notes="We agreed.")
    assert outbox() == []


def test_a_partnership_that_meets_often_gets_no_email_a_week_ahead(people, partnership):
    for days in (20, 27, 34):
        make_meeting(partnership, people=[people.editor], days=days)
    # The first one was planned when it was the only one. When it is due, its email is refused by
    # `notifications.meetings.seat_lost_reason`.
    assert [row[0] for row in outbox(occurrence__endswith="/7d")] == ["0/7d"]


def test_the_sweep_adds_what_is_missing_of_the_next_two_days(people, partnership, contact, django_assert_num_queries):
    for days in (3, 8, 60):  # for the first, the email 48 hours before, for the second, the one a week before
        make_meeting(partnership, people=[people.editor, contact], days=days)
    fields = {"partnership": partnership, "anchor_on": date(2026, 2, 9), "zone": "UTC", "person": people.editor}
    check_ins.save_check_in_plan(by=SYSTEM, fields=fields)
    Email.objects.all().delete()
    assert planning.plan_all() == 5
    assert {(row[0].rpartition("/")[2], row[1]) for row in outbox(state="planned")} == {
        ("48h", "person"),
        ("48h", "contact"),
        ("7d", "person"),
        ("7d", "contact"),
    }
    with django_assert_num_queries(16):
        assert planning.plan_all() == 0


def test_the_sweep_leaves_alone_what_is_over(people, partnership):
    make_meeting(partnership, people=[people.editor], days=3)
    Email.objects.all().delete()
    registry.end_partnership(partnership=partnership, by=SYSTEM, ends_on=date(2026, 1, 31), reason="done")
    assert planning.plan_all() == 0


def test_check_ins_a_week_ahead_on_the_day_and_twice_late(people, partnership):
    plan = check_ins.save_check_in_plan(
        by=SYSTEM,
        fields={
            "partnership": partnership,
            "rhythm": "monthly",
            "anchor_on": date(2026, 3, 8),
            "zone": "America/Chicago",
            "person": people.editor,
        },
    )
    rows = Email.objects.order_by("due_at").values_list("occurrence", "due_at", "expires_at")
    nine = [datetime(2026, 3, day, hour, tzinfo=UTC) for day, hour in ((1, 15), (8, 14), (11, 14), (15, 14), (22, 14))]
    assert list(rows) == [
        (f"check-in-{plan.pk}/2026-03-08/{name}", due, until)
        for name, due, until in zip(("7d", "day", "3d-late", "7d-late"), nine, nine[1:], strict=False)
    ]
    check_ins.record_check_in(plan=plan, by=people.editor)
    assert {row[0] for row in outbox(state="planned")} == {
        f"2026-04-08/{name}" for name in ("7d", "day", "3d-late", "7d-late")
    }
    assert {row[0].partition("/")[0] for row in outbox(state="withdrawn")} == {"2026-03-08"}


def test_a_check_in_that_is_switched_off_sends_nothing(people, partnership):
    fields = {"partnership": partnership, "anchor_on": date(2026, 3, 8), "zone": "UTC", "person": people.editor}
    plan = check_ins.save_check_in_plan(by=SYSTEM, fields=fields)
    check_ins.save_check_in_plan(checkinplan=plan, by=SYSTEM, fields={"is_active": False})
    assert {state for _, _, state in outbox()} == {"withdrawn"}
    assert CheckInPlan.objects.get().is_active is False


def test_agreements_90_and_30_days_before_their_end(people):
    parties = [party(people.office, "lead"), party(people.organization, "contractor")]
    facts = {"agreement": {"ends_on": date(2026, 6, 1)}}
    partnership = make_partnership(kind="contract", lead=people.office, parties=parties, facts=facts)
    agreements.follow_agreement(partnership.agreement)
    rows = (
        Email.objects.filter(kind="agreement_ending")
        .order_by("due_at")
        .values_list("recipient", "due_at", "expires_at")
    )
    editor = f"person:{people.editor.pk}"  # not the viewer, not the suspended editor
    assert list(rows) == [
        (editor, datetime(2026, 3, 3, 15, tzinfo=UTC), datetime(2026, 5, 2, 14, tzinfo=UTC)),
        (editor, datetime(2026, 5, 2, 14, tzinfo=UTC), datetime(2026, 6, 2, 5, tzinfo=UTC)),
    ]
    facts = {"agreement": {"ends_on": date(2026, 7, 1)}}
    partnership = registry.save_partnership(partnership=partnership, by=SYSTEM, fields={}, facts=facts)
    agreements.follow_agreement(partnership.agreement)
    planned = outbox(kind="agreement_ending", state="planned")
    assert [row[0] for row in planned] == ["2026-07-01/90d", "2026-07-01/30d"]
    assert [row[0] for row in outbox(state="withdrawn")] == ["2026-06-01/90d", "2026-06-01/30d"]
