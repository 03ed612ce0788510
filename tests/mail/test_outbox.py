"""Sending: each email reaches its documented final state, once."""

from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
import time_machine

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.mail import leases, outbox
from partnerships.mail.backlog import last_without_connection
from partnerships.meetings import meetings
from partnerships.models import Email, Heartbeat
from partnerships.notifications import emails
from partnerships.registry import actions as registry
from tests.factories import make_meeting

pytestmark = [pytest.mark.django_db, pytest.mark.both]
NOON = datetime(2026, 2, 1, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def moving_clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


class Killed(BaseException):
    """Replaces kill -9 within one process. tests/chaos kills real processes."""


def killer(step, after=0):
    seen = []

    def at(here):
        seen.append(here)
        if here == step and seen.count(step) > after:
            raise Killed

    return at


def send_due(**options):
    return outbox.send_due(render=emails.render, **options)


def send_all():
    while send_due():
        pass


def email_states(**only):
    return sorted(Email.objects.filter(**only).values_list("state", flat=True))


def test_what_is_due_goes_once(sink, people, meeting):
    assert send_due() == 2
    assert sorted(to for to, _ in sink.emails) == ["desk@example.org", "editor@example.org"]
    assert send_due() == 0
    row = Email.objects.get(kind="meeting_planned", recipient=f"person:{people.editor.pk}")
    assert (row.state, row.attempts, row.sent_at, row.is_ambiguous, row.token) == ("sent", 1, NOON, False, None)
    assert row.message_id in sink.ids
    assert email_states(kind="meeting_reminder") == ["planned"] * 6
    assert Heartbeat.objects.get(name="sender").at == NOON


def test_each_reminder_goes_at_its_time_and_none_after_the_start(sink, moving_clock, people, partnership):
    meeting = make_meeting(partnership, people=[people.editor])
    for hours in (24 * 7, 48, 2, 0):
        moving_clock.move_to(meeting.starts_at - timedelta(hours=hours, seconds=1))
        send_all()
        moving_clock.shift(2)
        send_all()
    assert [message["Subject"].partition(":")[0] for _, message in sink.emails] == ["Meeting"] + ["Reminder"] * 3
    assert email_states() == ["sent"] * 4


def test_at_most_twenty_at_once(sink, people, partnership):
    desks = [people.organization.contacts.create(name=f"Desk {n}", email=f"desk{n}@example.org") for n in range(25)]
    make_meeting(partnership, people=desks)
    assert [send_due(limit=500), send_due(), send_due()] == [20, 5, 0]


def test_a_reminder_that_could_not_leave_in_time_expires(sink, moving_clock, people, partnership):
    meeting = make_meeting(partnership, people=[people.editor])
    moving_clock.move_to(meeting.starts_at)
    send_all()
    assert sink.emails == []
    assert email_states() == ["expired"] * 4


@pytest.mark.parametrize("step", outbox.STEPS[:-1])
def test_a_sender_that_dies_loses_nothing_and_doubles_only_where_no_one_can_tell(sink, moving_clock, meeting, step):
    with pytest.raises(Killed):
        send_due(at=killer(step))
    sink.wait_until_idle()
    arrived = list(sink.ids)  # if the connection ends right after the dot, the server may have it or not
    assert len(arrived) in {"dot": (0, 1), "accepted": (1,)}.get(step, (0,))
    assert send_due() == 0  # the lease hasn't expired
    moving_clock.shift(leases.LEASE.total_seconds() + 1)
    send_all()
    assert email_states(kind="meeting_planned") == ["sent", "sent"]
    assert set(sink.ids) == set(Email.objects.filter(kind="meeting_planned").values_list("message_id", flat=True))
    assert len(sink.ids) == 2 + len(arrived)
    ambiguous = Email.objects.filter(is_ambiguous=True).values_list("message_id", flat=True)
    assert len(ambiguous) == (1 if step in outbox.IN_THE_SMTP_WINDOW else 0)
    assert set(arrived) <= set(ambiguous)


def test_a_claim_made_by_a_clock_that_was_a_day_ahead_does_not_last_a_day(sink, moving_clock, people, partnership):
    meeting = make_meeting(partnership, people=[people.editor], days=2)
    moving_clock.shift(timedelta(days=1).total_seconds())
    with pytest.raises(Killed):
        send_due(at=killer("claimed"))
    moving_clock.move_to(NOON)
    send_all()
    assert email_states(kind="meeting_planned", subject_id=meeting.pk) == ["sent"]


def test_after_two_deaths_in_the_window_it_stops_for_staff_to_see(sink, moving_clock, people, partnership):
    make_meeting(partnership, people=[people.editor])
    for _ in range(2):
        with pytest.raises(Killed):
            send_due(at=killer("accepted"))
        moving_clock.shift(leases.LEASE.total_seconds() + 1)
    send_all()
    row = Email.objects.get(kind="meeting_planned")
    assert (row.state, row.is_ambiguous, row.last_reply) == ("failed", True, leases.TWICE)
    assert sink.ids == [row.message_id] * 2


def test_a_late_sender_whose_claim_was_taken_over_sends_nothing(sink, moving_clock, people, partnership):
    make_meeting(partnership, people=[people.editor])

    def overtaken(step):
        if step == "body":
            moving_clock.shift(leases.LEASE.total_seconds() + 1)
            assert outbox.send_due(render=emails.render) == 1

    send_due(at=overtaken)
    assert len(sink.emails) == 1
    row = Email.objects.get(kind="meeting_planned")
    assert (row.state, row.is_ambiguous, row.attempts) == ("sent", False, 2)


@pytest.mark.parametrize("step", ["claimed", "connected", "mail", "rcpt", "data", "body"])
def test_a_meeting_moved_while_a_sender_holds_it_sends_only_the_change(sink, people, partnership, step):
    meeting = make_meeting(partnership, people=[people.editor])
    moved = []

    def mover(here):
        if here == step and not moved:
            moved.append(meetings.save_meeting(meeting=meeting, by=SYSTEM, fields={"time": time(14)}))

    send_due(at=mover)
    assert sink.emails == []
    send_all()
    assert [message["Subject"] for _, message in sink.emails] == [
        "Changed: Housing table, Tuesday, March 3, 2026, 2 p.m. Central Time (America/Chicago)"
    ]


def suspend(people, **_):
    people.editor.is_active = False
    people.editor.save()


def leave_office(people, **_):
    people.editor.memberships.all().delete()


def end_partnership(partnership, **_):
    registry.end_partnership(partnership=partnership, by=SYSTEM, ends_on=clock.today(), reason="done")


def leave_meeting(meeting, **_):
    meetings.save_meeting(meeting=meeting, by=SYSTEM, fields={}, participants=[])


def delete_meeting(meeting, **_):
    meeting.delete()


@pytest.mark.parametrize("event", [suspend, leave_office, end_partnership, leave_meeting, delete_meeting])
@pytest.mark.parametrize("step", ["claimed", "body"])
def test_at_the_fence_it_is_asked_whether_they_may_still_have_it(sink, people, partnership, event, step):
    meeting = make_meeting(partnership, people=[people.editor])

    def happens(here):
        if here == step:
            event(people=people, partnership=partnership, meeting=meeting)

    send_due(at=happens)
    assert sink.emails == []
    assert email_states(kind="meeting_planned") == ["withdrawn"]
    assert Email.objects.get(kind="meeting_planned").last_reply.endswith(".")


def test_a_stranger_who_was_asked_gets_no_email_about_an_inner_meeting(sink, people, partnership):
    make_meeting(partnership, people=[people.stranger, people.partner], title="Inner meeting")
    make_meeting(partnership, people=[people.stranger], title="Open meeting", is_public=True, days=60)
    send_all()
    got = sorted((to, message["Subject"].split(",")[0]) for to, message in sink.emails)
    assert got == [
        ("partner@example.org", "Meeting: Inner meeting"),
        ("stranger@example.org", "Meeting: Open meeting"),
    ]


def test_a_contact_who_moved_gets_it_at_the_new_address_only(sink, moving_clock, contact, partnership):
    make_meeting(partnership, people=[contact])

    def moves(here):
        if here == "body":
            contact.email = "new@example.org"
            contact.save()

    send_due(at=moves)
    assert sink.emails == []
    moving_clock.shift(61)
    send_all()
    assert [to for to, _ in sink.emails] == ["new@example.org"]


def test_a_contact_without_an_address(sink, contact, partnership):
    make_meeting(partnership, people=[contact])
    contact.email = ""
    contact.save()
    send_all()
    assert email_states(kind="meeting_planned") == ["withdrawn"]


def test_a_reminder_is_withdrawn_once_a_partnership_meets_often(sink, moving_clock, people, partnership):
    first, *_ = [make_meeting(partnership, people=[people.editor], days=days) for days in (20, 27, 34)]
    moving_clock.move_to(first.starts_at - timedelta(days=6))
    send_all()
    assert Email.objects.get(occurrence=f"{first.public_id}/0/7d").state == "withdrawn"
    assert not [m for _, m in sink.emails if m["Subject"].startswith("Reminder")]


def test_a_reminder_is_withdrawn_if_the_partnership_meets_often_by_the_time_it_is_sent(
    sink, moving_clock, contact, partnership
):
    make_meeting(partnership, people=[contact], days=20)
    Email.objects.exclude(occurrence__endswith="/7d").delete()
    moving_clock.shift(timedelta(days=14))

    def more(here):
        if here == "body":
            for days in (13, 20):  # one week after it, and two
                make_meeting(partnership, days=days)

    send_due(at=more)
    assert (email_states(occurrence__endswith="/7d"), sink.emails) == (["withdrawn"], [])


@pytest.mark.parametrize("step", ["rcpt", "dot"])
def test_not_now_is_tried_again_later_and_later(sink, moving_clock, people, partnership, step):
    meeting = make_meeting(partnership, people=[people.editor])
    sink.replies[step] = "451 <editor@example.org> is busy"
    waits = []
    for _ in range(7):
        send_due()
        row = Email.objects.get(kind="meeting_planned")
        assert (row.state, row.last_reply, row.data_started_at) == ("planned", "451 (address) is busy", None)
        waits.append((row.next_attempt_at - clock.now()).total_seconds() / 60)
        moving_clock.move_to(row.next_attempt_at)
    assert waits == [1, 2, 4, 8, 10, 10, 10]
    sink.replies.clear()
    send_due()
    assert email_states(kind="meeting_planned") == ["sent"]
    moving_clock.move_to(meeting.starts_at - timedelta(minutes=70))
    sink.replies[step] = "451 busy"
    for _ in range(30):
        send_due()
        moving_clock.shift(300)
    assert len(sink.emails) == 1
    assert email_states(occurrence__endswith="/2h") == ["expired"]


@pytest.mark.parametrize("step", ["rcpt", "dot"])
def test_never_fails_for_staff_to_see(sink, people, partnership, step):
    make_meeting(partnership, people=[people.editor])
    sink.replies[step] = "550 5.1.1 no such person here"
    send_all()
    row = Email.objects.get(kind="meeting_planned")
    assert (row.state, row.last_reply) == ("failed", "550 5.1.1 no such person here")
    sink.replies.clear()
    send_all()
    assert sink.emails == []


def test_one_refused_email_does_not_hold_up_the_others(sink, meeting):
    sink.replies["rcpt"] = ["550 no"]
    send_all()
    assert email_states(kind="meeting_planned") == ["failed", "sent"]


def test_an_answer_that_is_lost_makes_it_ambiguous_and_the_second_time_it_stops(
    sink, moving_clock, people, partnership
):
    make_meeting(partnership, people=[people.editor])
    sink.replies["dot"] = "250 and gone"
    send_due()
    row = Email.objects.get(kind="meeting_planned")
    assert (row.state, row.is_ambiguous) == ("planned", True)
    moving_clock.shift(61)
    send_due()
    row.refresh_from_db()
    assert (row.state, row.last_reply) == ("failed", leases.TWICE)
    assert len(sink.ids) == 2
    assert set(sink.ids) == {row.message_id}


def test_no_server_puts_the_whole_batch_back_and_says_stop(sink, settings, meeting):
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    assert send_due() == 0
    rows = Email.objects.filter(kind="meeting_planned")
    assert {(row.state, row.last_reply) for row in rows} == {("planned", "The mail server refused the connection.")}
    assert {row.next_attempt_at for row in rows} == {NOON + timedelta(minutes=1)}


def test_a_server_that_refuses_our_sender_loses_no_email_and_the_log_says_it(sink, moving_clock, meeting, caplog):
    """MAIL_FROM is the same in all emails, so a refusal of it says nothing about who should get one."""
    sink.replies["mail"] = "553 5.7.1 <registry@example.org> isn't yours"
    assert send_due() == 0
    rows = Email.objects.filter(kind="meeting_planned")
    assert {(row.state, row.last_reply) for row in rows} == {("planned", "553 5.7.1 (address) isn't yours")}
    assert "The mail server of EMAIL_URL can’t be used: 553 5.7.1 (address) isn't yours" in caplog.text
    assert last_without_connection(clock.now() - timedelta(minutes=15)) == clock.now()
    sink.replies.clear()
    moving_clock.shift(61)
    send_all()
    assert email_states(kind="meeting_planned") == ["sent", "sent"]
    assert last_without_connection(clock.now() - timedelta(minutes=15)) is None


def test_an_email_that_cannot_be_written_waits_and_says_why(sink, moving_clock, meeting, caplog):
    def render(email, recipient, context):
        if recipient.person:
            raise KeyError("secret words")
        return emails.render(email, recipient, context)

    assert outbox.send_due(render=render) == 2
    assert email_states(kind="meeting_planned") == ["planned", "sent"]
    assert Email.objects.get(kind="meeting_planned", state="planned").last_reply == (
        "This email can’t be written (KeyError)."
    )
    assert "cannot be written (KeyError)" in caplog.text
    assert "secret words" not in caplog.text.replace('raise KeyError("secret words")', "")
    moving_clock.shift(61)
    send_all()
    assert email_states(kind="meeting_planned") == ["sent", "sent"]


def test_without_a_server_emails_are_files_for_their_owner_only(files, meeting):
    assert send_due() == 2
    assert send_due() == 0
    assert email_states(kind="meeting_planned") == ["sent", "sent"]
    written = sorted(files.iterdir())
    assert [oct(path.stat().st_mode & 0o777) for path in (files, *written)] == ["0o700", "0o600", "0o600"]
    messages = [message_from_bytes(path.read_bytes(), policy=default) for path in written]
    assert sorted(message["To"] for message in messages) == [
        "Editor <editor@example.org>",
        "Outreach desk <desk@example.org>",
    ]


@pytest.mark.parametrize("step", ["body", "fenced", "accepted"])
def test_a_file_is_never_doubled(files, moving_clock, people, partnership, step):
    make_meeting(partnership, people=[people.editor])
    with pytest.raises(Killed):
        send_due(at=killer(step))
    moving_clock.shift(leases.LEASE.total_seconds() + 1)
    send_all()
    assert email_states(kind="meeting_planned") == ["sent"]
    assert len(list(files.glob("*.eml"))) == 1


def test_emails_of_the_sample_never_leave(sink, settings, people, partnership):
    people.editor.is_sample = True
    people.editor.save()
    make_meeting(partnership, people=[people.editor, people.reader])
    send_all()
    assert [to for to, _ in sink.emails] == ["reader@example.org"]
    assert len(list(settings.MAIL_DIR.glob("*.eml"))) == 1
    assert email_states(kind="meeting_planned") == ["sent", "sent"]


def test_rows_hold_no_address_and_no_text(sink, meeting):
    sink.replies["rcpt"] = "550 <desk@example.org> Housing table"
    send_all()
    for row in Email.objects.values():
        text = " ".join(str(value) for key, value in row.items() if key != "message_id")
        assert "@" not in text
