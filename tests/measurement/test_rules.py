"""Who can see results, measures, activities and gains, and who may write and supply them, as one table."""

from types import SimpleNamespace

import pytest

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.measurement import actions
from partnerships.measurement.rules import (
    activities_visible_to,
    gains_visible_to,
    may_answer_dispute,
    may_supply,
    may_write_measure,
    measures_visible_to,
    results_visible_to,
)
from partnerships.models import Gain, Membership
from tests.factories import make_activity, make_measure, make_partnership, make_result, party
from tests.people import make_people

pytestmark = pytest.mark.django_db
STAFF = {"editor", "reader"}
TABLE = {"partner", "partner_reader"}
ALL = {"stranger", "other_partner", "other_editor", "anonymous"}


@pytest.fixture
def scene():
    people = make_people()
    Membership.objects.create(person=people.partner_reader, organization=people.organization, role="reader")
    table = make_partnership(lead=people.office, parties=[party(people.office), party(people.organization)])
    result = make_result(lead=people.office, partnerships=[table])
    theirs = table.parties.get(organization=people.organization)
    inner = make_measure(result=result, owners=[{"party": theirs, "supplies": True}])
    Gain.objects.create(party=theirs, text="A seat at the table", at=clock.now())
    return SimpleNamespace(people=people, table=table, result=result, measure=inner, theirs=theirs)


def readers_of(people, rows, record):
    names = {*STAFF, *TABLE, *ALL, "administrator", "suspended"} - {"anonymous"}
    found = {name for name in names if rows(getattr(people, name)).filter(pk=record.pk).exists()}
    return found | ({"anonymous"} if rows(None).filter(pk=record.pk).exists() else set())


def test_what_is_not_published_is_for_the_office_and_the_table(scene):
    inside = STAFF | TABLE | {"administrator"}
    assert readers_of(scene.people, results_visible_to, scene.result) == inside
    assert readers_of(scene.people, measures_visible_to, scene.measure) == inside
    assert readers_of(scene.people, activities_visible_to, make_activity(scene.table)) == inside
    assert readers_of(scene.people, gains_visible_to, scene.theirs.gains.get()) == inside


def test_what_is_published_is_for_everyone(scene):
    everyone = STAFF | TABLE | ALL | {"administrator", "suspended"}
    actions.save_result(result=scene.result, by=scene.people.editor, fields={"is_published": True})
    assert readers_of(scene.people, results_visible_to, scene.result) == everyone
    assert readers_of(scene.people, measures_visible_to, scene.measure) == STAFF | TABLE | {"administrator"}
    actions.save_measure(measure=scene.measure, by=scene.people.editor, fields={"is_published": True})
    assert readers_of(scene.people, measures_visible_to, scene.measure) == everyone
    assert readers_of(scene.people, activities_visible_to, make_activity(scene.table, is_public=True)) == everyone
    scene.theirs.gains.update(is_public=True)
    assert readers_of(scene.people, gains_visible_to, scene.theirs.gains.get()) == everyone


def test_a_published_measure_of_a_result_that_is_not_stays_inside(scene):
    actions.save_measure(measure=scene.measure, by=SYSTEM, fields={"is_published": True})
    assert readers_of(scene.people, measures_visible_to, scene.measure) == STAFF | TABLE | {"administrator"}


def test_a_gain_of_a_party_that_is_not_shown_is_for_the_office_and_its_own_people(scene):
    scene.theirs.gains.update(is_public=True)
    save_organization(organization=scene.people.organization, by=SYSTEM, fields={"listing": "unlisted"})
    assert readers_of(scene.people, gains_visible_to, scene.theirs.gains.get()) == STAFF | TABLE | {"administrator"}


def test_who_may_write_supply_and_settle(scene):
    for rule, allowed in (
        (may_write_measure, {"editor", "administrator"}),
        (may_supply, {"editor", "administrator", "partner"}),
        (may_answer_dispute, {"editor", "administrator"}),
    ):
        names = STAFF | TABLE | (ALL - {"anonymous"}) | {"administrator", "suspended"}
        assert {name for name in names if rule(getattr(scene.people, name), scene.measure)} == allowed, rule.__name__
    scene.measure.owners.update(supplies=False)
    assert not may_supply(scene.people.partner, scene.measure)
