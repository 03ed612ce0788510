"""Results and measures: what is saved and refused, and what can't change once there are numbers."""

import pytest

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict, NotAllowed, ValidationError
from partnerships.measurement import actions
from partnerships.models import Change, DataPoint
from tests.factories import make_jurisdiction, make_measure, make_partnership, make_result, party
from tests.people import make_people

pytestmark = pytest.mark.django_db
BLACK = {"dimension": "race", "key": "black", "name": "Black or African American"}
WHITE = {"dimension": "race", "key": "white", "name": "White", "is_reference": True}


def errors_of(measure, **changed):
    with pytest.raises(ValidationError) as problem:
        actions.save_measure(measure=measure, by=SYSTEM, **changed)
    return {key: [str(word) for error in errors for word in error] for key, errors in problem.value.error_dict.items()}


def with_a_number(measure, cell=""):
    DataPoint.objects.create(measure=measure, starts_on="2024-01-01", cell=cell, value=5, at=clock.now())
    return measure


def test_a_measure_says_what_it_is_of():
    table, result = make_partnership(), make_result()
    with pytest.raises(ValidationError, match="An indicator belongs to a result"):
        make_measure(result=None, partnership=table, kind="indicator")
    with pytest.raises(ValidationError, match="An indicator belongs to a result"):
        make_measure(result=result, kind="how_well")


def test_a_rate_says_per_how_many_and_a_target_until_when():
    with pytest.raises(ValidationError, match="Enter the number that the rate is per"):
        make_measure(unit="rate")
    with pytest.raises(ValidationError, match="A target needs both a number and a period"):
        make_measure(target_value=8)
    with pytest.raises(ValidationError, match="A baseline needs both a number and a period"):
        make_measure(baseline_on="2024-01-01")


def test_another_offices_result_is_not_measured_here():
    with pytest.raises(ValidationError, match="Another office keeps this"):
        make_measure(result=make_result(), lead=make_jurisdiction("City of Seattle"))


def test_a_save_that_changes_nothing_writes_nothing():
    measure = make_measure(groups=[BLACK, WHITE])
    before = Change.objects.count()
    rows = [{"id": row.pk, "dimension": row.dimension, "key": row.key, "name": row.name, "is_reference": row.is_reference}
            for row in measure.groups.all()]  # fmt: skip
    saved = actions.save_measure(measure=measure, by=SYSTEM, fields={"title": measure.title}, groups=rows)
    assert (saved.version, Change.objects.count()) == (1, before)
    assert list(measure.groups.values_list("key", "is_reference")) == [("black", False), ("white", True)]


def test_the_reference_moves_in_one_save():
    measure = make_measure(groups=[BLACK, WHITE])
    black, white = measure.groups.all()
    rows = [BLACK | {"id": black.pk, "is_reference": True}, WHITE | {"id": white.pk, "is_reference": False}]
    actions.save_measure(measure=measure, by=SYSTEM, fields={}, groups=rows)
    assert list(measure.groups.values_list("key", "is_reference")) == [("black", True), ("white", False)]


def test_two_references_of_one_dimension_are_refused():
    with pytest.raises(ValidationError):
        make_measure(groups=[BLACK | {"is_reference": True}, WHITE])


def test_numbers_settle_what_they_mean():
    measure = with_a_number(make_measure())
    wrong = errors_of(measure, fields={"unit": "rate", "per": 1000, "title": "Another"})
    assert set(wrong) == {"unit", "per"}
    measure.refresh_from_db()
    assert (measure.unit, measure.title) == ("percent", "Families who own their home")


def test_a_group_with_numbers_stays():
    measure = make_measure(groups=[BLACK, WHITE])
    with_a_number(measure, "race=black&gender=women")
    white = measure.groups.get(key="white")
    assert errors_of(measure, fields={}, groups=[WHITE | {"id": white.pk}]) == {
        "groups": ["“Black or African American” already has numbers, so you can’t remove it."]
    }
    assert measure.groups.count() == 2


def test_a_group_keeps_its_key():
    measure = make_measure(groups=[BLACK])
    row = BLACK | {"id": measure.groups.get().pk, "key": "white"}
    assert list(errors_of(measure, fields={}, groups=[row])) == ["groups-0-dimension"]


def test_owners_take_part_in_a_partnership_that_works_on_the_measure():
    people = make_people()
    table = make_partnership(lead=people.office, parties=[party(people.office), party(people.organization)])
    result = make_result(lead=people.office)
    partner = table.parties.get(organization=people.organization)
    with pytest.raises(ValidationError, match="This partner isn’t in a partnership"):
        make_measure(result=result, owners=[{"party": partner}])
    actions.save_result(result=result, by=people.editor, fields={"partnerships": [table]})
    assert make_measure(result=result, owners=[{"party": partner}]).owners.get().party == partner


def test_rights_and_versions_are_asked():
    people = make_people()
    result = make_result(lead=people.office)
    for name in ("reader", "other_editor", "partner", "stranger"):
        with pytest.raises(NotAllowed):
            actions.save_result(result=result, by=getattr(people, name), fields={"title": "Other"})
    with pytest.raises(NotAllowed):  # and can't move it to another office
        actions.save_result(result=result, by=people.editor, fields={"lead": people.other_office})
    actions.save_result(result=result, by=people.editor, fields={"title": "Homes"}, version=1)
    with pytest.raises(EditConflict):
        actions.save_result(result=result, by=people.editor, fields={"title": "Houses"}, version=1)
