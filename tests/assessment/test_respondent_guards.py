"""People asked in an open round keep their contact: no one can change its email address or remove it.

With another address, someone else would read their answers, and a removed contact takes its answers along.
"""

import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from partnerships.assessment import rounds
from partnerships.assessment.rules import lost_reason
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_department, save_organization
from partnerships.models import Answer, Contact, Membership, Organization, SideScore
from partnerships.records.privacy import erase_contact, erase_person
from partnerships.records.splitting import split
from tests.assessment.conftest import Board, days_later
from tests.factories import make_department, make_jurisdiction, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def userless_board(people, board):
    """A board whose first organization has no users, so the lead agency keeps its record. Three of its contacts answered."""
    board.keeper = people.member
    Membership.objects.create(person=board.keeper, jurisdiction=board.lead, role="editor")
    Organization.objects.filter(pk=board.organizations[0].pk).update(kept_by=board.lead)
    board.organization = Organization.objects.get(pk=board.organizations[0].pk)
    board.ask(1, 3)
    board.all_say(1, 1, 2, 3)
    board.contacts = [respondent.contact for respondent in board.respondents_of(1)]
    return board


def save_contacts(board, *, leave_out=(), **changes):
    """Save the organization's contacts as the lead agency's editor: without some, or with other fields of the first one."""
    rows = [{"id": one.pk} for one in board.organization.contacts.all() if one not in leave_out]
    for row in rows:
        row |= changes if row["id"] == board.contacts[0].pk else {}
    organization = Organization.objects.get(pk=board.organization.pk)
    return save_organization(organization=organization, by=board.keeper, fields={}, contacts=rows)


def test_an_office_gives_no_one_who_is_asked_another_mailbox(userless_board):
    with pytest.raises(ValidationError) as refused:
        save_contacts(userless_board, email=userless_board.keeper.email)
    (at,) = refused.value.error_dict
    assert (at.startswith("contacts-"), at.endswith("-email")) == (True, True)
    userless_board.contacts[0].refresh_from_db()
    assert userless_board.contacts[0].email.startswith("desk0-")


def test_an_office_removes_no_one_who_is_asked_and_so_no_answer(userless_board):
    with pytest.raises(ValidationError, match="Keep this contact until it closes"):
        save_contacts(userless_board, leave_out=userless_board.contacts)
    with pytest.raises(ValidationError, match="is asked in a round that is still open"):
        erase_contact(contact=userless_board.contacts[0], by=userless_board.keeper)
    assert (Answer.objects.count(), userless_board.organization.contacts.count()) == (3, 9)


def test_an_office_splits_no_one_who_is_asked_off_from_their_partner(userless_board):
    """Otherwise, it could choose who answers for the partner. With its own record, the partner moves both together."""
    organization, asked = userless_board.organization, [userless_board.contacts[0].pk]
    more = {"record": organization, "version": None, "name": "Elsewhere"}
    with pytest.raises(ValidationError, match="Keep this contact until it closes") as refused:
        split(by=userless_board.keeper, going={"contacts": asked}, **more)
    assert set(refused.value.error_dict) == {"contacts"}
    split(by=SYSTEM, going={"contacts": asked, "parties": [userless_board.parties[1].pk]}, **more)
    assert not lost_reason(userless_board.respondents_of(1)[0])


def test_the_page_says_so_and_keeps_the_contact(userless_board):
    client = Client()
    client.force_login(userless_board.keeper)
    answer = client.post(reverse("contact_erase", args=[userless_board.contacts[0].pk]), {"confirmed": "on"})
    assert (answer.status_code, Answer.objects.count()) == (422, 3)


def test_all_else_of_a_contact_and_everyone_who_is_not_asked_may_change(userless_board):
    other = userless_board.desks[userless_board.parties[1]][8]
    save_contacts(userless_board, leave_out=[other], name="Front desk", email=userless_board.contacts[0].email.upper())
    userless_board.contacts[0].refresh_from_db()
    assert (userless_board.contacts[0].name, userless_board.organization.contacts.count(), Answer.objects.count()) == (
        "Front desk",
        8,
        3,
    )


def test_once_the_round_has_closed_a_contact_may_change(userless_board):
    userless_board.close()
    save_contacts(userless_board, email="new@example.org")
    assert Contact.objects.get(pk=userless_board.contacts[0].pk).email == "new@example.org"


def test_people_erase_themselves_whatever_is_open(userless_board):
    person = make_person(userless_board.contacts[0].email)
    erase_person(person=person, by=person, contacts=True)
    assert (Contact.objects.filter(pk=userless_board.contacts[0].pk).exists(), Answer.objects.count()) == (False, 2)


def test_the_same_holds_for_contacts_of_departments(people):
    lead = make_jurisdiction("City of Round Lake")
    department = make_department(lead)
    board = Board(lead=lead, organizations=1, others=[department])
    Membership.objects.create(person=people.member, jurisdiction=lead, role="editor")
    board.ask(0, 1, 1)
    with pytest.raises(ValidationError, match="is asked in a round that is still open"):
        save_department(department=department, by=people.member, fields={}, contacts=[])


# After the round has opened


def opened_page(board):
    board.round.erases_answers = False
    board.round.save(update_fields=["erases_answers"])
    board.close()
    client = Client()
    client.force_login(board.keeper)
    return lambda: client.get(f"/rounds/{board.round.public_id}/").content.decode()


def without_tokens(page) -> str:
    """Return the page without tokens and ids of one request."""
    return re.sub(r'name="(csrfmiddlewaretoken|form_key)" value="[\w-]+"', "", page)


def test_an_opened_round_stays_as_it_is_when_a_contact_is_removed(userless_board):
    page = opened_page(userless_board)
    before, scores = without_tokens(page()), list(SideScore.objects.order_by("pk").values())
    assert "3 people" in before
    save_contacts(userless_board, leave_out=userless_board.contacts)
    erase_contact(
        contact=Contact.objects.get(pk=userless_board.desks[userless_board.parties[1]][5].pk), by=userless_board.keeper
    )
    assert without_tokens(page()) == before
    assert (Answer.objects.count(), list(SideScore.objects.order_by("pk").values())) == (3, scores)
    assert userless_board.round.respondents.filter(contact=None, took_part=True).count() == 3


def test_who_erases_themselves_takes_their_answers_and_changes_no_opened_round(userless_board):
    page = opened_page(userless_board)
    before = without_tokens(page())
    person = make_person(userless_board.contacts[0].email)
    erase_person(person=person, by=person, contacts=True)
    assert without_tokens(page()) == before
    assert Answer.objects.count() == 2
    respondent = userless_board.round.respondents.get(contact=None)
    assert (respondent.took_part, respondent.person, respondent.digest) == (True, None, "")


@pytest.mark.parametrize("way", ["removed", "erased"])
def test_removing_a_contact_between_two_rounds_opens_no_exact_score(userless_board, way):
    """If two rounds differ in one or two people, they show bands. A person who was removed still counts."""
    opened_page(userless_board)
    for one in userless_board.contacts:
        one = Contact.objects.get(pk=one.pk)
        erase_contact(contact=one, by=SYSTEM if way == "erased" else userless_board.keeper)
    again = [
        userless_board.organization.contacts.create(name=one.name, email=one.email)
        for one in userless_board.contacts[:2]
    ]
    userless_board.desks[userless_board.parties[1]] = [*again, userless_board.desks[userless_board.parties[1]][3]]
    with days_later(100):
        userless_board.ask(1, 3)
        userless_board.all_say(1, 1, 2, 3)
        with days_later(40):
            rounds.open_due()
    assert userless_board.round.sides.get(key="community").bands_only


def test_a_contact_that_went_to_another_record_answers_for_its_partner_no_more(userless_board):
    """This happens when the organization is split and the seat stays with the old record."""
    respondent = userless_board.round.respondents.filter(contact=userless_board.contacts[0]).get()
    assert lost_reason(respondent) == ""
    Contact.objects.filter(pk=respondent.contact_id).update(organization=userless_board.organizations[1])
    respondent = userless_board.round.respondents.get(pk=respondent.pk)
    assert lost_reason(respondent) == "They no longer have a role at the partner that they answer for."
