"""How the cases of long trials are shared out over turns (tests/rotation.py)."""

import pytest

from tests import rotation

pytestmark = pytest.mark.sqlite


def test_over_the_turns_each_case_is_tried_once(monkeypatch):
    shares = []
    for turn in range(11, 15):
        monkeypatch.setattr(rotation, "TURN", str(turn))
        shares += rotation.share_of("abcdefghij", 4)
    assert sorted(shares) == [*"abcdefghij"]


def test_a_turn_always_has_the_same_share_and_all_has_every_case(monkeypatch):
    monkeypatch.setattr(rotation, "TURN", "6")
    assert rotation.share_of(range(10), 4) == rotation.share_of(range(10), 4) == [2, 6]
    monkeypatch.setattr(rotation, "TURN", "all")
    assert rotation.share_of(range(10), 4) == [*range(10)]


def test_tests_that_take_long_take_turns(monkeypatch, request):
    request.applymarker(pytest.mark.turn(1, of=3))
    ran = []
    for turn in ("3", "4", "5", "6", "7", "all"):
        monkeypatch.setattr(rotation, "TURN", turn)
        ran += [turn] if rotation.is_in_turn(request.node) else []
    assert ran == ["4", "7", "all"]


def test_the_header_of_a_run_shows_the_turn():
    assert rotation.pytest_report_header() == f"rotation: {rotation.TURN}"
