"""Saves the numbers of measures. A number is never overwritten: the former one is kept as a revision.

`by` is the person, or SYSTEM for a command. All functions raise ValidationError, NotAllowed and, when a version is
given, EditConflict. Nothing is written then.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.children import errors_by_field
from partnerships.core.errors import ValidationError
from partnerships.core.writing import change
from partnerships.measurement.actions import snapshot_measure
from partnerships.measurement.linked_measures import HIDDEN, periods_that_hide, public_faces
from partnerships.measurement.measure_sums import find_sums, lock_office, touch_changed
from partnerships.measurement.models import DataPoint, Measure
from partnerships.measurement.number_kinds import cell_of, counts_as, is_rate, multiplier, needs_counts
from partnerships.measurement.periods import ENDED, label, start_of
from partnerships.measurement.point_checks import PLACES, number_errors
from partnerships.measurement.quoting import HIDES, MIXED, QUOTE, is_quoted, quote_errors
from partnerships.measurement.rate_math import COUNT, group_of, rate
from partnerships.measurement.rules import may_supply, may_write_measure, owners_spoken_for
from partnerships.measurement.text_disclosure import counts_in
from partnerships.registry.models import Party

TELLS = "tells"
TELLING = gettext_lazy("This text contains %(counts)s, a count that we hide to protect people. Remove it.")
NO_REASON = gettext_lazy("Give a reason, because you’re changing an earlier number.")
MOST = 5000  # numbers in one go
VALUES = ("value", "numerator", "denominator")
DESCRIPTION = ("story", "source", *QUOTE)


@dataclass(frozen=True)
class _Revision:
    """What one row changes: the current number `was` (None: there is none) is replaced by `made` (None: it's removed)."""

    index: int  # of the row
    was: DataPoint | None
    made: DataPoint | None

    @property
    def _point(self) -> DataPoint:
        point = self.made or self.was
        assert point is not None  # a row that changes nothing makes no revision
        return point

    @property
    def period(self) -> date:
        return self._point.starts_on

    @property
    def cell(self) -> str:
        return self._point.cell

    @property
    def is_correction(self) -> bool:
        """Whether it changes or removes an earlier number, and not only its texts."""
        was, made = self.was, self.made
        return was is not None and (made is None or any(getattr(was, name) != getattr(made, name) for name in VALUES))


@transaction.atomic
def save_points(
    *,
    measure: Measure,
    by: Author,
    rows: Sequence[dict[str, Any]],
    party: Party | None = None,
    source: str = "",
    why: str = "",
    may_tell: bool = False,
    needs_why: bool = False,
    version: int | None = None,
    request_id: UUID | None = None,
) -> int:
    """Enter or correct numbers. Returns how many were written.

    `rows`: dicts of starts_on, cell, value, numerator, denominator, story, source; one without any of VALUES removes
    the number. If both counts are given, a rate's value is computed from them. `seen`: the primary key of the number
    that the person saw there, or None for none: if there is another one now, the row is refused once, with the current
    number; without `seen` there is no such check. `party`: the one that the person enters them for. `may_tell`: allow a story
    or source that contains a hidden count; otherwise it is refused with the code TELLS. `needs_why`: refuse to change or
    remove an earlier number without a reason. Errors of a row are under “points-3-value”.
    """
    require(by is SYSTEM or may_supply(by, measure))
    lock_office(measure)
    _require_party(measure, by, party)
    if len(rows) > MOST:
        raise ValidationError(
            gettext("Enter %(number)s numbers at most at a time.") % {"number": f"{MOST:,}"}, code="too_many"
        )
    with change(
        measure, by=by, verb="numbers", snapshot=snapshot_measure, why=why, version=version, request_id=request_id
    ) as writing:
        current = writing.record
        current_rows = {(row.starts_on, row.cell): row for row in current.points.filter(replaced_at=None)}
        revisions, at = [], clock.now()
        met: set[tuple[date, str]] = set()
        errors: dict[str, list] = {}
        for index, row in enumerate(rows):
            try:
                _require_once(row, met)
                was = current_rows.get((row["starts_on"], row.get("cell", "")))
                made = _made(current, row, was, party=party, by=by, at=at, source=source, why=why)
                if made is not was:
                    revisions.append(_Revision(index, was, made))
            except ValidationError as problem:
                errors |= {f"points-{index}-{name}": found for name, found in errors_by_field(problem).items()}
        periods = {one.period for one in revisions}
        before = public_faces(current, periods)
        errors |= _refused_quotes(current, current_rows, revisions)
        if needs_why and not why and any(one.is_correction for one in revisions):
            errors["why"] = [ValidationError(NO_REASON, code="required")]
        if errors:
            raise ValidationError(errors)
        _replace(revisions, at)
        find_sums(current, periods, by=by)
        after = public_faces(current, periods)
        if not may_tell and by is not SYSTEM:
            _require_no_hidden_count(current, revisions, after[current.pk])
        writing.is_quiet = before[current.pk] == after[current.pk]
        touch_changed(current, before, after)
        return len(revisions)


def _require_once(row: dict[str, Any], met: set[tuple[date, str]]) -> None:
    key = row["starts_on"], row.get("cell", "")
    if key in met:
        raise ValidationError({"value": ValidationError(gettext("This period and group appears twice."), code="twice")})
    met.add(key)


def _require_party(measure: Measure, by: Author, party: Party | None) -> None:
    owners = list(measure.owners.filter(supplies=True).select_related("party")) if party else []
    if party and party not in [owner.party for owner in owners]:
        raise ValidationError(
            {
                "party": ValidationError(
                    gettext("This partner doesn’t provide data for this measure."), code="no_supplier"
                )
            }
        )
    if by is not SYSTEM and not may_write_measure(by, measure):
        # A partner enters its own numbers, under its own name.
        mine = [owner.party for owner in owners_spoken_for(by, measure) if owner.supplies]
        if party not in mine:
            raise ValidationError(
                {
                    "party": ValidationError(
                        gettext("Choose the partner who provides these numbers."), code="no_supplier"
                    )
                }
            )


def _made(
    measure: Measure,
    row: dict[str, Any],
    was: DataPoint | None,
    *,
    party: Party | None,
    by: Author,
    at: datetime,
    source: str,
    why: str,
) -> DataPoint | None:
    """The number that a row makes of the current one: `was` itself if nothing changes, None if the row removes it."""
    starts_on, cell = row["starts_on"], row.get("cell", "")
    _check_place(measure, starts_on, cell)
    if "seen" in row and row["seen"] != (was.pk if was else None):
        _refuse_overwriting(measure, row, was)
        return was
    values = {name: row.get(name) for name in VALUES}
    if all(value is None for value in values.values()):
        return None
    description = {name: row.get(name, getattr(was, name) if was else "") for name in DESCRIPTION}
    description["source"] = description["source"] or source
    if words := value_errors(measure, cell, values, link=description["link"]):
        raise ValidationError(words)
    per = multiplier(measure)
    if is_rate(measure) and (found := rate(values["numerator"], values["denominator"], per)) is not None:
        values["value"] = round(found, PLACES)
    made = DataPoint(measure=measure, starts_on=starts_on, cell=cell, **values, **description)
    made.supplied_by, made.by, made.at, made.why = party, account_of(by), at, why
    made.full_clean(exclude=["measure", "by", "supplied_by"], validate_constraints=False)
    if wrong := quote_errors(measure, made):
        raise ValidationError(wrong)
    return was if was and _reads_alike(made, was) else made


def value_errors(measure: Measure, cell: str, values: dict[str, Any], *, link: str = "") -> dict[str, str]:
    """What is wrong with these VALUES of a cell: {field: message}. `link`: of the published table that they're from."""
    return number_errors(
        values,
        unit=measure.unit,
        kind=counts_as(measure),
        per=multiplier(measure),
        lowest=measure.lowest,
        highest=measure.highest,
        needs_counts=needs_counts(measure, cell, link),
    )


def _require_no_hidden_count(measure: Measure, revisions: Sequence[_Revision], after: dict) -> None:
    """Raise ValidationError if a text that is saved now contains a count that is hidden in its period."""
    hidden: dict[date, set[Decimal]] = defaultdict(set)
    kind = counts_as(measure)
    for row in measure.points.filter(starts_on__in={at for at, _ in after}, replaced_at=None):
        if after[row.starts_on, row.cell] == HIDDEN:
            cell = cell_of(row, kind)
            above, below = cell.numerator, cell.denominator
            rest = None if above is None or below is None else below - above
            counts = (cell.value, rest) if kind == COUNT else (above, below, rest)
            hidden[row.starts_on] |= {count for count in counts if count}
    errors = {}
    for one in revisions:
        for name in ("story", "source") if one.made else ():
            revealed = counts_in(getattr(one.made, name), hidden[one.period])
            if revealed:
                errors[f"points-{one.index}-{name}"] = ValidationError(
                    TELLING, code=TELLS, params={"counts": ", ".join(revealed)}
                )
    if errors:
        raise ValidationError(errors)


def _refused_quotes(
    measure: Measure, current_rows: dict[tuple[date, str], DataPoint], revisions: Sequence[_Revision]
) -> dict:
    """Errors for numbers that would make a period partly a published table, or one that hides or hid something."""
    after = dict(current_rows) | {(one.period, one.cell): one.made for one in revisions}
    quoted = {period for (period, _), row in after.items() if row and is_quoted(row)}
    own = {period for (period, _), row in after.items() if row and not is_quoted(row)}
    quotes = {one.period for one in revisions if one.made and is_quoted(one.made)}
    hiding = periods_that_hide(measure, quotes) if quotes else set()
    errors = {}
    for one in revisions:
        if one.period in quoted & own:
            errors[f"points-{one.index}-link"] = ValidationError(MIXED, code="mixed")
        elif one.made and is_quoted(one.made) and one.period in hiding:
            errors[f"points-{one.index}-link"] = ValidationError(HIDES, code="hides")
    return errors


def _reads_alike(one: DataPoint, other: DataPoint) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in (*VALUES, *DESCRIPTION))


def _check_place(measure: Measure, starts_on: date, cell: str) -> None:
    if starts_on != start_of(measure.period, starts_on, measure.first_month):
        wanted = label(measure.period, start_of(measure.period, starts_on, measure.first_month))
        raise ValidationError(
            {
                "starts_on": ValidationError(
                    gettext("This isn’t a period of this measure. Try %(period)s.") % {"period": wanted}
                )
            }
        )
    if starts_on > clock.today():
        raise ValidationError(
            {"starts_on": ValidationError(gettext("This period hasn’t started yet."), code="not_yet")}
        )
    if measure.last_on and starts_on > measure.last_on:
        words = gettext(ENDED) % {"period": label(measure.period, measure.last_on)}
        raise ValidationError({"starts_on": ValidationError(words, code="ended")})
    known = {(group.dimension, group.key) for group in measure.groups.all()}
    try:
        parts = group_of(cell)
    except ValueError:
        parts = None
    if parts is None or not known.issuperset(parts):
        words = gettext("This measure isn’t broken out by this group. Add the group to the measure first.")
        raise ValidationError({"cell": ValidationError(words, code="unknown_group")})


def _refuse_overwriting(measure: Measure, row: dict[str, Any], was: DataPoint | None) -> None:
    """Don't overwrite a number that another person entered in between.

    A person who left the number unchanged leaves it again; one who changed it is told.
    """
    saw = measure.points.filter(pk=row["seen"], starts_on=row["starts_on"], cell=row.get("cell", "")).first()
    typed = {name: row.get(name) for name in VALUES}
    seen = {name: getattr(saw, name) for name in VALUES} if saw else dict.fromkeys(VALUES)
    if all(typed[name] in (None, seen[name]) for name in VALUES) and typed["value"] == seen["value"]:
        return None
    if was is None:
        words = gettext("In the meantime, someone removed this number. Save again to replace it with yours.")
    else:
        words = gettext("In the meantime, someone wrote %(value)s here. Save again to replace it with yours.")
        words = words % {"value": format(was.value.normalize(), "f")}
    raise ValidationError({"value": ValidationError(words, code="changed_meanwhile")})


def _replace(revisions: Sequence[_Revision], at: datetime) -> None:
    """Write all numbers of one save with the same moment, so that no one ever sees a part of it."""
    DataPoint.objects.filter(pk__in=[one.was.pk for one in revisions if one.was]).update(replaced_at=at)
    DataPoint.objects.bulk_create([one.made for one in revisions if one.made])
