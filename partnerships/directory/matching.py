"""Likely duplicates: names compared after folding, without the words that every name has."""

from difflib import SequenceMatcher

from partnerships.core.text import fold_words

COMMON = {"the", "of", "for", "and", "inc", "city", "county", "department", "office", "a"}


def name_score(one: str, other: str) -> float:
    """How alike two names are, 0 to 1: the better of letters and shared words."""
    a, b = fold_words(one), fold_words(other)
    if not a or not b:
        return 0.0
    letters = SequenceMatcher(None, " ".join(a), " ".join(b)).ratio()
    words_a, words_b = (set(a) - COMMON) or set(a), (set(b) - COMMON) or set(b)
    shared = len(words_a & words_b) / max(len(words_a | words_b), 1)
    return max(letters, shared)


def likely_duplicates(name: str, rows, *, least=0.8, most=5):
    """Those of `rows` (pairs of name and record) that are spelt much alike, best first: (score, record)."""
    scored = [(name_score(name, other), record) for other, record in rows]
    return sorted((pair for pair in scored if pair[0] >= least), key=lambda pair: -pair[0])[:most]
