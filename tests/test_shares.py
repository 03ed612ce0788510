"""Which cases of a long trial run in `make test` (tests/shares.py)."""

import pytest

from tests import shares


def test_a_share_is_a_sample_in_order_and_the_same_each_time(monkeypatch):
    monkeypatch.setattr(shares, "IS_WHOLE", False)
    share = shares.share_of(range(100), 4)
    assert (len(share), sorted(set(share))) == (25, share)
    assert shares.share_of(range(100), 4) == share


@pytest.mark.parametrize(("cases", "parts", "size"), [("abc", 8, 1), ("abcdefghij", 4, 3), ("", 4, 0), ("ab", 1, 2)])
def test_a_share_is_rounded_up(monkeypatch, cases, parts, size):
    monkeypatch.setattr(shares, "IS_WHOLE", False)
    assert len(shares.share_of(cases, parts)) == size


def test_a_whole_trial_has_every_case(monkeypatch):
    monkeypatch.setattr(shares, "IS_WHOLE", True)
    assert shares.share_of(range(10), 4) == [*range(10)]


def test_the_header_of_a_run_says_which(monkeypatch):
    monkeypatch.setattr(shares, "IS_WHOLE", False)
    assert shares.pytest_report_header() == "trials: a fixed share (TRIALS=whole for every case)"
