"""No hidden count of measures that add up can be solved for (tests/measurement/family_attack.py)."""

import pytest

from tests.measurement import family_attack


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_no_hidden_count_of_a_random_family_is_known(first):
    found = [family_attack.attacked(seed) for seed in range(first, first + 20)]
    assert [words for _, known in found for words in known] == []
    assert sum(tried for tried, _ in found) > 500


@pytest.mark.slow
def test_the_attack_finds_what_exact_counts_reveal(monkeypatch):
    """With unrounded numbers, the same sums give many counts away. So it's the rounding that protects them."""
    monkeypatch.setattr(family_attack, "nearest", lambda number: number)
    monkeypatch.setattr(family_attack, "OFF", 0)
    known = [words for seed in range(30) for words in family_attack.attacked(seed)[1]]
    assert len(known) > 20
