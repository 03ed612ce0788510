"""Every action is called with the person as pages pass them (tests/lazy_users.py)."""

import sys

import pytest
from django.utils.functional import SimpleLazyObject

from partnerships.accounts.models import Person
from tests import lazy_users

ACTIONS = {
    value
    for name, module in list(sys.modules.items())  # reading an attribute of a lazy module can import another module
    if name.startswith("partnerships.")
    for value in list(vars(module).values())
    if lazy_users.is_action(value)
}


def test_no_action_is_left_out():
    assert len(ACTIONS) > 100
    assert [action.__qualname__ for action in ACTIONS if not lazy_users.is_lazy(action)] == []


@pytest.mark.parametrize("person", [Person(pk=1), None])
def test_an_action_sees_a_person_of_a_page_and_an_operator_as_none(person):
    seen = []

    def save_something(*, by):
        seen.append(by)

    lazy_users._lazily(save_something)(by=person)
    assert (type(seen[0]), seen[0]) == (SimpleLazyObject if person else type(None), person)
