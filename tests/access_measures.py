"""The part of the table of rights (tests/access.py) for results, measures and their numbers."""

from tests.access_roles import ANYONE, EDITORS, GUESTS, NOBODY, OFFICE, READ, WRITE, WRITERS, Group

# The people of the partnership that works on it. The partner's organization supplies the data of both measures.
TABLE = GUESTS | {"member"}
SUPPLIERS = WRITERS | {"partner"}

# fmt: off
GROUPS = (
    Group("lists of results and measures", READ, ("results", "results_csv", "results_xlsx", "measures", "measures_csv",
        "measures_xlsx"), {"": ANYONE}),
    Group("adding a result", WRITE, ("result_new",), {"": (ANYONE, EDITORS)}),
    Group("a result", READ, ("result",), {"public result": ANYONE, "inner result": TABLE, "no result": NOBODY}),
    Group("changing a result", WRITE, ("result_edit", "indicator_new"),
        {"public result": (ANYONE, WRITERS), "inner result": (TABLE, WRITERS), "no result": NOBODY}),
    Group("adding a measure", WRITE, ("measure_new",), {"published": (ANYONE, WRITERS), "draft": (OFFICE, WRITERS),
        "shared draft": (GUESTS, WRITERS), "no partnership": NOBODY, "mistyped": NOBODY}),
    Group("a measure", READ, ("measure",), {"public measure": ANYONE, "inner measure": TABLE, "no measure": NOBODY}),
    Group("changing a measure", WRITE, ("measure_edit",),
        {"public measure": (ANYONE, WRITERS), "inner measure": (TABLE, WRITERS), "no measure": NOBODY}),
    Group("entering numbers", WRITE, ("measure_data", "measure_paste"),
        {"public measure": (ANYONE, SUPPLIERS), "inner measure": (TABLE, SUPPLIERS), "no measure": NOBODY}),
    Group("the numbers as files", READ, ("measure_numbers_csv", "measure_svg", "measure_png"),
        {"public measure": ANYONE, "inner measure": TABLE, "no measure": NOBODY}),
    # Each owner explains its own numbers, and the office that keeps the record answers.
    Group("saying how a number reads", WRITE, ("measure_say",),
        {"public measure": (ANYONE, {"partner"}), "inner measure": (TABLE, {"partner"}), "no measure": NOBODY}),
    Group("answering it", WRITE, ("measure_answer",),
        {"public measure": (ANYONE, WRITERS), "inner measure": (TABLE, WRITERS), "no measure": NOBODY}),
    Group("who sits on a body", READ, ("partnership_makeup", "partnership_makeup_csv"), {"body": ANYONE, "draft body": OFFICE,
        "published": NOBODY, "no partnership": NOBODY, "mistyped": NOBODY}),
    Group("counting members", WRITE, ("makeup_new",), {"body": (ANYONE, WRITERS), "draft body": (OFFICE, WRITERS),
        "published": NOBODY, "no partnership": NOBODY}),
    # Only those who may enter a count see what was entered.
    Group("correcting a count", WRITE, ("makeup",), {"makeup": (ANYONE, WRITERS), "makeup of a draft": (OFFICE, WRITERS),
        "no makeup": NOBODY}),
    Group("who lives in a place", READ, ("jurisdiction_population",), {"office": ANYONE, "no jurisdiction": NOBODY}),
    Group("counting people", WRITE, ("population_new",), {"office": (ANYONE, WRITERS), "no jurisdiction": NOBODY}),
    Group("correcting a table of people", WRITE, ("population",), {"population": (ANYONE, WRITERS), "no population": NOBODY}),
    # Former values are for those who supply the data, even where everyone may see the current value.
    Group("what a number was", READ, ("measure_number",),
        {"public measure": SUPPLIERS, "inner measure": SUPPLIERS, "no measure": NOBODY}),
)
# fmt: on
