"""Personal links with which a partner without editors confirms a partnership's record, or disputes it.

The contact that confirmed the partner's seat by a personal link gets one by email when the partner is asked to confirm
the record. The reasons for it are checked at every visit. A link has the mark of the last statement when it was made,
so it works once. After each statement, the contact gets another one, with which it can change what the partner says.
"""

from collections.abc import Iterable

from partnerships.core.errors import NotFound, ValidationError
from partnerships.directory.models import Contact
from partnerships.mail.message import mailbox_of
from partnerships.registry import seats
from partnerships.registry.models import Confirmation, Party
from partnerships.registry.representatives import mailboxes_of_office, representatives_by_party
from partnerships.registry.rules import contacts_who_confirmed

BY_LINK = "By a contact of the partner, with the link that we emailed."  # in the history, in place of who did it
OF_PARTY = ("partnership__lead", "jurisdiction", "department__jurisdiction", "organization")


def contact_who_speaks(party: Party) -> Contact | None:
    """The contact that makes statements for a party (with OF_PARTY) without editors, if it has one."""
    return contacts_who_speak([party]).get(party.pk)


def contacts_who_speak(parties: Iterable[Party]) -> dict[int, Contact]:
    """Party's primary key → its contact as in `contact_who_speaks`. A fixed number of queries for one lead agency.

    None if someone at the same mailbox is of the lead agency, which wrote the record, or of its departments.
    """
    seated = [one for one in parties if one.partnership.is_published and seats.is_seated(one)]
    seated = [one for one in seated if not seats.needs_no_consent(one)]
    found = contacts_who_confirmed(seated) if seated else {}
    if not found:
        return {}
    editors = representatives_by_party([one for one in seated if one.pk in found])
    leads = {one.pk: one.partnership.lead_id for one in seated}
    taken = {lead: mailboxes_of_office(lead) for lead in {leads[pk] for pk in found}}
    return {
        pk: contact
        for pk, contact in found.items()
        if not editors[pk] and mailbox_of(contact.email) not in taken[leads[pk]]
    }


def party_of_contact(pk: int, contact_id: int) -> tuple[Party, Contact]:
    """The party for which this contact makes statements, and the contact. Raises NotFound."""
    party = Party.objects.select_related(*OF_PARTY).filter(pk=pk).first()
    contact = contact_who_speaks(party) if party else None
    if party is None or contact is None or contact.pk != contact_id:
        raise NotFound
    return party, contact


def last_statement(party: Party) -> Confirmation | None:
    return Confirmation.objects.filter(party=party).first()


def mark_of(statement: Confirmation | None) -> int:
    """The mark of a party's last statement; 0 if it made none. The next statement has another mark."""
    return statement.pk if statement else 0


def require_unanswered(party: Party, contact: Contact, mark: int) -> None:
    """Require that this contact may make a statement by a link with this mark. Call it under the partnership's lock.
    Raises NotFound, or ValidationError if the link was used.
    """
    current, _ = party_of_contact(party.pk, contact.pk)
    if mark_of(last_statement(current)) != mark:
        raise ValidationError("This link was used.", code="used")
