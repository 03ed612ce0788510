"""What no one may do through any form, whatever the form offers. These rules are defined separately from the registry's own.

`wrong(sent, world, role, route, record)` returns a line for each thing that a form changed and should not have.
"""

import json
from functools import cache

from django.apps import apps

from tests.posting import GONE, NEW
from tests.writes import RESTAMPED, is_allowed

WRITING = ("editor", "manager")
READERS = ["public", "partners", "staff"]  # the first is visible to the most people
PRIVATE = ("address", "led_by", "communities")  # profile fields that are closed until the organization opens them
# Columns whose person may be someone else than the sender: invited to a meeting, check-in or role, or given a role.
OF_OTHERS = {
    "Participant.person_id",
    "CheckInPlan.person_id",
    "CheckInPlan.holder_id",
    "Invitation.person_id",
    "Membership.person_id",
    "Action.owner_person_id",
    "Respondent.person_id",
    "ReportDefinition_mailed_to.person_id",
}
# People who are asked for something in a partnership.
ASKED = ("Participant.person_id", "CheckInPlan.person_id", "CheckInPlan.holder_id")
ERASED = {"account_erase", "contact_erase", "person_erase"}  # these redact the audit log
OWN = {"Follow", "CalendarFeed", "EmailPreference", "ApiToken", "Draft"}  # rows of the person who sends the form
RECORDS = {"Partnership", "Organization", "Jurisdiction", "Department", "Meeting", "IssueArea", "Round", "ExpectedSeat"}
RECORDS |= {"Portfolio", "Plan", "Result", "Measure", "Activity", "ReportDefinition", "CheckInPlan"}
# These follow any write. A report of another office is redacted when words in it are withdrawn.
FOLLOW = {"Change", "Email", "Tombstone", "LogEntry", "Report", "ReportName"}
# Route → rows that it makes, too: a service account is a person, and that someone was removed from an organization follows
# them into the account that is kept.
MORE_ROWS = dict.fromkeys(("organization_service_new", "jurisdiction_service_new", "department_service_new"), "Person")
MORE_ROWS["person_merge_with"] = "FormerMember"
# Bulk changes: the kind of record, and the column with the office that keeps it.
MANY = {
    "partnership_many": ("Partnership", "lead_id"),
    "organization_many": ("Organization", "kept_by_id"),
    "department_many": ("Department", "jurisdiction_id"),
}


class Me:
    """The person who sends the form, with the roles that the database held before."""

    def __init__(self, sent, world, role):
        person = getattr(world.people, role, None)
        self.pk = person.pk if person and person.is_active else None
        self.rules = bool(self.pk and person.is_administrator)
        self.places = [row for row in sent.before["Membership"].values() if row["person_id"] == self.pk]

    def bodies(self, kind, roles=("reader", *WRITING)):
        return {row[f"{kind}_id"] for row in self.places if row["role"] in roles} - {None}

    def manages(self, row, sent):
        above = sent.row("Department", row["department_id"])["jurisdiction_id"] if row["department_id"] else None
        own = any(
            row[f"{k}_id"] in self.bodies(k, ("manager",)) for k in ("jurisdiction", "department", "organization")
        )
        return self.rules or own or above in self.bodies("jurisdiction", ("manager",))

    def speaks_for(self, party, sent):
        above = sent.row("Department", party["department_id"])["jurisdiction_id"] if party["department_id"] else None
        kinds = ("jurisdiction", "department", "organization")
        own = any(party[f"{kind}_id"] in self.bodies(kind, WRITING) for kind in kinds)
        return own or above in self.bodies("jurisdiction", WRITING)


def wrong(sent, world, role, route, record) -> list[str]:
    # A link from an email acts for its recipient, who is the editor (World.link).
    me, found = Me(sent, world, "editor" if record == "its link" else role), []
    anchors = _anchors(sent, world, me, route, record)
    for touch in sent.touches:
        row = sent.row(touch.model, touch.pk)
        for problem in _problems(sent, touch, row, me, route, anchors, world):
            found.append(
                f"{role} {route} {record}: {touch.path} {touch.pk}: {touch.before!r} → {touch.after!r}: {problem}"
            )
    return found


def _problems(sent, touch, row, me, route, anchors, world):
    if not is_allowed(touch, route):
        yield "this route may not change it"
    own = touch.model in FOLLOW or touch.path in RESTAMPED or (touch.model, touch.pk) == ("Person", me.pk)
    own = own or (touch.model in OWN and row["person_id"] == me.pk)
    own = own or (touch.before == NEW and MORE_ROWS.get(route) == touch.model and row.get("is_service", True))
    if not own and not anchors & _around(sent, touch.model, touch.pk):
        yield "of another record"
    if touch.after == GONE:
        return
    yield from _wrong_names(sent, touch, row, me, route, world, anchors)
    yield from _opened(sent, touch, row, me)
    target = targets(touch.model).get(touch.field)
    if target in ("Organization", "Partnership") and touch.after and not _sees(sent, me, target, touch.after):
        yield "joined to what she may not see"
    is_given = touch.path in ("Partnership.lead_id", "Organization.kept_by_id") and touch.after and not me.rules
    if is_given and touch.after not in me.bodies("jurisdiction", WRITING):
        yield "given to an office that she does not write for"
    if (
        touch.model in RECORDS
        and touch.before == NEW
        and row["is_sample"] + row["is_illustration"] + row["version"] > 2
    ):
        yield "made as something that it is not"


def _wrong_names(sent, touch, row, me, route, world, anchors):
    """Yield what is wrong with the names in a row: whose name it has, who gets a role, and which partner they act for."""
    target = targets(touch.model).get(touch.field)
    is_other = target == "Person" and touch.after not in (None, me.pk) and touch.path not in OF_OTHERS
    if is_other and not (touch.after not in sent.before["Person"] and sent.row("Person", touch.after)["is_service"]):
        yield "in the name of another"
    if touch.path in ASKED and touch.after and not _sits_at(sent, touch, row):
        yield "asks somebody who does not sit there"
    if touch.path == "ReportDefinition_mailed_to.person_id" and not _belongs(sent, row):
        yield "mails a report to somebody who does not belong to its owner"
    if touch.path == "Membership.role" and route != "invitation" and not me.manages(row, sent) and route != "claim":
        yield "gives a role and does not manage"
    if touch.path == "Membership.role" and route == "claim" and row["person_id"] == me.pk:
        yield "lets herself in"
    if touch.path == "Membership.role" and route == "invitation" and touch.after != world["invitation"].role:
        yield "another role than was offered"
    if touch.path == "Person.is_administrator" and touch.after and touch.before != 1:
        yield "makes an administrator"
    if touch.model in ("Confirmation", "PartyNote", "Reply") and touch.before != NEW and route not in ERASED:
        yield from _for_party(sent, row, me)
    speaks = touch.path in ("Confirmation.party_id", "PartyNote.party_id") or (
        touch.path == "Reply.text" and touch.after
    )
    if speaks and not (route == "state_by_link" and ("Party", row["party_id"]) in anchors):
        yield from _for_party(sent, row, me)
    if touch.path == "ApiToken_memberships.membership_id" and sent.row("Membership", touch.after)["person_id"] != me.pk:
        yield "reads with another's place"


def _sits_at(sent, touch, row) -> bool:
    """Whether the person asked belongs to the lead agency or, where that is enough, to another partner."""
    of_meeting, of_lead = touch.model == "Participant", touch.path != "CheckInPlan.person_id"
    partnership = (sent.row("Meeting", row["meeting_id"]) if of_meeting else row)["partnership_id"]
    lead = {"jurisdiction_id": sent.row("Partnership", partnership)["lead_id"]}
    bodies = (
        [lead] if of_lead else [lead, *(p for p in sent.before["Party"].values() if p["partnership_id"] == partnership)]
    )
    places = [place for place in sent.before["Membership"].values() if place["person_id"] == touch.after]
    columns = ("jurisdiction_id", "department_id", "organization_id")
    return any(body.get(key) and body[key] == place[key] for body in bodies for place in places for key in columns)


def _belongs(sent, row):
    """Whether the recipient of a report has a role at the office or organization that owns it."""
    report = sent.row("ReportDefinition", row["reportdefinition_id"])
    places = [place for place in sent.before["Membership"].values() if place["person_id"] == row["person_id"]]
    return any(
        report[key] and report[key] in {place[key] for place in places}
        for key in ("jurisdiction_id", "organization_id")
    )


def _for_party(sent, row, me):
    if not me.speaks_for(sent.row("Party", row["party_id"]), sent):
        yield "speaks for a party that is not hers"


def _open_fields(value):
    """Return the open fields as a dict. SQLite stores JSON as text, and a new record has none."""
    return value if isinstance(value, dict) else json.loads(value) if value.startswith("{") else {}


def _reads(open_fields, name):
    return READERS.index(open_fields.get(name, "staff" if name in PRIVATE else "public"))


def _opened(sent, touch, row, me):
    """Yield a line where someone else opens a profile: only the organization itself may do that."""
    own, wider = me.bodies("organization", WRITING), False
    if touch.path == "Organization.listing":
        wider = touch.after == "profiled" and touch.pk not in own
    if touch.path == "Organization.open_fields":
        was, now = map(_open_fields, (touch.before, touch.after))
        wider = touch.pk not in own and any(_reads(now, name) < _reads(was, name) for name in {*was, *now})
    if touch.path == "Contact.visible_to" and row["organization_id"]:
        was = touch.before if touch.before in READERS else "staff"
        wider = READERS.index(touch.after) < READERS.index(was) and row["organization_id"] not in own
    if wider:
        yield "opened by somebody else"


def _sees(sent, me, model, pk):
    if me.rules or (model == "Organization" and pk in me.bodies("organization")):
        return True
    row, read = sent.row(model, pk), me.bodies("jurisdiction")
    if model == "Organization":
        return row["listing"] != "unlisted" or row["kept_by_id"] in read or pk not in sent.before[model]
    shares = [share for share in sent.before["DraftShare"].values() if share["partnership_id"] == pk]
    shown = any(
        share[f"{k}_id"] in me.bodies(k) for share in shares for k in ("jurisdiction", "department", "organization")
    )
    return bool(row["is_published"]) or row["lead_id"] in read or shown or pk not in sent.before[model]


MADE = {"Suggestion", "Claim", "Term", "Suppression", "Wording", "SiteText"}  # what forms make besides records


@cache
def targets(model) -> dict[str, str]:
    """Return column → the name of the model that it refers to."""
    found = next(m for m in apps.get_models(include_auto_created=True) if m.__name__ == model)
    return {f.attname: f.related_model.__name__ for f in found._meta.concrete_fields if f.is_relation}


def _around(sent, model, pk, steps=3) -> set:
    """The row itself and the rows that it refers to, up to this many steps away."""
    found, row = {(model, pk)}, sent.row(model, pk)
    if steps and row:
        for column, target in targets(model).items():
            if row[column] is not None and target in sent.before:
                found |= _around(sent, target, row[column], steps - 1)
    return found


def _along(sent, world, me, route, one) -> set:
    """What a form about one record also concerns: the other record of a merge, and records that were changed together."""
    kind, before = one._meta.model_name, sent.before
    if route.endswith("_apart"):
        merges = [row for row in before["Merge"].values() if (row["record_type"], row["kept_id"]) == (kind, one.pk)]
        return {("Merge", row["id"]) for row in merges} | {(type(one).__name__, row["lost_id"]) for row in merges}
    if route == "person_merge_with":
        new = {("Merge", pk) for pk in sent.after["Merge"] if pk not in before["Merge"]}
        return new | {("Person", world.people.other_partner.pk)}
    if route == "organization_split":
        return {
            ("Partnership", row["partnership_id"])
            for row in before["Party"].values()
            if row["organization_id"] == one.pk
        }
    if route == "import_columns":
        return {("Jurisdiction", before["Import"][one.pk]["jurisdiction_id"])}
    if route == "undo_together":
        own = me.bodies("jurisdiction", WRITING)
        requests = {row["request_id"] for row in _edits(before, kind, one.pk)[:1]}
        return {
            ("Partnership", row["record_id"])
            for row in before["Change"].values()
            if row["request_id"] in requests
            and row["record_type"] == kind
            and (me.rules or before["Partnership"][row["record_id"]]["lead_id"] in own)
        }
    return set()


def _edits(before, kind, pk):
    """The audit log's edits of a record, the latest first."""
    rows = [
        row
        for row in before["Change"].values()
        if (row["record_type"], row["record_id"], row["verb"]) == (kind, pk, "update")
    ]
    return sorted(rows, key=lambda row: row["id"], reverse=True)


def _anchors(sent, world, me, route, record) -> set:
    """What a form concerns: the record in its address, the records that it makes, and its sender."""
    name = record.removeprefix("no ") if record else ""
    found = {(t.model, t.pk) for t in sent.touches if t.before == NEW and t.model in RECORDS | MADE}
    found |= set() if record else {("Person", me.pk)}
    if route in MANY:
        model, office = MANY[route]
        own = me.bodies("jurisdiction", WRITING)
        found |= {(model, pk) for pk, row in sent.before[model].items() if me.rules or row[office] in own}
    if name in world.records:
        found |= _along(sent, world, me, route, world[name])
    if route.startswith("admin:"):
        found |= {("Term", world.term.pk), ("IssueArea", world["issue area"].pk)}
    if name == "its link":
        seat = world["public meeting"].participants.get(person=world.people.editor)
        found |= {("Participant", seat.pk)} if route == "answer_meeting" else set()
        place = world["open round"].respondents.get(person=world.people.editor)
        found |= {("Respondent", place.pk)} if route in ("answer_round", "answer_ties") else set()
        found |= {("CheckInPlan", world["check-in"].pk)} if route == "answer_check_in" else set()
        partner = world["partner to name people"]
        found |= {("AskedParty", partner.pk), ("Round", partner.side.round_id)} if route == "name_by_link" else set()
        partner = world["partner to agree"]
        found |= {("AskedParty", partner.pk), ("Round", partner.side.round_id)} if route == "agree_by_link" else set()
        seat = world["partner to agree"].party
        found |= {("Party", seat.pk), ("Partnership", seat.partnership_id)} if route == "state_by_link" else set()
        asked = world["seat invitation"]
        seat = asked.partnership.parties.get(organization=asked.organization_id)
        found |= {("Party", seat.pk), ("Organization", seat.organization_id)} if route == "answer_seat" else set()
    if name in world.records:
        one = world[name]
        found.add((type(one).__name__, one.pk))
        if type(one).__name__ in ("Membership", "Invitation"):
            found.add((type(one.body).__name__, one.body.pk))
        if type(one).__name__ == "Respondent":
            found |= {("RoundSide", one.side_id)}
        if type(one).__name__ in ("Remark", "Round"):
            found.add(("Partnership", one.partnership_id))
        if type(one).__name__ in ("Claim", "Suggestion", "Contact") and one.organization_id:
            found.add(("Organization", one.organization_id))
    return found
