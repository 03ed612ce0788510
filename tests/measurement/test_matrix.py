"""Who works on what, and the findings in words: each appears where it applies, and nowhere else."""

import pytest

from partnerships.measurement.activity_matrix import Cell, Goal, Seat, Work, matrix, titles_match

CITY, GROUP, COLLEGE = (
    Seat(1, "Housing", "government"),
    Seat(2, "Tenants", "community"),
    Seat(3, "College", "institution"),
)
PARKS = Seat(4, "Parks", "government")
HOMES, RENT = Goal(11, "Homes"), Goal(12, "Fair rent")


def make_work(title, goals=(HOMES,), **more):
    parts = {seat.key: part for seat, part in more.pop("parts", {}).items()}
    return Work(title, frozenset(goal.key for goal in goals), parts, **more)


def findings_of(seats, goals, works, kind=None):
    found = matrix(seats, goals, works).findings
    return [(one.kind, one.words) for one in found if kind in (None, one.kind)]


def test_a_cell_says_the_most_that_a_party_does():
    works = [
        make_work("Repairs", parts={CITY: "adds", GROUP: "adds"}),
        make_work("Loans", (HOMES, RENT), parts={CITY: "leads"}),
        make_work("Evictions", (RENT,), parts={CITY: "adds"}, kind="stops"),
        make_work("Old plan", (RENT,), parts={GROUP: "leads"}, status="let_go"),
    ]
    made = matrix([CITY, GROUP, COLLEGE], [HOMES, RENT], works)
    assert [(seat.name, cells) for seat, cells in made.rows] == [
        ("Housing", [Cell("leads"), Cell("leads", stops=True)]),
        ("Tenants", [Cell("adds"), Cell()]),
        ("College", [Cell(), Cell()]),
    ]
    assert [cell.words for _, cells in made.rows for cell in cells] == [
        *("Leads", "Leads, stops something", "Contributes", "None", "None", "None")
    ]
    assert (made.empty_goals, made.empty_seats) == (set(), {COLLEGE.key})


def test_a_result_on_which_only_government_works_is_named():
    works = [
        make_work("Repairs", parts={CITY: "leads"}),
        make_work("Rent watch", (RENT,), parts={GROUP: "leads", CITY: "adds"}),
    ]
    assert findings_of([CITY, GROUP], [HOMES, RENT], works) == [
        (
            "government_only",
            "Only government works on “Homes”. Ask the other partners what they’d like to do.",
        )
    ]
    works.append(make_work("Student jobs", parts={COLLEGE: "adds"}))
    assert findings_of([CITY, GROUP, COLLEGE], [HOMES, RENT], works) == []


def test_where_only_government_sits_it_is_said_once():
    works = [make_work("Repairs", (HOMES, RENT), parts={CITY: "leads", PARKS: "adds"})]
    assert findings_of([CITY, PARKS], [HOMES, RENT], works) == [
        ("government_only", "Only government partners take part, so government alone works on its results.")
    ]
    assert findings_of([CITY, PARKS], [HOMES], [], "government_only") == []


def test_who_has_no_part_is_named_once_there_is_any_work():
    works = [make_work("Repairs", parts={CITY: "leads", GROUP: "adds"})]
    assert findings_of([CITY, GROUP, COLLEGE], [HOMES], works) == [
        ("no_part", "College has no part in any activity yet.")
    ]
    assert findings_of([CITY, GROUP, COLLEGE, PARKS], [HOMES], works) == [
        ("no_part", "College and Parks have no part in any activity yet.")
    ]
    assert findings_of([CITY, GROUP], [HOMES], []) == [("nobody", "No one works on “Homes” yet. Talk about who could.")]


def test_work_without_parts_says_that_no_part_is_recorded():
    assert findings_of([CITY, GROUP], [HOMES], [make_work("Repairs")], "nobody") == [
        ("nobody", "For “Homes” there is “Repairs”, but no partner’s part in it is recorded.")
    ]


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (make_work("Help for tenants with court papers", parts={GROUP: "adds"}), "similar names"),
        (make_work("Rides to court", parts={GROUP: "leads"}), "each has its own lead"),
        (make_work("Rides to court", parts={GROUP: "adds"}), ""),
        (make_work("Court papers help", (RENT,), parts={GROUP: "leads"}), ""),  # another result
        (
            make_work("Court papers help", parts={GROUP: "leads", CITY: "adds"}),
            "",
        ),  # a partner in both knows about both
        (make_work("Court papers help", parts={GROUP: "leads"}, kind="stops"), ""),  # to stop isn't the same work
        (make_work("Court papers help", parts={GROUP: "leads"}, status="let_go"), ""),
        (make_work("Court papers help"), ""),  # led by no one
    ],
)
def test_likely_double_work_is_named(other, reason):
    one = make_work("Help with court papers", parts={CITY: "leads"})
    found = findings_of([CITY, GROUP], [HOMES, RENT], [one, other], "double")
    words = (
        f"“Help with court papers” and “{other.title}” may be the same work: other partners, one result (“Homes”), and "
        f"{reason}. See if one can lead and the other contribute."
    )
    assert found == ([("double", words)] if reason else [])


def test_similarity_needs_more_than_one_common_word():
    assert titles_match("Help with court papers", "Court paper help")
    assert titles_match("Training", "training")
    assert not titles_match("Training", "Training of new staff")
    assert not titles_match("Help with rent", "Help with papers")
    assert not titles_match("", "")


def test_work_for_no_result_is_named():
    works = [make_work("Picnic", (), parts={CITY: "leads", GROUP: "adds"})]
    assert findings_of([CITY, GROUP], [HOMES], works, "no_result") == [
        ("no_result", "“Picnic” isn’t linked to a result shown here. Link one.")
    ]


def test_what_government_stops_counts_and_is_said():
    works = [
        make_work("Asking for credit scores", parts={CITY: "leads", PARKS: "adds"}, kind="stops"),
        make_work("Fees", parts={CITY: "leads"}, kind="stops", status="done"),
        make_work("Protests", parts={GROUP: "leads"}, kind="stops"),
    ]
    assert findings_of([CITY, PARKS, GROUP], [HOMES], works, "stops") == [
        ("stops", "Housing and Parks stop something: “Asking for credit scores”."),
        ("stops", "Housing has stopped something: “Fees”."),
    ]
    assert findings_of([CITY, PARKS, GROUP], [HOMES], works, "nobody") == []


def test_a_party_that_is_not_handed_in_is_nowhere():
    works = [
        make_work("Repairs", parts={CITY: "leads", GROUP: "leads"}),
        make_work("Repairs of homes", parts={GROUP: "adds"}),
    ]
    made = matrix([CITY], [HOMES], works)
    assert made.rows == [(CITY, [Cell("leads")])]
    assert not any("Tenants" in one.words for one in made.findings)
    assert [one.kind for one in made.findings] == ["government_only"]
