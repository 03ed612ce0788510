"""Daily and weekly emails: once, at the reader's hour, with what they may read then."""

from datetime import UTC, datetime, time, timedelta

import pytest

from partnerships.accounts.actions import reinstate, suspend
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.mail.choices import EmailKind
from partnerships.meetings import meetings
from partnerships.models import DigestEntry, Email, Person
from partnerships.notifications import answers, digest_planning, digests, emails, following, recipients
from partnerships.notifications.email_deletion import delete_emails
from partnerships.registry import actions as registry
from tests.factories import cancel_meeting, make_meeting, make_partnership, make_person, party
from tests.notifications.reading import DAILY, choose, emails_to, save, subjects, sweep, text

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


# Daily


def test_a_daily_email_comes_once_at_the_hour_with_all_that_happened(sink, now, reader, partnership):
    choose(reader, "daily")
    save(partnership, summary="A new text")
    sweep()
    now.shift(HOUR)
    save(partnership, lessons="Some", status="paused")
    sweep()
    now.move_to(datetime(2026, 2, 3, 13, 59, tzinfo=UTC))  # one minute before 8 a.m. in Chicago
    sweep()
    assert emails_to(sink) == []
    now.shift(timedelta(minutes=1))
    for _ in range(3):
        sweep()
        now.shift(HOUR)
    (message,) = emails_to(sink)
    assert message["Subject"] == DAILY
    words = text(message)
    assert words.count("* Learning from one another") == 1
    assert [line for line in words.splitlines() if line.startswith("  ")] == [
        "  - Changed: what it is for.",
        "  - It is paused now.",
        "  - Changed: lessons learned.",
        "  You follow: Learning from one another",
        f"  See it: http://127.0.0.1:8000/partnerships/{partnership.public_id}/",
    ]
    assert not digests.waiting_entries().exists()
    now.shift(5 * DAY)
    sweep()
    assert len(emails_to(sink)) == 1  # there's no news


def test_two_reasons_are_one_entry_with_both_named(sink, now, reader, people, partnership):
    following.follow(by=reader, record=people.office)
    choose(reader, "daily")
    save(partnership, summary="A new text")
    sweep()
    now.shift(DAY)
    sweep()
    (message,) = emails_to(sink)
    assert "You follow: City of Minneapolis, Learning from one another\n" in text(message)


def test_a_record_withdrawn_before_the_hour_is_in_no_email_then_or_later(sink, now, reader, partnership):
    choose(reader, "daily")
    save(partnership, summary="A new text")
    sweep()
    registry.withdraw_partnership(partnership=partnership, by=SYSTEM)
    now.shift(DAY)
    sweep()
    assert emails_to(sink) == []
    email = Email.objects.get(kind="digest")
    assert (email.state, email.last_reply) == ("withdrawn", "There’s no news that they may read.")
    registry.publish_partnership(partnership=partnership, by=SYSTEM)
    sweep()
    now.shift(DAY)
    sweep()
    (message,) = emails_to(sink)
    assert "It is public now." in text(message)
    assert "what it is for" not in text(message)


def test_a_record_withdrawn_while_it_is_being_sent_is_not_in_it(sink, now, reader, people, partnership):
    """Between the text and the final dot: the text is discarded and rendered again."""
    choose(reader, "daily")
    other = make_partnership("Stays", lead=people.office, parties=[party(people.office, "lead")])
    following.follow(by=reader, record=other)
    save(partnership, summary="A new text")
    save(other, summary="Another text")
    sweep()
    now.shift(DAY)

    def render(email, recipient, context):
        mail = emails.render(email, recipient, context)
        if partnership.is_published and email.kind == "digest":
            registry.withdraw_partnership(partnership=partnership, by=SYSTEM)
            partnership.is_published = False
        return mail

    sweep(render)
    assert emails_to(sink) == []
    assert Email.objects.get(kind="digest").last_reply == "What it’s about changed while it was being sent."
    now.shift(timedelta(minutes=2))
    sweep()
    (message,) = emails_to(sink)
    assert "Stays" in text(message)
    assert "Learning" not in text(message)


def test_stopped_while_it_is_being_sent_it_does_not_go(sink, now, reader, partnership):
    choose(reader, "daily")
    save(partnership, summary="A new text")
    sweep()
    now.shift(DAY)

    def render(email, recipient, context):
        mail = emails.render(email, recipient, context)
        answers.unsubscribe(reader={"person_id": reader.pk}, kind=email.kind)
        return mail

    sweep(render)
    assert emails_to(sink) == []
    email = Email.objects.get(kind="digest")
    assert (email.state, email.last_reply) == ("withdrawn", "They chose not to get this kind of email.")
    assert not digests.waiting_entries().exists()


def test_a_suspended_person_gets_none_and_no_backlog_when_reinstated(sink, now, reader, people, partnership):
    choose(reader, "daily")
    save(partnership, summary="A new text")
    sweep()
    now.shift(DAY)
    digest_planning.plan_all()
    suspend(person=reader, by=people.administrator, why="Left")
    sweep()
    reinstate(person=Person.objects.get(pk=reader.pk), by=people.administrator, why="Back")
    now.shift(DAY)
    sweep()
    assert [subject for subject in subjects(sink) if subject.startswith("News")] == []
    assert not digests.waiting_entries().exists()


def test_one_click_stops_the_daily_email_and_the_kinds_in_it(client, sink, now, reader, partnership):
    choose(reader, "daily")
    for _ in range(2):
        save(partnership, summary=f"Text of {clock.now()}")
        sweep()
        now.shift(DAY)
        sweep()
        url = emails_to(sink)[0]["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
        assert client.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert len(emails_to(sink)) == 1


def test_a_late_sweep_sends_one_email_and_the_days_that_were_missed_none(sink, now, reader, partnership):
    choose(reader, "daily")
    save(partnership, summary="A new text")
    sweep()
    now.shift(4 * DAY)
    sweep()
    sweep()
    assert len(emails_to(sink)) == 1
    assert Email.objects.get(kind="digest").occurrence == "digest/2026-02-06"


def test_an_email_that_could_not_leave_gives_way_to_the_next_days(sink, now, reader, partnership):
    choose(reader, "daily")
    save(partnership, summary="A new text")
    sweep()
    now.shift(DAY)
    digest_planning.plan_all()
    now.shift(DAY)
    sweep()
    assert len(emails_to(sink)) == 1
    assert dict(Email.objects.filter(kind="digest").values_list("occurrence", "state")) == {
        "digest/2026-02-03": "expired",
        "digest/2026-02-04": "sent",
    }


def test_another_hour_in_the_middle_of_the_day_brings_no_second_email(sink, now, reader, partnership):
    choose(reader, "daily")
    save(partnership, summary="A new text")
    sweep()
    now.move_to(datetime(2026, 2, 3, 14, 1, tzinfo=UTC))
    sweep()
    save(partnership, lessons="Some")
    sweep()
    Person.objects.filter(pk=reader.pk).update(digest_at=time(18))
    now.move_to(datetime(2026, 2, 4, 0, 5, tzinfo=UTC))  # 6:05 p.m. on the same day
    sweep()
    assert len(emails_to(sink)) == 1
    now.shift(DAY)
    sweep()
    assert len(emails_to(sink)) == 2


def test_entries_go_with_their_email_and_do_not_come_back(sink, now, reader, partnership):
    choose(reader, "daily")
    save(partnership, summary="A new text")
    sweep()
    now.shift(DAY)
    sweep()
    delete_emails(Email.objects.all())
    assert not DigestEntry.objects.exists()
    now.shift(DAY)
    sweep()
    assert len(emails_to(sink)) == 1


@pytest.mark.parametrize("others", [0, 3])
def test_planning_asks_as_often_for_one_reader_as_for_four(reader, now, others, django_assert_num_queries):
    for person in [reader, *(make_person(f"reader{n}@example.org") for n in range(others))]:
        choose(person, "daily")
        digests.add(
            Email(kind="followed", occurrence="change/1", subject_type="change", subject_id=1), person, clock.now()
        )
    now.shift(DAY)
    with django_assert_num_queries(6):
        digest_planning.plan_digests(clock.shared())
    assert Email.objects.filter(kind="digest").count() == 1 + others


# Weekly


def test_a_weekly_email_comes_on_its_day(sink, now, reader, partnership):
    choose(reader, "weekly")
    Person.objects.filter(pk=reader.pk).update(digest_weekday=3)
    save(partnership, summary="A new text")
    for day in range(3, 13):  # Tuesday to Thursday of the next week
        now.move_to(datetime(2026, 2, day, 15, tzinfo=UTC))
        sweep()
        assert len(emails_to(sink)) == (day >= 5) + (day == 12), day
        if day == 6:
            save(partnership, lessons="Some")
            sweep()
    now.shift(HOUR)
    sweep()
    assert list(Email.objects.filter(kind="digest").order_by("pk").values_list("occurrence", flat=True)) == [
        "digest/2026-02-05",
        "digest/2026-02-12",
    ]


def test_on_the_weekday_both_are_in_one_email(sink, now, reader, people, partnership):
    choose(reader, "weekly")
    choose(reader, "daily", "meeting_planned")
    save(partnership, summary="A new text")
    make_meeting(partnership, people=[reader], is_public=True)
    sweep()
    now.move_to(datetime(2026, 2, 9, 15, tzinfo=UTC))
    sweep()
    assert subjects(sink) == ["News since your last email: 2"]


# Other emails


def test_a_kind_chosen_for_the_daily_email_is_in_it_with_its_answer(sink, now, reader, partnership):
    choose(reader, "daily", "meeting_planned")
    meeting = make_meeting(partnership, people=[reader], is_public=True)
    sweep()
    assert emails_to(sink) == []
    now.shift(DAY)
    sweep()
    (message,) = emails_to(sink)
    assert (
        f"* {emails.render(Email.objects.get(kind='meeting_planned'), recipients.read_recipient(reader)).subject}"
        in text(message)
    )
    assert "/by-link/meeting/" in text(message)
    assert text(message).count(meeting.title) == 1  # as a meeting that invites them, and not as news as well


def test_if_moved_before_the_hour_the_old_time_is_not_mentioned(sink, now, reader, partnership):
    choose(reader, "daily", "meeting_planned", "meeting_changed")
    meeting = make_meeting(partnership, people=[reader], is_public=True)
    sweep()
    meetings.save_meeting(meeting=meeting, by=SYSTEM, fields={"time": time(15)})
    sweep()
    now.shift(DAY)
    sweep()
    assert subjects(sink) == [DAILY]


def test_what_would_be_too_late_in_it_comes_at_once(sink, now, reader, partnership):
    choose(reader, "weekly", "meeting_planned", "meeting_reminder")
    make_meeting(partnership, people=[reader], days=3, is_public=True)
    sweep()
    assert len(emails_to(sink)) == 1


def test_a_cancellation_never_waits(sink, now, reader, partnership):
    choose(reader, "weekly", *EmailKind.values)
    Person.objects.filter(pk=reader.pk).update(quiet_from=time(0), quiet_until=time(23, 59))
    meeting = make_meeting(partnership, people=[reader], is_public=True)
    sweep()
    cancel_meeting(meeting=meeting)
    sweep()
    assert [subject.split(":")[0] for subject in subjects(sink)] == [
        emails.render(Email.objects.get(kind="meeting_cancelled"), recipients.read_recipient(reader), {}).subject.split(
            ":"
        )[0]
    ]
