"""QX12: what every rendered email must have. It doesn't read the database."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from partnerships.mail.choices import ALWAYS_SENT
from partnerships.mail.message import compose
from partnerships.notifications.email_samples import SAMPLES, STOP, preview

BLOCKS = {"p", "li", "dt", "dd", "br", "div", "main", "ul", "dl"}
LOADED = {"img", "script", "link", "form", "iframe", "object", "video", "audio"}
ALWAYS = "This kind of email is always sent."
WHY = {"en": "You get this email because", "es": "Recibe este correo porque"}
_CLOCK = re.compile(r"\b\d{1,2}(?::\d\d)? [ap]\.m\.|\b(?:noon|midnight)\b")
_ZONE = re.compile(r" (?:UTC|[A-Z][\w’-]+(?: [A-Z][\w’-]+)* \([A-Z]\w+(?:/[\w-]+)+\))")


class Page(HTMLParser):
    """The HTML part: its blocks of text (links and heading separately), its heading, its links, its tags."""

    def __init__(self, html):
        super().__init__()
        self.blocks, self.heading, self.links, self.tags, self.within = [""], "", [], [], []
        self.language = ""
        self.feed(html)
        self.blocks = [words for block in self.blocks if (words := plain(block)).strip(" .,")]

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        self.language = attrs.get("lang", self.language) if tag == "html" else self.language
        if tag == "a":
            self.links.append(attrs["href"])
        if tag in BLOCKS:
            self.blocks.append("")
        if tag not in ("br", "meta"):
            self.within.append(tag)

    def handle_endtag(self, tag):
        self.within.pop()
        if tag in BLOCKS:
            self.blocks.append("")

    def handle_data(self, data):
        if "h1" in self.within:
            self.heading += data
        elif "body" in self.within and "a" not in self.within:
            self.blocks[-1] += data


def plain(text):
    return " ".join(text.split())


def sentences(block):
    return [part.strip(" .,:") for part in re.split(r"(?<=[.?!:]) ", block) if part.strip(" .,:")]


def wrong(kind, mail, language) -> list[str]:
    """Return what this email lacks, in words."""
    page, text, found = Page(mail.html), plain(mail.text), []
    missing = [part for block in page.blocks for part in sentences(block) if part not in text]
    found += [f"only in HTML: “{part}”" for part in missing]
    found += ["no heading, which says in HTML what the subject says"] * (not page.heading.strip())
    found += [f"a link only in HTML: {link}" for link in page.links if link.rstrip("/") not in mail.text]
    found += [f"loads something: {tag}" for tag in LOADED & set(page.tags)]
    found += [f"a time without its zone: {clock}" for clock in clocks_without_zone(f"{mail.subject}\n{mail.text}")]
    found += ["does not say why it comes"] * (not re.search(rf"^{WHY[language]} \w.+\.", mail.text, re.M))
    found += _stopping(kind, mail, language)
    found += ["no plain subject"] * (not mail.subject or mail.subject != plain(mail.subject))
    found += ["another language"] * (page.language != language)
    found += [
        f"left over: {mark}" for mark in ("{{", "{%", "None", "&amp;", "&lt;") if mark in mail.subject + mail.text
    ]
    return found + _on_the_wire(kind, mail, language)


def clocks_without_zone(text) -> list[str]:
    return [found[0] for found in _CLOCK.finditer(text) if not _ZONE.match(text, found.end())]


def _stopping(kind, mail, language):
    can = kind not in ALWAYS_SENT
    with translation.override(language):
        stop, always = gettext("Stop this kind of email"), gettext(ALWAYS)
    there = [f"{stop}: {STOP}" in mail.text, f'href="{STOP}"' in mail.html, mail.stop == STOP]
    texts = [always in mail.text, always in mail.html]
    return [] if there == [can] * 3 and texts == [not can] * 2 else ["does not say how to stop it, or that nobody can"]


def _on_the_wire(kind, mail, language):
    address = {"name": "", "address": "reader@example.org", "message_id": "<1@example.org>"}
    raw = compose(mail, **address, at=datetime(2027, 1, 1, tzinfo=UTC))
    message = message_from_bytes(raw, policy=default)
    parts = [part.get_content_type() for part in message.iter_parts()]
    one_click = (f"<{STOP}>", "List-Unsubscribe=One-Click") if kind not in ALWAYS_SENT else (None, None)
    found = ["no complete text part before the HTML"] * (
        parts != ["text/plain", "text/html"] or plain(message.get_body(("plain",)).get_content()) != plain(mail.text)
    )
    found += ["no one-click button, or one too many"] * (
        (message["List-Unsubscribe"], message["List-Unsubscribe-Post"]) != one_click
    )
    return found + ["says another language"] * (message["Content-Language"] != language)


def each():
    """Yield (kind, case, language) of all samples."""
    for kind, sample in SAMPLES.items():
        for case in sample.cases:
            for language, _ in settings.LANGUAGES:
                yield kind, case, language


def figure():
    """Return the result for bench/figures/qx12.py."""
    found = [
        f"{kind} ({case.name or 'as ever'}, {language}): {words}"
        for kind, case, language in each()
        for words in wrong(kind, preview(kind, case, language), language)
    ]
    emails = sum(len(sample.cases) for sample in SAMPLES.values())
    return {"kinds": len(SAMPLES), "emails": emails, "languages": len(settings.LANGUAGES), "wrong": found}
