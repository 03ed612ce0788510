"""The pages about the site, robots.txt and the sitemap."""

import re
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from partnerships.core import clock
from partnerships.directory.site_texts import PAGES
from partnerships.models import Change, SiteText
from tests.factories import make_jurisdiction, make_organization, make_partnership

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(people):
    client = Client()
    client.force_login(people.administrator)
    return client


def text_of(answer):
    return " ".join(answer.content.decode().partition("<main")[2].partition("</main>")[0].split())


def stored_value(client, key):
    return client.get(f"/office/pages/{key}/").context["form"]["was"].value()


@pytest.mark.parametrize("key", PAGES)
def test_each_page_has_a_text_of_our_own_in_both_languages(client, key):
    english, spanish = client.get(f"/{key}/"), client.get(f"/{key}/?lang=es")
    assert (english["Content-Language"], spanish["Content-Language"]) == ("en", "es")
    assert text_of(english) != text_of(spanish)
    assert f'href="/{key}/"' in client.get("/partnerships/").content.decode()


def test_an_administrator_writes_the_text_and_brings_ours_back(administrator, client):
    ours = text_of(client.get("/contact/"))
    sent = {"text": "Call 555-0100.\n\n<b>Ask</b> for the desk.", "was": stored_value(administrator, "contact")}
    saved = administrator.post("/office/pages/contact/", sent, follow=True)
    assert saved.redirect_chain == [("/contact/", 302)]
    now = text_of(client.get("/contact/"))
    assert "<p>Call 555-0100.</p> <p>&lt;b&gt;Ask&lt;/b&gt; for the desk.</p>" in now
    change = Change.objects.get(record_type="sitetext")
    assert (change.before["text"], change.after["text"]) == ("", sent["text"])
    administrator.post("/office/pages/contact/", {"text": "", "was": stored_value(administrator, "contact")})
    assert text_of(client.get("/contact/")) == ours
    assert not SiteText.objects.exists()


def test_a_text_that_someone_else_changed_is_not_overwritten(administrator):
    before = stored_value(administrator, "terms")
    administrator.post("/office/pages/terms/", {"text": "The first text.", "was": before})
    answer = administrator.post("/office/pages/terms/", {"text": "The second text.", "was": before})
    assert answer.status_code == 409
    assert "The first text." in text_of(answer)
    assert "The second text." in text_of(answer)
    assert SiteText.objects.get().text == "The first text."
    again = answer.context["form"]["was"].value()
    administrator.post("/office/pages/terms/", {"text": "Both texts.", "was": again})
    assert SiteText.objects.get().text == "Both texts."


@pytest.mark.parametrize(("text", "error"), [("x" * 10_001, "10000"), ("a\0b", "Null characters")])
def test_a_text_that_cannot_be_saved_comes_back(administrator, text, error):
    answer = administrator.post("/office/pages/privacy/", {"text": text, "was": ""})
    assert (answer.status_code, SiteText.objects.count()) == (422, 0)
    assert error in str(answer.context["form"].errors)


def test_only_administrators_write_them(client, people):
    client.force_login(people.editor)
    assert client.get("/office/pages/").status_code == 404
    assert client.post("/office/pages/privacy/", {"text": "Ours", "was": ""}).status_code == 404
    assert not SiteText.objects.exists()


def test_problems_with_security_are_reported_to_the_contact_of_the_site(client, settings, administrator):
    settings.BASE_URL = "https://registry.example.org"
    text = client.get("/.well-known/security.txt").content.decode()
    assert text.startswith("Contact: https://registry.example.org/contact/\nExpires: ")
    assert "Canonical: https://registry.example.org/.well-known/security.txt\n" in text
    until = datetime.fromisoformat(re.search(r"Expires: (\S+)", text)[1])
    assert 30 < (until - clock.now()).days < 365
    words = "Write to help@example.org, or help@example.org. For security: safe.desk+1@city.example.org."
    administrator.post("/office/pages/contact/", {"text": words, "was": ""})
    lines = client.get("/.well-known/security.txt").content.decode().splitlines()
    assert lines[:2] == ["Contact: mailto:help@example.org", "Contact: mailto:safe.desk+1@city.example.org"]


def test_crawlers_find_every_public_record_and_nothing_else(client, settings):
    settings.BASE_URL = "https://registry.example.org"
    robots = client.get("/robots.txt").content.decode()
    assert "Sitemap: https://registry.example.org/sitemap.xml\n" in robots
    lead = make_jurisdiction()
    public, draft = make_partnership("Open", lead=lead), make_partnership("Inside", lead=lead, published=False)
    listed, unlisted = make_organization("Listed", "named"), make_organization("Hidden", "unlisted")
    index = client.get("/sitemap.xml").content.decode()
    found = ""
    for url in re.findall(r"<loc>https://registry\.example\.org([^<]+)</loc>", index):
        found += client.get(url).content.decode()
    for record in (public, listed, lead):
        assert f"<loc>https://registry.example.org{record.get_absolute_url()}</loc>" in found
    for record in (draft, unlisted):
        assert record.get_absolute_url() not in found
    assert client.get(reverse("sitemap_part", args=["partnership", 7])).status_code == 404
    assert client.get(reverse("sitemap_part", args=["person", 0])).status_code == 404
