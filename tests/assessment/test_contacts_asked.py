"""Whoever is asked in an open round keeps their mailbox and their place: another mailbox would read what they answered, and a
contact that goes takes its answers along."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from partnerships.directory.actions import save_department, save_organization
from partnerships.models import Answer, Contact, Membership, Organization
from partnerships.records.privacy import erase_contact, erase_person
from tests.assessment.conftest import Board
from tests.make import make_department, make_jurisdiction, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(people, board):
    """A board whose first organization has no people of its own: the lead keeps its record. Three of its contacts answered."""
    board.keeper = people.member
    Membership.objects.create(person=board.keeper, jurisdiction=board.lead, role="editor")
    Organization.objects.filter(pk=board.organizations[0].pk).update(kept_by=board.lead)
    board.organization = Organization.objects.get(pk=board.organizations[0].pk)
    board.ask(1, 3)
    board.all_say(1, 1, 2, 3)
    board.contacts = [place.contact for place in board.places(1)]
    return board


def save(board, *, leave_out=(), **changes):
    """Saves the contacts of the organization as the lead's editor: without some of them, or with other fields of the first."""
    rows = [{"id": one.pk} for one in board.organization.contacts.all() if one not in leave_out]
    for row in rows:
        row |= changes if row["id"] == board.contacts[0].pk else {}
    organization = Organization.objects.get(pk=board.organization.pk)
    return save_organization(organization=organization, by=board.keeper, fields={}, contacts=rows)


def test_an_office_gives_no_one_who_is_asked_another_mailbox(kept):
    with pytest.raises(ValidationError) as refused:
        save(kept, email=kept.keeper.email)
    (at,) = refused.value.error_dict
    assert (at.startswith("contacts-"), at.endswith("-email")) == (True, True)
    kept.contacts[0].refresh_from_db()
    assert kept.contacts[0].email.startswith("desk0-")


def test_an_office_removes_no_one_who_is_asked_and_so_no_answer(kept):
    with pytest.raises(ValidationError, match="Keep this contact until it closes"):
        save(kept, leave_out=kept.contacts)
    with pytest.raises(ValidationError, match="is asked in a round that is still open"):
        erase_contact(contact=kept.contacts[0], by=kept.keeper)
    assert (Answer.objects.count(), kept.organization.contacts.count()) == (3, 9)


def test_the_page_says_so_and_keeps_the_contact(kept):
    client = Client()
    client.force_login(kept.keeper)
    answer = client.post(reverse("contact_erase", args=[kept.contacts[0].pk]), {"confirmed": "on"})
    assert (answer.status_code, Answer.objects.count()) == (422, 3)


def test_all_else_of_a_contact_and_everyone_who_is_not_asked_may_change(kept):
    other = kept.desks[kept.parties[1]][8]
    save(kept, leave_out=[other], name="Front desk", email=kept.contacts[0].email.upper())
    kept.contacts[0].refresh_from_db()
    assert (kept.contacts[0].name, kept.organization.contacts.count(), Answer.objects.count()) == ("Front desk", 8, 3)


def test_once_the_round_has_closed_a_contact_may_change(kept):
    kept.close()
    save(kept, email="new@example.org")
    assert Contact.objects.get(pk=kept.contacts[0].pk).email == "new@example.org"


def test_people_erase_themselves_whatever_is_open(kept):
    person = make_person(kept.contacts[0].email)
    erase_person(person=person, by=person, contacts=True)
    assert (Contact.objects.filter(pk=kept.contacts[0].pk).exists(), Answer.objects.count()) == (False, 2)


def test_the_same_holds_for_contacts_of_departments(people):
    lead = make_jurisdiction("City of Round Lake")
    department = make_department(lead)
    board = Board(lead=lead, organizations=1, others=[department])
    Membership.objects.create(person=people.member, jurisdiction=lead, role="editor")
    board.ask(0, 1, 1)
    with pytest.raises(ValidationError, match="is asked in a round that is still open"):
        save_department(department=department, by=people.member, fields={}, contacts=[])
