"""The part of the table of rights (tests/access.py) for reports.

They need a role at the office or organization itself.
"""

from tests.access_lists import OF_THE_OFFICE
from tests.access_roles import ANYONE, GUESTS, NOBODY, OFFICE, PARTNERS, READ, SIGNED_IN, WRITE, Group

OF_OFFICES = frozenset({"editor", "manager", "other_editor", "member"})  # editors of some office
OF_THIS = frozenset({"editor", "manager"})

# fmt: off
GROUPS = (
    Group("reports", READ, ("reports",), {"": SIGNED_IN - {"stranger"}}),
    Group("a new report", WRITE, ("report_new", "council_report"), {"": (ANYONE, OF_OFFICES)}),
    Group("a profile of a partnership", WRITE, ("profile_new",), {"published": (ANYONE, OF_OFFICES), "draft": (OFFICE, OF_THIS),
        "shared draft": (GUESTS, OF_THIS), "no partnership": NOBODY}),
    Group("an organization's own report", WRITE, ("own_report_new",), {"profiled": (ANYONE, NOBODY),
        "unlisted with the partner": (OFFICE | PARTNERS, {"manager", "partner"}), "no organization": NOBODY}),
    Group("what is reported", READ, ("report_definition",), {"office's report": OF_THE_OFFICE, "no report": NOBODY}),
    Group("saying what is reported", WRITE, ("report_edit", "report_make", "report_end"),
        {"office's report": (OF_THE_OFFICE, OF_THE_OFFICE - {"reader"}), "no report": NOBODY}),
    # Everyone sees the same dashboard, with public facts only.
    Group("the dashboard of a jurisdiction", READ, ("jurisdiction_dashboard", "jurisdiction_embed"),
        {"jurisdiction": ANYONE, "no jurisdiction": NOBODY}),
    Group("the dashboard of an issue area", READ, ("issue_area_dashboard", "issue_area_embed"),
        {"issue area": ANYONE, "no issue area": NOBODY}),
    Group("a report that was made", READ, ("report", "report_file"),
        {"office's made report": OF_THE_OFFICE, "no made report": NOBODY}),
)
# fmt: on
