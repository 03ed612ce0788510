"""Incoming email: only notices about an email that we sent to that address, and only answers of invited people, count.

They change nothing else.
"""

import io
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import OperationalError
from icalendar import Calendar

from partnerships.core import clock
from partnerships.mail import incoming, outbox
from partnerships.meetings import meetings
from partnerships.meetings.calendar import secret_uid
from partnerships.meetings.feeds import own_feed, public_feed
from partnerships.models import Email, Meeting, Participant, Suppression
from partnerships.notifications import emails, mail_in
from tests.factories import cancel_meeting, make_meeting
from tests.hostile import mails
from tests.logs import written
from tests.notifications.incoming_mails import DESK, answer, bounce, complaint, lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent_email(sink, people, meeting, contact):
    """A sent email to the desk. Another one went to the editor."""
    outbox.send_due(render=emails.render)
    return Email.objects.get(kind="meeting_planned", recipient=f"contact:{contact.pk}")


def stored_state() -> tuple:
    """Return everything that incoming email may change."""
    return (
        list(Email.objects.order_by("pk").values_list("pk", "state", "last_reply")),
        list(Suppression.objects.values_list("digest", "reason")),
        list(Participant.objects.order_by("pk").values_list("pk", "answer", "answered_at")),
    )


def run(raw, monkeypatch) -> tuple[int, str]:
    """Return the command's exit code, and its log (which includes the log of the tests' own mail server)."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    with written() as log:
        try:
            call_command("mail_in")
            code = 0
        except SystemExit as end:
            code = end.code
    return code, "".join(line for line in log.getvalue().splitlines(keepends=True) if " mail.log " not in line)


def changes_nothing(raw, *problems):
    before = stored_state()
    if problems:
        with pytest.raises(problems):
            mail_in.process(raw)
    else:
        mail_in.process(raw)
    assert stored_state() == before


# Bounces


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers", "message/rfc822-headers"])
def test_an_email_that_came_back_is_failed_and_its_address_is_gone(sent_email, contact, returned):
    assert mail_in.process(bounce(sent_email.message_id, returned=returned)) == "an email bounced"
    sent_email.refresh_from_db()
    words = "It bounced (5.1.1). The mail server says the address doesn’t exist."
    assert (sent_email.state, sent_email.last_reply) == ("failed", words)
    assert list(Suppression.objects.values_list("reason", "detail", "recipient")) == [
        ("gone", "5.1.1", f"contact:{contact.pk}")
    ]
    assert Email.objects.get(kind="meeting_planned", recipient__startswith="person:").state == "sent"
    changes_nothing(bounce(sent_email.message_id), mail_in.Refused)  # the same notice again


@pytest.mark.parametrize(
    ("status", "is_gone"),
    [
        *((code, True) for code in ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10")),
        *((code, False) for code in ("5.1.0", "5.1.7", "5.1.8", "5.1.11", "5.2.2", "5.7.1", "4.4.7", "4.1.1", "", "x")),
    ],
)
def test_only_an_address_that_is_not_there_is_put_on_the_list(sent_email, status, is_gone):
    mail_in.process(bounce(sent_email.message_id, status=status))
    sent_email.refresh_from_db()
    assert (sent_email.state, Suppression.objects.exists()) == ("failed", is_gone)
    assert f"({status if status not in ('', 'x') else 'without a code'})" in sent_email.last_reply


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded", "", "FAILED?"])
def test_what_has_not_failed_changes_nothing(sent_email, action):
    changes_nothing(bounce(sent_email.message_id, action=action, status="4.4.1"))


def test_the_address_before_it_was_passed_on_counts_too(sent_email):
    mail_in.process(
        bounce(sent_email.message_id, final="rfc822;box7@inside.example.net", original="RFC822; Desk@Example.org")
    )
    assert Suppression.objects.count() == 1


@pytest.mark.parametrize(
    "to",
    [
        *("editor@example.org", "desk@examp1e.org", "dеsk@example.org", "desk@example.org.example.net", "", "desk"),
        *("x y@z", "desk@example.org, editor@example.org", "<desk@example.org> (editor@example.org)"),
    ],
)
def test_a_notice_for_another_address_than_the_email_went_to_is_refused(sent_email, to):
    changes_nothing(bounce(sent_email.message_id, to=to), mail_in.Refused)
    changes_nothing(complaint(sent_email.message_id, to=to), mail_in.Refused)


@pytest.mark.parametrize(
    "message_id", ["<0123456789abcdef0123456789abcdef@example.org>", "<>", "", "%", "<*@*>", "a b"]
)
def test_a_notice_of_an_email_that_was_never_sent_changes_nothing(sent_email, message_id):
    before = stored_state()
    for raw in (bounce(message_id), complaint(message_id)):
        with suppress(mail_in.Refused):
            mail_in.process(raw)
    assert stored_state() == before


def test_only_a_recent_email_that_we_sent_can_bounce(sent_email, contact):
    waiting = Email.objects.filter(state="planned", recipient=f"contact:{contact.pk}").first()
    changes_nothing(bounce(waiting.message_id), mail_in.Refused)
    sent_at = sent_email.sent_at
    Email.objects.filter(pk=sent_email.pk).update(sent_at=sent_at - timedelta(days=31))
    changes_nothing(bounce(sent_email.message_id), mail_in.Refused)
    Email.objects.filter(pk=sent_email.pk).update(sent_at=sent_at, recipient="address")
    changes_nothing(bounce(sent_email.message_id), mail_in.Refused)


def test_a_bounce_of_a_former_email_address_blocks_no_one(sent_email, contact):
    contact.email = "new@example.org"
    contact.save()
    changes_nothing(bounce(sent_email.message_id), mail_in.Refused)


def test_what_merely_looks_like_a_notice_is_none(sent_email):
    good = bounce(sent_email.message_id)
    for old, new in (
        (b"multipart/report", b"multipart/mixed"),
        (b"message/delivery-status", b"text/plain"),
        (b"message/rfc822", b"text/plain"),
        (b"Message-ID: " + sent_email.message_id.encode(), b"X-Message-ID: " + sent_email.message_id.encode()),
        (b"Subject: Meeting", b"Message-ID: <another@example.org>"),  # two of them
    ):
        assert old in good
        changes_nothing(good.replace(old, new))
    quoted = lines("From: a@example.net", "Subject: Re", "", good.decode())
    changes_nothing(quoted)


# Complaints


def test_a_complaint_stops_emails_and_the_email_says_so(sent_email):
    assert mail_in.process(complaint(sent_email.message_id)) == "a recipient reported our email as spam"
    sent_email.refresh_from_db()
    assert (sent_email.state, sent_email.last_reply) == ("sent", "The recipient reported this email as spam.")
    assert Suppression.objects.get().reason == "complaint"


def test_a_complaint_without_a_named_reader_goes_by_the_email_itself(sent_email):
    mail_in.process(complaint(sent_email.message_id, rcpt=False))
    assert Suppression.objects.count() == 1


@pytest.mark.parametrize("kind", ["not-spam", "virus", "auth-failure", "", "abuse x"])
def test_other_feedback_changes_nothing(sent_email, kind):
    changes_nothing(complaint(sent_email.message_id, kind=kind))


# Answers to meetings


@pytest.mark.parametrize(("partstat", "kept"), [("ACCEPTED", "yes"), ("declined", "no"), ("TENTATIVE", "maybe")])
def test_an_answer_of_a_calendar_is_the_answer_of_the_seat(sent_email, contact, meeting, partstat, kept):
    at = clock.now().replace(microsecond=0)
    version = meeting.version
    assert mail_in.process(answer(meeting, partstat=partstat, at=at)) == "an answer to a meeting"
    seat = meeting.participants.get(contact=contact)
    assert (seat.answer, seat.answered_at) == (kept, at)
    assert meeting.participants.exclude(pk=seat.pk).get().answer == ""
    meeting.refresh_from_db()
    assert meeting.version == version


def test_the_last_word_counts_whenever_it_arrives(sent_email, contact, meeting):
    now = clock.now().replace(microsecond=0)
    mail_in.process(answer(meeting, partstat="DECLINED", at=now - timedelta(minutes=2)))
    mail_in.process(answer(meeting, partstat="ACCEPTED", at=now - timedelta(minutes=1)))
    changes_nothing(answer(meeting, partstat="DECLINED", at=now - timedelta(minutes=2)), mail_in.Refused)  # sent again
    assert meeting.participants.get(contact=contact).answer == "yes"


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=9000)])
def test_an_answer_from_the_future_is_refused(sent_email, meeting, ahead):
    changes_nothing(answer(meeting, at=clock.now() + ahead), mail_in.Refused)


def test_an_answer_of_a_clock_that_is_a_little_ahead_bars_no_later_one(sent_email, contact, meeting):
    mail_in.process(answer(meeting, at=clock.now() + timedelta(minutes=50)))
    assert meeting.participants.get(contact=contact).answered_at <= clock.now()


@pytest.mark.parametrize("sequence", [-1, 1, 10**30])
def test_an_answer_to_another_version_is_refused(sent_email, meeting, sequence):
    changes_nothing(answer(meeting, sequence=sequence), mail_in.Refused)


def test_an_answer_to_the_time_before_it_was_moved_is_refused(sent_email, people, meeting):
    meetings.save_meeting(meeting=meeting, by=people.editor, fields={"place": "Room 3"})
    changes_nothing(answer(meeting, sequence=0), mail_in.Refused)


WRONG_ANSWERS = [
    {"to": "stranger@example.org"},
    {"to": "dеsk@example.org"},
    {"uid": "M-000000-1@127.0.0.1"},
    {"uid": "series-1@127.0.0.1"},
    {"uid": "%@127.0.0.1"},
    {"partstat": "NEEDS-ACTION"},
    {"partstat": "DELEGATED"},
    {"partstat": "ACCEPTED,DECLINED"},
    {"more": ["RRULE:FREQ=SECONDLY"]},
    {"more": ["RRULE:FREQ=DAILY;COUNT=999999999999"]},
    {"more": ["RDATE:20300101T000000Z"]},
    {"more": ["RECURRENCE-ID:20300101T000000Z"]},
    {"more": ["EXDATE:20300101T000000Z"]},
    {"more": [f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{DESK}"]},
    {"more": ["DTSTAMP:20200101T000000Z"]},
    {"more": ["UID:another"]},
    {"more": ["END:VEVENT", "BEGIN:VEVENT", "UID:another"]},
    {"more": ["X-A:" + "x" * 7000] * 20},
]


def test_answers_of_strangers_and_bombs_change_nothing(sent_email, meeting):
    for wrong in WRONG_ANSWERS:
        raw = answer(meeting, **wrong)
        changes_nothing(raw, mail_in.Refused, incoming.Malformed)


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org", ""])
def test_a_meeting_of_another_registry_is_not_ours(sent_email, meeting, host):
    problems = (mail_in.Refused, incoming.Malformed)
    changes_nothing(answer(meeting, uid=f"{meeting.public_id}@{host}"), *problems)
    changes_nothing(answer(meeting, uid=secret_uid(meeting, DESK, host)), *problems)


def uids_in(*texts) -> set:
    return {str(event["uid"]) for text in texts for event in Calendar.from_ical(text).walk("VEVENT")}


@pytest.mark.parametrize("sender", [DESK, f"Outreach desk <{DESK}>", "registry@example.org", "stranger@example.org"])
def test_no_sender_makes_up_for_an_invitation_that_its_writer_never_saw(sent_email, people, meeting, sender):
    """Neither the public data of a meeting nor another person's invitation lets anyone answer for someone else."""
    shown = uids_in(public_feed(meeting.partnership), own_feed(SimpleNamespace(person=people.editor)))
    others = secret_uid(meeting, people.editor.email, "127.0.0.1")
    guesses = [f"{meeting.public_id}.@127.0.0.1", f"{meeting.public_id}.{'0' * 32}@127.0.0.1", others, *shown]
    assert f"{meeting.public_id}@127.0.0.1" in shown
    for uid in guesses:
        changes_nothing(answer(meeting, partstat="DECLINED", uid=uid, sender=sender), mail_in.Refused)


def test_the_invitation_proves_who_answers_whatever_the_sender_line_says(sent_email, sink, contact, meeting):
    """Calendar services answer from their own email addresses."""
    invited = [message for _, message in sink.emails if DESK in str(message["To"])]
    (uid,) = uids_in(invited[0].get_payload()[0].get_payload()[2].get_payload(decode=True))
    mail_in.process(answer(meeting, uid=uid, sender="calendar-server@example.net"))
    assert meeting.participants.get(contact=contact).answer == "yes"


def test_a_person_with_a_forwarded_invitation_does_not_answer_for_its_recipient(sent_email, meeting):
    uid = secret_uid(meeting, DESK, "127.0.0.1")
    changes_nothing(answer(meeting, uid=uid, to="friend@example.org"), mail_in.Refused)


def test_a_new_address_gets_an_invitation_of_its_own_and_the_old_one_answers_no_more(sent_email, contact, meeting):
    raw = answer(meeting)
    contact.email = "new@example.org"
    contact.save()
    changes_nothing(raw, mail_in.Refused)
    assert mail_in.process(answer(meeting, to="new@example.org")) == "an answer to a meeting"


def test_invitations_from_before_secret_uids_keep_theirs_and_take_no_answers_by_mail(sink, settings, meeting, contact):
    """An update must have the UID that is in people's calendars, but an answer with it could be anyone's."""
    settings.MAIL_COMES_IN = True
    Meeting.objects.filter(pk=meeting.pk).update(answer_key=None)
    meeting.refresh_from_db()
    outbox.send_due(render=emails.render)
    texts = [message.get_payload()[0].get_payload()[2].get_payload(decode=True) for _, message in sink.emails]
    assert uids_in(*texts) == {f"{meeting.public_id}@127.0.0.1"}
    assert all(b"RSVP=FALSE" in text.replace(b"\r\n ", b"") for text in texts)
    changes_nothing(answer(meeting), mail_in.Refused)


def test_who_was_not_written_to_cannot_answer(sink, people, meeting, contact):
    changes_nothing(answer(meeting), mail_in.Refused)
    other = make_meeting(meeting.partnership, title="Without the desk", people=[people.editor])
    outbox.send_due(render=emails.render)
    changes_nothing(answer(other), mail_in.Refused)


def test_who_is_suspended_or_asked_no_more_or_too_late_cannot_answer(sent_email, people, meeting):
    raw = answer(meeting, to=people.editor.email)
    people.editor.is_active = False
    people.editor.save()
    changes_nothing(raw, mail_in.Refused)
    people.editor.is_active = True
    people.editor.save()
    cancel_meeting(meeting=meeting)
    changes_nothing(raw, mail_in.Refused)
    changes_nothing(answer(meeting, to=people.editor.email, sequence=1), mail_in.Refused)


def test_invitations_and_cancellations_of_others_are_no_answers(sent_email, meeting):
    for method in ("REQUEST", "CANCEL", "PUBLISH", "COUNTER"):
        changes_nothing(answer(meeting, method=method))
    changes_nothing(answer(meeting).replace(b"METHOD:REPLY", b"METHOD:REQUEST"), incoming.Malformed)


@pytest.mark.parametrize(("comes_in", "asks"), [(True, b"RSVP=TRUE"), (False, b"RSVP=FALSE")])
def test_invitations_ask_for_an_answer_where_mail_comes_in(settings, meeting, sink, comes_in, asks):
    settings.MAIL_COMES_IN = comes_in
    outbox.send_due(render=emails.render)
    calendars = [message.get_payload()[0].get_payload()[2].get_payload(decode=True) for _, message in sink.emails]
    assert [asks in text.replace(b"\r\n ", b"") for text in calendars] == [True, True]


# The command


def test_the_command_says_in_one_line_what_came_of_it(sent_email, meeting, monkeypatch):
    for raw, code, outcome in (
        (bounce(sent_email.message_id), 0, "Email received: an email bounced."),
        (
            bounce(sent_email.message_id),
            0,
            "Received email refused: it names no email that we recently sent to",
        ),
        (lines("From: a@example.net", "Subject: Out of office", "", "Back on Monday"), 0, "nothing that concerns"),
        (b"", 65, "can’t be read: it has no headers"),
        (b"\x00\xff" * 100, 65, "can’t be read"),
        (b"From: a@example.net\r\n\r\n" + b"x\r\n" * 400_000, 65, "it is larger than 1,000,000 bytes"),
    ):
        found, log = run(raw, monkeypatch)
        assert (found, log.count("\n"), outcome in log) == (code, 1, True), log
        assert not any(word in log for word in (DESK, "example.org", sent_email.message_id, "Traceback", "Monday"))


def test_an_internal_error_is_reported_to_the_mail_server(sent_email, monkeypatch):
    def breaks(problem):
        def take(raw):
            raise problem

        return take

    for problem, code in ((OperationalError(DESK), os.EX_TEMPFAIL), (ZeroDivisionError(DESK), os.EX_SOFTWARE)):
        monkeypatch.setattr(mail_in, "process", breaks(problem))
        found, log = run(bounce(sent_email.message_id), monkeypatch)
        assert (found, log.count("\n"), DESK in log) == (code, 1, False)


@pytest.mark.slow
def test_hostile_mail_ends_in_one_line_and_changes_nothing(sent_email, monkeypatch):
    """QA27 measures what it costs."""
    before = stored_state()
    for name, make in mails.INPUTS.items():
        code, log = run(make(), monkeypatch)
        assert (code in (0, 65), log.count("\n"), "Traceback" in log) == (True, 1, False), name
        assert stored_state() == before, name


def test_any_cut_and_any_byte_of_a_real_mail_is_survived(sent_email, meeting):
    for whole in (bounce(sent_email.message_id, action="delayed"), complaint(sent_email.message_id, kind="not-spam")):
        for place in range(0, len(whole), 17):
            for raw in (whole[:place], whole[:place] + b"\xff\x00" + whole[place:]):
                with suppress(incoming.Malformed):
                    incoming.read(raw)
    whole = answer(meeting)
    for place in range(0, len(whole), 7):
        for raw in (whole[:place], whole[:place] + b"\xff" + whole[place:], whole[:place] + b"\r\n" + whole[place:]):
            with suppress(incoming.Malformed):
                incoming.read(raw)


def test_moments_are_of_the_same_clock(meeting):
    (found,) = incoming.read(answer(meeting, at=datetime(2026, 3, 1, 10, tzinfo=UTC)))
    assert found.replied_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    for wrong in (b"20260301T100000\r\n", b"20260301\r\n", b"soon\r\n", b"99999999T999999Z\r\n"):
        with pytest.raises(incoming.Malformed):
            incoming.read(
                answer(meeting, at=datetime(2026, 3, 1, 10, tzinfo=UTC)).replace(b"20260301T100000Z\r\n", wrong)
            )
