"""An organization that another side entered gives no score, until a partner of its own side says that it knows it."""

from datetime import timedelta

import pytest
from django.test import Client

from partnerships.accounts.claims import approve_claim, make_claim
from partnerships.assessment import entered_organizations, respondent_lists, rounds
from partnerships.assessment.choices import ScoreState
from partnerships.core import clock
from partnerships.core.errors import NotAllowed, ValidationError
from partnerships.directory.actions import save_organization
from partnerships.models import (
    AskedParty,
    Change,
    Email,
    Membership,
    Objection,
    Organization,
    Person,
    Round,
    RoundSide,
    Vouch,
)
from partnerships.notifications import emails, recipients
from tests.assessment.conftest import Board, days_later, scores
from tests.assessment.test_round_timeline import link_of
from tests.factories import answer_seats, in_days, make_organization, make_person
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
NOT_VOUCHED = (ScoreState.NOT_VOUCHED, None)


@snapshot_fixture
def table(people):
    """A board whose city entered the second organization. The first one has an editor, and its own side knows it."""
    board = Board(lead=people.office)
    board.staff, board.first = people.editor, people.partner
    Membership.objects.filter(person=board.first).delete()
    Membership.objects.create(person=board.first, organization=board.organizations[0], role="editor")
    enter(board, 1)
    return board


def enter(board, number, by=None):
    """Let the city's staff have added the record of an organization."""
    rows = Change.objects.filter(record_type="organization", record_id=board.organizations[number].pk, verb="create")
    rows.update(by=by or board.staff)


def sham(board, *counts, level=4):
    """Ask these numbers of people of each partner, let them answer all alike, and open the answers. Returns the scores."""
    board.ask(*counts)
    for number, count in enumerate(counts):
        board.all_say(number, *[level] * count)
    board.close()
    return scores(board.round)


def vouch(board, by=None, **more):
    respondent_lists.vouch_for(survey_round=board.round, party=board.parties[2], by=by or board.first, **more)


# A city that makes up a partner


def test_a_city_that_enters_an_organization_with_three_contacts_gets_no_score_by_it(table):
    assert sham(table, 1, 0, 3)["community"] == NOT_VOUCHED
    assert RoundSide.objects.get(round=table.round, key="community").has_unvouched


@pytest.mark.parametrize("count", [1, 2])
def test_nor_do_one_or_two_people_of_it_answer_on_the_record(table, count):
    assert sham(table, 1, 0, count)["community"] == NOT_VOUCHED


def test_nor_does_it_complete_the_three_of_a_side_with_two_real_people(table):
    assert sham(table, 1, 2, 1)["community"] == NOT_VOUCHED


def test_next_to_three_real_people_it_makes_the_score_low_middle_or_high(table):
    table.ask(1, 5, 1)
    table.all_say(0, 3)
    table.all_say(1, 0, 0, 0, 1, 1)
    table.all_say(2, 4)
    table.close()
    score = RoundSide.objects.get(round=table.round, key="community").scores.get(item="decisions")
    assert (score.standing, score.median, score.is_band, score.is_wide) == (ScoreState.SHOWN, 1.0, True, None)


def test_as_many_made_up_answers_as_real_ones_show_nothing(table):
    assert sham(table, 1, 3, 3)["community"] == NOT_VOUCHED


def test_neither_does_an_organization_whose_first_member_the_city_let_in(people):
    """Its record was there before, and the city approved the claim of its first manager."""
    board = Board(lead=people.office)
    board.staff = people.editor
    organization = board.organizations[1]
    Organization.objects.filter(pk=organization.pk).update(kept_by=board.lead)
    organization.refresh_from_db()
    claim = make_claim(
        by=make_person("claims@example.org"),
        organization=organization,
        fields={"position": "Chair", "evidence": "I am"},
    )
    approve_claim(claim=claim, by=board.staff)
    assert sham(board, 1, 0, 3)["community"] == NOT_VOUCHED


def test_nor_one_whose_first_manager_confirmed_the_seat_with_an_address_of_the_city(people):
    """The manager pressed “yes”, and the city had given the address for the organization."""
    board = Board(lead=people.office)
    manager = make_person("first@example.org")
    board.organizations[1].memberships.create(person=manager, role="manager", address_given_by=board.lead)
    assert sham(board, 1, 0, 3)["community"] == NOT_VOUCHED
    board.round.delete()
    board.organizations[1].memberships.update(address_given_by=people.other_office)
    assert sham(board, 1, 0, 3)["community"] != NOT_VOUCHED


def test_nor_one_whose_contact_the_city_typed(people):
    board = Board(lead=people.office)
    organization = board.organizations[1]
    rows = [{"id": one.pk} for one in organization.contacts.all()]
    new = {"name": "Made up", "email": "made-up@example.org"}
    Organization.objects.filter(pk=organization.pk).update(kept_by=board.lead)
    organization.refresh_from_db()
    save_organization(organization=organization, by=people.editor, fields={}, contacts=[*rows, new])
    seat, contacts = board.parties[2], list(organization.contacts.all())
    board.desks[seat] = [one for one in contacts if one.email != "made-up@example.org"]
    board.ask(1, 0, 3)
    assert entered_organizations.unvouched_parties(board.round) == {}  # the contact isn't asked
    board.round.delete()
    board.desks[seat] = [one for one in contacts if one.email == "made-up@example.org"]
    assert sham(board, 1, 0, 1)["community"] == NOT_VOUCHED


def test_someone_who_left_the_city_since_entered_it_all_the_same(table):
    log = {"verb": "members", "record_type": "jurisdiction", "record_id": table.lead.pk, "public_id": ""}
    Change.objects.create(
        **log, at=clock.now(), before={"members": []}, after={"members": [[table.staff.pk, "editor"]]}
    )
    Membership.objects.filter(person=table.staff).delete()
    assert sham(table, 1, 0, 3)["community"] == NOT_VOUCHED


def test_what_a_city_that_is_not_at_the_table_entered_counts(people, table):
    enter(table, 1, by=people.other_editor)
    assert sham(table, 1, 0, 3)["community"] == (ScoreState.SHOWN, 3.0)


# Its own side knows it


def test_once_a_partner_of_its_side_vouches_in_one_press_it_counts(table):
    table.ask(1, 1, 3)
    client = Client()
    client.force_login(table.first)
    page = f"/rounds/{table.round.public_id}/"
    text = client.get(page).content.decode()
    assert "Neighbors 1 was entered by City of Minneapolis. Does anyone of your side know them?" in text
    answer = client.post(f"{page}people/{table.parties[2].pk}/known/", {"vouch": "1"}, follow=True).content.decode()
    assert "Saved. The answers of Neighbors 1 count now." in answer
    row = Vouch.objects.get()
    assert (row.organization, row.partnership, row.party, row.by) == (
        table.organizations[1], table.partnership, table.parties[1], table.first,
    )  # fmt: skip
    for number, count in ((0, 1), (1, 1), (2, 3)):
        table.all_say(number, *[4] * count)
    assert scores(table.round)["community"] == (ScoreState.SHOWN, 3.0)


def test_a_partner_withdraws_its_vouch_until_the_answers_open(table):
    table.ask(1, 1, 3)
    vouch(table)
    vouch(table, wanted=False)
    assert (Vouch.objects.count(), table.parties[2].pk in entered_organizations.unvouched_parties(table.round)) == (
        0,
        True,
    )
    vouch(table)
    table.close()
    with pytest.raises((NotAllowed, ValidationError)):
        vouch(table, wanted=False)
    assert Vouch.objects.count() == 1


def refused(board, by):
    with pytest.raises(NotAllowed):
        vouch(board, by=by)
    assert not Vouch.objects.exists()


def test_no_other_side_no_administrator_and_not_the_organization_itself_vouches(people, table):
    own = make_person("own@example.org")
    Membership.objects.create(person=own, organization=table.organizations[1], role="manager")
    table.ask(1, 1, 3)
    for by in (table.staff, people.administrator, people.stranger, own):
        refused(table, by)


def test_a_partner_that_has_not_confirmed_its_seat_does_not_vouch(table):
    table.ask(1, 0, 3)
    answer_seats(table.partnership, "recorded")
    refused(table, table.first)


def test_a_partner_that_needs_a_vouch_itself_does_not_vouch(table):
    enter(table, 0)
    table.ask(1, 1, 3)
    refused(table, table.first)


def test_who_also_belongs_to_the_city_does_not_vouch(table):
    table.ask(1, 1, 3)
    Membership.objects.create(person=table.first, jurisdiction=table.lead, role="reader")
    refused(table, Person.objects.get(pk=table.first.pk))


def test_an_organization_that_named_its_people_in_an_earlier_round_counts_60_days_later(table):
    own = make_person("own@example.org")
    Membership.objects.create(person=own, organization=table.organizations[1], role="manager")
    assert sham(table, 1, 0, 3)["community"] == NOT_VOUCHED
    AskedParty.objects.filter(party=table.parties[2]).update(named_by=own)
    Round.objects.update(opened_at=clock.now() - timedelta(days=200))
    assert table.parties[2].pk in entered_organizations.unvouched_parties(table.round)  # named today
    AskedParty.objects.update(named_at=clock.now() - timedelta(days=61))
    assert entered_organizations.unvouched_parties(table.round) == {}
    Objection.objects.create(respondent=table.respondents_of(2)[0], party=table.parties[1])
    assert table.parties[2].pk in entered_organizations.unvouched_parties(table.round)


def test_a_round_from_before_the_check_keeps_what_it_told_people(table):
    table.ask(1, 0, 3)
    Round.objects.update(checks_who_entered=False)
    table.round.refresh_from_db()
    table.all_say(0, 3)
    table.all_say(2, 4, 4, 4)
    assert scores(table.round)["community"] == (ScoreState.SHOWN, 3.0)


# What people read


def test_respondents_and_the_starter_read_why_it_does_not_count_and_what_to_do(table):
    table.ask(1, 1, 3)
    client = Client()
    client.force_login(table.staff)
    text = " ".join(client.get(f"/rounds/{table.round.public_id}/").content.decode().split())
    assert "So answers for Neighbors 1 don’t count yet toward the three that a score needs." in text
    assert "Does anyone of your side know them?" not in text
    text = " ".join(Client().get(link_of(table.respondents_of(2)[0])).content.decode().split())
    assert "City of Minneapolis entered Neighbors 1 in this registry, and is on another side." in text


def test_every_partner_of_a_side_learns_who_another_one_named_and_how_to_object(people):
    board = Board(lead=people.office, others=[make_organization("Neighbors 2", "profiled")])
    by_number = {}
    for number, person in ((1, people.partner), (2, people.other_partner)):
        Membership.objects.filter(person=person).delete()
        Membership.objects.create(person=person, organization=board.organizations[number - 1], role="editor")
        by_number[number] = person
    asked = [(seat, "no one") for seat in board.parties]
    fields = {"title": "Fall round", "closes_on": in_days(30)}
    board.round = rounds.start_round(partnership=board.partnership, by=people.editor, fields=fields, asked=asked)
    named = board.desks[board.parties[1]][:2]
    respondent_lists.name_people(survey_round=board.round, by=by_number[1], party=board.parties[1], people=named)
    email = Email.objects.get(kind="round_named")
    assert email.recipient == f"person:{people.other_partner.pk}"  # no one of another side, and not its own people
    text = emails.render(email, recipients.read_recipient(people.other_partner), {}).text
    assert all(f"- {desk}, Neighbors 0" in text for desk in named)
    assert f"/rounds/{board.round.public_id}/" in text
    client = Client()
    client.force_login(people.other_partner)
    page = client.get(f"/rounds/{board.round.public_id}/").content.decode()
    assert page.count("Object<") == 2
    with days_later(1):
        respondent_lists.name_people(
            survey_round=board.round, by=by_number[1], party=board.parties[1], people=named[:1]
        )
    assert Email.objects.filter(kind="round_named").count() == 2
