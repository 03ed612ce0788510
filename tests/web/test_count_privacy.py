"""One more or one less person in a measure's counts changes not one byte of what others can read.

Only those who enter the counts see the difference, and no exact count is anywhere else.
"""

from datetime import date

import pytest
import time_machine

from partnerships.core.access import SYSTEM
from partnerships.measurement.number_actions import save_points
from tests.browser.forms import values
from tests.factories import make_issue_area, make_measure, make_partnership, make_result, party
from tests.measurement.published import NOON, everything_published, exact_in
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
GROUPS = [
    {"dimension": "race", "key": key, "name": key.title(), "is_reference": key == "white"} for key in ("black", "white")
]
# One more of each is rounded differently. None is part of another number on a page.
EXACT = {"": (4127, 8962), "race=black": (1237, 3442), "race=white": (2893, 5518)}
RULE = "Counts of people are rounded to the nearest 5."
OPEN = "Someone who knows exact numbers from elsewhere may still work some out."


@snapshot_fixture
def table(people):
    make_issue_area("housing")
    return make_partnership("The table", lead=people.office, parties=[party(people.office, "lead")])


@pytest.fixture
def measure(people, table):
    with time_machine.travel(NOON, tick=False):
        result = make_result("A home for all", lead=people.office, is_published=True, partnerships=[table])
        made = make_measure("Families who own", result=result, groups=GROUPS, is_published=True)
        for year in (2023, 2024):
            enter(made, year)
        return made


def enter(measure, year, more=0, **more_fields):
    rows = [
        {"starts_on": date(year, 1, 1), "cell": cell, "numerator": above + more, "denominator": below + more}
        | more_fields
        for cell, (above, below) in EXACT.items()
    ]
    save_points(measure=measure, by=SYSTEM, rows=rows, source="Survey", why="One more was found")


@pytest.mark.slow
def test_one_person_more_or_less_moves_nothing(measure, table, people):
    before = everything_published(measure, table, people)
    assert [where for where, (status, *_) in before.items() if status != 200] == []
    enter(measure, 2024, more=1)
    after = everything_published(measure, table, people)
    # The office's own log tells its staff that something was corrected, but no number.
    page = ("reader", f"/measures/{measure.public_id}/")
    assert [where for where in before if before[where] != after[where]] == [page]
    enter(measure, 2024, more=5)
    moved = everything_published(measure, table, people)
    same = [where for where in before if before[where] == moved[where]]
    assert ("stranger", f"/measures/{measure.public_id}/") not in same
    assert ("stranger", f"/api/v1/measures/{measure.public_id}/") not in same


@pytest.mark.slow
def test_no_exact_count_is_anywhere_but_in_the_form(client, measure, table, people):
    exact = {number for pair in EXACT.values() for number in pair}
    assert exact_in(everything_published(measure, table, people), exact) == []
    client.force_login(people.editor)
    typed = values(client.get(f"/measures/{measure.public_id}/data/?first=2024&last=2024").content.decode())
    assert typed["2024-01-01|race=black|numerator"] == ["1237"]


@pytest.mark.slow
def test_each_page_says_the_rule_where_it_acts(client, measure, table, people):
    pages = everything_published(measure, table, people)
    place = people.office.public_id
    for address in (
        f"/measures/{measure.public_id}/",
        f"/jurisdictions/{place}/dashboard/",
        f"/embed/jurisdictions/{place}/",
    ):
        text = pages["stranger", address][2].decode()
        assert (address, RULE in text, OPEN in text) == (address, True, True)
    homes = make_measure("Homes mended", unit="number", counted="things", result=measure.result, is_published=True)
    save_points(measure=homes, by=SYSTEM, rows=[{"starts_on": date(2024, 1, 1), "value": 23}])
    assert RULE not in client.get(f"/measures/{homes.public_id}/").content.decode()
    client.force_login(people.editor)
    edit = client.get(f"/measures/{measure.public_id}/edit/").content.decode()
    rule = (
        "Other counts of people and events are rounded to the nearest 5 for everyone except the people who enter them."
    )
    assert rule in edit
    for path in ("data", "paste"):
        form = client.get(f"/measures/{measure.public_id}/{path}/").content.decode()
        assert "Only people who enter numbers see exact counts." in form
