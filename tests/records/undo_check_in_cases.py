"""Edits of check-ins, at least one for each field of their snapshot, for test_undoing.py."""

from partnerships.core.access import SYSTEM
from partnerships.meetings import check_ins
from tests.factories import in_days, make_partnership
from tests.records.undo_cases import DAY, LATER, LINE, Kept


def rhythm(people):
    fields = {"partnership": make_partnership(lead=people.office), "anchor_on": in_days(20), "zone": "America/Chicago"}
    made = check_ins.save_check_in_plan(by=SYSTEM, fields=fields | {"person": people.editor})
    return Kept(made, check_ins.save_check_in_plan, check_ins.snapshot, "checkinplan")


RHYTHM = {
    "rhythm": {"rhythm": "weekly"},
    "anchor_on": {"anchor_on": LATER},
    "zone": {"zone": "America/New_York"},
    "skips_holidays": {"skips_holidays": False},
    "is_active": {"is_active": False},
    "source": {"source": LINE, "last_verified_on": DAY},
}
# The snapshot has only the name of the person who answers.
RHYTHM_NOT = {"is_illustration", "person", "contact", "party", "holder"}

KINDS = {"checkinplan": (rhythm, RHYTHM, RHYTHM_NOT, "administrator")}
