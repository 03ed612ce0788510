"""Rules give the rows that the database has now, to the rights that the reader has now."""

from importlib import import_module
from inspect import isfunction, signature

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from partnerships.core.access import MembershipRow, MemberView, fingerprint, limit_to_memberships
from partnerships.models import Person
from partnerships.registry.rules import partnerships_visible_to, seats_held_by
from tests.factories import make_partnership, party

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
