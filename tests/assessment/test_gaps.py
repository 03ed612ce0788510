"""Scores, gaps and flags, compared with hand-made tables and brute force, and that none gives an answer away (QA21)."""

from itertools import product
from random import Random

import pytest

from partnerships.assessment.choices import ScoreState
from partnerships.assessment.gaps import Given, Score, band_range, gap, is_flagged, score
from tests.assessment.sealed_attack import SCALES, SIZES, known_answers

LEVELS = range(5)


def score_of(asked, *levels, keeps_back=False, top=4, **more):
    return score(asked, [Given(level, **more) for level in levels], keeps_back=keeps_back, top=top)


def shown_score(median, answered, **more):
    return Score(ScoreState.SHOWN, median, answered=answered, **more)


def band(median, answered):
    return shown_score(median, answered, is_band=True)


# (number asked, answers as levels or None for “rather not”, score), by hand.
BY_HAND = [
    ((0,), Score(ScoreState.NOT_ASKED)),
    ((1,), Score(ScoreState.NO_ANSWER)),
    ((1, None), Score(ScoreState.DECLINED)),
    ((5, None, None), Score(ScoreState.DECLINED)),
    ((1, 4), shown_score(4.0, 1)),
    ((2, 0), shown_score(0.0, 1)),
    ((2, 1, 4), shown_score(2.5, 2)),
    ((3, 2, 2), Score(ScoreState.KEPT_BACK)),
    ((3, 2, 2, None), Score(ScoreState.KEPT_BACK)),
    ((7, 0), Score(ScoreState.KEPT_BACK)),
    ((3, 0, 2, 4), band(2.0, 3)),
    ((3, 4, 4, 0), band(3.0, 3)),
    ((3, 3, 3, 3), band(3.0, 3)),
    ((3, 0, 0, 4), band(1.0, 3)),
    ((4, 1, 2, 3, 4), band(2.0, 4)),
    ((4, 0, 1, 2, 4), band(2.0, 4)),
    ((4, 3, 4, 4, 4), band(3.0, 4)),
    ((5, 4, 4, 4, 4, 4), shown_score(4.0, 5, is_wide=False)),
    ((5, 0, 1, 1, 1, 1), shown_score(1.0, 5, is_wide=False)),
    ((5, 0, 1, 1, 1, 2), shown_score(1.0, 5, is_wide=True)),
    ((9, 0, 0, 2, 3, 4, 4, None), shown_score(2.5, 6, is_wide=True)),
    ((8, 3, 3, 3, 3, 3, 3, 3, 3), shown_score(3.0, 8, is_wide=False)),
    ((8, 1, 2, 2, 2, 3, 3, 3, 4), shown_score(2.5, 8, is_wide=True, low=1, high=4)),
]


@pytest.mark.parametrize(("case", "expected"), BY_HAND)
def test_scores_by_hand(case, expected):
    assert score_of(*case) == expected


def test_on_the_scale_of_influence_the_ends_are_at_zero_and_five():
    assert score_of(3, 5, 5, 0, top=5) == band(4.0, 3)
    assert score_of(3, 3, 3, 0, top=5) == band(2.5, 3)
    assert score_of(5, 3, 3, 3, 3, 3, top=5) == shown_score(3.0, 5, is_wide=False)
    assert score_of(1, 5, top=5) == shown_score(5.0, 1)


def test_one_person_keeps_the_score_of_a_side_back_whatever_its_size():
    assert score_of(2, 1, 3, keeps_back=True) == Score(ScoreState.KEPT_BACK)
    assert score_of(1, 1, keeps_back=True) == Score(ScoreState.KEPT_BACK)
    assert score_of(9, *range(5), 1, 2, 3, keeps_back=True) == Score(ScoreState.KEPT_BACK)
    assert score_of(1, None, keeps_back=True) == Score(ScoreState.DECLINED)


def test_a_score_needs_answers_that_no_one_of_another_side_recorded():
    own_answer, recorded_answer = Given(1), Given(3, counts=False)
    assert score(2, [recorded_answer]) == Score(ScoreState.NO_ANSWER)
    assert score(2, [recorded_answer, Given(None)]) == Score(ScoreState.NO_ANSWER)
    assert score(5, [recorded_answer] * 5) == Score(ScoreState.NO_ANSWER)
    assert score(2, [own_answer, recorded_answer]) == shown_score(2.0, 2)
    assert score(3, [own_answer, own_answer, recorded_answer]) == Score(ScoreState.KEPT_BACK)
    assert score(4, [own_answer, own_answer, own_answer, recorded_answer]) == band(1.0, 4)


def test_an_answer_that_another_side_recorded_makes_a_score_coarser_and_never_more_than_half_of_it():
    own_answer, recorded_answer = Given(2), Given(2, counts=False, was_recorded=True)
    assert score(9, [own_answer] * 8 + [recorded_answer]) == band(2.0, 9)
    assert score(6, [own_answer] * 3 + [recorded_answer] * 3) == Score(ScoreState.KEPT_BACK)


def test_a_person_who_recorded_answers_needs_more_answers_of_others():
    own = Given(0, by="colleague@example.org")
    recorded_answer = Given(4, by="neighbor@example.org", recorded_by="colleague@example.org")
    assert score(3, [recorded_answer] * 3) == band(3.0, 3)
    assert score(5, [own, recorded_answer, *[Given(2)] * 2]) == Score(ScoreState.KEPT_BACK)
    assert score(5, [own, recorded_answer, *[Given(2)] * 3]) == band(2.0, 5)
    assert score(6, [own, recorded_answer, recorded_answer, *[Given(2)] * 3]) == Score(ScoreState.KEPT_BACK)
    assert score(2, [own, recorded_answer]) == shown_score(2.0, 2)  # on the record


def test_where_an_earlier_round_differs_by_few_people_only_bands_are_shown():
    given = [Given(level) for level in (0, 1, 1, 1, 2, 3, 3, 4)]
    assert score(8, given, bands_only=True) == band(2.0, 8)
    assert score(2, given[:2], bands_only=True) == shown_score(0.5, 2)  # on the record


@pytest.mark.parametrize(
    ("level", "ends", "covers"),
    [(1, (0, 4), (0, 1)), (2, (0, 4), (1.5, 2.5)), (3, (0, 4), (3, 4)), (2.5, (0, 5), (1.5, 3.5)), (3, (1, 4), (3, 4))],
)
def test_a_band_covers_a_range(level, ends, covers):
    assert band_range(level, bottom=ends[0], top=ends[1]) == covers


# (government, community, gap, whether a response is due)
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


@pytest.mark.parametrize(("government", "community", "difference", "needs_response"), GAPS)
def test_gaps_and_flags_by_hand(government, community, difference, needs_response):
    first, second = shown_score(government, 5), shown_score(community, 5)
    assert (gap(first, second), is_flagged(first, second)) == (difference, needs_response)


@pytest.mark.parametrize("state", [s for s in ScoreState if s != ScoreState.SHOWN])
def test_nothing_is_measured_against_a_side_without_a_score(state):
    for first, second in (
        (shown_score(0.0, 5), Score(state)),
        (Score(state), shown_score(0.0, 5)),
        (None, shown_score(0.0, 5)),
    ):
        assert (gap(first, second), is_flagged(first, second)) == (None, False)


def by_the_book(levels):
    """Return (median, lowest, highest) of five or more answers, computed in another way: by counting from both ends."""
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
        ends = {"low": low, "high": high} if wide and len(levels) >= 8 else {}
        assert score_of(len(levels), *levels) == shown_score(middle, len(levels), is_wide=wide, **ends)


@pytest.mark.parametrize("scale", SCALES.values(), ids=list(SCALES))
@pytest.mark.parametrize("size", SIZES)
def test_no_single_insider_can_infer_anothers_answer(size, scale):
    """For every set of answers, each author and a reader without an answer find at least two levels for every other answer."""
    for insiders in (0, 1):
        cases, known = known_answers(size, insiders, scale=scale)
        assert (cases > 0, known) == (True, [])


@pytest.mark.parametrize("size", range(3, 6))
def test_nor_can_staff_who_recorded_answers_of_others(size):
    for recorded in range(1, size + 3):
        assert known_answers(size, recorded, recorded=True)[1] == []


def test_everyone_else_together_can_as_the_page_says():
    """The attack itself works: it finds the last answer in many cases, which no display could prevent."""
    for size in SIZES:
        assert size == 3 or known_answers(size, size - 1)[1] != []


def test_without_the_bands_an_insider_would_know_two_answers():
    """With a bare median of three, someone who answered 0 and reads 4 knows that both others answered 4."""
    possible: dict = {}
    for answers in product(LEVELS, repeat=2):
        for own_level in LEVELS:
            possible.setdefault((own_level, sorted([own_level, *answers])[1]), set()).add(answers)
    assert possible[0, 4] == {(4, 4)}
