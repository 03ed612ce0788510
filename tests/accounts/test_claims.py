"""Claims: who may make and decide them, what begins and ends with a decision, and that no file does harm."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from partnerships.accounts import claims
from partnerships.accounts import member_actions as members
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed, NotFound, ValidationError
from partnerships.directory import actions
from partnerships.mail import outbox
from partnerships.models import Claim, Email, Membership, Organization, Person
from partnerships.notifications import emails, recipients
from partnerships.records.privacy import erase_person
from tests import factories
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
WORDS = {"position": "Director", "evidence": "Call the front desk"}


@snapshot_fixture
def group(people):
    return factories.make_organization("Open table", "named", kept_by=people.office, listing_source="A report")


def claim(person, organization, **more):
    return claims.make_claim(by=person, organization=organization, fields=WORDS | more)


def emails_to(person, kind):
    return list(Email.objects.filter(recipient=f"person:{person.pk}", kind=kind).values_list("state", flat=True))


def role_of(person, organization):
    return Membership.objects.filter(person=person, organization=organization).values_list("role", flat=True).first()


def test_a_claim_goes_to_the_editors_of_the_office_and_to_no_one_else(people, group):
    made = claim(people.stranger, group)
    assert made.state == "pending"
    recipients = set(Email.objects.filter(kind="claim_made").values_list("recipient", flat=True))
    assert recipients == {f"person:{people.editor.pk}"}
    unkept = factories.make_organization("Kept by nobody", "named")
    claim(people.stranger, unkept)
    assert emails_to(people.administrator, "claim_made") == ["planned"]


def test_a_claimant_is_not_asked_to_decide_their_claim(people, group):
    colleague = factories.make_person("colleague-at-office@example.org")
    people.office.memberships.create(person=colleague, role="editor")
    assert claims.deciders(claim(colleague, group)) == [people.editor]
    assert claims.deciders(claim(people.editor, group)) == [colleague]


def test_who_is_late_reads_what_was_decided_and_keeps_what_they_typed(people, group, client):
    made = claim(people.stranger, group)
    client.force_login(people.administrator)
    page = f"/claims/{made.pk}/"
    claims.deny_claim(claim=made, by=people.editor, reason="The desk knows nobody of this name.")
    answer = client.post(page, {"verdict": "approve", "reason": "I know her well."})
    html = answer.content.decode()
    assert (answer.status_code, role_of(people.stranger, group)) == (409, None)
    for words in ("Someone has already decided this.", "I know her well.", "The desk knows nobody of this name."):
        assert words in html
    other = claim(people.other_editor, group)
    claims.approve_claim(claim=other, by=people.editor)
    late = client.post(f"/claims/{other.pk}/", {"verdict": "deny", "reason": "No answer on the phone."})
    html = late.content.decode()
    assert (late.status_code, role_of(people.other_editor, group)) == (409, "manager")
    assert "No answer on the phone." in html
    assert "Revoke approval" in html
    client.force_login(people.stranger)
    assert client.post(page, {"verdict": "withdraw"}).status_code == 409
    assert client.post(page, {"verdict": "approve"}).status_code == 403


def test_a_person_who_was_signed_out_since_keeps_what_they_typed(client, group):
    page = f"/organizations/{group.public_id}/claim/"
    assert client.get(page)["Location"] == f"/sign-in/?next={page}"
    answer = client.post(page, WORDS)
    assert (answer.status_code, Claim.objects.count()) == (403, 0)
    assert ">Call the front desk</textarea>" in answer.content.decode()


def test_approved_it_makes_the_first_a_manager_and_the_next_an_editor(people, group):
    first, second = claim(people.stranger, group), claim(people.other_editor, group)
    claims.approve_claim(claim=first, by=people.editor)
    claims.approve_claim(claim=second, by=people.administrator, reason="We know her.")
    assert (role_of(people.stranger, group), role_of(people.other_editor, group)) == ("manager", "editor")
    second.refresh_from_db()
    assert (second.state, second.reviewed_by, second.reason) == ("approved", people.administrator, "We know her.")
    assert emails_to(people.stranger, "claim_decided") == ["planned"]


def test_one_who_reads_there_already_is_raised_and_a_manager_is_not_lowered(people, group):
    Membership.objects.create(person=people.stranger, organization=group, role="reader")
    made = claim(people.stranger, group)
    Membership.objects.create(person=people.other_editor, organization=group, role="manager")
    claims.approve_claim(claim=made, by=people.editor)
    assert role_of(people.stranger, group) == "editor"
    late = Claim.objects.create(person=people.other_editor, organization=group, position="x", made_at=clock.now())
    claims.approve_claim(claim=late, by=people.editor)
    assert role_of(people.other_editor, group) == "manager"


def test_no_one_decides_their_own_claim(people, group):
    for person in (people.editor, people.administrator):
        made = claim(person, group)
        for decide in (claims.approve_claim, claims.deny_claim):
            with pytest.raises(NotAllowed):
                decide(claim=made, by=person, reason="I am")
        assert role_of(person, group) is None


@pytest.mark.parametrize("role", ["stranger", "reader", "other_editor", "partner", "suspended"])
def test_other_people_cannot_decide_a_claim(people, group, role):
    claimant = people.partner if role == "stranger" else people.stranger
    made = claim(claimant, group)
    for decide in (claims.approve_claim, claims.deny_claim):
        with pytest.raises(NotAllowed):
            decide(claim=made, by=getattr(people, role), reason="So")
    assert role_of(claimant, group) is None


def test_a_claim_is_decided_once(people, group):
    made = claim(people.stranger, group)
    with pytest.raises(ValidationError) as problem:
        claims.deny_claim(claim=made, by=people.editor, reason=" ")
    assert list(problem.value.message_dict) == ["reason"]
    claims.deny_claim(claim=made, by=people.editor, reason="No answer from the desk.")
    for decide in (claims.approve_claim, claims.deny_claim, claims.revoke_claim):
        with pytest.raises(ValidationError):
            decide(claim=made, by=people.editor, reason="Again")
    assert role_of(people.stranger, group) is None
    assert claim(people.stranger, group).state == "pending"


def test_revoking_takes_the_membership_and_says_why(people, group):
    made = claims.approve_claim(claim=claim(people.stranger, group), by=people.editor)
    with pytest.raises(ValidationError):
        claims.revoke_claim(claim=made, by=people.editor, reason="")
    claims.revoke_claim(claim=made, by=people.editor, reason="The group told us otherwise.")
    assert role_of(people.stranger, group) is None
    assert sorted(Email.objects.filter(kind="claim_decided").values_list("occurrence", flat=True)) == [
        f"claim-{made.pk}/approved",
        f"claim-{made.pk}/revoked",
    ]


def test_a_proposed_organization_is_made_unlisted_and_kept_by_its_office(people):
    fields = WORDS | {
        "name": "New table",
        "website": "https://new.example.org/",
        "about": "Homes",
        "office": people.office,
    }
    made = claims.make_claim(by=people.stranger, fields=fields)
    assert not Organization.objects.filter(name="New table").exists()
    with pytest.raises(NotAllowed):
        claims.approve_claim(claim=made, by=people.other_editor)
    made = claims.approve_claim(claim=made, by=people.editor)
    new = Organization.objects.get(name="New table")
    assert (new.listing, new.kept_by, new.aims, new.website) == ("unlisted", people.office, "Homes", fields["website"])
    assert (made.organization, role_of(people.stranger, new)) == (new, "manager")


DOMAIN = "table.example"


@snapshot_fixture
def confirmed(group):
    """An organization whose manager has confirmed the domain of its website."""
    manager = factories.make_person(f"manager@{DOMAIN}", name="Manager of the table")
    group.memberships.create(person=manager, role="manager")
    saved = actions.save_organization(organization=group, by=SYSTEM, fields={"website": f"https://www.{DOMAIN}/"})
    saved = actions.save_organization(organization=saved, by=manager, fields={"mail_domain": DOMAIN})
    return SimpleNamespace(group=saved, manager=manager)


def at_domain(name="desk", **more):
    return factories.make_person(f"{name}@{DOMAIN}", **more)


def test_someone_new_at_the_confirmed_domain_becomes_an_editor_and_its_users_are_notified(confirmed):
    colleague = at_domain()
    made = claims.make_claim(by=colleague, organization=confirmed.group, fields={"position": "Desk"})
    assert (made.state, made.by_rule, made.reviewed_by) == ("approved", True, None)
    assert role_of(colleague, confirmed.group) == "editor"
    notifications = Email.objects.filter(recipient=f"person:{confirmed.manager.pk}", occurrence__startswith="let-in/")
    assert [email.state for email in notifications] == ["planned"]


def test_the_page_lets_them_in_too(client, confirmed):
    client.force_login(at_domain())
    answer = client.post(f"/organizations/{confirmed.group.public_id}/claim/", {"position": "Desk"}, follow=True)
    assert answer.status_code == 200
    assert "editor now" in answer.content.decode()


# What an email domain must not do: (preparation, expected role afterwards).
NOT_BY_DOMAIN = {
    "an address at a subdomain": (lambda confirmed, claimant: setattr(claimant, "email", f"desk@sub.{DOMAIN}"), None),
    "an address that ends alike": (lambda confirmed, claimant: setattr(claimant, "email", f"desk@not{DOMAIN}"), None),
    "a reader": (
        lambda confirmed, claimant: confirmed.group.memberships.create(person=claimant, role="reader"),
        "reader",
    ),
    "removed by the manager": (
        lambda confirmed, claimant: _come_and_go(confirmed, claimant, members.remove_member, confirmed.manager),
        None,
    ),
    "left": (lambda confirmed, claimant: _come_and_go(confirmed, claimant, members.leave, claimant), None),
    "removed while suspended": (
        lambda confirmed, claimant: _come_and_go(confirmed, claimant, members.remove_member, confirmed.manager, False),
        None,
    ),
    "revoked": (lambda confirmed, claimant: _revoked(confirmed, claimant), None),
    "denied before": (lambda confirmed, claimant: _denied(confirmed, claimant), None),
    "removed with another name of the same mailbox": (lambda confirmed, claimant: _removed_as_alias(confirmed), None),
    "a colleague with another name of the same mailbox": (lambda confirmed, claimant: _reads_as_alias(confirmed), None),
    "denied with another name of the same mailbox": (
        lambda confirmed, claimant: _denied(confirmed, at_domain("desk+office")),
        None,
    ),
    "no manager is left": (lambda confirmed, claimant: confirmed.group.memberships.all().delete(), None),
    "its manager is suspended": (lambda confirmed, claimant: _set(confirmed.manager, is_active=False), None),
    "no manager has an address there": (
        lambda confirmed, claimant: _set(confirmed.manager, email="manager@mail.example"),
        None,
    ),
    "the website is elsewhere": (
        lambda confirmed, claimant: _set(confirmed.group, website="https://elsewhere.example/"),
        None,
    ),
    "the website is a page of somebody else's": (
        lambda confirmed, claimant: _set(confirmed.group, website=f"https://{DOMAIN}/us"),
        None,
    ),
    "no website": (lambda confirmed, claimant: _set(confirmed.group, website=""), None),
    "no domain": (lambda confirmed, claimant: _set(confirmed.group, mail_domain=""), None),
}


def _set(row, **fields):
    type(row).objects.filter(pk=row.pk).update(**fields)


def _come_and_go(confirmed, claimant, end, by, is_active=True):
    invitation = members.invite(by=confirmed.manager, body=confirmed.group, address=claimant.email, role="editor")
    place = members.accept_invitation(by=claimant, invitation=invitation)
    _set(claimant, is_active=is_active)
    end(by=by, membership=place)
    _set(claimant, is_active=True)


def _removed_as_alias(confirmed):
    _come_and_go(confirmed, at_domain("Desk+homes"), members.remove_member, confirmed.manager)


def _reads_as_alias(confirmed):
    confirmed.group.memberships.create(person=at_domain("desk+homes"), role="reader")


def _revoked(confirmed, claimant):
    made = claims.approve_claim(claim=claim_of_old(confirmed, claimant), by=office_editor())
    claims.revoke_claim(claim=made, by=made.reviewed_by, reason="The group told us otherwise.")
    Claim.objects.all().delete()  # as an office's retention rule can delete claims


def _denied(confirmed, claimant):
    claims.deny_claim(
        claim=claim_of_old(confirmed, claimant), by=office_editor(), reason="The desk knows nobody of this name."
    )


def office_editor():
    return Person.objects.get(email="editor@example.org")


def claim_of_old(confirmed, claimant):
    return Claim.objects.create(person=claimant, organization=confirmed.group, position="Desk", made_at=clock.now())


@pytest.mark.parametrize("why", NOT_BY_DOMAIN)
def test_a_claim_is_decided_by_a_person_where_the_domain_is_not_enough(confirmed, why):
    claimant = at_domain()
    before, role = NOT_BY_DOMAIN[why]
    before(confirmed, claimant)
    claimant.save(update_fields=["email"])
    group = Organization.objects.get(pk=confirmed.group.pk)
    made = claim(type(claimant).objects.get(pk=claimant.pk), group)
    assert (made.state, made.by_rule, role_of(claimant, group)) == ("pending", False, role)
    assert emails_to(office_editor(), "claim_made") == ["planned"]


def test_who_was_removed_stays_out_with_another_account_at_the_same_address(confirmed):
    claimant = at_domain()
    _come_and_go(confirmed, claimant, members.remove_member, confirmed.manager)
    erase_person(person=claimant, by=claimant)
    assert claim(at_domain(), confirmed.group).state == "pending"


def test_who_was_removed_does_not_come_back_by_an_invitation_from_before(confirmed):
    claimant = at_domain()
    invitation = members.invite(by=confirmed.manager, body=confirmed.group, address=claimant.email, role="editor")
    claim(claimant, confirmed.group)
    members.remove_member(by=confirmed.manager, membership=confirmed.group.memberships.get(person=claimant))
    with pytest.raises(NotFound):
        members.accept_invitation(by=claimant, invitation=invitation)
    assert role_of(claimant, confirmed.group) is None


def test_who_was_removed_and_invited_again_has_not_left(confirmed):
    claimant = at_domain()
    _come_and_go(confirmed, claimant, members.remove_member, confirmed.manager)
    assert confirmed.group.former_members.count() == 1
    again = members.invite(by=confirmed.manager, body=confirmed.group, address=claimant.email, role="reader")
    members.accept_invitation(by=claimant, invitation=again)
    assert confirmed.group.former_members.count() == 0


@pytest.mark.parametrize(
    "domain", ["gmail.com", "outlook.com", "riseup.net", "mailfence.example", "relay.example", "sub.table.example"]
)
def test_a_domain_other_than_the_websites_cannot_be_confirmed(confirmed, domain):
    with pytest.raises(ValidationError) as problem:
        actions.save_organization(organization=confirmed.group, by=confirmed.manager, fields={"mail_domain": domain})
    assert list(problem.value.message_dict) == ["mail_domain"]


@pytest.mark.parametrize("role", ["editor", "administrator", "partner"])
def test_only_a_manager_of_the_organization_names_its_domain(people, role):
    group = people.organization
    for fields in (
        {"mail_domain": "group.example"},
        {"mail_domain": "group.example", "website": "https://group.example"},
    ):
        with pytest.raises((ValidationError, NotAllowed)):
            actions.save_organization(organization=group, by=getattr(people, role), fields=fields)
    Membership.objects.filter(person=people.partner).update(role="manager")
    by = type(people.partner).objects.get(pk=people.partner.pk)
    fields = {"mail_domain": "@Group.example", "website": "https://group.example"}
    assert actions.save_organization(organization=group, by=by, fields=fields).mail_domain == "group.example"


def test_five_claims_wait_at_most_and_ten_are_made_a_day(people):
    groups = [factories.make_organization(f"Group {n}", "named", kept_by=people.office) for n in range(12)]
    for group in groups[:5]:
        made = claim(people.stranger, group)
    with pytest.raises(ValidationError, match="already waiting"):
        claim(people.stranger, groups[5])
    with pytest.raises(NotAllowed):
        claims.withdraw_claim(claim=made, by=people.editor)
    for waiting in Claim.objects.all():
        claims.withdraw_claim(claim=waiting, by=people.stranger)
    for group in groups[5:10]:
        claim(people.stranger, group)
    for waiting in Claim.objects.filter(state="pending"):
        claims.withdraw_claim(claim=waiting, by=people.stranger)
    with pytest.raises(ValidationError, match="Wait 24 hours"):
        claim(people.stranger, groups[10])
    with time_machine.travel(clock.now() + timedelta(days=1, seconds=1)):
        assert claim(people.stranger, groups[10]).state == "pending"


def test_one_claim_of_one_organization_waits_and_words_or_a_file_are_needed(people, group):
    claim(people.stranger, group)
    with pytest.raises(ValidationError):
        claim(people.stranger, group)
    with pytest.raises(ValidationError) as problem:
        claim(people.partner, group, evidence=" ")
    assert list(problem.value.message_dict) == ["evidence"]
    with pytest.raises(ValidationError):
        claim(people.partner, people.organization)


def test_emails_go_to_who_may_have_them_still(people, group, settings, tmp_path):
    settings.MAIL_DIR, settings.EMAIL_URL = tmp_path, ""
    made = claim(people.stranger, group)
    Membership.objects.filter(person=people.editor).delete()
    outbox.send_due(render=emails.render)
    assert emails_to(people.editor, "claim_made") == ["withdrawn"]
    claims.approve_claim(claim=made, by=people.administrator)
    claims.revoke_claim(claim=made, by=people.administrator, reason="CanaryReason")
    outbox.send_due(render=emails.render)
    states = dict(Email.objects.filter(kind="claim_decided").values_list("occurrence", "state"))
    assert states == {f"claim-{made.pk}/approved": "withdrawn", f"claim-{made.pk}/revoked": "sent"}
    sent = "".join(path.read_text() for path in tmp_path.rglob("*.eml"))
    assert f"/claims/{made.pk}/" in sent
    assert not any(word in sent for word in ("CanaryReason", "front desk", "Director"))


# Pages


def send(client, group, **more):
    return client.post(f"/organizations/{group.public_id}/claim/", WORDS | more)


def test_a_stranger_signs_in_first_and_comes_back(client, group):
    url = f"/organizations/{group.public_id}/claim/"
    for address in (url, "/organizations/propose/", "/claims/", "/organizations/G-000000-0/claim/"):
        assert client.get(address)["Location"] == f"/sign-in/?next={address}"
        assert client.post(address, WORDS).status_code == 403
    assert Claim.objects.count() == 0


def test_a_claim_with_a_file_is_made_decided_and_read_only_by_deciders(client, people, group):
    client.force_login(people.stranger)
    html = SimpleUploadedFile("letter.pdf", b"<!-- x -->%PDF", "application/pdf")
    refused = send(client, group, file=html, evidence="Kept typing")
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["file"])
    assert "Kept typing" in refused.content.decode()
    assert Claim.objects.count() == 0
    plain_text = SimpleUploadedFile('x";alert(1).html', b"I am the director.", "text/html")
    assert send(client, group, file=plain_text).status_code == 302
    made = Claim.objects.get()
    page, file = f"/claims/{made.pk}/", f"/claims/{made.pk}/file/"
    assert "Withdraw claim" in client.get(page).content.decode()
    assert client.get(file).status_code == 404
    assert client.post(page, {"verdict": "approve"}).status_code == 403
    for role in ("reader", "other_editor", "partner", "suspended"):
        client.force_login(getattr(people, role))
        assert (client.get(page).status_code, client.get(file).status_code) == (404, 404)
        assert client.post(page, {"verdict": "approve"}).status_code == 404
    client.force_login(people.editor)
    answer = client.get(file)
    assert answer.content == b"I am the director."
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="claim-{made.pk}.txt"'
    assert (answer["X-Content-Type-Options"], answer["Content-Security-Policy"]) == (
        "nosniff",
        "default-src 'none'; sandbox; frame-ancestors 'none'",
    )
    assert [row.pk for row in client.get("/claims/").context["waiting"]["rows"]] == [made.pk]
    assert client.post(page, {"verdict": "deny", "reason": ""}).status_code == 422
    assert client.post(page, {"verdict": "approve"}).status_code == 302
    assert client.post(page, {"verdict": "deny", "reason": "Replayed"}).status_code == 409
    client.force_login(people.stranger)
    assert client.get(f"/organizations/{group.public_id}/mine/").status_code == 200


def test_the_membership_ends_with_the_next_request_after_revoking(client, people, group):
    made = claims.approve_claim(claim=claim(people.stranger, group), by=people.editor)
    client.force_login(people.stranger)
    assert client.get(f"/organizations/{group.public_id}/mine/").status_code == 200
    claims.revoke_claim(claim=made, by=people.editor, reason="So")
    assert client.get(f"/organizations/{group.public_id}/mine/").status_code == 404


def test_a_proposal_shows_its_likely_duplicates_to_those_who_decide(client, people):
    factories.make_organization("Tenants Union of Saint Paul", "unlisted", kept_by=people.office)
    client.force_login(people.stranger)
    data = WORDS | {"name": "Tenants' Union of St Paul", "office": people.office.pk}
    made = client.post("/organizations/propose/", data)
    assert made.status_code == 302
    assert "Saint Paul" not in client.get(made["Location"]).content.decode()
    client.force_login(people.editor)
    assert [row["record"].name for row in client.get(made["Location"]).context["similar"]] == [
        "Tenants Union of Saint Paul"
    ]


def test_what_no_one_may_claim_answers_as_missing(client, people):
    hidden = factories.make_organization("Hidden", "unlisted", kept_by=people.office)
    client.force_login(people.stranger)
    assert client.get(f"/organizations/{hidden.public_id}/claim/").status_code == 404
    assert send(client, hidden).status_code == 404


def test_a_request_that_is_far_too_large_is_refused_unread(client, people, group):
    client.force_login(people.stranger)
    huge = SimpleUploadedFile("a.txt", b"a" * (8 * 1024 * 1024), "text/plain")
    answer = send(client, group, file=huge)
    assert answer.status_code == 400
    assert "5 MB at most" in answer.content.decode()
    large = SimpleUploadedFile("a.txt", b"a" * (5 * 1024 * 1024 + 1), "text/plain")
    assert send(client, group, file=large).status_code == 422
    assert Claim.objects.count() == 0


def test_who_claimed_it_does_not_learn_what_it_is_called_since_it_withdrew(people, group, client):
    made = claim(people.stranger, group)
    actions.save_organization(organization=group, by=SYSTEM, fields={"name": "Quiet table", "listing": "unlisted"})
    claims.deny_claim(claim=made, by=people.editor, reason="Not enough to tell")
    email = Email.objects.get(kind="claim_decided")
    assert "Quiet table" not in emails.render(email, recipients.read_recipient(people.stranger), {}).text
    for person, knows in ((people.stranger, False), (people.editor, True)):
        client.force_login(person)
        for page in ("/claims/", f"/claims/{made.pk}/"):
            text = client.get(page).content.decode()
            assert ("Quiet table" in text, "An organization that isn’t listed" in text) == (knows, not knows)
