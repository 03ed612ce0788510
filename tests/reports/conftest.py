"""A partnership with both sides, and reports about it."""

from dataclasses import dataclass

import pytest

from partnerships.core.access import SYSTEM
from partnerships.models import Report, ReportDefinition
from partnerships.reports import actions as reports
from partnerships.reports import pdf as report_pdf
from partnerships.reports import work as report_work
from partnerships.reports import writer as report_writer
from tests.factories import make_issue_area, make_organization, make_partnership, party
from tests.snapshots import snapshot_fixture


@dataclass
class Desk:
    people: object
    organization: object  # listed partner
    quiet: object  # unlisted partner
    partnership: object

    def define(self, by=SYSTEM, **fields) -> ReportDefinition:
        usual = {"kind": "council", "jurisdiction": self.people.office, "title": "For the council", "eyes": "everyone"}
        return reports.save_report(by=by, fields=usual | fields)

    def make(self, definition=None, by=SYSTEM, **fields) -> Report:
        """Request and make a report, with its file."""
        asked = reports.request_report(definition=definition or self.define(**fields), by=by)
        while report_work.make_next():
            pass
        return fresh(asked)


def fresh(report) -> Report:
    return Report.objects.get(pk=report.pk)


@pytest.fixture(autouse=True)
def unforked_pdf(monkeypatch):
    """Write files in the tests' own process, which is faster. Returns the function that would start another process."""
    in_a_child = report_pdf.render_in_child
    monkeypatch.setattr(report_pdf, "render_in_child", report_writer.render_pdf)
    return in_a_child


@snapshot_fixture
def desk(people):
    office, area = people.office, make_issue_area()
    listed = make_organization("Voices of the Block", "profiled", kept_by=office)
    quiet = make_organization("Quiet Neighbors", "unlisted", kept_by=office)
    parties = [
        party(office, "lead", circle="decides"),
        party(listed, "member", circle="co_designs", contribution="Knows every stairwell"),
        party(quiet, "member", circle="consulted"),
    ]
    record = make_partnership(
        "Homes that last", lead=office, parties=parties, issue_areas=[area], summary="Repairs first."
    )
    return Desk(people, listed, quiet, record)
