"""What records say about two conditions, shown next to their scores: shared measurement and mutually reinforcing
activities.

The sentences are counted today, from what one reader may see. They never enter a score, and where there is no data,
they say so.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock
from partnerships.core.access import Viewer
from partnerships.core.choices import Side
from partnerships.measurement.activity_queries import matrix_of
from partnerships.measurement.choices import ActivityStatus, Dimension, InterpretationKind, Part
from partnerships.measurement.models import Activity, DataPoint
from partnerships.measurement.overdue_data import due_on, last_due
from partnerships.measurement.queries import measures_at
from partnerships.measurement.rules import interpretations_visible_to
from partnerships.registry.models import Partnership

if TYPE_CHECKING:
    from partnerships.measurement.activity_matrix import Matrix

RACES = {Dimension.RACE, Dimension.RACE_1997}
FINDINGS = ("nobody", "government_only", "no_part", "stops")  # of the matrix of partners and results
NO_MONEY = _("The registry doesn’t record what each part costs or who pays for it.")


@dataclass(frozen=True)
class Fact:
    """`link`: the route and id of the page where it is counted.

    `of`: for a list, the public id of the partnership that filters it.
    """

    words: str
    link: tuple = ()
    of: str = ""


@dataclass
class Counts:
    """Counts of the measures of a partnership.

    `shared`: with an owner in the community. `due`: whose last period is due, and `came`: of these, with numbers for
    it. `filled`: with any numbers, split `by_race` and `by_place`. `comments`: side → comments on numbers. `open_on`:
    measures, one for each disputed number without an answer.
    """

    measures: int = 0
    shared: int = 0
    due: int = 0
    came: int = 0
    filled: int = 0
    by_race: int = 0
    by_place: int = 0
    comments: Counter = field(default_factory=Counter)
    open_on: list = field(default_factory=list)


def facts_for_scores(person: Viewer, partnership: Partnership) -> dict[str, list[Fact]]:
    """An item's key → facts."""
    matrix, _, works = matrix_of(person, partnership)
    going_on = [one for one in works if one.status != ActivityStatus.CANCELED]
    return {
        "shared_measurement": measurement_facts(_counts(person, partnership), partnership.public_id),
        "activities": activity_facts(matrix, going_on, partnership.public_id),
    }


def _counts(person: Viewer, partnership: Partnership) -> Counts:
    found, today = measures_at(person, partnership), clock.today(clock.zone(partnership.lead.zone))
    points = DataPoint.objects.filter(measure__in=found, replaced_at=None).order_by()
    cells = set(points.values_list("measure", "cell").distinct())
    periods = set(points.values_list("measure", "starts_on").distinct())
    filled = {pk for pk, _ in cells}
    due = {one.pk: last_due(one, today) for one in found}
    # A measure that was created after a period was due has no due numbers for it.
    owing = [one for one in found if one.pk in filled or due_on(one, due[one.pk]) >= clock.day_of(one.created_at)]
    readings = list(interpretations_visible_to(person).filter(measure__in=found).select_related("party", "measure"))
    is_open = [one for one in readings if one.kind == InterpretationKind.DISPUTE and not one.settled_at]
    return Counts(
        measures=len(found),
        shared=sum(any(row.party.side == Side.COMMUNITY for row in one.shown_owners) for one in found),
        due=len(owing),
        came=sum((one.pk, due[one.pk]) in periods for one in owing),
        filled=len(filled),
        by_race=len({pk for pk, cell in cells if _dimensions(cell) & RACES}),
        by_place=len({pk for pk, cell in cells if Dimension.PLACE in _dimensions(cell)}),
        comments=Counter(one.party.side for one in readings),
        open_on=[one.measure for one in is_open],
    )


def _dimensions(cell: str) -> set:
    return {part.partition("=")[0] for part in cell.split("&")}


def measurement_facts(counts: Counts, partnership: str) -> list[Fact]:
    """The facts about shared measurement. `partnership`: its public id."""
    if not counts.measures:
        return [Fact(gettext("No measures are recorded yet."), ("partnership", partnership))]
    n = counts.measures
    words = ngettext("There is %(number)s measure.", "There are %(number)s measures.", n) % {"number": n}
    facts = [Fact(words, ("measures",), partnership), Fact(_shared_words(counts.shared, n))]
    if not counts.filled:
        return [*facts, Fact(gettext("No numbers are in yet."))]
    if counts.due:
        words = gettext("Numbers for the last period due: %(came)s of %(due)s are in.")
        facts.append(Fact(words % {"came": counts.came, "due": counts.due}))
    else:
        facts.append(Fact(gettext("No numbers are due yet.")))
    words = gettext("Of %(number)s with numbers, split by race: %(race)s; split by place: %(place)s.")
    by = {"race": _number_words(counts.by_race), "place": _number_words(counts.by_place)}
    facts.append(Fact(words % {"number": counts.filled, **by}))
    sides = [Side.GOVERNMENT, *([Side.INSTITUTION] if counts.comments[Side.INSTITUTION] else []), Side.COMMUNITY]
    none = gettext("none yet")
    by_side = ", ".join(f"{str(Side(side).label).lower()} {counts.comments[side] or none}" for side in sides)
    facts.append(Fact(gettext("Comments on the numbers: %(by_side)s.") % {"by_side": by_side}))
    for measure in dict.fromkeys(counts.open_on):
        words = gettext("A number of “%(title)s” is disputed and waits for a response.") % {"title": measure.title}
        facts.append(Fact(words, ("measure", measure.public_id)))
    return facts


def _shared_words(shared: int, measures: int) -> str:
    """How many of these measures belong to both sides, as a sentence."""
    if measures == 1 and shared:
        return gettext("It belongs to both sides, government and community.")
    if measures == 1:
        return gettext("It does not belong to both sides, government and community.")
    if not shared:
        return gettext("None of %(all)s belongs to both sides, government and community.") % {"all": measures}
    words = ngettext(
        "%(number)s of %(all)s belongs to both sides, government and community.",
        "%(number)s of %(all)s belong to both sides, government and community.",
        shared,
    )
    return words % {"number": shared, "all": measures}


def _number_words(n: int) -> str:
    return str(n) if n else gettext("none")


def activity_facts(matrix: "Matrix", works: Sequence[Activity], partnership: str) -> list[Fact]:
    """The facts about activities, from the matrix and the active activities."""
    link = ("partnership_matrix", partnership)
    if not works:
        return [Fact(gettext("No activities are recorded yet."), link)]
    n, led = len(works), sum(any(part.part == Part.LEADS for part in one.seen_parts) for one in works)
    words = ngettext("There is %(number)s activity.", "There are %(number)s activities.", n) % {"number": n}
    facts = [Fact(f"{words} {gettext('A lead is named for %(number)s.') % {'number': _number_words(led)}}", link)]
    facts += [Fact(one.words) for one in matrix.findings if one.kind in FINDINGS]
    if all(one.kind != "stops" for one in matrix.findings):
        facts.append(Fact(gettext("Nothing is recorded that government will stop doing.")))
    return [*facts, Fact(str(NO_MONEY))]
