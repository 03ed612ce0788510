"""Users of an organization: invited, accepted, changed, handed over and removed, always with a manager, always logged."""

import re
from datetime import timedelta

import pytest
import time_machine

from partnerships.accounts import member_actions as actions
from partnerships.accounts import queries
from partnerships.accounts.member_actions import MOST_OPEN
from partnerships.accounts.rules import open_invitations
from partnerships.core import clock
from partnerships.core.access import SYSTEM, manages, role_in
from partnerships.core.errors import NotAllowed, NotFound, ValidationError
from partnerships.mail import outbox
from partnerships.models import Change, Email, Invitation, Membership, Organization, Person
from partnerships.notifications import emails, recipients
from tests.factories import make_department, make_jurisdiction, make_organization, make_person
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def group(people):
    """An organization with a manager, an editor and a viewer, and no other users."""
    body = make_organization("Neighbors", "unlisted")
    for role in ("manager", "editor", "reader"):
        body.memberships.create(person=make_person(f"{role}@group.example.org", name=role.capitalize()), role=role)
    return body


def member_with_role(body, role="manager"):
    return body.memberships.filter(role=role).order_by("pk").first().person


def membership_with_role(body, role="manager"):
    return body.memberships.filter(role=role).order_by("pk").first()


def roles(body):
    return sorted(body.memberships.values_list("person__name", "role"))


def invited(body, address="new@example.org", role="editor", by=None):
    return actions.invite(by=by or member_with_role(body), body=body, address=address, role=role)


def last_change(body):
    return Change.objects.filter(record_type=body._meta.model_name, record_id=body.pk).first()


def recipients_of(kind):
    return sorted(Email.objects.filter(kind=kind, state="planned").values_list("recipient", flat=True))


# Invitations


def test_an_invitation_makes_an_account_that_can_do_nothing_until_it_is_accepted(group):
    invitation = invited(group, " New@Example.org ")
    person = Person.objects.get(email="new@example.org")
    assert (invitation.person, invitation.expires_at - invitation.sent_at) == (person, timedelta(days=30))
    assert (person.memberships.count(), person.has_usable_password()) == (0, False)
    assert recipients_of("invitation") == [f"person:{person.pk}"]
    actions.accept_invitation(by=person, invitation=invitation, name="New neighbor")
    assert role_in(Person.objects.get(pk=person.pk), group) == "editor"
    assert Person.objects.get(pk=person.pk).name == "New neighbor"
    invitation.refresh_from_db()
    assert (invitation.state, invitation.answered_at is not None) == ("accepted", True)


@pytest.mark.parametrize(
    ("theirs", "belongs_elsewhere", "after"),
    [
        ("America/Chicago", False, "America/Los_Angeles"),
        ("America/Denver", False, "America/Denver"),
        ("America/Chicago", True, "America/Chicago"),
    ],
    ids=["new", "chose one", "has a role elsewhere"],
)
def test_a_new_person_gets_the_time_zone_of_the_jurisdiction(people, settings, theirs, belongs_elsewhere, after):
    settings.LOCAL_ZONE = "America/Chicago"
    office = make_jurisdiction("Oakland", zone="America/Los_Angeles")
    person = make_person("new@example.org", zone=theirs)
    if belongs_elsewhere:
        people.office.memberships.create(person=person)
    administrator = make_person("admin@example.org", is_administrator=True)
    for body in (office, make_department(office)):
        office.memberships.filter(person=person).delete()
        Person.objects.filter(pk=person.pk).update(zone=theirs)
        invitation = invited(body, by=administrator)
        actions.accept_invitation(by=person, invitation=invitation)
        assert Person.objects.get(pk=person.pk).zone == after


def test_accepting_is_written_down_by_number_and_moves_no_version(group):
    before = Organization.objects.get(pk=group.pk)
    was = sorted([pk, role] for pk, role in group.memberships.values_list("person_id", "role"))
    invitation = invited(group)
    actions.accept_invitation(by=invitation.person, invitation=invitation)
    change = last_change(group)
    assert (change.verb, change.by, change.public_id) == ("members", invitation.person, group.public_id)
    assert change.before == {"members": was}
    assert change.after == {"members": [*was, [invitation.person.pk, "editor"]]}
    after = Organization.objects.get(pk=group.pk)
    assert (after.version, after.stamp, after.updated_at) == (before.version, before.stamp, before.updated_at)


def test_inviting_again_renews_the_open_invitation(group):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        first = invited(group, role="reader")
        traveller.shift(timedelta(days=40))
        again = invited(group, role="manager")
        assert (again.pk, again.role, again.expires_at) == (first.pk, "manager", clock.now() + timedelta(days=30))
    states = Email.objects.filter(kind="invitation").order_by("pk").values_list("state", flat=True)
    assert list(states) == ["withdrawn", "planned"]


def test_fifty_may_wait_at_most_and_renewing_one_is_not_one_more(group):
    for n in range(MOST_OPEN):
        invited(group, f"guest{n}@example.org")
    invited(group, "guest3@example.org")
    with pytest.raises(ValidationError, match="Withdraw one first"):
        invited(group, "guest50@example.org")
    actions.withdraw_invitation(by=member_with_role(group), invitation=Invitation.objects.first())
    invited(group, "guest50@example.org")


@pytest.mark.parametrize("address", ["", "no address", "a@b", "x" * 250 + "@example.org", "\x00@example.org"])
def test_what_is_no_address_is_refused_and_makes_no_account(group, address):
    before = Person.objects.count()
    with pytest.raises(ValidationError) as refused:
        invited(group, address)
    assert (set(refused.value.message_dict), Person.objects.count()) == ({"email"}, before)


def test_one_who_belongs_already_is_said_so_to_managers_only(group):
    with pytest.raises(ValidationError, match="already has a role here"):
        invited(group, "EDITOR@group.example.org")
    for by in (member_with_role(group, "editor"), member_with_role(group, "reader"), make_person()):
        with pytest.raises(NotAllowed):
            invited(group, "editor@group.example.org", by=by)


def test_a_manager_of_another_organization_cannot_invite_here(group, people):
    people.partner.memberships.update(role="manager")
    with pytest.raises(NotAllowed):
        invited(group, by=people.partner)


@pytest.mark.parametrize("answer", [actions.accept_invitation, actions.decline_invitation])
def test_an_invitation_is_for_its_person_once_and_for_thirty_days(group, answer):
    invitation = invited(group)
    for someone in (make_person("else@example.org"), member_with_role(group)):
        with pytest.raises(NotFound):
            answer(by=someone, invitation=invitation)
    with time_machine.travel(clock.now() + timedelta(days=30, seconds=1)), pytest.raises(NotFound):
        answer(by=invitation.person, invitation=invitation)
    answer(by=invitation.person, invitation=invitation)
    for again in (actions.accept_invitation, actions.decline_invitation):
        with pytest.raises(NotFound):
            again(by=invitation.person, invitation=invitation)
    assert group.memberships.filter(person=invitation.person).count() == (answer == actions.accept_invitation)


def test_a_withdrawn_invitation_cannot_be_accepted_and_its_email_is_withdrawn(group):
    invitation = invited(group)
    with pytest.raises(ValidationError, match="sent again in the meantime"):
        actions.withdraw_invitation(
            by=member_with_role(group), invitation=invitation, sent_at="2020-01-01T00:00:00+00:00"
        )
    with pytest.raises(NotAllowed):
        actions.withdraw_invitation(by=member_with_role(group, "editor"), invitation=invitation)
    actions.withdraw_invitation(by=member_with_role(group), invitation=invitation)
    with pytest.raises(NotFound):
        actions.accept_invitation(by=invitation.person, invitation=invitation)
    assert Email.objects.get(kind="invitation").state == "withdrawn"


def test_someone_who_got_a_role_since_keeps_it(group):
    invitation = invited(group, role="reader")
    group.memberships.create(person=invitation.person, role="manager")
    actions.accept_invitation(by=invitation.person, invitation=invitation)
    invitation.refresh_from_db()
    assert (invitation.state, role_in(invitation.person, group)) == ("accepted", "manager")


# Roles


def test_a_role_is_changed_and_its_person_notified(group):
    changed = membership_with_role(group, "reader")
    actions.change_role(by=member_with_role(group), membership=changed, role="editor", was="reader")
    assert roles(group) == [("Editor", "editor"), ("Manager", "manager"), ("Reader", "editor")]
    assert recipients_of("membership_changed") == [f"person:{changed.person_id}"]
    actions.change_role(by=member_with_role(group), membership=changed, role="editor")
    assert Change.objects.filter(verb="members", record_id=group.pk).count() == 1  # repeating it changes nothing


def test_a_role_changed_since_is_not_overwritten_unseen(group):
    for act in (
        lambda: actions.change_role(
            by=member_with_role(group), membership=membership_with_role(group, "editor"), role="manager", was="reader"
        ),
        lambda: actions.remove_member(
            by=member_with_role(group), membership=membership_with_role(group, "editor"), was="manager"
        ),
    ):
        with pytest.raises(ValidationError, match="changed in the meantime"):
            act()
    with pytest.raises(ValidationError):
        actions.change_role(by=member_with_role(group), membership=membership_with_role(group, "editor"), role="owner")
    assert len(roles(group)) == 3


def test_only_managers_change_and_remove(group, people):
    for by in (member_with_role(group, "editor"), member_with_role(group, "reader"), people.stranger, people.editor):
        with pytest.raises(NotAllowed):
            actions.change_role(by=by, membership=membership_with_role(group, "editor"), role="manager")
        with pytest.raises(NotAllowed):
            actions.remove_member(by=by, membership=membership_with_role(group, "editor"))
        with pytest.raises(NotAllowed):
            actions.leave(by=by, membership=membership_with_role(group))
        with pytest.raises(NotAllowed):
            actions.hand_over(by=by, membership=membership_with_role(group), to=membership_with_role(group, "editor"))
    assert len(roles(group)) == 3


def test_a_removed_person_can_do_nothing_from_then_on(group):
    editor = member_with_role(group, "editor")
    assert role_in(editor, group) == "editor"  # cached on the person object
    actions.remove_member(by=member_with_role(group), membership=membership_with_role(group, "editor"))
    assert role_in(Person.objects.get(pk=editor.pk), group) == ""
    with pytest.raises(NotAllowed):
        invited(group, by=editor)


def test_rights_are_asked_again_under_the_lock(group):
    """A person object that still has the role of manager isn't trusted."""
    manager = member_with_role(group)
    assert role_in(manager, group) == "manager"
    Membership.objects.filter(person=manager).update(role="reader")
    group.memberships.filter(role="editor").update(role="manager")
    with pytest.raises(NotAllowed):
        actions.remove_member(by=manager, membership=membership_with_role(group))


LAST = {
    "removed": lambda by, own: actions.remove_member(by=by, membership=own),
    "lowered": lambda by, own: actions.change_role(by=by, membership=own, role="editor"),
    "leaving": lambda by, own: actions.leave(by=own.person, membership=own),
}


@pytest.mark.parametrize("way", LAST)
def test_the_last_manager_does_not_vanish(group, way):
    own = membership_with_role(group)
    with pytest.raises(ValidationError, match="would have no manager"):
        LAST[way](own.person, own)
    assert ("Manager", "manager") in roles(group)
    assert not Change.objects.filter(verb="members", record_id=group.pk).exists()


def test_a_manager_who_may_not_sign_in_is_none(group):
    second = membership_with_role(group, "editor")
    Membership.objects.filter(pk=second.pk).update(role="manager")
    Person.objects.filter(pk=second.person_id).update(is_active=False)
    with pytest.raises(ValidationError, match="would have no manager"):
        actions.leave(by=member_with_role(group), membership=membership_with_role(group))


def test_an_administrator_may_after_saying_that_they_mean_it(group, people):
    own = membership_with_role(group)
    with pytest.raises(ValidationError) as refused:
        actions.remove_member(by=people.administrator, membership=own)
    assert set(refused.value.message_dict) == {"confirmed"}
    actions.remove_member(by=people.administrator, membership=own, confirmed=True)
    assert roles(group) == [("Editor", "editor"), ("Reader", "reader")]


def test_a_checked_box_does_not_help_a_manager_of_the_organization_itself(group):
    with pytest.raises(ValidationError, match="would have no manager"):
        actions.leave(by=member_with_role(group), membership=membership_with_role(group), confirmed=True)


def test_managers_of_a_jurisdiction_manage_its_departments(people):
    unit, stranger = make_department(people.office), make_person("chief@example.org", name="Chief")
    chief = unit.memberships.create(person=stranger, role="manager")
    people.editor.memberships.update(role="manager")
    invited(unit, by=people.editor)
    with pytest.raises(ValidationError, match="Check the box to confirm"):
        actions.remove_member(by=people.editor, membership=chief)
    actions.remove_member(by=people.editor, membership=chief, confirmed=True)
    with pytest.raises(NotAllowed):
        invited(unit, by=people.other_editor)


def test_handing_over_names_another_and_steps_down_in_one_step(group):
    manager, other = member_with_role(group), membership_with_role(group, "reader")
    actions.hand_over(by=manager, membership=membership_with_role(group), to=other)
    assert roles(group) == [("Editor", "editor"), ("Manager", "editor"), ("Reader", "manager")]
    assert recipients_of("membership_changed") == [f"person:{other.person_id}"]
    assert Change.objects.filter(verb="members", record_id=group.pk).count() == 1


def test_no_one_hands_over_to_themselves_to_strangers_or_to_suspended_people(group, people):
    manager = member_with_role(group)
    with pytest.raises(ValidationError, match="someone else"):
        actions.hand_over(by=manager, membership=membership_with_role(group), to=membership_with_role(group))
    with pytest.raises(NotFound):
        actions.hand_over(by=manager, membership=membership_with_role(group), to=people.partner.memberships.get())
    Person.objects.filter(name="Reader").update(is_active=False)
    with pytest.raises(ValidationError, match="can sign in"):
        actions.hand_over(by=manager, membership=membership_with_role(group), to=membership_with_role(group, "reader"))
    assert roles(group) == [("Editor", "editor"), ("Manager", "manager"), ("Reader", "reader")]


# Who can read what


def test_members_read_names_and_managers_addresses(group, people):
    Person.objects.filter(name="Reader").update(name="")
    suspended = make_person("gone@group.example.org", name="Gone", is_active=False)
    group.memberships.create(person=suspended, role="reader")
    seen = queries.members_of(member_with_role(group, "editor"), group)
    assert [(row.name, row.address, row.role) for row in seen] == [
        ("Manager", "", "manager"),
        ("Editor", "", "editor"),
        ("Someone (no name yet)", "", "reader"),
    ]
    managed = queries.members_of(member_with_role(group), group)
    assert [(row.address, row.is_suspended) for row in managed] == [
        ("manager@group.example.org", False),
        ("editor@group.example.org", False),
        ("reader@group.example.org", False),
        ("gone@group.example.org", True),
    ]
    invited(group)
    actions.remove_member(by=member_with_role(group), membership=membership_with_role(group, "editor"))
    assert (
        len(queries.member_changes(member_with_role(group), group)),
        queries.member_changes(member_with_role(group, "reader"), group),
    ) == (
        1,
        [],
    )
    for person in (None, people.stranger, people.editor, people.partner, suspended):
        with pytest.raises(NotFound):
            queries.members_of(person, group)


# Emails


def email(kind):
    row = Email.objects.get(kind=kind, state="planned")
    look = recipients.find_audience(row)
    return look.refusal, emails.render(row, look.recipient).text if look.recipient else ""


def test_the_email_of_an_invitation_leads_to_sign_in_and_carries_no_secret(group):
    invited(group, role="manager")
    refusal, text = email("invitation")
    assert refusal == ""
    assert (
        "Manager invited you to join Neighbors in the Partnership Registry. Your role there would be: manager." in text
    )
    assert re.findall(r"http\S+", text) == [
        "http://127.0.0.1:8000/sign-in/?next=/account/",
        "http://127.0.0.1:8000",
    ]
    assert "manager@group" not in text


@pytest.mark.parametrize("state", ["accepted", "declined", "withdrawn"])
def test_the_email_is_not_sent_once_it_is_answered_or_has_ended(group, state):
    invitation = invited(group)
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert email("invitation")[0] == "The invitation was answered or withdrawn, or it has expired."
    Invitation.objects.filter(pk=invitation.pk).update(state=state)
    assert email("invitation")[0] == "The invitation was answered or withdrawn, or it has expired."


def test_a_changed_role_is_described_as_it_is_when_the_email_is_sent(group):
    own = membership_with_role(group, "reader")
    actions.change_role(by=member_with_role(group), membership=own, role="editor")
    assert "Your role at Neighbors has changed. Your role there is now: editor." in email("membership_changed")[1]
    Membership.objects.filter(pk=own.pk).delete()
    assert "You no longer have a role at Neighbors in the Partnership Registry." in email("membership_changed")[1]


def test_emails_about_places_are_sent(group, settings, tmp_path):
    settings.EMAIL_URL, settings.MAIL_DIR = "", tmp_path
    invited(group)
    actions.remove_member(by=member_with_role(group), membership=membership_with_role(group, "reader"))
    outbox.send_due(render=emails.render)
    assert sorted(Email.objects.values_list("kind", "state")) == [
        ("invitation", "sent"),
        ("membership_changed", "sent"),
    ]


# An invitation ends with its sender's right


def _removed(group, sender):
    actions.remove_member(by=SYSTEM, membership=group.memberships.get(person=sender))


def _is_editor_now(group, sender):
    actions.change_role(by=SYSTEM, membership=group.memberships.get(person=sender), role="editor")


def _suspended(group, sender):
    Person.objects.filter(pk=sender.pk).update(is_active=False)


@pytest.mark.parametrize("end", [_removed, _is_editor_now, _suspended])
@pytest.mark.both
def test_an_invitation_waits_once_its_sender_may_no_longer_invite(group, end):
    sender = make_person("second@example.org", name="Maria")
    group.memberships.create(person=sender, role="manager")
    invitation = invited(group, by=sender)
    email = Email.objects.get(kind="invitation", state="planned")
    end(group, sender)
    person = Person.objects.get(pk=invitation.person_id)
    with pytest.raises(ValidationError, match="Maria can no longer invite people to Neighbors"):
        actions.accept_invitation(by=person, invitation=invitation)
    assert not group.memberships.filter(person=person).exists()
    assert "can no longer invite" in recipients.find_audience(email).refusal
    assert not queries.invitations_to(group).get().sender_manages
    again = invited(group)  # by another manager
    actions.accept_invitation(by=person, invitation=again)
    assert group.memberships.filter(person=person, role="editor").exists()


def test_who_may_still_invite_agrees_with_the_rule_for_one_person(group, people):
    """The database query and `core.access.manages` agree for each kind of office or organization and each sender."""
    department = make_department(people.office)
    senders = [*Person.objects.all(), None]
    suspended = make_person("gone@example.org", is_active=False, is_administrator=True)
    answers = []
    for body in (group, people.office, department):
        for n, sender in enumerate([*senders, suspended]):
            row = Invitation.objects.create(
                person=make_person(f"{n}-{body.pk}-{body._meta.model_name}@example.org"),
                by=sender,
                sent_at=clock.now(),
                expires_at=clock.now() + timedelta(days=1),
                **{body._meta.model_name: body},
            )
            may = sender is not None and manages(Person.objects.get(pk=sender.pk), body)
            assert open_invitations().get(pk=row.pk).sender_manages == may
            answers.append(may)
    assert {True, False} == set(answers)
