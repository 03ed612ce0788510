"""Filters and search."""

from tests.faults import Fault

KIND = "filters"
FAULTS = [
    Fault(
        KIND,
        "an unknown parameter is ignored and returns everything",
        "if unknown:\n        raise UnknownParameters(unknown, known)\n\n\nclass",
        "\n\nclass",
        ("tests/api/test_tokens.py::test_a_token_in_the_query_is_an_unknown_parameter",),
    ),
    Fault(
        KIND,
        "strangers use filters for staff",
        "if is_staff or name not in cls.STAFF_ONLY]",
        "if name]",
        ("tests/registry/test_attention.py::test_the_public_cannot_filter_by_what_needs_attention",),
    ),
    Fault(
        KIND,
        "hidden records are found by search",
        "entries = SearchEntry.objects.filter(resource=resource, is_public=True)\n    asked",
        "entries = SearchEntry.objects.filter(resource=resource)\n    asked",
        (
            "tests/core/test_search.py::test_words_of_hidden_records_are_gone_at_once_and_counted_right_when_they_return",
        ),
    ),
    Fault(
        KIND,
        "organizations are found by fields that they don't show",
        "if field not in Organization.PRIVATE_FIELDS:",
        "if field:",
        ("tests/core/test_rights.py::test_an_organization_is_found_by_what_it_shows_everyone",),
    ),
]
