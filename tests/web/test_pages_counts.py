"""Every page asks the database the same number of questions, however many rows stand behind it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnerships.accounts.saved_lists import save_list
from partnerships.communication import check_ins, to_do
from partnerships.communication.closing import close_meeting
from partnerships.directory.actions import relate_jurisdictions
from partnerships.insight.expecting import expect_seat
from partnerships.measurement.activities import save_gain
from partnerships.measurement.plans import save_outcome
from partnerships.models import Change, CircleSnapshot
from partnerships.registry.actions import save_partnership
from tests.make import (
    in_days,
    make_activity,
    make_department,
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
from tests.web.counted_pages import EARLIER, SAVED, addresses
from tests.world import make_file, make_import, make_report


class World:
    """One record of each sort that pages are about, with `n` others of every sort around it."""

    def __init__(self, people, n):
        self.people, office = people, people.office
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
        relate_jurisdictions(one=office, other=near, key="neighbors", by=None)
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
            to_do.save_action(
                by=None,
                fields={"partnership": first, "title": f"Action {i}", "owner_party": seat, "owner_person": person},
            )
        )
        to_do.note_action(action=self.actions[0], by=None, status="open", text="Half of it is there.")
        own = {"partnership": first, "title": f"Own action {i}", "owner_person": self.people.editor}
        to_do.save_action(by=None, fields=own)
        rhythm = {"partnership": first, "rhythm": "yearly", "anchor_on": in_days(9), "zone": "UTC", "person": person}
        self.rhythm = check_ins.save_check_in_plan(by=None, fields=rhythm)
        check_ins.record_check_in(plan=self.rhythm, by=None)
        lists.setdefault("meetings", []).append(
            make_meeting(first, title=f"Meeting {i}", is_public=True, people=[self.people.editor, person, contact])
        )
        add_measures(self, first, i)
        self._hold(first, i)
        self._do(partnership, i)
        self._seat(partnership, i)
        self._save(i)
        self._rewrite(group)

    def _do(self, partnership, i):
        """An activity for a result, with two parts and an action, what two have gained, and an outcome that it serves."""
        first = self.partnerships[0]
        result, seats = (
            make_result(f"Result {i}", lead=first.lead, partnerships=[first], is_published=True),
            first.parties.all(),
        )
        if i == 0:
            self.plan = make_plan(lead=first.lead, is_published=True)
        save_outcome(
            plan=self.plan, by=None, fields={"title": f"Outcome {i}", "partnerships": [partnership], "result": result}
        )
        more = {"parts": [(seats[0], "leads"), (seats[1], "adds")], "outcomes": [self.plan.outcomes.last()]}
        made = make_activity(first, f"Activity {i}", is_public=True, results=[result], **more)
        self.__dict__.setdefault("activities", []).append(made)
        step = {"partnership": first, "title": f"Step {i}", "owner_party": seats[0]}
        to_do.save_action(by=None, fields=step | {"activity": self.activities[0]})
        for seat in seats[:2]:
            save_gain(party=seat, by=None, fields={"text": f"Gain {i}", "is_public": True})

    def _save(self, i):
        """A list under a name for the editor and one for the office, on each page."""
        for key in SAVED:
            for owner in (None, self.people.office):
                made = save_list(by=self.people.editor, office=owner, name=f"{key} {i}", key=key, query="")
                self.__dict__.setdefault("saved", []).append(made)

    def _rewrite(self, group):
        """A partnership of its own, that one more party came to with each row, by the last entry of its log."""
        office = self.people.office
        self.table = [*getattr(self, "table", (office, self.department, self.organization)), group]
        if not hasattr(self, "rewritten"):
            self.rewritten = make_partnership("Rewritten", lead=office, parties=[party(one) for one in self.table[:3]])
        fields = {"summary": f"{len(self.table)} parties"}
        self.rewritten = save_partnership(
            partnership=self.rewritten, by=None, fields=fields, parties=[party(one) for one in self.table]
        )

    def page_of_the_pair(self):
        """Where the organization and its twin are made one."""
        return reverse("organization_merge", args=[self.organization.public_id]) + f"?other={self.twin.public_id}"

    def undo_of_the_last(self):
        change = Change.objects.filter(record_type="partnership", record_id=self.rewritten.pk).first()
        return reverse("partnership_undo", args=[self.rewritten.public_id, change.pk])

    def _seat(self, partnership, i):
        """Two expected seats, one for everyone, and where parties sat before."""
        for key, table in (("seat", {"partnership": self.partnerships[0]}), ("area", {"issue_area": self.area})):
            term = make_term("community", f"{key}_{i}")
            expect_seat(
                office=self.people.office,
                by=None,
                fields={"term": term, "circle": "informed", "is_public": True} | table,
            )
        for party_ in partnership.parties.all():
            seat = {"partnership": partnership, "party": party_, "side": party_.side, "circle": "informed"}
            CircleSnapshot.objects.create(quarter_on=EARLIER, **seat)

    def _hold(self, partnership, i):
        """A meeting that was held, of which with each row one more thing came."""
        if i == 0:
            self.held = make_meeting(partnership, title="Held table", is_public=True, days=-2)
        table = list(partnership.parties.all())
        decision = {"outcome": "Yes.", "decided_by": table, "could_block": table[:1]}
        close_meeting(
            meeting=self.held,
            by=None,
            fields={"notes": "So it was.", "notes_are_public": True},
            attendance=None if i else [{"party": one, "came": True} for one in table],
            decisions=[decision | {"question": f"Question {n}"} for n in range(i + 1)],
            actions=[{"title": f"Task {i}", "owner_party": table[0], "owner_person": self.people.editor}],
        )


STRANGER = {
    "home": 7,
    "organizations": 5,
    "organization": 10,
    "jurisdictions": 3,
    "jurisdiction": 12,
    "departments": 4,
    "department": 9,
    "issue_areas": 3,
    "issue_area": 9,
    "meetings": 6,
    "meeting": 3,
    "meeting, closed": 9,
    "calendar": 6,
    "partnership_timeline": 26,
    "issue_area_timeline": 27,
    "partnership_circles": 9,
    "issue_area_circles": 12,
    "issue_area_circles, without a place": 3,
    "about": 1,
    "words": 1,
    "organizations_csv": 1,
    "jurisdictions_csv": 1,
    "departments_csv": 1,
    "meetings_csv": 2,
    "activity": 5,
    "partnership_matrix": 8,
    "partnership_matrix_csv": 7,
    "plans": 2,
    "plan": 7,
    "jurisdiction_dashboard": 39,
    "issue_area_dashboard": 42,
    "jurisdiction_embed": 39,
    "issue_area_embed": 42,
    "partnership_makeup": 4,
    "partnership_makeup_csv": 3,
    "jurisdiction_population": 3,
    "coverage": 11,
    "coverage_csv": 5,
    "activities": 8,
    "activities_csv": 4,
    "results": 6,
    "results_csv": 2,
    "result": 8,
    "measures": 7,
    "measures_csv": 5,
    "measure": 10,
}
# Signing in costs three, and the documents of one's own partnerships are built in the request.
STAFF = {
    "home": 40,
    "organizations": 9,
    "organization": 36,
    "organization_duplicates": 20,
    "jurisdictions": 7,
    "jurisdiction": 33,
    "departments": 8,
    "department": 32,
    "issue_areas": 6,
    "issue_area": 28,
    "meetings": 10,
    "meeting": 10,
    "meeting, closed": 17,
    "meeting_close": 14,
    "calendar": 9,
    "action": 8,
    "actions": 7,
    "actions_csv": 4,
    "account_actions": 5,
    "account_language": 4,
    "account_lists": 6,
    "partnerships_xlsx": 20,
    "organizations_xlsx": 5,
    "jurisdictions_xlsx": 5,
    "departments_xlsx": 5,
    "meetings_xlsx": 6,
    "actions_xlsx": 5,
    "reports": 7,
    "report_new": 7,
    "profile_new": 8,
    "report_definition": 7,
    "report_edit": 8,
    "report_make": 5,
    "report_end": 5,
    "report": 10,
    "report_file": 10,
    "list_file_new": 5,
    "list_file": 5,
    "list_file_content": 5,
    "imports": 7,
    "import_file": 5,
    "import_columns": 5,
    "import_write": 5,
    "import_remove": 5,
    "import_problems": 4,
    "saved_list_new": 6,
    "saved_list": 5,
    "saved_list_remove": 5,
    "partnership_timeline": 32,
    "issue_area_timeline": 33,
    "partnership_history": 12,
    "organization_history": 15,
    "organization_merge": 22,
    "meeting_history": 9,
    "partnership_undo": 55,
    "partnership_circles": 13,
    "partnership_circles, compared": 15,
    "issue_area_circles": 16,
    "issue_area_circles, without a place": 6,
    "about": 4,
    "words": 4,
    "outbox": 10,
    "letter_kinds": 4,
    "letter_preview": 4,
    "letter_html": 3,
    "people": 6,
    "organizations_csv": 4,
    "jurisdictions_csv": 4,
    "departments_csv": 4,
    "meetings_csv": 5,
    "network": 8,
    "network_csv": 6,
    "activity": 12,
    "activity_edit": 19,
    "activity_new": 11,
    "partnership_matrix": 11,
    "partnership_matrix_csv": 10,
    "gain_new": 6,
    "plans": 5,
    "plan": 14,
    "partnership_makeup": 8,
    "partnership_makeup_csv": 6,
    "makeup_new": 6,
    "makeup": 6,
    "checkinplan": 11,
    "checkinplan_new": 11,
    "check_in_done": 5,
    "jurisdiction_population": 6,
    "population": 6,
    "plan_csv": 9,
    "plan_edit": 6,
    "outcome_new": 9,
    "outcome_edit": 12,
    "jurisdiction_dashboard": 42,
    "issue_area_dashboard": 45,
    "jurisdiction_embed": 39,  # as for a stranger: nobody asks who it is
    "issue_area_embed": 42,
    "coverage": 14,
    "coverage_csv": 8,
    "activities": 12,
    "activities_csv": 7,
    "results": 10,
    "results_csv": 5,
    "results_xlsx": 6,
    "result": 15,
    "result_edit": 12,
    "measures": 11,
    "measures_csv": 8,
    "measures_xlsx": 9,
    "measure": 19,
    "measure_edit": 11,
    "measure_data": 13,
    "measure_paste": 8,
    "measure_history": 12,
    "measure_number": 9,
    "measure_new": 7,
}


def questions(client, urls) -> dict:
    """Page → how many queries it asks."""
    asked = {}
    for page, url in urls.items():
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
            if response.streaming:
                assert b"".join(response.streaming_content)
        assert (page, response.status_code) == (page, 200)
        asked[page] = len(queries)
    return asked


@pytest.mark.parametrize("rows", [1, 3])
def test_a_stranger_costs_the_same(client, people, rows):
    urls = addresses(World(people, rows))
    assert questions(client, {page: urls[page] for page in STRANGER}) == STRANGER


@pytest.mark.parametrize("rows", [1, 3])
def test_staff_cost_the_same(client, people, rows):
    urls = addresses(World(people, rows))
    client.force_login(people.editor)
    assert questions(client, {page: urls[page] for page in STAFF}) == STAFF
