"""Protected cells: which they are, that no one who knows all others can compute them, and that there aren't too many."""

from collections import Counter
from decimal import Decimal
from random import Random
from time import process_time

import pytest

from partnerships.measurement.rate_math import COUNT, DIMENSIONS, EVENTS, PROPORTION, Cell, summed
from partnerships.measurement.suppression import is_small, pattern, protected_keys, protected_periods
from tests.measurement import attack, rule_attack
from tests.measurement.tables import SIZES, cells_of, random_table

HARD = (189, 214, 650, 935, 1559)
TRIED = 20  # tables for each attack; QA21C tries a thousand


def table(**groups):
    """Return a table of one dimension with its total. `rows`: {category: (numerator, denominator)}."""
    cells = {f"race={name}": Cell(f"race={name}", None, *map(Decimal, both)) for name, both in groups.items()}
    return cells | {"": summed(cells.values())}


# Which cells


@pytest.mark.parametrize(
    ("numerator", "denominator", "kind", "small"),
    [
        (0, 5, PROPORTION, False),
        (0, 4, PROPORTION, True),
        (0, 0, PROPORTION, True),
        (4, 50, PROPORTION, True),
        (5, 50, PROPORTION, False),
        (46, 50, PROPORTION, True),
        (45, 50, PROPORTION, False),
        (50, 50, PROPORTION, False),
        (46, 50, EVENTS, False),
        (4, 50, EVENTS, True),
        (60, 50, EVENTS, False),
        (60, 4, EVENTS, True),
        (4, None, PROPORTION, True),
        (None, 4, PROPORTION, True),
        (None, 50, PROPORTION, False),
        (None, None, PROPORTION, False),
        (4, None, COUNT, True),
        (0, None, COUNT, False),
    ],
)
def test_which_counts_are_too_small_to_show(numerator, denominator, kind, small):
    counts = [None if n is None else Decimal(n) for n in (numerator, denominator)]
    assert is_small(Cell("", None, *counts), 5, kind) is small


def test_a_count_alone_is_read_from_its_value():
    assert is_small(Cell("", Decimal(3)), 5, COUNT)
    assert not is_small(Cell("", Decimal(3)), 5, PROPORTION)


def test_one_small_group_takes_one_other_along_and_no_more():
    hidden = protected_keys(table(a=(3, 50), b=(20, 60), c=(30, 70), d=(9, 40)))
    assert "race=a" in hidden
    assert len(hidden) == 2
    assert "" not in hidden


def test_nothing_small_hides_nothing():
    assert protected_keys(table(a=(30, 50), b=(20, 60))) == frozenset()
    assert protected_keys({}) == frozenset()


def test_two_small_groups_are_enough_for_each_other_when_they_can_change_places():
    assert protected_keys(table(a=(4, 54), b=(4, 54), c=(30, 70))) == {"race=a", "race=b"}


def test_a_partner_that_could_give_nothing_is_not_taken():
    """Groups b and c have no events. If a were hidden together with them, its three events would be the total."""
    hidden = protected_keys(table(a=(3, 50), b=(0, 60), c=(0, 70), d=(30, 90)))
    assert hidden == {"race=a", "race=d"}


def test_a_small_total_is_hidden_with_all_its_parts():
    cells = table(a=(1, 50), b=(2, 60))
    assert protected_keys(cells) == {"", "race=a", "race=b"}


def test_the_total_is_shown_even_where_that_is_of_no_help():
    """One place was counted alone, so no other place could be hidden instead."""
    cells = {"": Cell("", None, Decimal(20), Decimal(100)), "place=x": Cell("place=x", None, Decimal(3), Decimal(30))}
    assert protected_keys(cells) == {"place=x"}


def test_the_reference_group_is_given_up_last():
    cells = table(a=(3, 50), b=(20, 60), c=(30, 70))
    taken = protected_keys(cells) - {"race=a"}
    other = protected_keys(cells, keep=taken)
    assert len(other) == 2
    assert not other & taken


def test_the_second_hidden_cell_does_not_depend_on_sizes():
    taken = {
        min(protected_keys(table(a=(3, 50), b=b, c=c)) - {"race=a"})
        for b, c in [((20, 60), (9, 900)), ((9, 900), (20, 60))]
    }
    assert len(taken) == 1


def test_the_same_table_in_another_order_hides_the_same():
    random = Random(5)
    for seed in range(10):
        cells, kind = random_table(Random(seed))
        mixed = random.sample(sorted(cells), len(cells))
        assert protected_keys({key: cells[key] for key in mixed}, kind=kind) == protected_keys(cells, kind=kind)


def test_what_an_earlier_version_protected_stays_so():
    before = protected_keys(table(a=(3, 50), b=(20, 60), c=(30, 70), d=(40, 80)))
    now = table(a=(8, 50), b=(20, 60), c=(30, 70), d=(40, 80))
    assert protected_keys(now) == frozenset()
    assert protected_keys(now, before=before) == before


def test_all_protected_cells_look_alike():
    hidden = [
        Cell("race=a", Decimal(6), Decimal(3), Decimal(50)),
        Cell("race=b", Decimal(33), Decimal(20), Decimal(60)),
    ]
    assert [pattern(cell) for cell in hidden] == [
        {"key": "race=a", "value": "suppressed"},
        {"key": "race=b", "value": "suppressed"},
    ]


def test_values_without_counts_protect_nothing_and_break_nothing():
    cells = table(a=(3, 50), b=(20, 60), c=(30, 70)) | {"race=d": Cell("race=d", Decimal(40))}
    hidden = protected_keys(cells)
    assert "race=d" not in hidden
    assert len(hidden) == 2
    assert protected_keys({key: Cell(key, Decimal(1)) for key in cells}) == frozenset()


def test_a_small_group_is_protected_where_the_event_was_not_counted():
    cells = {
        key: Cell(key, None, None, cell.denominator) for key, cell in table(a=(0, 3), b=(0, 60), c=(0, 70)).items()
    }
    assert "race=a" in protected_keys(cells)
    assert len(protected_keys(cells)) == 2


def test_a_key_to_keep_that_is_not_there_is_no_matter():
    assert protected_keys(table(a=(30, 50)), keep=["race=z"], before=["race=z"]) == frozenset()


# Attacks


def linear_attack(seed):
    """Run the solver on one random table. Returns the findings as lines, and the number of protected cells."""
    cells, kind = random_table(Random(seed))
    hidden = protected_keys(cells, kind=kind)
    missed = [key for key, cell in cells.items() if is_small(cell, 5, kind) and key not in hidden]
    missed += ["the whole is hidden"] if "" in hidden and not is_small(cells[""], 5, kind) else []
    return [f"table {seed}: {words}" for words in [*missed, *attack.violations(cells, hidden, kind)]], len(hidden)


def test_no_protected_count_can_be_worked_out_of_the_rest():
    found = [linear_attack(seed) for seed in range(TRIED)]
    assert [words for wrong, _ in found for words in wrong] == []
    assert sum(number for _, number in found) > 5 * TRIED


# Tables with gaps, where simple moves aren't enough, or where secondary suppression must be protected as well.
@pytest.mark.parametrize("seed", HARD)
def test_no_protected_count_can_be_worked_out_of_a_hard_table(seed):
    assert linear_attack(seed)[0] == []


def code_attack(seed):
    """Try our own code on every table that fits. Returns (lines, counts tried, undecided ones)."""
    cells = rule_attack.small_table(Random(seed))
    hidden = protected_keys(cells)
    found = rule_attack.determined_counts(cells, hidden)
    return [f"table {seed}: {words}" for words in (found or (0, []))[1]], (found or (0,))[0], found is None


def test_not_even_by_running_our_own_code():
    found = [code_attack(seed) for seed in range(TRIED)]
    assert [words for wrong, _, _ in found for words in wrong] == []
    assert sum(tried for _, tried, _ in found) > 5 * TRIED
    assert not any(undecided for _, _, undecided in found)


def period_attack(seed):
    """Run the solver on four periods and their total, as one table with an additional dimension."""
    random = Random(seed)
    names = random.sample(DIMENSIONS, random.choice((1, 2)))
    tables = {}
    for quarter in ("q1", "q2", "q3", "q4"):
        people = [{name: {random.randrange(4)} for name in names} for _ in range(random.choice((9, 60, 200)))]
        tables[quarter] = cells_of(people, [random.random() < 0.3 for _ in people], 2)
    hidden = protected_periods(tables)
    flat = {f"{key}&period={at}".strip("&"): cell for at, cells in tables.items() for key, cell in cells.items()}
    shared = [key for key in tables["q1"] if all(key in cells for cells in tables.values())]
    flat |= {key: summed(cells[key] for cells in tables.values()) for key in shared}
    gone = {f"{key}&period={at}".strip("&") if at else key for at, keys in hidden.items() for key in keys}
    missed = [key for key, cell in flat.items() if is_small(cell) and key not in gone]
    return [f"periods {seed}: {words}" for words in [*missed, *attack.violations(flat, gone, PROPORTION)]]


def test_nor_by_the_totals_of_a_year():
    assert [words for seed in range(max(TRIED // 6, 2)) for words in period_attack(seed)] == []


def test_quarters_alone_would_give_a_small_quarter_away_and_together_do_not():
    quarters = {f"q{n}": table(a=(9, 50), b=(20, 60), c=(30, 70)) for n in range(1, 4)}
    quarters["q4"] = table(a=(3, 50), b=(20, 60), c=(30, 70))
    assert {at: protected_keys(cells) for at, cells in quarters.items() if at != "q4"} == dict.fromkeys(
        ("q1", "q2", "q3"), frozenset()
    )
    hidden = protected_periods(quarters)
    assert "race=a" in hidden["q4"]
    # Either its total of the year is hidden as well, or the same group in another quarter.
    assert any("race=a" in hidden[at] for at in ("", "q1", "q2", "q3"))


def test_periods_of_the_same_people_hide_the_same_everywhere():
    quarters = {f"q{n}": table(a=(9, 50), b=(20, 60), c=(30, 70)) for n in range(1, 4)}
    quarters["q4"] = table(a=(3, 50), b=(20, 60), c=(30, 70))
    hidden = protected_periods(quarters, alike=True)
    assert len({hidden[at] for at in quarters}) == 1
    assert "race=a" in hidden["q1"]
    assert protected_periods({}) == {"": frozenset()}


# Performance


def test_a_large_table_keeps_most_of_its_cells_and_takes_well_under_a_second():
    random = Random(7)
    people = [{name: {min(int(random.expovariate(0.5)), n - 1)} for name, n in SIZES.items()} for _ in range(4_000)]
    cells = cells_of(people, [random.random() < 0.3 for _ in people], 2)
    started = process_time()
    hidden = protected_keys(cells)
    assert process_time() - started < 1
    small = {key for key, cell in cells.items() if is_small(cell)}
    assert len(cells) > 400
    assert 0 < len(small) < len(hidden) < 2 * len(small)
    assert Counter(key.count("=") for key in hidden - small)[1] <= 2
