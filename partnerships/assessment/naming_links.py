"""Personal links with which a partner without editors takes part in a round.

The contact that confirmed the partner's seat by a personal link gets one at the same address. No one of another side
reads it, so the people that it names count like those that an editor names. It ends with the reasons for it, which are
checked at every visit. Where there is no such contact, someone prints a code (`round_codes`). The same contact agrees to
cancel or to publish a round (`agreement_links`).
"""

from collections.abc import Iterable

from partnerships.assessment.eligibility import mailboxes_of_other_sides, partner_refusal, person_refusal
from partnerships.assessment.models import AskedParty
from partnerships.core import clock
from partnerships.core.errors import NotFound
from partnerships.directory.models import Contact
from partnerships.mail.choices import OPEN_STATES, EmailKind, EmailState
from partnerships.mail.message import mailbox_of
from partnerships.mail.models import Email
from partnerships.registry.representatives import representatives_of
from partnerships.registry.rules import contacts_who_confirmed

OF_PARTNER = (
    "side__round__partnership__lead",
    "party__partnership__lead",
    "party__jurisdiction",
    "party__department__jurisdiction",
    "party__organization",
)


def takes_part(partner: AskedParty) -> bool:
    """Whether a partner (with OF_PARTNER) takes part in its round without an account, and the round is open."""
    survey_round = partner.side.round
    return survey_round.is_running and survey_round.closes_at > clock.now() and _has_no_account(partner)


def _has_no_account(partner: AskedParty) -> bool:
    """Whether a partner has no editors, holds its seat in a published partnership, and could be asked in its round."""
    party = partner.party
    if party is None or not party.partnership.is_published or representatives_of(party).exists():
        return False
    return not partner_refusal(party, clock.day_of(partner.side.round.created_at))


def contact_who_names(partner: AskedParty) -> Contact | None:
    """The contact that gets the link of this partner (with OF_PARTNER), if it has one, while the round is open."""
    return contact_who_acts(partner) if takes_part(partner) else None


def contact_who_acts(partner: AskedParty) -> Contact | None:
    """The contact that acts by a link for a partner (with OF_PARTNER) without an account: itself someone who could answer."""
    if partner.party is None or not _has_no_account(partner):
        return None
    contact = contacts_who_confirmed([partner.party]).get(partner.party.pk)
    if contact is None or person_refusal(contact, partner.party):
        return None
    return None if mailbox_of(contact.email) in mailboxes_of_other_sides(partner.party) else contact


def emailed_partners(partners: Iterable[AskedParty], *, kinds: Iterable[str] = (EmailKind.ROUND_NAME,)) -> set[int]:
    """The primary keys of those of these partners whose contact we email a link, or have emailed one."""
    rows = Email.objects.filter(kind__in=kinds, recipient__startswith="contact:", subject_type="askedparty")
    rows = rows.filter(subject_id__in=[partner.pk for partner in partners], state__in=(*OPEN_STATES, EmailState.SENT))
    return {pk for pk in rows.values_list("subject_id", flat=True) if pk}


def partner_of_contact(pk: int, contact_id: int) -> tuple[AskedParty, Contact]:
    """The partner for which this contact has a link, and the contact. Raises NotFound."""
    partner = AskedParty.objects.select_related(*OF_PARTNER).filter(pk=pk).first()
    contact = contact_who_names(partner) if partner else None
    if partner is None or contact is None or contact.pk != contact_id:
        raise NotFound
    return partner, contact
