"""Emails sent right away about followed records, and emails in quiet hours."""

from datetime import UTC, datetime, time, timedelta

import pytest

from partnerships.core.access import SYSTEM
from partnerships.meetings.rules import emails_visible_to
from partnerships.models import Email, Person
from partnerships.notifications import answers, digest_planning, emails, following
from partnerships.notifications.email_queries import NOT_SHOWN, email_body, email_rows
from partnerships.registry import actions as registry
from tests.notifications.reading import NEWS, emails_to, save, subjects, sweep, text

pytestmark = pytest.mark.django_db


def test_what_came_before_they_followed_is_no_news(sink, now, people, partnership):
    now.shift(timedelta(minutes=5))
    following.follow(by=people.stranger, record=partnership)
    sweep()
    assert emails_to(sink) == []


def test_a_change_sends_one_email_at_once_that_says_why_and_how_to_stop_it(sink, reader, partnership):
    save(partnership, summary="A new text")
    for _ in range(3):
        sweep()
    (message,) = emails_to(sink)
    assert message["Subject"] == NEWS
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    words = text(message)
    assert "- Changed: what it is for." in words
    assert "You get this email because you follow: Learning from one another." in words
    assert f"/partnerships/{partnership.public_id}/" in words
    assert "/account/letters/" in words
    email = Email.objects.get(kind="followed", state="sent")
    assert email.lead is None  # no office can read what someone follows


def test_stopped_between_planning_and_sending_it_does_not_go(sink, reader, partnership):
    save(partnership, summary="A new text")
    digest_planning.plan_all()
    answers.unsubscribe(reader={"person_id": reader.pk}, kind="followed")
    sweep()
    assert emails_to(sink) == []


def test_stopping_to_follow_between_planning_and_sending_holds(sink, reader, partnership):
    save(partnership, summary="A new text")
    digest_planning.plan_all()
    following.stop_following(by=reader, kind="partnership", pk=partnership.pk)
    sweep()
    assert emails_to(sink) == []
    assert Email.objects.get(kind="followed").last_reply == "There’s nothing in it that they follow and may read."


def test_withdrawn_between_planning_and_sending_it_does_not_go(sink, reader, partnership):
    save(partnership, summary="A new text")
    digest_planning.plan_all()
    registry.withdraw_partnership(partnership=partnership, by=SYSTEM)
    sweep()
    assert emails_to(sink) == []


def test_no_office_can_read_what_someone_follows(sink, reader, people, partnership):
    save(partnership, summary="A new text")
    sweep()
    email = Email.objects.get(kind="followed", state="sent")
    assert not emails_visible_to(people.manager).filter(pk=email.pk).exists()
    assert email_body(people.administrator, email, emails.render) == (NOT_SHOWN, "")
    (row,) = email_rows([email])
    assert row.about == ""


def test_an_email_of_the_night_comes_in_the_morning(sink, now, reader, partnership):
    Person.objects.filter(pk=reader.pk).update(quiet_from=time(22), quiet_until=time(7))
    now.move_to(datetime(2026, 2, 3, 5, tzinfo=UTC))  # 11 p.m.
    save(partnership, summary="A new text")
    sweep()
    assert emails_to(sink) == []
    email = Email.objects.get(kind="followed")
    assert (email.state, email.attempts, email.due_at) == ("planned", 0, datetime(2026, 2, 3, 13, tzinfo=UTC))
    now.move_to(datetime(2026, 2, 3, 13, tzinfo=UTC))
    sweep()
    assert subjects(sink) == [NEWS]
