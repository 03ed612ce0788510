"""What only an organization itself can choose, and an office can't, neither through pages nor through actions."""

import pytest

from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed, ValidationError
from partnerships.directory import actions
from partnerships.models import Membership, Person
from tests.factories import make_department, make_organization
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def group(people):
    desk = {"name": "Desk", "email": "desk@example.org"}
    return make_organization("Group", "named", kept_by=people.office, listing_source="A report", contacts=[desk])


def refused(by, group, **rows):
    with pytest.raises(ValidationError) as problem:
        actions.save_organization(organization=group, by=by, **({"fields": {}} | rows))
    return list(problem.value.message_dict)


@pytest.mark.parametrize("role", ["editor", "administrator"])
def test_no_office_opens_a_profile(people, group, role):
    by = getattr(people, role)
    assert refused(by, group, fields={"listing": "profiled"}) == ["listing"]
    assert refused(by, None, fields={"name": "New", "listing": "profiled", "kept_by": people.office}) == ["listing"]
    group.refresh_from_db()
    assert group.listing == "named"


def test_no_office_opens_a_contact(people, group):
    desk = group.contacts.get()
    rows = [{"id": desk.pk, "name": "Desk", "visible_to": "public"}]
    assert refused(people.editor, group, contacts=rows) == ["contacts-0-visible_to"]
    desk.refresh_from_db()
    assert desk.visible_to == "staff"


def test_what_the_organization_has_opened_stays_editable(people, group):
    opened = [{"id": group.contacts.get().pk, "name": "Desk", "visible_to": "public"}]
    group = actions.save_organization(organization=group, by=SYSTEM, fields={"listing": "profiled"}, contacts=opened)
    fields = {"listing": "profiled", "aims": "Homes"}
    group = actions.save_organization(organization=group, by=people.editor, fields=fields, contacts=opened)
    assert (group.listing, group.aims, group.contacts.get().visible_to) == ("profiled", "Homes", "public")


def test_an_editor_who_belongs_to_the_organization_opens_it(people, group):
    Membership.objects.create(person=people.editor, organization=group, role="editor")
    fresh = Person.objects.get(pk=people.editor.pk)
    assert actions.save_organization(organization=group, by=fresh, fields={"listing": "profiled"}).listing == "profiled"


def test_a_record_is_not_handed_to_an_office_that_one_does_not_write_for(people, group):
    assert refused(people.editor, group, fields={"kept_by": people.other_office}) == ["kept_by"]


def test_a_department_is_not_taken_from_another_jurisdiction(people):
    other_department = make_department(people.other_office)
    with pytest.raises(NotAllowed):
        actions.save_department(department=other_department, by=people.editor, fields={"jurisdiction": people.office})
    other_department.refresh_from_db()
    assert other_department.jurisdiction == people.other_office
