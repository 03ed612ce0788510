"""Masks and suppression: what a reader may not learn of a record that they see."""

from tests.faults import Fault

KIND = "masks"
FAULTS = [
    Fault(
        KIND,
        "counts one below the threshold are shown",
        "if part is not None and part > 0 and _is_few(part, smallest):",
        "if part is not None and 0 < part < smallest - 1:",
        ("tests/measurement/test_suppression.py::test_which_counts_are_too_small_to_show",),
    ),
    Fault(
        KIND,
        "a group with nearly all members of a body is shown",
        "return count > 0 and (count < smallest or members - count < smallest)",
        "return count > 0 and count < smallest",
        ("tests/measurement/test_composition_disclosure.py::test_which_categories_are_suppressed",),
    ),
    Fault(
        KIND,
        "what an earlier version protected is shown after a correction",
        "hidden |= protected_keys(self.table, self.limit, kind=self.kind, before=before, keep=keep)",
        "hidden = protected_keys(self.table, self.limit, kind=self.kind, keep=keep)",
        ("tests/measurement/test_numbers.py::test_a_suppressed_number_stays_suppressed_after_a_correction",),
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
        "has_answered(one) for other, one in scores.items() if other != key",
        "True for other, one in scores.items() if other != key",
        (
            "tests/assessment/test_round_visibility.py::test_a_score_without_one_of_the_other_side_is_seen_by_its_own_side_only",
        ),
    ),
    Fault(
        KIND,
        "people of an organization that another side entered count before their own side knows it",
        'return needing_vouch(survey_round.partnership, list(rows.select_related("organization")))',
        "return {}",
        (
            "tests/assessment/test_entered_organizations.py::test_a_city_that_enters_an_organization_with_three_contacts_gets_no_score_by_it",
        ),
    ),
    Fault(
        KIND,
        "a partner that another side entered vouches for another one",
        "if not refused[one.pk] and one.pk not in unvouched and seats.is_seated(one)",
        "if not refused[one.pk] and seats.is_seated(one)",
        ("tests/assessment/test_entered_organizations.py::test_a_partner_that_needs_a_vouch_itself_does_not_vouch",),
    ),
    Fault(
        KIND,
        "a small side of a round tells of each question what its one person did",
        "if side.asked and len({answer.respondent_id for answer in of_side}) < SCORE_FROM:",
        "if not side.asked:",
        ("tests/assessment/test_one_standing.py::test_no_question_of_such_a_side_has_a_status_of_its_own",),
    ),
    Fault(
        KIND,
        "a round is public though a party that was asked doesn't agree",
        'party=OuterRef("pk"), agrees=True)',
        'party=OuterRef("pk"))',
        ("tests/assessment/test_publishing.py::test_one_party_that_withdraws_unpublishes_the_round_at_once",),
    ),
    Fault(
        KIND,
        "who erases a person reads private texts that name them",
        "else _has_row(snapshot, row, place.field)",
        "else True",
        ("tests/records/test_erasing.py::test_private_texts_are_counted_and_not_shown",),
    ),
    Fault(
        KIND,
        "the office sees in the outbox whether a place in a round passed to who follows",
        'shown = shown.exclude(subject_type="respondent", subject_id__in=left)',
        "shown = shown.all()",
        (
            "tests/assessment/test_successors.py::test_the_office_sees_the_same_of_an_answered_and_an_unanswered_place[0-4]",
        ),
    ),
    Fault(
        KIND,
        "a given answer passes to who follows",
        "if has_place and (one.finished_at or one.declined_at):",
        "if False:",
        ("tests/assessment/test_successors.py::test_a_given_answer_stays_and_counts",),
    ),
]
