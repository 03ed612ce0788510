"""Results, measures and numbers in the API: what strangers, staff and partners get, and what sync returns."""

from datetime import date
from decimal import Decimal as D

import pytest

from partnerships.core.access import SYSTEM
from partnerships.measurement import actions
from partnerships.measurement.number_actions import save_points
from partnerships.registry import actions as registry
from tests.factories import make_measure, make_partnership, make_result

pytestmark = [pytest.mark.django_db, pytest.mark.both]
COMMITTED = pytest.mark.django_db(transaction=True)  # sync shows only committed rows
YEAR = date(2024, 1, 1)


def get(client, path, **params):
    return client.get(f"/api/v1/{path}", params)


@pytest.fixture
def measure():
    result = make_result(is_published=True)
    groups = [{"dimension": "race", "key": key, "name": key.title()} for key in ("asian", "black", "white")]
    measure = make_measure(
        result=result, groups=groups, is_published=True, target_value=D(40), target_on=date(2028, 1, 1)
    )
    cells = {"": (333, 1104), "race=white": (300, 1000), "race=asian": (30, 100), "race=black": (3, 4)}
    rows = [{"starts_on": YEAR, "cell": cell, "numerator": D(a), "denominator": D(b)} for cell, (a, b) in cells.items()]
    save_points(measure=measure, by=SYSTEM, rows=rows, source="Census")
    return measure


def test_numbers_come_with_measures_alone_and_in_lists(client, measure):
    (row,) = get(client, "measures/").json()["results"]
    document = get(client, f"measures/{measure.public_id}/").json()
    assert (document["target_value"], document["target_on"], document["jurisdiction"]) == (
        40.0,
        "2028-01-01",
        measure.lead.public_id,
    )
    assert row == document
    first = document["numbers"][0]
    assert (first["group"], first["value"], first["numerator"], first["source"]) == ("", 30.0, 335.0, "Census")
    assert (first["low"], first["high"], first["state"]) == (27.0, 34.0, "shown")


def test_what_is_of_too_few_people_is_not_in_it(client, measure):
    numbers = {one["group"]: one for one in get(client, f"measures/{measure.public_id}/").json()["numbers"]}
    kept = numbers["race=black"]
    assert (kept["state"], kept["value"], kept["numerator"], kept["denominator"], kept["source"]) == (
        "suppressed", None, None, None, "")  # fmt: skip
    assert [one["state"] for one in numbers.values()].count("suppressed") >= 2


def test_what_is_not_published_is_not_there(client, measure):
    hidden = make_measure("Inside", result=measure.result)
    actions.save_result(result=make_result("Inner", lead=measure.lead), by=SYSTEM, fields={"population": "All"})
    assert [one["title"] for one in get(client, "measures/").json()["results"]] == [measure.title]
    assert [one["title"] for one in get(client, "results/").json()["results"]] == [measure.result.title]
    assert get(client, f"measures/{hidden.public_id}/").status_code == 404
    assert get(client, "measures/", published="no").status_code == 400


def test_filters(client, measure):
    table = make_partnership(lead=measure.lead)
    actions.save_result(result=measure.result, by=SYSTEM, fields={"partnerships": [table]})

    def count(path, **params):
        return len(get(client, path, **params).json()["results"])

    assert count("measures/", result=measure.result.public_id) == 1
    assert count("measures/", partnership=table.public_id) == 1
    assert count("results/", partnership=table.public_id) == 1
    assert count("measures/", jurisdiction=measure.lead.public_id) == 1
    assert count("measures/", kind="how_well") == 0
    assert get(client, "measures/", result="S-000000-0").status_code == 400


def pulled(client, path, since):
    document = get(client, path, updated_since=since).json()
    return [one["title"] for one in document["results"]], [one["id"] for one in document["gone"]], document["as_of"]


@COMMITTED
def test_measures_come_and_go_with_their_result(client, measure):
    titles, _, mark = pulled(client, "measures/", "start")
    assert titles == [measure.title]
    actions.save_result(result=measure.result, by=SYSTEM, fields={"is_published": False})
    assert pulled(client, "measures/", mark)[:2] == ([], [measure.public_id])
    assert pulled(client, "results/", mark)[:2] == ([], [measure.result.public_id])
    mark = pulled(client, "measures/", mark)[2]
    measure.result.refresh_from_db()
    actions.save_result(result=measure.result, by=SYSTEM, fields={"is_published": True})
    assert pulled(client, "measures/", mark)[:2] == ([measure.title], [])


@COMMITTED
def test_measures_come_and_go_with_their_partnership(client):
    table = make_partnership()
    measure = make_measure("Meetings held", partnership=table, is_published=True)
    _, _, mark = pulled(client, "measures/", "start")
    registry.withdraw_partnership(partnership=table, by=SYSTEM)
    assert pulled(client, "measures/", mark)[:2] == ([], [measure.public_id])
    mark = pulled(client, "measures/", mark)[2]
    table.refresh_from_db()
    registry.publish_partnership(partnership=table, by=SYSTEM)
    assert pulled(client, "measures/", mark)[:2] == (["Meetings held"], [])


@COMMITTED
def test_new_numbers_are_a_change_of_the_measure(client, measure):
    _, _, mark = pulled(client, "measures/", "start")
    save_points(measure=measure, by=SYSTEM, rows=[{"starts_on": date(2023, 1, 1), "value": D(29)}])
    assert pulled(client, "measures/", mark)[0] == [measure.title]
