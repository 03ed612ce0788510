"""A rendered letter as a message for the wire: headers, complete text part, HTML beside it."""

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

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language


@dataclass(frozen=True)
class Mail:
    """A rendered letter: one line of subject, the complete text, and the same as HTML.

    `stop`: the address that stops letters of this kind. `method` and `calendar`: an invitation, update or cancellation.
    `language`: the one that it is written in.
    """

    subject: str
    text: str
    html: str
    stop: str = ""
    method: str = ""
    calendar: str = ""
    language: str = "en"


def from_templates(name: str, context: dict) -> Mail:
    """The letter of the three templates `emails/<name>.{subject.txt,txt,html}`, in the language that is active."""
    context = {"site": settings.BASE_URL, "language": get_language()} | context
    subject = subject_of(name, context)
    text, html = (render_to_string(f"emails/{name}.{part}", context | {"subject": subject}) for part in ("txt", "html"))
    return Mail(subject, re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html, language=context["language"])


def subject_of(name: str, context: dict) -> str:
    return " ".join(render_to_string(f"emails/{name}.subject.txt", context).split())


def sender() -> str:
    """The address that letters come from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def ascii_address(address: str) -> str:
    """The address with its domain as mail servers read it (münchen.example → xn--mnchen-3ya.example)."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"


def plain_address(address: str) -> str:
    """The address as it is compared: lower case, its domain as mail servers read it. Empty when it cannot be one.

    No letter is taken for another one that looks like it.
    """
    local, at, domain = address.strip().rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}".lower() if local and at and domain else ""
    except UnicodeError:
        return ""


def mailbox_of(address: str) -> str:
    """The mailbox behind an address, as it is compared: without what comes after a plus sign, which reaches the same one."""
    local, _, domain = plain_address(address).rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def compose(mail: Mail, *, name: str, address: str, message_id: str, at: datetime) -> bytes:
    """The whole message, in ASCII: every server takes it, 8BITMIME or not. The Message-ID is the row's, so a letter that goes
    twice can be told to be one.

    By the older classes of `email`: those of today write a long List-Unsubscribe as encoded words, which mail programs do not
    read there (RFC 2047, 5), and take twice as long.
    """
    parts = [_text(mail.text, "plain"), _text(mail.html, "html")]
    if mail.calendar:  # where mail programs look for an invitation
        parts.append(_text(mail.calendar, "calendar", method=mail.method))
    message = MIMEMultipart("alternative", f"{_BETWEEN}alternative", parts)
    if mail.calendar:  # and again as a file that any other program can open
        message = MIMEMultipart("mixed", f"{_BETWEEN}mixed", [message, _file(mail)])
    message["From"] = settings.DEFAULT_FROM_EMAIL
    message["To"] = _mailbox(" ".join(name.split()), ascii_address(address))
    message["Subject"] = Header(" ".join(mail.subject.split()), header_name="Subject")
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = mail.language
    if mail.stop:  # RFC 2369 and 8058: a button of the mail program, which asks without a cookie
        message["List-Unsubscribe"] = _OneLine(f"<{mail.stop}>")
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message.as_bytes(policy=_WIRE)


_BETWEEN = "=_"  # begins what stands between parts: no text does, quoted-printable or base64 (RFC 2045, 6.7)


@lru_cache(256)
def _folded(name: str, value: str) -> bytes:
    """Most headers are the same in each letter, and in each of its parts."""
    return compat32.clone(linesep="\r\n").fold_binary(name, value)


class _Wire(Compat32):
    def fold_binary(self, name, value):
        return _folded(name, value) if isinstance(value, str) else super().fold_binary(name, value)


_WIRE = _Wire(linesep="\r\n")
_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP


class _OneLine(Header):
    """A header that is not folded, however long: folded, its first line would be empty, which some programs read as nothing."""

    def encode(self, *_args, **_more) -> str:
        return str(self)


def _text(text: str, subtype: str, **parameters) -> MIMENonMultipart:
    part = MIMENonMultipart("text", subtype, charset="utf-8", **parameters)
    part.set_payload(text, _UTF8)
    return part


def _file(mail: Mail) -> MIMEApplication:
    part = MIMEApplication(mail.calendar.encode(), "ics")
    filename = "cancel.ics" if mail.method == "CANCEL" else "invite.ics"
    part.add_header("Content-Disposition", "attachment", filename=filename)
    return part


def _mailbox(name: str, address: str) -> Header | str:
    """Who it goes to; a name beyond ASCII as encoded words of the length that RFC 2047 allows."""
    if name.isascii():
        return formataddr((name, address))
    header = Header(name, "utf-8", header_name="To")
    header.append(f"<{address}>", "us-ascii")
    return header
