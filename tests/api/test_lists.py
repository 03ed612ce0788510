"""Lists and details of the API: their content, their pages, and their queries."""

import json
import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partnerships.api.resources import RESOURCES
from partnerships.core.access import SYSTEM
from partnerships.directory import actions as directory
from partnerships.measurement.number_actions import save_points
from partnerships.meetings import action_items, check_ins
from partnerships.registry import actions as registry
from partnerships.registry import publication
from partnerships.registry.models import Publication
from tests import factories
from tests.assessment.conftest import Board
from tests.assessment.test_publishing import agree, opened_round

pytestmark = [pytest.mark.django_db, pytest.mark.both]
YEAR = date(2024, 1, 1)
COMMITTED = pytest.mark.django_db(transaction=True)  # sync shows only committed rows

NEVER_PUBLIC = ("action-items", "check-ins", "interactions")
# Queries of a list with rows, for any number of rows (the same on SQLite and PostgreSQL).
QUERIES = {
    "partnerships": 1,
    "organizations": 7,
    "jurisdictions": 8,
    "departments": 4,
    "issue-areas": 2,
    "meetings": 2,
    "results": 2,
    "measures": 6,
    "activities": 4,
    "plans": 4,
    "action-items": 5,
    "check-ins": 5,
    "interactions": 7,
    "compositions": 2,
    "populations": 1,
    "agreements": 1,
    "rounds": 6,
    "vocabularies": 1,
}


def make_one(n):
    """Make one record of each kind, with everything that belongs to it."""
    parent = factories.make_issue_area(f"area_{n}")
    area = factories.make_issue_area(f"below_{n}", parent=parent)
    region = factories.make_jurisdiction(f"Region {n}", kind="regional_body")
    city = directory.save_jurisdiction(
        by=SYSTEM,
        fields={"name": f"City {n}", "kind": "city", "parent": region},
        identifiers=[{"scheme": "geoid", "value": f"27{n:05}"}],
        stages=[{"stage": "organizing", "since": date(2026, 1, 1)}],
    )
    directory.relate_jurisdictions(one=city, other=region, key="overlaps", by=SYSTEM)
    office = factories.make_department(city, f"Office {n}", issue_areas=[area], kind="office")
    factories.make_department(city, f"Unit {n}", parent=office, kind="unit")
    group = factories.make_organization(
        f"Group {n}",
        listing="profiled",
        kind=factories.make_term("organization_kind", "grassroots"),
        area=[city],
        languages=[factories.make_term("language", "so")],
        issue_areas=[area],
        communities=[factories.make_term("community", "renters")],
    )
    parties = [factories.party(office, "lead", circle="decides"), factories.party(group, "member", circle="co_designs")]
    partnership = factories.make_partnership(f"Work {n}", lead=city, parties=parties, issue_areas=[area])
    factories.make_meeting(partnership, is_public=True, title=f"Meeting {n}")
    result = factories.make_result(
        f"Result {n}", lead=city, issue_areas=[area], partnerships=[partnership], is_published=True
    )
    groups = [{"dimension": "place", "key": "north", "name": "North"}]
    owners = [{"party": party} for party in partnership.parties.all()]
    factories.make_measure(f"Measure {n}", result=result, groups=groups, owners=owners, is_published=True)
    parts = [(partnership.parties.first(), "leads")]
    factories.make_activity(partnership, f"Activity {n}", is_public=True, parts=parts, results=[result])
    return partnership


def make_all(n):
    """One of each, and of what belongs to a partnership: a plan, an action item, an agreement and a published round."""
    partnership = make_one(n)
    outcome = {"number": "1", "title": "Homes", "result": partnership.results.get(), "partnerships": [partnership]}
    factories.make_plan(f"Plan {n}", lead=partnership.lead, outcomes=[outcome], is_published=True)
    owner = partnership.parties.first()
    activity = partnership.activities.get()
    item = {"partnership": partnership, "title": f"Item {n}", "owner_party": owner, "activity": activity}
    action = action_items.save_action(by=SYSTEM, fields=item | {"meeting": partnership.meetings.get()})
    action_items.note_action(action=action, by=SYSTEM, text="Begun", status="open")
    terms = {"agreement": {"amount": Decimal("48000.5"), "ends_on": date(2026, 12, 31), "scope": "Two clinics"}}
    parties = [
        factories.party(partnership.lead, "lead"),
        factories.party(factories.make_organization(f"Firm {n}"), "contractor"),
    ]
    factories.make_partnership(f"Contract {n}", kind="contract", lead=partnership.lead, parties=parties, facts=terms)
    board = Board(partnership.lead)
    opened_round(board, 1, 3)
    for number, reply in enumerate(("", "We look forward to it.")):
        agree(board, number, reply=reply)
    groups = [{"dimension": "race", "key": key, "name": key.title()} for key in ("black", "white")]
    measure = factories.make_measure(f"Rate {n}", result=outcome["result"], groups=groups, is_published=True)
    cells = (("", 333, 1104), ("race=white", 300, 1000), ("race=black", 3, 4))
    rows = [
        {"starts_on": YEAR, "cell": cell, "numerator": Decimal(a), "denominator": Decimal(b)} for cell, a, b in cells
    ]
    save_points(measure=measure, by=SYSTEM, rows=rows, source="Census")
    plan = factories.make_check_ins(partnership)
    check_ins.record_check_in(plan=plan, by=SYSTEM, note="All is well")
    factories.make_composition(factories.make_body(f"Committee {n}", lead=partnership.lead))
    factories.make_population(partnership.lead)
    call = {"organization": partnership.parties.exclude(organization=None).get().organization, "is_shared": True}
    factories.make_interaction(partnership.lead, partnerships=[partnership], **call)
    return partnership


@pytest.fixture
def get_list(client):
    """The answer to a list, read by who may: an administrator reads what is never public."""
    administrator = Client()
    administrator.force_login(factories.make_person("reader@example.org", is_administrator=True))

    def ask(path, address=""):
        reader = administrator if path in NEVER_PUBLIC else client
        return reader.get(f"/api/v1/{path}/{address}")

    return ask


@pytest.mark.slow
def test_a_list_takes_the_same_queries_for_one_row_and_for_more(get_list):
    for n in (1, 2):
        make_all(n)
        assert {path: queries_of(get_list, path) for path in RESOURCES} == QUERIES


def queries_of(listed, path) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        answer = listed(path)
    assert answer.json()["results"], path
    return len(queries)


@pytest.mark.slow
def test_a_row_is_to_the_byte_what_the_record_alone_is_and_holds_the_documented_names(get_list):
    """QI2: a full copy asks for no record by itself."""
    make_all(1), make_all(2)
    never = {"address", "led_by", "communities", "contacts", "open_fields"}
    for path in RESOURCES:
        answer = get_list(path)
        rows = answer.json()["results"]
        alone = [get_list(path, f"{row['id']}/").content for row in rows]
        assert rows, path
        assert answer.content == b'{"results":[' + b",".join(alone) + b'],"next":null,"previous":null}'
        unlisted = never - {"partnerships": {"communities"}, "interactions": {"contacts"}}.get(path, set())
        assert set(rows[0]) == set(RESOURCES[path].names()) - unlisted, path


@pytest.mark.slow
def test_a_copy_of_all_lists_holds_every_record_that_it_names(ids, get):
    make_all(1), make_all(2)
    whole = {path: get(f"{path}/", page_size=250).json()["results"] for path in RESOURCES}
    copied = {row["id"] for rows in whole.values() for row in rows}
    named = set(re.findall(r'"([A-Z]-[0-9A-Z]{6}-[0-9A-Z])"', json.dumps(whole)))
    assert named <= copied
    terms = {one["id"]: {term["key"] for term in one["terms"]} for one in whole["vocabularies"]}
    assert {row["kind"] for row in whole["partnerships"]} <= terms["kind"]
    assert {row["purpose"] for row in whole["partnerships"]} <= terms["purpose"]
    assert [whole[path] for path in NEVER_PUBLIC] == [[]] * len(NEVER_PUBLIC)


def test_the_bodies_are_the_stored_text(get):
    make_one(1), make_one(2)
    stored = list(Publication.objects.order_by("partnership_id").values_list("body", flat=True))
    assert get("partnerships/").content.decode() == f'{{"results":[{",".join(stored)}],"next":null,"previous":null}}'


@COMMITTED
def test_an_outdated_document_is_built_for_the_reader(get):
    partnership = make_one(1)
    before = get("partnerships/").content
    with transaction.atomic():
        publication.mark_outdated([partnership.pk])
    assert get("partnerships/").content == before
    assert get("partnerships/", kind="joint_project").content == before
    assert get(f"partnerships/{partnership.public_id}/").json() == get("partnerships/").json()["results"][0]
    assert get("partnerships/", updated_since="start").json()["results"] == get("partnerships/").json()["results"]
    publication.rebuild_outdated()
    assert get("partnerships/").content == before


@COMMITTED
def test_a_named_organization_shows_its_name_and_side_and_when_it_closed(get):
    group = factories.make_organization(
        "Named", listing="named", aims="Canary aims", website="https://example.org/canary"
    )
    shown = {"id": group.public_id, "name": "Named", "side": "community", "listing": "named", "closed_on": None}
    assert get("organizations/").json()["results"] == [shown]
    assert get(f"organizations/{group.public_id}/").json() == shown
    assert get("organizations/", updated_since="start").json()["results"] == [shown]


def test_private_fields_show_only_when_they_are_open(get):
    group = factories.make_organization(
        "Open", listing="profiled", address="12 Canary Street", led_by=[factories.make_term("community", "renters")]
    )
    assert not {"address", "led_by"} & set(get(f"organizations/{group.public_id}/").json())
    type(group).objects.filter(pk=group.pk).update(open_fields={"led_by": "public", "address": "partners"})
    shown = get(f"organizations/{group.public_id}/").json()
    assert shown["led_by"] == ["renters"]
    assert "address" not in shown


def test_no_filter_matches_through_a_party_that_may_not_be_seen(get, ids, people):
    hidden = factories.make_organization("Canary group", listing="unlisted", kept_by=people.office, side="institution")
    lead = people.office
    parties = [
        factories.party(lead, "lead"),
        factories.party(hidden, "funder", circle="consulted", contribution="canary"),
    ]
    partnership = factories.make_partnership(lead=lead, parties=parties)
    assert ids("partnerships/") == [partnership.public_id]
    assert ids("partnerships/", side="institution") == []
    assert ids("partnerships/", role="funder") == []
    assert ids("partnerships/", q="canary") == []
    unknown = get("partnerships/", organization="G-000000-0")
    seen = get("partnerships/", organization=hidden.public_id)
    assert (unknown.status_code, seen.status_code) == (400, 400)
    assert seen.content.replace(hidden.public_id.encode(), b"") == unknown.content.replace(b"G-000000-0", b"")
    assert b"anary" not in get("partnerships/").content


def test_filters_and_order_are_those_of_the_page(ids):
    first, second = make_one(1), make_one(2)
    assert ids("partnerships/", issue="area_1") == [first.public_id]
    assert ids("partnerships/", jurisdiction=second.lead.parent.public_id) == [second.public_id]
    assert ids("partnerships/", ordering="-title") == [second.public_id, first.public_id]
    assert ids("partnerships/", ordering="-id") == [second.public_id, first.public_id]
    assert ids("partnerships/", q="Work 2") == [second.public_id]
    assert len(ids("meetings/", partnership=first.public_id)) == 1
    assert len(ids("meetings/", issue="below_2")) == 1
    assert len(ids("meetings/", jurisdiction=first.lead.parent.public_id)) == 1
    assert len(ids("meetings/", status="cancelled")) == 0
    assert len(ids("meetings/", after=factories.in_days(29), before=factories.in_days(31))) == 2
    assert len(ids("meetings/", after=factories.in_days(31))) == 0
    assert ids("organizations/", utm_source="x", fbclid="y") == ids("organizations/")


def test_an_internal_meeting_and_its_partnership_are_unknown_to_strangers(get, ids, client, people):
    draft = factories.make_partnership(lead=people.office, published=False)
    out = factories.make_partnership("Out", lead=people.office)
    factories.make_meeting(draft, is_public=True), factories.make_meeting(out, is_public=False)
    assert ids("meetings/") == []
    assert get("meetings/", partnership=draft.public_id).status_code == 400
    client.force_login(people.reader)
    assert len(ids("meetings/")) == 2
    assert len(ids("meetings/", partnership=draft.public_id)) == 1


@COMMITTED
def test_fields_picks_names(get):
    partnership = make_one(1)
    assert get("partnerships/", fields="title,id").json()["results"] == [
        {"id": partnership.public_id, "title": "Work 1"}
    ]
    assert get(f"partnerships/{partnership.public_id}/", fields="title").json() == {"title": "Work 1"}
    assert get("partnerships/", fields="title", updated_since="start").json()["results"] == [{"title": "Work 1"}]
    assert get("organizations/", fields="aims").json()["results"] == [{"aims": ""}]


@pytest.mark.slow
def test_rows_are_sorted_by_the_names_of_their_fields_and_the_earlier_names_still_work(get_list):
    make_all(0), make_all(1)
    for path, view in RESOURCES.items():
        for field, earlier in view.order_names().items():
            for sign in ("", "-"):
                rows = get_list(path, f"?ordering={sign}{field}").json()["results"]
                assert rows == get_list(path, f"?ordering={sign}{earlier}").json()["results"]
                values = [row[field] for row in rows if row.get(field) is not None]
                assert any(field in row for row in rows), (path, field)
                assert field == "id" or sign or values == sorted(values), (path, field)
    fields = {
        "id",
        "title",
        "name",
        "updated_at",
        "starts_on",
        "starts_at",
        "due_on",
        "date",
        "follow_up_on",
        "next_due_on",
        "counted_on",
        "year",
        "opened_at",
    }
    assert {field for view in RESOURCES.values() for field in view.order_names()} == fields


def test_an_unknown_order_names_the_fields(get):
    (error,) = get("meetings/", ordering="date").json()["errors"]
    known = "-id, -starts_at, -updated_at, id, starts_at, updated_at"
    assert error["detail"] == f"This list can’t be sorted by “date”. Known: {known}."


@pytest.mark.parametrize("query", [{}, {"kind": "joint_project"}, {"ordering": "-title"}, {"ordering": "starts"}])
def test_pages_under_writes_hold_nothing_twice_and_miss_nothing(get, client, query):
    lead = factories.make_jurisdiction()
    parties = [factories.party(lead, "lead")]

    def add(title):
        return factories.make_partnership(title, lead=lead, parties=parties)

    there = [add(f"Row {n}") for n in range(9)]
    answer, seen, turn = get("partnerships/", page_size=2, **query).json(), [], 0
    while True:
        seen += [row["id"] for row in answer["results"]]
        # Between pages, a row that was read is deleted, and rows are added at either end.
        turn += 1
        if turn < 4:
            add(f"Aaa {turn}"), add(f"Zzz {turn}")
        gone = next(p for p in there if p.public_id == seen[0])
        if turn == 1:
            registry.withdraw_partnership(partnership=gone, by=SYSTEM)
        if not answer["next"]:
            break
        answer = client.get(answer["next"]).json()
    assert len(seen) == len(set(seen))
    assert {p.public_id for p in there} <= set(seen)


def test_pages_go_back_to_where_they_came_from(get, client):
    lead = factories.make_jurisdiction()
    for n in range(7):
        factories.make_partnership(f"Row {n}", lead=lead, parties=[factories.party(lead, "lead")])
    first = get("partnerships/", page_size=3)
    second = client.get(first.json()["next"])
    third = client.get(second.json()["next"])
    assert (len(third.json()["results"]), third.json()["next"]) == (1, None)
    assert client.get(third.json()["previous"]).json()["results"] == second.json()["results"]
    assert client.get(second.json()["previous"]).json()["results"] == first.json()["results"]
    assert client.get(second.json()["previous"]).json()["previous"] is None
    assert second["Link"] == f'<{second.json()["next"]}>; rel="next", <{second.json()["previous"]}>; rel="prev"'
    assert second.json()["next"].startswith("http://testserver/api/v1/partnerships/?page_size=3&cursor=")


def test_the_short_way_and_the_listing_give_the_same_pages(get, client):
    lead = factories.make_jurisdiction()
    for n in range(5):
        factories.make_partnership(f"Row {n}", lead=lead, parties=[factories.party(lead, "lead")])
    factories.make_partnership("Draft", lead=lead, published=False)
    short, whole = get("partnerships/", page_size=2), get("partnerships/", page_size=2, ordering="id")
    for _ in range(2):
        assert short.json()["results"] == whole.json()["results"]
        short, whole = client.get(short.json()["next"]), client.get(whole.json()["next"])
    assert short.json()["results"] == whole.json()["results"]
    assert (
        client.get(short.json()["previous"]).json()["results"] == client.get(whole.json()["previous"]).json()["results"]
    )


def test_the_root_names_every_list(get, client):
    found = get("").json()
    assert set(found) == {*RESOURCES, "openapi"}
    assert {client.get(url).status_code for url in found.values()} == {200}


@pytest.mark.slow
def test_include_brings_the_records_that_the_rows_name(get, client):
    make_all(1), make_all(2)
    answer = get("activities/", include="partnership,parties", fields="id").json()
    whole = {path: {row["id"]: row for row in get(f"{path}/").json()["results"]} for path in RESOURCES}
    named = {"partnerships": set(), "organizations": set(), "departments": set(), "jurisdictions": set()}
    prefixes = {"P": "partnerships", "G": "organizations", "D": "departments", "J": "jurisdictions"}
    for row in whole["activities"].values():
        for public_id in (row["partnership"], *(party["id"] for party in row["parties"])):
            named[prefixes[public_id[0]]].add(public_id)
    found = answer["included"]
    assert {path: {row["id"] for row in rows} for path, rows in found.items()} == {p: n for p, n in named.items() if n}
    assert all(row == whole[path][row["id"]] for path, rows in found.items() for row in rows)
    assert [set(row) for row in answer["results"]] == [{"id"}, {"id"}]
    assert set(get("partnerships/", include="parties,lead").json()["included"]) == {
        "departments", "organizations", "jurisdictions"}  # fmt: skip
    assert "included" not in get("activities/").json()


def test_include_takes_what_holds_ids_and_nothing_that_may_not_be_seen(get, people):
    refused = get("activities/", include="title")
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (400, "include")
    draft = factories.make_partnership(lead=people.office, published=False)
    factories.make_plan(lead=people.office, outcomes=[{"title": "Homes", "partnerships": [draft]}], is_published=True)
    assert get("plans/", include="outcomes,jurisdiction").json()["included"].keys() == {"jurisdictions"}


@pytest.mark.slow
def test_include_asks_as_often_for_one_row_as_for_more(get):
    make_all(1)
    for n in (2, 3):
        with CaptureQueriesContext(connection) as queries:
            assert get("activities/", include="partnership,parties").json()["included"]
        assert len(queries) == 8, [query["sql"][:120] for query in queries]
        make_all(n)
