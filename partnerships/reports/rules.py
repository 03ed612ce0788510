"""Which reports a person may read and manage: those of their own offices and organizations.

Administrator rights add none.
"""

from django.db.models import Q, QuerySet

from partnerships.core.access import (
    Viewer,
    jurisdictions_read_by,
    jurisdictions_written_by,
    organizations_of,
    organizations_written_by,
)
from partnerships.core.models import type_key
from partnerships.directory.models import Body
from partnerships.reports.models import Report, ReportDefinition


def definitions_visible_to(person: Viewer) -> QuerySet[ReportDefinition]:
    """The definitions of the person's own offices and organizations."""
    own = Q(jurisdiction__in=jurisdictions_read_by(person)) | Q(organization__in=organizations_of(person))
    return ReportDefinition.objects.filter(own)


def reports_visible_to(person: Viewer) -> QuerySet[Report]:
    """The reports created from these definitions."""
    return Report.objects.filter(definition__in=definitions_visible_to(person).order_by().values("pk"))


def may_report_for(person: Viewer, owner: Body) -> bool:
    """Whether the person may manage reports of this office or organization: its own editors."""
    written = (
        jurisdictions_written_by(person) if type_key(owner) == "jurisdiction" else organizations_written_by(person)
    )
    return owner.pk in written
