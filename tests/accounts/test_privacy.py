"""A person's own data: a complete copy on request, and nothing left after the erasure."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.test import Client

from partnerships.accounts.actions import suspend
from partnerships.accounts.token_actions import make_token
from partnerships.core import clock
from partnerships.core.errors import NotAllowed
from partnerships.directory import suggestions
from partnerships.directory.actions import save_organization
from partnerships.mail.transport import path_of
from partnerships.meetings import meetings
from partnerships.models import Change, Contact, Email, Invitation, Membership, Person
from partnerships.records import privacy
from partnerships.registry import actions as registry
from partnerships.registry import own_part, statements
from tests.factories import make_jurisdiction, make_meeting, make_organization, make_partnership, make_person, party

NAME, ADDRESS = "Quetzal Canary", "quetzal.canary@example.org"


def everything() -> str:
    """Return every row of every table as text."""
    rows = (row for model in apps.get_models(include_auto_created=True) for row in model.objects.all().values_list())
    return "\n".join(map(str, rows))


@pytest.fixture
def traced_person(people, settings, tmp_path):
    """Someone who has left a trace wherever a person can."""
    settings.MAIL_DIR, settings.EMAIL_URL = tmp_path, ""
    person = make_person(ADDRESS, name=NAME)
    Membership.objects.create(person=person, jurisdiction=people.office, role="editor")
    now = clock.now()
    Invitation.objects.create(
        person=person, organization=people.organization, sent_at=now, expires_at=now + timedelta(days=30)
    )
    partnership = make_partnership("Shared work", lead=people.office, parties=[party(people.office, "lead")])
    meeting = make_meeting(partnership, title="Table", people=[person, people.editor])
    meetings.save_meeting(meeting=meeting, by=person, fields={"title": "Round table"}, why=f"Asked by {ADDRESS}")
    record = make_organization("Listed", "profiled", kept_by=people.office)
    suggestions.suggest(by=None, kind="correct", organization=record, words="Look", address=ADDRESS)
    client = Client(HTTP_USER_AGENT="Canary browser")
    client.force_login(person)
    person.usersession_set.create(ip="192.0.2.77", session_key=client.session.session_key, user_agent="Canary browser")
    person.authenticator_set.create(type="webauthn", data={"name": "Canary phone", "credential": {}})
    person.socialaccount_set.create(provider="oidc", uid="canary-number")
    for email in Email.objects.filter(recipient=f"person:{person.pk}"):
        path_of(tmp_path, email.message_id).write_text(f"To: {ADDRESS}")
    return person, client


def test_the_copy_holds_what_is_kept(traced_person):
    _, client = traced_person
    answer = client.get("/account/data.json")
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert answer["Cache-Control"].startswith("private, no-store")
    found = json.loads(answer.content)
    assert found["account"]["email"] == ADDRESS
    assert {name: len(found[name]) for name in ("memberships", "invitations", "meetings", "suggestions", "signed_in")} == {
        "memberships": 1, "invitations": 1, "meetings": 1, "suggestions": 1, "signed_in": 1,
    }  # fmt: skip
    assert [(row["type"], row["name"]) for row in found["second_steps"]] == [("webauthn", "Canary phone")]
    assert [(row["provider"], row["uid"]) for row in found["provider_accounts"]] == [("oidc", "canary-number")]
    (change,) = found["changes"]
    assert (change["what"], change["why"], sorted(change)) == (
        "update",
        f"Asked by {ADDRESS}",
        ["at", "record", "what", "why"],
    )
    assert client.session.session_key not in answer.content.decode()


def test_it_has_what_they_wrote_for_an_organization_while_they_belong_to_it(people):
    parties = [party(people.office, "lead"), party(people.organization, "member")]
    record = make_partnership("Shared work", lead=people.office, parties=parties)
    row = record.parties.get(organization=people.organization)
    own_part.save_note(party=row, by=people.partner, text="Watch the budget", version=0)
    statements.dispute_record(party=row, by=people.partner, words="We began it")
    people.organization.contacts.create(name="Our desk", email=people.partner.email)

    def copy():
        found = privacy.own_data(Person.objects.get(pk=people.partner.pk))
        return (
            [row["text"] for row in found["notes"]],
            [row["name"] for row in found["contacts"]],
            found["confirmations"],
        )

    notes, contacts, (statement,) = copy()
    assert (notes, contacts, statement["words"]) == (["Watch the budget"], ["Our desk"], "We began it")
    people.partner.memberships.all().delete()
    assert copy()[:2] == ([], ["Our desk"])


def test_the_copy_takes_nothing_along_that_an_office_keeps(traced_person, people):
    person, client = traced_person
    draft = make_partnership("Not yet shown", lead=people.office, published=False, internal_notes="Tense")
    registry.save_partnership(partnership=draft, by=person, fields={"internal_notes": "Very tense"}, why="As agreed")
    place = person.memberships.get()
    place.delete()
    found = client.get("/account/data.json").content.decode()
    assert [entry["record"] for entry in json.loads(found)["changes"]][-1] == draft.public_id
    for words in ("tense", "Tense", "Round table", "Not yet shown"):
        assert words not in found


def test_nothing_is_left_after_erasure(traced_person, settings, django_capture_on_commit_callbacks):
    person, client = traced_person
    before = everything()
    assert NAME in before
    assert ADDRESS in before
    assert "192.0.2.77" in before
    assert list(settings.MAIL_DIR.iterdir())
    with django_capture_on_commit_callbacks(execute=True):
        privacy.erase_person(person=person, by=person)
    after = everything()
    for trace in (NAME, ADDRESS, "192.0.2.77", "Canary browser", "Canary phone", "canary-number"):
        assert trace not in after
    assert not [path for path in settings.MAIL_DIR.iterdir() if ADDRESS in path.read_text()]
    assert client.get("/account/").status_code == 302
    changed = Change.objects.filter(record_type="meeting").latest("pk")
    assert (changed.by, changed.why) == (None, f"Asked by {privacy.ERASED}")
    assert changed.after["title"] == "Round table"


def test_what_became_of_the_account_goes_with_it(people):
    suspend(by=people.administrator, person=people.partner, why="Sent angry letters to Quetzal.")
    make_token(by=people.stranger, name="Quetzal copy", days=30)
    for person in (people.partner, people.stranger):
        privacy.erase_person(person=person, by=people.administrator)
    assert "Quetzal" not in everything()
    assert [entry.verb for entry in Change.objects.filter(record_type="person")] == ["erase", "erase"]


def test_others_keep_what_is_theirs(traced_person, people):
    person, _ = traced_person
    privacy.erase_person(person=person, by=people.administrator)
    editor = Person.objects.get(pk=people.editor.pk)
    assert (editor.email, editor.memberships.count()) == ("editor@example.org", 1)
    assert Email.objects.filter(recipient=f"person:{editor.pk}").exists()


@pytest.mark.parametrize("role", ["editor", "reader", "stranger", "partner"])
def test_no_one_else_erases_a_person(traced_person, people, role):
    person, _ = traced_person
    with pytest.raises(NotAllowed):
        privacy.erase_person(person=person, by=getattr(people, role))
    assert Person.objects.get(pk=person.pk).email == ADDRESS


def test_the_last_manager_hands_over_first(people):
    manager = make_person("last.manager@example.org")
    Membership.objects.create(person=manager, organization=people.organization, role="manager")
    with pytest.raises(ValidationError, match="last manager of Tenants"):
        privacy.erase_person(person=manager, by=manager)
    privacy.erase_person(person=manager, by=people.administrator)
    assert not Person.objects.get(pk=manager.pk).is_active


def test_the_only_user_of_an_organization_can_leave_it_without_a_manager(people):
    """There is no one to hand it over to, and everyone may erase their account."""
    person = make_person("only.user@example.org")
    group = make_organization("Renters", "named", kept_by=people.office, listing_source="A report")
    Membership.objects.create(person=person, organization=group, role="manager")
    client = Client()
    client.force_login(person)
    says = "No one else has access to Renters. Its record stays, and someone else can ask to represent it."
    assert says in client.get("/account/erase/").content.decode()
    assert client.post("/account/erase/", {"address": person.email})["Location"] == "/"
    assert (Person.objects.get(pk=person.pk).is_active, group.memberships.count()) == (False, 0)


def test_the_last_manager_of_several_users_hands_over_first(people):
    """Also one who is the only user of another organization."""
    person = make_person("last.manager@example.org")
    group = make_organization("Renters", "named", kept_by=people.office, listing_source="A report")
    Membership.objects.create(person=person, organization=group, role="manager")
    for office in ({"jurisdiction": make_jurisdiction("Town")}, {"organization": people.organization}):
        role = Membership.objects.create(person=person, role="manager", **office)
        with pytest.raises(ValidationError, match=r"last manager of (Town|Tenants)"):
            privacy.erase_person(person=person, by=person)
        role.delete()


def test_a_wrong_address_erases_nothing(traced_person):
    person, client = traced_person
    answer = client.post("/account/erase/", {"address": "someone@example.org"})
    assert (answer.status_code, "Nothing was erased" in answer.content.decode()) == (422, True)
    assert client.post("/account/erase/", {"address": ADDRESS.upper()})["Location"] == "/"
    assert not Person.objects.get(pk=person.pk).is_active


def test_an_erased_contact_leaves_the_history_too(people):
    record = make_organization("Listed", "named", kept_by=people.office, listing_source="A report")
    contact = {"name": NAME, "email": ADDRESS, "phone": "555-0177", "note": "Ring twice", "visible_to": "staff"}
    save_organization(organization=record, by=people.editor, fields={}, contacts=[contact])
    assert ADDRESS in everything()
    row = Contact.objects.get()
    with pytest.raises(NotAllowed):
        privacy.erase_contact(contact=row, by=people.reader)
    privacy.erase_contact(contact=row, by=people.editor)
    after = everything()
    for trace in (NAME, ADDRESS, "555-0177", "Ring twice"):
        assert trace not in after
    wrote, erased = Change.objects.filter(public_id=record.public_id, verb="update").order_by("pk")
    assert (wrote.by, erased.by, erased.why) == (people.editor, people.editor, "A contact was erased.")
    assert (wrote.after["contacts"][0]["name"], erased.after["contacts"]) == (privacy.ERASED, [])
