"""States of the pages of activities, the matrix, gains and plans, which states.py adds to its own."""

from tests.browser.site import ADMINISTRATOR, COLLEAGUE, PARTNER, STAFF

VISITOR = None
LONG = "x" * 301
FILES = (
    "partnership_matrix_csv",
    "partnership_matrix_xlsx",
    "plan_csv",
    "plan_xlsx",
    "plan_template",
    "coverage_outcomes_csv",
)
NO_PAGES = dict.fromkeys(FILES, "a file")


def add_all(add, refused):
    add("partnership_matrix", "filled", "{strategy}who-works-on-what/", (VISITOR, STAFF), narrow=True)
    add("partnership_matrix", "nothing yet", "{own}who-works-on-what/", (VISITOR, STAFF))
    add("activity", "filled", "{own_activity}", (VISITOR, STAFF), narrow=True)
    add("activity", "nothing said", "{bare_activity}", (STAFF,))
    add("activity_new", "blank", "{strategy}activities/new/", (STAFF,), narrow=True)
    refused("activity_new", "{strategy}activities/new/", {"title": "", "starts_on": "someday"})
    add("activity_edit", "filled", "{bare_activity}edit/", (STAFF,))
    refused("activity_edit", "{bare_activity}edit/", {"title": "", "starts_on": "someday"})
    submitted, theirs = {"title": "My title"}, {"title": "Another’s title", "kind": "does", "status": "planned"}
    add(
        "activity_edit",
        "two texts",
        "{clashing_activity}edit/",
        (STAFF,),
        status=409,
        sent=submitted,
        meanwhile=theirs,
        narrow=True,
    )
    add("activity_history", "filled", "{changed_activity}history/", (STAFF, COLLEAGUE))
    add("activity_undo", "blank", "{activity_undo}", (STAFF,), narrow=True)
    add("gain_new", "blank", "{strategy}gains/new/", (PARTNER,), narrow=True)
    refused("gain_new", "{strategy}gains/new/", {"text": "", "gained_on": "someday"}, PARTNER)
    add("gain_edit", "filled", "{gain}", (PARTNER,))
    refused("gain_edit", "{gain}", {"text": "", "gained_on": "someday"}, PARTNER)
    add("gain_withdraw", "blank", "{gain}take-back/", (PARTNER,))
    add("gain_withdraw", "stale", "{gain}take-back/", (PARTNER,), status=409, sent={"version": "0"})
    add("plans", "filled", "/plans/", (VISITOR, STAFF), narrow=True)
    add("plans", "asked wrongly", "/plans/?x=y", status=400)
    add("plan_new", "blank", "/plans/new/", (STAFF,), narrow=True)
    refused("plan_new", "/plans/new/", {"title": "", "starts_on": "someday"})
    add("plan", "filled", "{plan}", (VISITOR, STAFF), narrow=True)
    add("plan", "nothing yet", "{own_plan}", (STAFF,))
    add("plan_edit", "filled", "{own_plan}edit/", (STAFF,))
    refused("plan_edit", "{own_plan}edit/", {"title": "", "ends_on": "someday"})
    add("outcome_new", "blank", "{own_plan}outcomes/new/", (STAFF,), narrow=True)
    refused("outcome_new", "{own_plan}outcomes/new/", {"title": "", "number": "x" * 21})
    add("outcome_edit", "filled", "{outcome}", (STAFF,))
    refused("outcome_edit", "{outcome}", {"title": "", "number": "x" * 21})
    add("outcome_remove", "blank", "{outcome}remove/", (STAFF,))
    refused("outcome_remove", "{outcome}remove/", {"why": LONG})
    add("plan_import", "blank", "{own_plan}import/", (STAFF,), narrow=True)
    refused("plan_import", "{own_plan}import/", {"pasted": "Only words"})
    known, unknown = "No,Outcome\n1,Homes\n,\n2,\n", "Nummer,What shall be\n1,Homes"
    add("plan_import", "looked at", "{own_plan}import/", (STAFF,), sent={"pasted": known}, alone=True, narrow=True)
    add(
        "plan_import",
        "unknown columns",
        "{own_plan}import/",
        (STAFF,),
        sent={"pasted": unknown},
        alone=True,
    )
    add("plan_history", "filled", "{changed_plan}history/", (STAFF, ADMINISTRATOR))
    add("plan_undo", "blank", "{plan_undo}", (STAFF,), narrow=True)
