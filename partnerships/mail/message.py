"""Turns a rendered email into a MIME message: headers, a complete text part, and HTML."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import Compat32, compat32
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language


@dataclass(frozen=True)
class Mail:
    """A rendered email: a subject line, the complete text, and the same as HTML.

    `stop`: the URL that stops emails of this kind. `method` and `calendar`: an invitation, update or cancellation.
    `language`: the one it is written in. `reply_to`: (name, address) of the person who asks, who gets the answers.
    """

    subject: str
    text: str
    html: str
    stop: str = ""
    method: str = ""
    calendar: str = ""
    language: str = "en"
    reply_to: tuple[str, str] | None = None


def from_templates(name: str, context: dict) -> Mail:
    """Render the three templates `emails/<name>.{subject.txt,txt,html}` in the active language."""
    context = {"site": settings.BASE_URL, "language": get_language()} | context
    subject = subject_of(name, context)
    text, html = (render_to_string(f"emails/{name}.{part}", context | {"subject": subject}) for part in ("txt", "html"))
    return Mail(subject, re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html, language=context["language"])


def subject_of(name: str, context: dict) -> str:
    return " ".join(render_to_string(f"emails/{name}.subject.txt", context).split())


def sender() -> str:
    """The address that emails come from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def ascii_address(address: str) -> str:
    """The address with its domain in the form that mail servers read (münchen.example → xn--mnchen-3ya.example)."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"


def plain_address(address: str) -> str:
    """The address in the form that is compared: lower case, with its domain as mail servers read it. "" when it is
    invalid.

    Characters that only look alike stay different.
    """
    local, at, domain = address.strip().rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}".lower() if local and at and domain else ""
    except UnicodeError:
        return ""


def mailbox_of(address: str) -> str:
    """The mailbox of an address, for comparing: without the part after a plus sign, which reaches the same mailbox."""
    local, _, domain = plain_address(address).rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def compose(mail: Mail, *, name: str, address: str, message_id: str, at: datetime) -> bytes:
    """The whole message in ASCII, which every server accepts, with or without 8BITMIME.

    The Message-ID is the row's, so an email that is sent twice can be recognized. Uses the legacy classes of `email`:
    the modern ones write a long List-Unsubscribe header as encoded words, which mail programs don't read there (RFC
    2047, section 5), and take twice as long.
    """
    parts = [_text(mail.text, "plain"), _text(mail.html, "html")]
    if mail.calendar:  # where mail programs look for an invitation
        parts.append(_text(mail.calendar, "calendar", method=mail.method))
    message = MIMEMultipart("alternative", f"{_BETWEEN}alternative", parts)
    if mail.calendar:  # and again as a file that any other program can open
        message = MIMEMultipart("mixed", f"{_BETWEEN}mixed", [message, _file(mail)])
    message["From"] = settings.DEFAULT_FROM_EMAIL
    _set(message, "To", _mailbox(" ".join(name.split()), ascii_address(address)))
    if mail.reply_to:
        name, address = mail.reply_to
        _set(message, "Reply-To", _mailbox(" ".join(name.split()), ascii_address(address), "Reply-To"))
    _set(message, "Subject", Header(" ".join(mail.subject.split()), header_name="Subject"))
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = mail.language
    if mail.stop:  # RFC 2369 and 8058: an unsubscribe button of the mail program, which sends no cookie
        _set(message, "List-Unsubscribe", _OneLine(f"<{mail.stop}>"))
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message.as_bytes(policy=_WIRE)


_BETWEEN = "=_"  # starts the boundary between parts: no text does, in quoted-printable or base64 (RFC 2045, 6.7)


@lru_cache(256)
def _folded(name: str, value: str) -> bytes:
    """Cached, since most headers are the same in each email and in each of its parts."""
    return compat32.clone(linesep="\r\n").fold_binary(name, value)


class _Wire(Compat32):
    def fold_binary(self, name: str, value: Any) -> bytes:
        return _folded(name, value) if isinstance(value, str) else super().fold_binary(name, value)


_WIRE = _Wire(linesep="\r\n")
_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP


class _OneLine(Header):
    """A header that is never folded: its first line would be empty, which some programs read as an empty header."""

    def encode(self, *_args: Any, **_more: Any) -> str:
        return str(self)


def _set(message: MIMEMultipart, name: str, value: Header | str) -> None:
    message[name] = value  # type: ignore[assignment]  # their types say texts alone, but compat32 takes Header as well


def _text(text: str, subtype: str, **parameters: Any) -> MIMENonMultipart:
    part = MIMENonMultipart("text", subtype, charset="utf-8", **parameters)
    part.set_payload(text, _UTF8)
    return part


def _file(mail: Mail) -> MIMEApplication:
    part = MIMEApplication(mail.calendar.encode(), "ics")
    filename = "cancel.ics" if mail.method == "CANCEL" else "invite.ics"
    part.add_header("Content-Disposition", "attachment", filename=filename)
    return part


def _mailbox(name: str, address: str, header_name: str = "To") -> Header | str:
    """A header with an address. A name beyond ASCII becomes encoded words of the length that RFC 2047 allows."""
    if name.isascii():
        return formataddr((name, address))
    header = Header(name, "utf-8", header_name=header_name)
    header.append(f"<{address}>", "us-ascii")
    return header
