"""The states of histories and of undoing a change; states.py has those of the other pages."""

from tests.browser.site import ADMINISTRATOR, COLLEAGUE, STAFF


def add_all(add, refused):
    add("partnership_history", "filled", "{rewritten}history/", (STAFF, COLLEAGUE), narrow=True)
    add("partnership_history", "asked wrongly", "{rewritten}history/?cursor=x", (STAFF,), status=400)
    add("organization_history", "filled", "{unlisted}history/", (STAFF,))
    add("jurisdiction_history", "filled", "{own_city}history/", (STAFF,))
    add("department_history", "filled", "{office}history/", (ADMINISTRATOR,))
    add("meeting_history", "filled", "{own_meeting}history/", (STAFF,))
    add("action_history", "filled", "{action}history/", (STAFF,))
    add("partnership_undo", "blank", "{partnership_undo}", (STAFF,), narrow=True)
    add("partnership_undo", "changed again since", "{overtaken_undo}", (STAFF,), narrow=True)
    add("partnership_undo", "stale", "{partnership_undo}", (STAFF,), status=409, sent={"version": "1"})
    refused("partnership_undo", "{partnership_undo}", {"why": "x" * 301})
    add("organization_undo", "blank", "{organization_undo}", (STAFF,))
    add("jurisdiction_undo", "blank", "{jurisdiction_undo}", (ADMINISTRATOR,))
    add("department_undo", "blank", "{department_undo}", (ADMINISTRATOR,))
    add("meeting_undo", "blank", "{meeting_undo}", (STAFF,))
    add("action_undo", "blank", "{action_undo}", (STAFF,))
