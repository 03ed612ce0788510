"""The part of the table of rights (tests/access.py) for activities, gains, and plans."""

from tests.access_roles import ANYONE, EDITORS, GUESTS, NOBODY, OFFICE, READ, WRITE, WRITERS, Group

# The people of the partnership that the activity belongs to: the office's staff and the users of its partners.
AT_THE_TABLE, WITH_THE_PARTNER = OFFICE | {"member"}, GUESTS | {"member"}

# fmt: off
GROUPS = (
    Group("who works on what", READ, ("partnership_matrix", "partnership_matrix_csv", "partnership_matrix_xlsx"), {"published":
        ANYONE, "draft": OFFICE, "shared draft": GUESTS, "no partnership": NOBODY, "mistyped": NOBODY}),
    Group("the list of activities", READ, ("activities", "activities_csv", "activities_xlsx"), {"": ANYONE}),
    Group("an activity", READ, ("activity",), {"public activity": ANYONE, "activity": AT_THE_TABLE,
        "partner's activity": WITH_THE_PARTNER, "no activity": NOBODY}),
    Group("adding an activity", WRITE, ("activity_new",), {"published": (ANYONE, WRITERS), "draft": (OFFICE, WRITERS),
        "shared draft": (GUESTS, WRITERS), "no partnership": NOBODY, "mistyped": NOBODY}),
    Group("changing an activity", WRITE, ("activity_edit",), {"public activity": (ANYONE, WRITERS),
        "activity": (AT_THE_TABLE, WRITERS), "partner's activity": (WITH_THE_PARTNER, WRITERS), "no activity": NOBODY}),
    # Each partner describes its own gains.
    Group("saying what one has gained", WRITE, ("gain_new",), {"with the partner": (ANYONE, {"editor", "manager", "partner",
        "member"}), "published": (ANYONE, {"editor", "manager", "member"}), "draft": (OFFICE, NOBODY), "shared draft": (GUESTS,
        NOBODY), "no partnership": NOBODY}),
    Group("what one has gained", WRITE, ("gain_edit", "gain_withdraw"),
        {"gain": (WITH_THE_PARTNER, {"partner"}), "no gain": NOBODY}),
    Group("plans", READ, ("plans", "plan_template"), {"": ANYONE}),
    Group("adding a plan", WRITE, ("plan_new",), {"": (ANYONE, EDITORS)}),
    Group("a plan", READ, ("plan", "plan_csv", "plan_xlsx"), {"public plan": ANYONE, "plan": OFFICE, "no plan": NOBODY}),
    Group("changing a plan", WRITE, ("plan_edit", "plan_import", "outcome_new", "outcome_edit", "outcome_remove"),
        {"public plan": (ANYONE, WRITERS), "plan": (OFFICE, WRITERS), "no plan": NOBODY}),
)
# fmt: on
