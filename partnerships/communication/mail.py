"""A rendered letter as a message for the wire: headers, complete text part, HTML beside it."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

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


def compose(mail: Mail, *, name: str, address: str, message_id: str, at: datetime) -> bytes:
    """The whole message. The Message-ID is the row's, so a letter that goes twice can be told to be one."""
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))  # every server takes it, 8BITMIME or not
    message["From"] = settings.DEFAULT_FROM_EMAIL
    message["To"] = Address(display_name=" ".join(name.split()), addr_spec=ascii_address(address))
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    if mail.stop:  # RFC 2369 and 8058: a button of the mail program, which asks without a cookie
        message["List-Unsubscribe"] = f"<{mail.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    if mail.calendar:
        _add_calendar(message, mail)
    message["Content-Language"] = mail.language  # last: set_content takes away every Content-… header that it finds
    return message.as_bytes()


def _add_calendar(message, mail):
    """Twice: beside the text, where mail programs look for an invitation, and as a file that any other can open."""
    message.add_alternative(mail.calendar, subtype="calendar", params={"method": mail.method})
    message.add_attachment(
        mail.calendar.encode(),
        maintype="application",
        subtype="ics",
        filename="cancel.ics" if mail.method == "CANCEL" else "invite.ics",
    )
