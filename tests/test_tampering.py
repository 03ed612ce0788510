"""No one can change what they may not, whatever they send.

These tests send whole forms, and bench/figures/qa5.py tries each field alone.
"""

import pytest
from django.urls import get_resolver

from partnerships.models import Partnership
from partnerships.registry.actions import save_partnership
from tests import access, api_tampering, forbidden_effects, mass_assignment, tampering, writes
from tests.posting import NEW, Sender, Sent, Touch, dump
from tests.shares import share_of
from tests.snapshots import snapshot_of
from tests.test_access import routes
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# bench/figures/qa5.py tries every route as every role.
SENT_WHOLE = ("partnership_edit", "organization_edit", "meeting_edit", "result_edit", "round_move", "member", "claim")
STUFFED = (
    "partnership_new",
    "organization_edit",
    "meeting_new",
    "result_new",
    "round_new",
    "measure_new",
    "report_new",
)


@pytest.fixture
def world(people, settings):
    settings.API_RATE_ANONYMOUS = settings.API_RATE_PERSON = 1_000_000
    return snapshot_of(World, people)


def test_whole_forms_change_nothing_that_they_may_not(world):
    """As a partner and as an editor of the office, at one route for each kind of record."""
    found = tampering.try_all(world, roles=["partner", "editor"], routes=SENT_WHOLE, whole=False)
    assert (found.wrong, found.routes) == ([], {*SENT_WHOLE})


def test_what_a_form_does_not_offer_changes_nothing(world):
    """The names of all columns are sent along, at one route for each kind of record."""
    found = mass_assignment.try_all(Sender(world), STUFFED)
    assert (found.wrong, found.forms) == ([], len(STUFFED))
    assert found.taken > found.forms / 2


def test_a_program_changes_what_the_api_offers_and_nothing_else(world):
    """Each column of every table, and what is offered with values that someone would gain by: one in 120 of them."""
    fields, wrong = api_tampering.tamper(world, lambda cases: share_of(cases, 120))
    assert wrong == []
    assert fields


def test_no_row_of_the_table_of_writes_is_of_a_route_that_is_gone():
    assert set(writes.MAY) <= set(routes(get_resolver().url_patterns))


def test_a_write_that_may_change_nothing_says_so_by_not_standing_there():
    written = {route for group in access.GROUPS if group.kind == access.WRITE for route in group.routes}
    merges = {"organization_merge", "department_merge", "person_merge", "contact_merge"}
    previewed = {"contact_left", "member_left"}
    assert written - set(writes.MAY) == {"people", "public_records"} | merges | previewed


@pytest.mark.parametrize(("model", "column", "value", "route", "record"), [
    ("Organization", "listing", "profiled", "organization_edit", "unlisted"),
    ("Organization", "name", "Another", "partnership_edit", "published"),
    ("Organization", "aims", "Others", "organization_edit", "profiled"),
    ("Partnership", "is_published", 1, "partnership_edit", "draft"),
    ("Partnership", "lead_id", "other_office", "partnership_edit", "draft"),
    ("Person", "is_administrator", 1, "account_token_new", ""),
    ("Membership", "role", "manager", "member", "reader's place"),
    ("Partnership", "version", 9, "organization_split", "named"),
])  # fmt: skip
def test_a_change_that_may_not_be_is_found(world, model, column, value, route, record):
    """Each is sent as the office's editor, who may do other things in the same place."""
    record_of = {"Organization": "unlisted", "Partnership": "draft", "Membership": "reader's place"}
    pk = world.people.editor.pk if model == "Person" else world[record_of[model]].pk
    value = world.people.other_office.pk if value == "other_office" else value
    before = dump()
    after = before | {model: before[model] | {pk: before[model][pk] | {column: value}}}
    touch = Touch(model, pk, column, before[model][pk][column], value)
    assert forbidden_effects.wrong(Sent(None, [touch], before, after), world, "editor", route, record) != []


def test_undoing_together_is_about_what_that_request_changed(world):
    record = Partnership.objects.get(pk=world["published"].pk)
    save_partnership(partnership=record, by=world.people.editor, fields={"lessons": "Alone"})
    before = dump()

    def wrong(name):
        touch = Touch("Partnership", world[name].pk, "last_verified_on", None, "2026-05-04")
        return forbidden_effects.wrong(
            Sent(None, [touch], before, before), world, "editor", "undo_together", "published"
        )

    assert wrong("published") == []
    assert "of another record" in str(wrong("draft"))


def test_a_row_made_in_the_name_of_another_is_found(world):
    before = dump()
    row = before["Claim"][world["claim"].pk] | {"id": 99, "person_id": world.people.administrator.pk}
    after = before | {"Claim": {99: row}}
    sent = Sent(None, [Touch("Claim", 99, "person_id", NEW, row["person_id"])], before, after)
    assert "in the name of another" in str(
        forbidden_effects.wrong(sent, world, "editor", "organization_claim", "named")
    )
