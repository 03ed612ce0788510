"""Pages with forms that the table of rights lists without their records, for tests/naughty_strings.py.

They undo a change, merge two records, or undo a bulk change.
"""

from partnerships.models import Change, Organization, Partnership
from partnerships.records.bulk import change_many
from partnerships.registry.actions import save_partnership
from tests.factories import in_days, make_department, make_organization
from tests.tampering import Target

KEPT_WITHIN = ("partnership_undo", "undo_together")  # at the end of a reason that begins with our own words


def more_pages(world) -> list[Target]:
    person, record = world.people.editor, Partnership.objects.get(pk=world["published"].pk)
    record = save_partnership(partnership=record, by=person, fields={"lessons": "To be undone"})
    change = Change.objects.filter(record_type="partnership", record_id=record.pk).order_by("-pk").first()
    two = [make_organization(f"Band {n}", kept_by=world.people.office, address=f"{n} Main Street") for n in "AB"]
    units = [make_department(world.people.office, f"Bureau {n}") for n in "AB"]
    many = Organization.objects.filter(pk__in=[one.pk for one in two])
    seen = {one.public_id: one.version for one in many}
    done = change_many(kind="organization", by=person, seen=seen, asked={"last_verified_on": in_days(-9)})
    pages = {
        "partnership_undo": f"/partnerships/{record.public_id}/history/{change.pk}/undo/",
        "organization_merge": f"/organizations/{two[0].public_id}/merge/?other={two[1].public_id}",
        "department_merge": f"/departments/{units[0].public_id}/merge/?other={units[1].public_id}",
        "undo_together": f"/changes/{done}/undo/",
    }
    return [Target(None, route, "", url, {}) for route, url in pages.items()]
