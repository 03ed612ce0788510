"""QA23: what can people who know everything that is shown, and some answers, work out of the others'? Every case is tried.

People of one side are alike to whoever only knows the score: another person may have given any level that occurs in any set of
answers that fits what is known. One level left means that an answer is known.
"""

from itertools import combinations_with_replacement as multisets

from partnerships.assessment.gaps import Given, score

SIZES = range(3, 9)
SCALES = {"ten questions": (0, 4), "the community's influence": (0, 5), "trust and value": (1, 4)}


def shown(levels, recorded=(), *, scale=(0, 4), **more):
    """The score of a side whose people gave these levels, and of some of whom another side's staff recorded theirs."""
    given = [Given(level) for level in levels]
    given += [Given(level, counts=False, was_recorded=True) for level in recorded]
    return score(len(given), given, bottom=scale[0], top=scale[1], **more)


def fitting(size, insiders, *, scale=(0, 4), recorded=False):
    """(what is shown, what the insiders know) → every level that one of the others may have given. `recorded`: the insiders know
    answers that they recorded for people of the other side, next to `size` that people there gave themselves."""
    levels, found = range(scale[0], scale[1] + 1), {}
    for known in multisets(levels, insiders):
        for others in multisets(levels, size if recorded else size - insiders):
            score_seen = shown(others, known, scale=scale) if recorded else shown(known + others, scale=scale)
            found.setdefault((score_seen, known), set()).update(others)
    return found


def known_answers(size, insiders, **more):
    """(how many cases of what is shown and known there are, in which of them an answer is known)."""
    found = fitting(size, insiders, **more)
    return len(found), [case for case, levels in found.items() if len(levels) == 1]


def known_of_newcomer(size):
    """The same of one person who joins a side of `size` that otherwise answers as before, to someone of the side who reads the
    exact score of the first round and the second one's."""
    found: dict = {}
    for mine in range(5):
        for others in multisets(range(5), size - 1):
            first = shown((mine, *others))
            for level in range(5):
                second = shown((mine, *others, level), bands_only=True)
                found.setdefault((mine, first, second), set()).add(level)
    return len(found), [case for case, levels in found.items() if len(levels) == 1]


def figure():
    """For bench/figures/qa23.py: how many cases of what is shown and known were tried, and in which of them one person, or staff
    who recorded answers, know another's answer."""
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
