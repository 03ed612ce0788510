"""Every field of every kind of record that can be changed and undone: the change, for test_undoing.py."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from partnerships.core.access import SYSTEM
from partnerships.directory import actions as directory
from partnerships.directory import snapshots
from partnerships.interactions.actions import save_interaction
from partnerships.interactions.actions import snapshot as interaction_snapshot
from partnerships.measurement import activities, plans
from partnerships.meetings import action_items, meetings
from partnerships.models import Change, IssueArea, Outcome, Partnership
from partnerships.records import undoing
from partnerships.registry import actions as registry
from tests import fields
from tests.factories import (
    make_activity,
    make_department,
    make_issue_area,
    make_jurisdiction,
    make_meeting,
    make_organization,
    make_partnership,
    make_plan,
    make_result,
    make_term,
    party,
)

PROSE = "Zwei Wörter,\nund 居民協會 – <b>“both”</b> & 'one'"
LINE = "O’Brien & D'Angelo — 住民の会"
DAY, LATER = date(2026, 3, 4), date(2027, 5, 6)


_LISTS = ("groups", "owners", "parts", "outcomes", "neighbors")


@dataclass
class Kept:
    """A record, its save action, and the offices and organizations that its changes name."""

    record: object
    save: object
    snapshot: object
    name: str

    def __post_init__(self):
        self.city, self.unit = (
            make_jurisdiction("Ramsey County", "county"),
            make_department(make_jurisdiction("Duluth")),
        )
        self.area, self.group = make_issue_area("transit"), make_organization("Bus riders")

    def change(self, given):
        given = given(self) if callable(given) else given
        given = (
            given
            if {*given} & {"parties", "facts", "contacts", "identifiers", "stages", "agenda", *_LISTS}
            else {"fields": given}
        )
        given = {"fields": {}, "why": "Because"} | given
        self.record = self.save(**{self.name: self.record}, by=SYSTEM, **given)

    def take_snapshot(self):
        """Without the confirmed numbers: an undo gives a number back, and never its confirmation."""
        values = self.snapshot(type(self.record).objects.get(pk=self.record.pk))
        values.pop(snapshots.CONFIRMED, None)
        return values


def partnership(people):
    lead, group = people.office, people.organization
    parties = [
        party(lead, "lead", "backbone", internal_notes="Ask first"),
        party(group, "member", contribution="Time", consented_on=DAY),
        party(make_department(lead), "advisor", starts_on=DAY),
    ]
    parties[0]["roles"][1]["hours_per_month"] = 20
    facts = {
        "agreement": {"amount": "1200.50", "scope": PROSE, "starts_on": DAY, "payment_days": 30},
        "seats": [{"title": "First", "held_by": 0}, {"title": "Second", "held_by": 1}, {"title": "Third"}],
        "asks": [{"text": "A wage", "answer": "adopted"}, {"text": "A room"}],
        "practices": [{"title": "One", "shared_by": 0, "adopted_by": [1, 2]}, {"title": "Two", "shared_on": DAY}],
        "documents": [{"title": "Plan", "url": "https://example.org/plan"}],
    }
    made = make_partnership(lead=lead, parties=parties, facts=facts, starts_on=DAY)
    return Kept(made, registry.save_partnership, registry.snapshot, "partnership")


def rows_of(kept, *positions, **more):
    """Return the parties as the edit page sends them: those at these positions in this order, and more fields for the first."""
    found = []
    for seat in kept.record.parties.all():
        row = {
            name: getattr(seat, name) for name in ("circle", "starts_on", "ends_on", "contribution", "internal_notes")
        }
        row |= {seat.entity._meta.model_name: seat.entity, "consented_on": seat.consented_on}
        kept_roles = ("role", "hours_per_month", "starts_on", "ends_on")
        row["roles"] = [{name: getattr(role, name) for name in kept_roles} for role in seat.roles.all()]
        found.append(row)
    chosen = [found[position] for position in positions]
    return [chosen[0] | more, *chosen[1:]]


def simply(kind, *, exclude=()) -> dict:
    """Return a change for each field that needs only another value, except these."""
    return {
        name: with_another_value(kind, name, field)
        for name, field in fields.form_fields(kind).items()
        if name not in exclude
    }


def with_another_value(kind, name, field):
    """Return another value of a model field, as an argument of `Kept.change`. `kind`: the key of its record type."""
    if name in fields.terms(kind):
        return lambda kept: {name: _many(field, make_term(fields.terms(kind)[name], "another"))}
    if field.related_model is IssueArea:
        return lambda kept: {name: [kept.area]}
    if field.choices:
        return {name: field.flatchoices[-1][0]}
    more = {"BooleanField": True, "DateField": DAY, "TextField": PROSE}
    return {name: more.get(field.get_internal_type(), LINE)}


def _many(field, one):
    return [one] if field.many_to_many else one


PARTNERSHIP = simply(
    "partnership",
    exclude=("title", "kind", "lead", "issue_areas", "starts_on", "ends_on", "status", "status_reason", "lessons"),
) | {
    "title": {"title": LINE},
    "kind": {"kind": "advisory_body"},
    "status": {"status": "ended", "status_reason": PROSE, "lessons": PROSE, "ends_on": LATER},
    "issue_areas": lambda kept: {"issue_areas": [kept.area, make_issue_area("parks")]},
    "starts_on": {"starts_on": None},
    "lead": lambda kept: {"lead": kept.city},
    "a party comes": lambda kept: {"parties": [*rows_of(kept, 0, 1, 2), party(kept.group, "funder")]},
    "a party leaves": lambda kept: {"parties": rows_of(kept, 1, 2)},
    "parties change places": lambda kept: {"parties": rows_of(kept, 2, 0, 1)},
    "a party changes": lambda kept: {
        "parties": rows_of(
            kept,
            0,
            1,
            2,
            circle="decides",
            contribution=PROSE,
            internal_notes="",
            ends_on=LATER,
            roles=[{"role": "funder"}],
        )
    },
    "all at once": lambda kept: {
        "parties": [party(kept.unit, "member")],
        "fields": {"title": LINE},
        "facts": {"seats": []},
    },
    "agreement": {"facts": {"agreement": {"amount": None, "scope": "", "renewal": LINE}}},
    "agreement goes": {"facts": {"agreement": None}},
    "training": {"facts": {"training": {"audience": LINE, "hours": "2.5"}}},
    "advisory_body": {"facts": {"advisory_body": {"seat_count": 9, "chosen_how": PROSE}}},
    "joint_project": {"facts": {"joint_project": {"outcomes": PROSE, "budget": 10}}},
    "seats": {"facts": {"seats": [{"title": "Third"}, {"title": LINE, "held_by": 2, "starts_on": DAY}]}},
    "asks": {"facts": {"asks": [{"text": "A room", "answer": "declined", "answered_on": DAY, "answer_reason": PROSE}]}},
    "practices": {"facts": {"practices": [{"title": "Two", "shared_by": 1, "adopted_by": [0]}]}},
    "documents": {"facts": {"documents": []}},
}
# Not changed by edits: set by buttons, said by other people, or links that only commands make.
PARTNERSHIP_NOT = {"is_published", "is_illustration", "statements", "remarks", "shared_with", "grew_out_of", "led_to"}


def organization(people):
    """An organization kept by its own editor, the role “partner”."""
    record = directory.save_organization(
        organization=people.organization,
        by=SYSTEM,
        fields={"aims": "Homes", "open_fields": {"aims": "partners"}, "languages": [make_term("language", "es")]},
        contacts=[{"name": "Desk", "email": "desk@example.org"}, {"name": "Chair", "phone": "555-0100"}],
        identifiers=[{"scheme": "ein", "value": "12-3456789"}],
    )
    return Kept(record, directory.save_organization, snapshots.snapshot, "organization")


def contact_rows(kept, **more):
    """Return the existing contacts, with more fields for the first."""
    rows = [
        {"id": row.pk, "name": row.name, "email": row.email, "phone": row.phone} for row in kept.record.contacts.all()
    ]
    return [rows[0] | more, *rows[1:]]


CONTACTS = {
    "a contact comes": lambda kept: {
        "contacts": [*contact_rows(kept), {"name": LINE, "note": LINE, "visible_to": "partners"}]
    },
    "a contact leaves": lambda kept: {"contacts": contact_rows(kept)[1:]},
    "a contact changes": lambda kept: {
        "contacts": contact_rows(kept, email="new@example.org", role=make_term("contact_role", "chair"), zone="UTC")
    },
    "identifiers": {"identifiers": [{"scheme": "uei", "value": "ABCDEF123456"}]},
}
ORGANIZATION = (
    simply(
        "organization",
        exclude=("name", "other_names", "website", "listing", "area", "languages", "kept_by", "mail_domain"),
    )
    | CONTACTS
    | {
        "name": {"name": LINE, "other_names": LINE},
        "side": {"side": "institution"},
        "website": {"website": "https://example.org/aims"},
        "listing": {"listing": "unlisted"},
        "area": lambda kept: {"area": [kept.city]},
        "languages": lambda kept: {"languages": [make_term("language", "hmn"), make_term("language", "so")]},
        "open_fields": {"open_fields": {"aims": "staff", "address": "public"}},
        "source": {"source": LINE, "last_verified_on": DAY},
    }
)
# Not changed by its editors. Other tests have these.
ORGANIZATION_NOT = {"is_illustration", "kept_by", "mail_domain"}


def jurisdiction(people):
    record = directory.save_jurisdiction(
        jurisdiction=people.office,
        by=SYSTEM,
        fields={"about": "A city"},
        contacts=[{"name": "Desk", "email": "desk@example.org"}, {"name": "Chair"}],
        identifiers=[{"scheme": "geoid", "value": "0743000"}],
        stages=[{"stage": "normalizing", "since": DAY, "note": "A vote"}],
    )
    return Kept(record, directory.save_jurisdiction, snapshots.snapshot, "jurisdiction")


JURISDICTION = CONTACTS | {
    "name": {"name": LINE, "other_names": LINE},
    "kind": {"kind": "county"},
    "state": {"state": "MN"},
    "stage": {"stage": "operationalizing"},
    "stages": {"stages": [{"stage": "not_started", "since": DAY}, {"stage": "organizing", "since": LATER}]},
    "about": {"about": PROSE},
    "website": {"website": "https://example.org/city"},
    "population": {"population": 425_336},
    "latitude": {"latitude": 44.98, "longitude": -93.27},
    "zone": {"zone": "America/Los_Angeles"},
    "parent": lambda kept: {"parent": kept.city},
    "near": lambda kept: {"neighbors": [kept.city], "overlaps": [kept.city]},
    "source": {"source": LINE, "last_verified_on": DAY},
    "reply_days": {"reply_days": 30},
}
JURISDICTION_NOT = {"is_illustration"}


def department(people):
    record = directory.save_department(
        department=make_department(people.office),
        by=SYSTEM,
        fields={"about": "Homes"},
        contacts=[{"name": "Desk", "email": "desk@example.org"}, {"name": "Chair"}],
        identifiers=[{"scheme": "ocd", "value": "ocd-division/country:us/state:mn"}],
    )
    return Kept(record, directory.save_department, snapshots.snapshot, "department")


DEPARTMENT = CONTACTS | {
    "name": {"name": LINE, "other_names": LINE},
    "closed_on": {"closed_on": DAY},
    "kind": {"kind": "office"},
    "is_equity_office": {"is_equity_office": True},
    "about": {"about": PROSE},
    "website": {"website": "https://example.org/homes"},
    "parent": lambda kept: {"parent": make_department(kept.record.jurisdiction, "Above")},
    "jurisdiction": lambda kept: {"jurisdiction": kept.city},
    "issue_areas": lambda kept: {"issue_areas": [kept.area]},
    "source": {"source": LINE, "last_verified_on": DAY},
}
DEPARTMENT_NOT = {"is_illustration"}


def meeting(people):
    record = make_meeting(make_partnership(lead=people.office), people=[people.editor])
    owner = record.partnership.parties.first()
    agenda = [{"title": "Data", "minutes": 20, "owner": owner}, {"title": "Next steps"}]
    record = meetings.save_meeting(meeting=record, by=SYSTEM, fields={}, agenda=agenda)
    return Kept(record, meetings.save_meeting, meetings.snapshot, "meeting")


MEETING = {
    "title": {"title": LINE},
    "date": {"date": LATER},
    "time": {"time": time(18, 30), "zone": "America/New_York", "minutes_long": 90},
    "link": {"link": "https://example.org/call", "link_is_public": True},
    "place": {"place": LINE, "access_notes": LINE, "interpretation": LINE},
    "is_public": {"is_public": True},
    "status": {"status": "cancelled"},
    "source": {"source": LINE, "last_verified_on": DAY},
    "agenda": {"agenda": [{"title": "Next steps"}, {"title": LINE, "minutes": 5}, {"title": "Data"}]},
    "agenda goes": {"agenda": []},
}
MEETING_NOT = {"is_illustration", "partnership", "participants", "attendance", "decisions", "notes", "closed_at"}
MEETING_NOT |= {"notes_are_public"}


def action(people):
    table = make_partnership(lead=people.office)
    fields = {"partnership": table, "title": "Call", "owner_party": table.parties.first(), "due_on": DAY}
    make_activity(table)
    return Kept(
        action_items.save_action(by=SYSTEM, fields=fields), action_items.save_action, action_items.snapshot, "action"
    )


ACTION = {
    "title": {"title": LINE},
    "detail": {"detail": PROSE},
    "due_on": {"due_on": None},
    "activity": lambda kept: {"activity": kept.record.partnership.activities.get()},
    "owner_party": lambda kept: {"owner_party": kept.record.partnership.parties.last()},
    "source": {"source": LINE, "last_verified_on": DAY},
}
ACTION_NOT = {"is_illustration", "partnership", "meeting", "owner_person", "status", "done_on", "log"}


def interaction(people):
    fields = {"office": people.office, "organization": people.organization, "date": DAY, "summary": "Call"}
    make_partnership(lead=people.office)
    made = save_interaction(by=SYSTEM, fields=fields)
    return Kept(made, save_interaction, interaction_snapshot, "interaction")


INTERACTION = {
    "summary": {"summary": LINE},
    "text": {"text": PROSE},
    "kind": {"kind": "visit"},
    "direction": {"direction": "to_us"},
    "date": {"date": DAY - timedelta(days=1)},
    "time": {"time": time(9, 30)},
    "is_shared": {"is_shared": True},
    "follow_up_on": {"follow_up_on": DAY + timedelta(days=9)},
    "partnerships": lambda kept: {"partnerships": [Partnership.objects.get()]},
    "source": {"source": LINE, "last_verified_on": DAY},
}
INTERACTION_NOT = {"is_illustration", "contacts", "staff", "follow_up_by", "followed_up_on", "remarks"}


def activity(people):
    table = make_partnership(lead=people.office)
    make_plan(lead=people.office, outcomes=[{"number": "1", "title": "Homes"}])
    results = [make_result(lead=people.office, partnerships=[table])]
    first, last = table.parties.all()
    made = make_activity(table, starts_on=DAY, results=results, parts=[(first, "leads"), (last, "adds")])
    return Kept(made, activities.save_activity, activities.snapshot, "activity")


ACTIVITY = {
    "title": {"title": LINE},
    "detail": {"detail": PROSE},
    "kind": {"kind": "stops"},
    "status": {"status": "done"},
    "starts_on": {"starts_on": None},
    "ends_on": {"ends_on": LATER},
    "results": {"results": []},
    "outcomes": lambda kept: {
        "fields": {"outcomes": list(Outcome.objects.filter(plan__lead=kept.record.partnership.lead))},
        "parts": None,
    },
    "is_public": {"is_public": True},
    "source": {"source": LINE, "last_verified_on": DAY},
    "parts": lambda kept: {"parts": [{"party": kept.record.partnership.parties.last(), "part": "leads"}]},
    "nobody": {"parts": []},
}
ACTIVITY_NOT = {"is_illustration", "partnership"}


def plan_of_office(people):
    outcomes = [{"number": "1", "title": "Homes", "goal": "Housing"}, {"number": "2", "title": "Jobs"}]
    made = make_plan(lead=people.office, outcomes=outcomes, starts_on=DAY)
    return Kept(made, plans.save_plan, plans.snapshot, "plan")


def outcomes_of(kept, **more):
    """Return the existing outcomes, with more fields for the first."""
    first, *rest = [{"id": one.pk} for one in kept.record.outcomes.all()]
    return [first | more, *rest]


PLAN = {
    "title": {"title": LINE},
    "link": {"link": "https://example.org/plan"},
    "starts_on": {"starts_on": None},
    "ends_on": {"ends_on": LATER},
    "is_published": {"is_published": True},
    "source": {"source": LINE, "last_verified_on": DAY},
    "an outcome changes": lambda kept: {
        "outcomes": outcomes_of(
            kept,
            number="7",
            progress=PROSE,
            partnerships=[make_partnership("Serves", lead=kept.record.lead)],
            result=make_result(lead=kept.record.lead),
        )
    },
    "outcomes": lambda kept: {"outcomes": [*reversed(outcomes_of(kept)), {"title": LINE, "due": LINE}]},
    "an outcome leaves": lambda kept: {"outcomes": outcomes_of(kept)[1:]},
}
PLAN_NOT = {"is_illustration", "lead"}

KINDS = {
    "partnership": (partnership, PARTNERSHIP, PARTNERSHIP_NOT, "administrator"),
    "organization": (organization, ORGANIZATION, ORGANIZATION_NOT, "partner"),
    "jurisdiction": (jurisdiction, JURISDICTION, JURISDICTION_NOT, "administrator"),
    "department": (department, DEPARTMENT, DEPARTMENT_NOT, "administrator"),
    "meeting": (meeting, MEETING, MEETING_NOT, "administrator"),
    "action": (action, ACTION, ACTION_NOT, "administrator"),
    "interaction": (interaction, INTERACTION, INTERACTION_NOT, "administrator"),
    "activity": (activity, ACTIVITY, ACTIVITY_NOT, "administrator"),
    "plan": (plan_of_office, PLAN, PLAN_NOT, "administrator"),
}


def last(record, **more):
    kind = record._meta.model_name
    return Change.objects.filter(record_type=kind, record_id=record.pk, **more).first()


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def plan(record, by, change=None):
    return undoing.plan_for(by, fresh(record), change or last(record))


def undo(record, by, change=None, why=""):
    record, change = fresh(record), change or last(record)
    seen = undoing.plan_for(by, record, change).wanted
    return undoing.undo(record=fresh(record), change=change, by=by, version=record.version, seen=seen, why=why)


def unlike(one, other):
    """Return the keys in which two snapshots differ, ignoring the order of unordered values."""
    return [key for key in {**one, **other} if not undoing.values_equal(key, one.get(key), other.get(key))]
