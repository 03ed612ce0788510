"""Who may have a letter about a report: asked at the fence, as in `recipients`."""

from partnerships.accounts.models import Person
from partnerships.reports.models import Report

REPORT = ("definition__jurisdiction", "definition__organization")


def may_be_told(definition):
    """Those whom its settings name and who belong to the office or organization still."""
    owner = definition.owner
    own = {f"memberships__{owner._meta.model_name}": owner}
    return Person.objects.filter(reports_mailed=definition, is_active=True, **own).distinct()


def _of_report(letter):
    report = Report.objects.select_related(*REPORT).defer("pdf", "content").filter(pk=letter.subject_id).first()
    if report is None:
        return None, None, "The report is gone."
    person = may_be_told(report.definition).filter(pk=letter.recipient.partition(":")[2]).first()
    return person, report, "" if person else "They are not told of this report any more."


REPORTS = {"report": _of_report}
