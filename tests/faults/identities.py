"""Who is who: names, numbers, and rights that are bound to people."""

from tests.faults import Fault

KIND = "identities"
FAULTS = [
    Fault(
        KIND,
        "a name with a letter of another alphabet is another name",
        '_AND.sub(" and ", text)).translate(_prototypes())',
        '_AND.sub(" and ", text))',
        ("tests/directory/test_skeletons.py::test_each_spelling_looks_the_same",),
    ),
    Fault(
        KIND,
        "only pages ask about possible duplicates",
        "is_asked = may_be_duplicate(by, organization, fields)",
        "is_asked = False",
        ("tests/api/test_possible_duplicates.py::test_a_new_organization_that_may_be_there",),
    ),
    Fault(
        KIND,
        "an organization that unlisted itself isn't told of another one with its name",
        "if other.has_withdrawn or other.pk in said_no:",
        "if other.pk in said_no:",
        ("tests/directory/test_unlisting.py::test_two_that_truly_share_a_name",),
    ),
]
