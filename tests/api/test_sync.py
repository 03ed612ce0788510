"""Sync: a copy that is kept by pulls alone equals the public list, whatever happens between them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection, transaction

from partnerships.api.resources import RESOURCES
from partnerships.assessment.models import Round
from partnerships.assessment.notes import save_response
from partnerships.core import clock, stamps
from partnerships.core.access import SYSTEM
from partnerships.core.models import Tombstone
from partnerships.directory import actions as directory
from partnerships.measurement import actions as measurement
from partnerships.measurement import composition, plans
from partnerships.measurement.composition_models import Population
from partnerships.measurement.number_actions import save_points
from partnerships.meetings import meetings
from partnerships.meetings.models import Meeting
from partnerships.records import merging
from partnerships.records.deleting import delete_records
from partnerships.registry import actions as registry
from partnerships.registry import publication
from tests import factories
from tests.api import open_writer
from tests.api.copies import Copy
from tests.assessment.conftest import Board
from tests.assessment.test_publishing import agree, opened_round

# With real commits, since sync leaves out what any open transaction wrote, including the test's own.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both]


@pytest.fixture
def copy(client):
    return lambda path, **filters: Copy(client, path, **filters)


def make_rows(count, lead=None, **fields):
    lead = lead or factories.make_jurisdiction()
    parties = [factories.party(lead, "lead")]
    return [factories.make_partnership(f"Row {n}", lead=lead, parties=parties, **fields) for n in range(count)]


def test_change_withdraw_publish_again_and_delete(copy):
    kept, changed, withdrawn, deleted = make_rows(4)
    copied = copy("partnerships")
    assert len(copied.pull()) == 4
    copied.assert_right()
    assert (copied.pull(), copied.gone) == ([], [])

    registry.save_partnership(partnership=changed, by=SYSTEM, fields={"title": "Changed"})
    registry.withdraw_partnership(partnership=withdrawn, by=SYSTEM)
    deleted_id = deleted.public_id
    with transaction.atomic():
        publication.withdraw_deleted(deleted)
        deleted.delete()
    assert copied.pull(size=1) == [changed.public_id]
    assert sorted(copied.gone) == sorted([withdrawn.public_id, deleted_id])
    copied.assert_right()
    assert set(copied.rows) == {kept.public_id, changed.public_id}

    withdrawn.refresh_from_db()
    registry.publish_partnership(partnership=withdrawn, by=SYSTEM)
    assert (copied.pull(), copied.gone) == ([withdrawn.public_id], [])
    copied.assert_right()


def test_drafts_and_what_was_never_public_are_not_in_it(copy, people, client):
    draft = factories.make_partnership(lead=people.office, published=False)
    hidden = factories.make_organization("Canary", listing="unlisted", kept_by=people.office)
    client.force_login(people.reader)
    for path in (path for path, viewset in RESOURCES.items() if viewset.is_in_sync):
        copied = copy(path)
        copied.pull()
        assert not {draft.public_id, hidden.public_id} & {*copied.rows, *copied.gone}
    registry.save_partnership(partnership=draft, by=SYSTEM, fields={"title": "Still a draft"})
    copied = copy("partnerships")
    copied.pull()
    registry.save_partnership(partnership=draft, by=SYSTEM, fields={"title": "Still"}, version=None)
    copied.pull()
    assert (copied.rows, copied.gone) == ({}, [])


def test_a_rename_reaches_the_copy_through_every_document(copy):
    lead = factories.make_jurisdiction("Old name")
    make_rows(3, lead)
    copied = copy("partnerships")
    copied.pull()
    directory.save_jurisdiction(jurisdiction=lead, by=SYSTEM, fields={"name": "New name"})
    assert len(copied.pull()) == 3
    assert {row["lead"]["name"] for row in copied.rows.values()} == {"New name"}
    copied.assert_right()


def test_what_no_longer_fits_the_filters_is_gone(copy):
    one, other = make_rows(2)
    copied, paused = copy("partnerships", status="active"), copy("partnerships", status="paused")
    assert (sorted(copied.pull()), paused.pull()) == (sorted([one.public_id, other.public_id]), [])
    registry.save_partnership(partnership=one, by=SYSTEM, fields={"status": "paused"})
    assert (copied.pull(), copied.gone) == ([], [one.public_id])
    assert (paused.pull(), paused.gone) == ([one.public_id], [])
    copied.assert_right(), paused.assert_right()
    assert list(copied.rows) == [other.public_id]


def test_changes_between_the_pages_come_with_the_next_pull(copy):
    rows = make_rows(6)
    copied, turns = copy("partnerships"), iter(range(9))

    def meddle():
        turn = next(turns)
        registry.save_partnership(partnership=rows[0], by=SYSTEM, fields={"summary": f"Turn {turn}"})
        if turn == 0:
            registry.withdraw_partnership(partnership=rows[5], by=SYSTEM)
            registry.withdraw_partnership(partnership=rows[1], by=SYSTEM)
            make_rows(1, rows[0].lead)

    copied.pull(size=2, between=meddle)
    copied.pull()
    copied.assert_right()
    assert len(copied.rows) == 5


def test_a_change_of_very_many_documents_is_in_sync_at_once(copy, monkeypatch):
    monkeypatch.setattr(publication, "FAN_OUT", 2)
    rows = make_rows(5)
    copied = copy("partnerships")
    copied.pull()
    directory.save_jurisdiction(jurisdiction=rows[0].lead, by=SYSTEM, fields={"name": "Renamed"})
    assert len(copied.pull(size=2)) == 5
    copied.assert_right()
    assert publication.rebuild_outdated() == 5
    assert len(copied.pull(size=3)) == 5
    copied.assert_right()
    assert copied.pull() == []


def test_organizations_come_and_go_by_their_listing(copy):
    group = factories.make_organization("Group", listing="profiled", aims="Homes")
    copied = copy("organizations")
    copied.pull()
    for listing, aims in (("named", None), ("unlisted", None), ("named", None), ("profiled", "Homes")):
        group = directory.save_organization(organization=group, by=SYSTEM, fields={"listing": listing})
        copied.pull(size=1)
        copied.assert_right()
        assert (group.public_id in copied.rows) == (listing != "unlisted")
        assert copied.rows.get(group.public_id, {}).get("aims") == aims
    assert Tombstone.objects.count() == 0


def test_tombstones_and_changes_page_together(copy):
    groups = [factories.make_organization(f"Group {n}") for n in range(6)]
    copied = copy("organizations")
    copied.pull()
    for n, group in enumerate(groups):
        directory.save_organization(
            organization=group, by=SYSTEM, fields={"listing": "unlisted"} if n % 2 else {"name": f"New {n}"}
        )
    changed = copied.pull(size=1)
    assert (len(changed), len(set(changed)), len(copied.gone), len(set(copied.gone))) == (3, 3, 3, 3)
    copied.assert_right()


def test_meetings_are_synced_when_they_or_their_partnership_become_public(copy):
    (partnership,) = make_rows(1)
    meeting = factories.make_meeting(partnership, is_public=True)
    internal = factories.make_meeting(partnership, is_public=False, title="Internal")
    copied = copy("meetings")
    assert copied.pull() == [meeting.public_id]
    meetings.save_meeting(meeting=internal, by=SYSTEM, fields={"is_public": True})
    assert copied.pull() == [internal.public_id]
    registry.withdraw_partnership(partnership=partnership, by=SYSTEM)
    assert (copied.pull(), sorted(copied.gone)) == ([], sorted([meeting.public_id, internal.public_id]))
    partnership.refresh_from_db()
    registry.publish_partnership(partnership=partnership, by=SYSTEM)
    assert len(copied.pull(size=1)) == 2
    meetings.save_meeting(meeting=Meeting.objects.get(pk=meeting.pk), by=SYSTEM, fields={"is_public": False})
    assert (copied.pull(), copied.gone) == ([], [meeting.public_id])
    copied.assert_right()


def test_neighbors_of_a_jurisdiction_reach_the_copy(copy):
    one, other = factories.make_jurisdiction("One"), factories.make_jurisdiction("Other")
    copied = copy("jurisdictions")
    copied.pull()
    directory.relate_jurisdictions(one=one, other=other, key="neighbors", by=SYSTEM)
    assert sorted(copied.pull()) == sorted([one.public_id, other.public_id])
    copied.assert_right()


def test_an_old_token_and_one_of_the_future_are_gone(get):
    make_rows(1)
    token = get("partnerships/", updated_since="start").json()["as_of"]
    with time_machine.travel(clock.now() + stamps.KEPT_FOR - timedelta(days=1), tick=False):
        assert get("partnerships/", updated_since=token).status_code == 200
    future = f"{10**15}-{clock.today():%Y%m%d}"
    with time_machine.travel(clock.now() + stamps.KEPT_FOR + timedelta(days=2), tick=False):
        old = get("partnerships/", updated_since=token)
    for answer in (old, get("partnerships/", updated_since=future)):
        assert (answer.status_code, answer.json()["code"]) == (410, "pull_anew")


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("partnerships", "q", "row"),
        ("partnerships", "ordering", "title"),
        ("partnerships", "stage", "organizing"),
        ("partnerships", "state", "MN"),
        ("organizations", "state", "MN"),
        ("meetings", "issue", "housing"),
        ("meetings", "jurisdiction", "J-000000-0"),
    ],
)
def test_filters_that_other_records_decide_are_refused(get, path, name, value):
    answer = get(f"{path}/", updated_since="start", **{name: value})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "not_in_sync")


def test_an_empty_pull_is_cheap(get, django_assert_num_queries):
    make_rows(3)
    token = get("partnerships/", updated_since="start").json()["as_of"]
    with django_assert_num_queries(2):
        assert get("partnerships/", updated_since=token).json()["results"] == []


def test_nothing_is_missed_while_a_writer_is_held_open():
    made, missed, naive = open_writer.run(5)
    on_postgresql = connection.vendor == "postgresql"
    assert (made, missed) == (40 if on_postgresql else 35, [])
    assert naive == (5 if on_postgresql else 0)


def test_activities_follow_their_partners_and_results(copy):
    lead, group = factories.make_jurisdiction(), factories.make_organization("Group", listing="named")
    parties = [factories.party(lead, "lead"), factories.party(group, "member")]
    partnership = factories.make_partnership(lead=lead, parties=parties)
    result = factories.make_result(lead=lead, partnerships=[partnership], is_published=True)
    seat = partnership.parties.get(organization=group)
    activity = factories.make_activity(partnership, is_public=True, parts=[(seat, "leads")], results=[result])
    copied = copy("activities")
    copied.pull()
    assert copied.rows[activity.public_id]["parties"] == [{"id": group.public_id, "side": "community", "part": "leads"}]
    for listing, names in (("unlisted", 0), ("named", 1)):
        group = directory.save_organization(organization=group, by=SYSTEM, fields={"listing": listing})
        assert copied.pull() == [activity.public_id]
        copied.assert_right()
        assert len(copied.rows[activity.public_id]["parties"]) == names
    for is_published in (False, True):
        result = measurement.save_result(result=result, by=SYSTEM, fields={"is_published": is_published})
        assert copied.pull() == [activity.public_id]
        copied.assert_right()
        assert len(copied.rows[activity.public_id]["results"]) == is_published
    assert copied.pull() == []


def test_activities_follow_a_change_that_reaches_very_many(copy, monkeypatch):
    monkeypatch.setattr(publication, "FAN_OUT", 2)
    group, activities = factories.make_organization("Group", listing="named"), []
    for partnership in make_rows(4):
        parties = [
            {"id": seat.pk, "jurisdiction": seat.jurisdiction, "roles": []} for seat in partnership.parties.all()
        ]
        parties.append(factories.party(group, "member"))
        partnership = registry.save_partnership(partnership=partnership, by=SYSTEM, fields={}, parties=parties)
        seat = partnership.parties.get(organization=group)
        activities.append(factories.make_activity(partnership, is_public=True, parts=[(seat, "leads")]).public_id)
    copied = copy("activities")
    copied.pull()
    directory.save_organization(organization=group, by=SYSTEM, fields={"listing": "unlisted"})
    assert sorted(copied.pull()) == sorted(activities)
    copied.assert_right()
    assert {len(row["parties"]) for row in copied.rows.values()} == {0}


def test_plans_follow_what_they_name_and_whether_they_are_out(copy):
    (partnership,) = make_rows(1)
    result = factories.make_result(lead=partnership.lead, is_published=True)
    outcomes = [{"title": "Homes", "result": result, "partnerships": [partnership]}]
    plan = factories.make_plan(lead=partnership.lead, outcomes=outcomes, is_published=True)
    factories.make_plan("Inner", lead=partnership.lead)
    copied = copy("plans")
    assert copied.pull() == [plan.public_id]

    def named():
        assert copied.pull() == [plan.public_id]
        copied.assert_right()
        (outcome,) = copied.rows[plan.public_id]["outcomes"]
        return len(outcome["partnerships"]), outcome["result"] is not None

    registry.withdraw_partnership(partnership=partnership, by=SYSTEM)
    assert named() == (0, True)
    result = measurement.save_result(result=result, by=SYSTEM, fields={"is_published": False})
    assert named() == (0, False)
    partnership.refresh_from_db()
    registry.publish_partnership(partnership=partnership, by=SYSTEM)
    measurement.save_result(result=result, by=SYSTEM, fields={"is_published": True})
    assert named() == (1, True)
    plan = plans.save_plan(plan=plan, by=SYSTEM, fields={"is_published": False})
    assert (copied.pull(), copied.gone) == ([], [plan.public_id])
    plans.save_plan(plan=plan, by=SYSTEM, fields={"is_published": True})
    assert named() == (1, True)


def test_numbers_of_measures_are_in_the_copy(copy):
    measure = factories.make_measure(result=factories.make_result(is_published=True), is_published=True)
    copied = copy("measures")
    copied.pull()
    row = {"starts_on": date(2024, 1, 1), "numerator": Decimal(333), "denominator": Decimal(1104)}
    save_points(measure=measure, by=SYSTEM, rows=[row], source="Census")
    assert copied.pull() == [measure.public_id]
    copied.assert_right()
    assert [number["numerator"] for number in copied.rows[measure.public_id]["numbers"]] == [335.0]


def test_agreements_change_with_their_partnership(copy):
    lead = factories.make_jurisdiction()
    parties = [factories.party(lead, "lead"), factories.party(factories.make_organization("Firm"), "contractor")]
    terms = {"agreement": {"scope": "Two clinics", "ends_on": date(2026, 12, 31)}}
    contract = factories.make_partnership("Contract", kind="contract", lead=lead, parties=parties, facts=terms)
    factories.make_partnership("Draft", kind="contract", lead=lead, parties=parties, facts=terms, published=False)
    copied, late = copy("agreements"), copy("agreements", ends_after="2027-01-01")
    assert (copied.pull(), late.pull()) == ([contract.public_id], [])

    new = {"agreement": {"scope": "Three clinics", "ends_on": date(2027, 6, 30)}}
    contract = registry.save_partnership(partnership=contract, by=SYSTEM, fields={}, facts=new)
    assert (copied.pull(size=1), late.pull()) == ([contract.public_id], [contract.public_id])
    assert copied.rows[contract.public_id]["scope"] == "Three clinics"
    copied.assert_right(), late.assert_right()

    registry.withdraw_partnership(partnership=contract, by=SYSTEM)
    assert (copied.pull(), copied.gone) == ([], [contract.public_id])
    contract.refresh_from_db()
    registry.publish_partnership(partnership=contract, by=SYSTEM)
    assert copied.pull() == [contract.public_id]
    contract.refresh_from_db()
    registry.save_partnership(
        partnership=contract, by=SYSTEM, fields={"kind": "joint_project"}, facts={"agreement": None}
    )
    assert (copied.pull(), copied.gone) == ([], [contract.public_id])
    copied.assert_right()


def test_populations_are_in_the_copy(copy):
    population, other = factories.make_population(), factories.make_population(dimension="race", counts={"black": 90})
    copied, by_race = copy("populations"), copy("populations", dimension="race")
    assert (copied.pull(), by_race.pull()) == ([population.public_id, other.public_id], [other.public_id])
    composition.save_population(population=population, by=SYSTEM, fields={"note": "Five-year table"})
    assert (copied.pull(), by_race.pull(), by_race.gone) == ([population.public_id], [], [population.public_id])
    copied.assert_right(), by_race.assert_right()
    public_id = population.public_id
    with transaction.atomic():
        delete_records(Population.objects.filter(pk=population.pk))
    assert (copied.pull(), copied.gone) == ([], [public_id])
    copied.assert_right()


def test_counts_of_members_come_and_go_with_their_body_and_show_what_waits(copy):
    body = factories.make_body()
    first = factories.make_composition(body)
    third = factories.make_composition(body, counted_on=date(2024, 9, 1), changed=3)
    draft = factories.make_composition(factories.make_body("Draft", published=False))
    copied = copy("compositions")
    assert sorted(copied.pull()) == sorted([first.public_id, third.public_id])
    assert copied.rows[third.public_id]["state"] == "waiting"

    second = factories.make_composition(body, counted_on=date(2024, 6, 1), changed=9)
    assert second.public_id in copied.pull(size=1)
    copied.assert_right()
    third = composition.save_composition(makeup=third, by=SYSTEM, fields={"changed": 8})
    assert third.public_id in copied.pull()
    copied.assert_right()
    assert {row["state"] for row in copied.rows.values()} == {"shown"}

    registry.withdraw_partnership(partnership=body, by=SYSTEM)
    assert (copied.pull(), sorted(copied.gone)) == ([], sorted([first.public_id, second.public_id, third.public_id]))
    body.refresh_from_db()
    registry.publish_partnership(partnership=body, by=SYSTEM)
    assert len(copied.pull(size=2)) == 3
    copied.assert_right()
    assert draft.public_id not in {*copied.rows, *copied.gone}


def test_a_count_that_changes_for_no_one_is_not_pulled(copy):
    body = factories.make_body()
    factories.make_composition(body)
    other = factories.make_composition(body, counted_on=date(2024, 9, 1), changed=9)
    copied = copy("compositions")
    copied.pull()
    composition.save_composition(makeup=other, by=SYSTEM, fields={"members": 21, "no_answer": other.no_answer + 1})
    assert copied.pull() == []
    copied.assert_right()


def test_rounds_come_and_go_with_what_partners_agree_to(copy):
    board = Board()
    opened_round(board, 1, 3)
    public_id = board.round.public_id
    copied = copy("rounds")
    agree(board, 0)
    assert (copied.pull(), copied.gone) == ([], [])  # one of two agreed
    agree(board, 1, reply="We agree")
    assert copied.pull() == [public_id]
    save_response(survey_round=board.round, by=SYSTEM, item="decisions", text="We heard it.")
    assert copied.pull() == [public_id]
    copied.assert_right()
    agree(board, 1, agrees=False)
    assert (copied.pull(), copied.gone) == ([], [public_id])
    agree(board, 1)
    assert (copied.pull(), copied.gone) == ([public_id], [])
    copied.assert_right()


def test_rounds_leave_the_copy_with_a_partner_or_the_partnership(copy):
    board = Board()
    opened_round(board, 1, 3)
    agree(board, 0), agree(board, 1)
    public_id = board.round.public_id
    copied = copy("rounds")
    assert copied.pull() == [public_id]

    def hidden_and_shown(hide, show):
        hide()
        assert (copied.pull(), copied.gone) == ([], [public_id])
        show()
        assert (copied.pull(), copied.gone) == ([public_id], [])
        copied.assert_right()

    group = board.organizations[0]

    def list_group(listing):
        group.refresh_from_db()
        directory.save_organization(organization=group, by=SYSTEM, fields={"listing": listing})

    def publish(action):
        board.partnership.refresh_from_db()
        action(partnership=board.partnership, by=SYSTEM)

    hidden_and_shown(lambda: list_group("unlisted"), lambda: list_group("named"))
    hidden_and_shown(lambda: board.seat(1, circle="not_approached"), lambda: board.seat(1, circle="consulted"))
    hidden_and_shown(lambda: publish(registry.withdraw_partnership), lambda: publish(registry.publish_partnership))
    with transaction.atomic():
        delete_records(Round.objects.filter(pk=board.round.pk))
    assert (copied.pull(), copied.gone) == ([], [public_id])
    copied.assert_right()


def test_a_round_that_was_never_public_leaves_no_trace_in_sync(copy):
    board = Board()
    opened_round(board, 1, 3)
    board.hide(0)
    agree(board, 0), agree(board, 1)
    copied = copy("rounds")
    copied.pull()
    registry.save_partnership(partnership=board.partnership, by=SYSTEM, fields={"summary": "Changed"})
    agree(board, 1, agrees=False)
    assert (copied.pull(), copied.gone) == ([], [])


def test_a_round_names_a_partner_that_was_merged(copy):
    board = Board()
    opened_round(board, 1, 3)
    agree(board, 0), agree(board, 1, reply="We agree")
    copied = copy("rounds")
    copied.pull()
    kept = factories.make_organization("Neighbors, the same", "profiled")
    merging.merge(kept=kept, lost=board.organizations[0], by=SYSTEM, versions=(None, None))
    assert copied.pull() == [board.round.public_id]
    copied.assert_right()
    assert [reply["party"] for reply in copied.rows[board.round.public_id]["replies"]] == [kept.public_id]


def test_vocabularies_come_at_once_and_say_when_nothing_changed(get):
    answer = get("vocabularies/")
    assert answer.json()["next"] is None
    again = get("vocabularies/", {"HTTP_IF_NONE_MATCH": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    factories.make_term("purpose", "new_purpose")
    assert get("vocabularies/", {"HTTP_IF_NONE_MATCH": answer["ETag"]}).status_code == 200


@pytest.mark.parametrize("path", ["action-items", "check-ins", "interactions", "vocabularies"])
def test_what_has_no_sync_says_so(get, path):
    assert path in RESOURCES
    answer = get(f"{path}/", updated_since="start")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "not_in_sync")
