"""Database constraints, in models and migrations alike."""

from tests.faults import Fault

KIND = "constraints"
TEST = "tests/core/test_constraints.py"
FAULTS = [
    Fault(
        KIND,
        "an email is planned twice for one occasion",
        'name="one_letter_an_occasion"',
        'name="one_letter_an_occasion", condition=models.Q(id=0)',
        (f"{TEST}::test_an_outbox_row_is_unique_for_kind_occurrence_and_recipient",),
        everywhere=True,
    ),
    Fault(
        KIND,
        "an organization is a party twice",
        'name="one_party_an_organization"',
        'name="one_party_an_organization", condition=models.Q(id=0)',
        (f"{TEST}::test_an_organization_is_a_party_once",),
        everywhere=True,
    ),
    Fault(
        KIND,
        "a rate is divided by zero",
        "denominator__gt",
        "denominator__gte",
        (f"{TEST}::test_no_rate_is_divided_by_zero",),
        everywhere=True,
    ),
]
