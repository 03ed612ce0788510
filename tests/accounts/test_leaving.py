"""Someone leaves an office or organization: what depends on them passes to who follows, or ends."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from partnerships.accounts import service_accounts
from partnerships.accounts.choices import Outcome
from partnerships.accounts.hooks import Departure, holdings_of
from partnerships.accounts.member_actions import leave_to
from partnerships.accounts.token_actions import make_token
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict, NotAllowed, NotFound, ValidationError
from partnerships.meetings.action_items import save_action
from partnerships.meetings.feeds import make_feed
from partnerships.meetings.meetings import save_meeting
from partnerships.models import (
    Action,
    Change,
    CheckInPlan,
    Contact,
    Email,
    Membership,
    Organization,
    ReportDefinition,
    Webhook,
)
from partnerships.notifications import emails, recipients
from partnerships.reports.actions import save_report
from partnerships.webhooks.actions import add_webhook
from tests.factories import (
    make_check_ins,
    make_department,
    make_meeting,
    make_organization,
    make_partnership,
    make_person,
    party,
)
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def group(people):
    """An organization that takes part in a partnership of the office, with a manager, two editors and two contacts."""
    people.group = group = make_organization("Neighbors", "profiled")
    for name in ("Manager", "Leaver", "Follower"):
        role = "manager" if name == "Manager" else "editor"
        group.memberships.create(person=make_person(f"{name.lower()}@group.example.org", name=name), role=role)
    group.contacts.create(name="Old desk", email="old@group.example.org", visible_to="public")
    group.contacts.create(name="New desk", email="new@group.example.org")
    group.partnership = make_partnership(
        lead=people.office, parties=[party(people.office, "lead"), party(group, "member")]
    )
    Email.objects.all().delete()
    return group


def member(group, name):
    return group.memberships.select_related("person", "organization").get(person__name=name)


def person(group, name):
    return member(group, name).person


def desk(group, name):
    return group.contacts.get(name=f"{name} desk")


def contact_leaves(group, to="New", **more):
    successor = desk(group, to) if isinstance(to, str) else to
    return leave_to(by=person(group, "Manager"), leaver=desk(group, "Old"), successor=successor, **more)


def member_leaves(group, to="Follower", **more):
    successor = person(group, to) if isinstance(to, str) else to
    return leave_to(by=person(group, "Manager"), leaver=member(group, "Leaver"), successor=successor, **more)


def outcomes(found):
    return {one.key: str(one.outcome) for one in found if one.items}


def open_emails_to(someone):
    rows = Email.objects.filter(recipient=f"{someone._meta.model_name}:{someone.pk}", state__in=("planned", "claimed"))
    return sorted(rows.values_list("kind", flat=True))


def invite(group, *people, **fields):
    """Make a meeting, and invite these people for the organization."""
    meeting, seat = make_meeting(group.partnership, **fields), group.partnership.parties.get(organization=group)
    rows = [{one._meta.model_name: one, "party": seat} for one in people]
    return save_meeting(meeting=meeting, by=SYSTEM, fields={}, participants=rows)


# Meetings


@pytest.mark.both
def test_invitations_pass_with_one_email_and_reminders_and_none_to_who_left(group):
    old, new = desk(group, "Old"), desk(group, "New")
    meeting = invite(group, old)
    found = contact_leaves(group)
    meeting.refresh_from_db()
    assert (outcomes(found)["meetings"], [seat.contact for seat in meeting.participants.all()]) == ("passes", [new])
    assert open_emails_to(new).count("meeting_planned") == 1
    assert open_emails_to(new).count("meeting_reminder") > 0
    assert open_emails_to(old) == []


def test_someone_who_is_invited_already_is_invited_once(group):
    meeting = invite(group, desk(group, "Old"), desk(group, "New"))
    contact_leaves(group)
    assert [seat.contact for seat in meeting.participants.all()] == [desk(group, "New")]


def test_without_who_follows_the_invitation_ends_and_its_emails_too(group):
    old = desk(group, "Old")
    meeting = invite(group, old)
    found = contact_leaves(group, None)
    assert (outcomes(found)["meetings"], meeting.participants.count(), open_emails_to(old)) == ("ends", 0, [])


def test_a_person_keeps_what_they_have_for_another_organization(people, group):
    leaver = person(group, "Leaver")
    Membership.objects.create(person=leaver, organization=people.organization, role="editor")
    elsewhere = make_partnership(
        "Elsewhere", lead=people.other_office, parties=[party(people.other_office, "lead"), party(people.organization)]
    )
    here, there = make_meeting(group.partnership, people=[leaver]), make_meeting(elsewhere, people=[leaver])
    feed, _ = make_feed(by=leaver)
    member_leaves(group)
    feed.refresh_from_db()
    assert [one.participants.get().person.name for one in (here, there)] == ["Follower", "Leaver"]
    assert feed.revoked_at is None


# Check-ins and action items


@pytest.mark.both
def test_check_ins_pass(group):
    plan = make_check_ins(group.partnership)
    CheckInPlan.objects.filter(pk=plan.pk).update(contact=desk(group, "Old"))
    found = contact_leaves(group)
    plan.refresh_from_db()
    assert (outcomes(found)["check_ins"], plan.contact) == ("passes", desk(group, "New"))


def test_check_ins_without_who_follows_go_to_the_lead_agency(people, group):
    plan = make_check_ins(group.partnership)
    CheckInPlan.objects.filter(pk=plan.pk).update(contact=None, person=person(group, "Leaver"))
    member_leaves(group, None)
    plan.refresh_from_db()
    assert plan.person == people.editor


@pytest.mark.parametrize(
    ("to", "owner", "outcome"), [("Follower", "Follower", "passes"), ("contact", None, "ends"), (None, None, "ends")]
)
def test_action_items_pass_to_accounts_only(group, to, owner, outcome):
    seat = group.partnership.parties.get(organization=group)
    fields = {"partnership": group.partnership, "title": "Write the letter", "owner_person": person(group, "Leaver")}
    action = save_action(by=SYSTEM, fields=fields | {"owner_party": seat})
    alone = save_action(by=SYSTEM, fields=fields)
    found = member_leaves(group, desk(group, "New") if to == "contact" else to)
    action, alone = Action.objects.get(pk=action.pk), Action.objects.get(pk=alone.pk)
    assert (getattr(action.owner_person, "name", None), outcomes(found)["actions"]) == (owner, outcome)
    assert (action.owner_party, alone.owner_party) == (seat, None if owner else seat)


# Programs


def test_tokens_of_this_role_alone_end_and_others_lose_it(people, group):
    leaver = person(group, "Leaver")
    other = Membership.objects.create(person=leaver, organization=people.organization, role="reader")
    alone, _ = make_token(by=leaver, name="alone", memberships=[member(group, "Leaver")], days=9)
    both, _ = make_token(by=leaver, name="both", memberships=[member(group, "Leaver"), other], days=9)
    member_leaves(group)
    alone.refresh_from_db()
    both.refresh_from_db()
    assert (bool(alone.revoked_at), both.revoked_at, list(both.memberships.all())) == (True, None, [other])


def test_the_list_does_not_tell_whether_someone_has_tokens_or_calendars(group):
    departure = Departure(person(group, "Leaver"), group, person(group, "Manager"))
    before = holdings_of(departure)
    make_token(by=person(group, "Leaver"), name="mine", memberships=[member(group, "Leaver")], days=9)
    make_feed(by=person(group, "Leaver"))
    assert holdings_of(departure) == before
    assert {"tokens", "calendars"} <= {one.key for one in before}


def test_calendar_links_end_with_the_last_role(group):
    feed, _ = make_feed(by=person(group, "Leaver"))
    member_leaves(group)
    feed.refresh_from_db()
    assert feed.revoked_at is not None


@pytest.mark.both
@pytest.mark.parametrize("role", ["manager", "editor"])
def test_webhooks_pass_to_a_manager_and_are_paused_otherwise(settings, group, role):
    for name, has in (("Leaver", "manager"), ("Follower", role)):
        Membership.objects.filter(pk=member(group, name).pk).update(role=has)
    fields = {"name": "Ours", "url": "https://hooks.example.org/x", "format": "registry", "kinds": ["partners"]}
    fields |= {"reach": "own", "rights": "public", "kinds": ["partners"]}
    webhook, _ = add_webhook(by=person(group, "Leaver"), body=group, fields=fields)
    found = member_leaves(group)
    webhook = Webhook.objects.get(pk=webhook.pk)
    passes = role == "manager"
    assert (outcomes(found)["webhooks"], bool(webhook.paused_at)) == ("passes" if passes else "ends", not passes)
    assert webhook.by.name == ("Follower" if passes else "Leaver")


@pytest.mark.parametrize("role", ["manager", "editor"])
def test_service_accounts_pass_to_a_manager_and_have_no_one_otherwise(group, role):
    for name, has in (("Leaver", "manager"), ("Follower", role)):
        Membership.objects.filter(pk=member(group, name).pk).update(role=has)
    account, _ = service_accounts.add_service_account(
        by=person(group, "Leaver"), body=group, name="Sync", role="reader", days=9
    )
    found, passes = member_leaves(group), role == "manager"
    account.refresh_from_db()
    assert outcomes(found)["service_accounts"] == ("passes" if passes else "ends")
    assert (account.revoked_at, account.unanswered_since is None) == (None, passes)
    assert account.answerable.name == ("Follower" if passes else "Leaver")


def test_reports_by_email_pass(group):
    fields = {
        "organization": group,
        "kind": "partner",
        "eyes": "own",
        "title": "Ours",
        "mailed_to": [person(group, "Leaver")],
    }
    report = save_report(by=SYSTEM, fields=fields)
    assert outcomes(member_leaves(group))["reports"] == "passes"
    assert [one.name for one in ReportDefinition.objects.get(pk=report.pk).mailed_to.all()] == ["Follower"]


# History and the email to who follows


def test_the_history_says_who_left_and_the_follower_gets_one_email(group):
    invite(group, desk(group, "Old"))
    contact_leaves(group)
    change = Change.objects.get(verb="left")
    assert change.before == {"left": {"contact": "Old desk"}}
    assert change.after == {"left": {"by": {"contact": "New desk"}, "passed": {"meetings": 1}}}
    assert change.by.name == "Manager"
    (row,) = Email.objects.filter(kind="passed_on")
    mail = emails.render(row, recipients.find(row.recipient))
    assert (row.recipient, mail.subject) == (
        f"contact:{desk(group, 'New').pk}",
        "Old desk left Neighbors, and you follow",
    )
    assert "Manager chose you to follow." in mail.text
    assert "- Upcoming meetings: 1" in mail.text


def test_who_follows_by_their_own_press_gets_no_email(group):
    leave_to(by=person(group, "Manager"), leaver=desk(group, "Old"), successor=person(group, "Manager"))
    assert not Email.objects.filter(kind="passed_on").exists()


def test_a_new_contact_follows_and_is_private(group):
    new = Contact(organization=group, name="Typed", email="typed@group.example.org", language="es")
    contact_leaves(group, new)
    saved = group.contacts.get(name="Typed")
    assert (saved.language, saved.visible_to, group.contacts.filter(name="Old desk").exists()) == ("es", "staff", False)


# Who may do it, and bad input


def test_the_office_cannot_do_it_where_the_organization_has_its_own_editors(people, group):
    Organization.objects.filter(pk=group.pk).update(kept_by=people.office)
    for by in (people.editor, people.stranger, people.other_editor, people.partner):
        with pytest.raises(NotAllowed):
            leave_to(by=by, leaver=desk(group, "Old"), successor=None)
        with pytest.raises(NotAllowed):
            leave_to(by=by, leaver=member(group, "Leaver"), successor=None)


def test_the_office_can_do_it_for_a_record_that_it_keeps(people, group):
    group.memberships.all().delete()
    Organization.objects.filter(pk=group.pk).update(kept_by=people.office)
    leave_to(by=people.editor, leaver=desk(group, "Old"), successor=desk(group, "New"))
    assert [one.name for one in group.contacts.all()] == ["New desk"]


def refusal_of(act):
    with pytest.raises(ValidationError) as refused:
        act()
    return refused.value.messages[0]


def test_a_successor_who_cannot_follow_is_refused_with_a_reason(people, group):
    twin = group.contacts.create(name="Same mailbox", email="Old@group.example.org")
    suspended = make_person("gone@group.example.org", name="Gone", is_active=False)
    group.memberships.create(person=suspended, role="editor")
    elsewhere = people.organization.contacts.create(name="Elsewhere", email="x@example.org")
    typed = Contact(organization=group, name="Typed", email="new@group.example.org")
    for someone, words in (
        (desk(group, "Old"), "is the person who leaves"),
        (twin, "is the person who leaves"),
        (suspended, "account is suspended"),
        (elsewhere, "isn’t a contact of Neighbors"),
        (people.partner, "has no role at Neighbors"),
        (typed, "already has this email address"),
    ):
        assert words in refusal_of(lambda someone=someone: contact_leaves(group, someone)), someone
    Organization.objects.filter(pk=group.pk).update(closed_on=clock.today() - timedelta(days=1))
    assert "has closed" in refusal_of(lambda: contact_leaves(group))
    assert not Change.objects.filter(verb="left").exists()


def test_the_last_manager_cannot_leave(group):
    act = {"by": person(group, "Manager"), "leaver": member(group, "Manager"), "successor": person(group, "Follower")}
    with pytest.raises(ValidationError, match="would have no manager"):
        leave_to(**act)
    assert group.memberships.count() == 3


def test_stale_versions_conflict_and_write_nothing(group):
    with pytest.raises(EditConflict):
        contact_leaves(group, version=group.version + 1)
    with pytest.raises(ValidationError, match="changed in the meantime"):
        member_leaves(group, was="reader")
    assert (group.contacts.count(), group.memberships.count()) == (2, 3)


def test_a_second_press_does_nothing(group):
    leaver, old = member(group, "Leaver"), desk(group, "Old")
    member_leaves(group)
    contact_leaves(group)
    for gone in (leaver, old):
        with pytest.raises(NotFound):
            leave_to(by=person(group, "Manager"), leaver=gone, successor=None)


def test_a_person_who_is_a_contact_too_is_listed(group):
    group.contacts.create(name="Leaver", email="leaver@group.example.org")
    departure = Departure(person(group, "Leaver"), group, person(group, "Manager"))
    (other,) = [one for one in holdings_of(departure) if one.key == "other_entry"]
    assert (other.outcome, [str(name) for name, _ in other.items]) == (Outcome.STAYS, ["Contact: Leaver"])


# The page


def client_of(someone):
    client = Client()
    client.force_login(someone)
    return client


def test_the_page_asks_who_follows_then_shows_what_happens_then_does_it(group):
    invite(group, desk(group, "Old"), title="Spring table")
    client, url = client_of(person(group, "Manager")), reverse("contact_left", args=[desk(group, "Old").pk])
    start = client.get(url).content.decode()
    assert ("Old desk left. Who follows?" in start, "Spring table" in start) == (True, True)
    sent = {"follows": f"contact:{desk(group, 'New').pk}", "version": group.version}
    preview = client.post(url, sent).content.decode()
    assert "New desk gets the invitations and reminders." in preview
    assert group.contacts.filter(name="Old desk").exists()
    done = client.post(url, sent | {"press": "leave"}, follow=True).content.decode()
    assert "Old desk left, and New desk follows." in done
    assert "Passed on: Upcoming meetings (1)." in done
    assert not group.contacts.filter(name="Old desk").exists()


def test_the_page_of_a_user_and_its_errors(group):
    client, url = client_of(person(group, "Manager")), reverse("member_left", args=[member(group, "Leaver").pk])
    missing = client.post(url, {"was": "editor"})
    assert (missing.status_code, "Choose who follows, or “No one”." in missing.content.decode()) == (422, True)
    typed = client.post(url, {"was": "editor", "follows": "new", "name": "Ana", "email": "leaver@group.example.org"})
    assert (typed.status_code, "is the person who leaves" in typed.content.decode()) == (422, True)
    stale = client.post(url, {"was": "reader", "follows": "none", "press": "leave"})
    assert stale.status_code == 409
    done = client.post(url, {"was": "editor", "follows": "none", "press": "leave"}, follow=True)
    assert "Leaver left." in done.content.decode()


def test_the_step_is_linked_from_the_contact_and_the_list_of_users(group):
    client = client_of(person(group, "Manager"))
    page = client.get(group.get_absolute_url()).content.decode()
    assert reverse("contact_left", args=[desk(group, "Old").pk]) in page
    users = client.get(reverse("organization_people", args=[group.public_id])).content.decode()
    assert reverse("member_left", args=[member(group, "Leaver").pk]) in users
    for route in ("member", "member_remove"):
        page = client.get(reverse(route, args=[member(group, "Leaver").pk])).content.decode()
        assert reverse("member_left", args=[member(group, "Leaver").pk]) in page


def test_a_stale_page_of_a_contact_is_an_edit_conflict(group):
    client, url = client_of(person(group, "Manager")), reverse("contact_left", args=[desk(group, "Old").pk])
    sent = {"follows": "none", "version": group.version - 1, "press": "leave"}
    assert client.post(url, sent).status_code == 409
    assert group.contacts.count() == 2


def test_it_works_for_departments_and_jurisdictions(people):
    department = make_department(people.office)
    for body in (department, people.office):
        old = body.contacts.create(name="Old", email="o@example.org")
        leave_to(
            by=people.editor,
            leaver=old,
            successor=Contact(**{body._meta.model_name: body}, name="N", email="n@example.org"),
        )
        assert [one.name for one in body.contacts.all()] == ["N"]
