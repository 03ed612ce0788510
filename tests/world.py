"""One record of every sort that somebody may not see or not change, around the same few people."""

from datetime import timedelta

from partnerships.communication import actions as communication
from partnerships.core import clock, ids
from partnerships.models import Letter, Membership
from partnerships.registry.remarks import show_remark
from partnerships.registry.sharing import share_draft
from tests.make import (
    make_department,
    make_issue_area,
    make_meeting,
    make_organization,
    make_partnership,
    make_term,
    party,
)

# An id of each letter that no record has.
MISSING = {letter: ids.from_number(letter, 7) for letter in "PGJDAM"}
MISTYPED = "P-000000-1"


class World:
    """`records`: name → the record; the office of `people` leads and keeps them all."""

    def __init__(self, people):
        self.people, office = people, people.office
        self.term = make_term()
        self.records = {
            "jurisdiction": people.other_office,
            "department": make_department(office),
            "issue area": make_issue_area(),
            "profiled": make_organization("Open coalition", "profiled", kept_by=office),
            "named": make_organization("Named coalition", "named", kept_by=office, listing_source="A report"),
            "unlisted": make_organization("Quiet coalition", "unlisted", kept_by=office),
            "unlisted with the partner": make_organization("Quiet neighbors", "unlisted", kept_by=office),
        }
        Membership.objects.create(person=people.partner, organization=self["unlisted with the partner"], role="editor")
        sides = [party(office, "lead"), party(self["profiled"], "member"), party(self["unlisted"], "advisor")]
        self.records |= {
            "published": make_partnership("Shown to all", lead=office, parties=sides),
            "draft": make_partnership("Not yet shown", lead=office, parties=sides, published=False),
        }
        with_partner = [party(office, "lead"), party(people.organization, "member")]
        self.records |= {
            "with the partner": make_partnership("Shared work", lead=office, parties=with_partner),
            "shared draft": make_partnership("Shown early", lead=office, parties=with_partner, published=False),
        }
        share_draft(partnership=self["shared draft"], by=None, body=people.organization)
        self.records["statement"] = show_remark(partnership=self["with the partner"], by=None, text="Kept in time.")
        asked = [people.editor]
        self.records |= {
            "public meeting": make_meeting(self["published"], title="Open table", is_public=True, people=asked),
            "internal meeting": make_meeting(self["published"], title="Inner table", people=asked),
            "meeting of a draft": make_meeting(self["draft"], title="Early table", is_public=True),
            "check-in": communication.save_check_in_plan(by=None, fields=self._rhythm()),
        }
        self.records["letter"] = Letter.objects.filter(lead=office).first()

    def _rhythm(self):
        return {
            "partnership": self["published"],
            "rhythm": "monthly",
            "anchor_on": clock.today() + timedelta(days=3),
            "zone": "America/Chicago",
            "person": self.people.editor,
        }

    def __getitem__(self, name):
        return self.records[name]

    def key(self, name):
        """How an address names this record; “no partnership” is an id that no record has."""
        missing = {"no partnership": "P", "no organization": "G", "no jurisdiction": "J", "no department": "D"}
        missing |= {"no meeting": "M", "no issue area": "A"}
        if name in missing:
            return MISSING[missing[name]]
        if name in ("no check-in", "no letter", "no statement"):
            return 987654321
        if name == "mistyped":
            return MISTYPED
        record = self[name]
        return record.key if name == "issue area" else getattr(record, "public_id", record.pk)
