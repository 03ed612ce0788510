"""What every import of a table shares: fields and their columns, and items, each with what would happen to it. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.utils import translation
from django.utils.translation import gettext_noop as _

from partnerships.core.languages import in_each_language
from partnerships.core.stored_texts import StoredText
from partnerships.core.tables import normalize_heading

NEW, CHANGED, SAME, REFUSED, DECIDE = "new", "changed", "same", "refused", "decide"
STATES = (DECIDE, REFUSED, CHANGED, NEW, SAME)


@dataclass(frozen=True)
class Field:
    """A field that a table may hold.

    `reads`: how its cells are read (`records.imports.cells`). `of`: the choices, the vocabulary, or the kinds of record
    (first characters of public ids) that its cells name. `also`: other usual headings. `is_needed`: whether a new record
    needs it. `same`: (what other systems write, folded; the choice that it is).
    """

    key: str
    label: str
    reads: str = "text"
    help: str = ""
    example: str = ""
    of: Any = ""
    also: tuple[str, ...] = ()
    is_needed: bool = False
    same: tuple[tuple[str, str], ...] = ()


def names_of(fields: Iterable[Field]) -> dict[str, str]:
    """Folded heading → key of the field. A field's key and labels come before other fields' usual headings."""
    found: dict[str, str] = {}
    for names in (lambda one: (one.label, one.key), _labels_of, lambda one: one.also):
        for one in fields:
            for name in names(one):
                found.setdefault(normalize_heading(name), one.key)
    return found


def _labels_of(one: Field) -> list[str]:
    """Its label in each language, as the templates for imports have it."""
    return in_each_language(lambda: translation.gettext(one.label))


# Words that change nothing about a heading: “Primary e-mail (if known)” is “E-mail”.
_FILLERS = frozenset(
    [
        "a",
        "any",
        "current",
        "full",
        "if",
        "info",
        "information",
        "known",
        "main",
        "most",
        "no",
        "number",
        "of",
        "official",
        "optional",
        "our",
        "primary",
        "recent",
        "required",
        "s",
        "the",
        "your",
    ]  # “s” is left of “Email(s)”
)


def without_fillers(heading: str) -> str:
    """A folded heading without the words that change nothing about it."""
    return " ".join(word for word in heading.split() if word not in _FILLERS)


def match_columns(
    names: Mapping[str, str], headings: Iterable[str], memory: dict[str, str] | None = None
) -> dict[int, str]:
    """Place of a column → key of its field. Each field is used once.

    `names`: as `names_of` returns it. `memory`: folded heading → key, as the office matched it before; it comes first.
    Headings that no name fits are compared once more, without words such as “primary” (`without_fillers`).
    """
    found: dict[int, str] = {}
    memory, keys = memory or {}, set(names.values())
    loose = {without_fillers(name): key for name, key in reversed(list(names.items()))}
    loose.pop("", None)
    for known in (memory, names, loose):
        for index, heading in enumerate(map(normalize_heading, headings)):
            key = known.get(without_fillers(heading) if known is loose else heading)
            is_taken = key in found.values() or index in found or (known is not memory and heading in memory)
            if key is not None and key in keys and not is_taken:
                found[index] = key
    return found


@dataclass
class Problem:
    """What must be corrected, and how. `row` is 0 for the whole file. `text`: what in the cell can't be used.

    `code`: what kind of problem it is, for pages that help with it. `about`: what the row is about. `see`: a record to look
    at, as (kind, public id).
    """

    row: int
    column: str
    words: str
    text: str = ""
    code: str = ""
    about: str = ""
    see: tuple[str, str] | None = None


@dataclass
class Difference:
    """A field whose value in the table differs from the current one, both as text."""

    key: str
    label: str
    there: str
    given: str


@dataclass(eq=False)
class Item:
    """One record, or one number, with the rows about it.

    `values`: field → value in the table. `record`: what it is compared with, if there is one. `duplicates`, `near`: records of
    the registry, and earlier items of the table, that may be the same. `extra`: what its kind needs for saving.
    """

    row: int
    values: dict = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    record: Any = None  # of its kind
    owner: Any = None
    title: str = ""
    differences: list[Difference] = field(default_factory=list)
    duplicates: list = field(default_factory=list)
    near: list = field(default_factory=list)
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
        if self.duplicates or self.near:
            return DECIDE
        return NEW if self.is_new else CHANGED if self.differences else SAME

    def refuse(self, words: str, column: str = "", row: int | None = None, **more: Any) -> None:
        """Add a problem. `more`: other fields of `Problem`."""
        self.problems.append(Problem(row or self.row, column, words, **more))


SomeItem = TypeVar("SomeItem", bound=Item)


SAME_RECORD = _("Rows %(first)s and %(row)s are about the same record. Keep only one of them.")


def refuse_duplicates(items: Iterable[SomeItem], key_of: Callable[[SomeItem], Any], why: str, column: str) -> None:
    """Refuse rows about the same thing, all of them. `key_of(item)`: what identifies the thing; None skips the item.

    `why`: such as SAME_RECORD.
    """
    met: dict = {}
    for item in items:
        key = key_of(item)
        first = met.setdefault(key, item) if key is not None else item
        if first is not item:
            words = StoredText(why, first=first.row, row=item.row)
            for one in (first, item):
                if not any(problem.words == words for problem in one.problems):
                    one.refuse(words, column)


def counts_of(items: Iterable[Item]) -> dict[str, int]:
    counts = Counter(item.state for item in items)
    return {state: counts.get(state, 0) for state in STATES}
