"""Scores, gaps and flags against tables worked by hand and against brute force; and that none gives an answer away (QA21)."""

from itertools import product
from random import Random

import pytest

from partnerships.framework.choices import Standing
from partnerships.framework.gaps import Given, Score, gap, is_flagged, score

LEVELS = range(5)


def of(asked, *levels, keeps_back=False, top=4, **more):
    return score(asked, [Given(level, **more) for level in levels], keeps_back=keeps_back, top=top)


def shown(median, answered, **more):
    return Score(Standing.SHOWN, median, answered=answered, **more)


# (asked, what each answered: a level, or None for “rather not”; the score), by hand.
BY_HAND = [
    ((0,), Score(Standing.NOT_ASKED)),
    ((1,), Score(Standing.NO_ANSWER)),
    ((1, None), Score(Standing.DECLINED)),
    ((5, None, None), Score(Standing.DECLINED)),
    ((1, 4), shown(4.0, 1)),
    ((2, 0), shown(0.0, 1)),
    ((2, 1, 4), shown(2.5, 2)),
    ((3, 2, 2), Score(Standing.KEPT_BACK)),
    ((3, 2, 2, None), Score(Standing.KEPT_BACK)),
    ((7, 0), Score(Standing.KEPT_BACK)),
    ((3, 0, 2, 4), shown(2.0, 3)),
    ((3, 4, 4, 0), shown(3.0, 3, or_beyond=True)),
    ((3, 3, 3, 3), shown(3.0, 3, or_beyond=True)),
    ((3, 0, 0, 4), shown(1.0, 3, or_beyond=True)),
    ((4, 1, 2, 3, 4), shown(2.5, 4)),
    ((4, 3, 4, 4, 4), shown(3.0, 4, or_beyond=True)),
    ((5, 4, 4, 4, 4, 4), shown(4.0, 5)),
    ((5, 0, 1, 1, 1, 1), shown(1.0, 5)),
    ((5, 0, 1, 1, 1, 2), shown(1.0, 5, low=0, high=2)),
    ((9, 0, 0, 2, 3, 4, 4, None), shown(2.5, 6, low=0, high=4)),
]


@pytest.mark.parametrize(("case", "expected"), BY_HAND)
def test_scores_by_hand(case, expected):
    assert of(*case) == expected


def test_on_the_scale_of_community_say_the_ends_lie_at_nought_and_five():
    assert of(3, 5, 5, 0, top=5) == shown(4.0, 3, or_beyond=True)
    assert of(3, 3, 3, 0, top=5) == shown(3.0, 3)
    assert of(1, 5, top=5) == shown(5.0, 1)


def test_a_side_of_two_keeps_its_score_back_and_a_larger_one_has_no_such_choice():
    assert of(2, 1, 3, keeps_back=True) == Score(Standing.KEPT_BACK)
    assert of(1, 1, keeps_back=True) == Score(Standing.KEPT_BACK)
    assert of(3, 1, 2, 3, keeps_back=True) == shown(2.0, 3)
    assert of(1, None, keeps_back=True) == Score(Standing.DECLINED)


def test_a_score_needs_answers_that_no_one_of_another_side_recorded():
    mine, theirs = Given(1), Given(3, counts=False)
    assert score(2, [theirs]) == Score(Standing.NO_ANSWER)
    assert score(2, [theirs, Given(None)]) == Score(Standing.NO_ANSWER)
    assert score(5, [theirs] * 5) == Score(Standing.NO_ANSWER)
    assert score(2, [mine, theirs]) == shown(2.0, 2)
    assert score(3, [mine, mine, theirs]) == Score(Standing.KEPT_BACK)
    assert score(4, [mine, mine, mine, theirs]) == shown(1.0, 4, or_beyond=True)


# (government, community, gap, whether a response is owed)
GAPS = [
    (3.0, 1.0, 2.0, True),
    (1.0, 3.0, -2.0, True),
    (3.0, 2.0, 1.0, False),
    (4.0, 2.5, 1.5, False),
    (4.0, 2.0, 2.0, True),
    (1.0, 1.0, 0.0, True),
    (0.0, 0.0, 0.0, True),
    (2.0, 1.5, 0.5, False),
    (0.0, 1.5, -1.5, False),
    (0.0, 4.0, -4.0, True),
]


@pytest.mark.parametrize(("government", "community", "apart", "owed"), GAPS)
def test_gaps_and_flags_by_hand(government, community, apart, owed):
    first, second = shown(government, 5), shown(community, 5)
    assert (gap(first, second), is_flagged(first, second)) == (apart, owed)


@pytest.mark.parametrize("standing", [s for s in Standing if s != Standing.SHOWN])
def test_nothing_is_measured_against_a_side_without_a_score(standing):
    for first, second in ((shown(0.0, 5), Score(standing)), (Score(standing), shown(0.0, 5)), (None, shown(0.0, 5))):
        assert (gap(first, second), is_flagged(first, second)) == (None, False)


def by_the_book(levels):
    """(median, lowest, highest) of five answers and more, written another way: by counting from both ends."""
    left = list(levels)
    while len(left) > 2:
        left.remove(min(left))
        left.remove(max(left))
    return sum(left) / len(left), min(levels), max(levels)


def test_scores_of_many_agree_with_counting_from_both_ends():
    random = Random(7)
    for _ in range(2000):
        levels = [random.randrange(5) for _ in range(random.randrange(5, 40))]
        middle, low, high = by_the_book(levels)
        wide = high - low >= 2
        assert of(len(levels), *levels) == shown(
            middle, len(levels), low=low if wide else None, high=high if wide else None
        )


@pytest.mark.parametrize(("how_many", "top"), [(3, 4), (4, 4), (5, 4), (6, 4), (3, 5), (4, 5), (5, 5)])
def test_no_single_answer_can_be_recovered(how_many, top):
    """Of every set of answers, by each of its authors, who knows his own and all that is shown: whatever another person
    answered, some other set of answers shows the same. Up to six people this is tried on all sets."""
    possible: dict = {}
    for answers in product(range(top + 1), repeat=how_many - 1):
        for mine in range(top + 1):
            seen = (mine, of(how_many, mine, *answers, top=top))
            for who, level in enumerate(answers):
                possible.setdefault((seen, who), set()).add(level)
    assert [key for key, levels in possible.items() if len(levels) == 1] == []


def test_without_the_cap_at_the_ends_answers_would_be_recovered():
    """The attack itself works: on a bare median of three it finds both others."""
    possible: dict = {}
    for answers in product(LEVELS, repeat=2):
        for mine in LEVELS:
            possible.setdefault((mine, sorted([mine, *answers])[1]), set()).add(answers)
    assert possible[0, 4] == {(4, 4)}
