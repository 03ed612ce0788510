"""Rows of one file that are, or may be, about the same new or existing record."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop as _

from partnerships.core.importing import SAME_RECORD, Item, refuse_duplicates
from partnerships.core.stored_texts import StoredText
from partnerships.core.tables import normalize_heading
from partnerships.directory.matching import LIKELY, facts_of, similarity
from partnerships.records.imports.items import OTHER, SAME_AS, identity_of, same_many

if TYPE_CHECKING:
    from partnerships.directory.matching import Known
    from partnerships.records.imports.items import Job

MOST_WITH_A_WORD = 30  # earlier rows that share a word with a row and are compared with it
Near = tuple[int, tuple[str, ...], Item]  # score, reasons, the earlier item


def combine_rows(job: "Job", items: Sequence[Item], many: Sequence[str]) -> list[Item]:
    """One item for rows about the same record, if they don't contradict each other.

    Of new records with the same name that do, the person decides (`near`), and the answer SAME_AS keeps the first row's
    values. Rows about one existing record that do are refused. `many`: fields that hold records.
    """
    by_key = {item.key: item for item in items}
    into: dict[str, Item] = {}
    for item in items:
        target = by_key.get(job.answers.get(item.key, "").removeprefix(SAME_AS))
        if target is not None and target.row < item.row:
            into[item.key] = into.get(target.key, target)
    met: dict[Any, Item] = {}
    left: list[Item] = []
    for item in items:
        if item.key in into:
            _merge_rows(job, into[item.key], item)
            continue
        identity = identity_of(item)
        first = met.setdefault(identity, item) if identity else item
        unlike = _conflicting_columns(job, first, item, many) if first is not item else []
        if first is item or unlike or item.problems or first.problems:
            left.append(item)
        else:
            _merge_rows(job, first, item)
        if unlike and item.is_new:
            words = StoredText(
                _("Both rows have this name, but they differ: %(columns)s."), columns=StoredText.join(unlike, ", ")
            )
            item.extra["near"] = [(100, (words,), first)]
    refuse_duplicates(left, lambda item: item.record and item.record.pk, SAME_RECORD, job.label("name"))
    return left


def _conflicting_columns(job: "Job", first: Item, item: Item, many: Sequence[str]) -> list[str]:
    """The columns in which two rows contradict each other. Another spelling of the same name doesn't count."""

    def is_same(key: str) -> bool:
        one, other = first.values[key], item.values[key]
        if key == "name":
            return normalize_heading(one) == normalize_heading(other)
        return same_many(one, other) if key in many else one == other

    return [job.label(key) for key in first.values if key in item.values and key != "id" and not is_same(key)]


def _merge_rows(job: "Job", first: Item, item: Item) -> None:
    """Add a row to the first one about the same organization: values that that one lacks, and further contacts."""
    first.rows += item.rows
    first.values = item.values | first.values
    first.problems += item.problems
    there = [values for _, values in first.extra["contacts"]]
    first.extra["contacts"] += [one for one in item.extra["contacts"] if one[1] not in there]
    words = _("Rows %(first)s and %(row)s are the same organization. We read them as one.")
    job.remarks.append((item.row, StoredText(words, first=first.row, row=item.row)))


def find_near(job: "Job", items: Sequence[Item], known_of: Callable[[Item], "Known"]) -> None:
    """Find rows of new records that are likely about the same one, for the person to decide.

    `extra["near"]`: the earlier rows that a row may repeat; `near`: those that the person hasn't answered about.
    """
    new = [item for item in items if item.is_new and not item.problems and "name" in item.values]
    facts: dict[Item, Known] = {item: known_of(item) for item in new}
    by_clue: dict[Any, list[Item]] = defaultdict(list)
    for item in new:
        clues = list(_clues(facts[item]))
        earlier = {one.row: one for clue in clues for one in by_clue[clue][:MOST_WITH_A_WORD]}
        if "near" not in item.extra:
            found = [_near_duplicate(facts, one, item) for _, one in sorted(earlier.items())]
            item.extra["near"] = sorted((one for one in found if one), key=lambda one: -one[0])[:3]
        for clue in clues:
            by_clue[clue].append(item)
    for item in items:
        item.near = [] if job.answers.get(item.key) == OTHER else item.extra.get("near", [])


def _clues(known: "Known") -> Iterator[Any]:
    """What two rows must share to be compared at all: a word of their names, or a fact."""
    yield from facts_of(known)
    for name in known.names:
        yield from (word for word in normalize_heading(name).split() if len(word) > 2)


def _near_duplicate(facts: dict[Item, "Known"], one: Item, other: Item) -> Near | None:
    """The first item as one that the other likely repeats, or None."""
    found = similarity(facts[one], facts[other])
    return (found.score, found.reasons, one) if found.score >= LIKELY else None
