"""Reassigns emails in the outbox when two people or contacts are merged: rows name a recipient by kind and number, not
by a foreign key.

There is one email for each occasion. Of two, the one that has gone furthest stays: a sent one, then a waiting one.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from partnerships.accounts.models import Person
from partnerships.core import repoint_references
from partnerships.directory.models import Contact
from partnerships.mail import leases
from partnerships.mail.audience import key_of
from partnerships.mail.choices import OPEN_STATES, EmailState
from partnerships.mail.models import Email, Suppression

ONE_OCCASION = gettext_noop("Its recipient has another email for this occasion, because two accounts were merged.")


def reassign(kept: Person | Contact, lost: Person | Contact, steps: list[dict[str, Any]]) -> None:
    """Reassign all emails to `lost` to `kept`. Adds to `steps` what undoes that (`core.repoint_references`).

    Call it in the transaction that merges them: a sender that has claimed one of them and not started stops at the
    fence.
    """
    was, now = key_of(lost), key_of(kept)
    there = {_occasion(row): row for row in Email.objects.filter(recipient=now)}
    Email.objects.filter(recipient=was, state=EmailState.CLAIMED, data_started_at=None).update(
        state=EmailState.PLANNED, **leases.UNCLAIMED
    )
    for row in Email.objects.filter(recipient=was).order_by("pk"):
        twin = there.get(_occasion(row))
        if twin is None:
            repoint_references.set_field(row, "recipient", now, steps)
        elif _rank(row) > _rank(twin):
            _merge_emails(row, twin, steps)
            repoint_references.set_field(row, "recipient", now, steps)
        else:
            _merge_emails(twin, row, steps)
    for row in Suppression.objects.filter(recipient=was):
        repoint_references.set_field(row, "recipient", now, steps)


def _occasion(email: Email) -> tuple[str, str, str]:
    return email.kind, email.occurrence, email.channel


def _rank(email: Email) -> int:
    """How far an email has gone: 2 sent or being sent, 1 open, 0 ended without being sent."""
    if email.state == EmailState.SENT or email.data_started_at:
        return 2
    return int(email.state in OPEN_STATES)


def _merge_emails(stays: Email, goes: Email, steps: list[dict[str, Any]]) -> None:
    """Let one of two emails for the same occasion replace the other. Adds to `steps` what undoes that."""
    if goes.state in OPEN_STATES:
        goes.state, goes.last_reply = EmailState.WITHDRAWN, ONE_OCCASION
        Email.objects.filter(pk=goes.pk).update(state=goes.state, last_reply=goes.last_reply)
    steps += repoint_references.merge_rows(stays, goes)


def restore_withdrawn(steps: list[dict], *, now: datetime) -> None:
    """Plan future emails again that a merge withdrew because another email was about the same occasion."""
    pks = [step["pk"] for step in steps if step["do"] == repoint_references.DROPPED and step["model"] == "email"]
    gone = Email.objects.filter(pk__in=pks, state=EmailState.WITHDRAWN, last_reply=ONE_OCCASION, due_at__gte=now)
    gone.update(state=EmailState.PLANNED, last_reply="")
