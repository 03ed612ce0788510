"""What partners say about a record: who is asked and when, what the document contains, and which emails are sent."""

from datetime import timedelta
from decimal import Decimal

import orjson
import pytest
import time_machine

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict, NotAllowed, ValidationError
from partnerships.directory import actions as directory
from partnerships.mail.choices import EmailKind
from partnerships.meetings.timeline import timeline
from partnerships.models import Change, Confirmation, Email, Membership, Party, Person, Publication, Remark, Reply
from partnerships.notifications import recipients
from partnerships.notifications.emails import render
from partnerships.registry import (
    actions,
    confirmation_requests,
    confirmation_status,
    document_queries,
    own_part,
    party_queries,
    publication,
    queries,
    remarks,
    seats,
    sharing,
    sides,
    statements,
)
from partnerships.registry.document import build, write
from partnerships.registry.rules import parties_visible_to
from partnerships.web.components.partnerships import current_parties
from partnerships.web.components.pending_requests import requests_to
from tests.factories import make_department, make_jurisdiction, make_organization, make_partnership, make_person, party
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def record(people):
    quiet = make_organization("Quiet neighbors", "unlisted")
    Membership.objects.create(person=make_person("quiet@example.org"), organization=quiet, role="editor")
    parties = [party(people.office, "lead"), party(people.organization, "member"), party(quiet, "advisor")]
    return make_partnership("Homes for all", lead=people.office, parties=parties)


def seat(record, name):
    return record.parties.select_related("partnership").get(organization__name=name)


def tenants(record):
    return seat(record, "Tenants' association")


def statements_of(record, person=None):
    (document,) = document_queries.documents(person, document_queries.partnership_rows(person, [record.pk]))
    return [(row["verdict"], row["words"], row["is_current"]) for row in document["statements"]]


def emails(kind):
    return sorted(Email.objects.filter(kind=kind).values_list("recipient", flat=True))


def key(email):
    return recipients.key_of(Membership.objects.get(person__email=email).person)


# The stored document


def test_only_parties_that_the_public_sees_speak_in_the_public_document(people, record):
    statements.dispute_record(party=seat(record, "Quiet neighbors"), by=SYSTEM, words="Zorvexia")
    assert statements_of(record) == []
    assert "Zorvexia" not in Publication.objects.get(partnership=record).body
    assert statements_of(record, people.editor) == [("disputed", "Zorvexia", True)]
    assert statements_of(record, Membership.objects.get(person__email="quiet@example.org").person) == [
        ("disputed", "Zorvexia", True)
    ]
    quiet = seat(record, "Quiet neighbors").organization
    directory.save_organization(organization=quiet, by=SYSTEM, fields={"listing": "named"})
    assert [row[:2] for row in statements_of(record)] == [("disputed", "Zorvexia")]
    directory.save_organization(organization=quiet, by=SYSTEM, fields={"listing": "unlisted"})
    assert statements_of(record) == []


def test_all_readers_learn_the_same_about_changes_of_the_record(people, record):
    """The office sees a partner that the public doesn't. For both, the fingerprint is that of the public document."""
    statements.confirm_record(party=tenants(record), by=people.partner)
    for reader in (None, people.editor, people.administrator, people.partner):
        assert statements_of(record, reader) == [("confirmed", "", True)]
    actions.save_partnership(partnership=record, by=people.editor, fields={"internal_notes": "Nothing public"})
    assert statements_of(record, people.editor) == [("confirmed", "", True)]
    actions.save_partnership(partnership=record, by=people.editor, fields={"summary": "New words"})
    for reader in (None, people.editor, people.partner):
        assert statements_of(record, reader) == [("confirmed", "", False)]


@pytest.mark.both
def test_who_sees_more_partners_reads_what_a_whole_build_returns(people, django_assert_num_queries):
    """Their documents are the stored one with more partners in it, which takes fewer queries than building."""
    quiet = make_organization("Quiet neighbors", "unlisted")
    reader = make_person("quiet@example.org")
    Membership.objects.create(person=reader, organization=quiet, role="editor")
    backbone = party(quiet, "backbone", circle="decides", contribution="Rooms")
    backbone["roles"][0]["hours_per_month"] = 20
    facts = {
        "agreement": {"amount": "1200.50", "scope": "Advice", "starts_on": "2025-03-01", "payment_days": 30},
        "seats": [{"title": "Chair", "held_by": 1}, {"title": "Second", "held_by": 2}, {"title": "Third"}],
        "asks": [{"text": "A wage", "answer": "adopted"}, {"text": "A room"}],
        "practices": [
            {"title": "One", "shared_by": 2, "adopted_by": [1, 2]},
            {"title": "Two", "shared_on": "2025-04-01"},
        ],
        "documents": [{"title": "Plan", "url": "https://example.org/plan"}],
    }
    rows = [party(people.office, "lead"), party(people.organization, "member"), backbone]
    record = make_partnership("Homes", lead=people.office, parties=rows, facts=facts)
    statements.dispute_record(party=seat(record, "Quiet neighbors"), by=SYSTEM, words="No.")
    statements.confirm_record(party=tenants(record), by=people.partner)
    for person in (people.editor, people.administrator, reader):
        seen = parties_visible_to(person)
        built = orjson.loads(write(build([record.pk], parties=seen)[record.pk]))
        assert built != orjson.loads(Publication.objects.get(partnership=record).body)
        stored = document_queries.partnership_rows(person, [record.pk])
        assert document_queries.documents(person, stored) == [built]
        with django_assert_num_queries(
            7
        ):  # who has more, roles, parties, seats, practices, who adopted them, statements
            document_queries.documents(person, stored)
        (brief,) = document_queries.documents(person, stored, brief=True)
        assert [one["name"] for one in brief["parties"]] == [one["name"] for one in built["parties"]]


def test_who_sees_a_partner_without_a_name_learns_that_all_are_listed(people, record):
    """The public document says that not all are. The office that took the seat's name away still has it."""
    Party.objects.filter(pk=tenants(record).pk).update(state="recorded")
    directory.save_organization(organization=people.organization, by=SYSTEM, fields={"listing": "unlisted"})
    everyone = [
        document_queries.documents(who, document_queries.partnership_rows(who, [record.pk]))[0]
        for who in (None, people.editor)
    ]
    assert [one["all_partners_listed"] for one in everyone] == [False, True]
    built = build([record.pk], parties=parties_visible_to(people.editor))[record.pk]
    assert everyone[1] == orjson.loads(write(built))


def test_a_statement_changes_no_fingerprint_and_building_asks_as_often_for_many(
    people, record, django_assert_num_queries
):
    mark = confirmation_requests.record_fingerprint(record)
    statements.dispute_record(party=tenants(record), by=people.partner, words="No.")
    assert confirmation_requests.record_fingerprint(record) == mark
    others = [make_partnership(f"More {n}", lead=people.office) for n in range(3)]
    with django_assert_num_queries(10):
        build([record.pk])
    with django_assert_num_queries(10):
        build([record.pk, *(other.pk for other in others)])


def test_the_day_is_of_the_leads_calendar_and_follows_its_zone(people, record):
    with time_machine.travel("2026-03-02T03:00:00Z", tick=False):
        statements.confirm_record(party=tenants(record), by=people.partner)
    day = build([record.pk])[record.pk]["statements"][0]["on"]
    assert day.isoformat() == "2026-03-01"
    directory.save_jurisdiction(jurisdiction=people.office, by=SYSTEM, fields={"zone": "UTC"})
    assert '"on":"2026-03-02"' in Publication.objects.get(partnership=record).body


@pytest.mark.unpublished_writes
@pytest.mark.parametrize(("moment", "asked"), [("2026-03-01T23:00:00Z", 1), ("2026-03-02T03:00:00Z", 0)])
def test_who_is_listed_and_asked_is_at_the_table_by_the_registrys_calendar(people, record, moment, asked):
    own = Party.objects.filter(pk=tenants(record).pk)
    own.update(confirm_asked_on=None, ends_on="2026-03-01")
    with time_machine.travel(moment, tick=False):  # both on March 1 in Minneapolis
        assert own.filter(seats.at_table()).count() == asked
        listed = [party["name"] for party in current_parties(build([record.pk])[record.pk])]
        assert listed.count("Tenants' association") == asked
        assert confirmation_requests.request_confirmation(record) == [tenants(record)] * asked


# Making a statement


def test_the_last_word_counts_and_saying_it_twice_is_saying_it_once(people, record):
    row = tenants(record)
    statements.dispute_record(party=row, by=people.partner, words="No.")
    statements.dispute_record(party=row, by=people.partner, words="No.")
    assert (Confirmation.objects.count(), emails(EmailKind.RECORD_DISPUTED)) == (1, [key("editor@example.org")])
    statements.confirm_record(party=row, by=people.partner)
    assert statements_of(record) == [("confirmed", "", True)]
    log = Change.objects.filter(record_type="partnership", record_id=record.pk)[:2]
    assert [(change.verb, sorted(change.after)) for change in log] == [
        ("confirm", ["statements"]),
        ("dispute", ["statements"]),
    ]


def test_the_lead_does_not_speak_for_itself_and_drafts_wait(people, record):
    own = record.parties.get(jurisdiction=people.office)
    department = make_department(people.office)
    draft = make_partnership(lead=people.office, parties=[party(people.organization, "member")], published=False)
    mixed = make_partnership("B", lead=people.office, parties=[party(department, "lead")])
    for row in (own, mixed.parties.get()):
        with pytest.raises(NotAllowed):
            statements.confirm_record(party=row, by=people.editor)
    with pytest.raises(NotAllowed):
        statements.confirm_record(party=draft.parties.get(), by=people.partner)
    with pytest.raises(EditConflict):
        statements.confirm_record(party=tenants(record), by=people.partner, seen="another")


def test_a_departments_note_is_not_read_by_the_jurisdiction_above_it(people):
    """The lead agency's staff speak for its departments elsewhere, but a department's own note is for its own people."""
    housing = make_department(people.office)
    keeper = make_person("housing@example.org")
    Membership.objects.create(person=keeper, department=housing, role="editor")
    led = make_partnership(lead=people.office, parties=[party(people.office, "lead"), party(housing)])
    row = led.parties.get(department=housing)
    own_part.save_note(party=row, by=keeper, text="Ours alone", version=0)
    with pytest.raises(NotAllowed):
        own_part.save_note(party=row, by=people.editor, text="Theirs", version=1)
    notes = {
        name: [part.note.text for part in sides.own_parts(person, led) if part.note]
        for name, person in (("own", keeper), ("lead", people.editor), ("administrator", people.administrator))
    }
    assert notes == {"own": ["Ours alone"], "lead": [], "administrator": []}


# Confirmation requests


def test_publishing_asks_those_who_can_answer_and_no_one_twice_a_week(people, record):
    asked = [key("partner@example.org"), key("quiet@example.org")]
    assert emails(EmailKind.CONFIRMATION_ASKED) == sorted(asked)
    statements.confirm_record(party=tenants(record), by=people.partner)
    actions.save_partnership(partnership=record, by=people.editor, fields={"summary": "A"})
    assert statements.ask_to_confirm(partnership=record, by=people.editor) == []
    assert len(emails(EmailKind.CONFIRMATION_ASKED)) == 2
    with time_machine.travel(clock.now() + timedelta(days=7), tick=False):
        actions.save_partnership(partnership=record, by=people.editor, fields={"summary": "B"})
        assert emails(EmailKind.CONFIRMATION_ASKED) == sorted([*asked, key("partner@example.org")])
        assert statements.ask_to_confirm(partnership=record, by=people.editor) == [seat(record, "Quiet neighbors")]
    assert not Change.objects.filter(verb="ask").exists()


def days_later(days):
    return time_machine.travel(clock.now() + timedelta(days=days), tick=False)


def asked_of_the_tenants():
    return emails(EmailKind.CONFIRMATION_ASKED).count(key("partner@example.org"))


def test_a_change_within_the_week_is_asked_about_when_the_week_is_over_and_once(people, record):
    """It was asked when published, and the record changed the next day: one email a week, and no request is lost."""
    statements.confirm_record(party=tenants(record), by=people.partner)
    with days_later(1):
        actions.save_partnership(partnership=record, by=people.editor, fields={"summary": "A"})
    for days, was_asked, emails_then in ((2, 0, 1), (6, 0, 1), (7, 1, 2), (7, 0, 2), (14, 0, 2), (40, 0, 2)):
        with days_later(days):
            assert (confirmation_requests.send_postponed(), asked_of_the_tenants()) == (was_asked, emails_then), days
    with days_later(41):
        actions.save_partnership(partnership=record, by=people.editor, fields={"internal_notes": "Nothing public"})
        assert asked_of_the_tenants() == 2
        statements.confirm_record(party=tenants(record), by=people.partner)
        assert confirmation_requests.send_postponed() == 0
    with days_later(42):
        actions.save_partnership(partnership=record, by=people.editor, fields={"summary": "B"})
        assert asked_of_the_tenants() == 3


def test_what_changed_back_within_the_week_is_not_asked_about(people, record):
    statements.confirm_record(party=tenants(record), by=people.partner)
    for summary in ("A", ""):
        actions.save_partnership(partnership=record, by=people.editor, fields={"summary": summary})
    with days_later(8):
        assert (confirmation_requests.send_postponed(), asked_of_the_tenants()) == (0, 1)


def test_a_new_name_of_another_party_is_asked_about_too(people, record):
    statements.confirm_record(party=tenants(record), by=people.partner)
    directory.save_jurisdiction(jurisdiction=people.office, by=SYSTEM, fields={"name": "Minneapolis"})
    with days_later(8):
        assert (confirmation_requests.send_postponed(), asked_of_the_tenants()) == (1, 2)
        assert confirmation_requests.send_postponed() == 0
    Email.objects.all().delete()  # deleted by retention; what was asked isn't asked again
    with days_later(60):
        assert (confirmation_requests.send_postponed(), asked_of_the_tenants()) == (0, 0)


def test_no_one_is_asked_about_a_draft_and_no_party_that_has_left(people, record):
    statements.confirm_record(party=tenants(record), by=people.partner)
    actions.save_partnership(partnership=record, by=people.editor, fields={"summary": "A"})
    record.parties.filter(organization=people.organization).update(ends_on=clock.today())
    publication.publish({record.pk})
    with days_later(8):
        assert confirmation_requests.send_postponed() == 0
    record.parties.update(ends_on=None)
    record.refresh_from_db()
    actions.withdraw_partnership(partnership=record, by=people.editor)
    with days_later(8):
        assert confirmation_requests.send_postponed() == 0


def test_the_stored_document_has_the_fingerprint_of_the_one_that_is_built(people, record):
    facts = {"agreement": {"amount": Decimal("48000"), "starts_on": clock.today(), "scope": "Renters’ time"}}
    record = make_partnership("With terms", lead=people.office, facts=facts, last_verified_on=clock.today())
    stored = orjson.loads(Publication.objects.get(partnership=record).body)
    assert confirmation_status.fingerprint(stored) == confirmation_requests.record_fingerprint(record)


def test_viewers_are_not_asked_and_a_departments_own_people_are(people):
    Membership.objects.create(person=people.stranger, organization=people.organization, role="reader")
    housing, other = make_department(people.office), make_department(make_jurisdiction(), "Parks")
    Membership.objects.create(person=make_person("housing@example.org"), department=housing, role="manager")
    Membership.objects.create(person=make_person("county@example.org"), jurisdiction=other.jurisdiction, role="editor")
    parties = [party(people.office, "lead"), party(people.organization), party(housing), party(other)]
    make_partnership(lead=people.office, parties=parties)
    asked = ("partner@example.org", "housing@example.org", "county@example.org")
    assert emails(EmailKind.CONFIRMATION_ASKED) == sorted(key(email) for email in asked)


# Emails checked right before sending


def refusal(kind):
    return recipients.find_audience(Email.objects.filter(kind=kind).order_by("pk").first()).refusal


def test_what_was_answered_or_is_no_longer_theirs_is_not_sent(people, record):
    asked = EmailKind.CONFIRMATION_ASKED
    Email.objects.filter(recipient=key("quiet@example.org")).delete()
    assert refusal(asked) == ""
    membership = Membership.objects.get(person=people.partner)
    Membership.objects.filter(pk=membership.pk).update(role="reader")
    assert refusal(asked) == "They no longer represent this partner."
    Membership.objects.filter(pk=membership.pk).update(role="editor")
    record.refresh_from_db()
    actions.withdraw_partnership(partnership=record, by=people.editor)
    assert refusal(asked) == "The partnership was unpublished."
    actions.publish_partnership(partnership=record, by=people.editor)
    statements.confirm_record(party=tenants(record), by=people.partner)
    assert refusal(asked) == "The partner has answered already."


def test_a_withdrawn_statement_sends_no_more_emails(people, record):
    remark = remarks.show_remark(partnership=record, by=people.editor, text="Kept in time.")
    shown = [key("partner@example.org"), key("quiet@example.org")]
    assert emails(EmailKind.REMARK_SHOWN) == sorted(shown)
    remarks.reply_to_remark(remark=remark, party=tenants(record), by=people.partner, text="It was late.")
    assert emails(EmailKind.REMARK_REPLIED) == [key("editor@example.org")]
    assert (refusal(EmailKind.REMARK_SHOWN), refusal(EmailKind.REMARK_REPLIED)) == ("", "")
    remarks.withdraw_remark(remark=remark, by=people.editor)
    assert refusal(EmailKind.REMARK_SHOWN) == "The statement was withdrawn."
    assert refusal(EmailKind.REMARK_REPLIED) == "The statement was withdrawn."


# Statements


def test_it_becomes_public_on_its_day_in_the_leads_zone(people, record):
    with time_machine.travel("2026-03-02T03:00:00Z", tick=False):  # still March 1 in Minneapolis
        remark = remarks.show_remark(partnership=record, by=people.editor, text="Kept in time.")
    assert remark.public_on.isoformat() == "2026-03-15"
    for moment, seen in (("2026-03-15T04:59:59Z", 0), ("2026-03-15T05:00:00Z", 1)):
        with time_machine.travel(moment, tick=False):
            document = build([record.pk])[record.pk]
            assert (
                len(sides.both_sides(None, record, document, party_queries.parties_seen(None, [record])).remarks)
                == seen
            ), moment


def test_a_hidden_partys_reply_is_read_by_those_who_see_the_party(people, record):
    remark = remarks.show_remark(partnership=record, by=people.editor, text="Kept in time.")
    remarks.reply_to_remark(remark=remark, party=seat(record, "Quiet neighbors"), by=SYSTEM, text="Zorvexia")
    with time_machine.travel(clock.now() + timedelta(days=20), tick=False):
        document = build([record.pk])[record.pk]
        replies = {
            name: [
                reply.text
                for reply in sides.both_sides(person, record, document, party_queries.parties_seen(person, [record]))
                .remarks[0]
                .replies
            ]
            for name, person in (("all", None), ("partner", people.partner), ("office", people.reader))
        }
    assert replies == {"all": [], "partner": [], "office": ["Zorvexia"]}


def test_a_new_reply_takes_the_old_ones_place_with_its_own_day(people, record):
    remark = remarks.show_remark(partnership=record, by=people.editor, text="Kept in time.")
    first = remarks.reply_to_remark(remark=remark, party=tenants(record), by=people.partner, text="Late.")
    with time_machine.travel(clock.now() + timedelta(days=20), tick=False):
        remarks.reply_to_remark(remark=remark, party=tenants(record), by=people.partner, text="Very late.")
        reply = Reply.objects.get(text__gt="")
        assert (reply.text, reply.at) == ("Very late.", clock.now())
        assert first.at < reply.at


def test_nothing_is_said_about_a_draft_and_no_one_is_shown_what_is_published(people, record):
    draft = make_partnership(lead=people.office, parties=[], published=False)
    with pytest.raises(ValidationError):
        remarks.show_remark(partnership=draft, by=people.editor, text="Early")
    with pytest.raises(ValidationError):
        statements.ask_to_confirm(partnership=draft, by=people.editor)
    with pytest.raises(ValidationError):
        sharing.share_draft(partnership=record, by=people.editor, body=people.organization)
    with pytest.raises(ValidationError):
        sharing.share_draft(partnership=draft, by=people.editor, body=people.office)


@pytest.mark.parametrize("is_older", [False, True])
def test_a_statement_stays_that_of_the_government_that_made_it(client, people, record, is_older):
    """Also after another government took over the lead, and if it was made before statements stored that."""
    people.office.reply_days = 1
    people.office.save()
    remarks.show_remark(partnership=record, by=people.editor, text="Kept in time.")
    if is_older:
        Remark.objects.update(lead=None)
    email = Email.objects.filter(kind=EmailKind.REMARK_SHOWN).first()
    record.refresh_from_db()
    actions.save_partnership(partnership=record, by=SYSTEM, fields={"lead": people.other_office})
    client.force_login(people.partner)
    (row,) = client.get(f"/partnerships/{record.public_id}/partners/").context["remarks"]
    assert row["lead"] == people.office
    assert "Reply to City of Minneapolis" in [
        row["what"] for row in requests_to(Person.objects.get(pk=people.partner.pk))
    ]
    text = render(email, recipients.find(email.recipient), {}).text
    assert "City of Minneapolis has written a statement" in text
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        entries = timeline(None, [queries.partnership(None, record.public_id)], ["statement"])
    assert [one.title for one in entries] == ["Public statement by City of Minneapolis"]
    assert [voice.name for voice in entries[0].voices] == ["City of Minneapolis"]
