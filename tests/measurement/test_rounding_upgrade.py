"""What the upgrade to rounded counts makes of existing measures, limits and texts."""

from datetime import UTC, date, datetime
from importlib import import_module

import pytest
from django.apps import apps

from partnerships.models import Change, DataPoint, Makeup, Measure, Reading, Report
from tests.factories import make_composition, make_measure, make_partnership, make_result, party
from tests.reports.conftest import desk  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db
upgrade = import_module("partnerships.migrations.0035_rounded_counts")
YEAR, BEFORE = date(2024, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)
RACE = [{"dimension": "race", "key": "black", "name": "Black"}]
PLACE = [{"dimension": "place", "key": "east", "name": "East"}]


def test_a_number_of_which_no_one_said_what_it_counts_stays_exact_unless_it_is_by_groups_of_people():
    for title, groups in (("Trainings", []), ("By place", PLACE), ("By race", RACE)):
        make_measure(title, unit="number", counted="", groups=groups)
    upgrade.say_what_is_counted(apps, None)
    found = dict(Measure.objects.values_list("title", "counted"))
    assert found == {"Trainings": "things", "By place": "things", "By race": "people"}


def test_limits_of_before_are_found_in_the_change_log():
    measure = make_measure()
    Measure.objects.update(smallest=3, limits=[])
    Change.objects.filter(record_type="measure").update(after={"smallest": 50}, at=BEFORE)
    upgrade.keep_limits(apps, None)
    measure.refresh_from_db()
    assert (measure.smallest, measure.limits[0], measure.limits[-1][1]) == (5, [BEFORE.isoformat(), 50], 5)


def test_what_a_partner_was_shown_is_rounded_and_leaves_the_change_log():
    table = make_partnership(parties=[party(make_result().lead)])
    measure = make_measure(groups=RACE)
    made = {"measure": measure, "starts_on": YEAR, "at": BEFORE, "value": 0}
    DataPoint.objects.create(**made | {"numerator": 333, "denominator": 1104})
    DataPoint.objects.create(**made | {"cell": "race=black", "numerator": 3, "denominator": 14})
    fields = {"measure": measure, "party": table.parties.get(), "starts_on": YEAR, "at": BEFORE, "words": "No."}
    Reading.objects.create(**fields, number_then="30.163043")
    Reading.objects.create(**fields, cell="race=black", number_then="21.428571")
    entry = Change.objects.filter(record_type="measure").first()
    Change.objects.filter(pk=entry.pk).update(after={"readings": [{"words": "No.", "number_then": "30.163043"}]})
    upgrade.round_what_was_read(apps, None)
    assert set(Reading.objects.values_list("cell", "number_then")) == {("", "30"), ("race=black", "")}
    assert Change.objects.get(pk=entry.pk).after == {"readings": [{"words": "No."}]}


def test_what_is_shown_of_an_advisory_body_is_kept():
    made = make_composition()
    Makeup.objects.update(shown={})
    upgrade.keep_what_is_shown(apps, None)
    assert Makeup.objects.get().shown == made.shown


def test_reports_of_before_lose_their_exact_numbers_with_their_file(client, desk):  # noqa: F811
    """Printed copies can't be recalled, but the page and the file no longer show the numbers."""
    late = import_module("partnerships.migrations.0046_opened_rounds_and_old_reports")
    made = desk.make()
    exact = {"latest": {"state": "", "value": "3 of 14"}, "name": "Families", "n": 900}
    content = made.content | {"measures": [exact], "gaps": [{"question": "decisions", "sides": [{"median": 1.5}]}]}
    Report.objects.filter(pk=made.pk).update(content=content, pdf=b"3 of 14", state="ready")
    late.take_exact_numbers_out(apps, None)
    made.refresh_from_db()
    assert (made.pdf, made.state, made.content["measures"], made.content["gaps"]) == (
        None,
        "waiting",
        [{"struck": True}],
        [{"struck": True}],
    )
    client.force_login(desk.people.editor)
    page = client.get(f"/reports/made/{made.pk}/").content.decode()
    assert "so we took its numbers and scores out" in page
    assert "3 of 14" not in page
