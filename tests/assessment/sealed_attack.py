"""QA23: what can people who know some answers and everything shown infer about the other answers? Every case is tried.

Someone who only knows the score can't distinguish the people of a side. An unknown answer can be any level in any set
of answers that fits what is known. If only one level is left, the answer is known.
"""

from itertools import combinations_with_replacement as multisets

from partnerships.assessment.gaps import Given, score

SIZES = range(3, 9)
SCALES = {"ten questions": (0, 4), "the community's influence": (0, 5), "trust and value": (1, 4)}


def score_of(levels, recorded=(), *, scale=(0, 4), **more):
    """Return the shown score of a side with these levels, when another side's staff recorded some of them."""
    given = [Given(level) for level in levels]
    given += [Given(level, counts=False, was_recorded=True) for level in recorded]
    return score(len(given), given, bottom=scale[0], top=scale[1], **more)


def possible_levels(size, insiders, *, scale=(0, 4), recorded=False):
    """Return (what is shown, what insiders know) → every level that one of the others may have given.

    `recorded`: the insiders know answers that they recorded for people of the other side, next to `size` that people
    there gave themselves.
    """
    levels, found = range(scale[0], scale[1] + 1), {}
    for known in multisets(levels, insiders):
        for others in multisets(levels, size if recorded else size - insiders):
            score_seen = score_of(others, known, scale=scale) if recorded else score_of(known + others, scale=scale)
            found.setdefault((score_seen, known), set()).update(others)
    return found


def known_answers(size, insiders, **more):
    """Return (number of combinations of what is shown and known, those in which an answer is known)."""
    found = possible_levels(size, insiders, **more)
    return len(found), [case for case, levels in found.items() if len(levels) == 1]


def known_of_newcomer(size):
    """The same for one person who joins a side of `size` that otherwise answers as before.

    The insider is on this side and reads the exact scores of both rounds.
    """
    found: dict = {}
    for own_level in range(5):
        for others in multisets(range(5), size - 1):
            first = score_of((own_level, *others))
            for level in range(5):
                second = score_of((own_level, *others, level), bands_only=True)
                found.setdefault((own_level, first, second), set()).add(level)
    return len(found), [case for case, levels in found.items() if len(levels) == 1]


def figure():
    """Return for bench/figures/qa23.py how many cases were tried, and in which of them someone knows another's answer.

    That's one person, or staff who recorded answers.
    """
    tried, wrong = 0, []
    for name, scale in SCALES.items():
        for size in SIZES:
            for insiders in (0, 1):
                cases, known = known_answers(size, insiders, scale=scale)
                tried += cases
                wrong += [f"{name}, {size} answers, {insiders} known: {case}" for case in known]
    for size in range(3, 7):
        for recorded in range(1, size + 3):
            cases, known = known_answers(size, recorded, recorded=True)
            tried += cases
            wrong += [f"{size} answers, {recorded} recorded: {case}" for case in known]
    return {"tried": tried, "wrong": wrong}
