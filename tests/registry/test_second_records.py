"""An organization said no to a partnership. A second record of it doesn't come in without a word."""

import pytest
from django.urls import reverse

from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.directory.distinct_pairs import mark_distinct
from partnerships.models import Change, Organization
from partnerships.registry import actions, consent
from tests.api.programs import Program, pointers
from tests.browser.forms import values
from tests.factories import make_organization, make_partnership, party
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
