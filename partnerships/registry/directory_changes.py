"""What changes in partnerships when a record of the directory changes."""

from collections.abc import Iterable, Sequence
from typing import Any

from partnerships.core.models import Record
from partnerships.directory import hooks
from partnerships.directory.models import Contact, Department, IssueArea, Jurisdiction, Organization
from partnerships.registry import name_withholding, publication
from partnerships.registry.choices import SeatState
from partnerships.registry.models import Partnership, Party, SeatConsent


@hooks.organization_saved.register
def follow_organization(organization: Organization, *, before: dict, was: str, may_count: bool) -> None:
    """Update the side of its seats, and remove or restore their names when its listing changes."""
    if "side" in before:
        Party.objects.filter(organization=organization).update(side=organization.side)
    name_withholding.follow_listing(organization, was=was, may_count=may_count)


@hooks.record_changed.register
def publish_what_shows(record: Any, *, shown: bool = False, moved: bool = False, entries: dict[str, list]) -> None:
    """Rewrite the documents of partnerships that name the record or are found by it."""
    publication.publish(_partnerships(record, shown, moved), also=entries)


@hooks.contacts_replaced.register
def forget_moved_contacts(contacts: Iterable[Contact], rows: Sequence[dict[str, Any]]) -> None:
    """A contact that gets another email address isn't who confirmed a seat by a link to the old one anymore.

    Otherwise, an office could change the address and get what only that partner should (`contacts_who_confirmed`).
    """
    fields = {row["id"]: row for row in rows if row.get("id")}
    moved = [one.pk for one in contacts if one.pk in fields and one.has_other_address(fields[one.pk])]
    if moved:
        SeatConsent.objects.filter(contact__in=moved, state=SeatState.CONFIRMED).update(contact=None)


def _partnerships(record: Record, shown: bool, moved: bool) -> Iterable[int]:
    if moved and isinstance(record, IssueArea):
        below = IssueArea.objects.filter(path__startswith=record.path)
        return Partnership.objects.filter(issue_areas__in=below).values_list("pk", flat=True)
    if moved and isinstance(record, (Jurisdiction, Department)):
        return publication.partnerships_at(record)
    named: dict[str, Any] = {str(record._meta.model_name): record}
    return publication.partnerships_showing(**named) if shown else ()
