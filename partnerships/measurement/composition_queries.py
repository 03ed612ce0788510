"""Reads membership composition next to the population: the only access to these numbers.

Counts of too few members are returned to no one (`composition_disclosure`). People who enter counts see what they entered in
the form, and nowhere else.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from partnerships.core import listing
from partnerships.core.access import Viewer, get_or_not_found, is_staff
from partnerships.core.errors import NotFound
from partnerships.core.listing import Ordering
from partnerships.core.types import Params
from partnerships.directory.models import Jurisdiction
from partnerships.measurement.choices import SMALLEST, Dimension
from partnerships.measurement.composition_disclosure import MEMBERS, NO_ANSWER, PREFER_NOT, shown_at
from partnerships.measurement.composition_filters import CompositionFilter, PopulationFilter
from partnerships.measurement.composition_models import Makeup, Population
from partnerships.measurement.groups import CATEGORIES, NO_GROUP
from partnerships.measurement.rate_math import to_decimal
from partnerships.measurement.rounding import LEAST_ABOVE, LEAST_BELOW, nearest
from partnerships.measurement.rules import compositions_visible_to, populations_visible_to
from partnerships.registry.choices import Kind
from partnerships.registry.models import Partnership
from partnerships.registry.queries import partnership

SILENT_LABELS = ((PREFER_NOT, _("Prefer not to say")), (NO_ANSWER, _("Did not answer")))
# The two standards for race: numbers of one are never compared with numbers of the other.
_OTHER: dict[str, Dimension] = {Dimension.RACE: Dimension.RACE_1997, Dimension.RACE_1997: Dimension.RACE}


_BY_RECORD = {
    "updated": Ordering("updated_at", _("Last changed")),
    "id": Ordering("pk", _("Oldest record")),
}
COMPOSITION_ORDERINGS = {"counted": Ordering("counted_on", _("Date"))} | _BY_RECORD
POPULATION_ORDERINGS = {"year": Ordering("year", _("Year"))} | _BY_RECORD


@dataclass(frozen=True)
class Row:
    """One group. `members` and `share` are None if they are hidden (`is_kept`).

    Members are rounded, and shares are None for fewer than 20 members. Shares are in percent of all members, and of
    all residents, whose public numbers are exact. `gap` in percentage points, `ratio` of the two shares; None if one
    of them is unknown, or the group has fewer than 10 members.
    """

    key: str
    name: str
    is_kept: bool
    members: int | None = None
    share: Decimal | None = None
    people: int | None = None
    people_share: Decimal | None = None
    gap: Decimal | None = None
    ratio: Decimal | None = None


@dataclass
class Compared:
    """One count and one year's population, by one dimension.

    `is_closed`: nothing of it is shown. `too_few`: because the body is too small. `members`: in total, if anything is
    shown. `dates` and `years`: other ones that can be requested, latest first. `waiting`: days of counts that aren't
    shown, since too few members changed. `other`: the other standard for race, if the population is only available in
    that one.
    """

    dimension: str
    counted_on: date
    members: int | None
    several: bool
    asked_how: str
    note: str
    source: str
    is_illustration: bool
    too_few: bool
    is_closed: bool
    population: Population | None = None
    rows: list[Row] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    dates: list[date] = field(default_factory=list)
    years: list[int] = field(default_factory=list)
    waiting: list[date] = field(default_factory=list)
    other: str = ""

    @property
    def name(self) -> str:
        return str(Dimension(self.dimension).label)


def advisory_body(person: Viewer, public_id: str) -> Partnership:
    """An advisory body. Raises NotFound or MistypedId."""
    found = partnership(person, public_id)
    if found.kind != Kind.ADVISORY_BODY:
        raise NotFound
    return found


def composition(person: Viewer, public_id: str) -> Makeup:
    """A count, for readers who see the body; its numbers are only for people who may edit it.

    Raises NotFound or MistypedId.
    """
    return get_or_not_found(compositions_visible_to(person).select_related("partnership__lead"), public_id)


def population(person: Viewer, public_id: str) -> Population:
    """Raises NotFound or MistypedId."""
    return get_or_not_found(populations_visible_to(person).select_related("jurisdiction"), public_id)


def compositions_seen(
    person: Viewer, params: Params, *, default: str = "id", allow: Collection[str] = ()
) -> listing.Listing:
    """The counts of bodies that the person may see, as a list of any length. What they show: `shown_of_each`."""
    rows = compositions_visible_to(person).select_related("partnership")
    return listing.make_listing(
        CompositionFilter, rows, params, person=person, orderings=COMPOSITION_ORDERINGS, default=default, resource="makeup",
        is_staff=is_staff(person), allow=allow,
    )  # fmt: skip


def populations_seen(
    person: Viewer, params: Params, *, default: str = "id", allow: Collection[str] = ()
) -> listing.Listing:
    """The populations of places, as a list of any length."""
    rows = populations_visible_to(person).select_related("jurisdiction")
    return listing.make_listing(
        PopulationFilter, rows, params, person=person, orderings=POPULATION_ORDERINGS, default=default, resource="population",
        is_staff=is_staff(person), allow=allow,
    )  # fmt: skip


def shown_of_each(person: Viewer, records: Collection[Makeup]) -> dict[int, "Compared | None"]:
    """Primary key of a count → what it shows to everyone, or None while it waits (`shown_at`). One query for all."""
    bodies = {record.partnership_id for record in records}
    every = compositions_visible_to(person).filter(partnership__in=bodies).order_by("counted_on", "pk")
    of_body: dict[tuple[int, str], list[Makeup]] = {}
    for one in every:
        of_body.setdefault((one.partnership_id, one.dimension), []).append(one)
    shown = {one.pk: one for counts in of_body.values() for one in _not_waiting(counts)}
    return {one.pk: _compare(shown[one.pk], None) if one.pk in shown else None for one in records}


def populations_of(person: Viewer, jurisdiction: Jurisdiction) -> list[Population]:
    return list(populations_visible_to(person).filter(jurisdiction=jurisdiction))


def counts_of(person: Viewer, partnership: Partnership) -> list[Makeup]:
    """The counts of a body, for a list of what can be corrected. Show only their dates."""
    return list(
        compositions_visible_to(person)
        .filter(partnership=partnership)
        .defer("counts", "shown", "prefer_not", "no_answer")
    )


Count = TypeVar("Count", Makeup, Population)


def compare_with_population(
    person: Viewer, partnership: Partnership, *, dimension: str = "", on: date | None = None, year: int | None = None
) -> list[Compared]:
    """The latest count of each dimension that can be shown, with the latest population.

    `dimension`: only this one, then also on a day `on` and for a `year`. Raises NotFound if there is none. Two queries.
    The partnership must come from `partnerships_visible_to`.
    """
    populations = _by_dimension(populations_visible_to(person).filter(jurisdiction=partnership.lead_id))
    all_counts = _by_dimension(compositions_visible_to(person).filter(partnership=partnership))
    if (dimension and dimension not in all_counts) or (not dimension and (on or year)):
        raise NotFound
    return [_comparison(counts, populations, on, year) for key, counts in all_counts.items() if dimension in ("", key)]


def _comparison(counts: Sequence[Makeup], populations: dict[str, Any], on: date | None, year: int | None) -> Compared:
    """The count of one dimension on a day, or the latest one, and what else there is to choose. `populations`: by dimension."""
    dimension, population_rows = counts[0].dimension, populations.get(counts[0].dimension, [])
    counts = sorted(counts, key=lambda one: one.counted_on)
    shown = _not_waiting(counts)
    count = _requested(shown[::-1], "counted_on", on)
    population = _requested(population_rows, "year", year) if population_rows or year else None
    made = _compare(count, population)
    made.dates = [one.counted_on for one in reversed(shown) if one is not count]
    made.years = [one.year for one in population_rows if one is not population]
    made.waiting = [one.counted_on for one in counts if one not in shown]
    made.other = _OTHER[dimension] if not population_rows and _OTHER.get(dimension) in populations else ""
    return made


def _not_waiting(counts: Sequence[Makeup]) -> list[Makeup]:
    """Those of a body's counts by one dimension, in the order of their days, that are shown at all."""
    entered = sorted(range(len(counts)), key=lambda index: counts[index].pk)
    are_shown = shown_at([one.changed for one in counts], entered)
    return [one for one, is_shown in zip(counts, are_shown, strict=True) if is_shown]


def _requested(rows: Sequence[Count], name: str, value: date | int | None) -> Count:
    """The requested one, otherwise the first. Raises NotFound."""
    found = next((one for one in rows if value is None or getattr(one, name) == value), None)
    if found is None:
        raise NotFound
    return found


def _by_dimension(rows: QuerySet) -> dict:
    found: dict[str, list] = {}
    for row in rows:
        found.setdefault(row.dimension, []).append(row)
    return {key: found[key] for key in CATEGORIES if key in found}


def _compare(count: Makeup, population: Population | None) -> Compared:
    values = {
        name: getattr(count, name) for name in ("dimension", "counted_on", "several", "asked_how", "note", "source")
    }
    made = Compared(
        **values,
        members=None if count.is_closed else int(nearest(count.shown[MEMBERS])),
        is_illustration=count.is_illustration or bool(population and population.is_illustration),
        too_few=count.shown[MEMBERS] < SMALLEST,
        is_closed=count.is_closed,
        population=population,
    )
    if count.is_closed:
        return made
    people = population.counts if population else {}
    kept = set(count.kept_back)
    for key, name in (*CATEGORIES[count.dimension], *SILENT_LABELS):
        shown = None if key in kept else int(nearest(count.shown[key]))
        made.rows.append(
            _share_row(key, str(name), shown, made.members, people.get(key), population.total if population else None)
        )
    made.absent = [
        row.name for row in made.rows if row.members == 0 and row.people and (count.dimension, row.key) not in NO_GROUP
    ]
    return made


def _share_row(
    key: str, name: str, shown: int | None, members: int | None, people: int | None, total: int | None
) -> Row:
    """A group's share of the members next to its share of the population, and their gap and ratio.

    Shares and comparisons of too few members are left out. `shown` is None for a count that is hidden.
    """
    share = None if shown is None or not members or members < LEAST_BELOW else Fraction(100 * shown, members)
    of_people = None if people is None or not total else Fraction(100 * people, total)
    gap = ratio = None
    if shown is not None and share is not None and of_people is not None and shown >= LEAST_ABOVE:
        gap, ratio = share - of_people, share / of_people if of_people else None
    return Row(
        key,
        name,
        is_kept=shown is None,
        members=shown,
        share=_whole_number(share),
        people=people,
        people_share=_decimal(of_people),
        gap=_whole_number(gap),
        ratio=_decimal(ratio),
    )


def _whole_number(number: Fraction | None) -> Decimal | None:
    return None if number is None else nearest(to_decimal(number), 1)


def _decimal(number: Fraction | None) -> Decimal | None:
    return None if number is None else to_decimal(number)
