"""Disclosure control for counts of an advisory body's members: which counts must not be shown. Pure functions.

A body is small, and its members are known. So a count is *telling* if it is of fewer than `smallest` members (but not
zero), and also if it includes all members or all but fewer than that: what is true of everyone is true of each. Other
counts are protected so that these can't be computed. A body with fewer than `smallest` members shows none.

What is guaranteed: for each protected count, a reader who sees everything shown and knows this file finds at least two
possible numbers. Every check here only uses what will be shown, so that its result reveals nothing about the rest;
`suppression` uses the counts themselves, which would reveal too much in a table of a dozen people.
tests/measurement/test_composition_disclosure.py checks every small table there is.

- Each member counted once: the counts add up to the members. If a protected count has no second possible number then,
  zeros are protected as well, and if that isn't enough, all counts.
- Several categories per member: the number of answers isn't shown anywhere. Each category has at most as many members
  as answered, and all of them together at least as many.

What was protected in any count of a body, or in any version of one, stays protected in all counts entered later
(`before`), since a reader who kept the earlier page could compare. This is decided once, when a count is saved, so
that each page says no more than its own numbers and earlier pages. A count since which too few members came or left
has to wait (`shown_at`): the difference would reveal them.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from partnerships.measurement.choices import SMALLEST

PREFER_NOT, NO_ANSWER = "prefer-not", "no-answer"
SILENT = (PREFER_NOT, NO_ANSWER)
MEMBERS = "members"  # all of them, next to the counts of categories


def hidden_keys(
    counts: Mapping[str, int], members: int, *, several: bool, before: Collection[str] = (), smallest: int = SMALLEST
) -> frozenset[str]:
    """The keys of one count that must not be shown.

    `counts`: those of all categories, and of SILENT. `several`: members could choose more than one category. `before`:
    what was protected earlier, and stays so.
    """
    if members < smallest:
        return frozenset(counts)
    before = frozenset(before) & counts.keys()
    first = before | {key for key, count in counts.items() if is_sensitive(count, members, smallest)}
    if not first:
        return first
    if several:
        shown = {key: count for key, count in counts.items() if key not in first}
        return frozenset(first) if _leaves_open(shown, first, before, members, smallest) else frozenset(counts)
    return _added_up(counts, members, first, before, smallest)


def is_sensitive(count: int, members: int, smallest: int = SMALLEST) -> bool:
    """Whether a count is protected for its own sake: of few, of all, or of all but a few."""
    return count > 0 and (count < smallest or members - count < smallest)


def _added_up(
    counts: Mapping[str, int], members: int, first: frozenset[str], before: frozenset[str], smallest: int
) -> frozenset[str]:
    """If each member is counted once: the hidden counts add up to `rest`, which everyone can compute."""
    domain = [count for count in range(members + 1) if is_sensitive(count, members, smallest)]
    rest, b = sum(counts[key] for key in first), len(before)
    if _is_open(*_values(rest, b, len(first) - b, domain)):
        return first
    wider = first | {key for key, count in counts.items() if count == 0}
    values_before: set[int] = set()
    values: set[int] = set()
    more = len(wider) - b
    # The zeros could be other numbers only in tables where the first set would not have been enough either.
    for n in range(more + 1):
        found = _values(rest, b, n, domain)
        if rest in _sums(b, n, domain, rest) and not _is_open(*found):
            values_before |= found[0] or set()
            values |= (found[1] or set()) | ({0} if n < more else set())
    is_open = _is_open(values_before if b else None, values if more else None)
    return wider if is_open else frozenset(counts)


def _values(rest: int, before: int, n: int, domain: Sequence[int]) -> tuple[set[int] | None, set[int] | None]:
    """The possible numbers of hidden counts that add up to `rest`: (of those protected before, of the `n` others from
    `domain`).

    None in place of either if there is none of its sort.
    """
    values_before = {count for count in range(rest + 1) if rest - count in _sums(before - 1, n, domain, rest)}
    others = _sums(before, n - 1, domain, rest)
    return values_before if before else None, {count for count in domain if rest - count in others} if n else None


def _is_open(*sorts: set[int] | None) -> bool:
    return all(values is None or len(values) > 1 for values in sorts)


def _sums(before: int, n: int, domain: Sequence[int], most: int) -> set[int]:
    """The possible sums of these counts, up to `most`: counts protected before can be any number."""
    found = {0}
    for _ in range(n):
        found = {one + count for one in found for count in domain if one + count <= most}
    return set(range(min(found), most + 1)) if found and before > 0 else found


def _leaves_open(
    shown: dict[str, int], protected: frozenset[str], before: frozenset[str], members: int, smallest: int
) -> bool:
    """Whether each protected count has two possible numbers: any number if protected before, otherwise 1 to smallest −
    1.
    """
    spans = {key: (0, members) if key in before else (1, smallest - 1) for key in protected}
    for key, (least, most) in spans.items():
        others = {one: span for one, span in spans.items() if one != key}
        if sum(_is_possible(shown | {key: count}, others, members) for count in range(least, most + 1)) < 2:
            return False
    return True


def _is_possible(known: dict[str, int], spans: dict[str, Any], members: int) -> bool:
    """Whether a table with these known counts, and the others within these spans, is possible.

    At least as many members answered as the largest category has, and at most as many as all categories have together.
    """
    silent = [spans.get(key) or (known[key], known[key]) for key in SILENT]
    categories = [(count, count) for key, count in known.items() if key not in SILENT]
    categories += [span for key, span in spans.items() if key not in SILENT]
    answered = members - sum(most for _, most in silent), members - sum(least for least, _ in silent)
    largest = max(least for least, _ in categories)
    return max(answered[0], largest, 0) <= min(answered[1], sum(most for _, most in categories))


def shown_at(
    changes: Sequence[int | None], entered: Sequence[int] | None = None, smallest: int = SMALLEST
) -> list[bool]:
    """For counts in order of time, whether each is shown.

    The one entered first is shown, and each other one if enough members came or left between it and both the previous
    and the next count shown before it was entered. `changes`: how many members changed since the count before; None if
    unknown, which counts as none. `entered`: the indexes in order of entry, if that differs: a count added for an
    earlier day must not reveal what the next one hides.
    """
    shown: set[int] = set()
    for index in range(len(changes)) if entered is None else entered:
        earlier = max((one for one in shown if one < index), default=None)
        later = min((one for one in shown if one > index), default=None)
        spans = [] if earlier is None else [(earlier, index)]
        spans += [] if later is None else [(index, later)]
        if all(sum(change or 0 for change in changes[first + 1 : last + 1]) >= smallest for first, last in spans):
            shown.add(index)
    return [index in shown for index in range(len(changes))]
