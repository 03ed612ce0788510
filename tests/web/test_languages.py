"""Choosing the language of emails: for oneself, and for a contact of one's organization."""

import re

import pytest
from django.urls import reverse

from partnerships.accounts.actions import choose_language
from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.directory.actions import save_organization
from partnerships.models import Email
from partnerships.notifications import emails, recipients
from tests.factories import make_meeting, make_partnership, party
from tests.snapshots import snapshot_fixture
from tests.web.test_editing import fields_of

pytestmark = pytest.mark.django_db


def page_text(response):
    return " ".join(re.sub(r"<[^>]*>", "", response.content.decode()).split())


def test_a_person_chooses_and_the_next_email_follows(client, people):
    client.force_login(people.partner)
    page = reverse("account_language")
    assert "Language: English" in page_text(client.get(reverse("account")))
    assert '<option value="en" selected>English</option>' in client.get(page).content.decode()
    answer = client.post(page, {"language": "es"}, follow=True)
    assert "Guardado. Vale para los correos y las páginas de ahora en adelante." in page_text(answer)
    assert "Idioma: Español" in page_text(answer)
    people.partner.refresh_from_db()
    mail = emails.render(Email(kind="sign_in_code"), recipients.read_recipient(people.partner), {"code": "K7Q2-MX9P"})
    assert (mail.language, mail.subject) == ("es", "Su código para iniciar sesión")
    assert '<option value="es" selected>Español</option>' in client.get(page).content.decode()


@pytest.mark.parametrize("typed", ["", "xx", "es\x00", "../es", "E" * 300])
def test_a_language_that_is_none_is_refused(client, people, typed):
    client.force_login(people.partner)
    answer = client.post(reverse("account_language"), {"language": typed})
    assert answer.status_code == 422
    people.partner.refresh_from_db()
    assert people.partner.language == "en"
    with pytest.raises(ValidationError):
        choose_language(by=people.partner, language=typed)


def test_a_contact_has_a_language_on_both_editing_pages(client, people):
    save_organization(organization=people.organization, by=SYSTEM, fields={"kept_by": people.office})
    client.force_login(people.partner)
    contact = people.organization.contacts.create(name="Desk", email="desk@example.org")
    for page, language in (("own_reach", "es"), ("organization_edit", "vi")):
        url = reverse(page, args=[people.organization.public_id])
        sent = fields_of(client.get(url))
        assert "contacts-0-language" in sent
        assert sent["contacts-1-language"] == "en"
        assert client.post(url, sent | {"contacts-0-language": language}).status_code == 302
        contact.refresh_from_db()
        assert contact.language == language
        assert people.organization.contacts.count() == 1  # a new row with a language alone isn't saved


def test_emails_to_a_contact_come_in_its_language(people, partnership_of_both):
    contact = people.organization.contacts.create(name="Mesa", email="mesa@example.org", language="es")
    meeting = make_meeting(partnership_of_both, people=[contact])
    mail = emails.render(Email(kind="meeting_planned", subject_id=meeting.pk), recipients.read_recipient(contact))
    assert mail.text.startswith("City of Minneapolis le invita a una reunión.\n")


@snapshot_fixture
def partnership_of_both(people):
    return make_partnership(lead=people.office, parties=[party(people.office, "lead"), party(people.organization)])
