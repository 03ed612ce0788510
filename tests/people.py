"""The people of most tests: an editor and a viewer of an office, a stranger, a partner, an administrator, and others."""

from dataclasses import dataclass

from partnerships.models import Membership, Organization, Person
from tests.factories import make_jurisdiction, make_organization, make_person

# Names of people below, in the order in which they are tried.
ROLES = ("editor", "reader", "manager", "other_editor", "member", "department", "other_department", "partner")
ROLES += ("partner_reader", "other_partner", "stranger", "administrator", "suspended")


@dataclass
class People:
    office: object  # the jurisdiction of editor and reader
    other_office: object
    organization: Organization
    editor: Person
    reader: Person
    other_editor: Person  # an editor of another jurisdiction
    partner: Person  # an editor of the organization
    stranger: Person  # has an account and no role
    # These have no role until tests.world gives them one:
    manager: Person  # manages the office and an organization
    department: Person  # edits a department of the office
    other_department: Person  # edits another department of the office
    member: Person  # edits a jurisdiction that takes part
    partner_reader: Person  # a viewer at the partner's organization
    other_partner: Person  # edits an organization without partnerships
    administrator: Person
    suspended: Person  # was an editor of the office

    def as_roles(self):
        return {name: getattr(self, name) for name in ROLES}


def make_people():
    office, other = make_jurisdiction("City of Minneapolis"), make_jurisdiction("City of Seattle")
    organization = make_organization("Tenants' association", listing="profiled")
    people = People(
        office,
        other,
        organization,
        editor=make_person("editor@example.org", name="Editor"),
        reader=make_person("reader@example.org", name="Reader"),
        other_editor=make_person("other@example.org", name="Other editor"),
        partner=make_person("partner@example.org", name="Partner"),
        manager=make_person("manager@example.org", name="Manager"),
        department=make_person("department@example.org", name="Department's editor"),
        other_department=make_person("unit@example.org", name="Other department's editor"),
        member=make_person("member@example.org", name="Member's editor"),
        partner_reader=make_person("colleague@example.org", name="Partner's colleague"),
        other_partner=make_person("neighbor@example.org", name="Other partner"),
        stranger=make_person("stranger@example.org", name="Stranger"),
        administrator=make_person("administrator@example.org", name="Administrator", is_administrator=True),
        suspended=make_person("suspended@example.org", name="Suspended", is_active=False),
    )
    Membership.objects.create(person=people.editor, jurisdiction=office, role="editor")
    Membership.objects.create(person=people.suspended, jurisdiction=office, role="editor")
    Membership.objects.create(person=people.reader, jurisdiction=office, role="reader")
    Membership.objects.create(person=people.other_editor, jurisdiction=other, role="editor")
    Membership.objects.create(person=people.partner, organization=organization, role="editor")
    return people
