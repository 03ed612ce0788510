"""Reads reports: the definitions of an office or organization, and the created reports without their files."""

from dataclasses import dataclass

from django.db.models import F, QuerySet

from partnerships.accounts.models import Person
from partnerships.core.access import Viewer, get_or_not_found, jurisdictions_written_by, organizations_written_by
from partnerships.core.errors import NotFound
from partnerships.core.models import type_key
from partnerships.core.stored_texts import all_shown
from partnerships.directory.models import Body, Jurisdiction, Organization
from partnerships.registry.models import Partnership
from partnerships.registry.rules import partnerships_visible_to
from partnerships.reports.choices import ReportState
from partnerships.reports.models import Report, ReportDefinition
from partnerships.reports.redaction import hidden_in, redacted
from partnerships.reports.rules import definitions_visible_to, reports_visible_to

MOST = 200  # on one page
_OF = ("jurisdiction", "organization", "partnership")
_ABOUT = ("definition", *(f"definition__{name}" for name in _OF), "asked_by")


def definitions(person: Viewer) -> list[ReportDefinition]:
    """The report definitions of the person's offices and organizations, each with `latest`; ended ones last."""
    rows = definitions_visible_to(person).select_related(*_OF)
    rows = list(rows.order_by(F("ended_on").asc(nulls_first=True), "title", "pk")[:MOST])
    latest: dict = {}
    for report in Report.objects.filter(definition__in=rows).defer("pdf", "content").order_by("asked_at", "pk"):
        latest[report.definition_id] = report
    for one in rows:
        one.latest = latest.get(one.pk)
    return rows


def definition(person: Viewer, public_id: str) -> ReportDefinition:
    """Raises NotFound or MistypedId."""
    return get_or_not_found(definitions_visible_to(person).select_related(*_OF), public_id)


def reports_of(definition: ReportDefinition) -> list[Report]:
    """The reports created from this definition, latest first."""
    return list(definition.reports.defer("pdf", "content").select_related("asked_by"))


@dataclass
class ReportSeen:
    """A report as it can be shown now.

    `content` is None while it isn't created. `is_struck`: part of its original content is redacted. `has_file`: its
    file has the same content.
    """

    report: Report
    content: dict | None
    is_struck: bool
    has_file: bool


def report_seen(person: Viewer, pk: int) -> ReportSeen:
    """One report, checked again for what its audience may see. Raises NotFound."""
    rows = reports_visible_to(person).select_related(*_ABOUT).defer("pdf")
    report = rows.filter(pk=pk).first()
    if report is None:
        raise NotFound
    if report.content is None:
        return ReportSeen(report, None, False, False)
    hidden = hidden_in(report)
    is_ready = report.state == ReportState.READY and not report.has_no_pdf
    content = all_shown(redacted(report.content, hidden))
    return ReportSeen(report, content, bool(hidden or report.struck_on), is_ready and not hidden)


def file_of(person: Viewer, pk: int) -> tuple[Report, bytes]:
    """The file of a report. Raises NotFound if there is none that matches what can be shown now."""
    seen = report_seen(person, pk)
    content = Report.objects.filter(pk=seen.report.pk).values_list("pdf", flat=True).first() if seen.has_file else None
    if content is None:
        raise NotFound
    return seen.report, bytes(content)


def offices_written_by(person: Viewer) -> list[Jurisdiction]:
    """The offices for which the person may create reports."""
    return list(Jurisdiction.objects.filter(pk__in=jurisdictions_written_by(person)).order_by("name", "pk"))


def owners_written_by(person: Viewer) -> list:
    """The offices and organizations for which the person may create reports."""
    own = Organization.objects.filter(pk__in=organizations_written_by(person)).order_by("name", "pk")
    return [*offices_written_by(person), *own]


def people_of(owner: Body) -> QuerySet[Person]:
    """The people who can get emails about its reports: its own members who can sign in."""
    return (
        Person.objects.filter(is_active=True, **{f"memberships__{type_key(owner)}": owner})
        .distinct()
        .order_by("name", "pk")
    )


def profiled(person: Viewer, public_id: str) -> Partnership:
    """The partnership of a profile. Raises NotFound or MistypedId."""
    return get_or_not_found(partnerships_visible_to(person).select_related("lead"), public_id)
