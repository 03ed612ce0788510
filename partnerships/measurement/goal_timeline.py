"""Timeline entries about goals: results, activities, and the outcomes of plans that a partnership serves.

Dates that no record holds come from the change log, which names no person here.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from partnerships.core import clock
from partnerships.core.choices import Side
from partnerships.core.models import Change
from partnerships.core.record_types import may_read_history
from partnerships.measurement.activity_queries import activities_of
from partnerships.measurement.choices import ActivityKind, ActivityStatus, Part
from partnerships.measurement.models import Activity, Outcome, Result
from partnerships.measurement.rules import plans_visible_to, results_visible_to
from partnerships.registry.choices import TimelineKind
from partnerships.registry.models import Partnership
from partnerships.registry.timeline_entries import Entry, TimelineReader, Voice, day_of, entry_of, link_of


def links(reader: TimelineReader) -> dict[int, list]:
    """A result's primary key → the partnerships of this timeline that work on it."""
    if "links" not in reader.kept:
        rows = reader.of(Result.partnerships.through.objects.order_by("partnership"))
        found = reader.kept.setdefault("links", {})
        for result, partnership in rows.values_list("result", "partnership"):
            found.setdefault(result, []).append(reader.records[partnership])
    return reader.kept["links"]


def _results(reader: TimelineReader) -> Iterator[Entry]:
    """When work on a result began is for everyone who sees both records; when it stopped, for readers of the result's
    history.
    """
    linked, named = links(reader), {record.public_id: record for record in reader.records.values()}
    whole = [record.lead_id for record in named.values() if may_read_history(reader.person, record)]
    seen = results_visible_to(reader.person).filter(Q(pk__in=linked) | Q(lead__in=whole))
    results = {result.pk: result for result in seen.select_related("lead")}
    log = _log("result", results, "partnerships")
    for pk, result in results.items():
        since: dict = {}
        for record in linked.get(pk, ()):
            began = _begin(log.get(pk, ()), lambda now, key=record.public_id: key in now.get("partnerships", ()))
            since.setdefault(began, []).append(record)
        for began, records in since.items():
            title = gettext("Works toward a result: %(result)s") % {"result": result.title}
            yield _result(result, began, records, title)
        for change in log.get(pk, ()) if may_read_history(reader.person, result) else ():
            gone = set(change.before.get("partnerships", ())) - set(change.after["partnerships"])
            if records := [named[key] for key in sorted(gone & named.keys())]:
                title = gettext("No longer works toward a result: %(result)s") % {"result": result.title}
                yield _result(result, change, records, title)


def _result(result: Result, change: Change, records: Sequence[Partnership], title: str) -> Entry:
    on, for_whom = day_of(result, change.at) if change else None, [Voice("", gettext("Population"), result.population)]
    return entry_of(records, on, TimelineKind.RESULT, title, for_whom, result)


def _log(record_type: str, records: dict[int, Result] | set[int], name: str) -> dict[int, list]:
    """The changes of this field of some records, by primary key, oldest first."""
    found: dict = {}
    rows = Change.objects.filter(record_type=record_type, record_id__in=records).order_by("id") if records else ()
    for change in rows:
        if name in change.after:
            found.setdefault(change.record_id, []).append(change)
    return found


def _begin(log: Sequence[Change], holds: Callable) -> Change | None:
    """The change with which the current state of the logged field began; None if the log doesn't say, since its earlier
    entries were deleted.
    """
    first = None
    for change in log:
        if not holds(change.after):
            first = None
        elif not holds(change.before):
            first = change
    return first


def _activities(reader: TimelineReader) -> Iterator[Entry]:
    for one in activities_of(reader.person, *reader.records):
        record, voices = reader.records[one.partnership_id], _parts(one)
        today, (begun, ended) = day_of(record, clock.now()), _verbs(one)
        is_over = one.status in (ActivityStatus.DONE, ActivityStatus.CANCELED)
        has_begun = one.status == ActivityStatus.UNDER_WAY or (is_over and one.starts_on)
        if is_over and (one.ends_on or today) <= today:
            yield Entry(record, one.ends_on, TimelineKind.ACTIVITY, f"{ended}: {one.title}", voices, link_of(one))
        if has_begun and (one.starts_on or today) <= today:
            yield Entry(record, one.starts_on, TimelineKind.ACTIVITY, f"{begun}: {one.title}", voices, link_of(one))


def _verbs(one: Activity) -> tuple[str, str]:
    """The texts for its beginning and its end."""
    if one.status == ActivityStatus.CANCELED:
        return gettext("Started"), gettext("Canceled")
    if one.kind == ActivityKind.DOES:
        return gettext("Started"), gettext("Done")
    if any(part.party.side == Side.GOVERNMENT for part in one.seen_parts):
        return gettext("The government will stop"), gettext("The government stopped")
    return gettext("To stop"), gettext("Stopped")


def _parts(one: Activity) -> list[Voice]:
    by = [", ".join(str(part.party) for part in one.seen_parts if part.part == kind) for kind in Part.values]
    lines = [f"{Part(kind).label}: {names}" for kind, names in zip(Part.values, by, strict=True) if names]
    voices = [Voice("", gettext("Partners"), "\n".join(lines))] if lines else []
    goals = "\n".join(result.title for result in one.seen_results)
    return voices + ([Voice("", gettext("Purpose"), goals)] if goals else [])


def _outcomes(reader: TimelineReader) -> Iterator[Entry]:
    """Since when each is served, and its progress, from the log of its plan, which identifies an outcome by number or
    title.
    """
    rows = Outcome.objects.filter(plan__in=plans_visible_to(reader.person), partnerships__in=reader.records).distinct()
    outcomes = list(rows.select_related("plan__lead").prefetch_related("partnerships"))
    log = _log("plan", {one.plan_id for one in outcomes}, "outcomes")
    for one in outcomes:
        records = [reader.records[record.pk] for record in one.partnerships.all() if record.pk in reader.records]
        of_plan, name = log.get(one.plan_id, ()), f"{one} ({one.plan})"
        if one.progress:
            began = _begin(of_plan, lambda now, one=one: _row_of(one, now).get("progress") == one.progress)
            voices = [Voice(Side.GOVERNMENT, one.plan.lead.name, one.progress)]
            yield _outcome(
                one, began, records, gettext("Progress of an outcome: %(outcome)s") % {"outcome": name}, voices
            )
        for record in records:
            served = partial(_is_served, one, record)
            yield _outcome(
                one,
                _begin(of_plan, served),
                [record],
                gettext("Serves an outcome: %(outcome)s") % {"outcome": name},
                [],
            )


def _outcome(
    one: Outcome, change: Change | None, records: Sequence[Partnership], title: str, voices: list[Voice]
) -> Entry:
    on = day_of(one.plan, change.at) if change else None
    return entry_of(records, on, TimelineKind.OUTCOME, title, voices, one.plan)


def _is_served(outcome: Outcome, record: Partnership, logged: dict[str, Any]) -> bool:
    return record.public_id in _row_of(outcome, logged).get("partnerships", ())


def _row_of(outcome: Outcome, logged: dict[str, Any]) -> dict:
    """The log's entry for an outcome, whose number or title may have changed since."""
    names = [name for name in ("number", "title") if getattr(outcome, name)]
    alike = (row for name in names for row in logged.get("outcomes", ()) if row.get(name) == getattr(outcome, name))
    return next(alike, {})


SORTS = {TimelineKind.RESULT: _results, TimelineKind.ACTIVITY: _activities, TimelineKind.OUTCOME: _outcomes}
