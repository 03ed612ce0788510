"""States of reports. states.py has those of other pages."""

from tests.browser.site import ADMINISTRATOR, COLLEAGUE, PARTNER, STAFF

NO_PAGES = {"report_file": "a file"}


def add_all(add, refused):
    for what in ("dashboard", "embed"):
        add(f"jurisdiction_{what}", "filled", f"{{city_{what}}}", (None,), narrow=True)
        add(f"jurisdiction_{what}", "of one issue area", f"{{city_{what}}}?issue=housing", (None,))
        add(f"jurisdiction_{what}", "nothing yet", f"{{quiet_{what}}}", (None,), narrow=what == "embed")
        add(f"jurisdiction_{what}", "asked wrongly", f"{{city_{what}}}?issue=x", (None,), status=400)
        add(f"issue_area_{what}", "filled", f"{{area_{what}}}", (None,), narrow=True)
    add("jurisdiction_dashboard", "own", "{city_dashboard}", (STAFF,))
    add("jurisdiction_embed", "gone", "/embed/jurisdictions/J-7KQ4MX-Z/", (None,), status=404)
    add("reports", "nothing yet", "/reports/", (PARTNER, ADMINISTRATOR))
    add("reports", "filled", "{reports}", (STAFF, COLLEAGUE), narrow=True)
    add("report_new", "blank", "/reports/new/?filters=issue%3Dhousing", (STAFF,), narrow=True)
    wrong = {"title": "", "rhythm": "monthly", "next_on": "someday"}
    refused("report_new", "/reports/new/", wrong, narrow=True)
    add("profile_new", "blank", "{strategy}reports/new/", (STAFF,))
    refused("profile_new", "{strategy}reports/new/", {"title": ""})
    add("own_report_new", "blank", "{own_report_new}", (PARTNER,), narrow=True)
    refused("own_report_new", "{own_report_new}", {"title": ""}, PARTNER)
    add("report_definition", "nothing made", "{report_in_rhythm}", (STAFF, COLLEAGUE), narrow=True)
    add("report_definition", "ended", "{report_ended}", (STAFF,))
    add("report_edit", "filled", "{report_in_rhythm}edit/", (STAFF,))
    refused("report_edit", "{report_in_rhythm}edit/", {"title": "", "next_on": "someday"})
    stale = {"title": "Mine", "version": "0"}
    add("report_edit", "changed meanwhile", "{report_in_rhythm}edit/", (STAFF,), status=409, sent=stale)
    add("report_make", "blank", "{report_in_rhythm}make/", (STAFF,))
    add("report_make", "ended", "{report_ended}make/", (STAFF,), status=422, sent={"version": "1"})
    add("report_end", "blank", "{report_in_rhythm}end/", (STAFF,))
    add("report_end", "to take up again", "{report_ended}end/", (STAFF,))
    add("report_end", "changed meanwhile", "{report_in_rhythm}end/", (STAFF,), status=409, sent={"version": "0"})
    add("report", "of a filtered list", "{report}", (STAFF, COLLEAGUE), narrow=True)
    add("report", "of nothing", "{report_empty}", (STAFF,))
    add("report", "of one partnership", "{report_of_own_people}", (STAFF,), narrow=True)
