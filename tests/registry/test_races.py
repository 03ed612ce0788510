"""Two writers at once leave a correct document. bench/figures/qd11.py runs a thousand rounds on PostgreSQL.

On SQLite one writer waits for the other, so there the rounds show that waiting loses nothing.
"""

import pytest

from tests.registry import races

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both]


@pytest.mark.slow
def test_two_writers_at_once_store_what_a_rebuild_gives():
    tried, wrong, ran = races.race(28)
    assert (tried, wrong, set(ran)) == (28, [], set(races.ROUNDS))


def test_one_byte_altered_by_hand_turns_the_check_red():
    races.Table()
    assert (races.check_code(), races.alter_one_byte(), races.check_code()) == (0, 1, 0)
