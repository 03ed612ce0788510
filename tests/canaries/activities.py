"""Canaries of activities, of gains, and of a plan that only its office can read."""

from partnerships.core.access import SYSTEM
from partnerships.measurement.activities import save_gain
from tests.factories import make_activity, make_plan

PLAN, OUTCOME = (
    ("title", "link", "source"),
    ("number", "goal", "title", "actions", "measured_by", "accountable", "due", "progress"),
)


def plant(world):
    table = world["table"]
    if world.has("activity.title"):
        fields = {name: world.put(f"activity.{name}") for name in ("title", "detail", "source")}
        world.records["activity.title"] = make_activity(table, status="under_way", **fields)
    if text := world.put("gain.text"):
        party = table.parties.get(organization=world.people.organization)
        world.records["gain.text"] = save_gain(party=party, by=SYSTEM, fields={"text": text})
    if world.has("plan.title"):
        outcome = {name: world.put(f"outcome.{name}") for name in OUTCOME}
        fields = {name: world.put(f"plan.{name}") for name in PLAN}
        world.records["plan.title"] = make_plan(lead=world.people.office, outcomes=[outcome], **fields)
