"""One email of each kind, about realistic records, for everything that is checked on every email."""

from datetime import date, timedelta
from decimal import Decimal

from partnerships.accounts import claims, member_actions, service_accounts
from partnerships.accounts.actions import suspend
from partnerships.assessment import answering, canceling, publishing, respondent_lists, rounds
from partnerships.assessment.asking_queries import NO_PROPOSAL
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.directory import suggestions
from partnerships.directory.actions import save_organization
from partnerships.mail import outbox
from partnerships.measurement import interpretations
from partnerships.measurement.number_actions import save_points
from partnerships.meetings import action_items, check_ins, meetings
from partnerships.models import AskedParty, Email, Report
from partnerships.notifications import (
    agreements,
    answers,
    digest_planning,
    digests,
    emails,
    following,
    namesakes,
    numbers,
    recipients,
)
from partnerships.registry import inviting, remarks, statements
from partnerships.registry.actions import save_partnership
from partnerships.registry.consent import confirm_seat
from partnerships.reports import actions as reports
from partnerships.reports import emails as report_emails
from partnerships.webhooks import actions as webhook_actions
from partnerships.webhooks import delivery as webhook_delivery
from tests.factories import (
    confirm_by_link,
    in_days,
    make_measure,
    make_meeting,
    make_organization,
    make_partnership,
    make_person,
    party,
)

CANARY = "Kestrel"
# A kind of email with rows → kinds with the same content at another time.
STAND_INS = {
    "meeting_planned": ("meeting_changed", "meeting_cancelled", "meeting_notes"),
    "action_due": ("action_done",),
}


def make_everything(people):
    """Make one email of each kind, about records whose private fields all contain the canary."""
    quiet = people.organization.contacts.create(name=f"{CANARY} desk", email="kestrel@example.org", note=CANARY)
    partnership = make_partnership(
        "Homes & <neighbors>",
        kind="contract",
        lead=people.office,
        internal_notes=CANARY,
        status_reason=CANARY,
        lessons=CANARY,
        origin_note=CANARY,
        parties=[
            party(people.office, "lead", internal_notes=CANARY),
            party(people.organization, "contractor", internal_notes=CANARY, contribution=CANARY),
        ],
        facts={"agreement": {"ends_on": in_days(120), "scope": CANARY, "amount": "31337.00"}},
    )
    meeting = make_meeting(
        partnership,
        people=[people.editor, quiet],
        title="Table for “all” & <b>more</b>",
        place="Room 2",
        link="https://meet.example.org/a?b=1&c=2",
        access_notes="Child care, step-free",
        minutes_long=90,
    )
    meetings.save_meeting(meeting=meeting, by=SYSTEM, fields={}, agenda=[{"title": "Welcome & names", "minutes": 10}])
    fields = {"partnership": partnership, "anchor_on": in_days(35), "zone": "UTC", "person": people.editor}
    check_ins.save_check_in_plan(by=SYSTEM, fields=fields)
    asked = {"partnership": partnership, "anchor_on": in_days(36), "zone": "UTC", "contact": quiet}
    plan = check_ins.save_check_in_plan(by=SYSTEM, fields=asked | {"holder": people.editor})
    answers.answer_check_in(plan=plan, fields={"wants_call": True, "needs": CANARY, "changed": CANARY})
    agreements.follow_agreement(partnership.agreement)
    member_actions.invite(
        by=people.administrator, body=people.organization, address=people.editor.email, role="manager"
    )
    fields = {"title": "Send the map & <list>", "detail": CANARY, "owner_person": people.editor}
    fields |= {"partnership": partnership, "meeting": meeting, "due_on": in_days(35)}
    action_items.note_action(
        action=action_items.save_action(by=SYSTEM, fields=fields), by=SYSTEM, status="open", text=CANARY
    )
    place = people.editor.memberships.get()
    member_actions.change_role(by=people.administrator, membership=place, role="manager")
    seat = partnership.parties.get(organization=people.organization)
    statements.dispute_record(party=seat, by=people.partner, words=CANARY)
    remark = remarks.show_remark(partnership=partnership, by=people.editor, text=CANARY)
    remarks.reply_to_remark(remark=remark, party=seat, by=people.partner, text=CANARY)
    suggestion = suggestions.suggest(
        by=None, kind="correct", organization=people.organization, words=CANARY, address="sender@example.org"
    )
    suggestions.decide(suggestion=suggestion, by=people.administrator, reason="Thank you for the word.")
    claimed = make_organization("Claimed neighbors", "named", kept_by=people.office, listing_source="A report")
    claim = claims.make_claim(by=people.stranger, organization=claimed, fields={"position": CANARY, "evidence": CANARY})
    claims.deny_claim(claim=claim, by=people.administrator, reason=CANARY)
    known = make_organization("Known neighbors", "named", kept_by=people.office, listing_source="A report")
    claims.claim_by_seat(by=people.stranger, organization=known, given_by=people.office)
    withdrawn = make_organization("Withdrawn neighbors", "unlisted", kept_by=people.office, has_withdrawn=True)
    withdrawn.memberships.create(person=people.editor, role="editor")
    namesakes.tell(known, [withdrawn], by=people.administrator)
    _invite_to_a_seat(people)
    _hand_over(people)
    _leave(people)
    _ask_both_sides(people, partnership, quiet)
    _cancel_a_round(people, partnership, quiet)
    _ask_for_names(people)
    _agree_by_link(people)
    _measure_together(people, partnership, seat)
    _report(people)
    _pause_a_webhook(people)
    _leave_a_service_account(people)
    _follow(people.editor, partnership, people.organization)
    return meeting


def _invite_to_a_seat(people):
    """Invite a contact to answer for a seat. The editor's own organization has answered for another seat."""
    asked, other = make_organization("Invited neighbors"), make_organization("Answering neighbors")
    contact = asked.contacts.create(name=f"{CANARY} desk", email="asked@example.org", note=CANARY)
    rows = [party(body, contribution=CANARY, internal_notes=CANARY) for body in (people.office, asked, other)]
    table = make_partnership("Seats & <names>", lead=people.office, parties=rows, confirmed=False)
    inviting.invite_by_email(party=table.parties.get(organization=asked), by=SYSTEM, contact=contact, source=CANARY)
    confirm_seat(party=table.parties.get(organization=other), by=SYSTEM, way="code", text=CANARY)


def _hand_over(people):
    """Another government makes the editor's office the lead agency."""
    table = make_partnership("Handed & <over>", lead=people.other_office, internal_notes=CANARY)
    save_partnership(partnership=table, by=SYSTEM, fields={"lead": people.office}, why=CANARY)


def _leave(people):
    """A contact of the editor's office leaves, and the editor follows."""
    leaver = people.office.contacts.create(name="Desk & <more>", email="left@example.org", note=CANARY, phone=CANARY)
    member_actions.leave_to(by=people.administrator, leaver=leaver, successor=people.editor)


def _ask_both_sides(people, partnership, contact):
    """A round that the editor and a contact answer, with the canary in its texts. The last answer opens it."""
    office, organization = partnership.parties.all()
    survey_round = rounds.start_round(
        partnership=partnership,
        by=SYSTEM,
        fields={"title": CANARY, "closes_on": in_days(30)},
        asked=[(office, people.editor), (organization, contact)],
    )
    fields = {"level": 2, "comment": CANARY, "evidence": CANARY, "shares_words": True}
    first, second = survey_round.respondents.order_by("pk")
    answering.record_answers(respondent=first, by=SYSTEM, way="phone", was_read_back=True, answers={"backbone": 2})
    for place in (first, second):
        answering.save_answer(respondent=place, item="decisions", fields=fields)
        answering.finish(respondent=place)


def _ask_for_names(people):
    """A round whose partners haven't named their people yet. One of them has no account."""
    without = make_organization("Neighbors without an account")
    contact = without.contacts.create(name=f"{CANARY} desk", email="no-account@example.org", note=CANARY)
    seats = [party(people.office, "lead"), party(people.organization), party(without)]
    partnership = make_partnership("Homes & <neighbors>", lead=people.office, parties=seats)
    confirm_by_link(partnership.parties.get(organization=without), contact, days=20)
    asked = [(seat, NO_PROPOSAL) for seat in partnership.parties.all()]
    fields = {"title": "Names", "closes_on": in_days(30)}
    survey_round = rounds.start_round(partnership=partnership, by=people.administrator, fields=fields, asked=asked)
    seat = partnership.parties.get(organization=people.organization)
    respondent_lists.name_people(survey_round=survey_round, by=people.partner, party=seat, people=[people.partner])


def _agree_by_link(people):
    """A round that everyone may read once a partner without an account agrees, which its contact does by a link."""
    without = make_organization("Agreeing neighbors")
    contact = without.contacts.create(name=f"{CANARY} desk", email="agrees@example.org", note=CANARY)
    partnership = make_partnership(
        "Homes & <neighbors>", lead=people.office, parties=[party(people.office), party(without)]
    )
    office, seat = partnership.parties.all()
    confirm_by_link(seat, contact, days=20)
    fields = {"title": "Short round", "closes_on": in_days(30)}
    asked = [(office, people.editor), (seat, contact)]
    survey_round = rounds.start_round(partnership=partnership, by=SYSTEM, fields=fields, asked=asked)
    for place in survey_round.respondents.all():
        answering.save_answer(respondent=place, item="decisions", fields={"level": 2, "comment": CANARY})
        answering.finish(respondent=place)
    survey_round.refresh_from_db()
    # Others about answering are made above, for the editor.
    Email.objects.filter(subject_type="respondent", subject_id__in=survey_round.respondents.values("pk")).delete()
    publishing.decide(survey_round=survey_round, by=SYSTEM, party=office, agrees=True)
    partner = AskedParty.objects.get(party=seat)
    publishing.decide_by_link(partner=partner, contact=contact, mark="", agrees=True, reply=CANARY)
    statements.ask_to_confirm(partnership=partnership, by=SYSTEM)
    statements.state_by_link(party=seat, contact=contact, mark=0, verdict="disputed", words=CANARY)
    Email.objects.filter(kind="record_disputed").latest("pk").delete()  # one is made above, about the main partnership


def _cancel_a_round(people, partnership, contact):
    """A short round that the lead agency wants to cancel after an answer. The partner agrees."""
    office, organization = partnership.parties.all()
    fields = {"title": "Short round", "asks": "engagement", "closes_on": in_days(30)}
    asked = [(office, people.editor), (organization, contact)]
    survey_round = rounds.start_round(partnership=partnership, by=SYSTEM, fields=fields, asked=asked)
    answering.save_answer(
        respondent=survey_round.respondents.first(), item="engagement", fields={"level": 2, "comment": CANARY}
    )
    canceling.cancel_round(survey_round=survey_round, by=people.editor, why="Too early.")
    survey_round.refresh_from_db()
    canceling.agree_to_cancel(survey_round=survey_round, by=people.partner)


def _report(people):
    """A report of the office that its schedule requested."""
    fields = {"kind": "council", "jurisdiction": people.office, "title": "Homes for the council & <more>"}
    rhythm = {"rhythm": "yearly", "next_on": clock.today() + timedelta(days=1), "mailed_to": [people.editor]}
    definition = reports.save_report(by=SYSTEM, fields=fields | rhythm)
    made = Report.objects.create(definition=definition, asked_at=clock.now(), made_at=clock.now())
    report_emails.email_recipients(made)


def _pause_a_webhook(people):
    """A webhook of the editor's office whose receiver wants no more."""
    fields = {"name": "Council <channel> & more", "format": "slack", "kinds": ["status"], "reach": "own"}
    fields |= {"url": f"https://hooks.example.org/{CANARY}", "rights": "public"}
    webhook, _ = webhook_actions.add_webhook(by=people.administrator, body=people.office, fields=fields)
    webhook_delivery.pause(webhook, "gone")


def _leave_a_service_account(people):
    """A service account of the editor's office whose administrator was suspended."""
    other = make_person("left@example.org", is_administrator=True)
    given = {"name": "Council <site> & more", "role": "editor", "days": 90, "writes": ["meetings"]}
    service_accounts.add_service_account(by=other, body=people.office, **given)
    suspend(by=people.administrator, person=other, why="Left")


def _measure_together(people, partnership, partner):
    """Last year's numbers, due from the office tomorrow, and one that the other side disputes."""
    today = clock.today()
    own, year = partnership.parties.get(jurisdiction=people.office), date(today.year - 2, 1, 1)
    measure = make_measure(
        "Families & <homes>",
        partnership=partnership,
        owners=[{"party": own, "supplies": True}, {"party": partner}],
        definition=CANARY,
        due_days=(today - date(today.year - 1, 12, 31)).days + 1,
    )
    save_points(measure=measure, by=SYSTEM, rows=[{"starts_on": year, "value": Decimal(31), "story": CANARY}])
    interpretation = interpretations.save_interpretation(
        measure=measure, party=partner, by=people.partner, kind="dispute", words=CANARY, starts_on=year
    )
    interpretations.answer_dispute(reading=interpretation, by=people.editor, answer=CANARY)
    due = numbers.reminders(list(numbers.may_be_due()), today, lambda due_at: True)
    outbox.insert(due, now=clock.now())


def _follow(person, partnership, organization):
    """News of followed records, sent right away, and a daily email with it and an email that was held for it.

    About the partnership itself they get other emails at the same time.
    """
    for record in (partnership, organization):
        following.follow(by=person, record=record)
    save_organization(organization=organization, by=SYSTEM, fields={"website": "https://kestrel.example.org/"})
    digest_planning.plan_news(clock.shared())
    news = Email.objects.filter(kind="followed", recipient=f"person:{person.pk}")
    news.filter(pk__in=[email.pk for email in news if recipients.find_audience(email).refusal]).delete()
    ending = Email.objects.filter(kind="agreement_ending", recipient=f"person:{person.pk}").first()
    for email in (news.first(), ending):
        digests.add(email, person, clock.now() - timedelta(hours=25))  # the daily email's hour is in between
    digest_planning.plan_digests(clock.shared())


def rendered(kind, person, **only):
    """Render the email of this kind to a person, with an unsaved row if the records don't call for one now."""
    about = next((planned for planned, others in STAND_INS.items() if kind in others), kind)
    email = Email.objects.filter(kind=about, recipient=f"person:{person.pk}", **only).order_by("due_at").first()
    email = email or Email.objects.filter(kind=about).first() or Email(kind=kind)
    email.kind = kind
    return emails.render(email, recipients.read_recipient(person), {"code": "K7Q2-MX9P"})
