"""Emails that someone waits for: sent at once, or an error says that they weren't. Their code is only in the email."""

import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from partnerships.mail import outbox, transport
from partnerships.models import Email
from partnerships.notifications import emails
from tests.waiting import LIMIT

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 2, 1, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def moving_clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def send_all():
    while outbox.send_due(render=emails.render):
        pass


def email_states():
    return sorted(Email.objects.values_list("state", flat=True))


def now_email(kind="sign_in_code", address="editor@example.org"):
    return outbox.send_now(kind, address, {"code": "K7Q2-MX9P"}, emails.render)


def test_a_code_is_sent_at_once_and_stored_nowhere(sink, people, caplog, capsys):
    now_email()
    [(to, message)] = sink.emails
    assert to == "editor@example.org"
    assert "K7Q2-MX9P" in message.get_body(("plain",)).get_content()
    assert "K7Q2-MX9P" not in message["Subject"]
    row = Email.objects.values().get()
    assert (row["state"], row["recipient"]) == ("sent", f"person:{people.editor.pk}")
    assert "K7Q2" not in str(row)
    assert "example.org" not in str({key: value for key, value in row.items() if key != "message_id"})
    assert caplog.text + "".join(capsys.readouterr()) == ""


def test_a_code_that_cannot_go_is_said_at_once_and_never_tried_again(sink, moving_clock, people):
    sink.replies["rcpt"] = "450 later"
    with pytest.raises(outbox.NotSent, match="450 later"):
        now_email()
    sink.replies.clear()
    moving_clock.shift(3600)
    send_all()
    assert sink.emails == []
    assert email_states() == ["failed"]


def test_a_code_whose_sender_died_expires(sink, moving_clock, people):
    Email.objects.create(
        kind="sign_in_code",
        occurrence="now/1",
        recipient=f"person:{people.editor.pk}",
        due_at=NOON,
        next_attempt_at=NOON,
        expires_at=NOON + timedelta(seconds=20),
        claimed_until=NOON + timedelta(seconds=20),
        state="claimed",
        message_id="<1@example.org>",
    )
    moving_clock.shift(10)
    send_all()
    assert email_states() == ["claimed"]
    moving_clock.shift(11)
    send_all()
    assert email_states() == ["expired"]


@contextmanager
def hanging_up(server):
    """Closes the server in the end, so that a client that waits forever fails its test."""
    timer = threading.Timer(LIMIT / 2, server.close)
    timer.start()
    yield
    timer.cancel()


def test_the_wait_for_a_code_is_short(people, settings, monkeypatch):
    assert outbox.CODE_SECONDS <= 10
    monkeypatch.setattr(outbox, "CODE_SECONDS", 0.1)
    monkeypatch.setattr(transport, "STEP_TIMEOUT", LIMIT)
    with socket.create_server(("127.0.0.1", 0)) as silent, hanging_up(silent):
        settings.EMAIL_URL = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(outbox.NotSent, match="didn’t answer in time"):
            now_email()


def test_the_sample_signs_in_from_the_terminal_and_others_from_a_file(files, people, capsys):
    people.editor.is_sample = True
    people.editor.save()
    now_email()
    assert capsys.readouterr().out == "Sign-in code for editor@example.org: K7Q2-MX9P\n"
    email = now_email(address="reader@example.org")
    path = transport.path_of(files, email.message_id)
    assert capsys.readouterr().out == f"An email was saved to {path}\n"
    assert "K7Q2-MX9P" in path.read_text()
    assert oct(path.stat().st_mode & 0o777) == "0o600"


def test_an_unknown_address_leaves_no_trace_of_itself(sink, people):
    now_email("unknown_address", "nobody@elsewhere.example")
    assert [to for to, _ in sink.emails] == ["nobody@elsewhere.example"]
    assert "elsewhere" not in str(Email.objects.values().get())
    assert Email.objects.get().recipient == "address"
