"""The trial QA31 in small: three spellings of one name by every way in."""

import pytest

from tests import spellings

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("what", ["one Cyrillic letter", "U+2028 for a space", "one digit"])
def test_no_way_in_takes_another_spelling_for_another_name(people, what):
    name = spellings.NAMES[0]
    found = spellings.every_spelling(name)
    assert spellings.passed(spellings.Scene.of(people, name), found[what]) == []
