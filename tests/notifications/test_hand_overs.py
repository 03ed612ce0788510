"""When another government becomes the lead agency, both offices and the partners are told, but not the person who did it."""

import pytest

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.models import Email, EmailPreference, Membership, Party, Person
from partnerships.notifications import emails, recipients
from partnerships.registry.actions import save_partnership, withdraw_partnership
from tests.factories import confirm_by_link, make_organization, make_partnership, party
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def record(people):
    silent = make_organization("Silent group")
    parties = [party(people.office, "lead"), party(people.organization), party(silent)]
    return make_partnership("The table", lead=people.office, parties=parties)


def hand_over(record, people, by=SYSTEM, lead=None):
    return save_partnership(partnership=record, by=by, fields={"lead": lead or people.other_office})


def told() -> dict:
    """Who is told, as (name, the sentence that only this group reads)."""
    found = {}
    for email in Email.objects.filter(kind="lead_changed"):
        audience = recipients.find_audience(email)
        assert audience.refusal == ""
        found[audience.recipient.name] = emails.render(email, audience.recipient, {}).text.split("\n\n")[2]
    return found


def test_each_reads_what_it_means_for_them(record, people):
    hand_over(record, people)
    words = told()
    assert set(words) == {"Editor", "Other editor", "Partner"}
    assert words["Other editor"].startswith("Your office now keeps its record.")
    assert "stays under its name" in words["Editor"]
    assert words["Partner"].endswith("and so does what you said.")
    email = Email.objects.filter(kind="lead_changed").first()
    mail = emails.render(email, recipients.find_audience(email).recipient, {})
    assert mail.subject == "City of Seattle is now the lead agency: The table"
    assert "instead of City of Minneapolis" in mail.text
    assert email.lead == people.other_office


def test_whoever_did_it_is_not_told(record, people):
    Membership.objects.create(person=people.other_editor, jurisdiction=people.office, role="editor")
    hand_over(record, people, by=people.other_editor)
    assert set(told()) == {"Editor", "Partner"}


def test_it_is_in_spanish_for_those_who_want_it(record, people):
    Person.objects.filter(pk=people.partner.pk).update(language="es")
    hand_over(record, people)
    assert told()["Partner"].startswith("Su personal")


def test_only_those_who_may_read_a_draft_are_told(record, people):
    hand_over(withdraw_partnership(partnership=record, by=SYSTEM), people)
    assert set(told()) == {"Other editor"}


def test_no_one_else_is_told_if_it_becomes_a_draft_before_the_email_goes(record, people):
    withdraw_partnership(partnership=hand_over(record, people), by=SYSTEM)
    emails_by_person = {email.recipient: email for email in Email.objects.filter(kind="lead_changed")}
    for person in (people.editor, people.partner):
        email = emails_by_person[f"person:{person.pk}"]
        assert recipients.find_audience(email).refusal == "They no longer take part."


@pytest.mark.unpublished_writes
def test_a_partner_that_holds_no_seat_is_not_told(record, people):
    Party.objects.filter(organization=people.organization).update(state="declined")
    hand_over(record, people)
    assert set(told()) == {"Editor", "Other editor"}


def test_a_contact_who_confirmed_a_seat_by_a_link_is_told(record, people):
    seat = record.parties.get(organization__name="Silent group")
    desk = {"name": "Desk", "email": "desk@example.org"}
    save_organization(organization=seat.organization, by=SYSTEM, fields={}, contacts=[desk])
    confirm_by_link(seat, seat.organization.contacts.get(), days=30)
    hand_over(record, people)
    assert "Desk" in told()


@pytest.mark.unpublished_writes
def test_no_one_gets_it_whose_reason_has_ended(record, people):
    hand_over(record, people)
    EmailPreference.objects.create(person=people.editor, kind="lead_changed", pace="never", at=clock.now())
    Membership.objects.filter(person=people.other_editor).delete()
    Party.objects.filter(organization=people.organization).update(state="withdrawn")
    by_person = {email.recipient: email for email in Email.objects.filter(kind="lead_changed")}

    def refusal(person):
        return recipients.find_audience(by_person[f"person:{person.pk}"]).refusal

    assert refusal(people.editor) == "They chose not to get this kind of email."
    assert refusal(people.other_editor) == refusal(people.partner) == "They no longer take part."


def test_it_is_not_sent_once_it_has_another_lead_agency(record, people):
    hand_over(hand_over(record, people), people, lead=people.office)
    refusals = [
        recipients.find_audience(email).refusal for email in Email.objects.filter(kind="lead_changed").order_by("pk")
    ]
    assert refusals == ["It has another lead agency now."] * 3 + [""] * 3
