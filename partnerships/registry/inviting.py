"""An office invites a partner to confirm its seat: by email, or with a printed code.

The email goes to an address that the partner gave or published; the code is used after reading the text to the partner
by phone or in person. A partner that declined or withdrew is never invited again: it returns only by its own act. An
invitation without an answer leaves the seat as it was. `by` is the inviting person, or SYSTEM for a command.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock, codes
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.children import errors_by_field
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.types import Text
from partnerships.core.writing import lock
from partnerships.directory.models import BODIES, Contact, body_key, in_bodies, is_closed
from partnerships.directory.rules import contacts_visible_to
from partnerships.mail import outbox
from partnerships.mail.message import mailbox_of
from partnerships.registry import events, seats
from partnerships.registry.choices import GIVEN_UP, OFFICE_ONLY_CIRCLES, ConsentWay, Kind, SeatState
from partnerships.registry.models import Partnership, Party, SeatConsent
from partnerships.registry.representatives import mailboxes_of_office, representatives_of
from partnerships.registry.rules import is_backed, may_write_partnership

_BODIES = ("jurisdiction", "department__jurisdiction", "organization")
OPEN_FOR = timedelta(days=90)
CODE_OPEN_FOR = timedelta(days=60)
HAS_DECLINED = _("This partner said no. Don’t ask again: it can confirm its seat whenever it wants.")
CONFIRMED = _("This partner has confirmed its seat already.")
NOT_ASKED = _("This seat needs no answer, or the partnership isn’t published yet.")
OWN_OFFICE = _("This email address belongs to your own office. Choose one that the partner gave or published.")
NO_SOURCE = _("Enter where you got this email address, for example on the partner’s website.")
SENDER_LEFT = _("The person who invited you no longer works on this record. Ask %(lead)s to invite you again.")
OWN_ACT = _(
    "A partner in outside organizing confirms its seat itself: an editor of it signs in, or a contact of it uses the link that "
    "we email. There’s no printed code for this kind."
)
NO_ONE_TO_EMAIL = _(
    "This partner has no contact with an email address, and no editor here. Add an email address to its record first."
)
CLOSED = _("This partner has closed. Give its seat an end date, and add who does its work now.")
NOT_READ = _("Enter who you read the text to, when and how.")


def contacts_to_invite(party: Party, by: Author) -> list[Contact]:
    """The contacts of this partner with an email address, as far as the person sees them; all of them for a command."""
    return contacts_by_party([party], by)[party.pk]


def contacts_by_party(parties: Iterable[Party], by: Author) -> dict[int, list[Contact]]:
    """Party's primary key → its contacts, as `contacts_to_invite` has them, for any number of parties in one query."""
    keys = {party.pk: body_key(party) for party in parties}
    rows = Contact.objects.all() if by is SYSTEM else contacts_visible_to(by)
    found: dict[tuple, list[Contact]] = {}
    for contact in rows.filter(in_bodies(set(keys.values()))).exclude(email=""):
        found.setdefault(body_key(contact), []).append(contact)
    return {pk: found.get(key, []) for pk, key in keys.items()}


def refusal(party: Party) -> Text:
    """Why this partner can't be invited now, as a message; "" when it can."""
    if party.state in GIVEN_UP:
        return HAS_DECLINED
    if party.state == SeatState.CONFIRMED:
        return CONFIRMED
    if is_closed(party.department or party.organization):
        return CLOSED
    is_shown = party.partnership.is_published and party.circle not in OFFICE_ONLY_CIRCLES
    return "" if is_shown and not seats.needs_no_consent(party) and seats.is_at_table(party) else NOT_ASKED


def not_invited_yet(parties: Iterable[Party]) -> list[Party]:
    """Those that can be invited and aren't invited now, with their partnership and department."""
    return [party for party in parties if party.state == SeatState.RECORDED and not refusal(party)]


@transaction.atomic
def invite_all(
    *, partnership: Partnership, by: Author, contacts: Mapping[int, Contact | None], source: str, note: str = ""
) -> list[Party]:
    """Invite each of these partners by email, as `invite_by_email` does, or none of them if one can't be invited.

    `contacts`: party's primary key → its contact, or None for its own editors. Returns those invited: a partner that was
    invited or answered in between isn't invited again. An error about one contact has the key “contact-” and its party's.
    """
    require(by is SYSTEM or may_write_partnership(by, partnership))
    rows = lock(partnership, None).parties.select_related(*_BODIES).filter(pk__in=contacts)
    invited, problems = not_invited_yet(rows), {}
    for party in invited:
        try:
            invite_by_email(party=party, by=by, contact=contacts[party.pk], source=source, note=note)
        except ValidationError as problem:
            for field, errors in errors_by_field(problem).items():
                problems[f"contact-{party.pk}" if field == "contact" else field] = errors
    if problems:
        raise ValidationError(problems)
    return invited


@transaction.atomic
def invite_by_email(
    *, party: Party, by: Author, source: str, contact: Contact | None = None, note: str = ""
) -> SeatConsent:
    """Invite a contact of this partner, who answers by a personal link; without one, its own editors, who sign in.

    `note`: a few words to them.
    """
    current = _lock_invitable(party, by)
    if contact is not None and contact not in contacts_to_invite(current, by):
        raise ValidationError({"contact": gettext("Choose one of this partner’s contacts with an email address.")})
    if contact is not None and is_of_office(contact, current.partnership):
        raise ValidationError({"contact": OWN_OFFICE}, code="own_office")
    people = (
        [contact] if contact else [member.person for member in representatives_of(current).select_related("person")]
    )
    if not people:
        raise ValidationError({"contact": NO_ONE_TO_EMAIL})
    if contact is not None and not source.strip():
        raise ValidationError({"source": NO_SOURCE})
    invitation = _invite(current, by, ConsentWay.LINK, OPEN_FOR, source=source.strip(), contact=contact, note=note)
    events.seat_invited(invitation, people)
    return invitation


@transaction.atomic
def print_code(*, party: Party, by: Author, source: str) -> tuple[SeatConsent, str]:
    """(the invitation, its code).

    Only a digest is stored, so no one can read the code again. An earlier code stops working.
    """
    current = _lock_invitable(party, by)
    if current.partnership.kind == Kind.ORGANIZING:
        raise ValidationError(OWN_ACT, code="own_act")
    if not source.strip():
        raise ValidationError({"source": NOT_READ})
    code = codes.generate()
    earlier = SeatConsent.objects.filter(_of_body(current), partnership=current.partnership_id).exclude(code="")
    earlier.update(code="")
    invitation = _invite(current, by, ConsentWay.CODE, CODE_OPEN_FOR, source=source.strip(), code=codes.digest_of(code))
    return invitation, code


def invitation_by_code(code: str) -> tuple[SeatConsent, Party]:
    """The invitation for which this code was printed, and its seat.

    Raises NotFound when the code is unknown, used or expired, and ValidationError when the person who printed it has
    left.
    """
    rows = SeatConsent.objects.exclude(code="").filter(code=codes.digest_of(code), until__gt=clock.now())
    invitation = rows.select_related("partnership__lead", "by").first()
    party = invitation.find_party() if invitation else None
    if invitation is None or party is None or refusal(party) or invitation.partnership.kind == Kind.ORGANIZING:
        raise NotFound
    if words := ended_reason(invitation):
        raise ValidationError(words, code="sender_left")
    return invitation, party


def ended_reason(invitation: SeatConsent) -> str:
    """Why a partner can no longer confirm by this invitation, as a message to it; "" when it can."""
    return "" if is_backed(invitation) else SENDER_LEFT % {"lead": invitation.partnership.lead}


def use_code(invitation: SeatConsent) -> None:
    """Use up a code with its answer. Raises NotFound when it was used a moment ago."""
    if not SeatConsent.objects.filter(pk=invitation.pk, code=invitation.code).exclude(code="").update(code=""):
        raise NotFound


def expire_unanswered() -> int:
    """Reset seats whose invitation expired without an answer to “recorded by the office”. Returns how many."""
    now = clock.now()
    over = SeatConsent.objects.filter(state=SeatState.INVITED, until__lte=now)
    rows = Party.objects.filter(state=SeatState.INVITED, partnership__in=over.values("partnership"))
    return sum(_close_unanswered(party, now) for party in rows.select_related("partnership").order_by("pk"))


@transaction.atomic
def _close_unanswered(party: Party, now: datetime) -> bool:
    """Record a seat as not confirmed once all its invitations have expired. Returns whether that was so."""
    partnership = lock(party.partnership, None)
    current = partnership.parties.filter(pk=party.pk, state=SeatState.INVITED).first()
    invited = SeatConsent.objects.filter(_of_body(party), partnership=partnership, state=SeatState.INVITED)
    if current is None or invited.filter(until__gt=now).exists():
        return False
    current.state = SeatState.RECORDED
    current.save(update_fields=["state"])
    _add_consent(current, SeatState.RECORDED, way=ConsentWay.NO_REPLY, by=None, at=now)
    return True


def is_of_office(contact: Contact, partnership: Partnership) -> bool:
    """Whether someone of the lead agency reads the mailbox of this contact. Its address can change after it was invited."""
    return mailbox_of(contact.email) in mailboxes_of_office(partnership.lead_id)


def _lock_invitable(party: Party, by: Author) -> Party:
    require(by is SYSTEM or may_write_partnership(by, party.partnership))
    partnership = lock(party.partnership, None)
    current = partnership.parties.select_related(*_BODIES).filter(pk=party.pk).first()
    if current is None:
        raise NotFound
    current.partnership = partnership
    if words := refusal(current):
        raise ValidationError(words, code="not_open")
    return current


def _invite(party: Party, by: Author, way: str, open_for: timedelta, **more: Any) -> SeatConsent:
    party.state = SeatState.INVITED
    party.save(update_fields=["state"])
    now = clock.now()
    return _add_consent(party, SeatState.INVITED, way=way, by=account_of(by), at=now, until=now + open_for, **more)


def _add_consent(party: Party, state: str, **more: Any) -> SeatConsent:
    body = {name: getattr(party, name) for name in BODIES}
    row = SeatConsent(partnership_id=party.partnership_id, state=state, **body, **more)
    row.clean_fields(exclude=["by", "contact"])
    row.save()
    return row


def _of_body(party: Party) -> Q:
    return Q(**{f"{name}_id": getattr(party, f"{name}_id") for name in BODIES})


def withdraw_reminders(party: Party) -> None:
    """Stop the reminders after a partner answered."""
    for row in SeatConsent.objects.filter(_of_body(party), partnership=party.partnership_id, state=SeatState.INVITED):
        outbox.withdraw(row, why=gettext_noop("The partner has answered."))
