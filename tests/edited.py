"""Edits the records of the world, for tests/tampering.py.

Afterwards, each record whose history is in the table of rights has a latest change that can be undone.
"""

from partnerships.core.access import SYSTEM
from partnerships.directory import actions as directory
from partnerships.interactions.actions import save_interaction
from partnerships.measurement import actions as measurement
from partnerships.measurement import activities, composition, plans
from partnerships.meetings import action_items, check_ins, meetings
from partnerships.models import Contact
from partnerships.records import bulk
from tests import access_history
from tests.factories import in_days

WORDS = "Other words than before"
SAVED = {  # kind → its save action and a new value
    "organization": (directory.save_organization, {"aims": WORDS}),
    "jurisdiction": (directory.save_jurisdiction, {"about": WORDS}),
    "department": (directory.save_department, {"about": WORDS}),
    "meeting": (meetings.save_meeting, {"place": WORDS}),
    "checkinplan": (check_ins.save_check_in_plan, {"rhythm": "yearly"}),
    "interaction": (save_interaction, {"text": WORDS}),
    "action": (action_items.save_action, {"detail": WORDS}),
    "result": (measurement.save_result, {"detail": WORDS}),
    "measure": (measurement.save_measure, {"definition": WORDS}),
    "activity": (activities.save_activity, {"detail": WORDS}),
    "plan": (plans.save_plan, {"link": "https://example.org/plan"}),
    "makeup": (composition.save_composition, {"note": WORDS}),
    "population": (composition.save_population, {"note": WORDS}),
}


def edit_all(world):
    """Save each kind by the action that its page calls.

    The partnerships of the editor's office change together, as one bulk change.
    """
    for kind, (save, fields) in SAVED.items():
        for name in access_history.RECORDS[kind]:
            if name in world.records:
                save(**{kind: _fresh(world[name])}, by=SYSTEM, fields=fields)
    names = [name for name in access_history.RECORDS["partnership"] if name in world.records]
    records = [_fresh(world[name]) for name in names]
    seen = {record.public_id: record.version for record in records}
    asked = {"last_verified_on": in_days(-9)}
    done = bulk.change_many(kind="partnership", by=world.people.editor, seen=seen, asked=asked, why="")
    world.together = dict.fromkeys(names, done)
    Contact.objects.create(department=world["department"], name="Counter")  # moves when the department is split


def _fresh(record):
    return type(record).objects.get(pk=record.pk)
