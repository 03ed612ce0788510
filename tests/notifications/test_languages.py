"""Emails in their recipient's language, and the translations: every string is translated, every kind is complete."""

import gettext
import html
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
import time_machine
from django.conf import settings
from django.template.base import TextNode
from django.template.loader import get_template

from partnerships.core import clock, languages
from partnerships.mail import outbox
from partnerships.mail.choices import EmailKind
from partnerships.mail.message import compose
from partnerships.models import Action, Email, Meeting, Organization, Partnership
from partnerships.notifications import agreements, emails, recipients
from tests.notifications.catalog import TEMPLATES, entries, folder, put_into_words_too_early, wrong
from tests.notifications.every_email import make_everything, rendered

OTHERS = [code for code, _ in settings.LANGUAGES if code != "en"]
# Texts from the record itself, and words that are the same in both languages.
SAME = {
    "", "--", "Table for “all” & <b>more</b>", "Homes & <neighbors>", "Send the map & <list>", "K7Q2-MX9P", "Neighbors",
    "Claimed neighbors", "Known neighbors", "Withdrawn neighbors",
    "- Partner, Tenants' association", "Tenants' association", "* Tenants' association", "Child care, step-free",
    "Thank you for the word.", "Agenda:", "Families & <homes>", "Homes for the council & <more>", "Short round",
    "Seats & <names>", "Handed & <over>", "Council <channel> & more",
}  # fmt: skip
# Templates of other pages that translated pages are made of.
PARTS = (
    "base.html", "refusal.html", "400.html", "403.html", "404.html", "404_link.html", "404_mistyped.html", "429.html",
    "csrf.html", "sent_before.html", "step.html", "meetings/_answer.html", "office/people/invitation.html",
    "office/people/_invitations.html", "components/_seat.html", "components/_error_summary.html", "components/_typed.html",
    "components/_illustration.html", "components/_head.html", "components/_foot.html", "components/_find.html",
    "components/_crumbs.html", "components/_languages.html", "components/_passkey.html", "components/_savebar.html",
    "components/_signed_out.html",
)  # fmt: skip
HOSTILE = "100 % {{ x }} %(due)s %s {% now 'Y' %} {0} <i>&"


@pytest.fixture
def every_email(people):
    with time_machine.travel(datetime(2026, 2, 1, 18, tzinfo=UTC), tick=False):
        yield make_everything(people)


# The catalog


@pytest.mark.slow
@pytest.mark.parametrize("language", OTHERS)
def test_every_marked_string_is_translated_with_its_placeholders(language):
    assert wrong(language) == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_compiled_is_what_is_written(language):
    """No machine compiles translations, so the .mo file is committed next to the .po file."""
    with (folder(language) / "django.mo").open("rb") as file:
        compiled = dict(gettext.GNUTranslations(file)._catalog)
    compiled.pop("")
    written = {}
    for (one, many), entry in entries(language).items():
        written |= {(one, n): form for n, form in enumerate(entry.forms)} if many else {one: entry.forms[0]}
    assert compiled == written


def test_a_template_says_nothing_that_is_not_marked():
    names = [
        f"{folder}/{path.name}" for folder in ("emails", "by_link", "forms") for path in (TEMPLATES / folder).iterdir()
    ]
    unmarked = {name: words_outside_tags(name) for name in (*names, *PARTS)}
    assert len(unmarked) > 100
    assert {name: words for name, words in unmarked.items() if words} == {}


def words_outside_tags(name):
    nodes = get_template(name).template.nodelist.get_nodes_by_type(TextNode)
    text = re.sub(r"<style>.*?</style>|<[^>]*>", "", "".join(node.s for node in nodes), flags=re.DOTALL)
    return re.findall(r"\w+", text)


def test_nothing_is_put_into_words_before_the_reader_is_known():
    assert put_into_words_too_early() == set()


# Emails


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("language", OTHERS)
def test_every_email_is_whole_in_each_language_and_mixes_none(people, every_email, language):
    for kind in EmailKind.values:
        people.editor.language = "en"
        english = rendered(kind, people.editor)
        people.editor.language = language
        mail = rendered(kind, people.editor)
        assert mail.language == language, kind
        assert f'<html lang="{language}" dir="ltr">' in mail.html
        assert not _lines(english.text) & _lines(mail.text) - SAME
        for sentence in _sentences(english) - _sentences_of(SAME):
            assert sentence not in " ".join((mail.subject + mail.text + html.unescape(mail.html)).split()), sentence
        text = " ".join(mail.text.split())
        for paragraph in re.findall(r"<(?:p|dd|dt|li)[^>]*>(.*?)</(?:p|dd|dt|li)>", mail.html, re.DOTALL):
            if not paragraph.lstrip().startswith("<a "):  # a link, which the text part shows by its address
                for line in paragraph.split("<br>"):
                    words = html.unescape(re.sub(r"<[^>]*>", "", line))
                    assert " ".join(words.split()) in text, words
        assert text.count("http") == english.text.count("http")


def _lines(text):
    return {line.strip() for line in text.splitlines()}


def _sentences(mail):
    headings = re.findall(r"<(?:h1|dt|a)[^>]*>(.*?)</", mail.html, re.DOTALL)
    return _sentences_of(
        [mail.subject, *_lines(mail.text), *(" ".join(html.unescape(one).split()) for one in headings)]
    )


def _sentences_of(lines):
    """Sentences of at least three words, without the parts that come from a record."""
    found = {one for line in lines for one in re.split(r"(?<=[.?!:;])\s+", line)}
    return {one for one in found if len(one.split()) > 2 and "http" not in one}


@pytest.mark.django_db
def test_a_reminder_in_spanish(people, every_email):
    people.editor.language, people.editor.zone = "es", "America/New_York"
    mail = rendered("meeting_reminder", people.editor)
    assert mail.subject == (
        "Recordatorio: Table for “all” & <b>more</b>, martes 3 de marzo de 2026, 10 a. m., hora del Centro (America/Chicago)"
    )
    text = re.sub(r"http\S+", "…", mail.text)
    assert text == (
        "Se acerca una reunión a la que le invitaron.\n"
        "\n"
        "Table for “all” & <b>more</b>\n"
        "Homes & <neighbors>\n"
        "\n"
        "Cuándo: martes 3 de marzo de 2026, 10 a. m., hora del Centro (America/Chicago)\n"
        "En su zona horaria: martes 3 de marzo de 2026, 11 a. m., hora del Este (America/New_York)\n"
        "Duración: 1 hora y 30 minutos\n"
        "Dónde: Room 2\n"
        "Enlace para unirse: …\n"
        "Acceso, comida, cuidado de niños: Child care, step-free\n"
        "\n"
        "Agenda:\n"
        "- Welcome & names (10 minutos)\n"
        "\n"
        "Díganos si puede venir: …\n"
        "\n"
        "Véalo en el Registro de Alianzas: …\n"
        "\n"
        "-- \n"
        "Recibe este correo porque le invitaron a esta reunión.\n"
        "No recibir más correos de este tipo: …\n"
        "Enviado por el Registro de Alianzas (Partnership Registry), …\n"
        "Las páginas del Registro también están en español.\n"
    )
    planned = rendered("meeting_planned", people.editor)
    assert "Acceso\\, comida\\, cuidado de niños: Child care" in planned.calendar.replace("\r\n ", "")


@pytest.mark.slow
@pytest.mark.django_db
def test_numbers_have_their_own_form(people, every_email):
    people.editor.language = "es"
    agreement = every_email.partnership.agreement
    for days, words in ((2, "dentro de 2 días."), (1, "dentro de 1 día."), (0, "2026.")):
        agreement.ends_on = clock.today().replace(day=1 + days)
        text = agreements.agreement_ending(Email(), recipients.read_recipient(people.editor), {"subject": agreement})
        assert text["days_left"] == days
        email = Email(kind="agreement_ending", subject_id=agreement.pk)
        mail = emails.render(email, recipients.read_recipient(people.editor), {"subject": agreement})
        assert mail.text.splitlines()[0].endswith(words)


@pytest.mark.django_db
def test_a_link_through_sign_in_opens_in_the_language_of_the_email(people, every_email):
    for language, end in (("en", ""), ("es", "&lang=es")):
        people.editor.language = language
        assert f"/sign-in/?next=/account/{end}\n" in rendered("invitation", people.editor).text


@pytest.mark.slow
@pytest.mark.django_db
def test_a_language_without_emails_is_said_in_the_email(people, every_email):
    wrong = []
    for asked, language, name in [
        ("en", "en", ""), ("es-MX", "es", ""), ("vi", "en", "Tiếng Việt"), ("hmn", "en", "Hmoob"), ("xx", "en", "xx"),
    ]:  # fmt: skip
        people.editor.language = asked
        line = f"You asked for emails in {name}. They aren’t translated yet, so this one is in English."
        for kind in EmailKind.values:
            mail = rendered(kind, people.editor)
            found = (
                *(mail.language, f'<html lang="{language}" ' in mail.html),
                *(mail.text.endswith(f"\n{line}\n"), line in mail.html),
                "not translated" in mail.text.replace(line, ""),
            )
            if found != (language, True, bool(name), bool(name), False):
                wrong.append((asked, kind, found))
    assert wrong == []


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.unpublished_writes
def test_no_name_of_a_record_is_taken_for_words_of_ours(people, every_email):
    for model, field in ((Partnership, "title"), (Meeting, "title"), (Action, "title"), (Organization, "name")):
        model.objects.update(**{field: HOSTILE})
    type(people.office).objects.update(name=HOSTILE)
    for language in dict(settings.LANGUAGES):
        people.editor.language, unnamed = language, set()
        for kind in EmailKind.values:
            mail = rendered(kind, people.editor)
            if not (HOSTILE in mail.text and html.escape(HOSTILE) in mail.html):
                unnamed.add(kind)
            whole = mail.subject + mail.text + html.unescape(mail.html)
            assert "%" not in re.sub("&#(x27|39);", "'", whole).replace(HOSTILE, ""), (kind, mail.language)
            assert "<i>" not in mail.html, (kind, mail.language)
        assert unnamed == {"sign_in_code", "unknown_address"}


@pytest.mark.slow
@pytest.mark.django_db
def test_the_message_says_its_language(files, people, every_email):
    contact = every_email.participants.get(contact__isnull=False).contact
    contact.language = "es"
    contact.save()
    outbox.send_due(render=emails.render)
    sent = [message_from_bytes(path.read_bytes(), policy=default) for path in files.rglob("*.eml")]
    by_reader = {(m["To"].addresses[0].addr_spec, m["Content-Language"]) for m in sent}
    assert ("kestrel@example.org", "es") in by_reader
    assert {language for address, language in by_reader if address != "kestrel@example.org"} == {"en"}


@pytest.mark.django_db
def test_the_header_is_that_of_the_email_not_of_the_wish(people, every_email):
    people.editor.language = "vi"
    mail = rendered("meeting_reminder", people.editor)
    raw = compose(mail, name="", address="a@example.org", message_id="<a@b>", at=clock.now())
    assert message_from_bytes(raw, policy=default)["Content-Language"] == "en"


def test_each_language_has_its_own_name():
    assert set(dict(settings.LANGUAGES)) <= set(languages.OWN_NAMES)
    assert all(languages.OWN_NAMES[code] == name for code, name in settings.LANGUAGES)
    offered = [code for _, group in languages.choices() for code, _ in group]
    assert sorted(offered) == sorted(languages.OWN_NAMES)
