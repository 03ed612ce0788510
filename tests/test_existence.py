"""No one can find out by trying whether the registry holds a record that they may not know of (tests/existence.py)."""

from unittest.mock import patch

import pytest

from tests import existence
from tests.shares import share_of

pytestmark = [pytest.mark.django_db, pytest.mark.unpublished_writes]


@pytest.mark.slow
def test_answers_are_the_same_with_and_without_what_is_hidden():
    found = existence.compare(share_of(existence.cases(), 9))
    assert found.differ == []
    assert found.compared >= 10


@pytest.mark.slow
@pytest.mark.parametrize("role", existence.ROLES)
def test_a_strangers_crawl_of_a_hidden_organization_finds_nothing(role):
    assert existence.compare([(role, "each address of it")]).differ == []


def test_the_crawl_knows_the_pages_of_an_organization():
    paths = existence.addresses_of("G-1")
    pages = (
        "",
        "claim/",
        "suggest/",
        "history/",
        "merge/",
        "split/",
        "edit/",
        "people/",
        "people/invite/",
        "mine/",
        "follow/",
    )
    assert {f"/organizations/G-1/{page}" for page in pages} <= set(paths)
    assert "/api/v1/organizations/G-1/" in paths


@pytest.mark.parametrize("name", ["a new record with its EIN", "an import of its numbers, website and name"])
def test_an_editor_learns_nothing_by_a_number(name):
    assert existence.compare([("editor", name)]).differ == []


def test_a_difference_is_found():
    """The comparison itself: it notices a word that only the registry with hidden records shows."""

    def probe(world, client):
        yield "There is one." if hasattr(world, "hidden") else "There is none."

    with patch.dict(existence.PROBES, {"planted": probe}):
        assert len(existence.compare([("anonymous", "planted")]).differ) == 1
