"""How similar two names are, word by word, and what distinguishes them. Pure functions.

Shared words count by how distinctive they are. Extra words on both sides lower the score, and so do numbers,
directions, states and other words that distinguish branches and places, no matter how similar the rest is.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext_noop as _
from rapidfuzz.distance import OSA

from partnerships.core.stored_texts import StoredText
from partnerships.directory.name_words import COMMON, Word, distinguishing_words, names_in, weight, words_of
from partnerships.directory.skeletons import look_the_same

SAME, SAME_WORDS, OTHER_ORDER = 100, 97, 95
SPELT_ALIKE, BEGUN, SUBSTITUTED, TWO_SLIPS = 0.92, 0.85, 0.7, 0.75
# Maximum scores of the names: names that distinguish themselves; one name says more; all distinctive words differ by a
# typing error, or one by a replaced letter.
APART, ONE_SAYS_MORE, ALL_NEARLY = 45, 75, 80
# The maximum to which other facts can raise the score in the first two cases.
MOST_APART, MOST_ONE_SAYS_MORE = 60, 79
OF_INITIALS = {2: 55, 3: 68}
LONG_INITIALS = 78
BOTH_HAVE_MORE = 0.55
TELLING = ("number", "direction", "state", "whom", "school", "part")


@dataclass(frozen=True)
class NameSimilarity:
    score: int  # 0 to 100
    words: str = ""  # the reason, as a sentence
    most: int = 100  # the maximum to which other facts can raise the score


def name_similarity(one: str, other: str) -> NameSimilarity:
    """The best score of any name in one line with any name in the other."""
    found = [_of_two(a, b) for a in names_in(one) for b in names_in(other)]
    return max(found, key=lambda likeness: likeness.score)


def _of_two(one: str, other: str) -> NameSimilarity:
    a, b = (_without_own_initials(words_of(text)) for text in (one, other))
    forms_a, forms_b = ([word.form for word in words if word.form] for words in (a, b))
    look_alike = (
        NameSimilarity(SAME_WORDS, StoredText(_("The names look the same."))) if look_the_same(one, other) else None
    )
    if not forms_a or not forms_b:
        return look_alike or NameSimilarity(0)
    if forms_a == forms_b:
        if one.casefold().split() == other.casefold().split():
            return NameSimilarity(SAME, StoredText(_("The names are the same.")))
        return NameSimilarity(SAME_WORDS, StoredText(_("The names have the same words.")))
    if "".join(forms_a) == "".join(forms_b):
        return NameSimilarity(SAME_WORDS, StoredText(_("The names differ only in how the words are split.")))
    if Counter(forms_a) == Counter(forms_b):
        return NameSimilarity(OTHER_ORDER, StoredText(_("The names have the same words in another order.")))
    return look_alike or _Comparison(a, b).likeness()


def _without_own_initials(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words of “Voices for Racial Justice (VRJ)” without the last, which only repeats the others."""
    for index, word in enumerate(words):
        rest = words[:index] + words[index + 1 :]
        if len(word.form) > 2 and len(rest) > 1 and _run_of_initials(word.form, rest)[0]:
            return rest
    return words


def _run_of_initials(form: str, words: tuple[Word, ...]) -> tuple[tuple[Word, ...], str]:
    """Neighboring words with these letters as initials, with or without their small words, and the letters."""
    for start in range(len(words)):
        for end in range(start + 2, min(len(words), start + 9) + 1):
            run = words[start:end]
            every, telling = "".join(word.letter for word in run), "".join(word.letter for word in run if word.form)
            # A plural lost its final letter, and so did initials that end like one.
            letters = {form, f"{form}s"} & {every, telling}
            if letters and run[0].form and run[-1].form:
                return run, letters.pop()
    return (), ""


class _Comparison:
    """Two names whose words are paired, most similar first.

    `left` holds the words of each side that have no partner.
    """

    def __init__(self, a: tuple[Word, ...], b: tuple[Word, ...]) -> None:
        self.whole = (a, b)
        self.left = tuple([word.form for word in words if word.form] for words in (a, b))
        self.total = sum(weight(form) for forms in self.left for form in forms)
        self.number = min(map(len, self.left))
        self.shared = self.exact = 0.0
        self.words: set[str] = set()
        self.is_doubtful = False
        self.initials: int | None = None
        self._pair_equal()
        self._pair_split()
        self._pair_alike()
        self._pair_initials()

    def _count(self, forms_a: Sequence[str], forms_b: Sequence[str], sim: float) -> None:
        """Remove a pair from what is left: the two correspond with similarity `sim`."""
        for side, forms in zip(self.left, (forms_a, forms_b), strict=True):
            for form in forms:
                side.remove(form)
        self.shared += sim * sum(map(weight, [*forms_a, *forms_b]))
        if sim == 1.0:
            self.exact = max(self.exact, *map(weight, [*forms_a, *forms_b]))

    def _pair_equal(self) -> None:
        for form in list((Counter(self.left[0]) & Counter(self.left[1])).elements()):
            self._count([form], [form], 1.0)

    def _pair_split(self) -> None:
        """Pair “North side” with “Northside”."""
        for one, other in ((0, 1), (1, 0)):
            forms = list(self.left[one])
            for first, second in pairwise(forms):
                glued = first + second
                if glued in self.left[other] and {first, second} <= set(self.left[one]):
                    pair = ([first, second], [glued])
                    self._count(*(pair if one == 0 else pair[::-1]), 1.0)

    def _pair_alike(self) -> None:
        pairs = [(word_similarity(x, y), x, y) for x in self.left[0] for y in self.left[1]]
        for sim, x, y in sorted(pairs, key=lambda pair: -pair[0]):
            if sim and x in self.left[0] and y in self.left[1]:
                self._count([x], [y], sim)
                # A replaced letter makes a different name as often as a typing error.
                self.is_doubtful |= sim < TWO_SLIPS and max(weight(x), weight(y)) >= 1
                self.words.add(StoredText(_("The names are spelled almost the same.")))

    def _pair_initials(self) -> None:
        """Pair “VRJ” with “Voices for Racial Justice”, alone or among other words."""
        for one, other in ((0, 1), (1, 0)):
            for form in list(self.left[one]):
                run, letters = _run_of_initials(form, self.whole[other]) if len(form) > 1 else ((), "")
                forms = [word.form for word in run if word.form]
                if forms and not Counter(forms) - Counter(self.left[other]):
                    self._count([form], forms, BEGUN) if one == 0 else self._count(forms, [form], BEGUN)
                    self.words.add(
                        StoredText(_("“%(letters)s” are the first letters of the other name."), letters=letters.upper())
                    )
                    if len(self.whole[one]) == 1:
                        self.initials = OF_INITIALS.get(len(form), LONG_INITIALS)

    def likeness(self) -> NameSimilarity:
        score = 100 * self.shared / self.total
        more = [sum(map(weight, forms)) for forms in self.left]
        score *= 1 - BOTH_HAVE_MORE * min(*more, 1)
        if self.initials and not any(self.left):
            score = self.initials
        most = self._highest_score(more)
        score = min(score, APART if most == MOST_APART else ONE_SAYS_MORE if most < 100 else 100)
        if self.exact < 1 or self.is_doubtful:
            score = min(score, ALL_NEARLY)
        return NameSimilarity(round(score), self._reason(), most)

    def _highest_score(self, more: Sequence[float]) -> int:
        """The highest score that two names can get, whatever else they share.

        It is limited if their distinguishing words differ (another place, branch or sort of organization), or if one
        name says more. `more`: the weight of the words that only one side has.
        """
        groups = [distinguishing_words([word.form for word in words]) for words in self.whole]
        says_more = max(more) >= 1 or (self.number == 1 and max(more) > 0)
        for group in {*groups[0], *groups[1]}:
            one, other = groups[0].get(group, set()), groups[1].get(group, set())
            if one - other and other - one:
                if group != "sort":
                    return MOST_APART
                says_more = True
            elif one != other and group in TELLING:
                says_more = True
        return MOST_ONE_SAYS_MORE if says_more else 100

    def _reason(self) -> str:
        if self.words:
            return StoredText.join(sorted(self.words), " ")
        return (
            StoredText(_("The names share most of their words."))
            if self.shared * 2 > self.total
            else StoredText(_("The names share some words."))
        )


def word_similarity(x: str, y: str) -> float:
    """How well one word can mean another, 0 to 1: a typing error, or a long word abbreviated."""
    short, long = sorted((x, y), key=len)
    groups = distinguishing_words([x]), distinguishing_words([y])
    if any(groups) and groups[0] != groups[1] and (groups[0] and groups[1]):
        return 0.0
    if any(char.isdigit() for char in x + y) or " " in x + y or len(short) < 3:
        return 0.0
    if _is_shortened(short, long):
        return BEGUN
    return _spelling_similarity(short, long)


def _is_shortened(short: str, long: str) -> bool:
    """“comm” for “community”, “mpls” for “minneapolis”."""
    if long in COMMON and len(long) >= 7 and long.startswith(short):
        return True
    if not 3 <= len(short) <= 5 or len(long) < 7 or set(short) & set("aeiouy"):
        return False
    letters = iter(long)
    return short[0] == long[0] and long[-1] in (short[-1], "s") and all(letter in letters for letter in short)


def _spelling_similarity(short: str, long: str) -> float:
    if len(short) < 4 or len(long) - len(short) > 2:
        return 0.0
    slips = OSA.distance(short, long)
    if slips > (1 if len(long) < 8 else 2):
        return 0.0
    first = short[0] == long[0]
    if slips == 2:
        return TWO_SLIPS if first else 0.0
    if len(short) == len(long):
        if sorted(short) == sorted(long):  # two letters swapped
            return SPELT_ALIKE
        return (SUBSTITUTED if len(long) > 5 else 0.5) if first else (0.5 if len(long) > 7 else 0.0)
    if len(long) < 7 and not _is_doubled(short, long):
        return 0.6
    return SPELT_ALIKE if first else SUBSTITUTED


def _is_doubled(short: str, long: str) -> bool:
    """Whether the extra letter only doubles its neighbor."""
    return any(long[n] == long[n + 1] and long[:n] + long[n + 1 :] == short for n in range(len(long) - 1))
