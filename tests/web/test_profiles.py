"""Two who save one profile at once lose nothing; bench/figures/qd1.py runs a thousand races on each database."""

import pytest

from partnerships.directory.actions import save_organization
from partnerships.models import Change, Membership, Organization
from tests import profiles
from tests.make import make_organization
from tests.serving import serving
from tests.web.test_editing import fields_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_is_overwritten_unseen_and_two_sections_both_get_through():
    with serving() as port:
        found = profiles.race(port, 2 * len(profiles.KINDS))
    assert found.wrong == []
    assert set(found.ran.values()) == {2}
    assert (found.first["two sections"], found.first["two other sections"], found.first["one field"]) == (4, 4, 2)


@pytest.fixture
def own(client, people):
    made = make_organization("Neighbors", "profiled", kept_by=people.office, aims="Homes")
    Membership.objects.create(person=people.stranger, organization=made, role="editor")
    client.force_login(people.stranger)
    return made


def change(record, **fields):
    save_organization(organization=Organization.objects.get(pk=record.pk), by=None, fields=fields)


def test_another_section_saved_meanwhile_is_no_conflict(client, own):
    page = f"/organizations/{own.public_id}/mine/work/"
    held = fields_of(client.get(page))
    change(own, address="1 Canary Street")
    change(own, website="https://neighbors.example.org/")
    assert client.post(page, held | {"aims": "Homes for all"}).status_code == 302
    own.refresh_from_db()
    assert (own.aims, own.address, own.website) == (
        "Homes for all",
        "1 Canary Street",
        "https://neighbors.example.org/",
    )


def test_where_the_log_was_let_go_whatever_differs_is_shown(client, own):
    """Nobody can tell then who changed what: the other's text is not taken for what was there before."""
    page = f"/organizations/{own.public_id}/mine/work/"
    held = fields_of(client.get(page))
    change(own, aims="Their aims")
    Change.objects.all().delete()
    answer = client.post(page, held | {"aims": "My aims"})
    assert answer.status_code == 409
    assert all(words in answer.content.decode() for words in ("My aims", "Their aims"))
    own.refresh_from_db()
    assert own.aims == "Their aims"


def test_a_form_without_a_version_is_never_saved_over_anything(client, own):
    page = f"/organizations/{own.public_id}/mine/work/"
    held = fields_of(client.get(page))
    change(own, address="1 Canary Street")
    del held["version"]
    assert client.post(page, held | {"aims": "Typed"}).status_code == 409
