"""The checklist of a new office on the home page: it follows the data, and goes away when it's done or hidden."""

import pytest
from django.urls import reverse

from partnerships.accounts.member_actions import invite
from partnerships.insight.first_steps import IMPORT, OFFICE, PARTNER, ROUND, STAFF, first_steps_of
from partnerships.models import Jurisdiction, Membership, Round, SeatConsent
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    person = factories.make_person("new-manager@example.org")
    office = factories.make_jurisdiction("City of Newton")
    Membership.objects.create(person=person, jurisdiction=office, role="manager")
    return person


def office_of(person):
    return Jurisdiction.objects.get(memberships__person=person)


def home(client):
    return client.get(reverse("home")).content.decode()


def test_each_step_checks_itself_off_and_the_list_goes_away(client, manager):
    office = office_of(manager)
    client.force_login(manager)
    assert first_steps_of(manager).done == frozenset()
    assert "0 of 5 done" in home(client)
    Jurisdiction.objects.filter(pk=office.pk).update(about="Works for racial equity.")
    assert first_steps_of(manager).done == {OFFICE}
    invite(by=manager, body=office, address="coworker@example.org", role="editor")
    assert first_steps_of(manager).done == {OFFICE, STAFF}
    there = factories.make_organization("Lake readers", kept_by=office)
    assert first_steps_of(manager).done == {OFFICE, STAFF, IMPORT}
    shown = home(client)
    assert "3 of 5 done" in shown
    assert reverse("partnership_new") in shown
    partnership = factories.make_partnership(lead=office)
    assert reverse("round_new", args=[partnership.public_id]) in home(client)
    SeatConsent.objects.create(partnership=partnership, organization=there, state="invited", at=partnership.created_at)
    assert first_steps_of(manager).done == {OFFICE, STAFF, IMPORT, PARTNER}
    on = partnership.created_at
    Round.objects.create(
        partnership=partnership,
        title="Spring",
        closes_on=on.date(),
        closes_at=on,
        public_id="R-000001-1",
        created_at=on,
        updated_at=on,
    )
    assert first_steps_of(manager).done == {OFFICE, STAFF, IMPORT, PARTNER, ROUND}
    assert "of 5 done" not in home(client)


def test_a_manager_hides_the_list_and_shows_it_again(client, manager):
    client.force_login(manager)
    page = reverse("account_first_steps")
    assert client.post(page, {}).url == reverse("home")
    assert "of 5 done" not in home(client)
    assert client.post(page, {"shown": "on"}).status_code == 302
    assert "0 of 5 done" in home(client)


def test_only_managers_of_offices_and_administrators_have_first_steps(client, people):
    for person in (people.editor, people.reader, people.stranger, people.partner):
        client.force_login(person)
        assert "of 5 done" not in home(client)


def test_the_first_administrator_chooses_an_office(client):
    client.force_login(factories.make_person("first@example.org", is_administrator=True))
    shown = home(client)
    assert "Choose your office" in shown
    assert reverse("jurisdictions") in shown
    assert reverse("site_texts") in shown
    office = factories.make_jurisdiction("City of Newton")
    manager = factories.make_person("new-manager@example.org")
    Membership.objects.create(person=manager, jurisdiction=office, role="manager")
    shown = home(client)
    assert reverse("jurisdiction_edit", args=[office.public_id]) in shown
    assert "1 of 5 done" in shown  # its manager is there
