"""Shared measurement in a partnership's timeline: meetings, decisions, activities, numbers, each as its reader may see it."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.measurement.actions import save_measure, save_result
from partnerships.measurement.activities import save_activity
from partnerships.measurement.interpretations import answer_dispute, delete_interpretation, save_interpretation
from partnerships.measurement.number_actions import save_points
from partnerships.measurement.plans import save_outcome
from partnerships.meetings.timeline import timeline
from partnerships.records.retention import apply_rules, set_rules
from partnerships.registry.actions import save_partnership
from tests.factories import (
    make_activity,
    make_issue_area,
    make_measure,
    make_partnership,
    make_plan,
    make_result,
    party,
)
from tests.partnership_pages import entries_shown
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
KEYS = ("black", "white")
GROUPS = [{"dimension": "race", "key": key, "name": key.title(), "is_reference": key == "white"} for key in KEYS]


def at_day(day, hour=18):
    return time_machine.travel(datetime.combine(day, datetime.min.time(), UTC).replace(hour=hour), tick=False)


def row(year, value=None, cell="", of=None, **more):
    counts = {"numerator": D(of[0]), "denominator": D(of[1])} if of else {"value": D(value)}
    return {"starts_on": date(year, 1, 1), "cell": cell} | counts | more


@snapshot_fixture
def table(people):
    with at_day(date(2025, 1, 2)):
        return make_partnership(
            "The table",
            lead=people.office,
            parties=[party(people.office, "lead"), party(people.organization, "member")],
        )


@snapshot_fixture
def result(people, table):
    with at_day(date(2025, 1, 3)):
        made = make_result("Homes that last", lead=people.office, is_published=True)
    with at_day(date(2025, 2, 3)):
        return save_result(result=made, by=SYSTEM, fields={"partnerships": [table]})


@snapshot_fixture
def measure(people, table, result):
    aim = {
        "baseline_value": D(10),
        "baseline_on": date(2022, 1, 1),
        "target_value": D(30),
        "target_on": date(2024, 1, 1),
    }
    with at_day(date(2025, 3, 3)):
        owners = [{"party": one, "supplies": one.organization_id is not None} for one in table.parties.all()]
        return make_measure("Owners", result=result, groups=GROUPS, owners=owners, is_published=True, **aim)


def seat(table, people):
    return table.parties.get(organization=people.organization)


def timeline_entries(person, records, *kinds):
    records = records if isinstance(records, list) else [records]
    return [(entry.on, entry.title) for entry in timeline(person, records, kinds)]


def entry(person, table, title):
    return next(one for one in timeline(person, [table]) if one.title == title)


def test_what_it_works_for_is_shown_from_the_day_it_was_added(people, table, result):
    assert timeline_entries(None, table, "result") == [(date(2025, 2, 3), "Works toward a result: Homes that last")]
    save_result(result=result, by=SYSTEM, fields={"is_published": False})
    assert timeline_entries(None, table, "result") == timeline_entries(people.other_editor, table, "result") == []
    assert (
        len(timeline_entries(people.partner, table, "result"))
        == len(timeline_entries(people.reader, table, "result"))
        == 1
    )


def test_the_end_of_work_for_a_result_is_shown_to_those_who_read_the_history(people, table, result):
    with at_day(date(2025, 4, 1)):
        save_result(result=result, by=SYSTEM, fields={"partnerships": []})
    assert timeline_entries(None, table, "result") == timeline_entries(people.partner, table, "result") == []
    ended = (date(2025, 4, 1), "No longer works toward a result: Homes that last")
    assert timeline_entries(people.reader, table, "result") == [ended]
    with at_day(date(2025, 5, 1)):
        save_result(result=result, by=SYSTEM, fields={"partnerships": [table]})
    began = (date(2025, 5, 1), "Works toward a result: Homes that last")
    assert timeline_entries(None, table, "result") == [began]
    assert timeline_entries(people.reader, table, "result") == [began, ended]


def test_the_day_is_unknown_once_the_history_that_had_it_is_deleted(people, table, result):
    with at_day(date(2026, 4, 1)):
        save_result(result=result, by=SYSTEM, fields={"partnerships": [table, make_partnership("Other")]})
    assert timeline_entries(None, table, "result") == [(date(2025, 2, 3), "Works toward a result: Homes that last")]
    set_rules(jurisdiction=people.office, by=SYSTEM, days={"changes": 365})
    with at_day(date(2026, 6, 1)):
        apply_rules()
    assert timeline_entries(None, table, "result") == [(None, "Works toward a result: Homes that last")]


def test_a_measure_begins_with_its_baseline_and_its_target(table, measure):
    begun = entry(None, table, "Measure added: Owners")
    assert (begun.on, begun.link) == (date(2025, 3, 3), ("measure", measure.public_id))
    assert [(v.name, v.words) for v in begun.voices] == [("Baseline", "10% in 2022"), ("Target", "30% in 2024")]


def test_a_moved_target_is_shown_on_the_day_it_was_moved(people, table, measure):
    with at_day(date(2027, 6, 1)):
        save_measure(measure=measure, by=SYSTEM, fields={"target_value": D(25), "target_on": date(2030, 1, 1)})
    moved = entry(None, table, "Baseline or target set: Owners")
    aims = [("Baseline", "10% in 2022"), ("Target", "25% in 2030")]
    assert (moved.on, [(v.name, v.words) for v in moved.voices]) == (date(2027, 6, 1), aims)
    assert entry(None, table, "Measure added: Owners").voices == []
    set_rules(jurisdiction=people.office, by=SYSTEM, days={"changes": 365})
    with at_day(date(2029, 6, 1)):
        apply_rules()
    assert entry(None, table, "Baseline or target set: Owners").on is None


def test_a_number_comes_in_with_its_value_and_who_brought_it(people, table, measure):
    with at_day(date(2025, 4, 4)):
        save_points(measure=measure, by=SYSTEM, party=seat(table, people), rows=[row(2023, 12.5, story="Rents rose.")])
    came = entry(None, table, "Owners: 13% in 2023")
    assert came.on == date(2025, 4, 4)
    voices = [("Provided by Tenants' association", ""), ("Story behind the number", "Rents rose.")]
    assert [(v.name, v.words) for v in came.voices] == voices
    save_organization(organization=people.organization, by=SYSTEM, fields={"listing": "unlisted"})
    assert [v.name for v in entry(None, table, "Owners: 13% in 2023").voices] == ["Story behind the number"]


def test_many_numbers_of_one_save_are_one_line(table, measure):
    rows = [row(2022, of=(30, 100)), row(2023, of=(40, 100)), row(2023, of=(20, 50), cell="race=black")]
    save_points(measure=measure, by=SYSTEM, rows=rows)
    assert timeline_entries(None, table, "measure")[0][1] == "Owners: numbers for 2022 to 2023"
    lines = entry(None, table, "Owners: numbers for 2022 to 2023").voices[0].words.split("\n")
    assert lines == ["2023. Everyone together: 40%. 1 number by group.", "2022. Everyone together: 30%."]


def test_a_hidden_number_is_reported_without_its_value(people, table, measure):
    rows = [row(2023, of=(333, 1104)), row(2023, of=(330, 1100), cell="race=white")]
    rows.append(row(2023, of=(3, 4), cell="race=black", story="The Jones family", source="Their street"))
    with at_day(date(2025, 4, 4)):
        save_points(measure=measure, by=SYSTEM, rows=rows)
    with at_day(date(2025, 6, 6)):  # a correction of a hidden number is no news for anyone
        save_points(measure=measure, by=SYSTEM, rows=[row(2023, of=(2, 4), cell="race=black")])
    for person in (None, people.partner, people.editor, people.administrator):
        (number,) = [one for one in timeline(person, [table], ["measure"]) if "numbers" in one.title]
        assert number.on == date(2025, 4, 4)
        assert [v.words for v in number.voices] == [
            "2023. Everyone together: 30%. 2 numbers by group. 2 of them aren’t shown, to protect people."
        ]


def test_a_small_number_by_itself_is_said_to_be_kept_back(table, measure):
    save_points(measure=measure, by=SYSTEM, rows=[row(2024, of=(2, 3))])
    titles = [title for _, title in timeline_entries(None, table, "measure")]
    assert titles == ["Owners: numbers for 2024", "Measure added: Owners"]  # and nothing about its target
    words = entry(None, table, titles[0]).voices[0].words
    assert words == "2024. Everyone together: Not shown, to protect groups smaller than 5."


@pytest.mark.parametrize(
    ("direction", "value", "words"),
    [("up", 30, "reached"), ("up", 29, "not reached"), ("down", 30, "reached"), ("down", 31, "not reached")],
)
def test_a_target_is_reached_or_not_on_the_day_its_number_came(table, measure, direction, value, words):
    measure = save_measure(measure=measure, by=SYSTEM, fields={"direction": direction})
    with at_day(date(2025, 5, 5)):
        save_points(measure=measure, by=SYSTEM, rows=[row(2024, value), row(2023, 1)])
    assert (date(2025, 5, 5), f"Target {words}: Owners") in timeline_entries(None, table, "measure")


def test_where_no_way_is_better_or_no_number_came_nothing_is_said_of_a_target(table, measure):
    save_points(measure=measure, by=SYSTEM, rows=[row(2023, 50)])
    assert not [title for _, title in timeline_entries(None, table) if title.startswith("Target")]
    measure = save_measure(measure=measure, by=SYSTEM, fields={"direction": "neither"})
    save_points(measure=measure, by=SYSTEM, rows=[row(2024, 50)])
    assert not [title for _, title in timeline_entries(None, table) if title.startswith("Target")]


def test_interpretations_and_the_answers_are_side_by_side(people, table, measure):
    save_points(measure=measure, by=SYSTEM, rows=[row(2023, 12.5)])
    partner = seat(table, people)
    with at_day(date(2025, 6, 1)):
        interpretation = save_interpretation(
            measure=measure,
            party=partner,
            by=SYSTEM,
            words="We count more.",
            kind="dispute",
            starts_on=date(2023, 1, 1),
        )
        whole = save_interpretation(measure=measure, party=partner, by=SYSTEM, words="Rents rose.")
    with at_day(date(2025, 6, 9)):
        answer_dispute(reading=interpretation, by=SYSTEM, answer="You are right.")
    assert timeline_entries(None, table, "reading") == [
        (date(2025, 6, 9), "Response about a number: Owners, 2023, Everyone together"),
        (date(2025, 6, 1), "A partner’s comment: Owners"),
        (date(2025, 6, 1), "A disputed number: Owners, 2023, Everyone together"),
    ]
    both = entry(None, table, "Response about a number: Owners, 2023, Everyone together").voices
    assert [(v.side, v.words) for v in both] == [("government", "You are right."), ("community", "We count more.")]
    delete_interpretation(reading=whole, by=SYSTEM)
    assert "A partner’s comment: Owners" not in [title for _, title in timeline_entries(people.administrator, table)]
    save_organization(organization=people.organization, by=SYSTEM, fields={"listing": "unlisted"})
    assert timeline_entries(None, table, "reading") == []
    assert len(timeline_entries(people.partner, table, "reading")) == 2


def test_activities_begin_and_end_and_say_what_government_stops(people, table, result):
    both = [(one, "leads" if one.jurisdiction_id else "adds") for one in table.parties.order_by("pk")]
    does = {"results": [result], "is_public": True, "starts_on": date(2025, 1, 9)}
    make_activity(table, "Legal help", parts=both, status="under_way", **does)
    stops = make_activity(table, "Late fees", parts=both[:1], kind="stops", status="under_way", is_public=True)
    make_activity(table, "Ahead", status="planned", **does)
    make_activity(table, "Inner work", status="done", ends_on=date(2025, 3, 1))
    make_activity(table, "Old way", status="let_go", ends_on=date(2025, 4, 1), **does)
    own = [
        (date(2025, 4, 1), "Canceled: Old way"),
        (date(2025, 1, 9), "Started: Legal help"),
        (date(2025, 1, 9), "Started: Old way"),
        (None, "The government will stop: Late fees"),
    ]
    assert timeline_entries(None, table, "activity") == own
    assert timeline_entries(people.partner, table, "activity") == sorted(
        [*own, (date(2025, 3, 1), "Done: Inner work")], key=_latest
    )
    voices = entry(None, table, "Started: Legal help").voices
    assert [v.words for v in voices] == [
        "Leads: City of Minneapolis\nContributes: Tenants' association",
        "Homes that last",
    ]
    save_activity(activity=stops, by=SYSTEM, fields={"status": "done", "ends_on": date(2025, 5, 1)})
    assert timeline_entries(None, table, "activity")[0] == (date(2025, 5, 1), "The government stopped: Late fees")
    save_organization(organization=people.organization, by=SYSTEM, fields={"listing": "unlisted"})
    assert entry(None, table, "Started: Legal help").voices[0].words == "Leads: City of Minneapolis"


def _latest(pair):
    return -(pair[0] or date.min).toordinal()


def test_an_outcome_is_served_since_its_day_and_shows_its_status(people, table):
    with at_day(date(2025, 1, 5)):
        plan = make_plan(
            "Equity plan", lead=people.office, is_published=True, outcomes=[{"number": "2.1", "title": "Stay"}]
        )
        outcome = plan.outcomes.get()
    with at_day(date(2025, 2, 5)):
        save_outcome(plan=plan, by=SYSTEM, outcome=outcome, fields={"partnerships": [table]})
    with at_day(date(2025, 3, 5)):
        save_outcome(plan=plan, by=SYSTEM, outcome=outcome, fields={"progress": "Half of it."})
    with at_day(date(2025, 4, 5)):  # and a renamed group is the same one
        save_outcome(plan=plan, by=SYSTEM, outcome=outcome, fields={"title": "Stay put"})
    assert timeline_entries(None, table, "outcome") == [
        (date(2025, 3, 5), "Progress of an outcome: 2.1 Stay put (Equity plan)"),
        (date(2025, 2, 5), "Serves an outcome: 2.1 Stay put (Equity plan)"),
    ]
    type(plan).objects.update(is_published=False)
    assert timeline_entries(None, table, "outcome") == timeline_entries(people.partner, table, "outcome") == []
    assert len(timeline_entries(people.reader, table, "outcome")) == 2


def test_what_partnerships_share_is_once_in_each_timeline(client, people, table, result, measure):
    area = make_issue_area("homes")
    other = make_partnership("Other table", lead=people.office, issue_areas=[area])
    draft = make_partnership("Not out yet", lead=people.office, published=False, issue_areas=[area])
    save_partnership(partnership=table, by=SYSTEM, fields={"issue_areas": [area]})
    save_result(result=result, by=SYSTEM, fields={"partnerships": [table, other, draft]})
    begun = "Measure added: Owners"
    for person, names in (
        (None, ["The table", "Other table"]),
        (people.editor, ["The table", "Other table", "Not out yet"]),
    ):
        if person:
            client.force_login(person)
        rows = entries_shown(client.get(reverse("issue_area_timeline", args=["homes"]) + "?kind=measure"))
        assert [[one.title for one in row["partnerships"]] for row in rows if row["title"] == begun] == [names]


def test_no_one_reads_more_of_measures_than_on_their_pages(people, table, result, measure):
    save_points(measure=measure, by=SYSTEM, rows=[row(2023, 12.5)])
    save_measure(measure=measure, by=SYSTEM, fields={"is_published": False})
    kinds = ("measure", "reading")
    assert timeline_entries(None, table, *kinds) == timeline_entries(people.other_editor, table, *kinds) == []
    assert (
        len(timeline_entries(people.partner, table, *kinds)) == len(timeline_entries(people.reader, table, *kinds)) == 2
    )


def test_no_more_is_asked_of_the_database_for_more_of_it(people, table, result, measure):
    def query_count():
        with CaptureQueriesContext(connection) as found:
            timeline(people.editor, [table])
        return len(found)

    save_points(measure=measure, by=SYSTEM, party=seat(table, people), rows=[row(2023, 12.5)])
    save_interpretation(measure=measure, party=seat(table, people), by=SYSTEM, words="One")
    make_activity(table, parts=[(seat(table, people), "adds")], results=[result], status="under_way")
    make_plan(lead=people.office, outcomes=[{"number": "1", "title": "One", "partnerships": [table]}])
    query_count()  # loads the person's memberships
    few = query_count()
    for n in range(3):
        more = make_result(f"Result {n}", lead=people.office, partnerships=[table])
        another = make_measure(f"Measure {n}", result=more, groups=GROUPS, owners=[{"party": seat(table, people)}])
        rows = [row(2020 + n, 12.5), row(2021 + n, of=(30, 90), cell="race=black")]
        save_points(measure=another, by=SYSTEM, rows=rows)
        save_interpretation(measure=another, party=seat(table, people), by=SYSTEM, words="More")
        make_activity(table, f"Work {n}", parts=[(seat(table, people), "adds")], results=[more], status="under_way")
        make_plan(f"Plan {n}", lead=people.office, outcomes=[{"number": "1", "title": "One", "partnerships": [table]}])
    assert query_count() == few
