"""The email to who follows someone that left, and the planned emails of the one who left.

It says what passed, in numbers, and who had it. Of a place in a survey round it says the same whether or not it passed:
only the round's own email, with the personal link, tells.

`Email.occurrence` ends with the primary key of the change that says who follows.
"""

from typing import Any

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import LEFT, Outcome
from partnerships.accounts.hooks import LABELS, Departure, Holding, has_left, list_holdings
from partnerships.accounts.models import Person
from partnerships.core import clock, record_types
from partnerships.core.errors import NotFound
from partnerships.core.models import Change
from partnerships.directory.models import Contact
from partnerships.mail import leases, outbox
from partnerships.mail.audience import Recipient, key_of
from partnerships.mail.choices import OPEN_STATES, EmailKind, EmailState
from partnerships.mail.models import Email
from partnerships.meetings.rules import emails_visible_to
from partnerships.notifications import recipients
from partnerships.notifications.common import Writer, answers_go_to, through_sign_in
from partnerships.notifications.partners import USEFUL

LABELS["emails"] = _("Planned emails")


# What it says


def _passed_on(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    rows = Change.objects.select_related("by").filter(verb=LEFT, pk=email.occurrence.rpartition("/")[2])
    change, body = rows.first(), context.get("subject")
    body = body or record_types.get(email.subject_type).model._default_manager.filter(pk=email.subject_pk).first()
    if change is None or body is None:
        raise NotFound
    (name,) = change.before["left"].values()
    passed = change.after["left"]["passed"]
    answers = answers_go_to(change.by, recipient)
    return {
        "body": str(body),
        "who": name,
        "actor": answers["by"] or gettext("A manager there"),
        "passed": [(LABELS[key], count) for key, count in passed.items() if key in LABELS],
        "has_rounds": "rounds" in passed,
        "page": through_sign_in(body.get_absolute_url()) if recipient.person else "",
        **answers,
    }


WRITERS: dict[str, Writer] = {EmailKind.PASSED_ON: _passed_on}


# When it is planned


@has_left.register
def notify_successor(departure: Departure, change: Change) -> None:
    someone = departure.successor
    if someone is None or someone == departure.by or not someone.email:
        return
    occurrence = f"{departure.body.public_id}/left/{change.pk}"
    outbox.plan(EmailKind.PASSED_ON, occurrence, [someone], departure.body, expires_at=clock.now() + USEFUL)


# What was planned for the one who left


def _planned(someone: Person | Contact) -> Any:
    return Email.objects.filter(recipient=key_of(someone), state__in=OPEN_STATES, data_started_at=None)


@list_holdings.register
def list_emails(departure: Departure, found: list[Holding]) -> None:
    rows = departure.seen(_planned(departure.leaver), emails_visible_to).order_by("pk")
    kinds = dict.fromkeys(rows.values_list("kind", flat=True))
    if items := [(EmailKind(kind).label, "") for kind in kinds]:
        note = gettext("Canceled. Who follows gets their own for what passes to them.")
        found.append(Holding("emails", Outcome.ENDS, items, note))


@has_left.register
def cancel_emails(departure: Departure, change: Change) -> None:
    """A contact is gone, so all of theirs are canceled; of a person those that they may no longer get."""
    leaver, gone = departure.leaver, []
    for email in _planned(leaver):
        if isinstance(leaver, Contact) or recipients.find_audience(email).refusal:
            gone.append(email.pk)
    values = {"state": EmailState.WITHDRAWN, "last_reply": gettext_noop("They left."), **leases.UNCLAIMED}
    Email.objects.filter(pk__in=gone).update(**values)
