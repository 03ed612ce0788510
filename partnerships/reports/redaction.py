"""Redaction of stored reports: removes what their audience may no longer see, with its texts and everything below it.

The content of a report (`content`) is JSON. What names something that can be withdrawn is a dict with its number (`n`,
from `ReportName`); redacted, it is replaced by STRUCK. `redact` does so in the transaction that withdrew it; code that
shows a report also checks `hidden_in` every time.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from partnerships.assessment.rules import published_rounds, rounds_visible_to
from partnerships.core import clock
from partnerships.core.access import MemberView, Viewer
from partnerships.core.background import wake
from partnerships.core.withdrawals import withdrawn
from partnerships.directory.rules import organizations_visible_to
from partnerships.insight.names import Names
from partnerships.measurement.limits import raised_since
from partnerships.measurement.rules import measures_visible_to
from partnerships.meetings.rules import notes_visible_to
from partnerships.registry.choices import GIVEN_UP
from partnerships.registry.rules import parties_visible_to, partnerships_visible_to
from partnerships.reports.choices import ReportAudience, ReportState
from partnerships.reports.models import NAMED, Report, ReportDefinition, ReportName

STRUCK = {"struck": True}
BATCH = 500
_VISIBLE = {
    "partnership": partnerships_visible_to,
    "party": lambda reader: parties_visible_to(reader).exclude(state__in=GIVEN_UP),
    "organization": organizations_visible_to,
    "measure": measures_visible_to,
    "meeting": notes_visible_to,
    "round": lambda reader: published_rounds() if reader is None else rounds_visible_to(reader),
}


def reader_of(definition: ReportDefinition) -> Viewer:
    """The reader that a report is created for: None if it is for everyone."""
    return None if definition.eyes == ReportAudience.EVERYONE else MemberView(definition.owner)


def hidden(reader: Viewer, names: Names | dict[int, tuple[str, int]]) -> set[int]:
    """The numbers of those of these names (number → (kind, key)) that the reader may not see.

    One query per kind and 500 names.
    """
    found = set()
    for kind in NAMED:
        keys = {number: key for number, (of_kind, key) in names.items() if of_kind == kind}
        wanted = sorted(set(keys.values()))
        seen: set[int] = set()
        for start in range(0, len(wanted), BATCH):
            rows = _VISIBLE[kind](reader).filter(pk__in=wanted[start : start + BATCH])
            seen.update(rows.order_by().values_list("pk", flat=True))
        found |= {number for number, key in keys.items() if key not in seen}
    return found


def hidden_in(report: Report) -> set[int]:
    """The numbers in a report that its audience may not see now, including those whose record was deleted, and measures of
    which fewer numbers are shown since.
    """
    names = {}
    for number, *keys in report.names.values_list("number", *(f"{kind}_id" for kind in NAMED)):
        names[number] = next((kind, key) for kind, key in zip(NAMED, keys, strict=True) if key is not None)
    gone = numbers_in(report.content) - names.keys()
    measures = {key: number for number, (kind, key) in names.items() if kind == "measure"}
    raised = raised_since(measures, report.asked_at) if measures else ()
    return gone | hidden(reader_of(report.definition), names) | {measures[key] for key in raised}


def numbers_in(content: dict[str, Any] | int | Sequence | str | None) -> set[int]:
    if isinstance(content, dict):
        own = {content["n"]} if "n" in content else set()
        return own.union(*map(numbers_in, content.values()))
    return set().union(*map(numbers_in, content)) if isinstance(content, list) else set()


def redacted(content: dict[str, Any], numbers: Collection[int]) -> dict[str, Any]:
    """The content with these numbers redacted."""
    return STRUCK if content.get("n") in numbers else {key: _redacted(one, numbers) for key, one in content.items()}


def _redacted(value: Any, numbers: Collection[int]) -> Any:  # of JSON
    if isinstance(value, dict):
        return redacted(value, numbers)
    return [_redacted(one, numbers) for one in value] if isinstance(value, list) else value


@withdrawn.register
@transaction.atomic
def redact(**named: Any) -> int:
    """Check the reports that name any of these (kind → keys), and redact what their audience may not see now.

    Returns how many reports changed. Call it last in the transaction that changed what is visible.
    """
    which = Q(pk__in=())
    for kind, keys in named.items():
        keys = list(keys)
        if len(keys) > BATCH:  # fewer are named than there are
            keys = set(keys) & set(ReportName.objects.values_list(kind, flat=True).distinct())
        which |= Q(**{f"{kind}__in": keys}) if keys else Q(pk__in=())
    found = ReportName.objects.filter(which).order_by().values_list("report", flat=True).distinct()
    return sum(_redact_hidden(pk) for pk in sorted(found))


def _redact_hidden(pk: int) -> bool:
    """Redact what the audience of this report may not see now. Returns whether there was anything."""
    rows = Report.objects.select_for_update(of=("self",)).filter(pk=pk, content__isnull=False)
    report = rows.select_related("definition__jurisdiction", "definition__organization").defer("pdf").first()
    numbers = hidden_in(report) if report else set()
    if report and report.content and numbers:
        replace_content(report, redacted(report.content, numbers))
        report.names.filter(number__in=numbers).delete()
    return bool(numbers)


def check_all() -> int:
    """Check every report, also for what no change of a record announces. Returns how many were redacted."""
    return sum(
        _redact_in_transaction(pk)
        for pk in Report.objects.filter(content__isnull=False).order_by("pk").values_list("pk", flat=True)
    )


@transaction.atomic
def _redact_in_transaction(pk: int) -> bool:
    return _redact_hidden(pk)


def replace_content(report: Report, content: dict[str, Any]) -> None:
    """Replace the content of a stored report: its file is deleted at once and created again.

    A worker creating it now notices.
    """
    Report.objects.filter(pk=report.pk).update(
        content=content, pdf=None, state=ReportState.WAITING, claimed_until=None, tries=0, struck_on=clock.today()
    )
    wake("make_reports")
