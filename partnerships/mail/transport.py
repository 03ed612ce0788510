"""The last step of an email: an SMTP server, or a file if no server is set. Knows nothing of rows or templates.

Each step has a name (`STEPS`) and is reported to `at`, which does nothing except in crash tests, where it stops the
process. `before_final_dot` is called when the whole message has been sent and only the final dot is missing: when it
raises, the connection is dropped and the server discards the message.
"""

import contextlib
import os
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext_noop

from partnerships.core.text import without_addresses

STEPS = ("connected", "mail", "rcpt", "data", "body", "fenced", "dot", "accepted")
STEP_TIMEOUT = 30  # seconds for each answer of the server
DOT_TIMEOUT = 60  # seconds for the answer to the final dot
_LINE_START_DOT = re.compile(rb"(?m)^\.")


class NotDelivered(Exception):
    """The email wasn't accepted. `reply` says why, without any address in it."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = reply


class TemporaryFailure(NotDelivered):
    """The server answered 4xx for this email: it may accept it later."""


class PermanentFailure(NotDelivered):
    """The server answered 5xx for this email: it will never accept it."""


class ConnectionFailed(NotDelivered):
    """No server answered, the connection broke before the final dot, or the server refuses our sender: nothing was sent,
    and other emails would fail too.
    """


class DeliveryUnknown(NotDelivered):
    """The final dot was sent and no answer came: the server may or may not have accepted the email."""


def no_op(step: str) -> None:
    """The default for `at`: does nothing."""


def plain_reply(code: int, text: bytes | str) -> str:
    """A server's answer for staff to read: one line, 300 characters, without addresses."""
    if not 200 <= code < 600:
        return gettext_noop("The mail server’s answer wasn’t SMTP.")
    text = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    words = " ".join("".join(c if c.isprintable() else " " for c in f"{code} {text}").split())
    return without_addresses(words)[:300]


def _set_timeout(smtp: smtplib.SMTP, seconds: float) -> None:
    """Give the server this long for its next answer."""
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected
    smtp.sock.settimeout(seconds)


class SmtpLine:
    """One connection to the server of an EMAIL_URL, opened when first needed and kept for a batch."""

    def __init__(self, url: str, *, at: Callable[[str], None] = no_op, deadline: float | None = None) -> None:
        """`at` is called with the name of each step: tests of crashes stop there.

        `deadline`: seconds from now within which everything must be done; None for a batch.
        """
        self.url, self.at = urlsplit(url), at
        self.ends = time.monotonic() + deadline if deadline else None
        self.smtp: smtplib.SMTP | None = None
        self.used = False

    def deliver(self, message: bytes, sender: str, recipient: str, before_final_dot: Callable[[], None]) -> str:
        """Send one message and return the server's answer. Raises NotDelivered, or what `before_final_dot` raised."""
        try:
            self._hand_over(message, sender, recipient)
            before_final_dot()
            self.at("fenced")
            code, text = self._final_dot()
        except BaseException:
            self.close()
            raise
        return self._accepted_reply(code, text)

    def close(self) -> None:
        if self.smtp is not None:
            with contextlib.suppress(OSError):
                self.smtp.close()
        self.smtp = None

    def quit(self) -> None:
        if self.smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                _set_timeout(self.smtp, 2)
                self.smtp.quit()
        self.close()

    def _hand_over(self, message: bytes, sender: str, recipient: str) -> None:
        try:
            self._open(sender)
            self._command("rcpt", f"RCPT TO:<{recipient}>", 250, 251, 252)
            self._command("data", "DATA", 354)
            body = _LINE_START_DOT.sub(b"..", message)
            self._open_smtp.send(body if body.endswith(b"\r\n") else body + b"\r\n")
            self.at("body")
        except (OSError, smtplib.SMTPException) as problem:
            raise ConnectionFailed(_problem_words(problem)) from None

    def _open(self, sender: str) -> None:
        """Connect if there is no connection, and once more if the existing one turns out to be closed (or answers
        421).
        """
        kept = self.smtp is not None
        if not kept:
            self._connect()
        try:
            self._name_sender(sender)
        except (OSError, smtplib.SMTPException, ConnectionFailed):
            self.close()
            if not kept:
                raise
            self._connect()
            self._name_sender(sender)

    def _name_sender(self, sender: str) -> None:
        """Say who sends. All emails have the same sender, so a server that refuses it would refuse every email."""
        try:
            self._command("mail", f"MAIL FROM:<{sender}>", 250)
        except PermanentFailure as refusal:
            raise ConnectionFailed(refusal.reply) from None

    @property
    def _open_smtp(self) -> smtplib.SMTP:
        assert self.smtp is not None  # `_open` has been called
        return self.smtp

    def _connect(self) -> None:
        host, secure = self.url.hostname or "", self.url.scheme == "smtps"
        port = self.url.port or (465 if secure else 587)
        timeout = self._seconds_left(STEP_TIMEOUT)
        try:
            self.smtp = smtp = (
                smtplib.SMTP_SSL(host, port, "localhost", timeout=timeout, context=ssl.create_default_context())
                if secure
                else smtplib.SMTP(host, port, "localhost", timeout=timeout)
            )
            # Without it, the final dot, a small packet, waits 40 ms for the acknowledgment of the body.
            assert smtp.sock is not None  # it has just connected
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            smtp.ehlo_or_helo_if_needed()
            if not secure and smtp.has_extn("starttls"):
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo()
                secure = True
            self._sign_in(secure)
        except smtplib.SMTPResponseException as problem:
            self.close()
            raise ConnectionFailed(plain_reply(problem.smtp_code, problem.smtp_error)) from None
        except (OSError, smtplib.SMTPException) as problem:
            self.close()
            raise ConnectionFailed(_problem_words(problem)) from None
        self.at("connected")

    def _sign_in(self, secure: bool) -> None:
        if not self.url.username:
            return
        if not secure and self.url.hostname not in ("localhost", "127.0.0.1", "::1"):
            raise ConnectionFailed(
                gettext_noop("The mail server doesn’t offer encryption, so we didn’t send the password.")
            )
        self._open_smtp.login(unquote(self.url.username), unquote(self.url.password or ""))

    def _command(self, step: str, command: str, *expected: int) -> None:
        _set_timeout(self._open_smtp, self._seconds_left(STEP_TIMEOUT))
        code, text = self._open_smtp.docmd(command)
        self._raise_unless(code, text, expected)
        self.at(step)

    def _final_dot(self) -> tuple[int, bytes]:
        try:
            _set_timeout(self._open_smtp, self._seconds_left(DOT_TIMEOUT))
            self._open_smtp.send(b".\r\n")
            self.at("dot")
            code, text = self._open_smtp.getreply()
        except (OSError, smtplib.SMTPException) as problem:
            raise DeliveryUnknown(_problem_words(problem)) from None
        if not 200 <= code < 600:
            raise DeliveryUnknown(plain_reply(code, text))
        return code, text

    def _accepted_reply(self, code: int, text: bytes) -> str:
        """What the server answered to the final dot, in one line. Raises NotDelivered if it didn't accept the email."""
        try:
            self._raise_unless(code, text, (250,))
        except ConnectionFailed as leaving:  # 421: this email wasn't accepted, and the server is going away
            self.close()
            raise TemporaryFailure(leaving.reply) from None
        self.at("accepted")
        return plain_reply(code, text)

    def _raise_unless(self, code: int, text: bytes, expected: tuple[int, ...]) -> None:
        if code in expected:
            return
        reply = plain_reply(code, text)
        if code == 421 or not 400 <= code < 600:
            raise ConnectionFailed(reply)
        raise (TemporaryFailure if code < 500 else PermanentFailure)(reply)

    def _seconds_left(self, most: float) -> float:
        if self.ends is None:
            return most
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return min(most, left)


class FileLine:
    """Writes each email as <name>.eml, readable by its owner only. The same email twice is the same file."""

    def __init__(self, folder: Path, *, at: Callable = no_op) -> None:
        self.folder, self.at = Path(folder), at

    def deliver(self, message: bytes, sender: str, recipient: str, before_final_dot: Callable) -> str:
        path = path_of(self.folder, message_id(message))
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(message)
            file.flush()
            os.fsync(file.fileno())
        self.at("body")
        try:
            before_final_dot()
        except BaseException:
            draft.unlink()
            raise
        self.at("fenced")
        draft.replace(path)
        self.at("accepted")
        return gettext_noop("Saved to a file, not sent.")


@contextlib.contextmanager
def lines(*, at: Callable = no_op, deadline: float | None = None) -> Iterator[Callable]:
    """Yield a function that returns the connection for an email. Emails of the sample always go to files."""
    smtp = SmtpLine(settings.EMAIL_URL, at=at, deadline=deadline) if settings.EMAIL_URL else None
    file = FileLine(settings.MAIL_DIR, at=at)
    try:
        yield lambda is_sample: file if is_sample or smtp is None else smtp
    finally:
        if smtp is not None:
            smtp.quit()


def message_id(message: bytes) -> str:
    found = re.search(rb"(?mi)^Message-ID:\s*(<[^>]+>)", message)
    assert found is not None  # `message.compose` writes one
    return found[1].decode()


def path_of(folder: Path, message_id: str) -> Path:
    """The file of the email with this Message-ID."""
    return Path(folder) / (re.sub(r"[^0-9A-Za-z-]", "", message_id.partition("@")[0]) + ".eml")


def _problem_words(problem: Exception) -> str:
    """A network problem as a text. The exception's own text may contain an address or a secret of a host."""
    if isinstance(problem, smtplib.SMTPServerDisconnected) and isinstance(problem.__context__, OSError):
        problem = problem.__context__
    if isinstance(problem, TimeoutError):
        return gettext_noop("The mail server didn’t answer in time.")
    if isinstance(problem, ssl.SSLError):
        return gettext_noop("The mail server’s certificate or encryption wasn’t accepted.")
    if isinstance(problem, socket.gaierror):
        return gettext_noop("The mail server’s name wasn’t found.")
    if isinstance(problem, ConnectionRefusedError):
        return gettext_noop("The mail server refused the connection.")
    return gettext_noop("The connection to the mail server broke off.")
