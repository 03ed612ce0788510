"""Emails about partners' seats and what partners say of a record. They say the partnership's title, the partner's name and dates,
never anyone's own words, except an invitation: who invites, and their note.

A seat calls for an invitation at once, reminders on the mornings of days 7 and 30, and word of the answer to the lead's keepers.
Mornings are of the lead's calendar. `registry` plans the emails about what partners say.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.errors import NotFound
from partnerships.directory.models import BODIES, Contact
from partnerships.mail import outbox, schedule
from partnerships.mail.audience import Recipient, key_of
from partnerships.mail.choices import EmailKind
from partnerships.mail.models import Email
from partnerships.mail.schedule import MORNING, Offset, day_words
from partnerships.notifications import check_ins, links
from partnerships.notifications.common import (
    RecipientCheck,
    RecipientReader,
    Writer,
    find_subject,
    recipient_among,
    reply_to,
)
from partnerships.registry import events, seats
from partnerships.registry.choices import ConsentWay, SeatState
from partnerships.registry.inviting import is_of_office
from partnerships.registry.models import Confirmation, Party, Reply, SeatConsent
from partnerships.registry.representatives import editors_of_leads, people_of, representatives_of
from partnerships.registry.rules import is_backed
from partnerships.registry.statement_links import OF_PARTY, contact_who_speaks, last_statement, mark_of

REMINDERS = (Offset("7d-late", days=-7), Offset("30d-late", days=-30))
USEFUL = timedelta(days=14)  # after that, news of an answer is too old to send
ANSWERABLE = timedelta(days=365)  # for which a partner without an account answers by one link whether a record is right
_GONE = gettext_noop("The partner is no longer in this partnership.")
_DRAFT = gettext_noop("The partnership was unpublished.")
_NOT_THEIRS = gettext_noop("They no longer represent this partner.")
_OF_OFFICE = gettext_noop("This email address belongs to the lead agency.")
_NOT_KEPT = gettext_noop("They no longer keep the records of this office.")


# What they say


def _context_of(party: Party) -> dict[str, Any]:
    partnership = party.partnership
    return {
        "partnership": partnership.title,
        "lead": partnership.lead.name,
        "party": str(party),
        "page": settings.BASE_URL + reverse("partnership", args=[partnership.public_id]),
        "is_illustration": partnership.is_illustration,
    }


def _confirmation_asked(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    party = find_subject(Party.objects.all(), email, context)
    return _context_of(party) | (_link_context(party, recipient) if _is_for_contact(email) else {})


def _statement_saved(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    statement = find_subject(Confirmation.objects.all(), email, context)
    return _context_of(statement.party) | _link_context(statement.party, recipient) | {"verdict": statement.verdict}


def _link_context(party: Party, recipient: Recipient) -> dict[str, Any]:
    """The template context of the link by which the contact of a partner without an account says whether the record is
    right, or changes that.
    """
    until = clock.now() + ANSWERABLE
    subject = [party.pk, mark_of(last_statement(party))]
    token = links.make(links.STATEMENT, recipient, subject, until)
    answer = settings.BASE_URL + reverse("state_by_link", args=[token])
    return {"is_link": True, "answer": answer, "until": day_words(until.date())}


def _is_for_contact(email: Email) -> bool:
    return email.recipient.startswith("contact:")


def _record_disputed(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    if email.subject_type == "checkin":  # its answer says that the record is wrong
        return check_ins.record_is_wrong(email, recipient, context)
    return _context_of(find_subject(Confirmation.objects.all(), email, context).party)


def _remark(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    reply = find_subject(Reply.objects.select_related("remark__lead"), email, context)
    about, lead = _context_of(reply.party), reply.remark.lead
    return about | ({"lead": lead.name} if lead else {}) | {"public_on": day_words(reply.remark.public_on)}


def _seat(email: Email, recipient: Recipient, context: dict[str, Any]) -> tuple[SeatConsent, dict[str, Any]]:
    row = find_subject(SeatConsent.objects.all(), email, context)
    party = row.find_party()
    if party is None:
        raise NotFound
    return row, _context_of(party)


def _seat_invited(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    row, values = _seat(email, recipient, context)
    assert row.until is not None  # an invitation has an end
    if row.contact_id:
        path = reverse("answer_seat", args=[links.make(links.SEAT, recipient, row.pk, row.until)])
    else:
        path = reverse("partnership_our_seat", args=[row.partnership.public_id])
    until = row.until.astimezone(clock.zone(row.partnership.lead.zone)).date()
    is_late = email.occurrence.endswith("-late")
    by = row.by.name if row.by and row.by.is_active else ""
    asked = {"by": by, "note": row.note, "reply_to": reply_to(row.by)}
    return values | asked | {"answer": settings.BASE_URL + path, "until": day_words(until), "is_late": is_late}


def _seat_answered(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    row, values = _seat(email, recipient, context)
    return values | {"state": row.state}


WRITERS: dict[str, Writer] = {
    EmailKind.SEAT_INVITED: _seat_invited,
    EmailKind.SEAT_ANSWERED: _seat_answered,
    EmailKind.CONFIRMATION_ASKED: _confirmation_asked,
    EmailKind.RECORD_DISPUTED: _record_disputed,
    EmailKind.STATEMENT_SAVED: _statement_saved,
    EmailKind.REMARK_SHOWN: _remark,
    EmailKind.REMARK_REPLIED: _remark,
}


# Who gets them: each function gives the reader, what it is about, and why it may not be sent


def _read_party(email: Email) -> RecipientCheck:
    """For the email that asks a partner whether the record is right."""
    party = Party.objects.select_related(*OF_PARTY).filter(pk=email.subject_pk).first()
    if party is None:
        return None, None, _GONE
    person, refusal = _contact_or_person(email, party), _refusal(party)
    if not refusal and email.created_at and party.confirmations.filter(at__gte=email.created_at).exists():
        refusal = gettext_noop("The partner has answered already.")
    return person, party, refusal or ("" if person else _NOT_THEIRS)


def _contact_or_person(email: Email, party: Party) -> Contact | Person | None:
    """Who gets this email for the party: one of its editors, or the contact that makes statements for it."""
    if not _is_for_contact(email):
        return recipient_among(email, representatives_of(party))
    contact = contact_who_speaks(party)
    return contact if contact and key_of(contact) == email.recipient else None


def _refusal(party: Party) -> str:
    """Why no email about this party may be sent; "" when it may."""
    if not party.partnership.is_published:
        return _DRAFT
    return "" if seats.is_at_table(party) else _GONE


def _read_confirmation(email: Email) -> RecipientCheck:
    """For the email that a partner disputes the record, and the one after a statement by a link, which is about that
    statement alone.
    """
    statement = (
        Confirmation.objects.select_related(*(f"party__{name}" for name in OF_PARTY))
        .filter(pk=email.subject_pk)
        .first()
    )
    if statement is None:
        return None, None, _GONE
    if email.kind == EmailKind.STATEMENT_SAVED:
        contact = _contact_or_person(email, statement.party)
        refusal = _refusal(statement.party) or ("" if contact else _NOT_THEIRS)
        if not refusal and statement != last_statement(statement.party):
            refusal = gettext_noop("The partner has answered since.")
        return contact, statement, refusal
    person = recipient_among(email, editors_of_leads([statement.party.partnership.lead_id]))
    return person, statement, "" if person else _NOT_KEPT


def _read_reply(email: Email) -> RecipientCheck:
    """For the emails that show a partner a statement, or the lead agency the reply to it."""
    reply = Reply.objects.select_related("remark", *(f"party__{name}" for name in OF_PARTY)).filter(pk=email.subject_pk)
    reply = reply.first()
    if reply is None:
        return None, None, _GONE
    if reply.remark.withdrawn_at:
        return None, reply, gettext_noop("The statement was withdrawn.")
    if email.kind == EmailKind.REMARK_REPLIED:
        person = recipient_among(email, editors_of_leads([reply.party.partnership.lead_id]))
        return person, reply, "" if person else _NOT_KEPT
    person = recipient_among(email, people_of(reply.party))
    return person, reply, _refusal(reply.party) or ("" if person else _NOT_THEIRS)


def _read_seat(email: Email) -> RecipientCheck:
    """For the invitation to confirm a seat, and for the answer to it."""
    row = SeatConsent.objects.select_related("partnership__lead", "contact", "by").filter(pk=email.subject_pk).first()
    party = row.find_party() if row else None
    if row is None or party is None:
        return None, None, _GONE
    if email.kind == EmailKind.SEAT_ANSWERED:
        person = recipient_among(email, editors_of_leads([party.partnership.lead_id]))
        return person, row, "" if person else _NOT_KEPT
    someone = row.contact or recipient_among(email, representatives_of(party))
    refusal = _refusal(party) or ("" if someone else _NOT_THEIRS)
    if party.state != SeatState.INVITED or not is_latest(row):
        refusal = gettext_noop("The partner has answered, or was invited again.")
    if not refusal and not is_backed(row):
        refusal = _NOT_KEPT
    if not refusal and row.contact and is_of_office(row.contact, row.partnership):
        refusal = _OF_OFFICE
    return someone, row, refusal


def is_latest(invitation: SeatConsent) -> bool:
    """Whether this is the partner's latest invitation by email."""
    body = {f"{name}_id": getattr(invitation, f"{name}_id") for name in BODIES}
    rows = SeatConsent.objects.filter(partnership=invitation.partnership_id, state=SeatState.INVITED, **body)
    return not rows.filter(pk__gt=invitation.pk, way=ConsentWay.LINK).exists()


READERS: dict[str, RecipientReader] = {
    "party": _read_party,
    "confirmation": _read_confirmation,
    "reply": _read_reply,
    "seatconsent": _read_seat,
}


# When they are planned


@events.seat_invited.register
def invite(invitation: SeatConsent, people: Sequence[Contact]) -> None:
    """After `people` were invited to answer for a seat."""
    now, lead = clock.shared()(), invitation.partnership.lead
    day = clock.today(clock.zone(lead.zone))
    dues = [("invited", now)]
    dues += [(offset.name, due) for offset, due in schedule.due_instants(day, MORNING, lead.zone, REMINDERS)]
    ends = [due for _, due in dues[1:]] + [invitation.until]
    about = f"{invitation.partnership.public_id}/seat-{invitation.pk}"
    emails = [
        outbox.build_row(EmailKind.SEAT_INVITED, f"{about}/{name}", one, invitation, due, end, lead.pk)
        for (name, due), end in zip(dues, ends, strict=True)
        for one in people
    ]
    outbox.insert(emails, now=now)


@events.seat_answered.register
def notify_office(consent: SeatConsent) -> None:
    """After a partner answered for its seat."""
    lead, until = consent.partnership.lead, clock.now() + USEFUL
    people = [member.person for member in editors_of_leads([lead.pk]).select_related("person")]
    occurrence = f"{consent.partnership.public_id}/seat-{consent.pk}/answered"
    outbox.plan(EmailKind.SEAT_ANSWERED, occurrence, people, consent, expires_at=until, lead=lead)


@events.stated_by_link.register
def confirm_statement(statement: Confirmation) -> None:
    """Emails the contact what the partner said by a link, since anyone who has the link could have used it, with another
    link to change it.
    """
    contact = contact_who_speaks(statement.party)
    people, occurrence = [contact] if contact else [], f"{statement.party.partnership.public_id}/stated/{statement.pk}"
    outbox.plan(EmailKind.STATEMENT_SAVED, occurrence, people, statement, expires_at=clock.now() + USEFUL)
