"""Whatever is typed into a form comes back as it was typed, or is refused in words; nothing breaks (bench/figures/qa9.py)."""

import pytest
from django.core.cache import cache
from django.forms import BaseForm
from django.test import Client

from tests import asked, typed
from tests.naughty import LINES, PARAGRAPHS, REFUSED

pytestmark = pytest.mark.django_db
SOME = typed.EVERY[::12]
NOTHING_TO_TYPE = set()
TYPED_ELSEWHERE = set()


@pytest.fixture(autouse=True)
def set_up(db, settings):
    settings.API_RATE_ANONYMOUS = settings.API_RATE_PERSON = 1_000_000
    cache.clear()


def test_there_are_515_texts_and_each_is_another():
    assert len({*LINES, *PARAGRAPHS, *REFUSED}) == 515


def test_a_few_texts_in_every_input_of_every_form(monkeypatch):
    met = _notes_forms(monkeypatch, {typed.normal(text) for text in (*SOME, *REFUSED)})
    count = typed.try_some(typed.world_to_type_into(), SOME)
    assert count.wrong == []
    assert len(count.inputs) >= 200
    # Whatever form there is, it takes no text, or one of these texts came into it.
    assert {name for name in _all_forms() if not met.get(name)} == NOTHING_TO_TYPE | TYPED_ELSEWHERE


def _notes_forms(monkeypatch, texts):
    """Name of a form → whether one of these texts was sent to it."""
    met, clean = {}, BaseForm.full_clean

    def full_clean(form):
        clean(form)
        if form.is_bound:
            sent = {typed.normal(str(form.data.get(form.add_prefix(name), ""))) for name in form.fields}
            met[_name(type(form))] = met.get(_name(type(form)), False) or bool(sent & texts)

    monkeypatch.setattr(BaseForm, "full_clean", full_clean)
    return met


def _all_forms(of=BaseForm):
    """The names of all forms of the pages that no other is made from."""
    found = set()
    for one in of.__subclasses__():
        below = _all_forms(one)
        found |= below if below or not one.__module__.startswith("partnerships.web") else {_name(one)}
    return found


def _name(form):
    return f"{form.__module__.removeprefix('partnerships.web.')}.{form.__name__}"


def test_a_few_texts_in_every_search_and_parameter():
    assert asked.ask_all(SOME).wrong == []


def test_a_page_that_is_built_in_another_way_is_seen():
    plain = typed.structure('<p class="a">Plain</p>')
    for other in (
        '<p class="a"><b>x</b></p>',
        '<p class="a" onclick>Plain</p>',
        '<p class="b">Plain</p>',
        "<!-- x --><p>x</p>",
    ):
        assert typed.structure(other) != plain
    assert typed.structure('<p class="a">x &lt;b&gt;<br>y</p>') == plain


@pytest.mark.parametrize("minutes", ["²", "٠", "x", "-1", "1441", "9" * 12])
def test_minutes_of_a_point_of_the_agenda_that_are_no_number_are_refused(minutes):
    world, client = typed.world_to_type_into(), Client()
    client.force_login(world.people.editor)
    answer = client.post(f"/meetings/{world['public meeting'].public_id}/edit/", {"agenda": f"Welcome | {minutes}"})
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "Line 1: " in said
    assert "minutes as a number from 1 to 1440" in said or "nor a party here" in said
