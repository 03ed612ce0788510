"""Text typed into a form comes back as it was typed, or is refused with an error. Nothing fails (bench/figures/qa9.py)."""

import pytest
from django.test import Client

from tests import naughty_bodies, naughty_searches, naughty_strings
from tests.naughty_list import LINES, PARAGRAPHS, REFUSED
from tests.shares import share_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SOME = naughty_strings.EVERY[::12]


@pytest.fixture(autouse=True)
def set_up(db, settings):
    settings.API_RATE_ANONYMOUS = settings.API_RATE_PERSON = 1_000_000


def test_there_are_515_texts_and_each_is_another():
    assert len({*LINES, *PARAGRAPHS, *REFUSED}) == 515


def test_a_few_texts_in_every_input_at_a_twelfth_of_the_routes():
    world = naughty_strings.world_to_type_into()
    count = naughty_strings.try_some(world, SOME, share_of(naughty_strings.routes_with_forms(world), 12))
    assert count.wrong == []
    assert len(count.inputs) >= 10


def test_a_few_texts_in_every_search_and_parameter():
    assert naughty_searches.ask_all(share_of(SOME, 5)).wrong == []


def test_a_few_texts_in_every_body_that_the_api_takes(people):
    count = naughty_bodies.write_all(
        people, share_of(SOME, 20), share_of(REFUSED, 20), share_of(naughty_bodies.NAMES, 20)
    )
    assert count.wrong == []
    assert len(count.inputs) >= 90


def test_a_page_that_is_built_in_another_way_is_seen():
    plain = naughty_strings.structure('<p class="a">Plain</p>')
    for other in (
        '<p class="a"><b>x</b></p>',
        '<p class="a" onclick>Plain</p>',
        '<p class="b">Plain</p>',
        "<!-- x --><p>x</p>",
    ):
        assert naughty_strings.structure(other) != plain
    assert naughty_strings.structure('<p class="a">x &lt;b&gt;<br>y</p>') == plain


def test_minutes_of_a_point_of_the_agenda_that_are_no_number_are_refused():
    world, client = naughty_strings.world_to_type_into(), Client()
    client.force_login(world.people.editor)
    for minutes in ("²", "٠", "x", "-1", "1441", "9" * 12):
        answer = client.post(f"/meetings/{world['public meeting'].public_id}/edit/", {"agenda": f"Welcome | {minutes}"})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Line 1: " in page
        assert "minutes as a number from 1 to 1440" in page or "or a partner here" in page
