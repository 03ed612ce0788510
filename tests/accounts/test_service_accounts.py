"""Service accounts: what a program of an office may, in whose name, and when that ends."""

from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.test import Client

from partnerships import tasks
from partnerships.accounts import service_accounts as services
from partnerships.accounts.actions import suspend
from partnerships.accounts.choices import PEOPLE_STAY
from partnerships.accounts.member_actions import accept_invitation, change_role, invite, leave, remove_member
from partnerships.accounts.rules import people_visible_to
from partnerships.accounts.service_rules import ROLES
from partnerships.core import clock
from partnerships.core.access import MembershipRow
from partnerships.core.errors import NotAllowed, NotFound, ValidationError
from partnerships.directory.rules import has_own_editors, may_speak_for_organization
from partnerships.meetings.queries import people_of_the_lead
from partnerships.models import ApiToken, Change, Email, Membership, Organization, Partnership, Person
from partnerships.notifications.recipients import find_audience
from partnerships.records.privacy import erase_person
from partnerships.registry.rules import may_speak_for
from tests import factories
from tests.api.programs import Program, pointers
from tests.api.test_errors import problem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("generous_limits")]


@pytest.fixture
def people(people):
    """The office has a manager."""
    Membership.objects.create(person=people.manager, jurisdiction=people.office, role="manager")
    return people


class Service(Program):
    """A program with the secret of a service account."""

    def __init__(self, by, body, role="editor", writes=("partnerships", "organizations", "meetings"), **more):
        given = {"name": "Council site", "days": 90, "role": role, "writes": writes if role == "editor" else ()}
        self.token, secret = services.add_service_account(by=by, body=body, **given | more)
        self.client = Client(headers={"authorization": f"Bearer {secret}"})

    @property
    def person(self):
        return self.token.person


@pytest.fixture
def record(people):
    return factories.make_partnership(lead=people.office, published=False)


def path_of(record):
    return f"partnerships/{record.public_id}/"


@pytest.mark.both
def test_it_works_for_its_office_under_its_own_name(people, record):
    service = Service(people.manager, people.office)
    elsewhere = factories.make_partnership("Theirs", lead=people.other_office, published=False)
    assert (service.get(path_of(record)).status_code, service.get(path_of(elsewhere)).status_code) == (200, 404)
    assert service.change(path_of(record), {"summary": "From the council's site"}).status_code == 200
    change = Change.objects.get(record_type="partnership", record_id=record.pk, verb="update")
    assert str(change.by) == "Council site (service account)"
    page = Client()
    page.force_login(people.editor)
    assert "Council site (service account)" in page.get(f"/{path_of(record)}history/").content.decode()
    reader = Service(people.manager, people.office, "reader", name="Copy")
    assert reader.get(path_of(record)).status_code == 200
    problem(reader.change(path_of(record), {"summary": "No"}), 403, "not_for_writing")
    assert pointers(service.send("POST", "organizations/", {"name": "New", "side": "community"})) == [
        ("#/kept_by", "required")
    ]


@pytest.fixture
def second(people):
    """Another manager of the office."""
    person = factories.make_person("second@example.org", name="Second manager")
    Membership.objects.create(person=person, jurisdiction=people.office, role="manager")
    return person


def own(person):
    return person.memberships.get()


# How the person who answers for a service account can stop managing its office.
ENDS = {
    "removed": lambda people: remove_member(by=people.administrator, membership=own(people.manager)),
    "left": lambda people: leave(by=people.manager, membership=own(people.manager)),
    "editor": lambda people: change_role(by=people.administrator, membership=own(people.manager), role="editor"),
    "suspended": lambda people: suspend(by=people.administrator, person=people.manager, why="Asked for"),
    "erased": lambda people: erase_person(person=people.manager, by=people.manager),
}


def told():
    """Who got an email that no one answers for a service account."""
    rows = Email.objects.filter(kind="service_unanswered", state="planned").order_by("pk")
    return [Person.objects.get(pk=email.recipient_pk) for email in rows]


@pytest.mark.both
@pytest.mark.parametrize("end", ENDS)
def test_it_stops_writing_at_once_and_reading_after_fourteen_days(people, record, second, end):
    service = Service(people.manager, people.office)
    assert service.change(path_of(record), {"summary": "First"}).status_code == 200
    ENDS[end](people)
    refused = service.change(path_of(record), {"summary": "Later"})
    problem(refused, 403, "no_one_answers")
    assert "take it over" in refused.json()["detail"]
    each = {"mode": "each", "rows": [{"title": "Later"}]}
    problem(service.send("POST", "partnerships/bulk/", each), 403, "no_one_answers")
    assert Partnership.objects.get(pk=record.pk).summary == "First"
    assert service.get(path_of(record)).json()["summary"] == "First"
    assert told() == [second]
    with time_machine.travel(clock.now() + timedelta(days=13, hours=23)):
        assert service.get(path_of(record)).status_code == 200
    with time_machine.travel(clock.now() + timedelta(days=14, minutes=1)):
        problem(service.get(path_of(record)), 401, "bad_token")
        problem(service.get("partnerships/"), 401, "bad_token")


@pytest.mark.both
@time_machine.travel("2026-12-03 18:00Z", tick=False)
def test_another_manager_takes_it_over_in_one_press(client, people, record, second):
    service = Service(people.manager, people.office)
    ENDS["left"](people)
    client.force_login(second)
    home = client.get("/").content.decode()
    assert ("Service account “Council site”" in home, "No one answers for it. It can’t change anything." in home) == (
        True,
        True,
    )
    services_page = f"/jurisdictions/{people.office.public_id}/service-accounts/"
    page = client.get(services_page).content.decode()
    assert "It can’t change anything. It stops reading on December 17, 2026." in " ".join(page.split())
    assert client.post(f"/service-accounts/{service.token.pk}/take-over/").status_code == 302
    assert service.change(path_of(record), {"summary": "Again"}).status_code == 200
    page = client.get(services_page).content.decode()
    assert ("Second manager answers for it." in page, "No one answers" in page) == (True, False)
    assert "Second manager took over a service account" in page
    assert "Service account" not in client.get("/").content.decode()
    assert told() == []  # the email that wasn't sent yet
    assert services.take_over(by=second, token=service.token) is False
    with time_machine.travel(clock.now() + timedelta(days=15)):
        assert service.get(path_of(record)).status_code == 200


def test_it_can_be_taken_over_after_it_stopped(people, record, second):
    service = Service(people.manager, people.office)
    ENDS["left"](people)
    with time_machine.travel(clock.now() + timedelta(days=20)):
        assert services.take_over(by=second, token=service.token) is True
        assert service.change(path_of(record), {"summary": "Again"}).status_code == 200


def test_who_manages_again_in_time_answers_for_it_again(people, record, second):
    """After it stopped, only a press starts it again: no one expects it to work by then."""
    service = Service(people.manager, people.office)
    ENDS["editor"](people)
    problem(service.change(path_of(record), {"summary": "No"}), 403, "no_one_answers")
    change_role(by=second, membership=own(people.manager), role="manager")
    assert (service.change(path_of(record), {"summary": "Again"}).status_code, told()) == (200, [])
    with time_machine.travel(clock.now() + timedelta(days=30)):
        assert service.change(path_of(record), {"summary": "Still"}).status_code == 200
    ENDS["editor"](people)
    with time_machine.travel(clock.now() + timedelta(days=15)):
        change_role(by=second, membership=own(people.manager), role="manager")
        problem(service.get(path_of(record)), 401, "bad_token")
        assert services.take_over(by=people.manager, token=service.token) is True
        assert service.get(path_of(record)).status_code == 200


def test_administrators_are_told_where_no_manager_is_left(client, people, record):
    service = Service(people.manager, people.office)
    remove_member(by=people.administrator, membership=own(people.manager), confirmed=True)
    problem(service.change(path_of(record), {"summary": "No"}), 403, "no_one_answers")
    assert service.get(path_of(record)).status_code == 200
    assert told() == [people.administrator]
    client.force_login(people.administrator)
    assert "Service account “Council site”" in client.get("/").content.decode()
    assert services.take_over(by=people.administrator, token=service.token) is True
    assert service.change(path_of(record), {"summary": "Ours"}).status_code == 200


def test_administrators_are_told_when_the_last_manager_leaves_later(people, second):
    Service(people.manager, people.office)
    ENDS["left"](people)
    assert told() == [second]
    remove_member(by=people.administrator, membership=own(second), confirmed=True)
    services.follow_all()
    assert {*told()} == {second, people.administrator}  # the first is refused when it's sent
    assert [
        find_audience(email).refusal for email in Email.objects.filter(kind="service_unanswered").order_by("pk")
    ] == [
        "They no longer manage it.",
        "",
    ]


def test_an_administrator_who_is_none_anymore_is_found_by_the_sweep(people, record):
    """A command ends that right, and no action of ours is called."""
    service = Service(people.administrator, people.office)
    Person.objects.filter(pk=people.administrator.pk).update(is_administrator=False)
    problem(service.change(path_of(record), {"summary": "No"}), 403, "no_one_answers")
    tasks.check_who_answers()
    tasks.check_who_answers()
    assert told() == [people.manager]
    with time_machine.travel(clock.now() + timedelta(days=15)):
        problem(service.get(path_of(record)), 401, "bad_token")


@pytest.mark.both
def test_the_upgrade_names_the_last_manager_who_still_manages(people, second):
    say_who_answers = import_module("partnerships.migrations.0084_service_accounts_answerable").say_who_answers
    department = factories.make_department(people.office)
    made = [
        Service(people.manager, people.office, name="Renewed"),
        Service(second, people.office, name="Left"),
        Service(people.manager, department, "reader", name="Of a department"),
        Service(people.administrator, people.office, name="Of an administrator"),
    ]
    services.replace_secret(by=people.manager, token=made[0].token, overlap_days=0)
    ApiToken.objects.update(answerable=None)
    Membership.objects.filter(person=second).update(role="editor")
    say_who_answers(apps, None)
    found = [ApiToken.objects.get(pk=one.token.pk).answerable for one in made]
    assert found == [people.manager, None, people.manager, people.administrator]
    tasks.check_who_answers()
    assert [email.subject_pk for email in Email.objects.filter(kind="service_unanswered")] == [made[1].token.pk]


def test_who_replaces_its_secret_answers_for_it(people, record, second):
    service = Service(people.manager, people.office)
    services.replace_secret(by=second, token=service.token, overlap_days=7)
    ENDS["left"](people)
    assert service.change(path_of(record), {"summary": "Ours"}).status_code == 200


def test_only_managers_take_it_over(people, second):
    service = Service(people.manager, people.office)
    ENDS["left"](people)
    for role in ("editor", "reader", "other_editor", "partner"):
        with pytest.raises(NotAllowed):
            services.take_over(by=getattr(people, role), token=service.token)
    services.revoke(by=second, token=service.token)
    with pytest.raises(NotFound):
        services.take_over(by=second, token=service.token)


def test_managers_of_a_jurisdiction_are_told_of_those_of_its_departments(people, second):
    department = factories.make_department(people.office)
    service = Service(people.manager, department, "reader")
    ENDS["editor"](people)
    assert (told(), service.get("partnerships/").status_code) == ([second], 200)
    with time_machine.travel(clock.now() + timedelta(days=15)):
        problem(service.get("partnerships/"), 401, "bad_token")


def test_it_never_speaks_for_a_partner(people):
    rows = [factories.party(people.office, "lead"), factories.party(people.organization)]
    record = factories.make_partnership(lead=people.office, parties=rows)
    Membership.objects.filter(person=people.partner).update(role="manager")
    own, office = Service(people.partner, people.organization), Service(people.manager, people.office, name="Office")
    for service in (own, office):
        token = ApiToken.objects.get(pk=service.token.pk)
        token.person._own_memberships = (MembershipRow(token.jurisdiction_id, None, token.organization_id, token.role),)
        assert [may_speak_for(token.person, party) for party in record.parties.all()] == [False, False]
        assert not may_speak_for_organization(token.person, people.organization)
    path = f"organizations/{people.organization.public_id}/"
    assert own.change(path, {"aims": "Fair rents"}).status_code == 200
    assert pointers(own.change(path, {"open_fields": {"address": "public"}})) == [
        ("#/open_fields/address", "not_yours")
    ]


@pytest.mark.parametrize("listing", ["named", "profiled"])
def test_it_decides_nothing_about_how_an_organization_is_listed(people, listing):
    """Unlisting takes the name out of records, reports and figures. Its own program can't do that, nor its office's."""
    Membership.objects.filter(person=people.partner).update(role="manager")
    Organization.objects.filter(pk=people.organization.pk).update(listing=listing, kept_by=people.office)
    kept = factories.make_organization("Kept", listing, kept_by=people.office)
    own, office = Service(people.partner, people.organization), Service(people.manager, people.office, name="Office")
    for service, organization in ((own, people.organization), (office, kept)):
        path = f"organizations/{organization.public_id}/"
        for wanted in {"unlisted", "named", "profiled"} - {listing}:
            sent = {"listing": wanted, "listing_source": "https://example.org/list"}
            assert pointers(service.change(path, sent)) == [("#/listing", "not_yours")]
            row = service.get(path).json() | sent
            row = {name: row[name] for name in ("id", "version", "listing", "listing_source")}
            each = service.send("POST", "organizations/bulk/", {"mode": "each", "rows": [row]}).json()
            assert [one["code"] for one in each["rows"][0]["errors"]] == ["not_yours"]
        organization.refresh_from_db()
        assert (organization.listing, organization.has_withdrawn) == (listing, False)
        assert service.change(path, {"listing": listing, "aims": "Fair rents"}).status_code == 200


def test_it_is_no_person_among_people(people):
    before = {*people_visible_to(people.administrator)}
    service = Service(people.manager, people.office)
    kept = factories.make_organization("Kept", "named", kept_by=people.office)
    assert {*people_visible_to(people.administrator)} == before
    assert service.person not in people_of_the_lead(factories.make_partnership(lead=people.office))
    assert not service.person.memberships.exists()
    assert not has_own_editors(kept)
    assert service.person.email.endswith("@service.invalid")


def test_only_managers_have_one(people):
    given = {"body": people.office, "name": "Mine", "role": "reader", "days": 9}
    for role in ("editor", "reader", "other_editor", "partner"):
        with pytest.raises(NotAllowed):
            services.add_service_account(by=getattr(people, role), **given)
    service = Service(people.manager, people.office)
    with pytest.raises(NotAllowed):
        services.revoke(by=people.editor, token=service.token)
    with pytest.raises(NotAllowed):
        services.replace_secret(by=people.editor, token=service.token, overlap_days=0)
    with pytest.raises(NotFound):
        services.account(people.editor, service.token.pk)
    service.person._own_memberships = (MembershipRow(people.office.pk, None, None, "editor"),)
    with pytest.raises(NotAllowed):
        services.add_service_account(by=service.person, **given)
    assert Person.objects.filter(is_service=True).count() == 1


def test_an_administrator_gives_no_program_access_to_an_organization(client, people):
    """Where anyone but its managers gives access, an organization is told. No one would be told of a program."""
    given = {"name": "Mine", "role": "editor", "days": 9}
    with pytest.raises(NotAllowed):
        services.add_service_account(by=people.administrator, body=people.organization, **given)
    services.add_service_account(by=people.administrator, body=people.office, **given)
    Membership.objects.filter(person=people.partner).update(role="manager")
    service = Service(people.partner, people.organization)
    with pytest.raises(NotAllowed):
        services.replace_secret(by=people.administrator, token=service.token, overlap_days=0)
    client.force_login(people.administrator)
    url = f"/organizations/{people.organization.public_id}/service-accounts/"
    page = client.get(url).content.decode()
    assert ("Council site" in page, "Add a service account" in page, "Replace secret" in page) == (True, False, False)
    assert client.get(f"{url}new/").status_code == 403
    assert services.revoke(by=people.administrator, token=service.token)


def test_a_manager_added_from_outside_connects_no_program(people):
    """The organization's people can end that membership. A program would stay."""
    Membership.objects.filter(person=people.partner).update(role="manager")
    newcomer = factories.make_person("newcomer@example.org")
    invitation = invite(by=people.administrator, body=people.organization, address=newcomer.email, role="manager")
    accept_invitation(by=newcomer, invitation=invitation)
    given = {"body": people.organization, "name": "Mine", "role": "editor", "days": 9}
    with pytest.raises(NotAllowed):
        services.add_service_account(by=Person.objects.get(pk=newcomer.pk), **given)
    with time_machine.travel(clock.now() + PEOPLE_STAY + timedelta(days=1)):
        services.add_service_account(by=Person.objects.get(pk=newcomer.pk), **given)


def test_managers_read_whose_secret_should_be_replaced(client, people):
    second = factories.make_person("second@example.org", name="Second manager")
    Membership.objects.create(person=second, jurisdiction=people.office, role="manager")
    service = Service(people.manager, people.office)
    warning = f"{people.manager} was shown its secret and no longer manages {people.office}."
    client.force_login(second)

    def warns():
        return warning in client.get(f"/jurisdictions/{people.office.public_id}/service-accounts/").content.decode()

    assert not warns()
    Membership.objects.filter(person=people.manager).delete()
    assert warns()
    services.replace_secret(by=second, token=service.token, overlap_days=0)
    assert not warns()


def test_what_it_refuses(people):
    service = Service(people.manager, people.office)

    def wrong(**more):
        given = {"name": "Other", "role": "editor", "days": 9} | more
        with pytest.raises(ValidationError) as refused:
            services.add_service_account(by=people.manager, body=people.office, **given)
        return [*refused.value.message_dict]

    assert wrong(name="Council site") == ["name"]
    assert wrong(role="manager") == ["role"]
    assert wrong(role="reader", writes=["meetings"]) == ["writes"]
    assert wrong(writes=["people"]) == ["writes"]
    assert wrong(days=0) == ["days"]
    assert wrong(addresses=["here"]) == ["addresses"]
    assert wrong(rate=0) == ["rate"]
    assert [role.value for role in ROLES] == ["reader", "editor"]
    services.revoke(by=people.manager, token=service.token)
    assert Service(people.manager, people.office).token.name == "Council site"


@pytest.mark.both
def test_a_new_secret_and_the_end(people, record):
    service = Service(people.manager, people.office)
    _, secret = services.replace_secret(by=people.manager, token=service.token, overlap_days=1)
    renewed = Client(headers={"authorization": f"Bearer {secret}"})
    assert (service.get(path_of(record)).status_code, renewed.get(f"/api/v1/{path_of(record)}").status_code) == (
        200,
        200,
    )
    assert services.revoke(by=people.manager, token=service.token) is True
    assert services.revoke(by=people.manager, token=service.token) is False
    problem(service.get(path_of(record)), 401, "bad_token")
    problem(renewed.get(f"/api/v1/{path_of(record)}"), 401, "bad_token")
    assert [change.verb for change in services.changes_of(people.office)] == ["unservice", "reservice", "service"]
    assert Partnership.objects.get(pk=record.pk).version == record.version


def test_its_pages_show_the_secret_once(people):
    page, url = Client(), f"/jurisdictions/{people.office.public_id}/service-accounts/"
    page.force_login(people.manager)
    given = {"name": "Council site", "role": "editor", "writes": ["meetings"], "days": "30", "rate": "60"}
    made = page.post(f"{url}new/", given)
    token = ApiToken.objects.get()
    assert (made.status_code, token.rate, token.writes) == (200, 60, ["meetings"])
    assert f"reg_{token.prefix}_" in made.content.decode()
    shown = page.get(url).content.decode()
    assert (f"reg_{token.prefix}…" in shown, f"reg_{token.prefix}_" in shown) == (True, False)
    assert "added a service account" in shown
    assert page.post(f"{url}new/", given).status_code == 422
    done = page.post(f"/service-accounts/{token.pk}/revoke/", follow=True)
    assert "Revoked" in done.content.decode()
    assert page.get(f"/service-accounts/{token.pk}/secret/").status_code == 404
