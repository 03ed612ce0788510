"""The first page of a council report: at most four numbers, the circles of one partnership, one trend and one gap."""

import re
from datetime import date
from decimal import Decimal as D

import pytest
from django.urls import reverse

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.stored_texts import all_shown
from partnerships.insight.measures import figure
from partnerships.measurement.actions import save_measure
from partnerships.measurement.number_actions import save_points
from partnerships.measurement.number_words import number_words
from partnerships.models import Measure, Organization
from partnerships.reports import queries as report_queries
from partnerships.web.frame.words import day
from partnerships.web.reports.front_page import front_page
from tests.factories import make_measure, make_organization, make_partnership, make_result, party

pytestmark = pytest.mark.django_db
RACES = [
    {"dimension": "race", "key": key, "name": key.title(), "is_reference": key == "white"} for key in ("black", "white")
]


def enter(measure, cell="", **counts):
    """Enter counts. `counts`: y2023=(numerator, denominator)."""
    rows = [
        {"starts_on": date(int(year[1:]), 1, 1), "cell": cell, "numerator": above, "denominator": below}
        for year, (above, below) in counts.items()
    ]
    save_points(measure=measure, by=SYSTEM, rows=rows)


@pytest.fixture
def measure(desk):
    result = make_result(lead=desk.people.office, partnerships=[desk.partnership], is_published=True)
    measure = make_measure("Renters turned away", result=result, groups=RACES, is_published=True)
    enter(measure, y2023=(400, 1900), y2024=(345, 1890))
    enter(measure, "race=black", y2023=(190, 610), y2024=(160, 600))
    enter(measure, "race=white", y2023=(75, 690), y2024=(4, 685))
    return measure


def front(report):
    return front_page(all_shown(report.content))


def test_it_has_at_most_four_numbers(desk, measure):
    found = front(desk.make())
    assert [one.number for one in found.headlines] == ["1", "1 of 2", "18%"]
    assert found.headlines[2].words.startswith("Renters turned away, 2024")
    assert found.change.startswith("Everyone together: from 2023 to 2024 it fell from 21 to 18 percent.")


def test_a_measure_that_goes_on_is_shown_before_one_that_ended(desk, measure):
    newer = make_measure("Renters turned away since 2025", result=measure.result, is_published=True)
    enter(newer, y2024=(380, 1900), y2025=(345, 1890))
    assert front(desk.make()).measure["name"] == "Renters turned away"
    save_measure(measure=measure, by=SYSTEM, fields={"last_on": date(2024, 1, 1)})
    assert front(desk.make()).measure["name"] == "Renters turned away since 2025"


def test_the_trend_says_when_the_definition_changed_between_its_numbers(desk, measure):
    save_measure(measure=measure, by=SYSTEM, fields={"definition": "Renters who asked for a home"})
    today = day(clock.today(clock.zone(measure.lead.zone)))
    note = f"The description of what is counted changed on {today}. Numbers from before may follow the earlier one."
    assert front(desk.make()).change.endswith(f"to 18 percent. {note}")


def test_groups_have_lines_of_the_numbers_that_are_shown(desk, measure):
    def lines():
        return [line["name"] for line in all_shown(desk.make().content)["front"]["trend"]["lines"]]

    assert lines() == ["Everyone together"]  # one group is too small in 2024, which hides the other one too
    enter(measure, "race=white", y2022=(75, 690))
    enter(measure, "race=black", y2022=(190, 610))
    assert lines() == ["Everyone together", "Black", "White"]


def test_a_change_within_the_rounding_is_not_called_a_change(desk, measure):
    enter(measure, y2022=(390, 1900), y2025=(386, 1900))
    assert "from 2022 to 2025 it stayed about the same: 21 and then 20 percent" in front(desk.make()).change


def test_what_it_says_of_numbers_is_in_the_language_of_its_reader(desk, client):
    """Names of the standard’s groups, differences, units and periods are ours, and were once stored in English."""
    result = make_result(lead=desk.people.office, partnerships=[desk.partnership], is_published=True)
    races = [RACES[0] | {"name": "Black or African American"}, RACES[1] | {"name": "White"}]
    measure = make_measure("Renters turned away", result=result, groups=races, period="quarter", is_published=True)
    rows = [("race=black", 160, 600), ("race=white", 75, 690), ("", 235, 1290)]
    for cell, above, below in rows:
        for start in (date(2024, 1, 1), date(2024, 4, 1)):
            row = {"starts_on": start, "cell": cell, "numerator": above, "denominator": below}
            save_points(measure=measure, by=SYSTEM, rows=[row])
    made = desk.make()
    client.force_login(desk.people.reader)
    page = reverse("report", args=[made.pk])
    english, spanish = (" ".join(client.get(f"{page}?lang={one}").content.decode().split()) for one in ("en", "es"))
    for words in ("Black or African American: 27% (2.45 times, +16 points)", "2024 Q2", "percent"):
        assert (words in english, words in spanish) == (True, False), words
    for words in ("Negra o afroamericana: 27% (2.45 veces, +16 puntos)", "por ciento"):
        assert (words in english, words in spanish) == (False, True), words


def test_the_circles_are_of_the_partnership_with_most_partners_and_without_those_not_yet_approached(desk):
    far = make_organization("Not asked yet", "profiled", kept_by=desk.people.office)
    refused = make_organization("Said no", "profiled", kept_by=desk.people.office)
    others = [make_organization(f"Group {n}", "profiled", kept_by=desk.people.office) for n in range(3)]
    rows = [party(desk.people.office, "lead", circle="decides"), *(party(one, circle="consulted") for one in others)]
    rows += [party(far, circle="not_approached"), party(refused, circle="declined")]
    record = make_partnership("Many of us", lead=desk.people.office, parties=rows)
    found = front(desk.make(eyes="own"))
    assert found.focus["id"] == record.public_id
    assert [mark.name for mark in found.marks] == [str(desk.people.office), "Group 0", "Group 1", "Group 2"]
    assert not re.search("Not asked yet|Said no|ot yet approached", found.circles)


@pytest.mark.unpublished_writes
def test_what_is_withdrawn_leaves_the_first_page_too(desk, measure, client):
    made = desk.make()
    client.force_login(desk.people.reader)
    page = reverse("report", args=[made.pk])
    assert client.get(page).content.decode().count("Voices of the Block") > 2
    Organization.objects.filter(pk=desk.organization.pk).update(listing="unlisted")
    assert "Voices of the Block" not in client.get(page).content.decode()
    measure.is_published = False
    measure.save()
    seen = front_page(report_queries.report_seen(desk.people.reader, made.pk).content)
    assert (seen.trend, [one.number for one in seen.headlines]) == (None, ["1", "1 of 2"])


def test_reports_from_before_have_no_first_page(desk):
    content = desk.make().content
    del content["front"]
    assert front_page(content) is None
    assert front_page({"kind": "profile"}) is None


@pytest.mark.parametrize(
    ("unit", "value", "shown", "gap"),
    [
        ("money", "12.25", "$12.25", "+$12.25"),
        ("money", "-1200.5", "−$1,200.5", "−$1,200.5"),
        ("score", "3.456", "3.46", "+3.46"),
        ("percent", "62.25", "62.3%", "+62.3 points"),
        ("days", "41", "41 days", "+41 days"),
    ],
)
def test_a_number_is_rounded_as_on_the_page_of_its_measure(unit, value, shown, gap):
    measure = Measure(unit=unit)
    assert (figure(measure, D(value)), figure(measure, D(value), signed=True)) == (shown, gap)
    assert number_words(measure, D(value)).replace("-", "−") == shown
