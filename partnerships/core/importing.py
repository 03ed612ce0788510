"""What every import of a table is made of: the fields that it may hold, which column is which, and the items of which its rows
speak, with what would become of each. Pure."""

from collections import Counter
from dataclasses import dataclass, field

from partnerships.core.tables import folded

NEW, CHANGED, SAME, REFUSED, DECIDE = "new", "changed", "same", "refused", "decide"
STATES = (DECIDE, REFUSED, CHANGED, NEW, SAME)


@dataclass(frozen=True)
class Field:
    """`reads`: how its cells are read (`records.imports.cells`); `of`: from which words, or which kinds of record (letters of
    ids). `also`: other headings that it goes by; `is_needed`: a new record has to have it."""

    key: str
    label: str
    reads: str = "text"
    help: str = ""
    example: str = ""
    of: object = ""
    also: tuple[str, ...] = ()
    is_needed: bool = False


def names_of(fields) -> dict[str, str]:
    """Heading, folded → field, of all headings that one of these fields goes by; its own before those of others."""
    found = {}
    for names in (lambda one: (one.label, one.key), lambda one: one.also):
        for one in fields:
            for name in names(one):
                found.setdefault(folded(name), one.key)
    return found


def guess(names, headings, memory=None) -> dict[int, str]:
    """Place of a column → field, as the office took such a heading before (`memory`: folded heading → field), or by its name
    (`names`: as `names_of`). Each field once."""
    memory, found, keys = memory or {}, {}, set(names.values())
    for known in (memory, names):
        for place, heading in enumerate(map(folded, headings)):
            key = known.get(heading)
            is_taken = key in found.values() or place in found or (known is names and heading in memory)
            if key in keys and not is_taken:
                found[place] = key
    return found


@dataclass
class Problem:
    """What stands in the way, at which row (0: the file) and column, and what to do."""

    row: int
    column: str
    words: str


@dataclass
class Difference:
    """A field whose value is another in the file than in the registry, both as text."""

    key: str
    label: str
    there: str
    given: str


@dataclass(eq=False)
class Item:
    """`values`: field → value of the file; `record`: what it is compared with, if there is one.
    `extra`: what a kind keeps for its writing."""

    row: int
    values: dict = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    record: object = None
    owner: object = None
    title: str = ""
    differences: list[Difference] = field(default_factory=list)
    alike: list = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_new: bool = False
    extra: dict = field(default_factory=dict)

    @property
    def key(self) -> str:
        return str(self.row)

    @property
    def state(self) -> str:
        if self.problems:
            return REFUSED
        if self.alike:
            return DECIDE
        return NEW if self.is_new else CHANGED if self.differences else SAME

    def refuse(self, words, column="", row=None) -> None:
        self.problems.append(Problem(row or self.row, column, words))


def refuse_twice(items, key_of, what: str, column: str) -> None:
    """Two rows about the same thing: neither is taken. `key_of(item)`: what tells them from others, None for one that is not
    looked at."""
    met: dict = {}
    for item in items:
        key = key_of(item)
        first = met.setdefault(key, item) if key is not None else item
        if first is not item:
            words = f"Rows {first.row} and {item.row} are about {what}. Keep one of the two."
            for one in (first, item):
                if not any(problem.words == words for problem in one.problems):
                    one.refuse(words, column)


def counts_of(items) -> dict[str, int]:
    counts = Counter(item.state for item in items)
    return {state: counts.get(state, 0) for state in STATES}
