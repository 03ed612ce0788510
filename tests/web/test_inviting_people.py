"""Invitations with a note and a language, the search in a list of users, names, and claims without an office."""

import pytest
from django.urls import reverse

from partnerships.accounts import claims, member_actions
from partnerships.core.errors import ValidationError
from partnerships.models import Claim, Email, Invitation, Membership
from partnerships.notifications import emails, recipients
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def test_an_invitation_says_who_sent_it_and_why_in_the_language_chosen(client, people):
    client.force_login(people.administrator)
    page = reverse("jurisdiction_invite", args=[people.office.public_id])
    given = {"email": "new@example.org", "role": "editor", "note": "Join us for spring.", "language": "es"}
    assert client.post(page, given).status_code == 302
    invitation = Invitation.objects.get(person__email="new@example.org")
    assert (invitation.note, invitation.person.language) == ("Join us for spring.", "es")
    shown = client.get(reverse("jurisdiction_people", args=[people.office.public_id])).content.decode()
    assert "Join us for spring." in shown
    assert str(people.administrator) in shown.split('id="open"')[1]
    email = Email.objects.get(kind="invitation")
    assert "escribió: “Join us for spring.”" in emails.render(email, recipients.find(email.recipient)).text
    client.force_login(invitation.person)
    answer = client.get(reverse("invitation", args=[invitation.pk])).content.decode()
    assert "Join us for spring." in answer
    assert people.administrator.name in answer


def test_the_language_of_someone_with_a_name_stays(people):
    known = make_person("known@example.org", name="Known", language="en")
    member_actions.invite(
        by=people.administrator, body=people.office, address=known.email, role="reader", language="es"
    )
    known.refresh_from_db()
    assert known.language == "en"
    with pytest.raises(ValidationError):
        member_actions.invite(
            by=people.administrator, body=people.office, address="a@example.org", role="reader", language="xx"
        )


def test_a_long_list_of_users_can_be_searched(client, people):
    for n in range(12):
        person = make_person(f"colleague-{n}@example.org", name=f"Colleague {n}")
        Membership.objects.create(person=person, jurisdiction=people.office, role="reader")
    client.force_login(people.administrator)
    page = reverse("jurisdiction_people", args=[people.office.public_id])
    assert 'name="q"' in client.get(page).content.decode()
    found = client.get(page, {"q": "COLLEAGUE 7"}).content.decode()
    assert "colleague-7@example.org" in found
    assert "colleague-8@example.org" not in found
    assert "No users match" in client.get(page, {"q": "zzz"}).content.decode()


def test_who_has_no_name_is_asked_for_it(client, people):
    person = make_person("nameless@example.org")
    client.force_login(person)
    account = client.get(reverse("account")).content.decode()
    assert "What’s your name?" in account
    assert client.post(reverse("account_name"), {"name": "  "}).status_code == 422
    assert client.post(reverse("account_name"), {"name": "New name"}).status_code == 302
    person.refresh_from_db()
    assert person.name == "New name"
    assert "What’s your name?" not in client.get(reverse("account")).content.decode()


def test_a_claim_asks_for_a_name_and_one_without_an_office_goes_to_administrators(client, people):
    person = make_person("nameless@example.org")
    client.force_login(person)
    page = reverse("organization_propose")
    given = {"name": "Lake readers", "position": "Director", "evidence": "See our website."}
    assert "Your name" in client.get(page).content.decode()
    assert client.post(page, given | {"own_name": "New name"}).status_code == 302
    person.refresh_from_db()
    assert person.name == "New name"
    claim = Claim.objects.get(person=person)
    assert claim.office is None
    assert claims.deciders(claim) == [people.administrator]
    made = claims.approve_claim(claim=claim, by=people.administrator)
    assert made.organization.kept_by is None
