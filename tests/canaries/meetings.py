"""Canaries of meetings, check-ins and emails."""

from partnerships.core.access import SYSTEM
from partnerships.interactions.actions import add_remark, save_interaction
from partnerships.interactions.models import Interaction
from partnerships.mail.models import Email, Suppression
from partnerships.meetings.action_items import note_action, save_action
from partnerships.meetings.check_ins import record_check_in, save_check_in_plan
from partnerships.meetings.closing import close_meeting
from partnerships.meetings.meetings import save_meeting
from partnerships.meetings.models import Action, CheckIn
from tests.factories import in_days, make_meeting

TEXTS = ("place", "access_notes", "link", "interpretation", "source")
DECISION = ("question", "options", "outcome", "community_input")


def plant(world):
    people, name = world.people, "meeting.title of one internal"
    contact = world["profiled for staff"].contacts.first()
    if world.has(name):
        fields = {field: world.put(f"meeting.{field} of one internal") for field in TEXTS}
        asked = [people.editor, world.colleague, *([contact] if contact else [])]
        made = make_meeting(world["table"], title=world.put(name), people=asked, **fields)
        agenda = [{"title": world.put("agendaitem.title of one internal"), "minutes": 20}]
        world.records[name] = save_meeting(meeting=made, by=SYSTEM, fields={}, agenda=agenda)
    name = "meeting.title of a draft"
    if world.has(name):
        draft = world.records.get("partnership.title of a full draft") or world["kept on"]
        world.records[name] = make_meeting(draft, title=world.put(name), is_public=True, people=[people.editor])
    # A person who has left the office is still a participant.
    title = world.put("meeting.title of one internal, with one who left") or "Kept table"
    world.records["meeting with one who left"] = make_meeting(world["kept on"], title=title, people=[people.stranger])
    rhythm = {"partnership": world["table"], "rhythm": "monthly", "anchor_on": in_days(3), "zone": "America/Chicago"}
    plan = save_check_in_plan(by=SYSTEM, fields=rhythm | {"person": world.colleague})
    record_check_in(plan=plan, by=people.editor, note=world.put("checkin.note") or "Held")
    texts = {name: world.put(f"checkin.{name}") for name in ("changed", "needs")}
    CheckIn.objects.filter(plan=plan).update(**texts)
    world.records["check-in by a colleague"] = plan
    if world.has("meeting.notes"):
        _close(world)
        _give(world)
    _log(world)
    Email.objects.filter(subject_type="checkinplan", subject_id=plan.pk).update(
        last_reply=world.put("email.last_reply")
    )
    Suppression.objects.filter(pk=world["suppression"].pk).update(detail=world.put("suppression.detail"))


def _close(world):
    """Close an internal meeting with notes and decisions."""
    made = make_meeting(world["table"], title="Held inside", days=-1, people=[world.people.editor])
    made = save_meeting(meeting=made, by=SYSTEM, fields={}, agenda=[{"title": "Data"}])
    world.records["meeting.notes"] = close_meeting(
        meeting=made,
        by=SYSTEM,
        fields={"notes": world.put("meeting.notes")},
        agenda_notes={made.agenda.get().pk: world.put("agendaitem.notes")},
        decisions=[{name: world.put(f"decision.{name}") for name in DECISION}],
    )


def _log(world):
    """Log an interaction with the open organization for the office alone, and one that the partner's organization reads."""
    office = {
        "office": world.people.office,
        "date": in_days(-1),
        "follow_up_on": in_days(3),
        "partnerships": [world["table"]],
    }
    for kind, fields in (
        ("", {"organization": world["profiled"]}),
        (" shared", {"organization": world.people.organization, "is_shared": True}),
    ):
        name = f"interaction.summary{kind}"
        if world.has(name):
            texts = {"summary": world.put(name), "text": world.put(f"interaction.text{kind}")}
            made = save_interaction(by=SYSTEM, fields=office | fields | texts)
            Interaction.objects.filter(pk=made.pk).update(source=world.put(f"interaction.source{kind}"))
            world.records[name] = made
            if kind:
                text = world.put("interactionremark.text")
                add_remark(interaction=made, by=world.people.partner, text=text)


def _give(world):
    """Give the editor an action item."""
    fields = {"partnership": world["table"], "owner_person": world.people.editor, "due_on": in_days(3)}
    fields |= {name: world.put(f"action.{name}") for name in ("title", "detail")}
    made = save_action(by=SYSTEM, fields=fields)
    Action.objects.filter(pk=made.pk).update(source=world.put("action.source"))
    note = note_action(action=made, by=SYSTEM, status="open", text=world.put("actionnote.text"))
    world.records["action.title"] = note
