"""The records shown next to the scores of shared measurement and activities: what a reader may see, never drawn as zero."""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.measurement.actions import save_measure
from partnerships.measurement.interpretations import answer_dispute, save_interpretation
from partnerships.measurement.number_actions import save_points
from partnerships.measurement.score_context import Counts, facts_for_scores, measurement_facts
from partnerships.web.components.round_words import shown
from tests.factories import make_activity, make_measure, make_partnership, make_result, party
from tests.snapshots import snapshot_fixture
from tests.web.test_rounds import board  # noqa: F401 (the fixture)

pytestmark = pytest.mark.django_db
GROUPS = [
    {"dimension": "race1997", "key": "black", "name": "Black"},
    {"dimension": "place", "key": "east", "name": "East"},
]
NO_MONEY = "The registry doesn’t record what each part costs or who pays for it."


@pytest.fixture(autouse=True)
def _june():
    with time_machine.travel(datetime(2026, 6, 1, 18, tzinfo=UTC), tick=False):
        yield


@snapshot_fixture
def table(people):
    return make_partnership(
        lead=people.office, parties=[party(people.office, "lead"), party(people.organization, "member")]
    )


def add_measure(table, title, *, owners=(), public=True, cells=(), year=2025, **fields):
    with time_machine.travel(datetime(2025, 6, 1, tzinfo=UTC), tick=False):
        rows = [{"party": one} for one in owners]
        made = make_measure(title, partnership=table, groups=GROUPS, owners=rows, is_published=public, **fields)
    put = [{"starts_on": date(year, 1, 1), "cell": cell, "numerator": D(40), "denominator": D(90)} for cell in cells]
    save_points(measure=made, by=SYSTEM, rows=put)
    return made


def fact_words(person, table, item="shared_measurement"):
    return [fact.words for fact in facts_for_scores(person, table)[item]]


def test_without_records_the_page_says_so(people, table):
    for person in (None, people.editor):
        assert fact_words(person, table) == ["No measures are recorded yet."]
        assert fact_words(person, table, "activities") == ["No activities are recorded yet."]


def test_a_measure_without_numbers_does_not_count_as_zero(people, table):
    add_measure(table, "Owners")
    assert fact_words(None, table) == [
        "There is 1 measure.",
        "It does not belong to both sides, government and community.",
        "No numbers are in yet.",
    ]


def test_measures_are_counted_with_owners_numbers_in_time_and_how_they_are_split(people, table):
    lead, partner = table.parties.order_by("pk")
    measure = add_measure(table, "Owners", owners=[lead, partner], cells=("", "race1997=black"))
    add_measure(table, "Renters", owners=[lead], cells=("", "place=east"), year=2024)
    add_measure(table, "Movers", public=False, cells=("", "race1997=black&place=east"))
    with time_machine.travel(datetime(2026, 5, 9, tzinfo=UTC), tick=False):
        make_measure("Begun lately", partnership=table, is_published=True)
    assert fact_words(people.editor, table) == fact_words(people.partner, table) == [
        "There are 4 measures.",
        "1 of 4 belongs to both sides, government and community.",
        "Numbers for the last period due: 2 of 3 are in.",
        "Of 3 with numbers, split by race: 2; split by place: 2.",
        "Comments on the numbers: government none yet, community none yet.",
    ]  # fmt: skip
    assert fact_words(None, table)[:4] == [
        "There are 3 measures.",
        "1 of 3 belongs to both sides, government and community.",
        "Numbers for the last period due: 1 of 2 are in.",
        "Of 2 with numbers, split by race: 1; split by place: 1.",
    ]
    save_organization(organization=people.organization, by=SYSTEM, fields={"listing": "unlisted"})
    assert fact_words(None, table)[1] == "None of 3 belongs to both sides, government and community."
    assert facts_for_scores(None, table)["shared_measurement"][0].link == ("measures",)
    assert save_measure(measure=measure, by=SYSTEM, fields={"is_published": False})
    assert fact_words(None, table)[2] == "Numbers for the last period due: 0 of 1 are in."


def test_interpretations_of_each_side_and_open_disputes_are_counted(people, table):
    _, partner = table.parties.order_by("pk")
    measure = add_measure(table, "Owners", owners=[partner], cells=("",))
    dispute = save_interpretation(
        measure=measure, party=partner, by=SYSTEM, words="We count more.", kind="dispute", starts_on=date(2025, 1, 1)
    )
    save_interpretation(measure=measure, party=partner, by=SYSTEM, words="Rents rose.")
    waits = "A number of “Owners” is disputed and waits for a response."
    words = "Comments on the numbers: government none yet, community 2."
    assert fact_words(None, table)[-2:] == [words, waits]
    assert facts_for_scores(None, table)["shared_measurement"][-1].link == ("measure", measure.public_id)
    answer_dispute(reading=dispute, by=SYSTEM, answer="You are right.")
    assert fact_words(None, table)[-1] == words
    save_organization(organization=people.organization, by=SYSTEM, fields={"listing": "unlisted"})
    assert fact_words(None, table)[-1] == "Comments on the numbers: government none yet, community none yet."


def test_institutions_are_named_where_they_spoke():
    counts = Counts(measures=1, shared=1, filled=1, comments=Counter(institution=1, government=2))
    assert [one.words for one in measurement_facts(counts, "P")][1:] == [
        "It belongs to both sides, government and community.",
        "No numbers are due yet.",
        "Of 1 with numbers, split by race: none; split by place: none.",
        "Comments on the numbers: government 2, institution 1, community none yet.",
    ]


def test_activities_say_who_has_no_part_and_what_government_stops(people, table):
    lead, partner = table.parties.order_by("pk")
    result = make_result("Homes", lead=people.office, partnerships=[table], is_published=True)
    shown_to_all = {"results": [result], "is_public": True}
    make_activity(table, "Legal help", parts=[(lead, "leads")], **shown_to_all)
    make_activity(table, "Old way", parts=[(partner, "leads")], status="let_go", **shown_to_all)
    assert fact_words(None, table, "activities") == [
        "There is 1 activity. A lead is named for 1.",
        "Only government works on “Homes”. Ask the other partners what they’d like to do.",
        "Tenants' association has no part in any activity yet.",
        "Nothing is recorded that government will stop doing.",
        NO_MONEY,
    ]
    make_activity(table, "Late fees", parts=[(lead, "adds")], kind="stops", **shown_to_all)
    make_activity(table, "Talks", parts=[(partner, "adds")], results=[result])
    assert fact_words(None, table, "activities") == [
        "There are 2 activities. A lead is named for 1.",
        "Only government works on “Homes”. Ask the other partners what they’d like to do.",
        "Tenants' association has no part in any activity yet.",
        "City of Minneapolis stops something: “Late fees”.",
        NO_MONEY,
    ]
    assert fact_words(people.partner, table, "activities") == [
        "There are 3 activities. A lead is named for 1.",
        "City of Minneapolis stops something: “Late fees”.",
        NO_MONEY,
    ]
    save_organization(organization=people.organization, by=SYSTEM, fields={"listing": "unlisted"})
    assert not [words for words in fact_words(None, table, "activities") if "Tenants" in words]


def test_the_page_of_a_round_shows_them_next_to_unchanged_scores(board, people, client):  # noqa: F811
    board.ask(1, 1)
    for number in (0, 1):
        board.all_say(number, 2, item="shared_measurement")
    client.force_login(people.editor)
    path = reverse("round", args=[board.round.public_id])
    before = client.get(path)
    assert "No measures are recorded yet." in before.content.decode()
    add_measure(board.partnership, "Owners", cells=("",))
    after = client.get(path)
    address = f'<a href="/measures/?partnership={board.partnership.public_id}">There is 1 measure.</a>'
    assert address in after.content.decode()
    assert client.get(f"/measures/?partnership={board.partnership.public_id}").status_code == 200
    scores = [[row["scores"], row["words"]] for row in before.context["rows"]]
    assert [[row["scores"], row["words"]] for row in after.context["rows"]] == scores
    assert {row["item"].key for row in after.context["rows"] if row["facts"]} == {"shared_measurement", "activities"}
    assert not [row for row in shown(after.context["seen"])["rows"] if row["facts"]]


def test_more_of_it_asks_no_more_of_the_database(people, table):
    lead, partner = table.parties.order_by("pk")

    def query_count():
        with CaptureQueriesContext(connection) as found:
            facts_for_scores(people.editor, table)
        return len(found)

    def more(n):
        measure = add_measure(table, f"Measure {n}", owners=[lead, partner], cells=("", "place=east"))
        save_interpretation(
            measure=measure,
            party=partner,
            by=SYSTEM,
            words="We count more.",
            kind="dispute",
            starts_on=date(2025, 1, 1),
        )
        result = make_result(f"Result {n}", lead=people.office, partnerships=[table])
        make_activity(table, f"Work {n}", parts=[(lead, "leads"), (partner, "adds")], results=[result])

    more(0)
    query_count()  # loads the person's memberships
    few = query_count()
    more(1)
    more(2)
    assert query_count() == few
