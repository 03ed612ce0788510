"""Canaries of meetings, check-ins and letters."""

from partnerships.communication.actions import record_check_in, save_check_in_plan, save_meeting
from partnerships.communication.models import Letter
from partnerships.communication.reader_models import Suppression
from tests.make import in_days, make_meeting

TEXTS = ("place", "access_notes", "link", "source")


def plant(world):
    people, name = world.people, "meeting.title of one internal"
    contact = world["profiled for staff"].contacts.first()
    if world.has(name):
        fields = {field: world.put(f"meeting.{field} of one internal") for field in TEXTS}
        asked = [people.editor, world.colleague, *([contact] if contact else [])]
        made = make_meeting(world["table"], title=world.put(name), people=asked, **fields)
        agenda = [{"title": world.put("agendaitem.title of one internal"), "minutes": 20}]
        world.records[name] = save_meeting(meeting=made, by=None, fields={}, agenda=agenda)
    name = "meeting.title of a draft"
    if world.has(name):
        draft = world.records.get("partnership.title of a full draft") or world["kept on"]
        world.records[name] = make_meeting(draft, title=world.put(name), is_public=True, people=[people.editor])
    # Someone who has left the office still sits in it.
    title = world.put("meeting.title of one internal, with one who left") or "Kept table"
    world.records["meeting with one who left"] = make_meeting(world["kept on"], title=title, people=[people.stranger])
    rhythm = {"partnership": world["table"], "rhythm": "monthly", "anchor_on": in_days(3), "zone": "America/Chicago"}
    plan = save_check_in_plan(by=None, fields=rhythm | {"person": world.colleague})
    record_check_in(plan=plan, by=people.editor, note=world.put("checkin.note") or "Held")
    world.records["check-in by a colleague"] = plan
    Letter.objects.filter(subject_type="checkinplan", subject_id=plan.pk).update(
        last_reply=world.put("letter.last_reply")
    )
    Suppression.objects.filter(pk=world["suppression"].pk).update(detail=world.put("suppression.detail"))
