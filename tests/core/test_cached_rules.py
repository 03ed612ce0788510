"""Rules that are built once per reader: what they may know, and that rows are read each time."""

from importlib import import_module
from inspect import isfunction

import pytest
from django.contrib.auth.models import AnonymousUser

from partnerships.core import access
from partnerships.core.access import MembershipRow, MemberView, limit_to_memberships
from partnerships.models import Person
from partnerships.registry.rules import partnerships_visible_to, seats_held_by
from tests.factories import make_partnership, party

pytestmark = pytest.mark.django_db
CACHED = {
    f"{part}.{name}": rule
    for part in ("assessment", "directory", "measurement", "meetings", "registry")
    for name, rule in vars(import_module(f"partnerships.{part}.rules")).items()
    if isfunction(rule) and rule.__code__.co_filename == access.__file__ and rule.__module__.endswith(f"{part}.rules")
}


def test_all_cached_rules_are_found():
    assert len(CACHED) == 30


@pytest.mark.parametrize("name", CACHED)
def test_a_rule_asks_the_database_nothing_while_it_is_built(people, name, django_assert_num_queries):
    readers = [None, AnonymousUser(), MemberView(people.organization)]
    readers += [people.editor, people.reader, people.partner, people.stranger, people.administrator]
    for reader in readers:
        access.fingerprint(reader)  # which reads the memberships
        access._built_once.cache_clear()
        with django_assert_num_queries(0):
            CACHED[name](reader)


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
