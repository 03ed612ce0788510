"""Factories: each function saves one record through the registry's own actions, with plain defaults, and returns it."""

from datetime import date, time, timedelta

from django.db import transaction

from partnerships.assessment import answering
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.directory import actions as directory
from partnerships.directory.models import BODIES
from partnerships.interactions.actions import save_interaction
from partnerships.measurement import actions as measurement
from partnerships.measurement import activities, composition, plans
from partnerships.measurement.groups import CATEGORIES
from partnerships.meetings import check_ins, meetings
from partnerships.meetings.choices import MeetingStatus
from partnerships.models import Answer, Contact, Party, Person, SeatConsent, Term
from partnerships.registry import actions as registry
from partnerships.registry import publication
from partnerships.registry.choices import ConsentWay, SeatState
from partnerships.registry.consent import confirm_seat


def make_person(email="person@example.org", **fields):
    return Person.objects.create_user(email, **fields)


def make_term(vocabulary="purpose", key="learning", label="", **fields):
    fields["label"] = label or key.replace("_", " ").capitalize()
    return Term.objects.get_or_create(vocabulary=vocabulary, key=key, defaults=fields)[0]


def make_jurisdiction(name="City of Saint Paul", kind="city", **fields):
    return directory.save_jurisdiction(by=SYSTEM, fields={"name": name, "kind": kind} | fields)


def make_department(jurisdiction=None, name="Department of Housing", **fields):
    jurisdiction = jurisdiction or make_jurisdiction()
    return directory.save_department(by=SYSTEM, fields={"jurisdiction": jurisdiction, "name": name} | fields)


def make_organization(name="Voices for Racial Justice", listing="named", **fields):
    contacts = fields.pop("contacts", None)
    return directory.save_organization(by=SYSTEM, fields={"name": name, "listing": listing} | fields, contacts=contacts)


def make_issue_area(key="housing", name="", parent=None, **fields):
    return directory.save_issue_area(
        by=SYSTEM, fields={"key": key, "name": name or key.replace("_", " ").capitalize(), "parent": parent} | fields
    )


def party(entity, *roles, **fields):
    """Return a party for make_partnership: the record itself, its roles by name, and any Party fields."""
    return {entity._meta.model_name: entity, "roles": [{"role": role} for role in roles]} | fields


def make_partnership(
    title="Learning from one another", *, lead=None, published=True, parties=None, confirmed=True, **fields
):
    """Make a partnership of two partners, its lead and an organization, unless `parties` gives others.

    All partners have confirmed their seats, unless `confirmed` is False.
    """
    lead = lead or make_jurisdiction()
    if parties is None:
        parties = [party(lead, "lead"), party(make_organization(), "member")]
    extra = {name: fields.pop(name) for name in ("facts", "grew_out_of", "led_to", "by") if name in fields}
    values = {"title": title, "kind": "joint_project", "lead": lead, "status": "active"} | fields
    values.setdefault("purpose", make_term())
    with transaction.atomic(), publication.publish_together():
        saved = registry.save_partnership(**({"by": SYSTEM} | extra), fields=values, parties=parties)
        answer_seats(saved, "confirmed" if confirmed else "recorded")
        return registry.publish_partnership(partnership=saved, by=SYSTEM) if published else saved


def answer_seats(partnership, state="confirmed"):
    """Give all partners the same answer to their seats."""
    partnership.parties.update(state=state)
    partnership._prefetched_objects_cache = {}
    if partnership.is_published:
        publication.publish({partnership.pk})


def confirm_by_link(seat, contact, days):
    """Let this contact of a partner confirm its seat by a personal link, this many days ago."""
    Party.objects.filter(pk=seat.pk).update(state=SeatState.INVITED)
    confirm_seat(party=seat, by=SYSTEM, way=ConsentWay.LINK, contact=contact)
    SeatConsent.objects.filter(contact=contact).update(at=clock.now() - timedelta(days=days))


def answer_the_rest(respondent, level=2):
    """Let someone answer all other questions of the round, in the middle: a side of one or two shows no score otherwise.

    One answer is saved as a person saves it. The others are copies of its row, since saving took most of such a test.
    """
    items = sorted(respondent.round.items.keys() - set(respondent.answers.values_list("item", flat=True)))
    if not items:
        return
    answer = answering.save_answer(respondent=respondent, item=items.pop(), fields={"level": level})
    columns = [field.attname for field in Answer._meta.concrete_fields if not field.primary_key]
    row = {column: getattr(answer, column) for column in columns}
    Answer.objects.bulk_create(Answer(**row | {"item": item}) for item in items)


def make_meeting(partnership=None, *, people=(), days=30, at=time(10), zone="America/Chicago", **fields):
    """Make a meeting this many days from today. `people`: persons and contacts to invite."""
    values = {"title": "Housing table", "date": in_days(days), "time": at, "zone": zone} | fields
    values["partnership"] = partnership or make_partnership()
    seats = [{one._meta.model_name: one} for one in people]
    return meetings.save_meeting(by=SYSTEM, fields=values, participants=seats)


def cancel_meeting(*, meeting):
    return meetings.save_meeting(meeting=meeting, by=SYSTEM, fields={"status": MeetingStatus.CANCELLED})


def in_days(days, office=None):
    """The date this many days from today, in this office's time zone or in UTC."""
    return clock.today(office and clock.zone(office.zone)) + timedelta(days=days)


def make_result(title="Every family has a home it can afford", **fields):
    lead = fields.pop("lead", None) or make_jurisdiction()
    given = {"lead": lead, "title": title, "population": "Renters", "issue_areas": [], "partnerships": []}
    return measurement.save_result(by=SYSTEM, fields=given | fields)


def make_measure(title="Families who own their home", *, groups=(), owners=(), **fields):
    """Make an indicator in percent of people, with a result of its own unless a result or a partnership is given."""
    if "partnership" in fields:
        given = {"kind": "how_well", "lead": fields["partnership"].lead}
    else:
        result = fields.setdefault("result", None) or make_result(lead=fields.get("lead"))
        given = {"kind": "indicator", "lead": result.lead}
        fields["result"] = result
    given |= {"title": title, "unit": "percent", "counted": "people", "direction": "up"}
    return measurement.save_measure(by=SYSTEM, fields=given | fields, groups=list(groups), owners=list(owners))


def make_activity(partnership, title="Help with papers", *, parts=(), **fields):
    """Make an activity. `parts`: pairs of a party and what it does (“leads”, “adds”)."""
    rows = [{"party": seat, "part": part} for seat, part in parts]
    return activities.save_activity(by=SYSTEM, fields={"partnership": partnership, "title": title} | fields, parts=rows)


def make_plan(title="Racial equity action plan", *, outcomes=(), **fields):
    fields["lead"] = fields.get("lead") or make_jurisdiction()
    return plans.save_plan(by=SYSTEM, fields={"title": title} | fields, outcomes=list(outcomes))


BY_GENDER = {"women": 9, "men": 8, "another": 0}


def make_check_ins(partnership, party=None, **fields):
    """Make a plan of check-ins that a contact of a partner answers, by default that of its only organization."""
    party = party or partnership.parties.exclude(organization=None).get()
    desk = {"name": "Desk", "email": f"desk{party.pk}@example.org", "visible_to": "public"}
    contact = party.organization.contacts.first() or Contact.objects.create(organization=party.organization, **desk)
    values = {"partnership": partnership, "party": party, "contact": contact, "zone": "America/Chicago"}
    values |= {"rhythm": "monthly", "anchor_on": date(2099, 1, 5)} | fields
    return check_ins.save_check_in_plan(by=SYSTEM, fields=values)


def make_interaction(office, **fields):
    """Log a call of yesterday with an organization, by default a new one."""
    values = {"office": office, "date": in_days(-1), "summary": "Called"}
    values |= {} if {*BODIES} & fields.keys() else {"organization": make_organization("Called group")}
    return save_interaction(by=SYSTEM, fields=values | fields)


def make_body(title="Advisory committee", **fields):
    return make_partnership(title, kind="advisory_body", **fields)


def make_composition(body=None, dimension="gender", counts=None, **fields):
    """Make a count of an advisory body's members.

    Those in no group didn't answer, unless `fields` give other numbers.
    """
    counts = BY_GENDER if counts is None else counts
    values = {"members": 20, "prefer_not": 0, "counted_on": date(2024, 3, 1)} | fields
    if "no_answer" not in values:
        values["no_answer"] = values["members"] - values["prefer_not"] - sum(counts.values())
    given = {f"{composition.OF}{key}": 0 for key, _ in CATEGORIES[dimension]}
    given |= {f"{composition.OF}{key}": count for key, count in counts.items()}
    return composition.save_composition(
        by=SYSTEM, fields=values | given | {"partnership": body or make_body(), "dimension": dimension}
    )


def make_population(jurisdiction=None, dimension="gender", counts=None, **fields):
    counts = {"women": 500, "men": 480} if counts is None else counts
    values = {"total": 1000, "year": 2024, "source": "Census, five-year table"} | fields
    given = {f"{composition.OF}{key}": count for key, count in counts.items()}
    place = {"jurisdiction": jurisdiction or make_jurisdiction(), "dimension": dimension}
    return composition.save_population(by=SYSTEM, fields=values | given | place)
