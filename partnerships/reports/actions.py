"""Saves reports: what should be reported, and requests to create one now or on a schedule.

`by` is the person, or SYSTEM for a command. All functions raise ValidationError (by field), NotAllowed and, with a
version, EditConflict.
"""

from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.background import wake
from partnerships.core.errors import ValidationError
from partnerships.core.models import type_key
from partnerships.core.snapshots import snapshot_fields
from partnerships.core.writing import apply_values, change, lock
from partnerships.directory.models import Body, Jurisdiction
from partnerships.registry.rules import partnerships_visible_to
from partnerships.reports.choices import ReportAudience, ReportFrequency, ReportKind
from partnerships.reports.content import MOST_PARTNERSHIPS, TOO_MANY, ReportNotPossible, listing_of
from partnerships.reports.filter_words import own_query, own_title
from partnerships.reports.models import Report, ReportDefinition
from partnerships.reports.queries import people_of
from partnerships.reports.redaction import reader_of
from partnerships.reports.rules import may_report_for

MOST_DEFINITIONS, MOST_KEPT = 50, 24  # per office or organization; stored reports per definition
MONTHS: dict[str, int] = {ReportFrequency.MONTHLY: 1, ReportFrequency.QUARTERLY: 3, ReportFrequency.YEARLY: 12}


def snapshot(definition: ReportDefinition) -> dict:
    """The definition as JSON values. People are listed by primary key, so that no name gets into the history."""
    people = sorted(str(pk) for pk in definition.mailed_to.values_list("pk", flat=True)) if definition.pk else []
    return snapshot_fields(definition, leave_out=("mailed_to", "month_day")) | {"mailed_to": people}


@transaction.atomic
def save_report(
    *,
    definition: ReportDefinition | None = None,
    by: Author,
    fields: dict[str, Any],
    version: int | None = None,
    why: str = "",
) -> ReportDefinition:
    """Add or change a report definition.

    `fields`: those of ReportDefinition, `mailed_to` as a list of the owner's own people. The owner, kind and
    partnership never change.
    """
    definition = definition or ReportDefinition(**{k: fields[k] for k in _FIRST if k in fields})
    require(by is SYSTEM or may_report_for(by, definition.owner))
    owner = lock(definition.owner, None)  # locked, so that two saves at the same time are counted one after the other
    if definition.pk is None:
        of_owner = ReportDefinition.objects.filter(**{type_key(owner): owner}, ended_on=None)
        if of_owner.count() >= MOST_DEFINITIONS:
            words = gettext("There are %(number)s reports here, which is the limit. End one that you no longer need.")
            raise ValidationError(words % {"number": MOST_DEFINITIONS})
    verb = "update" if definition.pk else "create"
    with change(definition, by=by, verb=verb, snapshot=snapshot, why=why, version=version) as writing:
        current = writing.record
        new = {name: value for name, value in fields.items() if name not in _FIRST}
        if new.get("rhythm", current.rhythm) == ReportFrequency.NONE:
            new["next_on"] = None
        _check(current, new, owner)
        if "next_on" in new and new["next_on"] != current.next_on:
            new["month_day"] = new["next_on"].day if new["next_on"] else None
        apply_values(current, new)
    return writing.record


_FIRST = ("kind", "jurisdiction", "organization", "partnership", "is_sample", "is_illustration")


def _check(definition: ReportDefinition, new: dict[str, Any], owner: Body) -> None:
    wrong, today = {}, clock.today(clock.zone(getattr(owner, "zone", "")))
    if {one.pk for one in new.get("mailed_to", ())} - set(people_of(owner).values_list("pk", flat=True)):
        wrong["mailed_to"] = gettext("Choose only users of %(owner)s.") % {"owner": owner}
    day = new.get("next_on")
    if day and day < today and day != definition.next_on:
        wrong["next_on"] = gettext("Choose today or a later date.")
    same = {name: getattr(definition, name) for name in ("kind", "jurisdiction", "organization", "partnership")}
    then = ReportDefinition(**same, eyes=new.get("eyes", definition.eyes), query=new.get("query", definition.query))
    if then.kind == ReportKind.PROFILE and not _can_be_read(then):
        wrong["eyes"] = gettext(
            "Not everyone can read this partnership. Choose “Our own people only”, or publish it first."
        )
    if wrong:
        raise ValidationError(wrong)
    if then.kind == ReportKind.COUNCIL:
        total, is_more = listing_of(then).total()
        if is_more or total > MOST_PARTNERSHIPS:
            raise ReportNotPossible(TOO_MANY, params={"number": f"{MOST_PARTNERSHIPS:,}"})


def _can_be_read(definition: ReportDefinition) -> bool:
    return partnerships_visible_to(reader_of(definition)).filter(pk__in=[definition.partnership_id]).exists()


@transaction.atomic
def end_report(
    *, definition: ReportDefinition, by: Author, version: int | None = None, why: str = ""
) -> ReportDefinition:
    """End a report: no new ones are created. Existing ones stay."""
    require(by is SYSTEM or may_report_for(by, definition.owner))
    return _set_end(definition, by, version, why, "end", clock.today())


@transaction.atomic
def resume_report(
    *, definition: ReportDefinition, by: Author, version: int | None = None, why: str = ""
) -> ReportDefinition:
    require(by is SYSTEM or may_report_for(by, definition.owner))
    return _set_end(definition, by, version, why, "take_up", None)


def _set_end(
    definition: ReportDefinition, by: Author, version: int | None, why: str, verb: str, day: date | None
) -> ReportDefinition:
    with change(definition, by=by, verb=verb, snapshot=snapshot, why=why, version=version) as writing:
        if (writing.record.ended_on is None) != (day is None):
            rest = {"rhythm": ReportFrequency.NONE, "next_on": None} if day else {}
            apply_values(writing.record, {"ended_on": day} | rest)
    return writing.record


@transaction.atomic
def request_report(*, definition: ReportDefinition, by: Author) -> Report:
    """Request a report now. If one is already waiting, returns that one."""
    require(by is SYSTEM or may_report_for(by, definition.owner))
    definition = lock(definition, None)
    if definition.ended_on:
        raise ValidationError(gettext("This report has ended. Resume it first."), code="ended")
    return _request(definition, by)


@transaction.atomic
def add_report(*, by: Author, fields: dict[str, Any], why: str = "") -> tuple[ReportDefinition, Report | None]:
    """Add a report definition as `save_report` does. Unless it has a schedule, request its first report at once."""
    definition = save_report(by=by, fields=fields, why=why)
    is_scheduled = definition.rhythm != ReportFrequency.NONE
    return definition, None if is_scheduled else request_report(definition=definition, by=by)


@transaction.atomic
def request_council_report(*, office: Jurisdiction, by: Author) -> Report:
    """Request the report about the partnerships that an office leads, from its definition, or from a new one."""
    require(by is SYSTEM or may_report_for(by, office))
    lock(office, None)  # two requests at the same time add one definition
    query = own_query(office)
    known = ReportDefinition.objects.filter(jurisdiction=office, kind=ReportKind.COUNCIL, query=query, ended_on=None)
    definition = known.order_by("pk").first() or save_report(
        by=by,
        fields={"kind": ReportKind.COUNCIL, "jurisdiction": office, "title": own_title(office), "query": query}
        | {"eyes": ReportAudience.EVERYONE, "rhythm": ReportFrequency.NONE},
    )
    return request_report(definition=definition, by=by)


def _request(definition: ReportDefinition, by: Author) -> Report:
    open_one = definition.reports.filter(content__isnull=True, state__in=("waiting", "making")).defer("pdf").first()
    if open_one:
        return open_one
    kept = definition.reports.order_by("-asked_at", "-pk").values_list("pk", flat=True)[: MOST_KEPT - 1]
    definition.reports.exclude(pk__in=list(kept)).delete()
    made = Report.objects.create(definition=definition, asked_by=account_of(by), asked_at=clock.now())
    wake("make_reports")
    return made


def request_due() -> int:
    """Request the reports that are due, each once, and set their next day. Returns how many."""
    return sum(
        _request_if_due(pk) for pk in _due_definitions().order_by("next_on", "pk").values_list("pk", flat=True)[:500]
    )


def _due_definitions() -> QuerySet[ReportDefinition]:
    # The earliest date anywhere; the date in each owner's own time zone is checked later.
    return ReportDefinition.objects.filter(ended_on=None, next_on__lte=clock.today() + timedelta(days=1))


@transaction.atomic
def _request_if_due(pk: int) -> bool:
    """Whether the definition was still due under its lock, so that a report was requested."""
    one = _due_definitions().filter(pk=pk).select_for_update(no_key=True, of=("self",)).first()
    if (
        one is None
        or one.next_on is None
        or one.next_on > (today := clock.today(clock.zone(getattr(one.owner, "zone", ""))))
    ):
        return False
    _request(one, SYSTEM)
    # Not done by a person, so neither the version nor the history changes.
    day = next_day(one.next_on, one.month_day or one.next_on.day, MONTHS[one.rhythm], today)
    ReportDefinition.objects.filter(pk=pk).update(next_on=day)
    return True


def next_day(day: date, month_day: int, months: int, today: date) -> date:
    """The first day after today that is a multiple of `months` after the month of `day`: on `month_day`, or the last
    day of the month.

    A shorter month doesn't move the days after it.
    """
    first, ahead = date(day.year, 1, month_day), day.month - 1  # January has 31 days
    while (found := first + relativedelta(months=ahead)) <= today:
        ahead += months
    return found
