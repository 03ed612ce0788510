"""What is shown of membership counts: an oracle that knows the rule tries every small table.

It groups the tables that look alike under the rule. Whatever is hidden must have at least two values among tables that
look alike, so that no one can infer it, even by running the rule. A threshold of 3 instead of 5 keeps the number of
tables small enough to try all.
"""

from itertools import product

import pytest

from partnerships.measurement.choices import SMALLEST
from partnerships.measurement.composition_disclosure import NO_ANSWER, PREFER_NOT, hidden_keys, shown_at

FEW = 3


def tables(members, groups, several):
    """Every table that the form accepts."""
    for prefer_not in range(members + 1):
        for no_answer in range(members + 1 - prefer_not):
            answered = members - prefer_not - no_answer
            for counts in product(range(answered + 1), repeat=groups):
                together = sum(counts)
                if together >= answered if several else together == answered:
                    named = {f"g{place}": count for place, count in enumerate(counts)}
                    yield named | {PREFER_NOT: prefer_not, NO_ANSWER: no_answer}


def shown_table(table, kept):
    """What a page shows of a table."""
    return tuple((key, None if key in kept else count) for key, count in table.items())


def determined_counts(members, groups, several, rule=hidden_keys, before=()):
    """Return (what is shown, key) of each hidden count with only one possible value."""
    found = {}
    for table in tables(members, groups, several):
        kept = rule(table, members, several=several, before=before, smallest=FEW)
        assert set(before) <= kept
        could_be = found.setdefault(shown_table(table, kept), {key: set() for key in kept})
        for key in kept:
            could_be[key].add(table[key])
    return [(shown, key) for shown, counts in found.items() for key, numbers in counts.items() if len(numbers) < 2]


SIZES = [(members, 2) for members in range(FEW, 10)] + [(members, 3) for members in range(FEW, 7)]


@pytest.mark.parametrize("several", [False, True], ids=["one group a member", "several groups a member"])
@pytest.mark.parametrize(("members", "groups"), SIZES)
def test_nothing_hidden_can_be_inferred(members, groups, several):
    assert determined_counts(members, groups, several) == []


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("before", [{"g0"}, {"g0", "g1"}, {PREFER_NOT}, {"g0", PREFER_NOT}, {"g0", "g1", NO_ANSWER}])
def test_nothing_hidden_can_be_inferred_after_an_earlier_count(before, several):
    for members in (3, 5, 6, 8):
        assert determined_counts(members, 2, several, before=before) == []


@pytest.mark.parametrize("several", [False, True])
def test_nothing_hidden_can_be_inferred_from_two_counts(several):
    """The page of the earlier count stays as it was, and the page of the later one hides what the earlier one did.

    A page that shows nothing hides nothing in a later one (`composition.save_composition`).
    """
    first, second = list(tables(5, 2, several)), list(tables(6, 2, several))
    found = {}
    for table in first:
        kept = hidden_keys(table, 5, several=several, smallest=FEW)
        before = frozenset() if kept == table.keys() else kept
        for later in second:
            kept_later = hidden_keys(later, 6, several=several, before=before, smallest=FEW)
            could_be = found.setdefault((shown_table(table, kept), shown_table(later, kept_later)), {})
            for at, one, keys in (("first", table, kept), ("second", later, kept_later)):
                for key in keys:
                    could_be.setdefault((at, key), set()).add(one[key])
    assert [pair for pair, could_be in found.items() if any(len(one) < 2 for one in could_be.values())] == []


def small_alone(counts, members, *, several, before=(), smallest=SMALLEST):
    """A rule that protects small counts alone."""
    return frozenset(before) | {key for key, count in counts.items() if 0 < count < smallest}


def test_the_oracle_finds_what_a_weaker_rule_gives_away():
    assert determined_counts(6, 2, several=False, rule=small_alone) != []
    assert determined_counts(6, 2, several=True, rule=small_alone) != []


def table(*counts, prefer_not=0, no_answer=0):
    named = dict(zip("abcdefgh", counts, strict=False))
    return named | {PREFER_NOT: prefer_not, NO_ANSWER: no_answer}


ALL = {"a", "b", "c", PREFER_NOT, NO_ANSWER}
# Cases: counts, members, whether several groups are possible, hidden before, and what is hidden.
CASES = {
    "all large": (table(8, 7, 5), 20, False, (), set()),
    "nobody in one": (table(8, 12, 0), 20, False, (), set()),
    "one small: with the noughts, which could be it": (
        table(8, 9, 0, prefer_not=3),
        20,
        False,
        (),
        {"c", PREFER_NOT, NO_ANSWER},
    ),
    "two small: each could be more of the other": (table(8, 8, 3, prefer_not=1), 20, False, (), {"c", PREFER_NOT}),
    "one each: it could only be that": (table(1, 1, 1, prefer_not=1, no_answer=1), 5, False, (), ALL),
    "all of one group": (table(12, 0, 0), 12, False, (), ALL),
    "all but few of one group": (table(9, 3, 0), 12, False, (), {"a", "b"}),
    "four members": (table(2, 2, 0), 4, False, (), ALL),
    "kept back before, large now": (table(8, 7, 5), 20, False, {"a", NO_ANSWER}, {"a", NO_ANSWER}),
    "kept back before, and the one that is left": (table(8, 7, 5), 20, False, {"a"}, ALL),
    "several groups each": (table(8, 9, 7), 20, True, (), set()),
    "several, one small": (table(9, 12, 2), 20, True, (), {"c"}),
    "several, nearly all in one": (table(17, 6, 5), 20, True, (), ALL),
    "several, one prefers not to say": (table(8, 8, 6, prefer_not=1), 20, True, (), {PREFER_NOT}),
}


@pytest.mark.parametrize("name", CASES)
def test_which_categories_are_suppressed(name):
    counts, members, several, before, kept = CASES[name]
    assert hidden_keys(counts, members, several=several, before=before) == kept


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ([None], [True]),
        ([None, 1], [True, False]),
        ([None, None], [True, False]),
        ([None, 0, 0], [True, False, False]),
        ([None, 5], [True, True]),
        ([None, 2, 3], [True, False, True]),
        ([None, 3, 3, 3, 2], [True, False, True, False, True]),
        ([7, 4], [True, False]),
    ],
)
def test_a_count_waits_until_enough_members_came_or_left(changes, shown):
    assert shown_at(changes) == shown


@pytest.mark.parametrize(
    ("changes", "entered", "shown"),
    [
        ([None, None], [1, 0], [False, True]),  # a count for an earlier day, added later
        ([None, 1], [1, 0], [False, True]),
        ([None, 5], [1, 0], [True, True]),
        ([None, 5, 4], [0, 2, 1], [True, False, True]),
        ([None, 5, 5], [0, 2, 1], [True, True, True]),
        ([None, 3, 3], [0, 2, 1], [True, False, True]),
    ],
)
def test_a_count_added_for_an_earlier_day_shows_nothing_of_few_members(changes, entered, shown):
    assert shown_at(changes, entered) == shown
