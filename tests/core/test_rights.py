"""Rights that every page relies on, asked of the rules directly."""

import pytest
from django.contrib.auth.models import AnonymousUser

from partnerships.core.access import SYSTEM, account_of, belongs_somewhere, jurisdictions_written_by
from partnerships.core.errors import NotAllowed
from partnerships.core.writing import change
from partnerships.directory.actions import save_organization
from partnerships.directory.models import body_key
from partnerships.directory.queries import contacts_with_address
from partnerships.directory.rules import contacts_visible_to, fields_shown, may_write_organization, shown_to_all
from partnerships.models import Organization, Person
from partnerships.registry.actions import publish_partnership
from partnerships.registry.choices import OFFICE_ONLY_CIRCLES
from partnerships.registry.representatives import belongs_to
from partnerships.registry.rules import may_write_partnership, parties_visible_to, partnerships_visible_to
from tests.factories import in_days, make_organization, make_partnership, party

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(people):
    return make_partnership("A draft", lead=people.office, published=False)


def test_strangers_see_no_draft_and_none_of_its_parties(people, draft):
    for stranger in (None, AnonymousUser(), people.stranger):
        assert draft not in partnerships_visible_to(stranger)
        assert not parties_visible_to(stranger).filter(partnership=draft).exists()
    assert draft in partnerships_visible_to(people.reader)


def test_a_suspended_person_has_the_rights_of_a_stranger(people, draft):
    Person.objects.filter(pk=people.editor.pk).update(is_active=False)
    suspended = Person.objects.get(pk=people.editor.pk)
    assert (belongs_somewhere(suspended), jurisdictions_written_by(suspended)) == (False, [])
    assert draft not in partnerships_visible_to(suspended)
    assert not may_write_partnership(suspended, draft)


def test_an_office_edits_a_profile_as_long_as_it_has_no_editors_of_its_own(people):
    kept = make_organization("Neighbors", kept_by=people.office)
    assert may_write_organization(people.editor, kept)
    kept.memberships.create(person=people.stranger, role="reader")
    assert may_write_organization(people.editor, kept)
    kept.memberships.create(person=people.partner, role="editor")
    assert not may_write_organization(people.editor, kept)
    assert may_write_organization(people.partner, kept)
    assert not may_write_organization(people.stranger, kept)


def test_a_contact_opened_to_partners_is_for_those_who_sit_with_its_owner(people):
    contact = people.organization.contacts.create(name="Front desk", visible_to="partners")
    assert contact not in contacts_visible_to(people.editor)
    make_partnership(lead=people.office, parties=[party(people.office, "lead"), party(people.organization, "member")])
    assert contact in contacts_visible_to(people.editor)
    for other in (None, people.stranger, people.other_editor):
        assert contact not in contacts_visible_to(other)


def test_an_organization_listed_by_name_only_shows_its_profile_to_its_own_people(people):
    named = make_organization("Neighbors", "named", aims="Homes for all", open_fields={"aims": "public"})
    named.memberships.create(person=people.stranger, role="reader")
    assert fields_shown(None, [named])[named.pk] == frozenset()
    assert fields_shown(people.editor, [named])[named.pk] == frozenset()
    assert "aims" in fields_shown(people.stranger, [named])[named.pk]


@pytest.mark.parametrize("circle", OFFICE_ONLY_CIRCLES)
def test_a_party_not_yet_approached_has_no_name_outside_its_office(people, circle):
    seats = [party(people.office, "lead"), party(people.organization, "member", circle=circle)]
    record = make_partnership(lead=people.office, parties=seats)
    hidden = record.parties.get(organization=people.organization)
    for other in (None, people.stranger, people.other_editor, people.partner):
        assert hidden not in parties_visible_to(other)
    assert hidden in parties_visible_to(people.reader)


def test_an_organization_is_found_by_what_it_shows_everyone():
    shown = make_organization("Neighbors", "profiled")
    opened = make_organization("Tenants", "profiled", open_fields={"address": "public", "aims": "partners"})
    make_organization("Renters", "named", open_fields={"address": "public"})
    found = {field: set(Organization.objects.filter(shown_to_all(field))) for field in ("aims", "address")}
    assert found == {"aims": {shown}, "address": {opened}}


def test_a_body_belongs_to_a_partnership_until_the_day_it_leaves(people):
    seats = [party(people.office, "lead"), party(people.organization, "member", ends_on=in_days(3))]
    record = make_partnership(lead=people.office, parties=seats)
    assert [belongs_to(people.partner, record, in_days(day)) for day in (0, 3, 4)] == [True, True, False]
    assert belongs_to(people.editor, record, in_days(4))
    assert not belongs_to(people.other_editor, record, in_days(0))


def test_contacts_are_asked_by_email_where_they_have_an_address(people):
    contacts = [
        people.office.contacts.create(name=name, email=email) for name, email in (("A", "a@example.org"), ("B", ""))
    ]
    found = contacts_with_address(people.editor, {body_key(contact) for contact in contacts})
    assert list(found.values()) == [contacts[:1]]
    assert contacts_with_address(people.other_editor, {body_key(contact) for contact in contacts}) == {}


def test_a_forgotten_author_is_not_the_system(people, draft):
    """None is the public: actions refuse it, and no change is logged without an author."""
    with pytest.raises(NotAllowed):
        save_organization(by=None, fields={"name": "No one's"})
    with pytest.raises(NotAllowed):
        publish_partnership(partnership=draft, by=None)
    with pytest.raises(TypeError), change(draft, by=None, verb="update", snapshot=lambda record: {}):
        pass
    assert not Organization.objects.filter(name="No one's").exists()
    assert (account_of(people.editor), account_of(SYSTEM)) == (people.editor, None)


def test_the_system_reads_as_the_public(people, draft):
    assert not belongs_somewhere(SYSTEM)
    assert draft not in partnerships_visible_to(SYSTEM)
    assert not may_write_partnership(SYSTEM, draft)
