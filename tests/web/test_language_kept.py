"""Someone who follows a Spanish link stays in Spanish after saving, though their account is in English."""

import html
import re

import pytest
from django.urls import reverse

from partnerships.registry.models import Party
from tests.factories import make_department, make_partnership, make_person, party
from tests.signing_in import newest_code, wait_for_emails
from tests.web import test_provider
from tests.web.test_editing import fields_of
from tests.web.test_page_language import check_in
from tests.web.test_provider import at_provider, sign_in

pytestmark = pytest.mark.django_db

running, provider = test_provider.running, test_provider.provider


def is_spanish(page):
    return '<html lang="es"' in page.content.decode()


def test_a_record_that_was_saved(client, people):
    client.force_login(people.editor)
    url = make_department(people.office).get_absolute_url()
    data = fields_of(client.get(f"{url}edit/?lang=es")) | {"about": "Homes"}
    answer = client.post(f"{url}edit/?lang=es", data)
    assert answer["Location"] == f"{url}?lang=es"
    page = client.get(answer["Location"])
    assert is_spanish(page)
    assert "Guardado." in page.content.decode()
    assert not is_spanish(client.get(url))  # the account's own language


def test_what_a_partner_saved_of_its_part(client, people):
    record = make_partnership(lead=people.office, parties=[party(people.office), party(people.organization)])
    client.force_login(people.partner)
    url = reverse("partnership_our_part", args=[record.public_id])
    assert is_spanish(client.get(f"{url}?lang=es"))
    typed = {"version": record.version, f"adds-{people.organization.public_id}-contribution": "A hotline."}
    answer = client.post(f"{url}?lang=es", typed)
    assert answer.status_code == 302
    assert is_spanish(client.get(answer["Location"].partition("#")[0]))
    assert Party.objects.get(partnership=record, organization=people.organization).contribution == "A hotline."


def test_a_form_that_opened_within_the_page(client, people):
    record = make_partnership(lead=people.office)
    client.force_login(people.editor)
    url, here = reverse("partnership_overview_edit", args=[record.public_id]), record.get_absolute_url()
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{here}?lang=es"}
    form = client.get(url, headers=headers)
    assert "Guardar" in form.content.decode()
    answer = client.post(url, fields_of(form) | {"title": "Another"}, headers=headers)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"{here}?lang=es")


def test_a_link_that_needs_no_account(client, people):
    reader = make_person("lector@example.org", name="Lector", language="es")
    record = make_partnership(lead=people.office)
    reader.memberships.create(jurisdiction=people.office, role="editor")
    url = check_in(record, reader)
    data = {"going_well": "Bien"}
    first = client.post(url, data)
    assert is_spanish(first)
    again = client.post(url, data, follow=True)
    assert is_spanish(again)


def action_of(page):
    return html.unescape(re.search(r'<form[^>]* id="answer"[^>]* action="([^"]+)"', page.content.decode())[1])


def test_signing_in_through_the_provider(provider, client, people):
    page = reverse("account_emails")
    form = client.get(f"{reverse('account_login')}?next={page}&lang=es").content.decode()
    action = re.search(r'action="([^"]*/provider/[^"]*)"', form)[1]
    way = client.post(html.unescape(action), {"next": page})
    assert is_spanish(way)
    done = client.get(at_provider(re.search(r'content="0; url=([^"]+)"', html.unescape(way.content.decode()))[1]))
    assert done["Location"] == f"{page}?lang=es"
    assert is_spanish(client.get(done["Location"]))
    _, elsewhere = sign_in(next=page)
    assert elsewhere["Location"] == page


@pytest.mark.django_db(transaction=True)
def test_signing_in(client, people, settings):
    page = reverse("account_emails")
    form = client.get(f"{reverse('account_login')}?next={page}&lang=es")  # as emails have it
    assert is_spanish(form)
    wait_for_emails()
    asked = client.post(action_of(form), {"login": people.editor.email, "next": page})
    form = client.get(asked["Location"])
    assert is_spanish(form)
    done = client.post(action_of(form), {"code": newest_code(settings)})
    assert done["Location"].startswith(page)
    assert is_spanish(client.get(done["Location"]))


def test_a_language_that_was_chosen_since_wins(client, people):
    client.force_login(people.editor)
    answer = client.post(f"{reverse('account_language')}?lang=en", {"language": "es"})
    assert answer["Location"] == reverse("account")
    switched = client.post(f"{reverse('account')}?lang=es", {"switch": "es"})
    assert switched["Location"] == reverse("account")


@pytest.mark.parametrize("lang", ["en", "xx", ""])
def test_no_other_link_gets_a_language(client, people, lang):
    client.force_login(people.editor)
    url = make_department(people.office).get_absolute_url()
    data = fields_of(client.get(f"{url}edit/")) | {"about": "Homes"}
    answer = client.post(f"{url}edit/?lang={lang}", data)
    assert answer["Location"] == (f"{url}?lang=en" if lang == "en" else url)
