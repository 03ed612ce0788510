"""Someone who confirmed a seat by the link in an email, and signs in with that address, is asked whether they speak for it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from partnerships.accounts import claims, member_actions
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed, NotFound, ValidationError
from partnerships.directory.actions import save_organization
from partnerships.models import Claim, Email, FormerMember, Membership, Organization, Person
from partnerships.notifications import emails, recipients
from partnerships.records import merging
from partnerships.registry import inviting, seat_questions
from partnerships.registry.actions import save_partnership
from partnerships.registry.consent import confirm_seat, withdraw_from_seat
from tests.factories import make_organization, make_partnership, make_person, party

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
ADDRESS = "rosa@tenants.example.org"
NAME = "رابطة المستأجرين"  # right to left


class Table:
    """A partnership of the office, whose partner Rosa is a contact of, and Rosa's account."""

    def __init__(self, people):
        self.people = people
        self.group = make_organization(NAME, "unlisted", kept_by=people.office)
        self.contact = self.group.contacts.create(name="Rosa", email=ADDRESS)
        rows = [party(people.office, "lead"), party(self.group, "member", circle="decides")]
        self.record = make_partnership("Homes", lead=people.office, parties=rows, confirmed=False)
        self.rosa = make_person(ADDRESS, name="Rosa")

    @property
    def seat(self):
        return self.record.parties.select_related("partnership__lead", "organization").get(organization=self.group)

    def confirm(self, **more):
        inviting.invite_by_email(
            party=self.seat, by=self.people.editor, source="Our list", **{"contact": self.contact, **more}
        )
        confirm_seat(party=self.seat, by=SYSTEM, way="link", **{"contact": self.contact, **more})
        return self

    def ask(self, person=None):
        """Return the names of the organizations that this person is asked about."""
        return [str(one.organization) for one in seat_questions.questions_for(fresh(person or self.rosa))]

    def say_yes(self, person=None):
        person = fresh(person or self.rosa)
        (question,) = seat_questions.questions_for(person)
        return seat_questions.speak_for(by=person, pk=question.answer.pk)


def fresh(person):
    return Person.objects.get(pk=person.pk)


def role_of(person, organization):
    return Membership.objects.filter(person=person, organization=organization).values_list("role", flat=True).first()


def text_of(kind, person):
    email = Email.objects.get(kind=kind, recipient=f"person:{person.pk}")
    audience = recipients.find_audience(email)
    return audience.refusal or emails.render(email, audience.recipient, {}).text


@pytest.fixture
def table(people):
    with time_machine.travel(DAY, tick=False):
        yield Table(people)


def test_a_yes_makes_the_first_manager_and_the_office_that_gave_the_address_is_told(table, people):
    assert table.ask() == []
    table.confirm()
    assert table.ask() == [NAME]
    made = table.say_yes()
    place = Membership.objects.get(person=table.rosa, organization=table.group)
    assert (made.state, made.by_seat, made.reviewed_by) == ("approved", True, None)
    assert (place.role, place.address_given_by) == ("manager", people.office)
    text = text_of("first_manager", people.editor)
    assert NAME in text
    assert "It takes one press, and we tell them." in text
    assert f"/claims/{made.pk}/" in text
    assert table.ask() == []


def test_the_other_contacts_of_the_organization_are_told_too(table):
    other = table.group.contacts.create(name="Board", email="board@tenants.example.org")
    table.confirm().say_yes()
    told = Email.objects.filter(occurrence__startswith="let-in/").values_list("recipient", flat=True)
    assert list(told) == [f"contact:{other.pk}"]


def test_the_office_ends_it_in_one_press_the_person_is_told_and_is_not_asked_again(table, people, client):
    made = table.confirm().say_yes()
    client.force_login(people.editor)
    assert "Revoke approval" in client.get(f"/claims/{made.pk}/").content.decode()
    assert client.post(f"/claims/{made.pk}/", {"verdict": "revoke"}).status_code == 302
    assert role_of(table.rosa, table.group) is None
    assert Email.objects.filter(occurrence=f"claim-{made.pk}/revoked", recipient=f"person:{table.rosa.pk}").exists()
    assert text_of("first_manager", people.editor) == "Their access has ended since."
    assert table.ask() == []


def test_only_the_address_that_the_link_went_to_is_asked(table, people):
    forwarded = make_person("forwarded@example.org", name="Someone else")
    table.confirm()
    assert (table.ask(), table.ask(forwarded)) == ([NAME], [])
    (question,) = seat_questions.questions_for(table.rosa)
    with pytest.raises(NotFound):
        seat_questions.speak_for(by=forwarded, pk=question.answer.pk)
    assert not Claim.objects.exists()


def test_a_link_that_did_not_confirm_the_seat_asks_no_one(table, people):
    table.confirm(contact=table.group.contacts.create(name="Desk", email="desk@tenants.example.org"))
    assert table.ask() == []
    again = Table.__new__(Table)
    again.__dict__.update(table.__dict__)
    again.group = make_organization("Confirmed with a code", "named", kept_by=people.office)
    again.contact = again.group.contacts.create(name="Rosa", email=ADDRESS)
    rows = [party(people.office, "lead"), party(again.group, "member")]
    again.record = make_partnership("Parks", lead=people.office, parties=rows, confirmed=False)
    confirm_seat(party=again.seat, by=SYSTEM, way="code")
    assert again.ask() == []


def test_a_contact_who_got_her_address_later_asks_her_nothing(table):
    desk = table.group.contacts.create(name="Desk", email="desk@tenants.example.org")
    table.confirm(contact=desk)
    table.group.contacts.filter(pk=desk.pk).update(email=ADDRESS)
    assert table.ask() == []


@pytest.mark.both
def test_a_double_press_makes_one_manager_and_leads_to_the_same_page(table, client):
    table.confirm()
    (question,) = seat_questions.questions_for(table.rosa)
    client.force_login(table.rosa)
    answers = [client.post(f"/account/seats/{question.answer.pk}/", {"answer": "yes"}) for _ in range(2)]
    assert [one["Location"] for one in answers] == [f"/organizations/{table.group.public_id}/mine/"] * 2
    assert Claim.objects.count() == 1


def test_a_manager_of_the_organization_decides_and_no_office(table, people):
    table.confirm()
    manager = make_person("ana@tenants.example.org", name="Ana")
    table.group.memberships.create(person=manager, role="manager")
    made = table.say_yes()
    assert (made.state, role_of(table.rosa, table.group)) == ("pending", None)
    told = Email.objects.filter(kind="claim_made").values_list("recipient", flat=True)
    assert list(told) == [f"person:{manager.pk}"]
    assert "They confirmed a seat of the organization by the link" in text_of("claim_made", manager)
    for person in (people.editor, people.administrator):
        with pytest.raises(NotAllowed):
            claims.approve_claim(claim=made, by=person)
    claims.approve_claim(claim=made, by=manager)
    place = Membership.objects.get(person=table.rosa, organization=table.group)
    assert (place.role, place.address_given_by) == ("editor", None)


def test_a_managers_home_page_leads_to_the_claim_and_one_press_lets_her_in(table, client):
    table.confirm()
    manager = make_person("ana@tenants.example.org", name="Ana")
    table.group.memberships.create(person=manager, role="manager")
    made = table.say_yes()
    client.force_login(manager)
    assert f'href="/claims/{made.pk}/"' in client.get("/").content.decode()
    page = client.get(f"/claims/{made.pk}/").content.decode()
    assert "by the link that we emailed to this address" in " ".join(page.split())
    assert client.post(f"/claims/{made.pk}/", {"verdict": "approve"}).status_code == 302
    assert role_of(table.rosa, table.group) == "editor"


def test_what_a_manager_has_not_decided_goes_to_the_office_once_no_manager_is_left(table, people):
    table.confirm()
    manager = make_person("ana@tenants.example.org")
    table.group.memberships.create(person=manager, role="manager")
    made = table.say_yes()
    table.group.memberships.filter(person=manager).delete()
    claims.approve_claim(claim=made, by=people.editor)
    assert role_of(table.rosa, table.group) == "manager"


def test_another_offices_record_waits_for_the_office_that_keeps_it(table, people):
    table.confirm()
    Organization.objects.filter(pk=table.group.pk).update(kept_by=people.other_office)
    made = table.say_yes()
    assert (made.state, role_of(table.rosa, table.group)) == ("pending", None)
    assert claims.deciders(made) == [people.other_editor]


def test_where_someone_had_a_role_before_the_office_decides(table, people):
    table.confirm()
    was_there = make_person("before@tenants.example.org")
    table.group.memberships.create(person=was_there, role="manager")
    member_actions.remove_member(by=people.administrator, membership=was_there.memberships.get(), confirmed=True)
    assert table.say_yes().state == "pending"


def test_no_is_remembered_and_no_one_else_reads_it(table, people, client):
    table.confirm()
    (question,) = seat_questions.questions_for(table.rosa)
    client.force_login(table.rosa)
    url = f"/account/seats/{question.answer.pk}/"
    assert client.post(url, {"answer": "maybe"}).status_code == 422
    assert client.post(url, {"answer": "no", "next": "//evil.example.org/"})["Location"] == "/"
    assert (table.ask(), role_of(table.rosa, table.group)) == ([], None)
    assert not Email.objects.filter(kind__in=("claim_made", "claim_decided")).exists()
    client.force_login(people.editor)
    assert client.get(f"/claims/{Claim.objects.get().pk}/").status_code == 404


def decline(table):
    withdraw_from_seat(party=table.seat, by=SYSTEM, way="link", contact=table.contact)


def remove_contact(table):
    table.contact.delete()


def give_contact_to_someone_else(table):
    table.group.contacts.update(email="someone-else@tenants.example.org")


def unlist(table):
    owner = make_person("owner@tenants.example.org")
    membership = table.group.memberships.create(person=owner, role="editor")
    Organization.objects.filter(pk=table.group.pk).update(listing="named", listing_source="A report")
    save_organization(
        by=owner, organization=Organization.objects.get(pk=table.group.pk), fields={"listing": "unlisted"}
    )
    membership.delete()


def remove_seat(table):
    table.record.refresh_from_db()
    rows = [party(table.people.office, "lead")]
    save_partnership(partnership=table.record, by=SYSTEM, fields={}, parties=rows)


def leave_earlier(table):
    FormerMember.objects.create(organization=table.group, digest=claims.digest_of(ADDRESS))


ENDS = (decline, remove_contact, give_contact_to_someone_else, unlist, remove_seat, leave_earlier)


@pytest.mark.parametrize("end", ENDS)
def test_the_question_ends_with_its_reason(table, end):
    table.confirm()
    (question,) = seat_questions.questions_for(table.rosa)
    end(table)
    assert table.ask() == []
    with pytest.raises(NotFound):
        seat_questions.speak_for(by=table.rosa, pk=question.answer.pk)


def test_the_question_ends_after_ninety_days(table):
    table.confirm()
    with time_machine.travel(DAY + timedelta(days=89), tick=False):
        assert table.ask() == [NAME]
    with time_machine.travel(DAY + timedelta(days=90), tick=False):
        assert table.ask() == []


def test_a_waiting_yes_is_not_approved_once_the_seat_is_not_confirmed(table):
    table.confirm()
    manager = make_person("ana@tenants.example.org")
    table.group.memberships.create(person=manager, role="manager")
    made = table.say_yes()
    decline(table)
    with pytest.raises(ValidationError) as problem:
        claims.approve_claim(claim=made, by=manager)
    assert problem.value.code == "seat_ended"
    assert role_of(table.rosa, table.group) is None


def test_after_a_merge_the_question_is_about_the_kept_organization(table, people):
    table.confirm()
    (question,) = seat_questions.questions_for(table.rosa)
    kept = make_organization("Tenants of the city", "named", kept_by=people.office, listing_source="A report")
    merging.merge(kept=kept, lost=table.group, by=people.administrator, versions=(None, None), why="The same.")
    assert table.ask() == ["Tenants of the city"]
    seat_questions.speak_for(by=fresh(table.rosa), pk=question.answer.pk)
    assert role_of(table.rosa, kept) == "manager"


@pytest.mark.unpublished_writes
def test_a_claim_of_what_she_confirmed_leads_to_the_question(table, client):
    table.confirm()
    (question,) = seat_questions.questions_for(table.rosa)
    client.force_login(table.rosa)
    assert "Do you speak for" in client.get("/organizations/propose/").content.decode()
    Organization.objects.filter(pk=table.group.pk).update(listing="named", listing_source="A report")
    answer = client.get(f"/organizations/{table.group.public_id}/claim/")
    assert answer["Location"] == f"/account/seats/{question.answer.pk}/"
