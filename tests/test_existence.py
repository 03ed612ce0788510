"""Nobody can tell by trying whether a record is here that they may not know of (tests/existence.py)."""

from unittest.mock import patch

import pytest

from tests import existence
from tests.rotation import share_of

pytestmark = [pytest.mark.django_db, pytest.mark.unpublished_writes]


@pytest.mark.slow
def test_answers_are_the_same_with_and_without_what_is_hidden():
    found = existence.compare(share_of(existence.cases(), 6))
    assert found.differ == []
    assert found.compared >= 10


@pytest.mark.parametrize("name", ["a new record with its EIN", "an import of its numbers, website and name"])
def test_an_editor_learns_nothing_by_a_number(name):
    assert existence.compare([("editor", name)]).differ == []


def test_a_difference_is_found():
    """The comparison itself: a word that only the registry with hidden records says."""

    def probe(world, client):
        yield "There is one." if hasattr(world, "hidden") else "There is none."

    with patch.dict(existence.PROBES, {"planted": probe}):
        assert len(existence.compare([("anonymous", "planted")]).differ) == 1
