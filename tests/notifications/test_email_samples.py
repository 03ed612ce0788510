"""Every kind of email has a sample, every sample has what an email must have (QX12), and none contains a secret."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.test.signals import template_rendered

from partnerships.core.errors import NotFound
from partnerships.mail.choices import ALWAYS_SENT, EmailKind
from partnerships.notifications import links
from partnerships.notifications.email_samples import SAMPLES, SITE, STOP, preview
from tests.notifications import samples
from tests.notifications.every_email import make_everything, rendered

EMAILS = Path(settings.BASE_DIR) / "templates" / "emails"
# Parts of an email's context that no template shows: the record of its calendar part, and what is filled in
# automatically.
NOT_SHOWN = {"meeting", "series", "later", "language", "asked", "site", "stop", "is_illustration", "block", "why"}


def test_every_kind_has_a_sample_in_the_same_order():
    assert set(SAMPLES) == set(EmailKind)
    assert all(sample.when and sample.to and sample.cases for sample in SAMPLES.values())


def test_every_template_is_shown_by_some_sample():
    used = {case.template or str(kind) for kind, sample in SAMPLES.items() for case in sample.cases}
    there = {path.name.partition(".")[0] for path in EMAILS.iterdir() if not path.name.startswith("_")}
    assert used == there
    for name in there:
        assert {path.name for path in EMAILS.glob(f"{name}.*")} == {
            f"{name}.{end}" for end in ("subject.txt", "txt", "html")
        }


def test_every_email_has_what_it_must_have():
    wrong = {
        (kind, case.name, language): samples.wrong(kind, preview(kind, case, language), language)
        for kind, case, language in samples.each()
    }
    assert {email: words for email, words in wrong.items() if words} == {}


def test_cases_of_a_kind_have_names_and_differ():
    for kind, sample in SAMPLES.items():
        texts = {preview(kind, case, "en").text for case in sample.cases}
        names = {case.name for case in sample.cases}
        assert (len(texts), len(names)) == (len(sample.cases), len(sample.cases))
        assert "" not in names or len(names) == 1


def test_no_sample_holds_what_opens_anything():
    wrong, tokens = [], set()
    for kind, case, language in samples.each():
        mail = preview(kind, case, language)
        for text in (mail.subject, mail.text, mail.html):
            sites = set(re.findall(r"https?://[^/\s\"<]+", text))
            if settings.BASE_URL in text or "by-link" in text or not sites <= {SITE}:
                wrong.append((kind, case.name, language, sites))
            tokens |= set(re.findall(r"/([\w.:-]{8,})/?[\s\"<]", text))
    assert wrong == []
    for token in sorted(tokens):
        for purpose in (links.MEETING, links.CHECK_IN, links.EMAILS):
            with pytest.raises(NotFound):
                links.read(purpose, token)


BROKEN = {
    "no text part": lambda mail: {"text": "Hello\n"},
    "a sentence only in HTML": lambda mail: {"html": mail.html.replace("</main>", "<p>Bring a friend.</p></main>")},
    "a link only in HTML": lambda mail: {
        "html": mail.html.replace("</main>", '<a href="https://a.example">a</a></main>')
    },
    "a picture": lambda mail: {"html": mail.html.replace("</main>", "<img></main>".replace("<img>", "<img><p></p>"))},
    "a time without its zone": lambda mail: {"text": mail.text.replace(" (America/Chicago)", "")},
    "no reason": lambda mail: {"text": mail.text.replace("You get this email because", "Because")},
    "no way to stop it": lambda mail: {"text": mail.text.replace(STOP, "")},
    "no button": lambda mail: {"stop": ""},
    "another language": lambda mail: {"html": mail.html.replace('lang="en"', 'lang="es"')},
    "no subject": lambda mail: {"subject": ""},
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_missing_is_found(name):
    kind = EmailKind.MEETING_REMINDER
    mail = preview(kind, SAMPLES[kind].cases[0], "en")
    assert samples.wrong(kind, replace(mail, **BROKEN[name](mail)), "en")


def test_an_email_that_always_comes_must_not_seem_to_be_one_that_can_be_stopped():
    kind = EmailKind.INVITATION
    mail = preview(kind, SAMPLES[kind].cases[0], "en")
    assert kind in ALWAYS_SENT
    assert samples.wrong(kind, replace(mail, stop=STOP), "en")
    assert samples.wrong(kind, replace(mail, text=mail.text.replace(samples.ALWAYS, "")), "en")


@pytest.mark.slow
@pytest.mark.django_db
def test_samples_are_filled_like_the_emails_themselves(people):
    """Otherwise a new value in an email's context would be missing in the sample, and no one would notice."""
    make_everything(people)
    given = {}

    def note(sender, template, context, **kwargs):
        if template.name and template.name.startswith("emails/") and template.name.endswith(".subject.txt"):
            given.setdefault(template.name, set()).update(context.flatten())

    left_out = NOT_SHOWN | {"True", "False", "None"}
    samples_of = {}
    for kind in SAMPLES:
        for case in SAMPLES[kind].cases:
            name = f"emails/{case.template or kind}.subject.txt"
            samples_of.setdefault(name, []).append(set(case.values) - left_out)
    template_rendered.connect(note)
    try:
        for kind in EmailKind.values:
            rendered(kind, people.editor)
    finally:
        template_rendered.disconnect(note)
    assert {name: keys - left_out for name, keys in given.items() if keys - left_out not in samples_of[name]} == {}
    assert len(given) >= len(EmailKind) - 1
