"""A change that not everyone may see moves nothing that everyone reads (tests/unseen.py)."""

import pytest

from tests import unseen
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def town(people):
    return unseen.Town(people)


@pytest.mark.both
@pytest.mark.parametrize("change", unseen.HIDDEN)
def test_a_hidden_change_moves_nothing_that_everyone_reads(town, change):
    assert unseen.moved_by(town, unseen.HIDDEN[change]) == []


@pytest.mark.parametrize("change", unseen.SEEN)
def test_a_change_that_everyone_sees_is_found(town, change):
    assert unseen.moved_by(town, unseen.SEEN[change])


def test_everything_that_is_asked_for_is_there(town):
    found = unseen.read(town)
    hidden = town.unlisted.public_id
    assert {path: status for path, (status, *_) in found.items() if (status != 200) != (hidden in path)} == {}
