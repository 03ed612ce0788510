"""States of the pages of check-ins for staff. link_states.py has those for people who answer by link."""

from tests.browser.site import STAFF


def add_all(add, refused):
    add("check_in_done", "blank", "{check_ins}done/", (STAFF,))
    refused("check_in_done", "{check_ins}done/", {"done_on": "someday"})
    add("checkinplan_new", "blank", "{own}check-ins/new/", (STAFF,), narrow=True)
    refused("checkinplan_new", "{own}check-ins/new/", {"answered_by": "", "anchor_on": "someday"})
    add("checkinplan", "filled", "{check_ins}", (STAFF,))
    refused("checkinplan", "{check_ins}", {"anchor_on": "2020-01-01"})
    submitted, theirs = {"rhythm": "weekly"}, {"rhythm": "yearly"}
    add(
        "checkinplan",
        "two texts",
        "{check_ins}",
        (STAFF,),
        status=409,
        sent=submitted,
        meanwhile=theirs,
        alone=True,
        narrow=True,
    )
    add("checkinplan_history", "filled", "{check_ins}history/", (STAFF,))
    add("checkinplan_undo", "blank", "{check_ins_undo}", (STAFF,))
