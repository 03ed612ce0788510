"""Measures, their numbers, and jurisdictions through the API."""

from datetime import date
from decimal import Decimal

import pytest

from partnerships.api.measure_serializers import MOST
from partnerships.core import clock
from partnerships.measurement.number_actions import TELLS, save_points
from partnerships.models import Change, DataPoint, Jurisdiction, Measure, Membership
from tests import factories
from tests.api.programs import Program, pointers
from tests.api.test_errors import problem

pytestmark = pytest.mark.django_db

YEAR = "2024-01-01"
PLACE = {"dimension": "place", "key": "north", "name": "North side"}


@pytest.fixture
def table(people):
    rows = [factories.party(people.office, "lead"), factories.party(people.organization, "advisor")]
    return factories.make_partnership(lead=people.office, parties=rows)


@pytest.fixture
def measure(people, table):
    """A count of people. The organization supplies its data too."""
    party = table.parties.get(organization=people.organization)
    return factories.make_measure(
        "Renters helped",
        partnership=table,
        kind="how_much",
        unit="number",
        groups=[PLACE],
        owners=[{"party": party, "supplies": True}],
        is_published=True,
    )


def path_of(record):
    return f"{ {'N': 'measures', 'J': 'jurisdictions'}[record.public_id[0]] }/{record.public_id}/"


def enter_numbers(program, measure, *numbers, **more):
    etag = more.pop("etag", None) or program.get(path_of(measure)).headers.get("ETag", '"none"')
    return program.change(f"{path_of(measure)}numbers/", {"numbers": list(numbers)} | more, "POST", etag)


def current(measure):
    rows = measure.points.filter(replaced_at=None).order_by("starts_on", "cell")
    return [(str(row.starts_on), row.cell, row.value, row.numerator, row.denominator) for row in rows]


# Numbers


@pytest.mark.both
def test_numbers_are_entered_corrected_and_removed_together(program, people, measure):
    rows = [
        {"starts_on": YEAR, "value": 1234, "source": "Case files", "story": "A second clinic opened."},
        {"starts_on": YEAR, "group": "place=north", "value": 400},
        {"starts_on": "2023-01-01", "value": 1100.5},
    ]
    answer = enter_numbers(program, measure, *rows, source="Our database")
    assert answer.status_code == 200, answer.content
    assert current(measure) == [
        ("2023-01-01", "", Decimal("1100.5"), None, None),
        (YEAR, "", Decimal(1234), None, None),
        (YEAR, "place=north", Decimal(400), None, None),
    ]
    # Everyone reads them rounded, and so does the answer.
    assert [(one["starts_on"], one["group"], one["value"]) for one in answer.json()["numbers"]] == [
        ("2023-01-01", "", 1100.0),
        (YEAR, "", 1235.0),
        (YEAR, "place=north", 400.0),
    ]
    assert set(measure.points.values_list("source", "by")) == {
        ("Case files", people.editor.pk),
        ("Our database", people.editor.pk),
    }
    assert answer["ETag"] == program.get(path_of(measure))["ETag"]

    # The same numbers again change nothing, a text can change by itself, and another number needs a reason.
    rows_before, entries = measure.points.count(), Change.objects.count()
    assert enter_numbers(program, measure, *rows).status_code == 200
    assert (measure.points.count(), Change.objects.count()) == (rows_before, entries)
    assert enter_numbers(program, measure, {"starts_on": YEAR, "value": 1234, "story": "Two."}).status_code == 200
    wrong = [{"starts_on": YEAR, "value": 1240}, {"starts_on": "2023-01-01", "value": None}]
    for row in wrong:
        assert pointers(enter_numbers(program, measure, row)) == [("#/why", "required")]
    assert enter_numbers(program, measure, *wrong, why="Counted again").status_code == 200
    assert current(measure) == [
        (YEAR, "", Decimal(1240), None, None),
        (YEAR, "place=north", Decimal(400), None, None),
    ]
    latest = measure.points.get(starts_on=YEAR, cell="", replaced_at=None)
    assert (latest.why, latest.story, latest.source) == ("Counted again", "Two.", "Case files")
    verbs = Change.objects.filter(record_type="measure", record_id=measure.pk).order_by("id")
    assert [one.verb for one in verbs] == ["create", "numbers", "numbers", "numbers"]


def test_a_rate_is_computed_from_its_counts(program, people):
    rate = factories.make_measure(lead=people.office, groups=[PLACE])
    answer = enter_numbers(program, rate, {"starts_on": YEAR, "numerator": 250, "denominator": 1000})
    assert answer.status_code == 200, answer.content
    assert current(rate) == [(YEAR, "", Decimal(25), Decimal(250), Decimal(1000))]
    assert enter_numbers(program, rate, {"starts_on": YEAR, "numerator": 250, "denominator": 1000}).status_code == 200
    assert pointers(enter_numbers(program, rate, {"starts_on": YEAR, "group": "place=north", "value": 20})) == [
        ("#/numbers/0/value", "invalid")
    ]


def test_what_is_wrong_with_numbers(program, measure):
    def found(*rows, **more):
        return pointers(enter_numbers(program, measure, *rows, **more))

    row = {"starts_on": YEAR, "value": 10}
    assert found() == [("#/numbers", "empty")]
    assert found({"starts_on": YEAR}) == [("#/numbers/0/value", "required")]
    assert found({"value": 10}) == [("#/numbers/0/starts_on", "required")]
    assert found(row | {"value": "10"}) == [("#/numbers/0/value", "invalid")]
    assert found(row | {"value": True}) == [("#/numbers/0/value", "invalid")]
    assert found(row | {"value": 1e300}) == [("#/numbers/0/value", "too_large")]
    assert found(row | {"state": "shown"}) == [("#/numbers/0/state", "unknown_field")]
    assert found(row | {"starts_on": "0001-01-01"}) == [("#/numbers/0/starts_on", "year")]
    assert found(row | {"starts_on": "2024-02-01"}) == [("#/numbers/0/starts_on", "invalid")]
    assert found(row | {"starts_on": f"{clock.today().year + 1}-01-01"}) == [("#/numbers/0/starts_on", "not_yet")]
    assert found(row, row | {"group": "place=south"}) == [("#/numbers/1/group", "unknown_group")]
    assert found(row, row) == [("#/numbers/1/value", "twice")]
    assert found(row, supplied_by="J-000000-0") == [("#/supplied_by", "unknown_value")]
    assert found(*[row] * (MOST + 1)) == [("#/numbers", "max_length")]
    assert current(measure) == []


def test_a_text_that_tells_a_hidden_count_is_asked_about(program, measure):
    rows = [{"starts_on": YEAR, "value": 400}, {"starts_on": YEAR, "group": "place=north", "value": 3}]
    rows[0]["story"] = "Of these, 3 lived in the north."
    assert pointers(enter_numbers(program, measure, *rows)) == [("#/numbers/0/story", TELLS)]
    assert enter_numbers(program, measure, *rows, confirmed_texts=True).status_code == 200
    shown = {one["group"]: (one["state"], one["value"]) for one in program.get(path_of(measure)).json()["numbers"]}
    assert shown["place=north"] == ("suppressed", None)


@pytest.mark.both
def test_numbers_under_the_etag_that_was_read_and_as_a_try(program, measure):
    row = {"starts_on": YEAR, "value": 100}
    path = f"{path_of(measure)}numbers/"
    problem(program.send("POST", path, {"numbers": [row]}), 428, "if_match_needed")
    first = program.get(path_of(measure))["ETag"]
    tried = program.change(f"{path}?dry_run=yes", {"numbers": [row]}, "POST", first)
    assert (tried.status_code, tried["Dry-Run"], current(measure)) == (200, "yes", [])
    assert [one["value"] for one in tried.json()["numbers"]] == [100.0]
    assert enter_numbers(program, measure, row, etag=first).status_code == 200
    stale = problem(enter_numbers(program, measure, row | {"value": 200}, etag=first, why="Late"), 412, "stale")
    assert [one["value"] for one in stale["current"]["numbers"]] == [100.0]


def test_a_partner_enters_its_own_numbers_under_its_name(people, measure):
    row, partner = {"starts_on": YEAR, "value": 100}, Program(people.partner)
    assert pointers(enter_numbers(partner, measure, row)) == [("#/supplied_by", "no_supplier")]
    assert pointers(enter_numbers(partner, measure, row, supplied_by=people.office.public_id)) == [
        ("#/supplied_by", "unknown_value")
    ]
    answer = enter_numbers(partner, measure, row, supplied_by=people.organization.public_id)
    assert answer.status_code == 200, answer.content
    assert [str(one.supplied_by) for one in measure.points.all()] == [str(people.organization)]
    problem(partner.change(path_of(measure), {"title": "Mine"}), 403, "not_allowed")
    problem(enter_numbers(Program(people.other_editor), measure, row), 403, "not_allowed")
    problem(enter_numbers(Program(people.reader), measure, row), 403, "not_allowed")
    only = Program(people.editor, writes=["results"])
    problem(enter_numbers(only, measure, row), 403, "not_for_writing")


# Measures


@pytest.mark.both
def test_a_measure_is_added_and_changed_with_its_groups(program, people, table):
    body = {
        "title": "Renters helped",
        "kind": "how_much",
        "partnership": table.public_id,
        "unit": "number",
        "counted": "people",
    }
    body |= {"groups": [{"dimension": "place", "name": "North side", "is_reference": True}], "due_days": 45}
    body |= {"target_value": 500, "target_on": "2028-01-01", "period": "fiscal_year", "first_month": 1}
    made = program.send("POST", "measures/", body, **{"idempotency-key": "one"})
    assert made.status_code == 201, made.content
    assert program.send("POST", "measures/", body, **{"idempotency-key": "one"}).content == made.content
    document, record = made.json(), Measure.objects.get()
    assert (document["jurisdiction"], document["target_value"], record.due_days) == (people.office.public_id, 500.0, 45)
    (first,) = record.groups.all()
    # A group keeps its key by its name, and its place in the list can change.
    groups = [{"dimension": "place", "name": "South side"}, {"dimension": "place", "name": "north side"}]
    changed = program.change(path_of(record), {"groups": groups, "definition": "Families"})
    assert changed.status_code == 200, changed.content
    assert [(one["key"], one["name"], one["is_reference"]) for one in changed.json()["groups"]] == [
        ("south-side", "South side", False),
        ("north-side", "north side", True),
    ]
    assert record.groups.get(key="north-side").pk == first.pk
    # What was read can be sent back.
    entries, whole = Change.objects.count(), program.get(path_of(record))
    answer = program.send("PUT", path_of(record), whole.content, **{"if-match": whole["ETag"]})
    assert (answer.status_code, answer.content) == (200, whole.content), answer.content
    assert Change.objects.count() == entries


def test_what_a_measure_refuses(program, people, table):
    result = factories.make_result(lead=people.office, is_published=True)
    body = {"title": "New", "kind": "indicator", "result": result.public_id, "unit": "number", "counted": "people"}

    def found(**more):
        return pointers(program.send("POST", "measures/", body | more))

    assert found(result=None) == [("#/result", "required")]
    assert found(partnership=table.public_id) == [("#", "invalid")]
    assert found(unit="rate") == [("#/per", "required")]
    assert found(counted=None) == [("#/counted", "required")]
    assert found(baseline_value=1, baseline_on="2024-05-01") == [("#/baseline_on", "invalid")]
    assert found(baseline_value=1) == [("#", "invalid")]
    assert found(groups=[PLACE, PLACE]) == [("#/groups/1", "unique_together")]
    assert found(groups=[{"dimension": "place", "key": "No key", "name": "x"}]) == [("#/groups/0/key", "invalid")]
    assert found(smallest=2) == [("#/smallest", "min_value")]
    assert found(jurisdiction=people.office.public_id) == [("#/jurisdiction", "read_only")]
    assert not Measure.objects.exists()
    record = factories.make_measure(result=result)
    assert pointers(
        program.change(path_of(record), {"result": factories.make_result(lead=people.office).public_id})
    ) == [("#/result", "read_only")]
    save_points(measure=record, by=people.editor, rows=[{"starts_on": date(2024, 1, 1), "value": Decimal(20)}])
    assert pointers(program.change(path_of(record), {"unit": "number"})) == [("#/unit", "has_data")]
    other = Program(people.other_editor)
    problem(other.send("POST", "measures/", body), 403, "not_allowed")


def test_many_measures_in_one_request(program, people, table, measure):
    body = {
        "title": "Clinics",
        "kind": "how_much",
        "partnership": table.public_id,
        "unit": "number",
        "counted": "things",
    }
    version = program.get(path_of(measure)).json()["version"]
    rows = [body, {"id": measure.public_id, "version": version, "definition": "Families"}]
    answer = program.send("POST", "measures/bulk/", {"mode": "all", "rows": rows})
    assert answer.status_code == 200, answer.content
    assert [one["outcome"] for one in answer.json()["rows"]] == ["created", "updated"]
    assert DataPoint.objects.count() == 0


@pytest.mark.both
def test_numbers_of_many_measures_in_one_request(program, people, table, measure):
    second = factories.make_measure("Clinics", partnership=table, unit="number", counted="things")
    other_measure = factories.make_measure("Theirs", lead=people.other_office)

    def row(record, value, **more):
        version = Measure.objects.get(pk=record.pk).public_version
        return {"id": record.public_id, "version": version, "numbers": [{"starts_on": YEAR, "value": value}]} | more

    body = {"mode": "all", "rows": [row(measure, 100), row(second, 7)], "why": "Nightly"}
    answer = program.send("POST", "measures/numbers/", body, **{"idempotency-key": "one"})
    assert answer.status_code == 200, answer.content
    assert [one["outcome"] for one in answer.json()["rows"]] == ["updated", "updated"]
    assert program.send("POST", "measures/numbers/", body, **{"idempotency-key": "one"}).content == answer.content
    assert (current(measure)[0][2], current(second)[0][2]) == (Decimal(100), Decimal(7))
    again = program.send("POST", "measures/numbers/", {"mode": "all", "rows": [row(second, 7)]})
    assert [one["outcome"] for one in again.json()["rows"]] == ["unchanged"]
    wrong = [row(measure, 110), row(second, -1) | {"version": 99}, {"numbers": []}, row(other_measure, 5)]
    found = program.send("POST", "measures/numbers/", {"mode": "each", "rows": wrong}).json()
    assert [one["outcome"] for one in found["rows"]] == ["refused"] * 4
    assert [[(e["pointer"], e["code"]) for e in one["errors"]] for one in found["rows"]] == [
        [("#/rows/0/why", "required")],
        [("#/rows/1/version", "stale")],
        [("#/rows/2/id", "required")],
        [("#/rows/3/id", "not_found")],
    ]
    answer = program.send("POST", "measures/numbers/", {"mode": "all", "rows": [row(measure, "x"), row(second, 9)]})
    assert pointers(answer) == [("#/rows/0/numbers/0/value", "invalid"), ("#/rows/1/why", "required")]
    assert (current(measure)[0][2], current(second)[0][2]) == (Decimal(100), Decimal(7))


# Jurisdictions


@pytest.mark.both
def test_a_jurisdiction_is_changed_by_its_own_editors(people, program):
    office, other = people.office, people.other_office
    body = {
        "about": "A city of lakes.",
        "stage": "organizing",
        "neighbors": [other.public_id],
        "zone": "America/Denver",
    }
    body |= {"identifiers": [{"scheme": "geoid", "value": "2743000"}]}
    changed = program.change(path_of(office), body)
    assert changed.status_code == 200, changed.content
    document = changed.json()
    body["identifiers"] = [body["identifiers"][0] | {"confirmed": False}]
    assert {name: document[name] for name in body} == body
    assert [one["stage"] for one in document["stages"]] == ["organizing"]
    assert program.get(path_of(other)).json()["neighbors"] == [office.public_id]
    entries, whole = Change.objects.count(), program.get(path_of(office))
    answer = program.send("PUT", path_of(office), whole.content, **{"if-match": whole["ETag"]})
    assert (answer.status_code, answer.content, Change.objects.count()) == (200, whole.content, entries), answer.content
    assert pointers(program.change(path_of(office), {"zone": "Mars"})) == [("#/zone", "unknown_zone")]
    assert pointers(program.change(path_of(office), {"stage": "done"})) == [("#/stage", "invalid_choice")]
    assert pointers(program.change(path_of(office), {"neighbors": [office.public_id]})) == [("#/neighbors", "invalid")]
    assert pointers(program.change(path_of(office), {"population": 5})) == [("#/population", "read_only")]
    problem(program.change(path_of(other), {"about": "Mine"}), 403, "not_allowed")
    problem(program.send("POST", "jurisdictions/", {"name": "New"}), 405, "method_not_allowed")
    Membership.objects.filter(person=people.editor).update(role="reader")
    problem(program.change(path_of(office), {"about": "Late"}), 403, "not_allowed")
    assert Jurisdiction.objects.get(pk=office.pk).about == "A city of lakes."
