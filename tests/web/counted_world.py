"""The records of pages whose queries are counted, with `n` other records of every kind around them."""

from django.urls import reverse

from partnerships.accounts.saved_lists import save_list
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import relate_jurisdictions, save_jurisdiction
from partnerships.insight.expected_seats import expect_seat
from partnerships.measurement.activities import save_gain
from partnerships.measurement.plans import save_outcome
from partnerships.meetings import action_items, check_ins
from partnerships.meetings.closing import close_meeting
from partnerships.models import Change, CircleSnapshot
from partnerships.registry.actions import save_partnership
from tests.factories import (
    in_days,
    make_activity,
    make_department,
    make_interaction,
    make_issue_area,
    make_jurisdiction,
    make_meeting,
    make_organization,
    make_partnership,
    make_person,
    make_plan,
    make_result,
    make_term,
    party,
)
from tests.web.counted_measures import add_measures
from tests.web.counted_pages import EARLIER, SAVED
from tests.world import make_file, make_import, make_report


class CountedWorld:
    """One record of each kind that has a page, with `n` others of every kind around it."""

    def __init__(self, people, n):
        self.people, office = people, people.office
        save_jurisdiction(
            jurisdiction=office, by=SYSTEM, fields={"state": "MN", "latitude": 44.98, "longitude": -93.27}
        )
        self.area = make_issue_area()
        self.department = make_department(office, issue_areas=[self.area])
        self.organization = make_organization(
            "Neighborhood coalition",
            "profiled",
            kept_by=office,
            issue_areas=[self.area],
            area=[office],
            kind=make_term("organization_kind", "coalition"),
            website="https://coalition.example.org",
            contacts=[{"name": "Front desk", "visible_to": "public"}],
        )
        self.twin = make_organization("Coalition of neighbors", kept_by=office)
        for i in range(n):
            self.add(i, office)
        self.partnership = self.partnerships[0]
        self.file = make_file(people.editor, "")
        fresh = [f"Fresh {word},https://{word}.example.org" for word in ("river", "meadow", "harbor")[:n]]
        self.reported, self.made_report = make_report(people.office)
        self.brought = make_import(people.editor, people.office, "Name,Website", *fresh)
        self.meeting = self.meetings[0]

    def add(self, i, office):
        lists = self.__dict__
        near = make_jurisdiction(f"Neighbor {i}", parent=self.people.office)
        relate_jurisdictions(one=office, other=near, key="neighbors", by=SYSTEM)
        make_department(office, f"Unit {i}", parent=self.department, issue_areas=[self.area])
        make_issue_area(f"part_{i}", parent=self.area)
        group = make_organization(f"Group {i}", "profiled", issue_areas=[self.area])
        make_organization("Neighborhood coalition", "unlisted", kept_by=office)
        partnership = make_partnership(
            f"Partnership {i}",
            lead=office,
            issue_areas=[self.area],
            parties=[
                party(office, "lead"),
                party(self.department, "member"),
                party(self.organization, "member"),
                party(self.twin, "member"),
                party(group, "advisor"),
            ],
        )
        lists.setdefault("partnerships", []).append(partnership)
        first = lists["partnerships"][0]
        person = make_person(f"guest-{i}@example.org")
        person.memberships.create(jurisdiction=office, role="reader")
        contact = self.organization.contacts.first()
        seat = first.parties.get(organization=self.organization)
        lists.setdefault("actions", []).append(
            action_items.save_action(
                by=SYSTEM,
                fields={"partnership": first, "title": f"Action {i}", "owner_party": seat, "owner_person": person},
            )
        )
        action_items.note_action(action=self.actions[0], by=SYSTEM, status="open", text="Half of it is there.")
        own = {"partnership": first, "title": f"Own action {i}", "owner_person": self.people.editor}
        action_items.save_action(by=SYSTEM, fields=own)
        rhythm = {"partnership": first, "rhythm": "yearly", "anchor_on": in_days(9), "zone": "UTC", "person": person}
        self.rhythm = check_ins.save_check_in_plan(by=SYSTEM, fields=rhythm)
        check_ins.record_check_in(plan=self.rhythm, by=SYSTEM)
        lists.setdefault("meetings", []).append(
            make_meeting(first, title=f"Meeting {i}", is_public=True, people=[self.people.editor, person, contact])
        )
        call = {"contacts": [contact], "partnerships": [first], "staff": [person], "follow_up_on": in_days(i)}
        lists.setdefault("interactions", []).append(make_interaction(office, organization=self.organization, **call))
        add_measures(self, first, i)
        self._hold(first, i)
        self._do(partnership, i)
        self._seat(partnership, i)
        self._save(i)
        self._rewrite(group)

    def _do(self, partnership, i):
        """Add an activity for a result, two partners' gains, and an outcome that it serves.

        The activity has two parts and an action item.
        """
        first = self.partnerships[0]
        result, seats = (
            make_result(f"Result {i}", lead=first.lead, partnerships=[first], is_published=True),
            first.parties.all(),
        )
        if i == 0:
            self.plan = make_plan(lead=first.lead, is_published=True)
        save_outcome(
            plan=self.plan, by=SYSTEM, fields={"title": f"Outcome {i}", "partnerships": [partnership], "result": result}
        )
        more = {"parts": [(seats[0], "leads"), (seats[1], "adds")], "outcomes": [self.plan.outcomes.last()]}
        made = make_activity(first, f"Activity {i}", is_public=True, results=[result], **more)
        self.__dict__.setdefault("activities", []).append(made)
        step = {"partnership": first, "title": f"Step {i}", "owner_party": seats[0]}
        action_items.save_action(by=SYSTEM, fields=step | {"activity": self.activities[0]})
        for seat in seats[:2]:
            save_gain(party=seat, by=SYSTEM, fields={"text": f"Gain {i}", "is_public": True})

    def _save(self, i):
        """Save a list for the editor and one for the office, on each list page."""
        for key in SAVED:
            for owner in (None, self.people.office):
                made = save_list(by=self.people.editor, office=owner, name=f"{key} {i}", key=key, query="")
                self.__dict__.setdefault("saved", []).append(made)

    def _rewrite(self, group):
        """Make a partnership whose latest log entry adds one more party with each row."""
        office = self.people.office
        self.table = [*getattr(self, "table", (office, self.department, self.organization)), group]
        if not hasattr(self, "rewritten"):
            self.rewritten = make_partnership("Rewritten", lead=office, parties=[party(one) for one in self.table[:3]])
        fields = {"summary": f"{len(self.table)} parties"}
        self.rewritten = save_partnership(
            partnership=self.rewritten, by=SYSTEM, fields=fields, parties=[party(one) for one in self.table]
        )

    def page_of_the_pair(self):
        """Return the page that merges the organization and its duplicate."""
        return reverse("organization_merge", args=[self.organization.public_id]) + f"?other={self.twin.public_id}"

    def undo_of_the_last(self):
        change = Change.objects.filter(record_type="partnership", record_id=self.rewritten.pk).first()
        return reverse("partnership_undo", args=[self.rewritten.public_id, change.pk])

    def _seat(self, partnership, i):
        """Add two expected seats, one of them public, and the circles of an earlier quarter."""
        for key, table in (("seat", {"partnership": self.partnerships[0]}), ("area", {"issue_area": self.area})):
            term = make_term("community", f"{key}_{i}")
            expect_seat(
                office=self.people.office,
                by=SYSTEM,
                fields={"term": term, "circle": "informed", "is_public": True} | table,
            )
        for party_ in partnership.parties.all():
            seat = {"partnership": partnership, "party": party_, "side": party_.side, "circle": "informed"}
            CircleSnapshot.objects.create(quarter_on=EARLIER, **seat)

    def _hold(self, partnership, i):
        """Close a meeting, with one more decision, note and action item for each row."""
        if i == 0:
            self.held = make_meeting(partnership, title="Held table", is_public=True, days=-2)
        table = list(partnership.parties.all())
        decision = {"outcome": "Yes.", "decided_by": table, "could_block": table[:1]}
        close_meeting(
            meeting=self.held,
            by=SYSTEM,
            fields={"notes": "So it was.", "notes_are_public": True},
            attendance=None if i else [{"party": one, "came": True} for one in table],
            decisions=[decision | {"question": f"Question {n}"} for n in range(i + 1)],
            actions=[{"title": f"Task {i}", "owner_party": table[0], "owner_person": self.people.editor}],
        )
