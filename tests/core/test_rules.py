"""Rules give the rows that the database has now, to the rights that the reader has now."""

from importlib import import_module
from inspect import isfunction, signature

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from partnerships.core import access
from partnerships.core.access import MembershipRow, MemberView, fingerprint, limit_to_memberships
from partnerships.models import Membership, Person
from partnerships.registry.queries import _records_with_documents
from partnerships.registry.rules import partnerships_visible_to, seats_held_by
from tests.factories import make_jurisdiction, make_partnership, make_person, party

pytestmark = pytest.mark.django_db
RULES = {
    f"{part}.{name}": rule
    for part in ("assessment", "directory", "insight", "measurement", "meetings", "registry")
    for name, rule in vars(import_module(f"partnerships.{part}.rules")).items()
    if isfunction(rule) and rule.__module__.endswith(f"{part}.rules")
    if [*signature(rule).parameters] == ["person"] and signature(rule).return_annotation is QuerySet
}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_asks_the_database_nothing_while_it_is_built(people, name, django_assert_num_queries):
    """What it asked would be kept in the statements of prepared lists."""
    readers = [AnonymousUser(), MemberView(people.organization)]
    readers += [people.editor, people.reader, people.partner, people.stranger, people.administrator]
    for reader in readers:
        fingerprint(reader)  # which reads the memberships
        with django_assert_num_queries(0):
            RULES[name](reader)


def test_the_rows_of_a_rule_are_read_each_time(people):
    before = [*partnerships_visible_to(people.editor)]
    record = make_partnership("A draft", lead=people.office, published=False)
    assert [*partnerships_visible_to(people.editor)] == [*before, record]
    record.delete()
    assert [*partnerships_visible_to(people.editor)] == before


def test_the_same_account_with_fewer_rights_sees_fewer_rows(people):
    record = make_partnership("A draft", lead=people.office, published=False, parties=[party(people.office, "lead")])
    bare = limit_to_memberships(Person.objects.get(pk=people.editor.pk), [])
    member = limit_to_memberships(
        Person.objects.get(pk=people.administrator.pk), [MembershipRow(people.office.pk, None, None, "reader")]
    )
    assert record in partnerships_visible_to(people.editor)
    assert record in partnerships_visible_to(people.administrator)
    assert record in partnerships_visible_to(member)
    assert record not in partnerships_visible_to(bare)
    assert not seats_held_by(bare).exists()
    assert [*seats_held_by(member)] == [*seats_held_by(people.editor)] == [record.parties.get()]


def test_a_role_that_ends_or_an_account_that_is_suspended_counts_at_the_next_request(people):
    record = make_partnership("A draft", lead=people.office, published=False)
    assert record in partnerships_visible_to(people.editor)
    people.editor.memberships.all().delete()
    assert record not in partnerships_visible_to(Person.objects.get(pk=people.editor.pk))
    assert record in partnerships_visible_to(people.administrator)
    Person.objects.filter(pk=people.administrator.pk).update(is_active=False)
    assert record not in partnerships_visible_to(Person.objects.get(pk=people.administrator.pk))


def test_readers_with_the_same_roles_share_the_statement_of_a_list_and_see_their_own_rows(people):
    neighbor = make_jurisdiction("Neighbor")
    colleague = make_member("same.role@example.org", jurisdiction=neighbor)
    records = [
        make_partnership(f"Draft of {lead}", lead=lead, published=False, parties=[party(lead, "lead")])
        for lead in (people.office, neighbor)
    ]
    readers = [people.editor, colleague]
    for reader, own, other in zip(readers, records, reversed(records), strict=True):
        assert _records_with_documents(reader, public_id=own.public_id) == [own]
        assert _records_with_documents(reader, public_id=other.public_id) == []
    kept = access._built_once.cache_info().misses
    assert (
        _records_with_documents(make_member("third.same@example.org", jurisdiction=people.office), public_id="x") == []
    )
    assert access._built_once.cache_info().misses == kept


def test_someone_with_several_roles_sees_the_rows_of_each(people):
    offices = [make_jurisdiction(f"Office {n}") for n in range(3)]
    records = [
        make_partnership(f"Draft of {lead}", lead=lead, published=False, parties=[party(lead, "lead")])
        for lead in offices
    ]
    person = make_member("several.roles@example.org", jurisdiction=offices[2])
    Membership.objects.create(person=person, jurisdiction=offices[0], role="reader")
    Membership.objects.create(person=person, organization=people.organization, role="editor")
    found = [bool(_records_with_documents(person, public_id=record.public_id)) for record in records]
    assert found == [True, False, True]


def make_member(email, *, role="editor", **body):
    person = make_person(email)
    Membership.objects.create(person=person, role=role, **body)
    return person
