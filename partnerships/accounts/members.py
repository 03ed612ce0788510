"""Changing who belongs to a body: one frame around every such change.

Bodies are locked first, in one order, so that two changes of one body come one after the other. Then it is asked *again* who
the person is that acts (`may_manage_now`): what she was a moment ago counts no more. When the block leaves, every body still
has a manager, the log holds who belonged before and after (people by number), and letters are planned.
"""

import uuid
from contextlib import contextmanager

from django.db import transaction

from partnerships.accounts.choices import MEMBERS, MemberRole
from partnerships.accounts.models import Person
from partnerships.communication import outbox
from partnerships.communication.choices import LetterKind
from partnerships.core import clock
from partnerships.core.access import manages, manages_from_outside
from partnerships.core.errors import ValidationError
from partnerships.core.models import Change
from partnerships.core.writing import locked


@contextmanager
def change_members(*bodies, by, why="", confirmed=False, request_id=None, letters=True):
    """Yields the bodies, locked. `by` None: the operator's command. Raises ValidationError when a last manager would go.

    `confirmed`: whoever manages a body from outside may leave it without a manager when they say that they mean it.
    """
    with transaction.atomic():
        rows = [locked(body, None) for body in sorted(bodies, key=lambda body: (body._meta.model_name, body.pk))]
        before = [places_in(body) for body in rows]
        yield rows
        for body, was in zip(rows, before, strict=True):
            now = places_in(body)
            if now == was:
                continue
            if by is not None and MemberRole.MANAGER in was.values() and MemberRole.MANAGER not in now.values():
                _refuse_without_manager(by, body, confirmed)
            change = _note(body, was, now, by=by, why=why, request_id=request_id)
            if letters:
                _tell(change, body, was, now, by)


def places_in(body) -> dict[int, str]:
    """Number of a person → role, of all in a body who may sign in."""
    rows = body.memberships.filter(person__is_active=True).order_by("person_id")
    return dict(rows.values_list("person_id", "role"))


def again(by) -> Person:
    """The person as the database has them now: memberships are read once an object, and that was before the lock."""
    return Person.objects.get(pk=by.pk)


def may_manage_now(by, body) -> bool:
    return by is None or manages(again(by), body)


def _refuse_without_manager(by, body, confirmed):
    if not manages_from_outside(again(by), body):
        words = f"{body} would have no manager. Make someone else a manager first: hand over, or change their role."
        raise ValidationError(words, code="last_manager")
    if not confirmed:
        words = (
            f"{body} would have no manager: nobody there could invite, change roles or remove. Tick that you mean it."
        )
        raise ValidationError({"confirmed": ValidationError(words, code="last_manager")})


def _note(body, was, now, *, by, why, request_id):
    return Change.objects.create(
        request_id=request_id or uuid.uuid4(),
        at=clock.now(),
        by=by,
        why=why,
        verb=MEMBERS,
        record_type=body._meta.model_name,
        record_id=body.pk,
        public_id=body.public_id,
        before={"members": [list(row) for row in was.items()]},
        after={"members": [list(row) for row in now.items()]},
    )


def _tell(change, body, was, now, by):
    """One letter to each person whose place is another; nobody is written to about what they did themselves."""
    moved = {pk for pk in {*was, *now} if was.get(pk) != now.get(pk)} - {by.pk if by else None}
    people = list(Person.objects.filter(pk__in=moved).order_by("pk"))
    outbox.plan(LetterKind.MEMBERSHIP_CHANGED, f"members/{change.pk}", people, body)
