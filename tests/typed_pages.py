"""Pages with forms that the table of rights names without their records: what to undo, two to make one, a list that was changed.
And what makes a form one that is saved, where nobody can guess it. For tests/typed.py."""

from partnerships.communication.bulk import change_many
from partnerships.models import Change, Organization, Partnership
from partnerships.registry.actions import save_partnership
from tests.make import in_days, make_department, make_organization
from tests.tampering import Target

_LOOKED_AT = {"look": None, "own": None}  # words: saved, not looked at
_PRESSED = {"look": None, "save": "yes", "drop-issue_areas": None}  # many at once: saved, not looked at
WITHOUT_MARKS = ("word", "own_word", "term_new")
KEPT_WITHIN = ("partnership_undo", "undo_together")  # at the end of a reason that begins with words of ours
# Route → fields that its form is sent with; None: not at all.
SAVED_WITH = {
    "round_new": {"closes_on": in_days(30).isoformat(), "asks": "ten"},
    "portfolio_new": {"closes_on": in_days(30).isoformat()},
    **dict.fromkeys(WITHOUT_MARKS, _LOOKED_AT),
    **dict.fromkeys(("partnership_many", "organization_many", "department_many"), _PRESSED),
}


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
