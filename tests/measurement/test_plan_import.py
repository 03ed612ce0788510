"""A plan from a table: its columns, what becomes of each row, and that importing it again changes nothing."""

from io import BytesIO

import openpyxl
import pytest
from django.utils import translation
from django.utils.translation import gettext

from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.measurement.plan_fields import COLUMNS, guessed
from partnerships.models import Change
from partnerships.records.imports import plans
from tests.factories import make_plan

HEADINGS = [
    "No.",
    "Goal Area",
    "Desired outcome",
    "Action steps",
    "Indicators",
    "Responsible party",
    "Due date",
    "Status",
]
KEYS = ["number", "goal", "title", "actions", "measured_by", "accountable", "due", "progress"]
FILE = """Racial equity action plan of a city

No.,Goal Area,Desired outcome,Action steps,Indicators,Responsible party,Due date,Status
1.1,Housing,Fewer evictions,"Help with papers
and rides",Evictions a year,Housing,2027-06-30,Started
1.2,Housing,"More homes, near trains",,,,,
,Jobs,Fair hiring,,,Human Resources,Fall 2027,
"""
pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    return make_plan()


def compared_rows(plan, text, keys=None):
    table = plans.table_of(text.encode())
    return plans.compared(plan, table.rows, keys or guessed(table.headings))


def states_of(rows):
    return [row.state for row in rows]


def write_rows(plan, rows):
    plan.refresh_from_db()
    return plans.write(plan=plan, by=SYSTEM, items=rows, version=plan.version)


def test_columns_are_known_by_usual_headings():
    assert guessed(HEADINGS) == KEYS
    assert guessed(["#", "Priority", "Result", "Activities", "KPI", "Lead", "Timeline", "Progress"])[1:] == KEYS[1:]
    assert guessed(["Outcome", "Result", "Mood"]) == ["title", "", ""]


def test_headings_of_the_template_in_spanish_are_known():
    with translation.override("es"):
        headings = [gettext(column.label) for column in COLUMNS]
    assert headings[0] == "Número en el plan"
    assert guessed(headings) == [column.key for column in COLUMNS]


def test_a_file_becomes_outcomes_and_the_same_file_changes_nothing(plan):
    rows = compared_rows(plan, FILE)
    assert (states_of(rows), [row.row for row in rows]) == (["new"] * 3, [4, 5, 6])
    write_rows(plan, rows)
    found = plan.outcomes.values_list("number", "goal", "title", "actions", "accountable", "due", "position")
    assert list(found) == [
        ("1.1", "Housing", "Fewer evictions", "Help with papers\nand rides", "Housing", "2027-06-30", 0),
        ("1.2", "Housing", "More homes, near trains", "", "", "", 1),
        ("", "Jobs", "Fair hiring", "", "Human Resources", "Fall 2027", 2),
    ]
    before = Change.objects.count()
    again = compared_rows(plan, FILE)
    assert states_of(again) == ["same"] * 3
    write_rows(plan, again)
    assert (Change.objects.count(), plan.outcomes.count()) == (before, 3)


def test_a_row_changes_what_it_says_and_nothing_else(plan):
    write_rows(plan, compared_rows(plan, FILE))
    kept = plan.outcomes.get(number="1.1").pk
    rows = compared_rows(
        plan, "No,Outcome,Progress\n1.1,Far fewer evictions,\n1.3,Repairs,Planned\n,FAIR  hiring,Done\n"
    )
    changes = [[(one.label, one.there, one.given) for one in row.differences] for row in rows]
    assert list(zip(states_of(rows), changes, strict=True)) == [
        ("changed", [("Outcome", "Fewer evictions", "Far fewer evictions")]),
        ("new", [("Number in the plan", "", "1.3"), ("Outcome", "", "Repairs"), ("Progress", "", "Planned")]),
        ("changed", [("Outcome", "Fair hiring", "FAIR hiring"), ("Progress", "", "Done")]),
    ]
    write_rows(plan, rows)
    outcome = plan.outcomes.get(number="1.1")
    assert (outcome.pk, outcome.title, outcome.progress, outcome.actions) == (
        *(kept, "Far fewer evictions", "Started", "Help with papers\nand rides"),
    )
    assert list(plan.outcomes.values_list("number", flat=True)) == ["1.1", "1.2", "", "1.3"]


def test_what_had_no_number_gets_the_one_that_its_words_have_now(plan):
    write_rows(plan, compared_rows(plan, "Outcome\nFair hiring\n"))
    kept = plan.outcomes.get().pk
    write_rows(plan, compared_rows(plan, "No,Outcome\n3,Fair hiring\n"))
    assert [(one.pk, one.number) for one in plan.outcomes.all()] == [(kept, "3")]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("4,,Housing", ("Outcome", "Enter the outcome.")),
        (f"{'4' * 21},Repairs,", ("Number in the plan", "Ensure this value has at most 20 characters (it has 21).")),
        (f"4,{'x' * 301},", ("Outcome", "Ensure this value has at most 300 characters (it has 301).")),
        ("1,Other words,", ("", "Row 2 is the same outcome. Combine the two rows, or give each a number.")),
        ("4,A\u202eb,", ("Outcome", "We can’t save character 2 (U+202E). Delete it and type the text again.")),
    ],
)
def test_a_row_that_cannot_be_read_keeps_all_from_being_written(plan, line, problem):
    rows = compared_rows(plan, f"No,Outcome,Goal\n1,Fair hiring,Jobs\n{line}\n")
    assert states_of(rows) == ["new", "refused"]
    assert [(one.column, one.words) for one in rows[1].problems] == [problem]
    with pytest.raises(ValidationError, match="Nothing was imported"):
        write_rows(plan, rows)
    assert plan.outcomes.count() == 0


def test_two_rows_of_the_same_words_are_one_outcome(plan):
    assert states_of(compared_rows(plan, "Outcome\nFair hiring\nfair  hiring\n")) == ["new", "refused"]
    assert states_of(compared_rows(plan, "No,Outcome\n1,Fair hiring\n2,Fair hiring\n")) == ["new", "new"]


def test_wrong_columns_are_explained(plan):
    table = plans.table_of(b"Name,Mood\nA,B\n")
    with pytest.raises(ValidationError) as problem:
        plans.checked_columns(table.headings, guessed(table.headings))
    assert problem.value.messages == [
        "No column is matched to the outcome. The file has these columns: “Name”, “Mood”. Choose the one that says "
        "what should be different."
    ]
    with pytest.raises(ValidationError, match="Two columns are matched to “Outcome”"):
        plans.checked_columns(["A", "B"], ["title", "title"])


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"\xd0\xcf\x11\xe0", b"just words", b"<html><p>no</p>"])
def test_text_that_is_no_table_is_refused_with_an_error(content):
    with pytest.raises(ValidationError):
        plans.table_of(content)


def test_more_rows_than_a_plan_holds_are_refused():
    lines = "\n".join(f"{n},Outcome {n}" for n in range(501))
    with pytest.raises(ValidationError, match="more than 500 rows"):
        plans.table_of(f"No,Outcome\n{lines}".encode())


def test_a_goal_over_several_rows_holds_for_all(plan):
    book, content = openpyxl.Workbook(), BytesIO()
    for row in (["Goal", "Outcome"], ["Housing", "Repairs"], [None, "Rent help"], ["Jobs", "Hiring"]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.save(content)
    table = plans.table_of(content.getvalue())
    assert table.rows == [(2, ["Housing", "Repairs"]), (3, ["Housing", "Rent help"]), (4, ["Jobs", "Hiring"])]
