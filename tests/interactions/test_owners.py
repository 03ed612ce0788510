"""Owners: who looks after a partnership or an organization, who sees it, what is refused, and who follows after someone left."""

import pytest
from django.core.exceptions import ValidationError

from partnerships.accounts.member_actions import leave_to
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed
from partnerships.interactions.owners import current, owners_of, set_owners
from partnerships.models import Membership, Owner
from partnerships.records.merging import merge
from tests import factories
from tests.factories import make_organization, make_partnership

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(people):
    return make_partnership("Housing table", lead=people.office)


def owned(people, record, owner=None, backup=None, by=SYSTEM):
    set_owners(record=record, office=people.office, by=by, owner=owner, backup=backup)
    rows = owners_of(people.reader, record, people.office)
    return current(rows), current(rows, is_backup=True)


def refused(problem):
    return {field: [error.code for error in errors] for field, errors in problem.value.error_dict.items()}


@pytest.mark.both
def test_an_owner_and_a_backup_follow_each_other_and_the_page_says_who_it_was(people, record, client, time_machine):
    time_machine.move_to("2026-03-01T12:00:00Z")
    assert owned(people, record, people.editor, people.reader, by=people.editor) == (people.editor, people.reader)
    time_machine.move_to("2026-04-01T12:00:00Z")
    assert owned(people, record, people.reader) == (people.reader, None)
    client.force_login(people.editor)
    page = client.get(f"{record.get_absolute_url()}owner/").text
    assert "Editor, March 1, 2026 to April 1, 2026" in page
    assert "Reader, backup, March 1, 2026 to April 1, 2026" in page
    assert "Owner: Reader" in client.get(record.get_absolute_url()).text


def test_only_the_office_sees_and_sets_it(people, record, client):
    owned(people, record, people.editor)
    for person, sees in ((people.reader, True), (people.other_editor, False), (people.partner, False), (None, False)):
        client.logout()
        if person:
            client.force_login(person)
        assert ("Owner: Editor" in client.get(record.get_absolute_url()).text) == sees, person
    for person in (people.reader, people.other_editor, people.partner, people.administrator):
        with pytest.raises(NotAllowed):
            owned(people, record, people.reader, by=person)


def test_what_is_wrong_is_said_by_field(people, record):
    for owner, backup, found in (
        (people.other_editor, people.partner, {"owner": ["not_in_office"], "backup": ["not_in_office"]}),
        (people.editor, people.editor, {"backup": ["same"]}),
        (None, people.editor, {"owner": ["required"]}),
    ):
        with pytest.raises(ValidationError) as problem:
            owned(people, record, owner, backup)
        assert refused(problem) == found
    assert not Owner.objects.exists()


def test_the_page_saves_and_keeps_what_was_chosen_when_it_refuses(people, record, client):
    client.force_login(people.editor)
    path = f"{record.get_absolute_url()}owner/"
    answer = client.post(path, {"owner": people.reader.pk, "backup": people.reader.pk})
    assert (answer.status_code, "Choose someone else as the backup." in answer.text) == (422, True)
    assert client.post(path, {"owner": people.partner.pk}).status_code == 422
    answer = client.post(path, {"owner": people.reader.pk, "backup": ""})
    assert (answer.status_code, answer["Location"]) == (302, record.get_absolute_url())
    assert [row.person for row in Owner.objects.all()] == [people.reader]


def test_a_choice_made_at_the_same_time_is_not_overwritten(people, record, client):
    client.force_login(people.editor)
    path = f"{record.get_absolute_url()}owner/"
    seen = client.get(path).context["form"]["seen"].value()
    owned(people, record, people.reader)
    mine = {"owner": people.editor.pk, "backup": "", "seen": seen}
    answer = client.post(path, mine)
    assert (answer.status_code, "Someone has chosen another owner" in answer.text) == (422, True)
    assert [row.person for row in Owner.objects.filter(until=None)] == [people.reader]
    again = {"owner": people.editor.pk, "backup": "", "seen": answer.context["form"]["seen"].value()}
    assert client.post(path, again).status_code == 302
    assert [row.person for row in Owner.objects.filter(until=None)] == [people.editor]


def test_each_office_has_its_own_owner_of_an_organization(people, client):
    owned(people, people.organization, people.editor)
    set_owners(
        record=people.organization, office=people.other_office, by=people.other_editor, owner=people.other_editor
    )
    for person, name in ((people.editor, "Editor"), (people.other_editor, "Other editor")):
        client.force_login(person)
        page = client.get(people.organization.get_absolute_url()).text
        assert page.count("Other editor") == (name == "Other editor")


def test_lists_find_ones_own_and_those_without_an_owner(people, record, client):
    free = make_partnership("No one’s", lead=people.office)
    make_partnership("Elsewhere", lead=people.other_office)
    kept = make_organization("Kept", "profiled", kept_by=people.office)
    owned(people, record, people.editor)
    owned(people, people.organization, people.editor)
    client.force_login(people.editor)
    for path, which, found in (
        ("partnerships", "mine", {record.public_id}),
        ("partnerships", "none", {free.public_id}),
        ("organizations", "mine", {people.organization.public_id}),
        ("organizations", "none", {kept.public_id}),
    ):
        rows = client.get(f"/api/v1/{path}/", {"owner": which}).json()["results"]
        assert {row["id"] for row in rows} == found, (path, which)
        assert client.get(f"/{path}/", {"owner": which}).status_code == 200
    client.force_login(people.partner)
    assert client.get("/partnerships/", {"owner": "mine"}).status_code == 400


@pytest.mark.parametrize("follows", ["reader", ""])
def test_what_someone_looked_after_passes_to_who_follows(people, record, follows):
    owned(people, record, people.editor)
    successor = getattr(people, follows) if follows else None
    leave_to(by=people.administrator, leaver=people.editor.memberships.get(), successor=successor)
    assert current(owners_of(people.reader, record, people.office)) == successor


def test_whoever_has_another_role_in_the_office_keeps_it(people, record):
    Membership.objects.create(person=people.editor, department=factories.make_department(people.office), role="editor")
    owned(people, record, people.editor)
    leave_to(by=people.administrator, leaver=people.editor.memberships.get(jurisdiction=people.office), successor=None)
    assert current(owners_of(people.reader, record, people.office)) == people.editor


def test_a_merge_keeps_one_owner(people):
    kept, lost = (make_organization(name, "named", kept_by=people.office) for name in ("Kept", "Lost"))
    owned(people, kept, people.editor)
    owned(people, lost, people.reader)
    merge(kept=kept, lost=lost, by=people.editor, versions=(kept.version, lost.version), why="The same group")
    assert current(owners_of(people.reader, kept, people.office)) == people.editor
    assert Owner.objects.filter(until=None).count() == 1
