"""The words of names of organizations and departments in a normalized form, and how distinctive they are.

Pure functions.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from partnerships.core.search_words import singular, split_words

SMALL = frozenset("the of for and a an in on at to by with de del la las los el y e en".split())  # noqa: SIM905 (a table)
LEGAL = frozenset("inc incorporated llc ltd limited corp corporation nonprofit npo 501c3 pbc".split())  # noqa: SIM905
# Words that many names have. The longer ones are also recognized by their beginning (“comm” for “community”).
COMMON = frozenset(
    """
    action administration affair agency alliance area association authority board branch bureau campus center chapter
    church citizen city club coalition collaborative collective college commission committee community company
    cooperative corporation council county department development district division education environment family
    foundation fund government group health housing human initiative institute international justice league library local
    metropolitan ministry national neighbor neighborhood network office organization partner partnership people planning
    policy program project public regional relation resident resource school service social society state support system
    team town township transportation trust union united university urban village ward work worker workshop
    """.split()  # noqa: SIM905
)
LITTLE, SOME = 0.35, 0.6
# Common words that say what a group works on are a little more distinctive than those that say what sort of group it
# is.
TOPICS = frozenset(
    """
    action development education environment family health housing human justice library neighbor planning policy
    resident school transportation union urban worker
    """.split()  # noqa: SIM905
)
ONE_FORM = {
    "saint": "st", "sainte": "st", "street": "st", "mount": "mt", "fort": "ft", "avenue": "ave", "boulevard": "blvd",
    "road": "rd", "heights": "height", "hts": "height", "centre": "center", "ctr": "center", "cntr": "center",
    "centro": "center", "dept": "department", "dpt": "department", "assn": "association", "assoc": "association",
    "asso": "association", "asociacion": "association", "org": "organization", "organisation": "organization",
    "govt": "government", "gov": "government", "natl": "national", "intl": "international", "univ": "university",
    "cmte": "committee", "cttee": "committee", "commn": "commission", "svc": "service", "svcs": "service",
    "dist": "district", "sch": "school", "elem": "elementary", "hosp": "hospital", "lib": "library", "cnty": "county",
    "coop": "cooperative",
    "bd": "board", "ofc": "office", "div": "division", "inst": "institute", "fdn": "foundation", "fndn": "foundation",
    "metro": "metropolitan", "dev": "development", "devt": "development", "env": "environment", "hlth": "health",
    "environmental": "environment", "mgmt": "management", "neighbour": "neighbor", "neighbourhood": "neighborhood",
    "labour": "labor", "harbour": "harbor", "theatre": "theater", "programme": "program", "elder": "senior",
    "women": "woman", "womens": "woman", "men": "man", "mens": "man", "peoples": "people",
    "children": "child", "childrens": "child", "kids": "kid", "youths": "youth", "alumnus": "alumni",
    "jr": "junior", "sr": "senior", "twp": "township", "hwy": "highway", "nonprofits": "nonprofit",
}  # fmt: skip
_COUNTED = "one two three four five six seven eight nine ten eleven twelve"
_ORDERED = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
NUMBERS = {word: str(n) for words in (_COUNTED, _ORDERED) for n, word in enumerate(words.split(), 1)}
DIRECTIONS = {"n": "north", "s": "south", "e": "east", "w": "west"}
DIRECTIONS |= {"ne": "northeast", "nw": "northwest", "se": "southeast", "sw": "southwest"}
STATES = dict(
    pair.rsplit(" ", 1)
    for pair in """
    alabama al;alaska ak;arizona az;arkansas ar;california ca;colorado co;connecticut ct;delaware de;florida fl;
    georgia ga;hawaii hi;idaho id;illinois il;indiana in;iowa ia;kansas ks;kentucky ky;louisiana la;maine me;maryland md;
    massachusetts ma;michigan mi;minnesota mn;mississippi ms;missouri mo;montana mt;nebraska ne;nevada nv;
    new hampshire nh;new jersey nj;new mexico nm;new york ny;north carolina nc;north dakota nd;ohio oh;oklahoma ok;
    oregon or;pennsylvania pa;rhode island ri;south carolina sc;south dakota sd;tennessee tn;texas tx;utah ut;vermont vt;
    virginia va;washington wa;west virginia wv;wisconsin wi;wyoming wy;puerto rico pr;district of columbia dc
    """.replace("\n", "").split(";")
    for pair in [" ".join(pair.split())]
)
STATE_NAMES = {code.upper(): name.title().replace(" Of ", " of ") for name, code in STATES.items()}
# Words that distinguish branches, places and parts of one family of names, by the question that they answer.
GROUPS = {
    **dict.fromkeys(DIRECTIONS.values(), "direction"),
    **dict.fromkeys(("upper", "lower", "central", "midtown", "downtown", "uptown"), "direction"),
    **dict.fromkeys(("city", "county", "township", "town", "village", "state"), "level"),
    **dict.fromkeys(("woman", "man", "boy", "girl", "youth", "senior"), "whom"),
    **dict.fromkeys(("elementary", "middle", "high", "preschool", "junior"), "school"),
    **dict.fromkeys(("foundation", "fund", "friend", "alumni", "auxiliary", "pac", "union"), "part"),
    **dict.fromkeys(
        (
            "association", "organization", "council", "coalition", "committee", "commission", "alliance", "network",
            "collaborative", "society", "institute", "center", "agency", "authority", "board", "bureau", "department",
            "division", "office", "league", "partnership", "project", "program",
        ),
        "sort",
    ),
}  # fmt: skip
LONGEST_NAME = 1_000  # characters that are compared; fields hold 200
MOST_WORDS = 100  # of a name: one character can fold into several words
_SIDE = re.compile(r"(north|south|east|west)(?:ern|side|end|town)?")
_SHORTENED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
# Spaces are matched possessively (*+), so that a long run of them causes no backtracking.
_OTHER_NAME = re.compile(
    r"\b(?:d\s*+/?\s*+b\s*+/?\s*+a|a\.?\s*+/?k\.?\s*+/?a|formerly|also known as)\b\.?:?", re.IGNORECASE
)
_TYPED_WORD = re.compile(r"[^\W_](?:[\w’'ʼ‘`´]*[^\W_])?")
_STATE_AT_END = re.compile(r",\s*([A-Za-z]{2})\.?(?:\s+\d{5})?\s*(?=$|[,)(])")


@dataclass(frozen=True)
class Word:
    """A word of a name. `form` is what is compared, "" for small words; `letter` is its initial."""

    form: str
    letter: str

    @property
    def weight(self) -> float:
        return weight(self.form)


def weight(form: str) -> float:
    """How much it says that two names share this word, 0 to 1."""
    if form not in COMMON:
        return 1.0
    return SOME if form in TOPICS else LITTLE


def names_in(text: str) -> list[str]:
    """The names in a line: “Hope Group, formerly Light Group (LG)” → both, without the words between them."""
    text = text[:LONGEST_NAME]
    parts = [part.strip(" ,;()–-") for part in _OTHER_NAME.split(text)]
    return [part for part in parts if split_words(part)][:4] or [text]


@lru_cache(maxsize=5000)
def words_of(text: str) -> tuple[Word, ...]:
    """The words of one name in their order."""
    text = text[:LONGEST_NAME]
    text = _SHORTENED.sub(lambda found: found.group().replace(".", "") + " ", text.replace("\0", " "))
    text = re.sub(r"(?i)\bco-op", "coop", text).replace("&", " and ").replace("+", " and ")
    at_end = {found.start(1) for found in _STATE_AT_END.finditer(text)}
    parts = []
    for found in _TYPED_WORD.finditer(text):
        is_code = _is_state_code(found.group(), is_at_end=found.start() in at_end, is_uppercase=text.isupper())
        parts += [f"state {found.group().lower()}"] if is_code else split_words(found.group())
    parts = _letters_joined(parts[:MOST_WORDS])
    words = [Word(part if part.startswith("state ") else _form(part), part[0]) for part in parts]
    return _without_endings(_named_states(words))


def _is_state_code(typed: str, *, is_at_end: bool, is_uppercase: bool) -> bool:
    """“MN” in capitals, or in any case after a comma. “NE” is a direction unless it is at the end."""
    code = typed.lower()
    if code not in STATES.values():
        return False
    return is_at_end or (typed.isupper() and not is_uppercase and code not in DIRECTIONS)


def _letters_joined(parts: Sequence[str]) -> list[str]:
    """“y w c a” becomes one word; a single letter stays as it is."""
    joined, run = [], ""
    for part in [*parts, ""]:
        if len(part) == 1 and part.isalpha():
            run += part
            continue
        joined += [run] if run else []
        joined += [part] if part else []
        run = ""
    return joined


def _form(part: str) -> str:
    if part in SMALL:
        return ""
    if part in NUMBERS:
        return NUMBERS[part]
    if number := re.fullmatch(r"0*(\d+)(?:st|nd|rd|th)?", part):
        return number.group(1)
    one = ONE_FORM.get(part)
    if one is None:
        one = part[:-3] + "y" if len(part) > 4 and part.endswith("ies") else singular(part)
    return DIRECTIONS.get(ONE_FORM.get(one, one), ONE_FORM.get(one, one))


def _named_states(words: Sequence[Word]) -> list[Word]:
    """Replace “Minnesota” and “New York” with the code of the state, so that both spellings are the same word."""
    found, index = [], 0
    forms = [word.form for word in words]
    while index < len(words):
        named = _states_by_first_word().get(forms[index], ())
        parts, code = next(
            ((parts, code) for parts, code in named if parts == forms[index : index + len(parts)]), ([], "")
        )
        found.append(Word(f"state {code}", words[index].letter) if code else words[index])
        index += len(parts) or 1
    return found


@cache
def _states_by_first_word() -> dict[str, list[tuple[list, str]]]:
    """First word of a state's name → (its words, its code), longest names first."""
    found: dict[str, list[tuple[list[str], str]]] = {}
    for name in sorted(STATES, key=len, reverse=True):
        parts = [_form(part) for part in name.split()]
        found.setdefault(parts[0], []).append((parts, STATES[name]))
    return found


def _without_endings(words: Sequence[Word]) -> tuple[Word, ...]:
    """Drop legal endings. “Co.” is a company at the end of a name and a county inside it."""
    kept = [word for word in words if word.form not in LEGAL] or list(words)
    if len(kept) > 1 and kept[-1].form == "co":
        kept = kept[:-1]
    return tuple(Word("county", word.letter) if word.form == "co" else word for word in kept)


def distinguishing_words(forms: Sequence[str]) -> dict[str, set[str]]:
    """Group → those of these words that distinguish places, branches or sorts of organization."""
    found: dict[str, set[str]] = {}
    for form in forms:
        side = _SIDE.fullmatch(form)
        if form.startswith("state "):
            found.setdefault("state", set()).add(form)
        elif form.isdigit():
            found.setdefault("number", set()).add(form)
        elif side:
            found.setdefault("direction", set()).add(side.group(1))
        elif form in GROUPS:
            found.setdefault(GROUPS[form], set()).add(form)
    return found
