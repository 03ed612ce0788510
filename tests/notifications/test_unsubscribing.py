"""Unsubscribing takes one press of a button, without a cookie, and some kinds of email can't be stopped."""

import pytest
from django.test import Client

from partnerships.mail import outbox
from partnerships.mail.choices import ALWAYS_SENT, EmailKind
from partnerships.models import Email, EmailPreference
from partnerships.notifications import emails, planning, recipients
from tests.factories import make_meeting

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def stop_of(email, someone):
    return emails.render(email, recipients.read_recipient(someone), {}).stop.removeprefix("http://127.0.0.1:8000")


def test_one_press_of_the_mail_program_stops_a_kind_and_only_that(sink, people, meeting, contact):
    outbox.send_due(render=emails.render)
    by_address = dict(sink.emails)
    message = by_address["desk@example.org"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = message["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
    assert url in message.get_body(("plain",)).get_content()
    program = Client(enforce_csrf_checks=True)
    for method in ("get", "head"):
        getattr(program, method)(url)
    assert not EmailPreference.objects.exists()
    assert [program.post(url, ONE_CLICK).status_code for _ in range(2)] == [200, 200]
    assert program.cookies == {}
    assert list(EmailPreference.objects.values_list("contact", "person", "kind", "pace")) == [
        (contact.pk, None, "meeting_planned", "never")
    ]
    make_meeting(meeting.partnership, title="Another table", people=[people.editor, contact])
    new = Email.objects.filter(kind="meeting_planned", state="planned")
    assert [email.recipient for email in new] == [f"person:{people.editor.pk}"]
    assert Email.objects.filter(kind="meeting_reminder", recipient=f"contact:{contact.pk}").exists()
    assert planning.plan_all() == 0


def test_an_email_that_waits_is_refused_at_the_fence(sink, client, people, meeting, contact):
    email = Email.objects.get(kind="meeting_planned", recipient=f"contact:{contact.pk}")
    client.post(stop_of(email, contact), ONE_CLICK)
    outbox.send_due(render=emails.render)
    assert [to for to, _ in sink.emails] == ["editor@example.org"]
    email.refresh_from_db()
    assert (email.state, email.last_reply) == ("withdrawn", "They chose not to get this kind of email.")


def test_it_can_be_undone(client, people, meeting):
    email = Email.objects.get(kind="meeting_planned", recipient=f"person:{people.editor.pk}")
    url = stop_of(email, people.editor)
    assert "Stopped" in client.post(url, {"stop": "yes"}).content.decode()
    assert recipients.find_audience(email).refusal
    assert "Turned back on" in client.post(url, {"again": "yes"}).content.decode()
    assert (recipients.find_audience(email).refusal, EmailPreference.objects.count()) == ("", 0)


@pytest.mark.parametrize("kind", ALWAYS_SENT)
def test_what_always_goes_cannot_be_stopped(people, meeting, kind):
    EmailPreference.objects.create(person=people.editor, kind=kind, pace="never", at=meeting.starts_at)
    assert recipients.unsubscribed({f"person:{people.editor.pk}"}, {kind}) == set()


def test_the_cancellation_has_no_such_link(people, meeting):
    mail = emails.render(
        Email(kind="meeting_cancelled", subject_id=meeting.pk), recipients.read_recipient(people.editor), {}
    )
    assert (mail.stop, "Block email address" in mail.text) == ("", False)


def test_a_closed_account_has_no_such_page(client, people, meeting):
    email = Email.objects.get(kind="meeting_planned", recipient=f"person:{people.editor.pk}")
    url = stop_of(email, people.editor)
    people.editor.is_active = False
    people.editor.save()
    assert client.get(url).status_code == client.post(url, {"stop": "yes"}).status_code == 404
    assert len(EmailKind.values) > len(ALWAYS_SENT)


def test_what_is_neither_the_button_nor_a_mail_program_changes_nothing(client, meeting, contact):
    url = stop_of(Email.objects.get(kind="meeting_planned", recipient=f"contact:{contact.pk}"), contact)
    assert client.post(url, {"seen": "yes"}).status_code == client.post(url).status_code == 200
    assert not EmailPreference.objects.exists()
