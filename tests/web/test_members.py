"""Pages of users: who sees what, what buttons do, and what is refused without losing what was typed."""

import re
from email import message_from_bytes

import pytest
from django.test import Client
from django.urls import reverse

from partnerships.accounts import member_actions
from partnerships.accounts.claims import deny_claim, make_claim
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict
from partnerships.directory import actions as directory
from partnerships.directory import snapshots
from partnerships.mail.message import compose
from partnerships.meetings.check_ins import save_check_in_plan
from partnerships.models import Change, Email, Invitation, Person
from partnerships.notifications import emails, recipients
from partnerships.web.frame import conflicts
from tests.browser.forms import values
from tests.factories import make_meeting, make_organization, make_partnership, make_person
from tests.signing_in import ask, last_email, wait_for_emails
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def group(people):
    body = make_organization("Neighbors", "unlisted")
    body.memberships.create(person=people.manager, role="manager")
    body.memberships.create(person=people.partner, role="editor")
    return body


def membership_of(group, person):
    return group.memberships.get(person=person)


def url(group, more=""):
    return f"/organizations/{group.public_id}/people/{more}"


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def page_text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_members_see_names_managers_see_addresses_strangers_nothing(group, people):
    names, whole = (signed_in(person).get(url(group)) for person in (people.partner, people.manager))
    for page in (names, whole):
        assert "Manager" in page_text(page)
        assert "Partner (you)" in page_text(names)
    assert ("manager@example.org" in page_text(names), "manager@example.org" in page_text(whole)) == (False, True)
    assert ("Invite" in page_text(names), "Invite someone" in page_text(whole)) == (False, True)
    assert Client().get(url(group)).status_code == 404
    # Someone who can read the organization's page and isn't a user of it.
    assert signed_in(people.partner).get(url(people.organization)).status_code == 200
    assert signed_in(people.stranger).get(url(people.organization)).status_code == 404


def test_the_organizations_page_links_to_its_users_for_them_only(group, people):
    page, link = f"/organizations/{people.organization.public_id}/", url(people.organization)
    assert f'href="{link}"' in signed_in(people.partner).get(page).content.decode()
    for person in (people.stranger, people.editor):
        assert link not in signed_in(person).get(page).content.decode()


def test_history_and_pages_never_show_an_address_in_place_of_a_name(group, people):
    nameless = make_person("nameless@example.org")
    group.memberships.create(person=nameless, role="editor")
    member_actions.change_role(by=people.manager, membership=membership_of(group, people.partner), role="reader")
    signed_in(nameless).post(f"/organizations/{group.public_id}/edit/", {"version": "1", "name": "Neighbors"})
    page = signed_in(people.partner).get(f"/organizations/{group.public_id}/")
    assert "nameless@example.org" not in page.content.decode()
    assert "changed the users" not in page_text(page)
    managed = page_text(signed_in(people.manager).get(url(group)))
    assert "Manager changed the users" in managed
    assert "Partner Editor Viewer" in managed


def test_a_person_without_a_name_is_called_nothing_else(people):
    nameless = make_person("nameless@example.org")
    people.office.memberships.create(person=nameless, role="editor")
    partnership = make_partnership("Shared work", lead=people.office)
    meeting = make_meeting(partnership, title="Table", people=[nameless])
    save_check_in_plan(
        by=SYSTEM,
        fields={"partnership": partnership, "anchor_on": meeting.date, "zone": "UTC", "person": nameless},
    )
    claimed = make_organization("Listed", "named", kept_by=people.office, listing_source="A report")
    claim = make_claim(by=people.stranger, organization=claimed, fields={"position": "Chair", "evidence": "Ask"})
    deny_claim(claim=claim, by=nameless, reason="No")
    pages = [f"/meetings/{meeting.public_id}/", f"/meetings/{meeting.public_id}/edit/"]
    pages += [f"/partnerships/{partnership.public_id}/office/", f"/claims/{claim.pk}/"]
    for page in pages:
        shown = signed_in(people.stranger if "claims" in page else people.editor).get(page).content.decode()
        assert ("Someone (no name yet)" in shown, "nameless@" in shown) == (True, False), page
    assert "nameless@" not in str(list(Change.objects.values_list("before", "after")))


def test_inviting_by_the_form_and_by_send_again(group, people):
    client = signed_in(people.manager)
    refused = client.post(url(group, "invite/"), {"email": "not whole", "role": "editor"})
    assert refused.status_code == 422
    assert 'value="not whole"' in refused.content.decode()
    assert Invitation.objects.count() == 0
    already = client.post(url(group, "invite/"), {"email": "partner@example.org", "role": "editor"})
    assert (already.status_code, "already has a role here" in page_text(already)) == (422, True)
    for _ in range(2):
        sent = client.post(url(group, "invite/"), {"email": "New@example.org", "role": "editor"})
        assert (sent.status_code, sent["Location"]) == (302, url(group))
    assert "new@example.org" in page_text(client.get(url(group)))
    assert list(Invitation.objects.values_list("person__email", "role", "state")) == [
        ("new@example.org", "editor", "open")
    ]


def test_taking_back_asks_for_the_invitation_that_was_seen(group, people):
    invitation = member_actions.invite(by=people.manager, body=group, address="new@example.org", role="reader")
    client, page = signed_in(people.manager), f"/invitations/{invitation.pk}/take-back/"
    assert client.post(page, {"sent_at": "an earlier one"}).status_code == 409
    assert client.post(page, {"sent_at": invitation.sent_at.isoformat()})["Location"] == url(group)
    assert client.get(page).status_code == 404
    invitation.refresh_from_db()
    assert invitation.state == "withdrawn"


@pytest.mark.both
def test_an_answer_is_one_of_two_and_given_once(group, people):
    invitation = member_actions.invite(by=people.manager, body=group, address="stranger@example.org", role="reader")
    client, page = signed_in(people.stranger), f"/invitations/{invitation.pk}/"
    assert "You’re invited to Neighbors Your role: Viewer." in page_text(client.get("/account/"))
    for data in ({}, {"answer": "maybe"}):
        assert client.post(page, data).status_code == 422
    assert client.post(page, {"answer": "accept"})["Location"] == f"/organizations/{group.public_id}/"
    client.get("/account/")  # shows the message of success
    missing = client.get(f"/invitations/{invitation.pk + 1000}/")
    for again in (client.get(page), client.post(page, {"answer": "decline"})):
        assert again.status_code == 404
        assert page_text(again) == page_text(missing)
    assert membership_of(group, people.stranger).role == "reader"


def test_a_name_is_asked_for_once(group, people):
    person = make_person("nameless@example.org")
    invitation = member_actions.invite(by=people.manager, body=group, address=person.email, role="reader")
    client, page = signed_in(person), f"/invitations/{invitation.pk}/"
    too_long = client.post(page, {"answer": "accept", "name": "x" * 121})
    assert (too_long.status_code, "x" * 121 in too_long.content.decode()) == (422, True)
    assert client.post(page, {"answer": "accept", "name": "Named now"}).status_code == 302
    assert Person.objects.get(pk=person.pk).name == "Named now"
    assert Person.objects.get(pk=people.manager.pk).name == "Manager"


def test_a_role_seen_earlier_is_not_changed_unseen(group, people):
    own = membership_of(group, people.partner)
    client, page = signed_in(people.manager), f"/members/{own.pk}/"
    member_actions.change_role(by=people.administrator, membership=own, role="reader")
    stale = client.post(page, {"role": "manager", "was": "editor"})
    assert (stale.status_code, "changed in the meantime. It’s now: Viewer." in page_text(stale)) == (409, True)
    assert "You chose Manager" in page_text(stale)
    assert "Changed in the meantime by Administrator Viewer" in page_text(stale)
    assert membership_of(group, people.partner).role == "reader"
    again = values(stale.content.decode())
    assert {name: again[name] for name in ("role", "was")} == {"role": ["manager"], "was": ["reader"]}
    assert client.post(page, again).status_code == 302
    assert membership_of(group, people.partner).role == "manager"
    removed = client.post(f"{page}remove/", {"was": "reader"})
    assert (removed.status_code, "When you opened this page Viewer" in page_text(removed)) == (409, True)
    assert client.post(f"{page}remove/", values(removed.content.decode())).status_code == 302


def test_an_invitation_that_was_sent_again_is_withdrawn_after_a_confirmation(group, people):
    for role in ("reader", "editor"):
        invitation = member_actions.invite(by=people.manager, body=group, address="new@example.org", role=role)
    client, page = signed_in(people.manager), f"/invitations/{invitation.pk}/take-back/"
    stale = client.post(page, {"sent_at": "2026-01-01T00:00:00+00:00"})
    assert (stale.status_code, "invited to Neighbors. Role: Editor." in page_text(stale)) == (409, True)
    assert client.post(page, values(stale.content.decode())).status_code == 302


def test_removing_leaving_and_handing_over(group, people):
    reader = group.memberships.create(person=people.reader, role="reader")
    manager, own = signed_in(people.manager), membership_of(group, people.manager)
    last = manager.post(f"/members/{own.pk}/remove/", {"was": "manager"})
    assert (last.status_code, "Neighbors would have no manager." in page_text(last)) == (422, True)
    assert manager.post(f"/members/{reader.pk}/remove/", {"was": "reader"})["Location"] == url(group)
    assert manager.get(f"/members/{reader.pk}/").status_code == 404
    foreign = people.editor.memberships.get()
    assert manager.post(f"/members/{own.pk}/hand-over/", {"to": foreign.pk}).status_code == 422
    handed = manager.post(f"/members/{own.pk}/hand-over/", {"to": membership_of(group, people.partner).pk})
    assert handed.status_code == 302
    assert (membership_of(group, people.manager).role, membership_of(group, people.partner).role) == (
        "editor",
        "manager",
    )
    assert manager.post(f"/members/{own.pk}/remove/", {"was": "editor"})["Location"] == "/account/"
    assert not group.memberships.filter(person=people.manager).exists()
    assert manager.get(url(group)).status_code == 404


def test_an_administrator_confirms_that_no_manager_is_left(group, people):
    own, client = membership_of(group, people.manager), signed_in(people.administrator)
    page = f"/members/{own.pk}/remove/"
    assert "Yes, leave it without a manager." in page_text(client.get(page))
    assert "Yes, leave it" not in page_text(client.get(f"/members/{membership_of(group, people.partner).pk}/remove/"))
    assert client.post(page, {"was": "manager"}).status_code == 422
    assert client.post(page, {"was": "manager", "confirmed": "on"}).status_code == 302


def test_accounts_are_found_by_a_whole_email_address_that_is_in_no_url(group, people):
    client = signed_in(people.administrator)
    found = client.post("/people/", {"email": " Partner@example.org"})
    assert found["Location"] == f"/people/{people.partner.pk}/"
    assert "Neighbors" in page_text(client.get(found["Location"]))
    for typed in ("partner@example", "nobody@example.org", ""):
        refused = client.post("/people/", {"email": typed})
        assert (refused.status_code, typed in refused.content.decode()) == (422, True)
    assert client.get("/people/?email=partner@example.org").status_code == 200
    assert "partner@example.org" not in page_text(client.get("/people/?email=partner@example.org"))


def test_suspending_and_reinstating_by_the_pages(group, people):
    client, page = signed_in(people.administrator), f"/people/{people.partner.pk}/"
    assert client.post(f"{page}suspend/", {}).status_code == 422
    assert client.post(f"{page}suspend/", {"why": "Asked for"})["Location"] == page
    assert "Suspended" in page_text(client.get(page))
    assert "Administrator suspended this account Why: Asked for" in page_text(client.get(page))
    assert "Partner" in page_text(client.get("/people/"))
    assert signed_in(people.partner).get("/account/").status_code == 302
    assert client.post(f"{page}reinstate/", {"why": "Back"})["Location"] == page
    assert Person.objects.get(pk=people.partner.pk).is_active
    own = client.post(f"/people/{people.administrator.pk}/suspend/", {"why": "Me"})
    assert (own.status_code, "can’t suspend yourself" in page_text(own)) == (422, True)


def test_a_change_of_users_causes_and_hides_no_edit_conflict(group, people):
    def join(person):
        invitation = member_actions.invite(by=people.manager, body=group, address=person.email, role="reader")
        member_actions.accept_invitation(by=person, invitation=invitation)

    join(people.stranger)
    directory.save_organization(organization=group, by=people.partner, fields={"name": "Mine"}, version=1)
    join(people.reader)
    with pytest.raises(EditConflict) as late:
        directory.save_organization(organization=group, by=people.partner, fields={"name": "Late"}, version=1)
    now = snapshots.snapshot(late.value.current)
    conflict = conflicts.compare(late.value.current, 1, now, {"name": "Late"})
    assert [(clash["mine"], clash["theirs"]) for clash in conflict.clashes] == [("Late", "Mine")]
    assert (conflict.by, conflict.version) == ("Partner", 2)


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_from_the_invitation_to_the_place_with_nothing_but_the_mailbox(settings, tmp_path, people):
    """The email has no secret: the code that signs in proves the address."""
    settings.MAIL_DIR, settings.EMAIL_URL = tmp_path, ""
    group = make_organization("Neighbors", "unlisted")
    member_actions.invite(by=people.administrator, body=group, address="new@example.org", role="manager")
    client = Client()
    ask(client, "new@example.org", next="/account/")
    email, body = last_email(settings)
    assert email.kind == "sign_in_code"
    code = re.search(r"\b[B-Z]{4}-[B-Z]{4}\b", body).group(0)
    assert client.post("/sign-in/code/", {"code": code, "next": "/account/"})["Location"] == "/account/"
    # The account was used, so it isn't deleted with those that never were.
    assert Person.objects.get(email="new@example.org").last_login is not None
    for place in ("/account/", "/"):
        assert "You’re invited to Neighbors Your role: Manager." in page_text(client.get(place))
    page = f"/invitations/{Invitation.objects.get().pk}/"
    assert client.post(page, {"answer": "accept", "name": "New here"}).status_code == 302
    assert "New here (you)" in page_text(client.get(url(group)))
    wait_for_emails()


def test_an_invitation_says_who_invites_with_a_note_that_answers_go_back_to(client, people, group, settings, tmp_path):
    settings.MAIL_DIR, settings.EMAIL_URL = tmp_path, ""
    client.force_login(people.manager)
    url = reverse("organization_invite", args=[group.public_id])
    sent = {"email": "newcomer@example.org", "role": "reader"}
    assert client.post(url, sent | {"note": "We met at the fair."}).status_code == 302
    email = Email.objects.get(kind="invitation")
    mail = emails.render(email, recipients.find(email.recipient), {})
    assert mail.subject == f"{people.manager.name} invited you: {group}"
    for text in (mail.text, mail.html):
        for words in (
            f"{people.manager.name} invited you to join {group}",
            "We met at the fair.",
            "Reply to this email",
        ):
            assert words in text
    assert mail.reply_to == (people.manager.name, people.manager.email)
    message = compose(mail, name="", address="newcomer@example.org", message_id="<1@x>", at=clock.now())
    assert message_from_bytes(message)["Reply-To"] == f"{people.manager.name} <{people.manager.email}>"
    Person.objects.filter(pk=people.manager.pk).update(name="")
    mail = emails.render(email, recipients.find(email.recipient), {})
    assert mail.subject == f"{people.manager.email} invited you: {group}"
    invitation = Invitation.objects.get()
    member_actions.decline_invitation(by=invitation.person, invitation=invitation)
    assert Invitation.objects.get().note == ""


def test_an_invitation_of_someone_who_left_has_no_address_for_answers(people, group):
    invitation = member_actions.invite(
        by=people.manager, body=group, address="newcomer@example.org", role="reader", note="Hello"
    )
    Person.objects.filter(pk=people.manager.pk).update(is_active=False)
    email = Email.objects.get(kind="invitation")
    mail = emails.render(email, recipients.find(f"person:{invitation.person_id}"), {})
    assert mail.reply_to is None
    assert "Reply to this email" not in mail.text
