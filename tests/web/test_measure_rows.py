"""Measures in lists, results and partnerships: each row says its latest number and its target."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
import time_machine
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.insight.measures import measures
from partnerships.insight.names import Names
from partnerships.measurement import queries
from partnerships.measurement.actions import save_measure
from partnerships.measurement.interpretations import save_interpretation
from partnerships.measurement.number_actions import save_points
from partnerships.web.components.measures import rows_of
from partnerships.web.frame.words import day
from tests.factories import make_measure, make_partnership, make_result, party

pytestmark = pytest.mark.django_db
TARGET = {"target_value": D(60), "target_on": date(2027, 1, 1)}


@pytest.fixture
def result(people):
    seats = [party(people.office), party(people.organization)]
    partnership = make_partnership(lead=people.office, parties=seats)
    return make_result(lead=people.office, partnerships=[partnership], is_published=True)


def enter(measure, year, **values):
    save_points(measure=measure, by=SYSTEM, rows=[{"starts_on": date(year, 1, 1), **values}])


def lines(result, person=None):
    return [row["line"] for row in rows_of(person, queries.indicators_of(person, result))]


def test_a_row_says_the_latest_number_and_the_target(result):
    measure = make_measure(result=result, is_published=True, **TARGET)
    enter(measure, 2023, value=D("41.2"))
    enter(measure, 2024, value=D("43.26"))
    assert lines(result) == ["43% in 2024. Target: 60% by 2027. A higher number is better."]


def test_without_numbers_a_row_says_only_what_is_known(result):
    make_measure(result=result, is_published=True)
    assert lines(result) == ["A higher number is better."]


def test_a_number_of_too_few_people_is_left_out(result):
    enter(make_measure(result=result, is_published=True, **TARGET), 2024, numerator=D(2), denominator=D(4))
    assert lines(result) == ["Target: 60% by 2027. A higher number is better."]


def test_of_few_people_only_the_rounded_counts_are_said(result):
    enter(make_measure(result=result, is_published=True), 2024, numerator=D(6), denominator=D(14))
    assert lines(result) == ["5 of 15 (no rate: fewer than 20 people) in 2024. A higher number is better."]


def test_a_disputed_number_is_said_to_be(people, result):
    seat = result.partnerships.get().parties.get(organization=people.organization)
    measure = make_measure(result=result, is_published=True, owners=[{"party": seat}])
    enter(measure, 2024, value=D(43))
    save_interpretation(
        measure=measure, party=seat, by=people.partner, kind="dispute", words="No.", starts_on=date(2024, 1, 1)
    )
    assert lines(result) == ["43% in 2024, disputed. A higher number is better."]


def test_pages_show_it(client, result):
    enter(make_measure(result=result, is_published=True), 2024, value=D(43))
    partnership = result.partnerships.get()
    for address in (result.get_absolute_url(), f"{partnership.get_absolute_url()}results/", "/measures/"):
        assert "43% in 2024. A higher number is better." in client.get(address).content.decode()


def test_ten_measures_take_as_many_queries_as_one(client, result):
    asked = []
    for count in (1, 9):
        for n in range(count):
            enter(make_measure(f"Measure {count}.{n}", result=result, is_published=True), 2024, value=D(43))
        client.get("/measures/")
        with CaptureQueriesContext(connection) as queries_sent:
            assert client.get("/measures/").status_code == 200
        asked.append(len(queries_sent))
    assert asked == [8, 8]


def test_rows_reports_and_the_api_say_when_the_definition_changed_after_the_number(client, result):
    """In the words of the chart, and no longer once the latest number was entered after that."""
    measure, names = make_measure(result=result, is_published=True), Names()
    enter(measure, 2023, value=D("41.2"))
    enter(measure, 2024, value=D("43.26"))
    save_measure(measure=measure, by=SYSTEM, fields={"definition": "Families who rent"})
    note = f"The description of what is counted changed on {day(clock.today(clock.zone(measure.lead.zone)))}."
    note += " Numbers from before may follow the earlier one."
    partnership = result.partnerships.get()

    def said():
        (line,) = lines(result)
        (row,) = measures(None, [partnership.pk], names)
        table = render_to_string("reports/_measures_table.html", {"content": {"measures": [row]}})
        numbers = client.get(f"/api/v1/measures/{measure.public_id}/").json()["numbers"]
        return line, note in " ".join(table.split()), [one["definition_changed_on"] for one in numbers]

    today = str(clock.today(clock.zone(measure.lead.zone)))
    assert said() == (f"43% in 2024. {note} A higher number is better.", True, [today, today])
    page = client.get(reverse("partnership_results", args=[partnership.public_id])).content.decode()
    assert f"43% in 2024. {note}" in page
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        enter(measure, 2025, value=D("44"))
        assert said() == ("44% in 2025. A higher number is better.", False, [today, today, None])
