"""If someone gets a role without a decision of the organization's managers, its users are told and can end it."""

import ast
import quopri
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships.accounts import actions, claims, member_actions
from partnerships.accounts.queries import members_of
from partnerships.accounts.rules import may_end_membership
from partnerships.core import clock
from partnerships.core.access import SYSTEM, manages
from partnerships.core.errors import NotAllowed, ValidationError
from partnerships.mail import outbox
from partnerships.models import Change, Claim, Email, Membership, Person
from partnerships.notifications import emails, recipients
from partnerships.records import merging, merging_people, retention
from tests import factories

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def group(people):
    """An organization kept by the office, with a manager, an editor and a viewer."""
    people.organization.kept_by = people.office
    people.organization.save()
    for name in ("manager", "reader"):
        person = factories.make_person(f"{name}@group.example", name=f"Group's {name}")
        people.organization.memberships.create(person=person, role=name)
    return people.organization


def person(name):
    return Person.objects.get(email=f"{name}@group.example")


def invited(by, group, address, role="editor"):
    return member_actions.invite(by=by, body=group, address=address, role=role)


# The ways to get a role or a higher role without the organization's managers. Each returns the person who got it.
def by_claim(people, group):
    made = Claim.objects.create(person=people.stranger, organization=group, position="Friend", made_at=clock.now())
    return claims.approve_claim(claim=made, by=people.editor).person


def by_own_invitation(people, group):
    invitation = invited(people.administrator, group, people.administrator.email, "manager")
    return member_actions.accept_invitation(by=people.administrator, invitation=invitation).person


def by_invitation(people, group):
    invitation = invited(people.administrator, group, people.stranger.email)
    return member_actions.accept_invitation(by=people.stranger, invitation=invitation).person


def by_role(people, group):
    place = group.memberships.get(person=person("reader"))
    return member_actions.change_role(by=people.administrator, membership=place, role="manager").person


def by_merged_record(people, group):
    sham = factories.make_organization("Sham", "named", kept_by=people.office)
    sham.memberships.create(person=people.stranger, role="manager")
    merging.merge(kept=group, lost=sham, by=people.administrator, versions=(None, None))
    return people.stranger


def by_merged_account(people, group):
    other = factories.make_person("other-reader@group.example")
    group.memberships.create(person=other, role="editor")
    merging_people.merge(kept=people.stranger, lost=other, by=people.administrator)
    return people.stranger


WAYS = [
    by_claim,
    by_own_invitation,
    by_invitation,
    by_role,
    by_merged_record,
    by_merged_account,
]


def notified_addresses():
    rows = Email.objects.filter(occurrence__startswith="let-in/", state="planned")
    return {Person.objects.get(pk=row.recipient.partition(":")[2]).email for row in rows}


@pytest.mark.parametrize("way", WAYS)
def test_its_users_are_notified_at_once_and_each_can_undo_it(people, group, way):
    before = set(group.memberships.values_list("person__email", "role"))
    newcomer = way(people, group)
    own = {email for email, _ in before} - {newcomer.email, "other-reader@group.example"}
    assert notified_addresses() == own
    place = Membership.objects.get(person=newcomer, organization=group)
    for one in Person.objects.filter(email__in=own):
        assert may_end_membership(one, place)
    for role in ("other_partner", "editor", "suspended"):
        assert not may_end_membership(getattr(people, role), place)
        with pytest.raises(NotAllowed):
            member_actions.remove_member(by=getattr(people, role), membership=place)
    member_actions.remove_member(by=people.partner, membership=place)
    after = set(group.memberships.values_list("person__email", "role"))
    assert after == {(email, role) for email, role in before if email != "other-reader@group.example"}


def test_the_list_of_members_asks_the_rule_of_ending_a_membership_without_a_query_for_each(people, group):
    by_claim(people, group)
    bodies = (group, factories.make_department(people.office), people.office)
    for body, name in product(bodies, ("manager", "reader")):
        body.memberships.get_or_create(person=person(name), defaults={"role": name})
    for body in bodies:
        for reader in (person("manager"), person("reader"), people.administrator):
            manages(reader, body)  # reads their memberships
            with CaptureQueriesContext(connection) as queries:
                rows = members_of(reader, body)
            assert len(queries) == 1
            places = Membership.objects.in_bulk([row.pk for row in rows])
            assert [row.may_end for row in rows] == [may_end_membership(reader, places[row.pk]) for row in rows]


def test_a_short_retention_of_the_history_leaves_its_users_their_90_days(people, group):
    newcomer = by_claim(people, group)
    place = Membership.objects.get(person=newcomer, organization=group)
    retention.set_rules(jurisdiction=people.office, by=SYSTEM, days={"changes": 30})
    may_end = {}
    for days in (40, 89, 91):
        with time_machine.travel(clock.now() + timedelta(days=days)):
            retention.apply_rules()
            may_end[days] = may_end_membership(people.partner, Membership.objects.get(pk=place.pk))
    assert (may_end, Change.objects.filter(verb="members").count()) == ({40: True, 89: True, 91: False}, 0)


@pytest.mark.slow
def test_every_action_that_gives_a_role_notifies(people):
    """Actions that write roles do so inside `change_members`, which tells the users. That includes joins by foreign key."""
    outside = []
    for path in (ROOT / "partnerships").rglob("*.py"):
        if {"migrations", "sample"} & {*path.parts}:
            continue
        tree = ast.parse(path.read_text())
        for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
            body = ast.unparse(function)
            writes = any(f"emberships.{verb}" in body or f"Membership.objects.{verb}" in body for verb in WRITING)
            if writes and "change_members" not in body:
                outside.append(f"{path.stem}.{function.name}")
    assert outside == []


WRITING = ("create", "get_or_create", "update_or_create", "bulk_create")


def test_when_its_own_manager_adds_people_no_one_is_notified(people, group):
    invitation = invited(person("manager"), group, people.stranger.email)
    place = member_actions.accept_invitation(by=people.stranger, invitation=invitation)
    assert (notified_addresses(), place.let_in_with) == (set(), None)
    assert not may_end_membership(people.partner, place)


def by_another_mailbox(people, group):
    """A manager's account that opens with another person's email address from now on."""
    friend = factories.make_person("friend@group.example")
    merging_people.merge(kept=person("manager"), lost=friend, by=people.administrator, take={"email": "other"})
    return friend


def test_its_users_are_notified_when_another_email_address_opens_an_account_there(people, group):
    by_another_mailbox(people, group)
    assert notified_addresses() == {"partner@example.org", "reader@group.example"}
    place = group.memberships.get(person__email="friend@group.example")
    member_actions.remove_member(by=people.partner, membership=place)
    assert not group.memberships.filter(role="manager").exists()


def test_a_person_from_outside_adds_no_one_unseen(people, group):
    by_own_invitation(people, group)
    Email.objects.all().delete()
    invitation = invited(people.administrator, group, people.stranger.email)
    place = member_actions.accept_invitation(by=people.stranger, invitation=invitation)
    assert notified_addresses() >= {"partner@example.org", "reader@group.example", "manager@group.example"}
    member_actions.remove_member(by=person("reader"), membership=place)


def test_a_person_who_stays_for_90_days_is_one_of_its_users(people, group):
    place = group.memberships.get(person=by_own_invitation(people, group))
    Email.objects.all().delete()
    with time_machine.travel(clock.now() + timedelta(days=90, seconds=1)):
        assert not may_end_membership(people.partner, Membership.objects.get(pk=place.pk))
        invitation = invited(people.administrator, group, people.stranger.email)
        member_actions.accept_invitation(by=people.stranger, invitation=invitation)
        assert notified_addresses() == set()


@pytest.mark.parametrize("is_suspended", [True, False])
def test_without_users_who_read_emails_its_contacts_are_notified(people, settings, tmp_path, is_suspended):
    settings.MAIL_DIR, settings.EMAIL_URL = tmp_path, ""
    group = people.organization
    group.kept_by = people.office
    group.save()
    group.contacts.create(name="Front desk", email="desk@group.example")
    if is_suspended:
        Person.objects.filter(pk=people.partner.pk).update(is_active=False)
    else:
        group.memberships.all().delete()
    by_claim(people, group)
    outbox.send_due(render=emails.render)
    texts = [quopri.decodestring(path.read_bytes()).decode() for path in tmp_path.rglob("*.eml")]
    texts = [text for text in texts if "Someone new has access to Tenants" in text]
    assert len(texts) == 1
    assert "desk@group.example" in texts[0]
    assert "Stranger" not in texts[0]


def test_a_manager_who_keeps_them_settles_it(people, group):
    by_role(people, group)
    place = group.memberships.get(person=person("reader"))
    assert may_end_membership(people.partner, place)
    place = member_actions.change_role(by=person("manager"), membership=place, role="editor")
    place = member_actions.change_role(by=person("manager"), membership=place, role="manager")
    assert not may_end_membership(people.partner, Membership.objects.get(pk=place.pk))


def test_the_last_manager_can_be_put_back_when_they_came_from_outside(people):
    group = people.organization
    invitation = invited(people.administrator, group, people.administrator.email, "manager")
    place = member_actions.accept_invitation(by=people.administrator, invitation=invitation)
    member_actions.remove_member(by=people.partner, membership=place)
    assert list(group.memberships.values_list("person", "role")) == [(people.partner.pk, "editor")]


def test_an_administrator_who_first_removes_everyone_is_seen_all_the_same(people, group, settings, tmp_path):
    settings.MAIL_DIR, settings.EMAIL_URL = tmp_path, ""
    own = set(group.memberships.values_list("person__email", flat=True))
    for place in group.memberships.all():
        member_actions.remove_member(by=people.administrator, membership=place, confirmed=True)
    by_own_invitation(people, group)
    assert notified_addresses() == own
    outbox.send_due(render=emails.render)
    texts = [path.read_text() for path in tmp_path.rglob("*.eml")]
    texts = [text for text in texts if "Someone new has access" in text]
    assert len(texts) == 3
    assert not any("Administrator" in text for text in texts)  # those who left aren't told names


def test_an_administrator_does_not_take_over_an_account_that_belongs_to_an_organization(people, group):
    with pytest.raises(ValidationError, match="You would get access"):
        merging_people.merge(kept=people.administrator, lost=person("manager"), by=people.administrator)
    assert person("manager").is_active


def test_the_email_says_who_got_in_how_and_how_to_end_it(people, group, settings, tmp_path):
    settings.MAIL_DIR, settings.EMAIL_URL = tmp_path, ""
    by_claim(people, group)
    outbox.send_due(render=emails.render)
    texts = [quopri.decodestring(path.read_bytes()).decode() for path in tmp_path.rglob("*.eml")]
    texts = [text for text in texts if "Someone new has access to Tenants" in text]
    assert len(texts) == 3
    for text in texts:
        assert "Editor gave access to Tenants" in text
        assert f"/organizations/{group.public_id}/people/" in text


@pytest.mark.parametrize(("role", "is_told"), [("administrator", True), ("manager", False)])
def test_the_page_says_so_before(client, people, group, role, is_told):
    client.force_login(people.administrator if role == "administrator" else person(role))
    place = group.memberships.get(person=person("reader"))
    for page in (f"/organizations/{group.public_id}/people/invite/", f"/members/{place.pk}/"):
        assert ("all of its users get an email" in client.get(page).content.decode()) == is_told


def test_a_reader_ends_it_on_the_page(client, people, group):
    newcomer = by_claim(people, group)
    client.force_login(person("reader"))
    page = client.get(f"/organizations/{group.public_id}/people/").content.decode()
    assert "Added by someone outside" in page
    place = group.memberships.get(person=newcomer)
    assert page.count("/remove/") == 2  # and “Leave” for their own role
    step = client.get(f"/members/{place.pk}/remove/")
    assert newcomer.email not in step.content.decode()
    assert client.post(f"/members/{place.pk}/remove/", {"was": "editor"}).status_code == 302
    assert not group.memberships.filter(person=newcomer).exists()
    other = group.memberships.get(person=people.partner)
    assert client.get(f"/members/{other.pk}/remove/").status_code == 403


def test_if_all_its_users_are_suspended_and_it_has_no_contact_they_are_notified(people, group):
    group.memberships.exclude(person=person("manager")).delete()
    actions.suspend(by=people.administrator, person=person("manager"), why="Asked to", confirmed=True)
    by_own_invitation(people, group)
    assert notified_addresses() == {"manager@group.example"}
    row = Email.objects.get(occurrence__startswith="let-in/")
    assert recipients.find_audience(row).refusal == ""
