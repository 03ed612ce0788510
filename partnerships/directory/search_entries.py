"""By which words search finds the records of the directory."""

from partnerships.core import record_types, search
from partnerships.directory.matching import names_of_line
from partnerships.directory.models import Department, IssueArea, Jurisdiction, Organization
from partnerships.directory.rules import LISTED, fields_shown


def organization_entry(organization: Organization) -> search.Entry:
    """The search entry of an organization: its name if it is listed, and what its profile shows everyone."""
    shown = fields_shown(None, [organization])[organization.pk]
    other_names = organization.other_names if "other_names" in shown else ""
    searched = [
        one.name for one in record_types.for_record(organization).fields if one.is_searched and one.name in shown
    ]
    words = " ".join(filter(None, (getattr(organization, name) for name in searched)))
    return search.Entry(organization.pk, organization.listing in LISTED, organization.name, other_names, words)


def department_entry(department: Department) -> search.Entry:
    """The search entry of a department."""
    names = "\n".join((department.jurisdiction.name, *names_of_line(department.other_names)))
    return search.Entry(department.pk, True, department.name, names, department.about)


def jurisdiction_entry(jurisdiction: Jurisdiction) -> search.Entry:
    """The search entry of a jurisdiction."""
    names = "\n".join((jurisdiction.get_kind_display(), *names_of_line(jurisdiction.other_names)))
    return search.Entry(jurisdiction.pk, True, jurisdiction.name, names, jurisdiction.about)


def issue_area_entry(area: IssueArea) -> search.Entry:
    """The search entry of an issue area."""
    return search.Entry(area.pk, True, area.name, "", area.about)
