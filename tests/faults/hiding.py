"""Masks and suppression: what a reader may not learn of a record that they see."""

from tests.faults import Fault

KIND = "masks"
FAULTS = [
    Fault(
        KIND,
        "counts one below the threshold are shown",
        "if part is not None and part > 0 and _is_few(part, smallest):",
        "if part is not None and 0 < part < smallest - 1:",
        ("tests/measurement/test_suppression.py::test_what_is_small",),
    ),
    Fault(
        KIND,
        "a group with nearly all members of a body is shown",
        "return count > 0 and (count < smallest or members - count < smallest)",
        "return count > 0 and count < smallest",
        ("tests/measurement/test_composition_disclosure.py::test_what_is_kept_back",),
    ),
    Fault(
        KIND,
        "what an earlier version protected is shown after a correction",
        "hidden |= protected_keys(self.table, self.limit, kind=self.kind, before=before, keep=keep)",
        "hidden = protected_keys(self.table, self.limit, kind=self.kind, keep=keep)",
        ("tests/measurement/test_numbers.py::test_what_was_kept_back_stays_so_after_a_correction",),
    ),
    Fault(
        KIND,
        "an organization listed by name only shows its profile",
        "if organization.listing != Listing.PROFILED:\n        return frozenset()",
        "if not organization.listing:\n        return frozenset()",
        ("tests/core/test_rights.py::test_an_organization_listed_by_name_only_shows_its_profile_to_its_own_people",),
    ),
    Fault(
        KIND,
        "a party not yet approached is named to everyone",
        "& PUBLIC_IF_LISTED\n) & seats.NAMED",
        "& PUBLIC_IF_LISTED\n)",
        ("tests/core/test_rights.py::test_a_party_not_yet_approached_has_no_name_outside_its_office",),
    ),
    Fault(
        KIND,
        "a score is read although the other side has none",
        "one.standing in ANSWERED for other, one in scores.items() if other != key",
        "True for other, one in scores.items() if other != key",
        ("tests/assessment/test_rounds_seen.py::test_a_score_whose_other_side_has_none_is_its_own_sides_alone",),
    ),
    Fault(
        KIND,
        "a round is public though a party that was asked doesn't agree",
        'party=OuterRef("pk"), agrees=True)',
        'party=OuterRef("pk"))',
        ("tests/assessment/test_publishing.py::test_one_party_that_takes_it_back_is_enough_and_it_is_gone_at_once",),
    ),
]
