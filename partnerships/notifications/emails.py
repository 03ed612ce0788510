"""The emails: one named function and three templates each (`emails/<kind>.{subject.txt,txt,html}`).

An email is rendered when it is sent, from what the records say then. It has only what its reader is asked to do or
responsible for: no notes, no other people, no party.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from partnerships.core import clock, languages
from partnerships.core.errors import NotFound
from partnerships.core.filters import LANGUAGE
from partnerships.mail.audience import Recipient
from partnerships.mail.choices import ALWAYS_SENT, EmailKind
from partnerships.mail.message import Mail, subject_of
from partnerships.mail.message import from_templates as _mail
from partnerships.mail.models import Email
from partnerships.notifications import (
    accounts,
    action_items,
    agreements,
    check_ins,
    hand_overs,
    links,
    meetings,
    namesakes,
    numbers,
    partners,
    recipients,
    rounds,
    successors,
    suggestions,
)
from partnerships.notifications.common import Writer

STOP_OPEN = timedelta(days=2 * 366)  # how long the link works that stops a kind of email


def render(email: Email, recipient: Recipient, context: dict[str, Any] | None = None) -> Mail:
    """The text of an email to this recipient. Raises NotFound when its subject no longer exists.

    `context`: the subject, if the caller has just read it; the code of a sign-in email, and the `language` of the page for
    an address without an account; what others of its batch `shared`.
    """
    context = {"shared": {}} | (context or {})
    language = languages.supported_or_default(_language_read(recipient, context))
    with translation.override(language):
        found = WRITERS[email.kind](email, recipient, context)
        stop = _unsubscribe_link(email.kind, recipient)
        asked = "" if languages.is_supported(recipient.language) else languages.own_name(recipient.language)
        method, part = (
            meetings.calendar_part(found, recipient, context["shared"]) if email.kind in meetings.NEWS else ("", "")
        )
        more = {"stop": stop, "asked": asked}
        if "page" in found:
            more["page"] = _page_of(found["page"], recipient, language)
        mail = _mail(found.get("template", email.kind), found | more)
        return replace(mail, stop=stop, method=method, calendar=part, reply_to=found.get("reply_to"))


def _language_read(recipient: Recipient, context: dict[str, Any]) -> str:
    """The language that the reader asked for. A sign-in email is in that of the page where they asked for the code, unless
    that's English and their account says otherwise.
    """
    of_page = context.get("language", "")
    is_named = of_page and (of_page != settings.LANGUAGE_CODE or recipient.person is None)
    return of_page if is_named else recipient.language


def _page_of(page: str, recipient: Recipient, language: str) -> str:
    """The page that the email leads to, in its language: nothing else tells the page that of a reader without an account."""
    if not page or "?" in page or recipient.person or language == settings.LANGUAGE_CODE:
        return page
    return f"{page}?{LANGUAGE}={language}"


def followed(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    """The template context of an email about one change that the reader follows. Its subject is a News."""
    news = context.get("subject") or recipients.find_audience(email).subject
    if news is None:
        raise NotFound
    why = ", ".join(news.reasons)
    page, made_up = news.page, news.is_illustration
    return {"news": news, "reasons": why, "page": page, "is_illustration": made_up, "choose": _choose()}


def digest(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    """News by record, and for each email that would have come separately its subject, how to answer it, and its page."""
    holds = context.get("subject") or recipients.find_audience(email).subject
    if holds is None:
        raise NotFound
    emails = [_line(Email(**dict(zip(_ONE, one, strict=True))), recipient) for one in holds.emails]
    count = len(holds.news) + len(emails) + holds.more
    return {"news": holds.news, "emails": emails, "more": holds.more, "count": count, "choose": _choose()}


_ONE = ("kind", "occurrence", "subject_type", "subject_id")


def _line(email: Email, recipient: Recipient) -> dict[str, Any]:
    found = WRITERS[email.kind](email, recipient, {})
    return {"subject": subject_of(email.kind, found), "answer": found.get("answer"), "page": found["page"]}


def _choose() -> str:
    return settings.BASE_URL + reverse("account_emails")


# Kind → function that gives the context of its three templates. Higher packages add the kinds that they write.
WRITERS: dict[str, Writer] = {
    EmailKind.FOLLOWED: followed,
    EmailKind.DIGEST: digest,
    **accounts.WRITERS,
    **action_items.WRITERS,
    **agreements.WRITERS,
    **check_ins.WRITERS,
    **hand_overs.WRITERS,
    **namesakes.WRITERS,
    **meetings.WRITERS,
    **numbers.WRITERS,
    **partners.WRITERS,
    **rounds.WRITERS,
    **successors.WRITERS,
    **suggestions.WRITERS,
}


def _unsubscribe_link(kind: str, recipient: Recipient) -> str:
    """The personal link that stops emails of this kind; none if they can't be stopped."""
    if kind in ALWAYS_SENT or recipient.key.partition(":")[0] not in ("person", "contact"):
        return ""
    token = links.make(links.EMAILS, recipient, str(kind), clock.now() + STOP_OPEN)
    return settings.BASE_URL + reverse("stop_emails", args=[token])
