"""Two managers who act on each other at the same moment: one of them remains manager.

Each has a database connection. On PostgreSQL, the second waits for the lock on the organization's row. On SQLite, one
writer waits for the other.
"""

import pytest

from partnerships.accounts import actions, member_actions
from partnerships.core.errors import NotAllowed, NotFound, ValidationError
from partnerships.models import Change, Invitation, Membership, Person
from partnerships.records import privacy
from tests.factories import make_organization, make_person
from tests.waiting import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both]
ROUNDS = 10


def answers_to(*acts):
    """Run these at the same moment. Returns "done" for each that succeeded, or the class name of its error."""
    answers = at_once(*acts)
    for answer in answers:
        if isinstance(answer, Exception) and not isinstance(answer, (NotAllowed, NotFound, ValidationError)):
            raise answer
    return [type(answer).__name__ if isinstance(answer, Exception) else "done" for answer in answers]


@pytest.fixture
def group(transactional_db):
    return make_organization("Neighbors")


def two_managers(group, n):
    return [
        group.memberships.create(person=make_person(f"{side}{n}@example.org", name=side), role="manager")
        for side in ("one", "two")
    ]


WAYS = {
    "each removes the other": lambda own, other: member_actions.remove_member(by=own.person, membership=other),
    "each lowers the other": lambda own, other: member_actions.change_role(
        by=own.person, membership=other, role="reader"
    ),
    "both leave": lambda own, other: member_actions.leave(by=own.person, membership=own),
}


def answers_of_two(act, first, second):
    return answers_to(lambda: act(first, second), lambda: act(second, first))


@pytest.mark.parametrize("way", WAYS)
def test_of_two_managers_one_stays(group, way):
    for n in range(ROUNDS):
        group.memberships.all().delete()
        answers = answers_of_two(WAYS[way], *two_managers(group, n))
        assert answers.count("done") == 1, answers
        assert {*answers} - {"done", "NotAllowed", "NotFound", "ValidationError"} == set()
        assert group.memberships.filter(role="manager").count() == 1
    assert Change.objects.filter(verb="members", record_id=group.pk).count() == ROUNDS


def test_two_managers_who_erase_their_accounts_at_once_both_can(group):
    """The second is the organization's only user by then, and an organization keeps no one from erasing their account."""

    def erase(own, _other):
        privacy.erase_person(by=own.person, person=own.person)

    for n in range(ROUNDS):
        assert answers_of_two(erase, *two_managers(group, n)) == ["done", "done"]
        assert not group.memberships.exists()


def test_two_administrators_who_suspend_each_other_leave_one(transactional_db):
    for n in range(ROUNDS):
        first, second = (make_person(f"admin{side}{n}@example.org", is_administrator=True) for side in "ab")
        answers = answers_to(
            lambda a=first, b=second: actions.suspend(by=a, person=b, why="Race"),
            lambda a=first, b=second: actions.suspend(by=b, person=a, why="Race"),
        )
        assert sorted(answers) == ["NotAllowed", "done"]
        assert Person.objects.filter(pk__in=(first.pk, second.pk), is_active=True).count() == 1


def test_a_manager_is_suspended_while_the_other_leaves(group):
    """Two ways for one organization to lose a manager.

    The account is locked before the organization, so no one gets a deadlock.
    """
    by = make_person("administrator@example.org", is_administrator=True)
    for n in range(ROUNDS):
        group.memberships.all().delete()
        first, second = two_managers(group, n)
        answers = answers_to(
            lambda a=first: actions.suspend(by=by, person=a.person, why="Race"),
            lambda b=second: member_actions.leave(by=b.person, membership=b),
        )
        assert sorted(answers) == ["ValidationError", "done"]
        assert group.memberships.filter(role="manager", person__is_active=True).count() == 1


def test_an_invitation_accepted_twice_or_withdrawn_at_once_is_answered_once(group):
    manager, _ = two_managers(group, 0)
    for n in range(ROUNDS):
        invitation = member_actions.invite(
            by=manager.person, body=group, address=f"guest{n}@example.org", role="reader"
        )
        guest = invitation.person
        answers = answers_to(
            lambda i=invitation, g=guest: member_actions.accept_invitation(by=g, invitation=i, name="Guest"),
            lambda i=invitation, g=guest: member_actions.accept_invitation(by=g, invitation=i),
            lambda i=invitation: member_actions.withdraw_invitation(by=manager.person, invitation=i),
        )
        assert sorted(answers) == ["NotFound", "NotFound", "done"]
        state = Invitation.objects.get(pk=invitation.pk).state
        assert Membership.objects.filter(person=guest).count() == (state == "accepted")


def test_one_address_invited_twice_at_once_is_one_account(group):
    manager, other = two_managers(group, 0)[0], make_organization("Others")
    other.memberships.create(person=manager.person, role="manager")
    for n in range(ROUNDS):
        address = f"fresh{n}@example.org"
        answers = answers_to(
            *(
                lambda b=body, a=address: member_actions.invite(by=manager.person, body=b, address=a, role="reader")
                for body in (group, other, group)
            )
        )
        assert answers == ["done"] * 3
        assert Person.objects.filter(email=address).count() == 1
        assert Invitation.objects.filter(person__email=address).count() == 2
