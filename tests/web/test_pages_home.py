"""The home page, the pages about the registry, and what every page has: one heading, its own title, no inline style."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from partnerships.accounts.claims import make_claim
from partnerships.models import Claim
from partnerships.registry.attention import NEEDS
from partnerships.web.public.about import glossary, read_words
from tests.factories import (
    make_department,
    make_issue_area,
    make_jurisdiction,
    make_meeting,
    make_organization,
    make_partnership,
    party,
)
from tests.snapshots import snapshot_fixture


def text(client, url):
    response = client.get(url)
    assert (url, response.status_code) == (url, 200)
    return response.content.decode()


def test_an_empty_registry_says_what_to_do_next(client, db):
    shown = text(client, reverse("home"))
    for words in (
        "No partnerships are published yet.",
        "No issue areas are set up yet.",
        "No public meetings are scheduled",
    ):
        assert words in shown


def test_the_front_page_shows_what_is_published_and_nothing_else(client, people):
    housing = make_issue_area()
    lead = people.office
    make_partnership("In the open", lead=lead, issue_areas=[housing], parties=[party(lead, "lead")])
    make_partnership("Still a draft", lead=lead, published=False)
    make_meeting(make_partnership("With meetings", lead=lead), title="Open table", is_public=True)
    make_meeting(make_partnership("With closed ones", lead=lead), title="Closed table")
    make_meeting(make_partnership("Long ago", lead=lead), title="Past table", is_public=True, days=-3)
    shown = text(client, reverse("home"))
    assert "In the open" in shown
    assert "Open table" in shown
    assert [words for words in ("Still a draft", "Closed table", "Past table") if words in shown] == []
    assert '<span class="n">1<span class="sr"> partnership</span></span>' in shown
    client.force_login(people.editor)
    assert "In the open" not in text(client, reverse("home"))


def test_who_waits_for_a_decision_on_a_claim_reads_so(client, people):
    client.force_login(people.stranger)
    assert "Your claims" not in text(client, reverse("home"))
    waiting, decided = (
        make_claim(by=people.stranger, organization=one, fields={"position": "Director", "evidence": "Call us."})
        for one in (make_organization("Choir", "named", kept_by=people.office), people.organization)
    )
    Claim.objects.filter(pk=decided.pk).update(state="denied")
    shown = text(client, reverse("home"))
    assert f'<a href="/claims/{waiting.pk}/">Choir</a>: not decided yet' in shown
    assert "Tenants" not in shown


def test_the_cards_show_each_kind_first(client, people):
    lead = people.office
    for number in range(8):
        make_partnership(f"Project {number}", lead=lead, parties=[party(lead, "lead")])
    departments = [party(make_department(lead, name), "member") for name in ("Housing", "Planning")]
    make_partnership("The strategy", lead=lead, kind="strategy", parties=[party(lead, "lead"), *departments])
    for number in range(8, 16):
        make_partnership(f"Project {number}", lead=lead, parties=[party(lead, "lead")])
    cards = text(client, reverse("home")).split('id="ways"')[1].split("</ul>")[0]
    assert "The strategy" in cards
    assert cards.count('class="card"') == 6


def test_illustrations_are_marked(client, people):
    lead = people.office
    make_partnership("Made up", lead=lead, is_illustration=True, parties=[party(lead, "lead")])
    shown = text(client, reverse("home"))
    assert shown.count("tag-illus") == shown.count("Made up") == 2


def entries():
    return [word for section in read_words(glossary())[1] for word in section.entries]


def test_the_glossary_explains_each_thing_that_needs_attention():
    needs = next(word for word in entries() if word.name == "Needs attention")
    assert [text.partition(":")[0] for text in needs.paragraphs[1:]] == list(NEEDS.values())


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE])
def test_the_glossary_is_whole_in_each_language(client, db, language):
    shapes = [
        [[len(word.paragraphs) for word in section.entries] for section in read_words(text)[1]]
        for text in (glossary(), glossary(language))
    ]
    assert shapes[0] == shapes[1]
    body = client.get(reverse("words"), {"lang": language}).content.decode()
    assert [f'id="{word.anchor}"' in body for word in entries()] == [True] * len(entries())
    assert body.count('<span lang="en">') == len(entries())


def test_the_glossary_has_each_word_once():
    sections = read_words(glossary())[1]
    assert len({one.anchor for one in [*sections, *entries()]}) == len(sections) + len(entries()) > 30
    assert [word.name for word in entries() if not word.paragraphs] == []


def test_the_reader_of_words_knows_sections_entries_and_paragraphs():
    opening, sections = read_words(
        "# Words\n\nFirst\nline.\n\n## Dates\n\n### Last verified\n\n<b>One</b>\n\n#### two\n\nIn Spanish: uno\n\n"
        "## Partners\n\n### Side\n\nThree"
    )
    assert opening == ["First line."]
    assert [(section.name, section.anchor) for section in sections] == [("Dates", "dates"), ("Partners", "partners")]
    assert [(word.name, word.anchor, word.paragraphs, word.spanish) for part in sections for word in part.entries] == [
        ("Last verified", "last-verified", ["<b>One</b>", "#### two"], "uno"),
        ("Side", "side", ["Three"], ""),
    ]


def test_words_are_shown_as_text(client, db, monkeypatch):
    monkeypatch.setattr(
        "partnerships.web.public.about.glossary", lambda: "## One\n\n### <i>Odd</i>\n\n<script>1</script>"
    )
    shown = text(client, reverse("words"))
    assert "<script>1" not in shown
    assert "&lt;script&gt;1" in shown
    assert "<i>Odd" not in shown


@snapshot_fixture
def every_page(people):
    housing = make_issue_area()
    organization = make_organization("Neighborhood coalition", "profiled", kept_by=people.office)
    partnership = make_partnership(lead=people.office, parties=[party(people.office, "lead")], issue_areas=[housing])
    meeting = make_meeting(partnership, is_public=True, people=[people.editor])
    names = (
        "home",
        "organizations",
        "jurisdictions",
        "departments",
        "issue_areas",
        "meetings",
        "about",
        "words",
        "outbox",
    )
    return [
        *(reverse(name) for name in names),
        reverse("organization", args=[organization.public_id]),
        reverse("jurisdiction", args=[people.office.public_id]),
        reverse("jurisdiction", args=[make_jurisdiction("Ramsey County", "county").public_id]),
        reverse("issue_area", args=["housing"]),
        reverse("meeting", args=[meeting.public_id]),
    ]


def test_every_page_has_one_heading_a_title_of_its_own_and_no_inline_style(client, people, every_page):
    client.force_login(people.editor)
    titles = []
    for url in every_page:
        shown = text(client, url)
        assert (url, len(re.findall(r"<h1[ >]", shown))) == (url, 1)
        assert (url, re.findall(r"\sstyle=|<style|<script(?! src=)|\son[a-z]+=", shown)) == (url, [])
        ids = re.findall(r'\sid="([^"]+)"', shown)
        assert (url, len(ids)) == (url, len(set(ids)))
        titles += re.findall(r"<title>(.*?)</title>", shown)
    assert len(set(titles)) == len(titles) == len(every_page)
