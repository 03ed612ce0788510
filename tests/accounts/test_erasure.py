"""An erased person leaves nothing, and others keep what is theirs. bench/figures/qd4.py tries it on both databases."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from partnerships.accounts import member_actions
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotFound
from partnerships.directory.actions import save_organization
from partnerships.models import Change, Contact, Email, Invitation, Person
from partnerships.notifications import email_deletion
from partnerships.records import merging_people, privacy, retention
from partnerships.web.account import sign_in
from tests import erasure
from tests.factories import make_organization, make_person
from tests.signing_in import ask, wait_for_emails
from tests.snapshots import snapshot_fixture
from tests.web.test_editing import fields_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both, pytest.mark.slow]


@pytest.fixture(autouse=True)
def set_up(settings, tmp_path, monkeypatch):
    settings.VAR_DIR, settings.MAIL_DIR, settings.EMAIL_URL = tmp_path, tmp_path / "mail", ""
    monkeypatch.setattr(sign_in, "A_MOMENT", 0)


def test_no_canary_is_left_anywhere(people):
    found = erasure.trial(people)
    assert sum(of["canaries"] for of in found.values()) >= 50
    assert {way: of["never there"] for way, of in found.items() if of["never there"]} == {}
    assert {way: of["left"] for way, of in found.items() if of["left"]} == {}


@snapshot_fixture
def group(people):
    """It has a contact whose name and details are ordinary words, and a second contact with the same number."""
    desk = {"name": "Housing", "email": "desk@example.org", "phone": "555-0100200", "note": "unlisted"}
    other = {"name": "Night desk", "email": "night@example.org", "phone": "555-0100200", "note": ""}
    made = make_organization("Neighbors", "unlisted", kept_by=people.office, contacts=[desk, other])
    save_organization(
        organization=made, by=SYSTEM, fields={"aims": "Housing"}, why="Housing wrote from desk@example.org"
    )
    make_organization("Housing", "unlisted", kept_by=people.office, contacts=[desk | {"email": "housing@example.org"}])
    return made


def test_words_of_others_that_are_the_same_stay(group, people):
    privacy.erase_contact(contact=group.contacts.get(name="Housing"), by=people.editor)
    made, wrote, erased = Change.objects.filter(public_id=group.public_id).order_by("pk")
    gone, other = made.after["contacts"]
    assert [gone[name] for name in ("name", "email", "phone", "note")] == [privacy.ERASED] * 4
    assert (other["name"], other["email"], other["phone"]) == ("Night desk", "night@example.org", "555-0100200")
    assert (made.after["listing"], wrote.after, wrote.why) == (
        "unlisted",
        {"aims": "Housing"},
        f"Housing wrote from {privacy.ERASED}",
    )
    assert [row["name"] for row in erased.after["contacts"]] == ["Night desk"]
    twin = Change.objects.get(after__name="Housing")
    assert [twin.after["contacts"][0][name] for name in ("name", "phone", "note")] == [
        "Housing",
        "555-0100200",
        "unlisted",
    ]


def test_an_open_form_brings_no_one_back(group, people):
    client, page = Client(), f"/organizations/{group.public_id}/edit/"
    client.force_login(people.editor)
    held = fields_of(client.get(page))
    privacy.erase_contact(contact=group.contacts.get(name="Housing"), by=people.editor)
    assert client.post(page, held | {"aims": "Homes"}).status_code == 409
    assert [contact.name for contact in group.contacts.all()] == ["Night desk"]


def test_contacts_with_their_address_go_only_when_they_say_so(group):
    client = Client()
    for sent, left in (({}, ["Housing", "Night desk"]), ({"contacts": "on"}, ["Night desk"])):
        client.force_login(make_person("desk@example.org", name="Someone"))
        page = client.get("/account/erase/").content.decode()
        assert "Your address is also a contact of Neighbors." in page
        assert client.post("/account/erase/", {"address": "desk@example.org"} | sent).status_code == 302
        assert [contact.name for contact in group.contacts.order_by("name")] == left
    client.force_login(make_person("nobody@example.org"))
    assert "also a contact" not in client.get("/account/erase/").content.decode()
    assert Contact.objects.filter(email="housing@example.org").exists()


def test_an_account_that_only_an_invitation_made_goes_with_it(people):
    ask_for = {"by": people.administrator, "body": people.office, "role": "reader"}
    for address in ("never@example.org", "came@example.org", people.stranger.email):
        member_actions.invite(address=address, **ask_for)
    Person.objects.exclude(email="never@example.org").update(last_login=clock.now())
    retention.set_rules(jurisdiction=people.office, by=SYSTEM, days={"invitations": 30})
    with time_machine.travel(clock.now() + timedelta(days=45)):
        retention.apply_rules()
        assert Invitation.objects.count() == 3  # ended 15 days ago, so it's kept
    with time_machine.travel(clock.now() + timedelta(days=75)):
        retention.apply_rules()
    assert not Invitation.objects.exists()
    left = Person.objects.filter(email__in=("never@example.org", "came@example.org", people.stranger.email))
    assert sorted(left.values_list("email", flat=True)) == ["came@example.org", people.stranger.email]


def test_an_account_that_was_merged_meanwhile_is_not_found(people):
    kept, gone = make_person("kept@example.org", name="Kept"), make_person("gone@example.org", name="Kept")
    stale = Person.objects.get(pk=gone.pk)
    merging_people.merge(kept=kept, lost=gone, by=people.administrator)
    with pytest.raises(NotFound):
        privacy.erase_person(person=stale, by=stale)


def test_sign_in_emails_are_deleted_after_thirty_days(settings):
    ask(Client(), "someone@example.org")
    wait_for_emails()
    assert (Email.objects.count(), len(list(settings.MAIL_DIR.iterdir()))) == (1, 1)
    for days, left in ((29, 1), (31, 0)):
        with time_machine.travel(clock.now() + timedelta(days=days)):
            email_deletion.delete_sign_in_emails()
        assert (Email.objects.count(), len(list(settings.MAIL_DIR.iterdir()))) == (left, left)
