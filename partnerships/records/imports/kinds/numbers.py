"""Numbers in a file: one a row, matched by measure, period and group, and saved with their measure."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_noop as _

from partnerships.core import clock
from partnerships.core.importing import Difference, refuse_duplicates
from partnerships.core.stored_texts import StoredText
from partnerships.core.tables import normalize_heading
from partnerships.measurement.choices import Dimension, Unit
from partnerships.measurement.comparing import DESCRIPTION, NOT_BEGUN
from partnerships.measurement.comparing import compare as compare_numbers
from partnerships.measurement.group_names import Groups
from partnerships.measurement.models import DataPoint, Measure
from partnerships.measurement.number_actions import save_points
from partnerships.measurement.number_queries import cell_name
from partnerships.measurement.pasted_tables import VALUES, SubmittedNumber, period_in, read_value
from partnerships.measurement.periods import label
from partnerships.measurement.rate_math import key_of
from partnerships.records.imports.cells import id_in
from partnerships.records.imports.items import (
    Importer,
    accepted_values,
    by_name,
    by_owner,
    check_texts,
    in_batches,
    read_rows,
)

if TYPE_CHECKING:
    from partnerships.records.imports.items import Job

NUMBER = "number"  # the key of a difference in the number itself; the others are DESCRIPTION
_UNKNOWN = _("Your office doesn’t have a measure with this ID or title. Copy the ID from its page.")
_SEVERAL = _("Your office has more than one measure with this title. Enter the ID of the one you mean.")
_NO_MEASURE = _("Enter the measure, by ID or title.")
_NO_PERIOD = _("Enter the period.")
_NO_NUMBER = _("This row doesn’t have a number. Enter one, or delete the row.")
_BOTH = _("The group is given in two ways. Use the column “Group” or the columns for each kind of group, not both.")
_MIXED = _("Other numbers of this measure have a percent sign, and this one doesn’t. Write them all the same way.")
_PARTS = _("We read %(text)s as %(text)s percent. If you mean %(whole)s percent, write it with the percent sign.")
_SAME_NUMBER = _("Rows %(first)s and %(row)s are about the same period and group. Keep only one of them.")


def compare(
    job: "Job", *, duplicates: dict | None = None, report: Callable = lambda done: None
) -> list[SubmittedNumber]:
    items = [SubmittedNumber(**vars(item)) for item in read_rows(job)]
    for item in items:
        check_texts(job, item, DataPoint, DESCRIPTION)
        item.title = item.values.get("period", "")
    _find_measures(job, items)
    of_measure = defaultdict(list)
    for item in items:
        if item.owner is not None:
            of_measure[item.owner.pk].append(item)
    for rows in of_measure.values():
        _read_measure_rows(job, rows)
    _compare(job, of_measure)
    report(len(items))
    return items


def _find_measures(job: "Job", items: Sequence[SubmittedNumber]) -> None:
    own = Measure.objects.filter(lead=job.jurisdiction)
    names = by_name(own, "title")
    asked: dict = {}
    for item in items:
        text = item.values.get("measure", "")
        same = names.get(normalize_heading(text), ())
        if not text:
            item.refuse(_NO_MEASURE, job.label("measure"))
        elif public_id := id_in(text, "N"):
            asked.setdefault(("public_id", public_id), []).append(item)
        elif len(same) == 1:
            asked.setdefault(("pk", same[0]), []).append(item)
        else:
            item.refuse(_SEVERAL if same else _UNKNOWN, job.label("measure"))
    found: dict = {}
    for name in ("public_id", "pk"):
        keys = [key for kind, key in asked if kind == name]
        for one in in_batches(own, keys, f"{name}__in"):
            found[name, getattr(one, name)] = found.setdefault(("pk", one.pk), one)
    prefetch_related_objects(list({one.pk: one for one in found.values()}.values()), "groups")
    for key, rows in asked.items():
        for item in rows:
            item.owner = found.get(key)
            if item.owner is None:
                item.refuse(_UNKNOWN, job.label("measure"))


def _read_measure_rows(job: "Job", items: Sequence[SubmittedNumber]) -> None:
    """Read the rows of one measure: period, group and number of each."""
    measure = items[0].owner
    try:
        by_name = Groups(measure.groups.all(), [item.values.get("group", "") for item in items])
    except ValueError as problem:
        for item in items:
            item.refuse(problem.args[0], job.label("group"))
        return
    for item in items:
        item.description = {name: item.values[name] for name in DESCRIPTION if name in item.values}
        _read_column(job, item, "period", lambda text, item=item: setattr(item, "starts_on", period_in(measure, text)))
        if "period" not in item.values:
            item.refuse(_NO_PERIOD, job.label("period"))
        elif item.starts_on and item.starts_on > clock.today():
            item.refuse(NOT_BEGUN, job.label("period"))
        for name in VALUES:
            _read_column(
                job,
                item,
                name,
                lambda text, name=name, item=item: item.numbers.update({name: read_value(measure, text)}),
            )
        if not item.problems and all(value is None for value in item.numbers.values()):
            item.refuse(_NO_NUMBER, job.label("value"))
        _read_group(job, item, by_name)
    _look_at_percents(job, measure, items)
    refuse_duplicates(items, _which, _SAME_NUMBER, job.label("period"))


def _read_column(job: "Job", item: SubmittedNumber, name: str, take: Callable) -> None:
    if name in item.values:
        try:
            take(item.values[name])
        except ValueError as problem:
            item.refuse(problem.args[0], job.label(name))


def _read_group(job: "Job", item: SubmittedNumber, by_name: Groups) -> None:
    columns = [name for name in Dimension.values if name in item.values]
    if columns and "group" in item.values:
        item.refuse(_BOTH, job.label("group"))
        return
    _read_column(job, item, "group", lambda text: setattr(item, "cell", by_name.find(text)))
    parts = {}
    for name in columns:
        _read_column(job, item, name, lambda text, name=name: parts.update({name: by_name.find_in(name, text)}))
    parts = {name: key for name, key in parts.items() if key}
    try:
        item.cell = key_of(parts) if parts else item.cell
    except ValueError:
        words = _("This row names race by both standards. Keep only one of the two columns.")
        item.refuse(words, job.label(columns[0]))


def _look_at_percents(job: "Job", measure: Measure, items: Sequence[SubmittedNumber]) -> None:
    """45% and 0.45 may mean the same: a spreadsheet that shows 45% may hold 0.45."""
    if measure.unit != Unit.PERCENT:
        return
    signed = any("%" in item.values.get("value", "") for item in items)
    for item in items:
        value = item.numbers.get("value")
        if value and 0 < value <= 1 and "%" not in item.values["value"]:
            if signed:
                item.refuse(_MIXED, job.label("value"))
            else:
                whole = format((value * 100).normalize(), "f")
                text = item.values["value"]
                job.remarks.append((item.row, StoredText(_PARTS, text=text, whole=whole)))


def _which(item: SubmittedNumber) -> tuple[date, str] | None:
    return None if item.problems or item.starts_on is None else (item.starts_on, item.cell)


def _compare(job: "Job", of_measure: dict[int, list[SubmittedNumber]]) -> None:
    current_rows: dict[int, dict] = defaultdict(dict)
    for row in in_batches(DataPoint.objects.filter(replaced_at=None), of_measure, "measure__in"):
        current_rows[row.measure_id][row.starts_on, row.cell] = row
    for pk, items in of_measure.items():
        items = [item for item in items if not item.problems]
        if items:
            compare_numbers(items[0].owner, items, current_rows[pk], {})
        for item in items:
            _set_title_and_differences(job, item)


def _set_title_and_differences(job: "Job", item: SubmittedNumber) -> None:
    measure, was, fields = item.owner, item.record, job.described.by_key
    assert item.starts_on is not None  # an item without a period has a problem
    item.title = f"{label(measure.period, item.starts_on)}, {cell_name(measure, item.cell)}"
    if item.problems:
        for problem in item.problems:
            problem.column = job.label(next(iter(item.numbers), "value"))
        return
    item.values = {name: _plain(value) for name, value in item.numbers.items() if value is not None} | item.description
    if item.is_new or item.is_same:
        return
    if not item.is_same_number:
        there = {name: getattr(was, name) for name in VALUES}
        given = item.numbers | {"value": item.becomes}
        item.differences.append(
            Difference(NUMBER, StoredText(fields["value"].label), _number_words(there), _number_words(given))
        )
    for name, text in item.description.items():
        if text != getattr(was, name):
            item.differences.append(Difference(name, StoredText(fields[name].label), getattr(was, name), text))


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _number_words(counts: dict[str, Any]) -> str:
    """A number in one line: “12.5 (45 of 360)”."""
    value = counts["value"]
    text = _plain(value) if value is not None else ""
    above, below = counts.get("numerator"), counts.get("denominator")
    if above is None or below is None:
        return text
    ratio = StoredText(_("%(count)s of %(total)s"), count=_plain(above), total=_plain(below))
    return StoredText("%(value)s (%(ratio)s)", value=text, ratio=ratio) if text else ratio


def write(job: "Job", items: Sequence[SubmittedNumber]) -> Measure:
    """Save these numbers of one measure, and keep in `job.points` what they replaced, so that they can be undone."""
    measure = items[0].owner
    save_points(
        measure=measure,
        by=job.person,
        rows=[_point_row(job, item) for item in items],
        why=job.why,
        version=measure.version,
        request_id=job.request_id,
    )
    current = {(row.starts_on, row.cell): row.pk for row in measure.points.filter(replaced_at=None)}
    pairs = [(item.record and item.record.pk, current.get((item.starts_on, item.cell))) for item in items]
    job.points[measure.public_id] = [[was, made] for was, made in pairs if made and made != was]
    return measure


def _point_row(job: "Job", item: SubmittedNumber) -> dict[str, Any]:
    """A number as `save_points` takes it. What the person left out keeps its current value."""
    row = dict(item.saves)
    if item.is_new:
        return row
    chosen = accepted_values(job, item)
    if NUMBER not in chosen:
        row |= {name: getattr(item.record, name) for name in VALUES}
    return {name: value for name, value in row.items() if name not in DESCRIPTION or name in chosen}


def _locate_error(items: Sequence[SubmittedNumber], name: str, index: str, inner: str) -> tuple[SubmittedNumber, str]:
    if name != "points" or not index.isdecimal():
        return items[0], name
    return items[int(index)], "period" if inner in ("starts_on", "cell") else inner


IMPORTER = Importer(compare, write, units=by_owner, locate_error=_locate_error)
