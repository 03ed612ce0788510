"""Which party works on which result, and findings worth discussing. Pure functions; only what is passed in counts.

An activity that was dropped counts nowhere. What a partner stops doing counts as work, and is reported.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext, ngettext

from partnerships.core.choices import Side
from partnerships.core.text import fold_words
from partnerships.measurement.choices import ActivityKind, ActivityStatus, Part

ALIKE = 2 / 3  # this share of the shorter title's words is in the other one, too
SHORT = 3  # words with fewer letters say nothing, nor do these
IDLE = {"and", "for", "from", "into", "the", "that", "their", "those", "who", "with"}
MOST_PAIRS = 10  # of possible duplicate work that are reported


@dataclass(frozen=True)
class Seat:
    """A party at the table."""

    key: int
    name: str
    side: str


@dataclass(frozen=True)
class Goal:
    """A result that the partnership works on."""

    key: int
    title: str


@dataclass(frozen=True)
class Work:
    """An activity. `goals`: keys of results. `parts`: key of a party → its part."""

    title: str
    goals: frozenset = frozenset()
    parts: dict = field(default_factory=dict)
    kind: str = ActivityKind.DOES
    status: str = ActivityStatus.UNDER_WAY


@dataclass(frozen=True)
class Cell:
    """What a party does for a result; `part` is "" if it does nothing. `stops`: it stops doing something for it."""

    part: str = ""
    stops: bool = False

    @property
    def words(self) -> str:
        label = str(Part(self.part).label) if self.part else gettext("None")
        return gettext("%(part)s, stops something") % {"part": label} if self.stops else label


@dataclass(frozen=True)
class Finding:
    """`kind`: `no_part`, `nobody`, `government_only`, `double`, `no_result` or `stops`."""

    kind: str
    words: str


@dataclass
class Matrix:
    """`rows`: (seat, its cells in the order of `goals`)."""

    goals: list[Goal]
    rows: list[tuple[Seat, list[Cell]]]
    findings: list[Finding]

    @property
    def empty_goals(self) -> set[int]:
        """Keys of the results on which no party works."""
        return {
            goal.key for index, goal in enumerate(self.goals) if not any(cells[index].part for _, cells in self.rows)
        }

    @property
    def empty_seats(self) -> set[int]:
        """Keys of the parties that work on none of the results."""
        return {seat.key for seat, cells in self.rows if not any(cell.part for cell in cells)}


def matrix(seats: Iterable[Seat], goals: Iterable[Goal], works: Iterable[Work]) -> Matrix:
    """The parties and results in the given order. Parts of parties and results that aren't passed in are left out."""
    seats, goals = list(seats), list(goals)
    works = [_of_these(work, seats, goals) for work in works if work.status != ActivityStatus.CANCELED]
    rows = [(seat, [_cell(seat, goal, works) for goal in goals]) for seat in seats]
    made = Matrix(goals, rows, [])
    made.findings = [
        *_find_goals_without_partners(made, works),
        *_government_only(made),
        *_no_part(seats, works),
        *_possible_duplicates(goals, works),
        *_no_result(works),
        *_find_stopped_activities(seats, works),
    ]
    return made


def _of_these(work: Work, seats: Sequence[Seat], goals: Sequence[Goal]) -> Work:
    parts = {seat.key: work.parts[seat.key] for seat in seats if seat.key in work.parts}
    return Work(work.title, work.goals & {goal.key for goal in goals}, parts, work.kind, work.status)


def _cell(seat: Seat, goal: Goal, works: Sequence[Work]) -> Cell:
    here = [work for work in works if goal.key in work.goals and seat.key in work.parts]
    part = min((work.parts[seat.key] for work in here), key=Part.values.index, default="")
    return Cell(part, any(work.kind == ActivityKind.STOPS for work in here))


def _find_goals_without_partners(made: Matrix, works: Sequence[Work]) -> Iterator[Finding]:
    for goal in made.goals:
        if goal.key in made.empty_goals:
            planned = [work.title for work in works if goal.key in work.goals]
            if planned:
                words = gettext("For “%(result)s” there is %(activities)s, but no partner’s part in it is recorded.")
                words %= {"result": goal.title, "activities": _quoted_list(planned)}
            else:
                words = gettext("No one works on “%(result)s” yet. Talk about who could.") % {"result": goal.title}
            yield Finding("nobody", words)


def _government_only(made: Matrix) -> Iterator[Finding]:
    if made.rows and all(seat.side == Side.GOVERNMENT for seat, _ in made.rows):
        if len(made.empty_goals) < len(made.goals):
            words = gettext("Only government partners take part, so government alone works on its results.")
            yield Finding("government_only", words)
        return
    for index, goal in enumerate(made.goals):
        sides = {seat.side for seat, cells in made.rows if cells[index].part}
        if sides == {Side.GOVERNMENT}:
            words = gettext("Only government works on “%(result)s”. Ask the other partners what they’d like to do.")
            yield Finding("government_only", words % {"result": goal.title})


def _no_part(seats: Sequence[Seat], works: Sequence[Work]) -> Iterator[Finding]:
    idle = [seat for seat in seats if works and not any(seat.key in work.parts for work in works)]
    if idle:
        words = ngettext(
            "%(partners)s has no part in any activity yet.", "%(partners)s have no part in any activity yet.", len(idle)
        )
        yield Finding("no_part", words % {"partners": _listed([seat.name for seat in idle])})


def _possible_duplicates(goals: Sequence[Goal], works: Sequence[Work]) -> Iterator[Finding]:
    """Pairs of activities that may be the same work done twice, at most MOST_PAIRS."""
    titles, found = {goal.key: goal.title for goal in goals}, 0
    for index, one in enumerate(works):
        for other in works[index + 1 :]:
            reason = _duplicate_reason(one, other)
            if reason and found < MOST_PAIRS:
                found += 1
                shared = next(titles[goal.key] for goal in goals if goal.key in one.goals & other.goals)
                words = gettext(
                    "“%(one)s” and “%(other)s” may be the same work: other partners, one result (“%(result)s”), and "
                    "%(reason)s. See if one can lead and the other contribute."
                )
                names = {"one": one.title, "other": other.title, "result": shared, "reason": reason}
                yield Finding("double", words % names)


def _duplicate_reason(one: Work, other: Work) -> str:
    """Why two activities look like the same work done twice, as part of a sentence; "" if they don't."""
    if one.kind != other.kind or not one.goals & other.goals or not (one.parts and other.parts):
        return ""
    if one.parts.keys() & other.parts.keys():  # a party with a part in both knows of both
        return ""
    if titles_match(one.title, other.title):
        return gettext("similar names")
    return gettext("each has its own lead") if all(Part.LEADS in w.parts.values() for w in (one, other)) else ""


def titles_match(one: str, other: str) -> bool:
    """Whether two titles say nearly the same."""
    first, second = ({word for word in fold_words(text) if len(word) >= SHORT} - IDLE for text in (one, other))
    shorter = min(len(first), len(second))
    return shorter > 0 and len(first & second) >= max(ALIKE * shorter, min(2, max(len(first), len(second))))


def _no_result(works: Sequence[Work]) -> Iterator[Finding]:
    loose = [work.title for work in works if not work.goals]
    if loose:
        words = ngettext(
            "%(activities)s isn’t linked to a result shown here. Link one.",
            "%(activities)s aren’t linked to a result shown here. Link one.",
            len(loose),
        )
        yield Finding("no_result", words % {"activities": _quoted_list(loose)})


def _find_stopped_activities(seats: Sequence[Seat], works: Sequence[Work]) -> Iterator[Finding]:
    names = {seat.key: seat for seat in seats}
    for work in works:
        who = [names[key].name for key in work.parts if names[key].side == Side.GOVERNMENT]
        if work.kind == ActivityKind.STOPS and who:
            if work.status == ActivityStatus.DONE:
                words = ngettext(
                    "%(partners)s has stopped something: “%(activity)s”.",
                    "%(partners)s have stopped something: “%(activity)s”.",
                    len(who),
                )
            else:
                words = ngettext(
                    "%(partners)s stops something: “%(activity)s”.",
                    "%(partners)s stop something: “%(activity)s”.",
                    len(who),
                )
            yield Finding("stops", words % {"partners": _listed(who), "activity": work.title})


def _quoted_list(titles: Sequence[str]) -> str:
    return _listed([f"“{title}”" for title in titles])


def _listed(names: Sequence[str]) -> str:
    """“A, B and C”; of many, the first five and how many more."""
    if len(names) > 6:
        first, more = ", ".join(names[:5]), len(names) - 5
        return gettext("%(names)s and %(number)s more") % {"names": first, "number": more}
    if len(names) == 1:
        return names[0]
    return gettext("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}
