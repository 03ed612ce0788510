"""The communities that a partnership matters to most: asked when it's started, kept, shown, found, sent and imported."""

import pytest
from django.http import QueryDict
from django.test import Client

from partnerships.core.access import SYSTEM
from partnerships.models import Change, Partnership
from partnerships.records import undoing
from partnerships.records.vocabularies import vocabularies
from partnerships.registry.actions import save_partnership
from partnerships.registry.document_queries import documents_by_id
from partnerships.registry.queries import partnership_list
from tests.factories import make_partnership, make_term, party
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def scene(people):
    renters, youth = (make_term("community", key) for key in ("renters", "youth"))
    record = make_partnership("Homes for all", lead=people.office, parties=[party(people.office)])
    make_partnership("Another one", lead=people.office, parties=[party(people.office)])
    return save_partnership(partnership=record, by=SYSTEM, fields={"communities": [youth, renters]}), renters, youth


def titles_found(person, query):
    return [one.title for one in partnership_list(person, QueryDict(query)).page(20).rows]


@pytest.mark.both
def test_its_document_has_the_keys_and_lists_find_it_by_them(people, scene):
    record, *_ = scene
    assert documents_by_id(None, [record.pk])[record.pk]["communities"] == ["renters", "youth"]
    for person in (None, people.editor):
        assert titles_found(person, "community=renters") == ["Homes for all"]
        assert titles_found(person, "community=renters&community=youth") == ["Homes for all"]
    (sent,) = Client().get("/api/v1/partnerships/?community=youth").json()["results"]
    assert sent["communities"] == ["renters", "youth"]
    csv = b"".join(Client().get("/partnerships.csv?community=youth")).decode()
    assert ("communities" in csv, "renters; youth" in csv) == (True, True)


def test_a_community_that_only_a_hidden_field_has_is_no_filter_and_not_listed(people, scene):
    hidden = make_term("community", "tenants_of_one_house")
    people.organization.communities.add(hidden, scene[1])
    assert Client().get("/api/v1/partnerships/?community=tenants_of_one_house").status_code == 400
    assert "tenants_of_one_house" not in Client().get("/partnerships/").content.decode()
    listed = {term["key"] for one in vocabularies() if one["id"] == "community" for term in one["terms"]}
    assert listed & {"tenants_of_one_house", "renters", "youth"} == {"renters", "youth"}


def test_everyone_reads_them_on_the_overview(scene):
    page = Client().get(scene[0].get_absolute_url()).content.decode()
    assert ("Communities most affected" in page, "Renters, Youth" in page) == (True, True)


def test_what_was_answered_at_the_start_is_in_the_form_of_the_new_partnership(client, people, scene):
    client.force_login(people.editor)
    _, renters, youth = scene
    purpose = Partnership.objects.first().purpose.key
    query = f"?kind=contract&purpose={purpose}&lead={people.office.public_id}&community={renters.pk}"
    page = client.get(f"/partnerships/new/{query}").content.decode()
    boxes = [box for box in page.split("<input") if 'name="communities"' in box]
    assert [("checked" in box.split(">")[0], f'value="{renters.pk}"' in box) for box in boxes].count((True, True)) == 1
    assert not [box for box in boxes if f'value="{youth.pk}"' in box and "checked" in box.split(">")[0]]


def test_a_change_is_in_the_history_and_can_be_undone(people, scene):
    record, _, youth = scene
    save_partnership(partnership=record, by=people.editor, fields={"communities": [youth]})
    change = Change.objects.filter(record_type="partnership", record_id=record.pk).latest("pk")
    assert (change.before["communities"], change.after["communities"]) == (["renters", "youth"], ["youth"])
    record.refresh_from_db()
    undoing.undo(record=record, change=change, by=people.editor, version=record.version, seen=["communities"])
    assert documents_by_id(None, [record.pk])[record.pk]["communities"] == ["renters", "youth"]
