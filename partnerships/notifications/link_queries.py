"""What a personal link opens now. This is checked at each visit, so a link ends when its reason does.

`open_link` reads a link, and the other functions take its result. All raise NotFound for any reason, so an ended link
can't be told from one that never existed.
"""

from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings

from partnerships.accounts.models import Person
from partnerships.assessment import agreement_links
from partnerships.assessment.choices import Agreement
from partnerships.assessment.models import AskedParty, CancellationYes, PublishingWord, Respondent
from partnerships.assessment.naming_links import partner_of_contact
from partnerships.assessment.rules import lost_reason
from partnerships.core import clock
from partnerships.core.access import Viewer
from partnerships.core.errors import NotFound
from partnerships.directory.models import Contact, body_key
from partnerships.mail.audience import Recipient
from partnerships.mail.choices import EmailKind
from partnerships.meetings.choices import MeetingStatus
from partnerships.meetings.models import CheckIn, CheckInPlan, Meeting, Participant
from partnerships.meetings.rules import answers_check_in
from partnerships.notifications import check_ins, links, meetings, recipients
from partnerships.notifications.partners import is_latest
from partnerships.notifications.rounds import WITH_RESPONDENT
from partnerships.registry import statement_links
from partnerships.registry.choices import GIVEN_UP, OFFICE_ONLY_CIRCLES, ConsentWay, SeatState, Status
from partnerships.registry.inviting import is_of_office
from partnerships.registry.models import Confirmation, Party, SeatConsent
from partnerships.registry.rules import latest_answers


class Link(NamedTuple):
    """Who a link was sent to, and what it is about: an id, or a few plain values."""

    recipient: Recipient
    subject: Any


def open_link(purpose: str, token: str) -> Link:
    """A link whose reader still has this address, and an open account if any."""
    key, mark, subject = links.read(purpose, token)
    recipient = recipients.find(key)
    if recipient and links.was_sent_to(purpose, mark, recipient.address):
        return Link(recipient, subject)
    if purpose == links.ROUND and recipient is None and _left_an_answer(subject, f"{key}/{mark}"):
        return Link(Recipient(key, "", "", "", settings.LANGUAGE_CODE), subject)
    raise NotFound


def _left_an_answer(pk: int, mark: str) -> bool:
    """Whether a contact that left a round has an answer in it, which they can still remove by the link with this mark."""
    return Respondent.objects.filter(pk=pk, kept_for=mark).exists()


def seat_of(link: Link) -> Participant:
    """The seat at a meeting that hasn't begun, with the meeting and its partnership."""
    return open_seat(link.recipient.key, link.subject)


def open_seat(key: str, meeting_id: int) -> Participant:
    """The seat of this recipient, while they can still say whether they come."""
    seat = next(iter(meetings.seats(key, meeting_id)), None)
    if seat is None or meetings.seat_lost_reason(seat) or not can_be_answered(seat.meeting):
        raise NotFound
    return seat


def can_be_answered(meeting: Meeting) -> bool:
    return meeting.status == MeetingStatus.PLANNED and meeting.starts_at > clock.now()


def check_in_of(link: Link) -> CheckInPlan:
    """The plan whose check-in is due, not answered yet, and still this reader's to answer."""
    recipient, (plan_id, due_on) = link
    plans = CheckInPlan.objects.select_related("partnership", "person", "contact", "party", "holder")
    plan = (
        plans.filter(pk=plan_id, next_due_on=due_on, is_active=True).exclude(partnership__status=Status.ENDED).first()
    )
    answers = plan and (plan.person or plan.contact)
    if plan is None or recipients.key_of(answers) != recipient.key or not answers_check_in(plan):
        raise NotFound
    return plan


def answer_of(link: Link, person: Viewer) -> CheckIn:
    """What was answered by this link, for a reader who has signed in with a code to the same address."""
    recipient, (plan_id, due_on) = link
    if not _has_signed_in(person, recipient.address):
        raise NotFound
    kind, _, pk = recipient.key.partition(":")
    by = {"answered_by": pk} if kind == "contact" else {"recorded_by": pk}
    rows = CheckIn.objects.exclude(answered_at=None).select_related("plan__partnership")
    check_in = rows.filter(plan=plan_id, due_on=due_on, **by).first()
    if check_in is None:
        raise NotFound
    return check_in


def unsubscribe_target(link: Link) -> tuple[dict, str]:
    """(the recipient, as a field and its id; the kind) of a link that stops or resumes emails of one kind."""
    recipient, kind = link
    field, _, pk = recipient.key.partition(":")
    if kind not in EmailKind.values:
        raise NotFound
    return {f"{field}_id": int(pk)}, kind


def invitation_of(link: Link) -> tuple[SeatConsent, Party]:
    """(the invitation, its seat) of a contact who was invited to answer for it, until a later invitation of the same
    partner, or an answer of its own editors: an earlier link doesn't change what they decided.
    """
    recipient, pk = link
    invitation = (
        SeatConsent.objects.select_related("partnership__lead", "contact", "by")
        .filter(pk=pk, until__gt=clock.now())
        .first()
    )
    if invitation is None or invitation.contact is None:
        raise NotFound
    party = invitation.find_party()
    if not party or recipients.key_of(invitation.contact) != recipient.key or not is_latest(invitation):
        raise NotFound
    if is_of_office(invitation.contact, invitation.partnership):
        raise NotFound
    if not party.partnership.is_published or party.circle in OFFICE_ONLY_CIRCLES:
        raise NotFound
    last = latest_answers([party.partnership_id]).get((party.partnership_id, *body_key(party)))
    if last and last.pk > invitation.pk and last.state != SeatState.INVITED and _is_its_own(last):
        raise NotFound
    return invitation, party


def _is_its_own(answer: SeatConsent) -> bool:
    """Whether the partner's own editors decided this, or a merge kept the no of the other of two records."""
    return bool(answer.by_id) or (answer.way == ConsentWay.MERGE and answer.state in GIVEN_UP)


def respondent_of(link: Link) -> Respondent:
    """The respondent that the reader is, as long as they may answer. Also one of a canceled round, so that the page says
    so, and one who lost their right after they finished, while they can still remove their answers.

    A respondent with a `mark` has no email address and answers with a printed code, so no link is theirs.
    """
    recipient, pk = link
    respondent = Respondent.objects.select_related(*WITH_RESPONDENT).filter(pk=pk).first()
    if respondent is None or respondent.mark:
        raise NotFound
    someone = respondent.person or respondent.contact
    is_theirs = someone is not None and recipients.key_of(someone) == recipient.key
    if not is_theirs and not respondent.kept_for.startswith(f"{recipient.key}/"):
        raise NotFound
    if lost_reason(respondent) and not (respondent.round.is_running and respondent.finished_at):
        raise NotFound
    return respondent


def partner_of(link: Link) -> tuple[AskedParty, Contact]:
    """The partner for which the reader names people and objects to others, and the reader, until the round closes."""
    recipient, pk = link
    kind, _, contact_pk = recipient.key.partition(":")
    if kind != "contact":
        raise NotFound
    return partner_of_contact(pk, int(contact_pk))


class AgreementAsked(NamedTuple):
    """A question (Agreement) that the contact of a partner answers by a link, what the partner has answered so far, and the
    mark of what it had answered when the link was made.

    `is_used`: the partner has answered since.
    """

    partner: AskedParty
    contact: Contact
    question: str
    mark: str
    answer: CancellationYes | PublishingWord | None
    is_asked: bool
    is_used: bool


def agreement_of(link: Link) -> AgreementAsked:
    """What the reader is asked for a partner without an account, also if it's no longer asked or the link was used: then the
    page says so.
    """
    recipient, (pk, question, mark) = link
    kind, _, contact_pk = recipient.key.partition(":")
    if kind != "contact" or question not in Agreement.values:
        raise NotFound
    partner, contact = agreement_links.partner_of_contact(pk, int(contact_pk), question)
    answer, is_asked = agreement_links.answer_of(partner, question), agreement_links.is_asked(partner, question)
    is_used = agreement_links.mark_of(answer) != mark
    return AgreementAsked(partner, contact, question, mark, answer, is_asked, is_used)


class StatementAsked(NamedTuple):
    """A partner whose contact says by a link whether the record is right, what it said last, and the mark of what it had
    said when the link was made.

    `is_used`: the partner has answered since.
    """

    party: Party
    contact: Contact
    mark: int
    last: Confirmation | None
    is_used: bool


def statement_of(link: Link) -> StatementAsked:
    """What the reader is asked for a partner without an account, also if the link was used: then the page says so."""
    recipient, (pk, mark) = link
    kind, _, contact_pk = recipient.key.partition(":")
    if kind != "contact":
        raise NotFound
    party, contact = statement_links.party_of_contact(pk, int(contact_pk))
    last = statement_links.last_statement(party)
    return StatementAsked(party, contact, mark, last, statement_links.mark_of(last) != mark)


def link_to_statement(party: Party, contact: Contact) -> str:
    """The token of the link with which this contact, whose own page it's for, says whether the record is right; "" if it
    can't, or the partner has answered already.
    """
    if statement_links.contact_who_speaks(party) != contact or statement_links.last_statement(party):
        return ""
    until = clock.now() + timedelta(days=1)
    return links.make(links.STATEMENT, recipients.read_recipient(contact), [party.pk, 0], until)


def link_to(respondent: Respondent) -> str:
    """The token of the link with which a person with an account answers, for their own pages."""
    assert respondent.person is not None  # the caller's own
    return links.make(
        links.ROUND, recipients.read_recipient(respondent.person), respondent.pk, respondent.round.closes_at
    )


def link_to_seat(seat: Participant) -> str:
    """The token of the link with which a person with an account says whether they come, for their own pages."""
    assert seat.person is not None  # the caller's own
    return links.make(links.MEETING, recipients.read_recipient(seat.person), seat.meeting_id, seat.meeting.starts_at)


def link_to_check_in(plan: CheckInPlan) -> str:
    """The token of the link with which a person with an account answers a check-in, for their own pages; "" when they
    can't, as before it's asked.
    """
    assert plan.person is not None  # the caller's own
    return check_ins.token_of(recipients.read_recipient(plan.person), plan) if check_ins.is_answerable(plan) else ""


def is_reader(respondent: Respondent, person: Viewer) -> bool:
    """Whether the visitor has signed in with a code that went to the email address of the respondent.

    Only then does the page of the link show what they answered.
    """
    someone = respondent.person or respondent.contact
    return someone is not None and _has_signed_in(person, someone.email)


def is_contact(contact: Contact, person: Viewer) -> bool:
    """Whether the visitor has signed in with a code to the address of this contact."""
    return _has_signed_in(person, contact.email)


def _has_signed_in(person: Viewer, address: str) -> bool:
    return isinstance(person, Person) and person.is_authenticated and person.email.lower() == address.lower()
