"""Emails about rounds. They say the partnership, the partner that is asked, dates and the personal link, never an answer.

Everyone who is asked gets one; those who haven't finished get reminders seven and two days before the deadline, and when the
person who runs the round sends them; and everyone and the lead agency's editors get one when answers open. Times are mornings
where the lead agency is. People without an email address answer with a code, and get none of these.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_noop

from partnerships.accounts.models import Person
from partnerships.assessment import agreement_links, catalog, events, hooks
from partnerships.assessment.choices import Agreement, CanceledAs
from partnerships.assessment.eligibility import may_name_respondents
from partnerships.assessment.models import AskedParty, Cancellation, Respondent, Round
from partnerships.assessment.naming_links import OF_PARTNER, contact_who_names, emailed_partners
from partnerships.assessment.rules import cancel_role, lost_reason, public_name, rounds_visible_to
from partnerships.core import clock
from partnerships.core.errors import NotFound
from partnerships.directory.models import Contact
from partnerships.mail import outbox, schedule
from partnerships.mail.audience import Recipient, key_of
from partnerships.mail.choices import EmailKind
from partnerships.mail.models import Email
from partnerships.mail.schedule import MORNING, Offset, day_words
from partnerships.notifications import links
from partnerships.notifications.common import (
    HORIZON,
    IsNear,
    RecipientCheck,
    RecipientReader,
    Writer,
    answers_go_to,
    any_time,
    batches,
    creator_of,
    find_subject,
    through_sign_in,
)
from partnerships.registry.models import Party
from partnerships.registry.representatives import editors_of_leads, representatives_by_party, representatives_of
from partnerships.registry.rules import contacts_who_confirmed

REMINDERS = (Offset("7d", days=7), Offset("2d", days=2))
USEFUL = timedelta(days=30)  # after that, news of a round is too old to send
READABLE = timedelta(days=90)  # after the deadline, a personal link still opens what both sides said
ANSWERABLE = timedelta(days=90)  # for which a partner without an account is asked whether everyone may read a round
CHANGEABLE = timedelta(days=5 * 365)  # for which it can change that answer by the link of the email that confirms it
BODIES = ("party__organization", "party__department", "party__jurisdiction", "party__partnership")
WITH_RESPONDENT = (
    "round__partnership__lead",
    "side",
    "person",
    "contact__organization",
    "contact__department",
    "contact__jurisdiction",
    "party__partnership",
    "party__jurisdiction",
    "party__department__jurisdiction",
    "party__organization",
)


# What they say


def _round_asked(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    respondent = find_subject(Respondent.objects.select_related(*WITH_RESPONDENT), email, context)
    if respondent.party is None:
        raise NotFound
    token = links.make(links.ROUND, recipient, respondent.pk, respondent.round.closes_at + READABLE)
    answer = settings.BASE_URL + reverse("answer_round", args=[token])
    return _context_of(respondent.round, recipient, context) | {"party": str(respondent.party), "answer": answer}


def _round_opened(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    if email.subject_type == "respondent":
        return _round_asked(email, recipient, context)
    survey_round = find_subject(Round.objects.select_related("partnership"), email, context)
    page = through_sign_in(reverse("round", args=[survey_round.public_id]))
    return _context_of(survey_round, recipient, context) | {"party": "", "answer": "", "page": page}


def _round_name(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    partner = find_subject(AskedParty.objects.select_related(*OF_PARTNER), email, context)
    if partner.party is None:
        raise NotFound
    survey_round = partner.side.round
    is_link = recipient.person is None
    if is_link:
        path = reverse("name_by_link", args=[links.make(links.PEOPLE, recipient, partner.pk, survey_round.closes_at)])
    else:
        path = reverse("round_name", args=[survey_round.public_id, partner.party_id])
    page = settings.BASE_URL + path
    until = survey_round.roll_closes_on
    named = {"party": str(partner.party), "until": day_words(until), "answer": page, "is_link": is_link}
    return _context_of(survey_round, recipient, context) | named


def _round_named(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    """For another partner of the same side: who was named, as its own respondent list says, and where to object."""
    partner = find_subject(AskedParty.objects.select_related(*OF_PARTNER), email, context)
    named = _partner_that_named(email)
    if partner.party is None or named is None or named.party is None:
        raise NotFound
    survey_round, is_link = partner.side.round, recipient.person is None
    if is_link:
        path = reverse("name_by_link", args=[links.make(links.PEOPLE, recipient, partner.pk, survey_round.closes_at)])
    else:
        path = reverse("round", args=[survey_round.public_id])
    respondents = survey_round.respondents.filter(party=named.party, is_named=True).select_related("person", "contact")
    about = {
        "party": str(partner.party),
        "named_by": str(named.party),
        "people": [one.who for one in respondents.order_by("pk")],
        "answer": settings.BASE_URL + path,
        "is_link": is_link,
    }
    return _context_of(survey_round, recipient, context) | about


def _partner_that_named(email: Email) -> AskedParty | None:
    """The partner that named its people, if it hasn't changed the list since this email was planned."""
    _, _, pk, mark = email.occurrence.split("/")
    named = AskedParty.objects.filter(pk=int(pk)).select_related("party__organization", "party__department").first()
    return named if named and _mark_of_list(named) == mark else None


def _mark_of_list(partner: AskedParty) -> str:
    """A mark of when a partner last named its people."""
    return f"{partner.named_at:%Y%m%d%H%M%S%f}" if partner.named_at else ""


def _agreement(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    """For the contact of a partner without an account: a question, or what it answered, with a link to answer or change it."""
    partner = find_subject(AskedParty.objects.select_related(*OF_PARTNER), email, context)
    if partner.party is None:
        raise NotFound
    question, survey_round = email.occurrence.split("/")[1], partner.side.round
    answer = agreement_links.answer_of(partner, question)
    if question == Agreement.CANCEL:
        until = survey_round.closes_at + READABLE  # also to say that it's no longer asked
    else:
        until = clock.now() + (CHANGEABLE if answer else ANSWERABLE)
    subject = [partner.pk, question, agreement_links.mark_of(answer)]
    link = settings.BASE_URL + reverse("agree_by_link", args=[links.make(links.AGREEMENT, recipient, subject, until)])
    about = {
        "title": survey_round.title,
        "party": str(partner.party),
        "question": question,
        "answer": link,
        "is_link": True,
    }
    about |= {"agrees": answer.agrees if answer else None, "until": day_words(until.date())}
    return _context_of(survey_round, recipient, context) | about


def _cancel_asked(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    found = _canceled(email, recipient, context)
    return _agreement(email, recipient, context) | found if email.subject_type == "askedparty" else found


def _canceled(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    """Who canceled the round, or wants to, and why. There is no link for people who were asked: they may have no account."""
    if email.subject_type == "respondent":
        survey_round = find_subject(Respondent.objects.select_related(*WITH_RESPONDENT), email, context).round
    elif email.subject_type == "askedparty":
        survey_round = find_subject(AskedParty.objects.select_related(*OF_PARTNER), email, context).side.round
    else:
        survey_round = find_subject(Round.objects.select_related("partnership"), email, context)
    cancellation = Cancellation.objects.filter(round=survey_round).select_related("by", *BODIES).first()
    if cancellation is None:
        raise NotFound
    link = settings.BASE_URL + reverse("round", args=[survey_round.public_id]) if email.subject_type == "round" else ""
    return _context_of(survey_round, recipient, context) | {
        "title": survey_round.title,
        "who": _canceler(cancellation),
        "reason": cancellation.why,
        "round_page": link,
        **answers_go_to(_person_who_cancels(cancellation), recipient),
    }


def _canceler(cancellation: Cancellation) -> str:
    """Who canceled it, for the start of a sentence."""
    if cancellation.role == CanceledAs.REGISTRY:
        return gettext("The registry")
    if cancellation.role == CanceledAs.ADMINISTRATOR:
        return gettext("An administrator of this registry")
    if cancellation.role == CanceledAs.LEAD:
        return cancellation.round.partnership.lead.name
    return public_name(cancellation.party) or gettext("A partner")


def _person_who_cancels(cancellation: Cancellation) -> Person | None:
    """The person who gets replies; None for an administrator, and for a partner that isn't named."""
    is_named = cancellation.role == CanceledAs.LEAD or public_name(cancellation.party)
    return cancellation.by if is_named and cancel_role(cancellation.by, cancellation.round) else None


def _asker(survey_round: Round) -> tuple[str, Person | None]:
    """The lead agency or partner that started a round, for the start of a sentence, and its person, who gets replies.

    The person is None if they no longer run the round, and for a partner that isn't named.
    """
    is_lead = survey_round.started_by_lead
    name = survey_round.partnership.lead.name if is_lead else public_name(survey_round.started_by)
    person = creator_of(survey_round) if name else None
    return name or gettext("A partner"), person if cancel_role(person, survey_round) else None


def _context_of(survey_round: Round, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    """What all emails about a round have in their template context."""
    partnership, known = survey_round.partnership, context.get("shared", {})
    key = ("asker", survey_round.pk, get_language())
    if key not in known:
        known[key] = _asker(survey_round)
    asker, person = known[key]
    page = reverse("partnership", args=[partnership.public_id]) if partnership.is_published else "/"
    return {
        "partnership": partnership.title,
        "page": settings.BASE_URL + page,
        "closes": day_words(survey_round.closes_on),
        "is_short": survey_round.asks == catalog.ENGAGEMENT,
        "is_illustration": survey_round.is_illustration,
        "asker": asker,
        **answers_go_to(person, recipient),
    }


WRITERS: dict[str, Writer] = {
    EmailKind.ROUND_ASKED: _round_asked,
    EmailKind.ROUND_REMINDER: _round_asked,
    EmailKind.ROUND_TAKEN: _round_asked,
    EmailKind.ROUND_OPENED: _round_opened,
    EmailKind.ROUND_NAME: _round_name,
    EmailKind.ROUND_NAMED: _round_named,
    EmailKind.ROUND_CANCEL_ASKED: _cancel_asked,
    EmailKind.ROUND_CANCELED: _canceled,
    EmailKind.ROUND_PUBLISH_ASKED: _agreement,
    EmailKind.ROUND_AGREEMENT: _agreement,
}


# Who gets them: each function gives the reader, what it is about, and why it may not be sent


def _read_respondent(email: Email) -> RecipientCheck:
    """For emails to someone who is asked: the first one, reminders, that answers were recorded, that answers are open."""
    respondent = Respondent.objects.select_related(*WITH_RESPONDENT).filter(pk=email.subject_pk).first()
    if respondent is None or respondent.mark:
        return None, None, gettext_noop("They are no longer asked in this round.")
    if email.kind == EmailKind.ROUND_CANCELED:  # also to those who have left since: their answers were in it
        return respondent.person or respondent.contact, respondent, ""
    return respondent.person or respondent.contact, respondent, _refusal(email, respondent) or lost_reason(respondent)


def _refusal(email: Email, respondent: Respondent) -> str:
    """Why the email may not be sent; "" when it may."""
    if respondent.round.cancelled_at:
        return gettext_noop("The round was canceled.")
    if email.kind == EmailKind.ROUND_OPENED:
        return ""
    if not respondent.round.is_answering or respondent.round.closes_at <= clock.now():
        return gettext_noop("The round has closed.")
    if email.kind == EmailKind.ROUND_REMINDER:
        if respondent.finished_at or respondent.declined_at:
            return gettext_noop("They have answered already.")
        if email.occurrence.split("/")[1] != respondent.round.closes_on.isoformat():
            return gettext_noop("The deadline changed after this email was scheduled.")
    return ""


def _read_round(email: Email) -> RecipientCheck:
    """For emails to editors of the lead agency and of partners: answers are open, someone wants to cancel the round, or it was
    canceled.
    """
    survey_round = Round.objects.select_related("partnership__lead").filter(pk=email.subject_pk).first()
    if survey_round is None:
        return None, None, gettext_noop("This round was removed.")
    person = Person.objects.filter(pk=email.recipient_pk, is_active=True).first()
    if person is None or not rounds_visible_to(person).filter(pk=survey_round.pk).exists():
        return None, survey_round, gettext_noop("They no longer see this round.")
    if (
        email.kind == EmailKind.ROUND_OPENED
        and not editors_of_leads([survey_round.partnership.lead_id]).filter(person=person).exists()
    ):
        return None, survey_round, gettext_noop("They no longer keep the records of this office.")
    if email.kind == EmailKind.ROUND_CANCEL_ASKED and not survey_round.is_running:
        return person, survey_round, gettext_noop("The round has closed.")
    return person, survey_round, ""


def _read_partner(email: Email) -> RecipientCheck:
    """For the email to editors of a partner that hasn't named its people yet, or to its contact if it has none; to them if
    another partner of its side named its people; and to this contact if the round is canceled, or if its partner is asked to
    agree to something.
    """
    partner = AskedParty.objects.filter(pk=email.subject_pk).select_related(*OF_PARTNER).first()
    if partner is None or partner.party is None:
        return None, None, gettext_noop("The partner has left the partnership.")
    kind, _, pk = email.recipient.partition(":")
    if email.kind in AGREEMENTS:
        return _read_agreement(email, partner, pk)
    someone: Contact | Person | None
    if kind == "contact":
        is_over = email.kind == EmailKind.ROUND_CANCELED
        confirmed = contacts_who_confirmed([partner.party]).get(partner.party.pk)
        someone = confirmed if is_over else contact_who_names(partner)
        may_name = someone is not None and str(someone.pk) == pk
        if may_name and is_over:
            return someone, partner, ""
    else:
        someone = Person.objects.filter(pk=pk, is_active=True).first()
        may_name = may_name_respondents(someone, partner.party)
    if not may_name:
        return None, partner, gettext_noop("They no longer represent this partner.")
    survey_round = partner.side.round
    if email.kind == EmailKind.ROUND_NAMED:
        if not survey_round.is_running:
            return someone, partner, gettext_noop("The round has closed.")
        is_current = _partner_that_named(email) is not None
        return someone, partner, "" if is_current else gettext_noop("The partner has changed its list since.")
    closed = not survey_round.is_running or survey_round.answering_at or partner.named_at
    return (
        someone,
        partner,
        gettext_noop("The partner has named its people, or the seven days are over.") if closed else "",
    )


AGREEMENTS = (EmailKind.ROUND_CANCEL_ASKED, EmailKind.ROUND_PUBLISH_ASKED, EmailKind.ROUND_AGREEMENT)


def _read_agreement(email: Email, partner: AskedParty, contact_pk: str) -> RecipientCheck:
    """For the email that asks the contact of a partner without an account to agree to something, and the one after its answer,
    which is about that answer alone.
    """
    _, question, _, mark = email.occurrence.split("/")
    contact = agreement_links.contact_who_agrees(partner, question)
    if contact is None or str(contact.pk) != contact_pk:
        return None, partner, "They no longer represent this partner."
    if not agreement_links.is_asked(partner, question):
        return contact, partner, "This is no longer asked."
    is_same = agreement_links.mark_of(agreement_links.answer_of(partner, question)) == mark
    return contact, partner, "" if is_same else "The partner has answered since."


READERS: dict[str, RecipientReader] = {
    "respondent": _read_respondent,
    "round": _read_round,
    "askedparty": _read_partner,
}


# When they are planned


def respondents_of(survey_round: Round) -> list[Respondent]:
    """The places of people with an email address. The others answer with a code."""
    someone = survey_round.respondents.filter(mark="").exclude(person=None, contact=None)
    return list(someone.select_related(*WITH_RESPONDENT))


@events.round_changed.register
def follow_round(survey_round: Round) -> None:
    """Call it after a round was started, moved or canceled: plans reminders for its deadline, and drops those for an earlier
    one.
    """
    now = clock.shared()()
    for respondent in respondents_of(survey_round):
        emails = (
            [_build_email(EmailKind.ROUND_ASKED, respondent, "asked", now, survey_round.closes_at)]
            if survey_round.is_answering
            else []
        )
        emails += reminders(respondent)
        why = gettext_noop("The round was moved or canceled after this email was scheduled.")
        outbox.replace(respondent, emails, now=now, why=why)


@events.respondent_answered.register
def follow_respondent(respondent: Respondent) -> None:
    """Call it after someone finished, declined or changed their mind: drops their reminders, or plans them again. Their other
    emails stay as they are, since staff see the outbox and could tell from it who has answered.
    """
    now, is_done = clock.shared()(), respondent.finished_at or respondent.declined_at
    others = Email.objects.filter(subject_type="respondent", subject_id=respondent.pk)
    others = others.exclude(kind=EmailKind.ROUND_REMINDER).values_list("occurrence", "recipient")
    why = gettext_noop("They have answered already.")
    outbox.replace(respondent, [] if is_done else reminders(respondent), now=now, keep=others, why=why)


def may_be_reminded(now: datetime, until: datetime) -> QuerySet[Respondent]:
    """The places of those who haven't finished, in rounds with a reminder due between these moments."""
    rows = Respondent.objects.filter(finished_at=None, declined_at=None, party__isnull=False, mark="", kept_for="")
    rows = rows.filter(
        round__answering_at__isnull=False, round__opened_at=None, round__cancelled_at=None, round__closes_at__gt=now
    )
    rows = rows.exclude(person=None, contact=None)
    latest = until + timedelta(days=REMINDERS[0].days + 2)  # a morning lies within a day of the last one, in any zone
    return rows.filter(round__closes_at__lt=latest).select_related(*WITH_RESPONDENT)


def reminders(respondent: Respondent, is_near: IsNear = any_time) -> list[Email]:
    """The reminders of someone who can still answer, of those that are near. Each one expires when the next is due."""
    survey_round = respondent.round
    if not survey_round.is_answering or respondent.finished_at or respondent.declined_at or respondent.party is None:
        return []
    if respondent.kept_for or not (respondent.person or respondent.contact):  # they left
        return []
    dues = schedule.due_instants(survey_round.closes_on, MORNING, survey_round.zone, REMINDERS)
    ends = [due_at for _, due_at in dues[1:]] + [survey_round.closes_at]
    return [
        _build_email(EmailKind.ROUND_REMINDER, respondent, f"{survey_round.closes_on}/{offset.name}", due_at, until)
        for (offset, due_at), until in zip(dues, ends, strict=True)
        if is_near(due_at)
    ]


@events.reminders_requested.register
def remind_now(survey_round: Round) -> None:
    """Sends the reminder at once to everyone who hasn't finished and gets no other email about answering today."""
    now, zone = clock.shared()(), clock.zone(survey_round.zone)
    today = now.astimezone(zone).date()
    midnight, next_one = (schedule.before(today, time(0), survey_round.zone, days=-n) for n in (0, 1))
    emailed = Email.objects.filter(
        kind__in=(EmailKind.ROUND_ASKED, EmailKind.ROUND_REMINDER), due_at__gte=midnight, due_at__lt=next_one
    )
    waiting = may_be_reminded(now, survey_round.closes_at).filter(round=survey_round)
    waiting = waiting.exclude(pk__in=emailed.filter(subject_type="respondent").values("subject_id"))
    dues = schedule.due_instants(survey_round.closes_on, MORNING, survey_round.zone, REMINDERS)
    until = min((due_at for _, due_at in dues if due_at > now), default=survey_round.closes_at)
    occasion = f"{survey_round.closes_on}/on-{today}"
    kind = EmailKind.ROUND_REMINDER
    outbox.insert([_build_email(kind, respondent, occasion, now, until) for respondent in waiting], now=now)


@hooks.mark_of_link.register
def mark_of_link(someone: Contact | Person) -> str:
    return f"{key_of(someone)}/{links.mark_of(links.ROUND, someone.email)}"


@events.place_left.register
def follow_place(respondent: Respondent, leaver: Contact | Person) -> None:
    """Call it after someone left a place: drops their emails about it, and sends who has the place now a link of their own."""
    now, why = clock.shared()(), gettext_noop("They left.")
    emails = []
    if respondent.pk and respondent.round.is_answering and not respondent.kept_for and not lost_reason(respondent):
        emails = [_build_email(EmailKind.ROUND_ASKED, respondent, "asked", now, respondent.round.closes_at)]
        emails += reminders(respondent)
    outbox.withdraw(respondent, keep=lambda email: email.recipient != key_of(leaver), why=why)
    outbox.insert(emails, now=now)


@events.answers_recorded.register
def notify_recorded(respondent: Respondent) -> None:
    """Tells someone that answers were recorded for them, at most once a day, so that they confirm or discard them."""
    now = clock.shared()()
    outbox.insert(
        [_build_email(EmailKind.ROUND_TAKEN, respondent, f"taken/{now:%Y-%m-%d}", now, respondent.round.closes_at)],
        now=now,
    )


@events.naming_opened.register
def ask_to_name(survey_round: Round) -> None:
    """Asks the editors of each partner that hasn't named its people yet to do so before the list closes.

    Of a partner without editors, the contact that confirmed its seat by a personal link gets another one.
    """
    now, emails = clock.shared()(), []
    partners = AskedParty.objects.filter(side__round=survey_round, named_at=None)
    for partner in partners.select_related(*OF_PARTNER):
        occurrence, kind = f"{survey_round.public_id}/name/{partner.pk}", EmailKind.ROUND_NAME
        emails += [
            outbox.build_row(kind, occurrence, one, partner, now, survey_round.roll_closes_at, None)
            for one in _who_names(partner)
        ]
    outbox.insert(emails, now=now)


def _who_names(partner: AskedParty) -> list[Contact | Person]:
    """Who names the people of a partner (with OF_PARTNER): its editors, or without any, its contact with a link."""
    if partner.party is None:
        return []
    speakers = representatives_of(partner.party).select_related("person").order_by("pk")
    people: list[Contact | Person] = [membership.person for membership in speakers]
    contact = None if people else contact_who_names(partner)
    return [*people, *([contact] if contact else [])]


@events.people_named.register
def notify_side(named: AskedParty) -> None:
    """Tells every other partner of the side who was named, so that it can object: its editors, or its contact with a link."""
    now, survey_round = clock.shared()(), named.side.round
    named.refresh_from_db(fields=["named_at"])
    occurrence = f"{survey_round.public_id}/named/{named.pk}/{_mark_of_list(named)}"
    emails: dict[str, Email] = {}
    partners = AskedParty.objects.filter(side=named.side_id, party__isnull=False).exclude(pk=named.pk).order_by("pk")
    for partner in partners.select_related(*OF_PARTNER):
        for one in _who_names(partner):
            row = outbox.build_row(EmailKind.ROUND_NAMED, occurrence, one, partner, now, survey_round.closes_at, None)
            emails.setdefault(row.recipient, row)
    outbox.insert(list(emails.values()), now=now)


@events.round_opened.register
def notify_opened(survey_round: Round) -> None:
    now, kind = clock.shared()(), EmailKind.ROUND_OPENED
    emails = [
        _build_email(kind, respondent, "opened", now, now + USEFUL)
        for respondent in respondents_of(survey_round)
        if respondent.party
    ]
    asked = {email.recipient for email in emails}
    office = [keeper.person for keeper in editors_of_leads([survey_round.partnership.lead_id]).select_related("person")]
    lead = survey_round.partnership.lead_id
    for person in office:
        row = outbox.build_row(kind, f"{survey_round.public_id}/opened", person, survey_round, now, now + USEFUL, lead)
        emails += [row] if row.recipient not in asked else []
    outbox.insert(emails, now=now)


@events.round_canceled.register
def notify_canceled(survey_round: Round) -> None:
    """Tells everyone who was asked, on every side, and the editors of the partners and of the lead agency."""
    now, kind = clock.shared()(), EmailKind.ROUND_CANCELED
    emails = [
        _build_email(kind, respondent, "canceled", now, now + USEFUL) for respondent in respondents_of(survey_round)
    ]
    emails += _emails_to_naming_contacts(survey_round, kind, now, {row.recipient for row in emails})
    outbox.insert(
        [*emails, *_emails_to_representatives(survey_round, kind, "canceled", now, {row.recipient for row in emails})],
        now=now,
    )


def _emails_to_naming_contacts(survey_round: Round, kind: str, now: datetime, informed: Collection[str]) -> list[Email]:
    """To the contacts that got a link with which they name people or agree to cancel, and don't answer themselves."""
    partners = AskedParty.objects.filter(side__round=survey_round, party__isnull=False).select_related(*OF_PARTNER)
    contacts = contacts_who_confirmed([partner.party for partner in partners if partner.party])
    kinds = (EmailKind.ROUND_NAME, EmailKind.ROUND_CANCEL_ASKED)
    occurrence, emailed = f"{survey_round.public_id}/canceled", emailed_partners(partners, kinds=kinds)
    rows = [
        outbox.build_row(kind, f"{occurrence}/partner-{partner.pk}", contacts[pk], partner, now, now + USEFUL, None)
        for partner in partners
        if (pk := partner.party_id) in contacts and partner.pk in emailed
    ]
    return [row for row in rows if row.recipient not in informed]


@events.cancellation_asked.register
def ask_to_agree(survey_round: Round) -> None:
    """Asks the editors of the partners and of the lead agency whether they agree to cancel the round.

    Of a partner without editors, the contact that names its people is asked by a personal link.
    """
    now = clock.shared()()
    emails = _emails_to_representatives(survey_round, EmailKind.ROUND_CANCEL_ASKED, "cancel", now, set())
    emails += _emails_about_agreement(survey_round, EmailKind.ROUND_CANCEL_ASKED, Agreement.CANCEL, now)
    outbox.insert(emails, now=now)


@events.publishing_agreed.register
def ask_to_publish(survey_round: Round) -> None:
    """Once another partner has agreed, asks each partner without editors whether everyone may read the round."""
    now = clock.shared()()
    kind = EmailKind.ROUND_PUBLISH_ASKED
    outbox.insert(_emails_about_agreement(survey_round, kind, Agreement.PUBLISH, now), now=now)


@events.agreement_answered.register
def notify_agreement_answered(partner: AskedParty, question: str) -> None:
    """Emails the contact what it answered by a link, since anyone who has the link could have used it, with another link to
    change it.
    """
    now, kind = clock.shared()(), EmailKind.ROUND_AGREEMENT
    contact = agreement_links.contact_who_agrees(partner, question)
    if contact:
        mark = agreement_links.mark_of(agreement_links.answer_of(partner, question))
        occurrence = f"{partner.side.round.public_id}/{question}/{partner.pk}/{mark}"
        outbox.insert([outbox.build_row(kind, occurrence, contact, partner, now, now + USEFUL, None)], now=now)


def _emails_about_agreement(survey_round: Round, kind: str, question: str, now: datetime) -> list[Email]:
    """To the contacts of partners without an account that haven't answered this question."""
    partners = AskedParty.objects.filter(side__round=survey_round, asked__gt=0).select_related(*OF_PARTNER)
    found = []
    for partner in partners:
        contact = agreement_links.contact_who_agrees(partner, question)
        if contact and agreement_links.answer_of(partner, question) is None:
            occurrence = f"{survey_round.public_id}/{question}/{partner.pk}/"
            found.append(outbox.build_row(kind, occurrence, contact, partner, now, now + USEFUL, None))
    return found


def _emails_to_representatives(
    survey_round: Round, kind: str, occasion: str, now: datetime, informed: Collection[str]
) -> list[Email]:
    """To those who may speak for the partners of the round, and to the lead agency's editors; not to `informed`
    (values of `Email.recipient`).
    """
    parties = Party.objects.filter(pk__in=survey_round.sides.values("parties__party")).select_related(
        "partnership", "department"
    )
    speakers = {pk for people in representatives_by_party(list(parties)).values() for pk in people}
    lead, occurrence = survey_round.partnership.lead_id, f"{survey_round.public_id}/{occasion}"
    kept_by = set(editors_of_leads([lead]).values_list("person", flat=True))
    rows = [
        outbox.build_row(kind, occurrence, one, survey_round, now, now + USEFUL, lead if one.pk in kept_by else None)
        for one in Person.objects.filter(pk__in=speakers | kept_by).order_by("pk")
    ]
    return [row for row in rows if row.recipient not in informed]


def _build_email(kind: str, respondent: Respondent, occasion: str, due_at: datetime, until: datetime) -> Email:
    """An email to a respondent. The lead agency's staff see it in their outbox only if it goes to their own people."""
    survey_round, party = respondent.round, respondent.party
    lead, occurrence = survey_round.partnership.lead_id, f"{survey_round.public_id}/{occasion}/{respondent.pk}"
    is_own = party and lead in (party.jurisdiction_id, party.department and party.department.jurisdiction_id)
    someone = respondent.person or respondent.contact
    assert someone is not None  # people without an email address get none
    return outbox.build_row(kind, occurrence, someone, respondent, due_at, until, lead if is_own else None)


def sweep(now: datetime, is_near: IsNear) -> Iterator[list[Email]]:
    for batch in batches(may_be_reminded(now, now + HORIZON)):
        yield [email for respondent in batch for email in reminders(respondent, is_near)]
