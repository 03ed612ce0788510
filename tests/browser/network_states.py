"""States of the network and of coverage. states.py has those of other pages."""

from tests.browser.site import ADMINISTRATOR, COLLEAGUE, PARTNER, STAFF

NO_PAGES = dict.fromkeys(
    ("network_csv", "coverage_issue_areas_csv", "coverage_departments_csv", "coverage_organizations_csv"), "a file"
)


def add_all(add):
    members = (STAFF, PARTNER, COLLEAGUE, ADMINISTRATOR)
    add("network", "filled", "/network/", members, narrow=True)
    add("network", "for visitors", "/network/?issue=housing", (None,), narrow=True)
    add("network", "asked for what visitors don't see", "/network/?close=3", (None,), status=400)
    add("network", "by part", "/network/?issue=housing&colour=component&size=betweenness&ordering=name", (PARTNER,))
    add("network", "around one", "{own_network}", (STAFF,))
    add("network", "nothing found", "/network/?focus=G-ABCDEF-1", (STAFF,), narrow=True)
    add("network", "asked wrongly", "/network/?side=x&on=soon", (STAFF,), status=400)
    add("coverage", "filled", "/coverage/", (None, *members), narrow=True)
    add("coverage", "of one lead", "{own_coverage}", (None, STAFF), narrow=True)
    add("coverage", "nothing yet", "/coverage/", (None,), site="empty_site")
    add("coverage", "asked wrongly", "/coverage/?lead=x", (None,), status=400)
