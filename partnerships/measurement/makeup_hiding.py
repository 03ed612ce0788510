"""Which counts of a body's members must not be shown, so that no member can be made out. Pure.

A body is small, and who sits on it is known. So a count is *telling* where it is of fewer than `smallest` members (but some), and
also where all members but fewer than that are in it, or just all: what everybody is, each of them is. Others are protected so
that these cannot be worked out. A body of fewer than `smallest` members shows none.

What is held: of each protected count, whoever sees what is shown, and knows this file, finds two numbers that it could be. Every
question here is asked of what will be shown alone, so that the answer tells nothing of what is not; `suppression` looks at the
counts themselves, which in a table of a dozen people gives too much away. tests/measurement/test_makeup_hiding.py goes through
every small table there is.

- Each member counted once: the counts add up to the members. If one of those to be protected has no second number then, the
  noughts are protected as well, and if that is not enough, all.
- Several categories a member: how many answered is shown nowhere. Each category holds no more members than answered, and all
  of them together no fewer.

What was protected in any count of a body, or any version of one, stays so in all that are entered later (`before`), since
whoever kept the earlier page could compare. It is decided once, when a count is saved, and never anew: then each page says no
more than its own numbers and what earlier pages showed already. A count since which too few members came or left waits
(`shown_at`): the difference would tell of them.
"""

from collections.abc import Collection, Mapping, Sequence

PREFER_NOT, NO_ANSWER = "prefer-not", "no-answer"
SILENT = (PREFER_NOT, NO_ANSWER)
MEMBERS = "members"  # all of them, next to the counts of categories
SMALLEST = 5


def hidden(
    counts: Mapping[str, int], members: int, *, several: bool, before: Collection[str] = (), smallest: int = SMALLEST
) -> frozenset[str]:
    """The keys of one count that must not be shown. `counts`: those of all categories, and of SILENT. `several`: members could
    choose more than one category. `before`: what was protected once; it stays so."""
    if members < smallest:
        return frozenset(counts)
    before = frozenset(before) & counts.keys()
    first = before | {key for key, count in counts.items() if is_telling(count, members, smallest)}
    if not first:
        return first
    if several:
        shown = {key: count for key, count in counts.items() if key not in first}
        return frozenset(first) if _leaves_open(shown, first, before, members, smallest) else frozenset(counts)
    return _added_up(counts, members, first, before, smallest)


def is_telling(count: int, members: int, smallest: int = SMALLEST) -> bool:
    """Whether a count is protected for its own sake: of few, of all, or of all but a few."""
    return count > 0 and (count < smallest or members - count < smallest)


def _added_up(counts, members, first, before, smallest):
    """Where each member is counted once: what is kept back adds up to `rest`, and everybody can reckon that."""
    domain = [count for count in range(members + 1) if is_telling(count, members, smallest)]
    rest, b = sum(counts[key] for key in first), len(before)
    if _is_open(*_values(rest, b, len(first) - b, domain)):
        return first
    wider = first | {key for key, count in counts.items() if count == 0}
    more, values_before, values = len(wider) - b, set(), set()
    # The noughts could be others only where these, too, would not have been enough.
    for n in range(more + 1):
        found = _values(rest, b, n, domain)
        if rest in _sums(b, n, domain, rest) and not _is_open(*found):
            values_before |= found[0] or set()
            values |= (found[1] or set()) | ({0} if n < more else set())
    is_open = _is_open(values_before if b else None, values if more else None)
    return wider if is_open else frozenset(counts)


def _values(rest, before, n, domain):
    """Of counts that add up to `rest`, so many protected before and n of this domain: the numbers that one of either sort can be;
    None where there is none of that sort."""
    values_before = {count for count in range(rest + 1) if rest - count in _sums(before - 1, n, domain, rest)}
    others = _sums(before, n - 1, domain, rest)
    return values_before if before else None, {count for count in domain if rest - count in others} if n else None


def _is_open(*sorts):
    return all(values is None or len(values) > 1 for values in sorts)


def _sums(before, n, domain, most):
    """What so many counts can add up to, up to `most`: those protected before can be any number."""
    found = {0}
    for _ in range(n):
        found = {one + count for one in found for count in domain if one + count <= most}
    return set(range(min(found), most + 1)) if found and before > 0 else found


def _leaves_open(shown, protected, before, members, smallest):
    """Whether each protected count could be two numbers: what was protected before any at all, the others 1 to smallest − 1."""
    spans = {key: (0, members) if key in before else (1, smallest - 1) for key in protected}
    for key, (least, most) in spans.items():
        others = {one: span for one, span in spans.items() if one != key}
        if sum(_fits(shown | {key: count}, others, members) for count in range(least, most + 1)) < 2:
            return False
    return True


def _fits(known, spans, members):
    """Whether a table is possible with these counts and, in these spans, the others: as many answered as the largest category
    has, or more, and no more than all categories together have."""
    silent = [spans.get(key) or (known[key], known[key]) for key in SILENT]
    categories = [(count, count) for key, count in known.items() if key not in SILENT]
    categories += [span for key, span in spans.items() if key not in SILENT]
    answered = members - sum(most for _, most in silent), members - sum(least for least, _ in silent)
    largest = max(least for least, _ in categories)
    return max(answered[0], largest, 0) <= min(answered[1], sum(most for _, most in categories))


def shown_at(
    changes: Sequence[int | None], entered: Sequence[int] | None = None, smallest: int = SMALLEST
) -> list[bool]:
    """Of counts in the order of time, which are shown: the one that was entered first, and each other one between which and those
    shown before it came in, the earlier and the later, enough members came or left.

    `changes`: of each, how many did so since the one before it; None where nobody said, which counts as none. `entered`: their
    places in the order in which they came in, where that is another: a count that is added for an earlier day must not show what
    the next one hides.
    """
    shown: set[int] = set()
    for place in range(len(changes)) if entered is None else entered:
        earlier = max((one for one in shown if one < place), default=None)
        later = min((one for one in shown if one > place), default=None)
        spans = [(earlier, place)] * (earlier is not None) + [(place, later)] * (later is not None)
        if all(sum(change or 0 for change in changes[first + 1 : last + 1]) >= smallest for first, last in spans):
            shown.add(place)
    return [place in shown for place in range(len(changes))]
