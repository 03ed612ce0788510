"""Canaries of partnerships: a published one with everything that the public must not see, and drafts of every kind."""

from partnerships.core.access import SYSTEM
from partnerships.models import Membership, Person, Remark
from partnerships.registry.actions import save_partnership, withdraw_partnership
from partnerships.registry.choices import Kind
from partnerships.registry.own_part import save_note
from partnerships.registry.remarks import reply_to_remark, show_remark, withdraw_remark
from partnerships.registry.sharing import share_draft, unshare_draft
from partnerships.registry.statements import dispute_record
from tests.factories import in_days, make_meeting, make_partnership, party
from tests.fields import texts

TEXTS = tuple(name for name in texts("partnership") if name != "title")
# The facts of each kind: single rows, and lists of rows with their model.
ONE_ROW = {
    "agreement": ("scope", "renewal"),
    "training": ("audience", "evaluator"),
    "advisory_body": ("position", "chosen_how", "decides_what", "decides_how", "compensation"),
    "joint_project": ("outcomes", "budget_split"),
}
MANY_ROWS = {
    "seats": ("seat", ("title", "chosen_by")),
    "asks": ("ask", ("text", "answer_reason")),
    "practices": ("practice", ("title",)),
    "documents": ("document", ("title", "url")),
}


def plant(world):
    for plant_some in (_plant_table, _plant_organizing, _plant_statements, _plant_notes, _plant_drafts, _plant_shared):
        plant_some(world)
    _plant_moved(world)
    _plant_left(world)


def _plant_table(world):
    """A published partnership with public partners, and with partners that must not be shown there."""
    people, office = world.people, world.people.office
    rows = [
        party(office, "lead", internal_notes=world.put("party.internal_notes")),
        party(people.organization, "member"),
        party(world.member_office, "member"),
        party(world["department"], "member"),
        party(world["profiled for partners"], "member"),
    ]
    places = []
    for of, body, more in (
        ("unlisted", world.records.get("unlisted"), {}),
        ("with its own people", world["unlisted with the partner"], {}),
        ("not yet approached", world["profiled"], {"circle": "not_approached"}),
        ("declined", people.other_office, {"circle": "declined"}),
    ):
        adds = body and world.put(f"party.contribution of one {of}")
        places.append(len(rows) if adds else None)
        rows += [party(body, "advisor", "funder", contribution=adds, **more)] if adds else []
    facts = {
        "seats": [{"title": f"Seat {n}", "held_by": place} for n, place in enumerate(places)],
        "practices": [{"title": f"Notes {n}", "shared_by": p, "adopted_by": [p]} for n, p in enumerate(places)],
    }
    before = world.put("change.before of a partnership")
    made = make_partnership(
        "The table", lead=office, parties=rows, facts=facts, internal_notes=before, issue_areas=[world["issue area"]]
    )
    fields = {"internal_notes": world.put("partnership.internal_notes")}
    made = save_partnership(partnership=made, by=SYSTEM, fields=fields, why=world.put("change.why of a partnership"))
    world.records["table"] = made


def _plant_organizing(world):
    """Outside organizing: a partner that is listed elsewhere and hasn't agreed to be named here."""
    rows = [party(world.people.office, "lead")]
    adds = world.put("party.contribution of one that said no yes")
    rows += [party(world["named only"], "organizer", contribution=adds)] if adds else []
    made = make_partnership("From outside", lead=world.people.office, kind="organizing", parties=rows, confirmed=False)
    world.records["organizing"] = made


def _party(world, body):
    return world["table"].parties.filter(**{body._meta.model_name: body}).first()


def _plant_statements(world):
    """Remarks of the lead agency, scheduled or withdrawn, and statements of partners that the public doesn't see."""
    table, own = world["table"], _party(world, world["unlisted with the partner"])
    public = show_remark(partnership=table, by=SYSTEM, text="Everyone reads this")
    Remark.objects.filter(pk=public.pk).update(public_on=in_days(-1))
    world.records["remark for all"] = public
    for of, name in (("unlisted", "unlisted"), ("with its own people", "unlisted with the partner")):
        speaker = _party(world, world[name]) if name in world.records else None
        statement = speaker and world.put(f"confirmation.words of one {of}")
        if statement:
            dispute_record(party=speaker, by=SYSTEM, words=statement)
    if own and world.has("reply.text of a hidden party"):
        reply_to_remark(remark=public, party=own, by=SYSTEM, text=world.put("reply.text of a hidden party"))
    for of in ("before its day", "taken back"):
        if not world.has(f"remark.text of one {of}"):
            continue
        made = show_remark(partnership=table, by=SYSTEM, text=world.put(f"remark.text of one {of}"))
        speaker = _party(world, world.people.organization)
        reply_to_remark(remark=made, party=speaker, by=SYSTEM, text=world.put(f"reply.text to one {of}"))
        if of == "taken back":
            withdraw_remark(remark=made, by=SYSTEM)
        world.records[f"remark {of}"] = made


def _plant_notes(world):
    """A note of each partner, which only its own people can read."""
    people = world.people
    for of, body, by in (
        ("the office", people.office, people.editor),
        ("a member", world.member_office, people.member),
        ("a department", world["department"], people.department),
        ("an organization", people.organization, people.partner),
        ("a hidden party", world["unlisted with the partner"], people.manager),
    ):
        keeper, text = _party(world, body), world.put(f"partynote.text of {of}")
        if keeper and text:
            save_note(party=keeper, by=Person.objects.get(pk=by.pk), text=text, version=0)


def _plant_drafts(world):
    """A draft of each kind, one with a canary in every field, and one that was published before."""
    office = world.people.office
    for kind in Kind.values:
        rows = [party(office, "lead")]
        world.add(f"partnership.title of a draft: {kind}", make_partnership, lead=office, published=False, kind=kind,
                  parties=rows)  # fmt: skip
    _plant_withdrawn(world)
    name = "partnership.title of another office's draft"
    rows = [party(world.people.other_office, "lead")]
    world.add(name, make_partnership, lead=world.people.other_office, published=False, parties=rows)
    name = "partnership.title of a full draft"
    if world.has(name):
        one = {
            model: {f: world.put(f"{model.replace('_', '')}.{f}") for f in fields} for model, fields in ONE_ROW.items()
        }
        many = {rows: [{f: world.put(f"{model}.{f}") for f in fields}] for rows, (model, fields) in MANY_ROWS.items()}
        link = {"came_of_it": world.put("partnershiplink.came_of_it"), "url": world.put("partnershiplink.url")}
        adds, notes = world.put("party.contribution of a draft"), world.put("party.internal_notes of a draft")
        world.records[name] = make_partnership(
            world.put(name),
            lead=office,
            published=False,
            parties=[
                party(office, "lead", contribution=adds, internal_notes=notes),
                party(world["profiled"], "member"),
            ],
            facts=one | many,
            grew_out_of=[world["published"]],
            led_to=[{"later": world["table"], **link}],
            **{field: world.put(f"partnership.{field} of a full draft") for field in TEXTS},
        )


def _plant_withdrawn(world):
    """A published partnership that was unpublished and renamed. Sync remembers its id alone."""
    made = make_partnership("Open once", lead=world.people.office, parties=[party(world.people.office, "lead")])
    world.records["meeting of one withdrawn"] = make_meeting(made, title="Open then", is_public=True)
    made = withdraw_partnership(partnership=made, by=SYSTEM)
    name = "partnership.title of one withdrawn"
    fields = {"title": world.put(name) or "Open once", "summary": "Renamed"}
    world.records["withdrawn partnership"] = save_partnership(partnership=made, by=SYSTEM, fields=fields)


def _plant_shared(world):
    """Shared drafts, and one that is no longer shared."""
    office, organization = world.people.office, world.people.organization
    for of, body in (
        ("shown to an organization", organization),
        ("shown to a jurisdiction", world.member_office),
        ("shown to a department", world["department"]),
        ("shown no more", organization),
    ):
        rows = [party(office, "lead"), party(world["unlisted with the partner"], "member")]
        made = world.add(
            f"partnership.title of a draft {of}", make_partnership, lead=office, published=False, parties=rows
        )
        if made:
            share_draft(partnership=made, by=SYSTEM, body=body)
            if of == "shown no more":
                unshare_draft(partnership=made, by=SYSTEM, share=made.shares.get())


def _plant_moved(world):
    """A partnership with emails of another office, which this office took over as a draft with another title."""
    people = world.people
    made = make_partnership("Moved work", lead=people.other_office, parties=[party(people.office, "lead")])
    meeting = make_meeting(made, title="Moved table", people=[people.other_editor])
    title = world.put("partnership.title of one taken over") or "Moved work"
    made = save_partnership(partnership=made, by=SYSTEM, fields={"lead": people.office, "title": title})
    withdraw_partnership(partnership=made, by=SYSTEM)
    world.records |= {"moved": made, "meeting of a moved one": meeting}


def _plant_left(world):
    """What someone wrote for an office that they have left."""
    before = world.put("change.before of one who left") or "Then"
    after = world.put("change.after of one who left") or "Now"
    made = make_partnership("Kept on", lead=world.people.office, published=False, parties=[], internal_notes=before)
    place = Membership.objects.create(person=world.people.stranger, jurisdiction=world.people.office, role="editor")
    leaver = Person.objects.get(pk=world.people.stranger.pk)
    save_partnership(partnership=made, by=leaver, fields={"internal_notes": after})
    place.delete()
    world.records["kept on"] = made
