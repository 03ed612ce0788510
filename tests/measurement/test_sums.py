"""Measures that add up: declared or found, and protected together, so that none reveals another one's small groups."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
import time_machine

from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed, ValidationError
from partnerships.measurement.actions import save_measure
from partnerships.measurement.measure_sums import declare_sum
from partnerships.measurement.number_actions import save_points
from partnerships.measurement.number_queries import numbers_of, numbers_of_each
from partnerships.models import Change, Measure, MeasureSum
from tests.factories import make_measure, make_result
from tests.people import make_people

pytestmark = pytest.mark.django_db
YEAR = date(2024, 1, 1)
RACES = ("asian", "black", "hispanic", "white")
GROUPS = [{"dimension": "race", "key": key, "name": key.title()} for key in RACES]
# All evictions, those outside of court, and those by court. For Asian renters: 63, 60 and 3.
COUNTS = {"all": (463, 63, 150, 100, 150), "outside": (350, 60, 110, 70, 110), "court": (113, 3, 40, 30, 40)}
BELOW = (4000, 500, 1200, 1100, 1200)


def at_day(day):
    return time_machine.travel(datetime(2025, 1, day, 12, tzinfo=UTC), tick=False)


def enter_numbers(measure, counts, on=YEAR, **more):
    cells = ("", *(f"race={key}" for key in RACES))
    rows = [
        {"starts_on": on, "cell": cell, "numerator": D(above), "denominator": D(below)} | more
        for cell, above, below in zip(cells, counts, BELOW, strict=True)
    ]
    save_points(measure=measure, by=SYSTEM, rows=rows, why="Better")


@pytest.fixture
def measures():
    result = make_result(is_published=True)
    names = {"all": "All", "outside": "Outside of court", "court": "By court"}
    return {
        key: make_measure(title, result=result, groups=GROUPS, counted="events", is_published=True)
        for key, title in names.items()
    }


def enter(family, on=YEAR, keys=("all", "outside", "court")):
    for key in keys:
        enter_numbers(family[key], COUNTS[key], on)


def hidden(measure, on=YEAR):
    found = numbers_of(None, Measure.objects.get(pk=measure.pk))
    return {cell.removeprefix("race=") for cell in found.cells if found.number(on, cell).state == "suppressed"}


def test_a_sum_is_found_when_the_last_of_its_numbers_is_saved(measures):
    enter(measures, keys=("all", "outside"))
    assert not MeasureSum.objects.exists()
    enter(measures, keys=("court",))
    found = MeasureSum.objects.get()
    assert (found.whole, set(found.parts.all())) == (measures["all"], {measures["outside"], measures["court"]})
    assert Change.objects.filter(verb="linked").values_list("record_id", "after").get() == (
        measures["all"].pk,
        {"parts": 2},
    )
    enter(measures, date(2023, 1, 1))
    assert MeasureSum.objects.count() == 1


def test_a_hidden_group_of_one_cannot_be_worked_out_of_the_others(measures):
    enter(measures)
    for race in hidden(measures["court"]) - {""}:
        shown = [key for key in ("all", "outside") if race not in hidden(measures[key])]
        assert (race, len(shown)) == (race, 1) or race in hidden(measures["all"]) & hidden(measures["outside"])
    assert "asian" in hidden(measures["court"])


def test_what_was_hidden_stays_so_and_a_link_is_never_lost(measures):
    with at_day(1):
        enter(measures, keys=("court",))
        before = hidden(measures["court"])
    with at_day(2):
        enter(measures, keys=("all", "outside"))
    linked = {key: hidden(measures[key]) for key in measures}
    assert before <= linked["court"]
    with at_day(3):
        enter_numbers(measures["all"], (900, 200, 300, 200, 200))
    assert MeasureSum.objects.count() == 1
    assert [key for key in measures if not linked[key] <= hidden(measures[key])] == []


def test_measures_that_are_read_together_and_alone_hide_the_same(measures):
    enter(measures)
    together = numbers_of_each(None, list(Measure.objects.all()))
    for one in Measure.objects.all():
        assert together[one.pk].at == numbers_of(None, one).at


def test_a_sum_by_chance_in_two_groups_is_none(measures):
    enter(measures, keys=("all", "outside"))
    enter_numbers(measures["court"], (113, 3, 40, 31, 41))
    assert not MeasureSum.objects.exists()


def test_numbers_of_another_office_or_of_other_things_are_never_linked(measures):
    enter(measures, keys=("all", "outside"))
    elsewhere = make_measure("Elsewhere", groups=GROUPS, counted="events")
    homes = make_measure("Homes", result=measures["all"].result, groups=GROUPS, counted="things")
    for one in (elsewhere, homes):
        enter_numbers(one, COUNTS["court"])
    assert not MeasureSum.objects.exists()


def test_staff_declare_what_adds_up_and_it_stays(measures):
    people = make_people()
    parts = [measures["outside"], measures["court"]]
    with pytest.raises(NotAllowed):
        declare_sum(whole=measures["all"], parts=parts, by=people.stranger)
    made = save_measure(measure=measures["all"], by=SYSTEM, fields={}, parts=parts)
    declare_sum(whole=made, parts=parts[::-1], by=SYSTEM)
    assert MeasureSum.objects.count() == 1
    assert Measure.objects.values_list("family", flat=True).distinct().count() == 1
    for parts, error in (
        ([measures["court"]], "Choose two or more measures that add up to this one."),
        ([measures["court"], measures["all"]], "“All” can’t be a part of this measure."),
    ):
        with pytest.raises(ValidationError) as problem:
            declare_sum(whole=measures["all"], parts=parts, by=SYSTEM)
        assert problem.value.message_dict["parts"][0].startswith(error)


def test_two_links_that_share_a_measure_become_one_family(measures):
    result = measures["all"].result
    more = [make_measure(title, result=result, groups=GROUPS, counted="events") for title in ("Early", "Late")]
    declare_sum(whole=measures["all"], parts=[measures["outside"], measures["court"]], by=SYSTEM)
    declare_sum(whole=measures["court"], parts=more, by=SYSTEM)
    assert Measure.objects.values("family").distinct().count() == 1


def test_a_link_that_hides_more_moves_the_stamp_of_each_measure_that_it_changes(measures):
    enter(measures, keys=("all", "outside"))
    before = dict(Measure.objects.values_list("pk", "version"))
    enter(measures, keys=("court",))
    moved = {
        key
        for key in ("all", "outside")
        if Measure.objects.get(pk=measures[key].pk).version != before[measures[key].pk]
    }
    assert moved == {key for key in ("all", "outside") if hidden(measures[key])}
    assert moved
