"""What changes in partnerships when a record of the directory changes."""

from collections.abc import Iterable
from typing import Any

from partnerships.core.access import Author
from partnerships.core.models import Record, type_key
from partnerships.directory import hooks
from partnerships.directory.models import Department, IssueArea, Jurisdiction, Organization
from partnerships.registry import name_withholding, publication, second_records
from partnerships.registry.models import Partnership, Party

NAMES = {"name", "other_names"}


@hooks.organization_saved.register
def follow_organization(
    organization: Organization, *, by: Author, before: dict, was: str, may_count: bool, reason: str
) -> None:
    """Update the side of its seats, and remove or restore their names when its listing changes."""
    if NAMES & before.keys():
        second_records.refuse_renamed(organization, by=by, why=reason)
    if "side" in before:
        Party.objects.filter(organization=organization).update(side=organization.side)
    name_withholding.follow_listing(organization, was=was, may_count=may_count)


@hooks.record_changed.register
def publish_what_shows(record: Any, *, shown: bool = False, moved: bool = False, entries: dict[str, list]) -> None:
    """Rewrite the documents of partnerships that name the record or are found by it."""
    publication.publish(_partnerships(record, shown, moved), also=entries)


def _partnerships(record: Record, shown: bool, moved: bool) -> Iterable[int]:
    if (shown or moved) and isinstance(record, IssueArea):
        below = IssueArea.objects.filter(path__startswith=record.path)
        return Partnership.objects.filter(issue_areas__in=below).values_list("pk", flat=True)
    if moved and isinstance(record, (Jurisdiction, Department)):
        return publication.partnerships_at(record)
    named: dict[str, Any] = {type_key(record): record}
    return publication.partnerships_showing(**named) if shown else ()
