"""An organization said no to a partnership. A second record of it doesn't come in without a word."""

import pytest
from django.urls import reverse

from partnerships.core.access import SYSTEM
from partnerships.core.errors import PossibleDuplicates, ValidationError
from partnerships.directory import same_names
from partnerships.directory.actions import save_organization
from partnerships.directory.distinct_pairs import mark_distinct
from partnerships.models import Change, Organization, Person
from partnerships.records import undoing
from partnerships.records.merging import merge
from partnerships.records.splitting import split
from partnerships.registry import actions, consent
from tests.api.programs import Program, pointers
from tests.browser.forms import values
from tests.factories import make_organization, make_partnership, party
from tests.importing.files import as_csv, bring, write
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
NAME = "North End Tenants United"


@snapshot_fixture
def record(people):
    """The tenants said no. The office has a second record of them."""
    parties = [party(people.office, "lead"), party(make_organization(NAME, kept_by=people.office))]
    record = make_partnership("Homes for all", lead=people.office, parties=parties, confirmed=False)
    consent.decline_seat(party=record.parties.get(organization__name=NAME), by=SYSTEM, way="phone")
    make_organization("North End Tenants United, Inc.", kept_by=people.office)
    return record


def second():
    return Organization.objects.get(name__endswith="Inc.")


def rows(record, *added):
    return [{p.entity._meta.model_name: p.entity, "roles": []} for p in record.parties.all()] + [
        party(one) for one in added
    ]


def add_parties(record, by, *added, **more):
    return actions.save_partnership(partnership=record, by=by, fields={}, parties=rows(record, *added), **more)


@pytest.mark.both
def test_the_office_reads_the_earlier_no_and_says_why(client, people, record):
    client.force_login(people.editor)
    url = reverse("partner_new", args=[record.public_id])
    typed = values(client.get(url).content.decode()) | {
        "partner-entity": second().public_id,
        "partner-circle": "informed",
    }
    refused = client.post(url, typed)
    html = refused.content.decode()
    assert refused.status_code == 422
    assert f"{second()} looks like {NAME}, which declined a seat in this partnership on " in html
    assert '<details class="fold" open>' in html
    assert not record.parties.filter(organization=second()).exists()
    assert client.post(url, typed | {"why": "The chapter of another city"}).status_code == 302
    assert Change.objects.filter(record_type="partnership").latest("pk").why == "The chapter of another city"


def test_programs_say_why_too(people, record):
    program = Program(people.editor)
    path = f"partnerships/{record.public_id}/"
    sent = {"parties": [*program.get(path).json()["parties"], {"id": second().public_id, "circle": "informed"}]}
    assert pointers(program.change(path, sent)) == [("#/why", "said_no")]
    assert program.change(path, sent | {"why": "Another chapter"}).status_code == 200


@pytest.mark.parametrize("is_removed", [False, True])
@pytest.mark.parametrize("answer", ["declined", "withdrawn"])
def test_a_no_counts_after_the_seat_was_removed(people, record, is_removed, answer):
    seat = record.parties.get(organization__name=NAME)
    if answer == "withdrawn":
        consent.confirm_seat(party=seat, by=SYSTEM, way="phone")
        consent.withdraw_from_seat(party=seat, by=SYSTEM, way="phone")
    if is_removed:
        parties = [row for row in rows(record) if "organization" not in row]
        record = actions.save_partnership(partnership=record, by=people.editor, fields={}, parties=parties)
    with pytest.raises(ValidationError) as refused:
        add_parties(record, people.editor, second())
    assert [*refused.value.message_dict] == ["why"]
    # What a program writes as the reason is no person's.
    with pytest.raises(ValidationError):
        add_parties(record, people.editor, second(), why="Import of partners.csv", reason="")


def test_partners_that_are_added_without_a_reason(people, record):
    """Other organizations, the one that said no itself, one that is known to be another, and one of another partnership."""
    record = add_parties(record, people.editor, make_organization("Block club"))
    elsewhere = make_partnership("Elsewhere", lead=people.office, parties=[party(people.office, "lead")])
    add_parties(elsewhere, people.editor, second())
    mark_distinct(second(), [Organization.objects.get(name=NAME)], by=people.editor)
    add_parties(record, people.editor, second())


def test_it_names_no_one_whom_the_office_may_not_know_of(people, record):
    """It unlisted itself and left the record since: a refusal would say that it exists."""
    parties = [row for row in rows(record) if "organization" not in row]
    record = actions.save_partnership(partnership=record, by=people.editor, fields={}, parties=parties)
    Organization.objects.filter(name=NAME).update(listing="unlisted", kept_by=None, has_withdrawn=True)
    add_parties(record, people.editor, second())


# Afterwards


@pytest.fixture
def renamed(people, record):
    """The office has added a record of another name."""
    other = make_organization("Block club", kept_by=people.office)
    add_parties(record, people.editor, other)
    return Organization.objects.get(pk=other.pk)


def test_a_partner_doesnt_get_that_name_afterwards_without_a_word(people, record, renamed):
    others = {"not_duplicates": [second(), Organization.objects.get(name=NAME)], "distinct_because": "Another chapter"}
    for name in (NAME, f"{NAME}, Inc."):
        with pytest.raises(PossibleDuplicates):
            save_organization(organization=renamed, by=people.editor, fields={"name": name})
    saved = save_organization(organization=renamed, by=people.editor, fields={"name": NAME}, **others)
    assert (saved.name, Change.objects.latest("pk").why) == (NAME, "Another chapter")


def test_a_former_name_of_its_own_needs_a_word_too(people, record, renamed):
    """The record had this name before, so it's no new duplicate; but it would look like the one that said no."""
    Organization.objects.filter(pk=renamed.pk).update(name=NAME)
    same_names.rebuild(Organization)
    Organization.objects.filter(pk=renamed.pk).update(name="Block club")
    with pytest.raises(ValidationError) as refused:
        save_organization(organization=renamed, by=people.editor, fields={"name": NAME})
    assert [*refused.value.message_dict] == ["why"]
    assert f"{NAME} is a partner in “Homes for all” and would look like {NAME}" in str(refused.value)
    assert save_organization(organization=renamed, by=people.editor, fields={"name": NAME}, why="Another").name == NAME


def test_its_own_editors_rename_it_and_learn_nothing(people, record, renamed):
    renamed.memberships.create(person=people.stranger, role="editor")
    by = Person.objects.get(pk=people.stranger.pk)
    others = {"not_duplicates": Organization.objects.exclude(pk=renamed.pk), "distinct_because": "Another chapter"}
    assert save_organization(organization=renamed, by=by, fields={"name": NAME}, **others).name == NAME


def test_no_undo_brings_that_name_back_without_a_word(people, record):
    other = save_organization(organization=second(), by=people.editor, fields={"name": "Block club"})
    add_parties(record, people.editor, other)
    change = Change.objects.filter(record_type="organization", record_id=other.pk).latest("pk")
    given = {"record": other, "change": change, "by": people.editor, "version": other.version}
    given["seen"] = undoing.plan_for(people.editor, other, change).wanted
    with pytest.raises(ValidationError, match="would look like"):
        undoing.undo(**given)
    assert undoing.undo(**given, why="Another chapter").name.endswith("Inc.")


def test_no_import_gives_that_name(people, record, renamed):
    done = write(people.editor, bring(people.editor, people.office, as_csv(["Id", "Name"], [renamed.public_id, NAME])))
    assert (done.state, "may be a duplicate of" in str(done.result)) == ("failed", True)


@pytest.mark.parametrize("keeps", ["renamed", "second"])
def test_no_merge_gives_that_name_without_a_word(people, record, renamed, keeps):
    kept, lost = (renamed, second()) if keeps == "renamed" else (second(), renamed)
    given = {"kept": kept, "lost": lost, "by": people.editor, "versions": (None, None)}
    given["take"] = {"name": "other"} if keeps == "renamed" else {}
    with pytest.raises(ValidationError) as refused:
        merge(**given)
    assert [*refused.value.message_dict] == ["why"]
    merge(**given, why="Another chapter")


def test_no_split_gives_that_name_without_a_word(people, record, renamed):
    going = {"parties": [record.parties.get(organization=renamed).pk]}
    given = {"record": renamed, "by": people.editor, "version": None, "name": NAME, "going": going}
    with pytest.raises(ValidationError) as refused:
        split(**given)
    assert [*refused.value.message_dict] == ["why"]
    assert split(**given, why="Another chapter").name == NAME
