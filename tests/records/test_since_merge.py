"""What an organization's own people decided after a merge still holds after the merge is undone."""

import pytest

from partnerships.accounts.claims import is_approved_by_domain
from partnerships.accounts.member_actions import change_role, remove_member
from partnerships.assessment import publishing
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.models import Membership, Organization, Person, PublishingWord, Round, SeatConsent, Tombstone
from partnerships.records import merging
from partnerships.registry.actions import save_partnership
from partnerships.registry.choices import ConsentWay
from partnerships.registry.consent import confirm_seat, decline_seat, withdraw_from_seat
from partnerships.registry.statement_links import last_statement
from partnerships.registry.statements import confirm_record, dispute_record
from tests.assessment.conftest import Board
from tests.factories import make_organization, make_partnership, make_person, party

pytestmark = pytest.mark.django_db


class Merged:
    """Two records of one organization in a partnership, merged. `both`: each had a seat; otherwise only the lost one."""

    def __init__(
        self, people, *, both=True, confirmed=False, kind="joint_project", kept="named", lost="named", members=()
    ):
        self.people = people
        given = {"kept_by": people.office, "listing_source": "A report"}
        self.kept = make_organization("Harbor Tenants", kept, **given)
        self.lost = make_organization("Harbour Tenants", lost, **given)
        seated = (self.kept, self.lost) if both else (self.lost,)
        rows = [party(people.office, "lead"), *map(party, seated)]
        self.record = make_partnership("Homes", lead=people.office, parties=rows, confirmed=False, kind=kind)
        if confirmed:
            for one in seated:
                confirm_seat(party=self.seat(one), by=SYSTEM)
        self.person = make_person("theirs@example.org", name="Theirs")
        for organization, role in zip((self.kept, self.lost), members, strict=False):
            organization.memberships.create(person=self.person, role=role)
        self.merge = merging.merge(kept=self.kept, lost=self.lost, by=SYSTEM, versions=(None, None))
        self.kept.refresh_from_db()

    def seat(self, organization):
        seats = self.record.parties.select_related("partnership", "department", "organization")
        return seats.get(organization=organization)

    def undo(self):
        self.kept.refresh_from_db()
        self.lost = merging.undo_merge(merge=self.merge, kept=self.kept, by=self.people.administrator)
        return Organization.objects.get(pk=self.lost.pk)

    def remove_and_add(self, organization):
        for rows in ([], [party(organization)]):
            self.record.refresh_from_db()
            rows = [party(self.people.office), *rows]
            save_partnership(partnership=self.record, by=SYSTEM, fields={}, parties=rows)


def editor_of(organization):
    person = make_person("new@example.org")
    organization.memberships.create(person=person, role="editor")
    return Person.objects.get(pk=person.pk)


@pytest.mark.both
@pytest.mark.parametrize(
    ("was", "now", "expected"), [("profiled", "named", "named"), ("named", "unlisted", "unlisted")]
)
def test_a_record_isnt_shown_to_more_people_than_the_merged_one(client, people, was, now, expected):
    """An office keeps both, and the organization narrows its listing while they're one record."""
    merged = Merged(people, kept=was, lost=was)
    save_organization(organization=merged.kept, by=editor_of(merged.kept), fields={"listing": now})
    Membership.objects.filter(organization=merged.kept).delete()
    lost = merged.undo()
    assert (lost.listing, lost.has_withdrawn) == (expected, expected == "unlisted")
    page = client.get(f"/partnerships/{merged.record.public_id}/").content.decode()
    assert ("Harbour Tenants" in page, "Not all partners are listed." in page) == (
        (expected == "named", expected == "unlisted")
    )
    assert Tombstone.objects.filter(public_id=lost.public_id).exists() is (expected == "unlisted")


def test_what_its_people_show_to_fewer_since_is_shown_to_no_more_of_the_restored_one(people):
    """A contact with an email address that both had was one contact since; another one was removed."""
    kept, lost = (make_organization(name, "profiled", address="1 Main Street") for name in ("Harbor", "Harbour"))
    for one, address in ((kept, "desk"), (lost, "desk"), (kept, "home"), (lost, "home"), (lost, "own")):
        one.contacts.create(name=address, email=f"{address}@example.org", visible_to="public")
    Organization.objects.filter(pk__in=[kept.pk, lost.pk]).update(open_fields={"address": "public"})
    person = people.manager
    for one in (kept, lost):
        one.memberships.create(person=person, role="manager")
    made = merging.merge(kept=kept, lost=lost, by=person, versions=(None, None))
    rows = [{"id": one.pk, "visible_to": "staff"} for one in kept.contacts.exclude(name="home")]
    fields, kept = {"open_fields": {"address": "partners", "aims": "staff"}}, Organization.objects.get(pk=kept.pk)
    save_organization(organization=kept, by=person, fields=fields, contacts=rows)
    lost = merging.undo_merge(merge=made, kept=Organization.objects.get(pk=kept.pk), by=person)
    lost.refresh_from_db()
    assert [lost.reader_of(name) for name in ("address", "aims", "website")] == ["partners", "staff", "public"]
    assert set(lost.contacts.values_list("name", "visible_to")) == {(name, "staff") for name in ("desk", "home", "own")}


def test_a_record_that_was_unlisted_before_the_merge_changes_nothing(people):
    merged = Merged(people, kept="unlisted")
    assert merged.undo().listing == "named"


@pytest.mark.both
@pytest.mark.parametrize("both", [True, False])
@pytest.mark.parametrize("may_count", [True, False])
def test_a_withdrawal_holds_for_both_seats(client, people, both, may_count):
    merged = Merged(people, both=both, confirmed=True)
    withdraw_from_seat(party=merged.seat(merged.kept), by=SYSTEM, may_count=may_count)
    lost = merged.undo()
    unnamed = "counted" if may_count else "withheld"
    assert (merged.seat(lost).state, merged.seat(lost).unnamed) == ("withdrawn", unnamed)
    assert "Harbour Tenants" not in client.get(f"/partnerships/{merged.record.public_id}/").content.decode()
    merged.remove_and_add(lost)
    assert merged.seat(lost).state == "withdrawn"


@pytest.mark.parametrize("both", [True, False])
def test_a_refusal_holds_for_both_seats(people, both):
    merged = Merged(people, both=both)
    decline_seat(party=merged.seat(merged.kept), by=SYSTEM)
    lost = merged.undo()
    merged.remove_and_add(lost)
    assert merged.seat(lost).state == "declined"


def test_a_refusal_of_a_seat_that_was_removed_is_remembered_for_both(people):
    merged = Merged(people)
    decline_seat(party=merged.seat(merged.kept), by=SYSTEM)
    save_partnership(partnership=merged.record, by=SYSTEM, fields={}, parties=[party(people.office)])
    lost = merged.undo()
    merged.remove_and_add(lost)
    assert merged.seat(lost).state == "declined"


def test_a_yes_goes_with_its_seat_and_keeps_its_day_and_way(people):
    """Otherwise, a yes by a printed code would count like one by its own people, and at once."""
    merged = Merged(people, both=False)
    confirm_seat(party=merged.seat(merged.kept), by=SYSTEM, way=ConsentWay.CODE)
    lost = merged.undo()
    assert merged.seat(lost).state == "confirmed"
    rows = SeatConsent.objects.values_list("organization", "state", "way")
    assert list(rows) == [(lost.pk, "confirmed", "code")]


@pytest.mark.parametrize("both", [True, False])
def test_a_yes_to_another_kind_of_partnership_isnt_restored(client, people, both):
    merged = Merged(people, both=both, confirmed=True)
    save_partnership(partnership=merged.record, by=people.editor, fields={"kind": "organizing"})
    lost = merged.undo()
    assert merged.seat(lost).state == "recorded"
    assert "Harbour Tenants" not in client.get(f"/partnerships/{merged.record.public_id}/").content.decode()
    merged.remove_and_add(lost)
    assert merged.seat(lost).state == "recorded"


@pytest.mark.parametrize("both", [True, False])
def test_a_yes_to_organizing_holds_for_the_seat_that_it_was_given_for(people, both):
    merged = Merged(people, both=both)
    save_partnership(partnership=merged.record, by=people.editor, fields={"kind": "organizing"})
    confirm_seat(party=merged.seat(merged.kept), by=SYSTEM)
    lost = merged.undo()
    assert merged.seat(lost).state == ("recorded" if both else "confirmed")


@pytest.mark.parametrize("both", [True, False])
def test_a_yes_from_before_the_merge_to_what_was_organizing_then_holds(people, both):
    merged = Merged(people, both=both, confirmed=True, kind="organizing")
    assert merged.seat(merged.undo()).state == "confirmed"


def test_a_yes_since_is_of_the_seat_that_stays(people):
    merged = Merged(people)
    confirm_seat(party=merged.seat(merged.kept), by=SYSTEM)
    lost = merged.undo()
    assert (merged.seat(merged.kept).state, merged.seat(lost).state) == ("confirmed", "recorded")


def test_a_dispute_of_the_record_is_one_of_both(people):
    merged = Merged(people, confirmed=True)
    editor = editor_of(merged.kept)
    confirm_record(party=merged.seat(merged.kept), by=editor)
    dispute_record(party=merged.seat(merged.kept), by=editor, words="We left.")
    lost = merged.undo()
    said = [last_statement(merged.seat(one)) for one in (merged.kept, lost)]
    assert [(one.verdict, one.words, one.by) for one in said] == [("disputed", "We left.", editor)] * 2


def test_a_no_to_publishing_a_round_is_one_of_both(db):
    board = Board()
    board.ask(1, 1, 1)
    board.close()
    parties, (kept, lost) = board.parties, board.organizations

    def decide(party, agrees):
        publishing.decide(survey_round=Round.objects.get(), by=SYSTEM, party=party, agrees=agrees)

    for party_ in parties:
        decide(party_, True)
    made = merging.merge(kept=kept, lost=lost, by=SYSTEM, versions=(None, None))
    decide(parties[1], False)
    merging.undo_merge(merge=made, kept=Organization.objects.get(pk=kept.pk), by=SYSTEM)
    said = dict(PublishingWord.objects.values_list("party", "agrees"))
    assert [said[party_.pk] for party_ in parties] == [True, False, False]


@pytest.mark.both
def test_someone_who_was_removed_since_belongs_to_neither(people):
    merged = Merged(people, members=("manager", "manager"))
    remove_member(by=SYSTEM, membership=merged.kept.memberships.get(person=merged.person))
    lost = merged.undo()
    assert Membership.objects.filter(person=merged.person, organization__in=[merged.kept, lost]).count() == 0


def test_the_email_domain_of_neither_brings_back_someone_who_was_removed_since(people):
    merged, manager = Merged(people, members=("reader", "reader")), make_person("manager@harbor.example")
    Person.objects.filter(pk=merged.person.pk).update(email="theirs@harbor.example")
    remove_member(by=SYSTEM, membership=merged.kept.memberships.get(person=merged.person))
    lost = merged.undo()
    lost.memberships.create(person=manager, role="manager")
    Organization.objects.filter(pk=lost.pk).update(mail_domain="harbor.example", website="https://harbor.example/")
    lost.refresh_from_db()
    removed, new = Person.objects.get(pk=merged.person.pk), make_person("new@harbor.example")
    assert [is_approved_by_domain(person, lost) for person in (removed, new)] == [False, True]


@pytest.mark.parametrize(
    ("members", "since", "expected"),
    [
        (("manager", "manager"), "reader", "reader"),
        (("manager", "editor"), "reader", "reader"),
        (("manager", "reader"), "editor", "reader"),
        (("reader", "manager"), "", "manager"),
        (("reader", "manager"), "editor", "manager"),
    ],
)
def test_a_role_that_was_lowered_since_is_lower_in_both(people, members, since, expected):
    merged = Merged(people, members=members)
    if since:
        change_role(by=SYSTEM, membership=merged.kept.memberships.get(person=merged.person), role=since)
    assert merged.undo().memberships.get(person=merged.person).role == expected
