"""Fixtures for circles, networks and coverage.

For circles, a partnership with one partner in each circle. For networks and coverage, a town of a few partnerships, and
people who see different parts of it.
"""

from partnerships.core.access import SYSTEM
from partnerships.insight.expected_seats import expect_seat
from partnerships.models import Membership, Party
from partnerships.registry.actions import save_partnership
from tests.factories import make_department, make_issue_area, make_organization, make_partnership, make_term, party
from tests.snapshots import snapshot_fixture


class Board:
    """A partnership of the office of `people`. The partner edits “Renters together”."""

    def __init__(self, people):
        self.people, self.office = people, people.office
        self.housing = make_department(self.office, "Department of Housing")
        self.planning = make_department(self.office, "Planning Office")
        self.union = make_term("organization_kind", "labor_union")
        self.faith = make_term("organization_kind", "faith_body")
        self.renters = make_term("community", "renters")
        kept = {"kept_by": self.office}
        self.group = make_organization("Renters together", "profiled", communities=[self.renters], **kept)
        self.quiet = make_organization("Quiet circle of faith", "unlisted", kind=self.faith, **kept)
        self.hall = make_organization("Union hall", "profiled", kind=self.union, **kept)
        Membership.objects.create(person=people.partner, organization=self.group, role="editor")
        self.rows = {
            self.housing: party(self.housing, "lead", circle="decides"),
            self.group: party(self.group, "member", circle="co_designs"),
            self.quiet: party(self.quiet, "advisor", circle="co_designs"),
            self.hall: party(self.hall, "member", circle="consulted"),
            self.office: party(self.office, "convenor"),
        }
        self.partnership = make_partnership("Homes for all", lead=self.office, parties=list(self.rows.values()))

    def seat(self, body, **fields):
        """Add a party, or change its seat."""
        self.rows[body] = self.rows.get(body, party(body)) | fields
        self.save()

    def unseat(self, body):
        del self.rows[body]
        self.save()

    def save(self, **fields):
        self.partnership = save_partnership(
            partnership=self.partnership, by=SYSTEM, fields=fields, parties=list(self.rows.values())
        )

    def party(self, body):
        return self.partnership.parties.get(**{body._meta.model_name: body})

    def expect(self, who, circle="co_designs", *, by=SYSTEM, is_public=True, **more):
        table = {} if "issue_area" in more else {"partnership": self.partnership}
        fields = {who._meta.model_name: who, "circle": circle, "is_public": is_public} | table | more
        return expect_seat(office=self.office, by=by, fields=fields)


@snapshot_fixture
def board(people):
    return Board(people)


class Town:
    """Three partnerships around the office of `people`.

    They are housing (office, department, tenants), parks (department, friends), and schools (the other office, which
    leads it, and a college). The tenants are the partner's.
    """

    def __init__(self, people):
        self.people, office, other = people, people.office, people.other_office
        self.housing_area = make_issue_area("housing")
        self.department = make_department(office, "Department of Housing")
        self.tenants = people.organization
        self.friends = make_organization("Friends of the parks", "profiled")
        self.college = make_organization("Community college", "named", side="institution")
        self.quiet = make_organization("Quiet neighbors", "unlisted", kept_by=office)
        seats = [party(office, "lead"), party(self.department, "member"), party(self.tenants, "member")]
        self.housing = make_partnership("Homes for all", lead=office, parties=seats, issue_areas=[self.housing_area])
        seats = [party(self.department, "member"), party(self.friends, "contractor")]
        self.parks = make_partnership("Parks together", lead=office, parties=seats, kind="contract")
        seats = [party(other, "lead"), party(self.college, "member")]
        self.schools = make_partnership("Schools at work", lead=other, parties=seats)

    def seat(self, body, at, **fields):
        """Set fields of a party in a partnership."""
        Party.objects.filter(**{body._meta.model_name: body}, partnership=at).update(**fields)

    def add_quiet(self, at=None):
        """Add the unlisted organization to a partnership."""
        at = at or self.parks
        return Party.objects.create(partnership=at, organization=self.quiet, side="community", position=9)


@snapshot_fixture
def town(people):
    Membership.objects.create(
        person=people.department, department=make_department(people.office, "Parks"), role="editor"
    )
    return Town(people)
