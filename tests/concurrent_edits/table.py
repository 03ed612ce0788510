"""What two people save at once: two people who may do everything that is raced, and the records."""

import json
from dataclasses import dataclass
from datetime import time, timedelta
from urllib.parse import quote

from partnerships.accounts.claims import make_claim
from partnerships.accounts.saved_lists import save_list
from partnerships.assessment import answering, notes, publishing
from partnerships.assessment.rounds import start_round
from partnerships.core import clock, record_types
from partnerships.core.access import SYSTEM
from partnerships.directory import actions as directory
from partnerships.directory import label_overrides, suggestions
from partnerships.interactions.actions import save_interaction
from partnerships.meetings import action_items, check_ins, series
from partnerships.meetings import meetings as meeting_writes
from partnerships.models import (
    Change,
    CheckInPlan,
    Contact,
    Meeting,
    Membership,
    Organization,
    Partnership,
    PartyNote,
    SiteText,
    Wording,
)
from partnerships.records.retention import settings_of
from partnerships.registry import actions as registry
from partnerships.registry.remarks import show_remark
from tests.factories import (
    answer_the_rest,
    make_department,
    make_issue_area,
    make_jurisdiction,
    make_meeting,
    make_organization,
    make_partnership,
    make_person,
    make_term,
    party,
)
from tests.serving import Browser

MOST_ROWS = 8  # of a list, before it's emptied for the next round


@dataclass
class Subject:
    """A record, and its names in addresses and field names.

    `read_stored`: a function that returns what is stored of it now, in which texts are searched. By default it's the
    snapshot for the audit log.
    """

    record: object
    names: dict
    read_stored: object = None

    def stored(self) -> str:
        now = type(self.record).objects.get(pk=self.record.pk)
        snapshot = self.read_stored or record_types.for_record(self.record).snapshot
        return json.dumps(snapshot(now), default=str, ensure_ascii=False)


def subject(record, read_stored=None, **names):
    return Subject(record, {"id": getattr(record, "public_id", record.pk)} | names, read_stored)


class Table:
    """Two people who may use every form.

    Both are administrators, manage the office and the city, and manage or edit the group.
    """

    def __init__(self, port):
        self.area, self.made = make_issue_area(), {}
        self.office, self.city = make_jurisdiction("City of Saint Paul"), make_jurisdiction("City of Seattle")
        self.group = make_organization("Neighbors", "profiled", kept_by=self.office, issue_areas=[self.area])
        self.guests = [make_organization(f"Guests of {who}", "profiled", kept_by=self.office) for who in ("Ana", "Ben")]
        self.people = []
        for name, role in (("Ana", "manager"), ("Ben", "editor")):
            person = make_person(f"{name.lower()}@example.org", name=name, is_administrator=True)
            Membership.objects.create(person=person, organization=self.group, role=role)
            for place in (self.office, self.city):
                Membership.objects.create(person=person, jurisdiction=place, role="manager")
            self.people.append(person)
        self.browsers = [Browser(port, person) for person in self.people]

    def once(self, name, make):
        if name not in self.made:
            self.made[name] = make()
        return self.made[name]

    def partnership(self, kind="joint_project", **fields):
        """Make a partnership of any type, with all partners that it needs."""
        desks = self.once("desks", lambda: [make_department(self.office, f"Desk {n}") for n in "AB"])
        parties = [party(self.office, "lead"), party(self.group, "contractor", "trainer")]
        parties += [party(one, "member") for one in (self.city, *desks)]
        return make_partnership(f"Table of {kind}", kind=kind, lead=self.office, parties=parties, **fields)


def group(table, n):
    """Reset the group: not verified, and with fewer rows than a form accepts."""
    record = Organization.objects.get(pk=table.group.pk)
    lists = {name: [] for name in ("contacts", "identifiers") if getattr(record, name).count() > MOST_ROWS}
    directory.save_organization(organization=record, by=SYSTEM, fields={"last_verified_on": None}, **lists)
    return subject(record, name=quote(record.name))


def city(table, n):
    return subject(table.city)


def department(table, n):
    return subject(table.once("department", lambda: make_department(table.office)))


def of_kind(kind):
    def make_subject(table, n):
        record = table.once(kind, lambda: table.partnership(kind))
        record = Partnership.objects.get(pk=record.pk)
        full = [name for name in registry.MANY_ROWS if getattr(record, name).count() > MOST_ROWS]
        if full:
            registry.save_partnership(partnership=record, by=SYSTEM, fields={}, facts={name: [] for name in full})
        own = record.parties.get(organization=table.group)
        return subject(record, group=table.group.public_id, party=own.pk)

    return make_subject


def new_partnership(table, n):
    """Make a new partnership for each round. `guests`: two organizations that aren't partners."""
    parties = [party(table.office, "lead"), party(table.group, "member")]
    record = make_partnership(f"New table {n}", lead=table.office, parties=parties)
    guests = {f"guest{place}": f"{one} ({one.public_id})" for place, one in enumerate(table.guests)}
    return subject(record, **guests)


def draft(table, n):
    return subject(table.partnership("training", published=False))


def own_note(table, n):
    found = of_kind("strategy")(table, n)
    found.read_stored = lambda record: [note.text for note in PartyNote.objects.filter(party__partnership=record)]
    return found


def statement(table, n):
    """A statement of the lead agency, with a reply of the group."""
    record = table.once("spoken of", lambda: table.partnership("contract"))
    remark = show_remark(partnership=record, by=SYSTEM, text=f"Kept in time, {n}.")
    names = {"pk": remark.pk, "group": table.group.public_id}
    return Subject(record, names, lambda now: [reply.text for reply in remark.replies.all()])


def meeting(table, n):
    about = of_kind("joint_project")(table, 0).record
    return subject(table.once("meeting", lambda: make_meeting(about, people=table.people)))


def new_meeting(table, n):
    return subject(make_meeting(of_kind("joint_project")(table, 0).record, title=f"Meeting {n}"))


def held_meeting(table, n):
    about = of_kind("joint_project")(table, 0).record
    record = table.once("held", lambda: make_meeting(about, days=-1))
    if record.decisions.count() > MOST_ROWS:
        record.decisions.all().delete()
    came = record.partnership.parties.order_by("pk").first().pk
    return subject(record, came=came)


def of_series(table, n):
    """A new series of three meetings. The second is the record, and the first is “first”."""
    fields = {"title": f"Series {n}", "date": clock.today() + timedelta(days=7), "time": time(10)}
    fields |= {"zone": "America/Chicago", "partnership": of_kind("joint_project")(table, 0).record}
    first = series.plan_series(by=SYSTEM, fields=fields, rule="FREQ=WEEKLY;INTERVAL=1;COUNT=3")
    rows = Meeting.objects.filter(series=first.series_id)
    second = rows.order_by("starts_at")[1]

    def read_stored(now):
        return [meeting_writes.snapshot(one) for one in rows.order_by("starts_at")]

    return subject(second, read_stored, first=first.public_id)


def check_ins_of(table, n):
    fields = {"partnership": of_kind("joint_project")(table, 0).record, "zone": "America/Chicago"}
    fields |= {"anchor_on": clock.today() + timedelta(days=9), "person": table.people[0]}
    return subject(table.once("check-ins", lambda: check_ins.save_check_in_plan(by=SYSTEM, fields=fields)))


def check_in(table, n):
    fields = {"partnership": of_kind("joint_project")(table, 0).record, "rhythm": "weekly", "zone": "America/Chicago"}
    fields |= {"anchor_on": clock.today(), "person": table.people[0]}
    plan = table.once("check-in", lambda: check_ins.save_check_in_plan(by=SYSTEM, fields=fields))
    return subject(CheckInPlan.objects.get(pk=plan.pk), lambda now: [one.note for one in now.check_ins.all()])


def action(table, n):
    fields = {"partnership": of_kind("joint_project")(table, 0).record, "title": "Call the desk"}
    fields["owner_person"] = table.people[0]
    return subject(table.once("action", lambda: action_items.save_action(by=SYSTEM, fields=fields)))


def interaction(table, n):
    fields = {"office": table.office, "organization": table.group, "date": clock.today(), "summary": "Called"}
    return subject(table.once("interaction", lambda: save_interaction(by=SYSTEM, fields=fields)))


def _round(table, title, kind):
    record = of_kind(kind)(table, 0).record
    desk = Contact.objects.create(organization=table.group, name=f"Desk of {title}", email=f"{len(title)}@example.org")
    front = Contact.objects.create(
        jurisdiction=table.office, name=f"Front of {title}", email=f"f{len(title)}@example.org"
    )
    asked = [(record.parties.get(jurisdiction=table.office), front)]
    asked.append((record.parties.get(organization=table.group), desk))
    closes_on = clock.today() + timedelta(days=30)
    return start_round(partnership=record, by=SYSTEM, fields={"title": title, "closes_on": closes_on}, asked=asked)


def _opened(table):
    record = _round(table, "Opened", "contract")
    for place, level in zip(record.respondents.order_by("pk"), (4, 1), strict=True):
        answering.save_answer(respondent=place, item="decisions", fields={"level": level})
        answer_the_rest(place)
        answering.finish(respondent=place)
    record.refresh_from_db()
    return record


def opened_round(table, n):
    """A round that has opened with a gap that asks for a response."""
    record = table.once("opened round", lambda: _opened(table))
    own = record.partnership.parties.get(organization=table.group).pk
    return subject(record, lambda now: notes.snapshot(now) | publishing.snapshot(now), own=own)


def saved_list(table, n):
    known = {"by": table.people[0], "key": "partnerships", "query": "kind=training", "office": table.office}
    return subject(table.once("saved list", lambda: save_list(**known, name="Our trainings")), lambda now: now.name)


def value_of_list(table, n):
    """An option of a closed list, with its label for everyone and the city's label."""
    return subject(table.city, _wordings)


def _wordings(now):
    return list(Wording.objects.filter(vocabulary="intensity").values_list("label", "help"))


def site_text(table, n):
    return subject(table.city, lambda now: list(SiteText.objects.filter(key="terms").values_list("text")), key="terms")


def term(table, n):
    record = make_term("purpose", "learning")
    return subject(record, label_overrides.fingerprint_of_term, key=record.key)


def suggestion(table, n):
    fields = {"website": f"https://n{n}.example.org/"}
    record = suggestions.suggest(by=None, kind="correct", organization=table.guests[0], fields=fields)
    return subject(record, lambda now: [now.reason, now.decisions])


def claim(table, n):
    person = make_person(f"claims{n}@example.org", name=f"Claimer {n}")
    fields = {"position": "Director", "evidence": "Call the desk"}
    return subject(make_claim(by=person, organization=table.guests[1], fields=fields), lambda now: now.reason)


def settings(table, n):
    return subject(table.city, settings_of)


def to_split(table, n):
    """An organization with a contact that moves to another record."""
    record = make_organization(f"Two choirs {n}", "profiled", kept_by=table.office, contacts=[{"name": f"Desk {n}"}])
    return subject(record, contact=record.contacts.get().pk)


def to_merge(table, n):
    """Two organizations to merge. The audit log of both shows where an edit ended up."""
    record, other = (
        make_organization(f"Choir {n} {one}", "profiled", kept_by=table.office) for one in ("east", "west")
    )

    def read_stored(now):
        return [
            entry.after for entry in Change.objects.filter(record_id__in=[record.pk, other.pk]).order_by("-pk")[:20]
        ]

    return subject(record, read_stored, other=other.public_id)


def changed(table, n):
    """A partnership whose last change can be undone (`change`)."""
    record = of_kind("organizing")(table, n).record
    record = registry.save_partnership(partnership=record, by=SYSTEM, fields={"lessons": f"Lesson {n}"})
    last = Change.objects.filter(record_type="partnership", record_id=record.pk).order_by("-pk").first()
    return subject(record, change=last.pk)
