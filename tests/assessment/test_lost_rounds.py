"""When a partner is no longer listed, the office is told that a published round disappeared."""

import pytest

from partnerships.core.access import SYSTEM
from partnerships.registry.consent import withdraw_from_seat
from tests.assessment.test_publishing import agree, is_public, opened_round

pytestmark = pytest.mark.django_db
LOST = "It’s no longer shown, because not all partners that were asked are listed."


def page(client, board):
    return " ".join(client.get(f"/partnerships/{board.partnership.public_id}/power/").content.decode().split())


@pytest.mark.parametrize("may_count", [True, False])
def test_the_page_says_that_a_round_was_there(client, board, may_count):
    opened_round(board, 1, 1)
    agree(board, 0)
    agree(board, 1)
    assert is_public(board)
    assert LOST not in page(client, board)
    withdraw_from_seat(party=board.parties[1], by=SYSTEM, may_count=may_count)
    assert not is_public(board)
    assert LOST in page(client, board)


def test_the_page_does_not_mention_a_round_that_no_one_could_read(client, board):
    opened_round(board, 1, 1)
    agree(board, 0)
    withdraw_from_seat(party=board.parties[1], by=SYSTEM, may_count=True)
    assert LOST not in page(client, board)
