"""The connection to the mail server: what each fault of a server counts as."""

import contextlib
import socket
import threading
from types import SimpleNamespace

import pytest

from partnerships.mail import transport
from partnerships.mail.transport import (
    ConnectionFailed,
    DeliveryUnknown,
    PermanentFailure,
    SmtpLine,
    TemporaryFailure,
    path_of,
    plain_reply,
)

MESSAGE = b"Message-ID: <a1@example.org>\r\nSubject: x\r\n\r\n.one dot\r\n..two dots\r\nend"
READY, OK, GO = "220 ready", "250 OK", "354 go"


@contextlib.contextmanager
def server(*sessions):
    """A server with the given answers, one list for each connection.

    None closes the connection, and "" stays silent. Yields what the server read.
    """
    heard = []

    def play(answers, connection):
        with connection, connection.makefile("rb") as lines:
            for answer in answers:
                if answer is None:
                    return
                if answer:
                    connection.sendall(answer.encode() + b"\r\n")
                heard.append(line := lines.readline().decode("latin-1"))
                while answer == GO and line not in (".\r\n", ""):
                    heard.append(line := lines.readline().decode("latin-1"))

    def run():
        with contextlib.suppress(OSError):
            for answers in sessions:
                play(answers, listener.accept()[0])

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=run, daemon=True).start()
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}", heard


def deliver(url, *, times=1, **options):
    fence = []
    line = SmtpLine(url, **options)
    try:
        for _ in range(times):
            reply = line.deliver(MESSAGE, "from@example.org", "to@example.org", lambda: fence.append(1))
    finally:
        line.close()
    return reply, len(fence)


def test_the_whole_conversation():
    with server([READY, OK, OK, OK, GO, "250 taken", "221 bye"]) as (url, heard):
        assert deliver(url) == ("250 taken", 1)
    assert [line.strip() for line in heard[:11]] == [
        "ehlo localhost",
        "MAIL FROM:<from@example.org>",
        "RCPT TO:<to@example.org>",
        "DATA",
        "Message-ID: <a1@example.org>",
        "Subject: x",
        "",
        "..one dot",
        "...two dots",
        "end",
        ".",
    ]


FAULTS = {
    "banner says no": (["554 go away"], ConnectionFailed, "554 go away"),
    "banner says later": (["421 busy"], ConnectionFailed, "421 busy"),
    "banner is nonsense": (["hello there"], ConnectionFailed, "The mail server’s answer wasn’t SMTP."),
    "hangs up at once": ([None], ConnectionFailed, "The connection to the mail server broke off."),
    "silent at the banner": ([""], ConnectionFailed, "The mail server didn’t answer in time."),
    "silent at RCPT": ([READY, OK, OK, ""], ConnectionFailed, "The mail server didn’t answer in time."),
    "553 at MAIL": ([READY, OK, "553 not yours <from@example.org>"], ConnectionFailed, "553 not yours (address)"),
    "450 at MAIL": ([READY, OK, "450 later"], TemporaryFailure, "450 later"),
    "421 at RCPT": ([READY, OK, OK, "421 closing"], ConnectionFailed, "421 closing"),
    "432 at RCPT": ([READY, OK, OK, "432 mailbox busy"], TemporaryFailure, "432 mailbox busy"),
    "450 at RCPT": ([READY, OK, OK, "450 later"], TemporaryFailure, "450 later"),
    "452 at DATA": ([READY, OK, OK, OK, "452 full"], TemporaryFailure, "452 full"),
    "550 at RCPT": ([READY, OK, OK, "550 unknown <to@example.org>"], PermanentFailure, "550 unknown (address)"),
    "552 at RCPT": ([READY, OK, OK, "552 over quota"], PermanentFailure, "552 over quota"),
    "554 at DATA": ([READY, OK, OK, OK, "554 no"], PermanentFailure, "554 no"),
    "450 after the dot": ([READY, OK, OK, OK, GO, "450 later"], TemporaryFailure, "450 later"),
    "421 after the dot": ([READY, OK, OK, OK, GO, "421 closing"], TemporaryFailure, "421 closing"),
    "554 after the dot": ([READY, OK, OK, OK, GO, "554 spam"], PermanentFailure, "554 spam"),
    "hangs up after the dot": (
        [READY, OK, OK, OK, GO, None],
        DeliveryUnknown,
        "The connection to the mail server broke off.",
    ),
    "silent after the dot": ([READY, OK, OK, OK, GO, ""], DeliveryUnknown, "The mail server didn’t answer in time."),
}


# The step before the silence. Only after it may the timeout be short, or a busy machine would reach it earlier.
LAST_STEP = {"silent at the banner": "", "silent at RCPT": "mail", "silent after the dot": "fenced"}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults(fault, monkeypatch):
    answers, what, reply = FAULTS[fault]

    def at(step):
        if LAST_STEP.get(fault) == step:
            monkeypatch.setattr(transport, "STEP_TIMEOUT", 0.1)
            monkeypatch.setattr(transport, "DOT_TIMEOUT", 0.1)

    at("")
    with server(answers) as (url, _), pytest.raises(what) as raised:
        deliver(url, at=at)
    assert type(raised.value) is what
    assert raised.value.reply == reply


def test_every_step_has_what_is_left_until_the_deadline(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(transport, "time", SimpleNamespace(monotonic=lambda: now[0]))
    line = SmtpLine("smtp://mail.example.org", deadline=10)
    assert (line._seconds_left(30), line._seconds_left(4)) == (10, 4)
    now[0] += 7
    assert (line._seconds_left(30), line._seconds_left(2)) == (3, 2)
    now[0] += 3
    with pytest.raises(TimeoutError):
        line._seconds_left(30)


def test_a_host_that_does_not_exist():
    with pytest.raises(ConnectionFailed, match="name wasn’t found"):
        deliver("smtp://no-such-host.invalid:25")


def test_a_server_without_tls_on_a_tls_line():
    with server([READY]) as (url, _), pytest.raises(ConnectionFailed):
        deliver(url.replace("smtp:", "smtps:"))


def test_a_password_never_goes_unencrypted_over_the_net(monkeypatch):
    with server([READY, OK, OK]) as (url, heard):
        port = url.rpartition(":")[2]
        monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: [_local(port)])
        with pytest.raises(ConnectionFailed, match="doesn’t offer encryption"):
            deliver(f"smtp://user:secret@mail.example.org:{port}")
    assert not [line for line in heard if "AUTH" in line.upper()]


def _local(port):
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", int(port)))


def test_a_connection_is_kept_for_a_batch_and_reopened_when_the_server_closed_it():
    taken = [OK, OK, GO, "250 taken"]
    with server([READY, OK, *taken, *taken[1:], "221 bye"]) as (url, heard):
        assert deliver(url, times=1) == ("250 taken", 1)
    with server([READY, OK, *taken, None], [READY, OK, *taken, ""]) as (url, heard):
        assert deliver(url, times=2) == ("250 taken", 2)
    assert len([line for line in heard if line.startswith("ehlo")]) == 2
    with server([READY, OK, *taken, "421 enough for one line"], [READY, OK, *taken, ""]) as (url, heard):
        assert deliver(url, times=2) == ("250 taken", 2)


def test_when_the_fence_says_no_the_dot_is_never_sent():
    class No(Exception):
        pass

    def fence():
        raise No

    with server([READY, OK, OK, OK, GO, ""]) as (url, heard):
        line = SmtpLine(url)
        with pytest.raises(No):
            line.deliver(MESSAGE, "from@example.org", "to@example.org", fence)
        assert line.smtp is None
    assert ".\r\n" not in heard


def test_replies_are_one_clean_line_without_addresses():
    long = plain_reply(550, b"no\r\n<a.b@c.example>\x07 \xff" + b"x" * 400)
    assert long.startswith("550 no (address) \ufffdxxx")
    assert len(long) == 300
    assert plain_reply(550, "see\nhttps://x") == "550 see https://x"


def test_a_message_id_cannot_leave_the_folder(tmp_path):
    assert path_of(tmp_path, "<../../etc/x@example.org>") == tmp_path / "etcx.eml"
