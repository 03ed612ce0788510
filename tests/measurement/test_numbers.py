"""Numbers as readers see them: in order, with intervals, without small groups, and with a fixed number of queries."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.measurement.actions import save_measure
from partnerships.measurement.number_actions import save_points
from partnerships.measurement.number_queries import cell_name, numbers_of
from tests.factories import make_measure, make_partnership, make_result, party
from tests.people import make_people

pytestmark = [pytest.mark.django_db, pytest.mark.both]
YEAR = date(2024, 1, 1)
KEYS = ("american-indian", "asian", "black", "white")
GROUPS = [{"dimension": "race", "key": key, "name": key.title(), "is_reference": key == "white"} for key in KEYS]


def enter_numbers(measure, on=YEAR, party=None, **cells):
    """Enter numbers. `cells`: group → (numerator, denominator). “all” is the total."""
    rows = [
        {"starts_on": on, "cell": "" if key == "all" else f"race={key.replace('_', '-')}", "numerator": D(a), "denominator": D(b)}
        for key, (a, b) in cells.items()
    ]  # fmt: skip
    save_points(measure=measure, by=SYSTEM, rows=rows, party=party, source="Survey")


@pytest.fixture
def measure():
    return make_measure(groups=GROUPS)


def states_by_cell(measure, person=None, on=YEAR):
    found = numbers_of(person, measure)
    return {cell: found.number(on, cell).state for cell in found.cells}


def test_a_number_is_shown_with_its_interval(measure):
    enter_numbers(measure, all=(300, 1000))
    number = numbers_of(None, measure).number(YEAR)
    assert (number.state, number.value, number.source) == ("", 30, "Survey")
    # Wilson's interval is 27.24 to 32.91. With counts that can be off by 2.5, it's 26.92 to 33.25.
    assert (number.low, number.high) == (26, 34)


def test_cells_are_in_the_order_of_the_groups(measure):
    enter_numbers(measure, white=(300, 1000), asian=(30, 100), all=(330, 1100))
    found = numbers_of(None, measure)
    assert found.cells == ["", "race=asian", "race=white"]
    assert [cell_name(measure, cell) for cell in found.cells] == ["Everyone together", "Asian", "White"]
    assert found.number(YEAR, "race=black").state == "missing"


def test_a_number_of_too_few_people_is_shown_to_no_one_in_any_part(measure):
    enter_numbers(measure, all=(333, 1104), white=(300, 1000), asian=(30, 100), black=(3, 4))
    shown = numbers_of(None, measure).number(YEAR, "race=black")
    assert (shown.state, shown.value, shown.numerator, shown.denominator, shown.source, shown.at) == (
        "suppressed", None, None, None, "", None)  # fmt: skip
    hidden = {cell for cell, state in states_by_cell(measure).items() if state == "suppressed"}
    assert "race=black" in hidden
    assert len(hidden) > 1  # otherwise the total minus the others would reveal it
    assert "" not in hidden


def test_a_suppressed_number_stays_suppressed_after_a_correction(measure):
    enter_numbers(measure, all=(333, 1104), white=(300, 1000), asian=(30, 100), black=(3, 4))
    before = {cell for cell, state in states_by_cell(measure).items() if state}
    enter_numbers(measure, all=(430, 1200), black=(100, 100))
    assert before <= {cell for cell, state in states_by_cell(measure).items() if state}


def test_the_smallest_group_is_the_measures_own(measure):
    enter_numbers(measure, all=(80, 200), white=(71, 150), black=(9, 50))
    assert states_by_cell(measure) == {"": "", "race=black": "", "race=white": ""}
    save_measure(measure=measure, by=SYSTEM, fields={"smallest": 10})
    assert states_by_cell(type(measure).objects.get())["race=black"] == "suppressed"


def test_people_counted_without_a_line_are_protected_too():
    count = make_measure("People who came", unit="number", counted="people", groups=GROUPS)
    rows = [
        {"starts_on": YEAR, "cell": cell, "value": D(n)}
        for cell, n in (("", 23), ("race=black", 3), ("race=white", 20))
    ]
    save_points(measure=count, by=SYSTEM, rows=rows)
    assert states_by_cell(count) == {"": "", "race=black": "suppressed", "race=white": "suppressed"}


def test_who_brought_it_is_named_to_those_who_may_know_of_them():
    people = make_people()
    table = make_partnership(lead=people.office, parties=[party(people.office), party(people.organization)])
    partner = table.parties.get(organization=people.organization)
    result = make_result(lead=people.office, partnerships=[table])
    measure = make_measure(result=result, owners=[{"party": partner, "supplies": True}])
    enter_numbers(measure, all=(30, 100), party=partner)
    assert numbers_of(None, measure).number(YEAR).supplied_by == str(partner)
    save_organization(organization=people.organization, by=SYSTEM, fields={"listing": "unlisted"})
    assert numbers_of(None, measure).number(YEAR).supplied_by == ""
    assert numbers_of(people.partner, measure).number(YEAR).supplied_by == str(partner)


def test_the_last_periods_come_and_the_rest_is_said(measure):
    for year in range(2014, 2025):
        enter_numbers(measure, on=date(year, 1, 1), all=(30, 100))
    found = numbers_of(None, measure, last=10)
    assert (found.periods[0].year, found.periods[-1].year, len(found.periods), found.is_cut) == (2015, 2024, 10, True)
    earlier = numbers_of(None, measure, last=10, until=date(2014, 1, 1))
    assert ([day.year for day in earlier.periods], earlier.is_cut) == ([2014], False)


def test_queries_do_not_grow_with_numbers(measure):
    def queries():
        fresh = type(measure).objects.get(pk=measure.pk)
        with CaptureQueriesContext(connection) as caught:
            numbers_of(None, fresh)
        return len(caught)

    enter_numbers(measure, all=(30, 100))
    one = queries()
    for year in range(2010, 2024):
        enter_numbers(measure, on=date(year, 1, 1), all=(300, 1000), white=(200, 600), black=(100, 400))
    assert (one, queries()) == (4, 4)
