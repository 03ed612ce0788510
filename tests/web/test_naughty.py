"""Whatever is typed into the three editing forms comes back as it was typed, or is refused in words; nothing breaks.

The texts move on by one input with each post, so that every text meets every form and every input meets many texts.
"""

import re
import unicodedata

import pytest
from django import forms

from partnerships.communication import actions as communication
from partnerships.directory import actions as directory
from partnerships.web.forms.entities import EntityField
from tests.make import make_meeting, make_organization, make_partnership, party
from tests.naughty import LINES, PARAGRAPHS, REFUSED
from tests.web.test_editing import fields_of

pytestmark = pytest.mark.django_db
# Texts with a meaning of their own, or that no record shows again.
OTHER = {"why", "area", "agenda", "agreement-currency"}
FORMS = ("partnership", "organization", "meeting")


def normal(text):
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()


@pytest.fixture
def urls(client, people):
    """Form → the address of a record that has a row in each of its lists."""
    client.force_login(people.editor)
    group = make_organization(
        kept_by=people.office,
        listing_source="A report",
        contacts=[{"name": "Front desk", "email": "desk@example.org"}],
    )
    directory.save_organization(
        organization=group, by=None, fields={}, identifiers=[{"scheme": "ein", "value": "123456789"}]
    )
    facts = {
        "agreement": {"scope": "All of it", "renewal": "None"},
        "documents": [{"title": "Notes", "url": "https://www.example.org/"}],
    }
    partnership = make_partnership(lead=people.office, facts=facts, parties=[party(group, "member")])
    meeting = make_meeting(partnership, people=[people.editor])
    communication.save_meeting(meeting=meeting, by=None, fields={}, agenda=[{"title": "One", "minutes": 5}])
    return {
        "partnership": f"/partnerships/{partnership.public_id}/edit/",
        "organization": f"/organizations/{group.public_id}/edit/",
        "meeting": f"/meetings/{meeting.public_id}/edit/",
    }


def inputs(answer):
    """(bound field, whether it takes text of any kind), of every input of the page that belongs to a record."""
    shown = answer.context["all_forms"] if "all_forms" in answer.context else [answer.context["form"]]
    for one in shown:
        for form in getattr(one, "forms", [one]):
            is_empty_row = hasattr(one, "forms") and not form["id"].value()
            for bound in () if is_empty_row else form:
                takes_text = type(bound.field) is forms.CharField and not isinstance(bound.field, EntityField)
                yield bound, takes_text and bound.html_name not in OTHER


def of_text(answer):
    return [bound for bound, takes_text in inputs(answer) if takes_text]


def fit(bound, texts, n):
    """The nth of the texts that this input is meant for."""
    most = bound.field.max_length or 10_000
    fitting = [text for text in texts if len(normal(text)) <= most]
    return fitting[n % len(fitting)]


def texts_for(bound):
    return LINES + PARAGRAPHS if isinstance(bound.field.widget, forms.Textarea) else LINES


@pytest.mark.parametrize("form", FORMS)
def test_what_is_typed_comes_back_as_it_was(client, urls, form):
    page = client.get(urls[form])
    fields = of_text(page)
    assert len(fields) >= {"partnership": 11, "organization": 9, "meeting": 3}[form]
    posts = -(-len(LINES + PARAGRAPHS) // len(fields))
    for n in range(posts):
        typed = {b.html_name: fit(b, texts_for(b), n + place * posts) for place, b in enumerate(fields)}
        answer = client.post(urls[form], fields_of(page) | typed)
        assert answer.status_code == 302, (typed, re.findall(r"cannot be kept[^<]*", answer.content.decode()))
        page = client.get(urls[form])
        shown = {bound.html_name: bound.value() for bound in of_text(page)}
        assert shown == {name: normal(text) for name, text in typed.items()}
        detail = client.get(urls[form].removesuffix("edit/")).content.decode()
        assert [text for text in typed.values() if re.search("<[a-z/!]", text) and text in detail] == []


@pytest.mark.parametrize("form", FORMS)
def test_control_characters_are_refused_at_their_field_and_change_nothing(client, urls, form):
    page = client.get(urls[form])
    fields, as_it_is = of_text(page), fields_of(page)
    for n in range(max(len(fields), len(REFUSED))):
        bound, text = fields[n % len(fields)], fit(fields[n % len(fields)], REFUSED, n)
        answer = client.post(urls[form], as_it_is | {bound.html_name: text})
        assert answer.status_code == 422, (bound.html_name, text)
        errors = next(str(b.errors) for b in of_text(answer) if b.html_name == bound.html_name)
        assert "cannot be kept" in errors or "Null characters" in errors, (bound.html_name, text, errors)
    assert fields_of(client.get(urls[form])) == as_it_is


@pytest.mark.parametrize("form", FORMS)
def test_a_line_end_in_a_field_of_one_line_is_refused(client, urls, form):
    page = client.get(urls[form])
    for bound in of_text(page):
        if not isinstance(bound.field.widget, forms.Textarea):
            answer = client.post(urls[form], fields_of(page) | {bound.html_name: "first\r\nsecond"})
            assert answer.status_code == 422, bound.html_name


@pytest.mark.parametrize("form", FORMS)
def test_inputs_that_want_something_else_never_break(client, urls, form):
    """Days, numbers, addresses, choices, hidden ids and the version, each given texts that they cannot mean."""
    page = client.get(urls[form])
    as_it_is = fields_of(page)
    others = [bound.html_name for bound, takes_text in inputs(page) if not takes_text]
    names = sorted({*others, *(name for name in as_it_is if "_FORMS" in name), "version"} - OTHER)
    texts = LINES + PARAGRAPHS + REFUSED
    for n, name in enumerate(names):
        for text in texts[n % 40 :: 40][:2]:
            answer = client.post(urls[form], as_it_is | {name: text})
            assert answer.status_code in (302, 409, 422), (name, text)
    for n in range(0, len(texts), 7):
        answer = client.post(urls[form], as_it_is | {name: texts[(n + i) % len(texts)] for i, name in enumerate(names)})
        assert answer.status_code in (409, 422), n


@pytest.mark.parametrize("name", ["area", "agenda", "why"])
def test_texts_with_a_meaning_of_their_own_never_break(client, urls, name):
    form = "organization" if name == "area" else "meeting"
    for text in (LINES + PARAGRAPHS + REFUSED)[::6]:
        answer = client.post(urls[form], fields_of(client.get(urls[form])) | {name: text})
        assert answer.status_code in (302, 422), text
