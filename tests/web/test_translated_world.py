"""Every translated page with every record of the tests' world, in both languages: no words of ours are in both."""

import re
from itertools import product

import pytest
from django.apps import apps
from django.db import models
from django.urls import Resolver404, resolve

from partnerships.directory.reference.vocabularies import NAMES
from partnerships.models import Change, Draft, Suggestion
from tests.canaries.crawl import world_for
from tests.canaries.visits import visits
from tests.counts import forget_counts
from tests.posting import taken_back
from tests.shares import share_of
from tests.web.test_translated_pages import SAME, buttons_without_a_form, language_of, not_kept, texts

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# Pages that show what can be read once, or that the tests of accounts open.
ELSEWHERE = ("account_", "mfa_", "openid_", "own_data")
ROLES = ("anonymous", "partner", "reader", "editor")
# Terms that are also the population of a result, an item of an agenda, a contact and a position in a claim.
OF_RECORDS = {"Renters", "Data", "Front desk", "Director"}
WORDS = re.compile("[a-z]{2}")


def stored():
    """Every text in the database but the terms of a new registry, the longest first: names, titles and words of people."""
    found = set()
    for model in apps.get_app_config("partnerships").get_models():
        names = [
            one.name for one in model._meta.concrete_fields if isinstance(one, (models.CharField, models.TextField))
        ]
        for row in model._default_manager.values_list(*names) if names else ():
            found |= {" ".join(value.split()) for value in row if isinstance(value, str) and WORDS.search(value)}
    for typed in Draft.objects.values_list("fields", flat=True):
        found |= {text for texts in typed.values() for text in texts if WORDS.search(text)}
    for shots in Change.objects.values_list("before", "after"):
        found |= set(_texts_in(shots))
    for fields in Suggestion.objects.values_list("fields", "before"):
        found |= {" ".join(text.split()) for typed in fields for text in typed.values() if WORDS.search(text)}
    return sorted(found - (NAMES - OF_RECORDS), key=len, reverse=True)


def _texts_in(value):
    """What people wrote, in the values of a history."""
    if isinstance(value, str) and WORDS.search(value):
        yield " ".join(value.split())
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(one)


def is_translated(path):
    try:
        view = resolve(path).func
    except Resolver404:
        return False
    is_for_programs = path.startswith("/api/") or getattr(view, "is_english_only", False)
    return not is_for_programs and not getattr(view, "is_by_link", False)


def query_values(visit):
    """The values of the query, which a page repeats."""
    return {one for value in visit.params.values() for one in (value if isinstance(value, list) else [value])}


def _ask(client, visit, language):
    """What is sent is rolled back, so that both languages meet the same."""
    with taken_back():
        if visit.method == "get":
            return client.get(visit.path, visit.params | {"lang": language})
        return client.post(f"{visit.path}?lang={language}", visit.params)


class _Read:
    """What a crawl found: the routes it opened, its pages, and those that aren't in the language that was asked for."""

    def __init__(self):
        self.opened, self.pages, self.wrong, self.mixed = set(), 0, [], {}


def read(role, part=0, of=1) -> _Read:
    """Open every `of`-th translated page as this role in English and in Spanish."""
    found = _Read()
    with world_for() as world:
        of_records = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, stored()))})(?!\w)")
        client = world.client(role)
        for visit in (*visits(world, []),)[part::of]:
            if visit.surface.startswith(ELSEWHERE) or not is_translated(visit.path):
                continue
            forget_counts()
            english, spanish = (_ask(client, visit, language) for language in ("en", "es"))
            if english.status_code in (301, 302, 404) or english.streaming or b"<html" not in english.content:
                continue
            found.opened.add(visit.surface)
            found.pages += 1
            same = (spanish.status_code, language_of(spanish)) == (english.status_code, "es")
            if not same or not_kept(english) or buttons_without_a_form(english):
                found.wrong.append(visit.name)
            for text in texts(english) & texts(spanish) - SAME - query_values(visit):
                if WORDS.search(of_records.sub("", text)):
                    found.mixed.setdefault(text, visit.name)
    return found


def figure(role):
    """Return for bench/figures/qx13.py how many pages this role opened, of how many routes, and those that are wrong."""
    found = read(role)
    wrong = found.wrong + [f"in both languages: {text} ({where})" for text, where in found.mixed.items()]
    return {"pages": found.pages, "routes": sorted(found.opened), "wrong": wrong}


# A fixed sample of the roles, each with a sixteenth of the pages.
@pytest.mark.parametrize(("role", "part"), share_of(product(ROLES, range(16)), 48))
def test_no_page_of_the_world_mixes_languages(role, part):
    found = read(role, part, 16)
    assert len(found.opened) > 10
    assert found.wrong == []
    assert found.mixed == {}, "\n".join(map(str, found.mixed.items()))
